"""The queue of calls: nobody but who runs campaigns writes it; what everybody's work does to it is done by functions.

The same rules as app/services/dialer/{standing,following,entries}.py have for a file.
"""

from migrations.closing import FORBIDDEN, GUARD, HEAD, OWN

_IS_LOGIN = "EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text)"

# The law of app/domain/dialer/standing.py, asked of many rows at once.
_LAW = """
    SELECT w.id, CASE
        WHEN w.person IS NULL THEN 'NO_NUMBER'
        WHEN p.is_refused OR EXISTS (SELECT FROM do_not_call AS d WHERE d.person = w.person
            AND d.campaign_id = w.campaign_id AND d.lifted_at IS NULL) THEN 'DO_NOT_CALL'
        WHEN c.needs_consent AND (p.consent_until > moment) IS NOT TRUE THEN 'NO_CONSENT'
        ELSE coalesce(
            CASE WHEN c.checks_register AND NOT w.is_callback AND (p.consent_until > moment) IS NOT TRUE THEN (
                SELECT CASE
                    WHEN (p.register_checked_at + make_interval(days => r.days::integer) > moment) IS NOT TRUE
                        THEN 'REGISTER_OLD'
                    WHEN p.is_registered THEN 'REGISTERED' END
                FROM register_rules AS r WHERE starts_with(w.person, r.prefix)
                ORDER BY length(r.prefix) DESC LIMIT 1) END,
            CASE WHEN NOT w.is_callback AND NOT passes(c.filters, w.status_id, w.site_id, w.language, w.added_at)
                THEN 'FILTERED' END)
        END AS code
    FROM call_queue AS w JOIN campaigns AS c ON c.id = w.campaign_id LEFT JOIN call_people AS p ON p.person = w.person
    WHERE w.state IN ('ready', 'waiting', 'callback', 'blocked')
"""


def _settled(where: str) -> str:
    return f"""
        UPDATE call_queue AS q
            SET state = CASE WHEN j.code IS NULL THEN 'waiting' ELSE 'blocked' END, blocked = j.code,
                due_at = coalesce(q.due_at, moment)
            FROM ({_LAW} AND {where}) AS j
            WHERE q.id = j.id AND q.state IN ('ready', 'waiting', 'callback', 'blocked')
                AND (q.state <> 'blocked' AND j.code IS NOT NULL OR q.state = 'blocked'
                    AND q.blocked IN ('NO_NUMBER', 'DO_NOT_CALL', 'NO_CONSENT', 'REGISTER_OLD', 'REGISTERED',
                        'FILTERED') AND coalesce(j.code, '') <> q.blocked)"""


# Whoever calls it: the rules decide, and by the server's clock. Of whole campaigns only who runs them asks it.
_SETTLE = f"""
    CREATE FUNCTION settle_queue(p_campaign bigint, p_persons text[], p_now timestamptz) RETURNS bigint {HEAD} AS $$
    DECLARE
        is_login boolean := {_IS_LOGIN};
        moment timestamptz := CASE WHEN is_login THEN clock_timestamp() ELSE p_now END;
        moved bigint;
    BEGIN
        IF is_login AND NOT may('run_campaigns', 'administer')
            AND (p_persons IS NULL OR NOT may('dial', 'edit_customers', 'import')) THEN
            {FORBIDDEN};
        END IF;
        IF p_persons IS NOT NULL THEN
            {
    _settled('''w.id IN (SELECT e.id FROM pool_entries AS e WHERE e.person = ANY (p_persons))
                AND (p_campaign IS NULL OR w.campaign_id = p_campaign)''')
};
        ELSIF p_campaign IS NOT NULL THEN
            {_settled("w.campaign_id = p_campaign")};
        ELSE
            {_settled("true")};
        END IF;
        GET DIAGNOSTICS moved = ROW_COUNT;
        RETURN moved;
    END $$
"""

_LANE = f"""
    -- The lane of a pool for a clock; made where there is none.
    CREATE FUNCTION lane_of(p_pool bigint, p_zone text) RETURNS bigint {HEAD} AS $$
    DECLARE
        found_id bigint;
    BEGIN
        SELECT l.id INTO found_id FROM lanes AS l WHERE l.pool_id = p_pool AND l.zone = p_zone;
        IF NOT FOUND THEN
            PERFORM now() AT TIME ZONE p_zone;
            INSERT INTO lanes (campaign_id, pool_id, zone) SELECT p.campaign_id, p.id, p_zone FROM pools AS p
                WHERE p.id = p_pool ON CONFLICT (pool_id, zone) DO UPDATE SET zone = excluded.zone
                RETURNING id INTO found_id;
        END IF;
        RETURN found_id;
    END $$;
    -- The number by which a customer is called: his first.
    CREATE FUNCTION person_of(p_customer bigint) RETURNS text {HEAD} STABLE AS $$
    BEGIN
        RETURN (SELECT f.e164 FROM customer_phones AS f WHERE f.customer_id = p_customer AND f.e164 IS NOT NULL
            ORDER BY f.position, f.id LIMIT 1);
    END $$
"""

# The clock by which a customer lives is told by the caller, who may say it on the card as well; all else is read here.
_FOLLOW = f"""
    CREATE FUNCTION follow_customers(p_customers bigint[], p_zones text[], p_now timestamptz) RETURNS bigint[]
    {HEAD} AS $$
    DECLARE
        e record;
        called text;
        persons text[] := '{{}}';
        wider bigint[] := '{{}}';
    BEGIN
        IF {_IS_LOGIN} AND NOT may('edit_customers', 'import', 'run_campaigns') THEN
            {FORBIDDEN};
        END IF;
        -- A result given at this moment is waited for, and not written over.
        FOR e IN
            SELECT q.id, q.campaign_id, q.state, q.blocked, q.site_id AS was_site, q.language AS was_language,
                pe.pool_id, pe.person AS was, la.zone AS was_zone, c.id AS customer_id, c.site_id, c.language, n.zone
            FROM unnest(p_customers, p_zones) AS n (customer_id, zone) JOIN customers AS c ON c.id = n.customer_id
            JOIN pool_entries AS pe ON pe.customer_id = c.id JOIN call_queue AS q ON q.id = pe.id
            JOIN lanes AS la ON la.id = q.lane_id ORDER BY q.id FOR UPDATE OF q
        LOOP
            called := person_of(e.customer_id);
            CONTINUE WHEN (called, e.zone, e.site_id, e.language)
                IS NOT DISTINCT FROM (e.was, e.was_zone, e.was_site, e.was_language);
            IF NOT EXISTS (SELECT FROM lanes AS l WHERE l.campaign_id = e.campaign_id AND l.zone = e.zone) THEN
                wider := wider || e.campaign_id;
            END IF;
            IF called IS DISTINCT FROM e.was THEN
                UPDATE pool_entries AS x SET person = called WHERE x.id = e.id;
            END IF;
            UPDATE call_queue AS x SET
                lane_id = lane_of(e.pool_id, e.zone), person = called, site_id = e.site_id, language = e.language,
                state = CASE WHEN e.state = 'done' OR e.blocked = 'POOL' THEN e.state
                    WHEN called IS NULL THEN 'blocked' WHEN e.blocked = 'NO_NUMBER' THEN 'ready' ELSE e.state END,
                blocked = CASE WHEN e.state = 'done' OR e.blocked = 'POOL' THEN e.blocked
                    WHEN called IS NULL THEN 'NO_NUMBER' WHEN e.blocked = 'NO_NUMBER' THEN NULL ELSE e.blocked END
                WHERE x.id = e.id;
            persons := persons || e.was || called;
        END LOOP;
        PERFORM settle_queue(NULL, array_remove(persons, NULL), p_now);
        RETURN wider;
    END $$
"""

_FILL = f"""
    CREATE FUNCTION fill_own_pool(p_user bigint, p_pool bigint, p_customers bigint[], p_zones text[], p_now timestamptz)
    RETURNS boolean {HEAD} AS $$
    DECLARE
        is_login boolean := {_IS_LOGIN};
        me bigint := CASE WHEN is_login THEN acting_user() ELSE p_user END;
        moment timestamptz := CASE WHEN is_login THEN clock_timestamp() ELSE p_now END;
        pool record;
        c record;
        called text;
        entry bigint;
        is_wider boolean := false;
    BEGIN
        SELECT p.id, p.campaign_id INTO pool FROM pools AS p
            WHERE p.id = p_pool AND p.user_id = me AND p.removed_at IS NULL AND (NOT is_login OR may('dial'));
        IF NOT FOUND THEN
            {FORBIDDEN};
        END IF;
        FOR c IN SELECT k.id, k.site_id, k.language, n.zone
            FROM unnest(p_customers, p_zones) WITH ORDINALITY AS n (customer_id, zone, place)
            JOIN customers AS k ON k.id = n.customer_id ORDER BY n.place
        LOOP
            called := person_of(c.id);
            is_wider := is_wider OR NOT EXISTS (SELECT FROM lanes AS l
                WHERE l.campaign_id = pool.campaign_id AND l.zone = c.zone);
            INSERT INTO pool_entries (campaign_id, pool_id, customer_id, person, added_at, added_by_id)
                VALUES (pool.campaign_id, pool.id, c.id, called, moment, me) RETURNING id INTO entry;
            INSERT INTO call_queue (id, campaign_id, lane_id, person, customer_id, state, blocked, tried_at, site_id,
                    language, added_at)
                VALUES (entry, pool.campaign_id, lane_of(pool.id, c.zone), called, c.id,
                    CASE WHEN called IS NULL THEN 'blocked' ELSE 'ready' END,
                    CASE WHEN called IS NULL THEN 'NO_NUMBER' END, '1970-01-01 00:00:00+00', c.site_id, c.language,
                    moment);
        END LOOP;
        RETURN is_wider;
    END $$
"""

# Whoever does not run campaigns puts the pools he works on in his order, and nothing else.
_ORDER = f"""
    CREATE FUNCTION order_is_own() {GUARD} AS $$
    BEGIN
        IF NOT ({OWN}) AND NOT may('run_campaigns')
            AND to_jsonb(NEW) - 'position' <> to_jsonb(OLD) - 'position' THEN
            {FORBIDDEN};
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION order_is_own() FROM PUBLIC;
    CREATE TRIGGER pool_users_order BEFORE UPDATE ON pool_users FOR EACH ROW EXECUTE FUNCTION order_is_own()
"""

INNER = ("lane_of(bigint, text)", "person_of(bigint)")
OUTER = (
    "settle_queue(bigint, text[], timestamptz)",
    "follow_customers(bigint[], text[], timestamptz)",
    "fill_own_pool(bigint, bigint, bigint[], text[], timestamptz)",
)

# Agents were let in here so that the services could do what the functions above do now.
_GRANTS = """
    REVOKE INSERT ON lanes, pool_entries, call_queue FROM callboard_agent;
    REVOKE UPDATE (person) ON pool_entries FROM callboard_agent;
    REVOKE UPDATE (lane_id, person, site_id, language, state, blocked, due_at) ON call_queue FROM callboard_agent
"""

STATEMENTS = (_SETTLE, _LANE, _FOLLOW, _FILL, _ORDER, _GRANTS)
