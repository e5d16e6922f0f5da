"""Holding a person, as functions: a log-in may neither see nor change all that a hold needs."""

from alembic import op

from migrations import grants

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the functions on PostgreSQL; SQLite has one user at a time, and app/services/dialer holds there."""
    if op.get_context().dialect.name != "postgresql":
        return
    for statement in (_PASSES, _STANDING, _SWEEP, _TAKE, _BEAT, _DIAL):
        op.execute(statement)
    inner = (
        "dial_standing(text, bigint, boolean, boolean, integer, integer, boolean, timestamptz)",
        "sweep_claims(integer, timestamptz)",
        "take_person(bigint, bigint, bigint, text, text, bigint, boolean, integer, timestamptz, text, jsonb)",
    )
    outer = ("beat_claim(text, bigint)", "dial_claim(text, bigint, text)")
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join(inner + outer)} FROM PUBLIC")
    desk = ", ".join(f"callboard_{group}" for group in grants.DESK)
    op.execute(f"GRANT EXECUTE ON FUNCTION {', '.join(outer)} TO {desk}")


# The plans are known: always by index, made once a connection. Left to itself the planner would plan most statements
# anew each time, or keep reading all claims because there were none when it looked.
_HEAD = (
    "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp "
    "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off"
)
_INNER = "LANGUAGE plpgsql"
"""Called by the others only, so in their name and with their path."""

_PASSES = """
    CREATE FUNCTION passes(
        filters jsonb, p_status bigint, p_site bigint, p_language text, p_added timestamptz
    ) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT (NOT filters ? 'statuses' OR filters -> 'statuses' @> to_jsonb(coalesce(p_status, 0)))
            AND (NOT filters ? 'sites' OR filters -> 'sites' @> to_jsonb(coalesce(p_site, 0)))
            AND (NOT filters ? 'languages' OR filters -> 'languages' ? coalesce(p_language, ''))
            AND (NOT filters ? 'added_from' OR (p_added AT TIME ZONE 'UTC')::date >= (filters ->> 'added_from')::date)
            AND (NOT filters ? 'added_to' OR (p_added AT TIME ZONE 'UTC')::date <= (filters ->> 'added_to')::date)
    $$
"""

# The same rules as app/domain/dialer/standing.py, in the same order.
_STANDING = f"""
    CREATE FUNCTION dial_standing(
        p_person text, p_campaign bigint, p_checks boolean, p_consents boolean, p_gap integer, p_cap integer,
        p_is_callback boolean, p_at timestamptz, OUT code text, OUT free_at timestamptz
    ) {_INNER} STABLE AS $$
    DECLARE
        p record;
        valid integer;
    BEGIN
        IF p_person IS NULL THEN
            code := 'NO_NUMBER';
            RETURN;
        END IF;
        SELECT cp.last_call_at, cp.calls_today, cp.day_ends_at, cp.is_refused, cp.register_checked_at,
            cp.is_registered, cp.consent_until INTO p FROM call_people AS cp WHERE cp.person = p_person;
        IF p.is_refused OR EXISTS (SELECT FROM do_not_call AS d
            WHERE d.person = p_person AND d.campaign_id = p_campaign AND d.lifted_at IS NULL) THEN
            code := 'DO_NOT_CALL';
        ELSIF p_consents AND (p.consent_until > p_at) IS NOT TRUE THEN
            code := 'NO_CONSENT';
        ELSIF p_checks AND NOT p_is_callback AND (p.consent_until > p_at) IS NOT TRUE THEN
            SELECT r.days INTO valid FROM register_rules AS r WHERE starts_with(p_person, r.prefix)
                ORDER BY length(r.prefix) DESC LIMIT 1;
            IF FOUND AND (p.register_checked_at + make_interval(days => valid) > p_at) IS NOT TRUE THEN
                code := 'REGISTER_OLD';
            ELSIF FOUND AND p.is_registered THEN
                code := 'REGISTERED';
            END IF;
        END IF;
        IF code IS NOT NULL OR p_is_callback THEN
            RETURN;
        END IF;
        IF p_cap > 0 AND p.day_ends_at > p_at AND p.calls_today >= p_cap THEN
            code := 'CAP';
            free_at := p.day_ends_at;
        ELSIF p_gap > 0 AND p.last_call_at + make_interval(mins => p_gap) > p_at THEN
            code := 'GAP';
            free_at := p.last_call_at + make_interval(mins => p_gap);
        END IF;
    END $$
"""

_SWEEP = f"""
    -- What ran out: a lock is over, a desk gave no sign of life. The attempt's trigger gives the customer back.
    CREATE FUNCTION sweep_claims(p_most integer, p_at timestamptz) RETURNS void {_INNER} AS $$
    DECLARE
        dead record;
    BEGIN
        FOR dead IN SELECT c.* FROM claims AS c WHERE c.until_at <= p_at
            ORDER BY c.until_at LIMIT p_most FOR UPDATE SKIP LOCKED LOOP
            IF dead.status = 'open' AND dead.rule <> 'NUMBER' THEN
                INSERT INTO call_attempts (op_id, request_id, kind, campaign_id, entry_id, customer_id, person, user_id,
                    note, claimed_at, dialled_at, answered_at, finished_at, rule, reason)
                    VALUES ('lost:' || dead.id, dead.request_id, 'lost', dead.campaign_id, dead.entry_id,
                        dead.customer_id, dead.person, dead.user_id, '', dead.claimed_at, dead.dialled_at,
                        dead.answered_at, p_at, dead.rule, dead.reason)
                    ON CONFLICT (op_id) DO NOTHING;
            END IF;
            DELETE FROM claims AS c WHERE c.id = dead.id AND c.until_at <= p_at;
        END LOOP;
    END $$
"""

_TAKE = f"""
    -- Holds one person for one agent. Without a key in what comes back he is held by somebody, until then.
    CREATE FUNCTION take_person(
        p_entry bigint, p_campaign bigint, p_customer bigint, p_person text, p_request text, p_user bigint,
        p_is_exclusive boolean, p_lease integer, p_at timestamptz, p_rule text, p_reason jsonb
    ) RETURNS claims {_INNER} AS $$
    DECLARE
        taken claims;
        locked timestamptz;
    BEGIN
        -- A shared hold has no unique key to stop it, so whoever decides about a person decides alone.
        IF pg_try_advisory_xact_lock(hashtextextended(p_person, 4)) THEN
            FOR attempt IN 1..2 LOOP
                INSERT INTO claims (request_id, entry_id, campaign_id, customer_id, person, user_id, status,
                    is_exclusive, claimed_at, until_at, rule, reason)
                    SELECT p_request, p_entry, p_campaign, p_customer, p_person, p_user, 'open', p_is_exclusive,
                        clock_timestamp(), clock_timestamp() + make_interval(secs => p_lease), p_rule, p_reason
                    WHERE NOT EXISTS (SELECT FROM claims AS c WHERE c.person = p_person AND NOT c.is_exclusive
                            AND c.until_at > p_at AND p_is_exclusive AND c.request_id <> p_request)
                        AND (p_is_exclusive OR NOT EXISTS (SELECT FROM claims AS c WHERE c.person = p_person
                            AND c.is_exclusive AND c.until_at > p_at AND c.user_id <> p_user))
                    ON CONFLICT DO NOTHING RETURNING * INTO taken;
                IF FOUND THEN
                    IF taken.claimed_at < clock_timestamp() - interval '1 millisecond' THEN
                        UPDATE claims AS k SET claimed_at = clock_timestamp(),
                            until_at = clock_timestamp() + make_interval(secs => p_lease)
                            WHERE k.id = taken.id RETURNING * INTO taken;
                    END IF;
                    RETURN taken;
                END IF;
                -- The lock after a call keeps others away, not the agent himself when he asks for this very person.
                IF p_rule IN ('BY_HAND', 'NUMBER') THEN
                    DELETE FROM claims AS c WHERE c.person = p_person AND c.is_exclusive AND c.user_id = p_user
                        AND c.status = 'lock' RETURNING c.until_at INTO locked;
                    IF FOUND THEN
                        p_reason := p_reason || jsonb_build_object('locked_until', locked);
                        CONTINUE;
                    END IF;
                END IF;
                SELECT max(c.until_at) INTO taken.until_at FROM (
                    SELECT e.until_at FROM claims AS e WHERE e.person = p_person AND e.is_exclusive UNION ALL
                    SELECT e.until_at FROM claims AS e WHERE e.person = p_person AND NOT e.is_exclusive) AS c;
                IF taken.until_at > p_at THEN
                    RETURN taken;
                END IF;
                PERFORM sweep_claims(1000000, p_at);
            END LOOP;
        END IF;
        taken.until_at := p_at + interval '1 second';
        RETURN taken;
    END $$
"""

_BEAT = f"""
    CREATE FUNCTION beat_claim(p_request text, p_user bigint, OUT until_at timestamptz, OUT others text[])
    {_HEAD} AS $$
    DECLARE
        me bigint := CASE WHEN EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text)
            THEN (SELECT l.id FROM users AS l WHERE l.db_role = session_user::text AND l.is_active) ELSE p_user END;
        moment timestamptz := clock_timestamp();
    BEGIN
        UPDATE claims AS c
            SET until_at = moment + make_interval(secs => (SELECT lease_seconds FROM dial_rules)::integer)
            WHERE c.request_id = p_request AND c.user_id = me AND c.status = 'open' AND c.until_at > moment
            RETURNING c.until_at INTO beat_claim.until_at;
        SELECT array_agg(DISTINCT u.name) INTO others FROM claims AS mine
            JOIN claims AS c ON c.person = mine.person AND c.user_id <> me AND c.status = 'open' AND c.until_at > moment
            JOIN users AS u ON u.id = c.user_id WHERE mine.request_id = p_request AND mine.user_id = me;
    END $$
"""

_DIAL = f"""
    CREATE FUNCTION dial_claim(p_request text, p_user bigint, p_number text, OUT number text, OUT at timestamptz)
    {_HEAD} AS $$
    DECLARE
        me bigint := CASE WHEN EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text)
            THEN (SELECT l.id FROM users AS l WHERE l.db_role = session_user::text AND l.is_active) ELSE p_user END;
        k record;
        s record;
    BEGIN
        at := clock_timestamp();
        SELECT c.*, q.is_callback, la.zone, ca.closed_at, ca.checks_register, ca.needs_consent, ca.gap_minutes,
            ca.daily_cap, r.lease_seconds::integer AS lease INTO k
            FROM claims AS c JOIN campaigns AS ca ON ca.id = c.campaign_id CROSS JOIN dial_rules AS r
            JOIN call_queue AS q ON q.id = c.entry_id JOIN lanes AS la ON la.id = q.lane_id
            WHERE c.request_id = p_request AND c.user_id = me AND c.status = 'open' AND c.rule <> 'NUMBER'
                AND c.until_at > clock_timestamp()
            FOR UPDATE OF c;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'callboard:LEASE' USING ERRCODE = '23514';
        ELSIF k.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'callboard:CAMPAIGN_CLOSED' USING ERRCODE = '23514';
        ELSIF NOT EXISTS (SELECT FROM call_windows AS w WHERE w.campaign_id = k.campaign_id AND w.zone = k.zone
            AND w.opens_at <= dial_claim.at AND w.closes_at > dial_claim.at) THEN
            RAISE EXCEPTION 'callboard:HOURS' USING ERRCODE = '23514';
        END IF;
        number := coalesce(p_number, k.person);
        IF number <> k.person AND NOT EXISTS (SELECT FROM customer_phones AS f
            WHERE f.customer_id = k.customer_id AND f.e164 = dial_claim.number) THEN
            RAISE EXCEPTION 'callboard:OTHER_NUMBER' USING ERRCODE = '23514';
        END IF;
        -- The gap and the day's most calls held back the claim itself, where it was not made by hand; they are asked
        -- again for another number.
        SELECT * INTO s FROM dial_standing(number, k.campaign_id, k.checks_register, k.needs_consent,
            CASE WHEN number = k.person AND k.rule <> 'BY_HAND' THEN 0 ELSE k.gap_minutes END::integer,
            CASE WHEN number = k.person AND k.rule <> 'BY_HAND' THEN 0 ELSE k.daily_cap END::integer,
            k.is_callback, at);
        IF s.code IS NOT NULL THEN
            RAISE EXCEPTION 'callboard:%', s.code USING ERRCODE = '23514';
        END IF;
        IF number <> k.person AND NOT EXISTS (SELECT FROM claims AS c WHERE c.request_id = p_request
            AND c.user_id = me AND c.person = dial_claim.number) AND (take_person(k.entry_id, k.campaign_id,
                k.customer_id, number, p_request, me, k.is_exclusive, k.lease, at, 'NUMBER', '{{}}')).id IS NULL THEN
            RAISE EXCEPTION 'callboard:HELD' USING ERRCODE = '23514';
        END IF;
        UPDATE claims AS c SET dialled_at = dial_claim.at, until_at = dial_claim.at + make_interval(secs => k.lease)
            WHERE c.request_id = p_request AND c.user_id = me AND c.status = 'open';
    END $$
"""
