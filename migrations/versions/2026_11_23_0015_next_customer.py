"""The choice of the next customer, and of one asked for by name, as functions over the holds."""

from alembic import op

from migrations import grants

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the functions on PostgreSQL; SQLite has one user at a time, and app/services/dialer chooses there."""
    if op.get_context().dialect.name != "postgresql":
        return
    for statement in (_NEXT, _CUSTOMER):
        op.execute(statement)
    outer = "claim_next(bigint, text, bigint, jsonb), claim_customer(bigint, bigint, text, bigint)"
    op.execute(f"REVOKE ALL ON FUNCTION {outer} FROM PUBLIC")
    desk = ", ".join(f"callboard_{group}" for group in grants.DESK)
    op.execute(f"GRANT EXECUTE ON FUNCTION {outer} TO {desk}")


# The plans are known: always by index, made once a connection. Left to itself the planner would plan most statements
# anew each time, or keep reading all claims because there were none when it looked.
_HEAD = (
    "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp "
    "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off"
)
_NEXT = f"""
    CREATE FUNCTION claim_next(
        p_campaign bigint, p_request text, p_user bigint, p_filters jsonb DEFAULT NULL
    ) RETURNS SETOF claims {_HEAD} AS $$
    DECLARE
        c record;
        q record;
        due record;
        code text;
        free_at timestamptz;
        taken claims;
        moment timestamptz;
        wanted jsonb;
        of_lanes bigint[];
        of_ranks bigint[];
        of_pools text[];
        passed_over text[];
        lane bigint;
        has boolean;
        is_found boolean;
        why jsonb;
        refused integer := 0;
        rule text;
    BEGIN
        SELECT ca.opened_at IS NULL OR ca.closed_at IS NOT NULL AS is_closed,
            ca.no_status_first, ca.from_all_pools, ca.includes_campaign_pools, ca.agents_set_filters,
            ca.checks_register, ca.needs_consent, ca.lock_minutes > 0 AS is_exclusive, ca.gap_minutes::integer AS gap,
            ca.daily_cap::integer AS cap, nullif(ca.filters, '{{}}') AS filters, nullif(cu.filters, '{{}}') AS given,
            r.lease_seconds::integer AS lease, u.id AS me,
            EXISTS (SELECT FROM claims AS k WHERE k.request_id = p_request) AS is_known,
            EXISTS (SELECT FROM claims AS k WHERE k.until_at <= now()) AS has_dead,
            EXISTS (SELECT FROM campaigns AS o WHERE o.lock_minutes = 0 AND o.closed_at IS NULL)
                OR EXISTS (SELECT FROM claims AS k WHERE NOT k.is_exclusive) AS some_share
            INTO c FROM campaigns AS ca CROSS JOIN dial_rules AS r
            JOIN users AS u ON u.is_active
                AND u.id = coalesce((SELECT l.id FROM users AS l WHERE l.db_role = session_user::text), p_user)
            JOIN campaign_users AS cu ON cu.campaign_id = ca.id AND cu.user_id = u.id
            WHERE ca.id = p_campaign;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'callboard:NOT_IN_CAMPAIGN' USING ERRCODE = '23514';
        ELSIF c.is_closed THEN
            RAISE EXCEPTION 'callboard:CAMPAIGN_CLOSED' USING ERRCODE = '23514';
        ELSIF c.is_known THEN
            -- Asked again after an unknown outcome: the same answer.
            RETURN QUERY SELECT * FROM claims AS k
                WHERE k.request_id = p_request AND k.user_id = c.me AND k.rule <> 'NUMBER';
            RETURN;
        END IF;
        -- What the manager set for this agent binds; his own filters say only what was left open.
        wanted := nullif(CASE WHEN c.agents_set_filters THEN coalesce(p_filters, '{{}}') ELSE '{{}}' END
            || coalesce(c.given, '{{}}'), '{{}}');
        -- The first look takes what is free at once. Only when it finds nobody the next one clears everything that has
        -- run out. A row that others hold for a moment may come free again, so it is looked for once more after a
        -- moment, never waited for: whoever waits while he holds something himself may be waited for.
        FOR look IN 1..20 LOOP
            moment := clock_timestamp();
            IF c.has_dead OR look > 1 THEN
                PERFORM sweep_claims(CASE look WHEN 1 THEN 20 ELSE 1000000 END, moment);
            END IF;
            -- The place of a pool in one number: my own first, then by position, then by key.
            SELECT array_agg(la.id), array_agg(po.name), array_agg(CASE WHEN c.from_all_pools THEN 0
                    ELSE (po.user_id IS NULL)::integer * 1152921504606846976
                        + least(coalesce(pu.position, po.position), 100000000) * 4294967296 + po.id END)
                INTO of_lanes, of_pools, of_ranks
                FROM lanes AS la JOIN pools AS po ON po.id = la.pool_id
                LEFT JOIN pool_users AS pu ON pu.pool_id = po.id AND pu.user_id = c.me
                WHERE la.campaign_id = p_campaign AND po.removed_at IS NULL
                    AND (po.user_id = c.me OR (c.includes_campaign_pools AND po.user_id IS NULL
                        AND (po.is_for_all OR pu.is_given)))
                    AND EXISTS (SELECT FROM call_windows AS w WHERE w.campaign_id = p_campaign AND w.zone = la.zone
                        AND w.opens_at <= moment AND w.closes_at > moment);
            SELECT EXISTS (SELECT FROM unnest(of_lanes) AS l (lane) CROSS JOIN LATERAL (SELECT FROM call_queue AS w
                    WHERE w.lane_id = l.lane AND w.state = 'waiting' AND w.due_at <= moment LIMIT 1) AS w) AS of_lanes,
                EXISTS (SELECT FROM call_queue AS w WHERE w.callback_user_id = c.me AND w.state = 'waiting'
                    AND w.due_at <= moment) AS of_mine,
                EXISTS (SELECT FROM call_queue AS w WHERE w.campaign_id = p_campaign AND w.state = 'callback')
                    AS now_called INTO due;
            IF due.of_lanes THEN
                UPDATE call_queue AS d SET state = CASE WHEN d.is_callback THEN 'callback' ELSE 'ready' END,
                    blocked = NULL WHERE d.id IN (
                        SELECT f.id FROM unnest(of_lanes) AS l (lane) CROSS JOIN LATERAL (
                            SELECT w.id FROM call_queue AS w WHERE w.lane_id = l.lane AND w.state = 'waiting'
                                AND w.due_at <= moment ORDER BY w.due_at LIMIT CASE look WHEN 1 THEN 20 ELSE 1000 END
                                FOR UPDATE SKIP LOCKED) AS f);
            END IF;
            IF due.of_mine THEN
                UPDATE call_queue AS d SET state = 'callback', blocked = NULL
                    WHERE d.id IN (SELECT w.id FROM call_queue AS w WHERE w.callback_user_id = c.me
                        AND w.state = 'waiting' AND w.due_at <= moment AND w.campaign_id = p_campaign
                        ORDER BY w.due_at LIMIT 20 FOR UPDATE SKIP LOCKED);
            END IF;
            passed_over := '{{}}';
            LOOP
                is_found := false;
                IF due.now_called OR due.of_lanes OR due.of_mine THEN
                    rule := 'CALLBACK_MINE';
                    SELECT m.*, true AS is_known INTO q FROM call_queue AS m JOIN lanes AS la ON la.id = m.lane_id
                        WHERE m.campaign_id = p_campaign AND m.state = 'callback' AND m.callback_user_id = c.me
                            AND EXISTS (SELECT FROM call_windows AS w WHERE w.campaign_id = p_campaign
                                AND w.zone = la.zone AND w.opens_at <= moment AND w.closes_at > moment)
                        ORDER BY m.due_at LIMIT 1 FOR UPDATE OF m SKIP LOCKED;
                    is_found := FOUND;
                    IF NOT is_found THEN
                        rule := 'CALLBACK_ANYONE';
                        SELECT m.*, true AS is_known INTO q FROM call_queue AS m
                            WHERE m.campaign_id = p_campaign AND m.state = 'callback' AND m.callback_user_id IS NULL
                                -- Or out of somebody's own pool: it has become anyone's because he is not there.
                                AND (m.lane_id = ANY (of_lanes) OR c.includes_campaign_pools AND EXISTS (
                                    SELECT FROM lanes AS la JOIN pools AS po ON po.id = la.pool_id
                                    JOIN call_windows AS w ON w.campaign_id = p_campaign AND w.zone = la.zone
                                        AND w.opens_at <= moment AND w.closes_at > moment
                                    WHERE la.id = m.lane_id AND po.user_id IS NOT NULL AND po.removed_at IS NULL))
                            ORDER BY m.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
                        is_found := FOUND;
                    END IF;
                END IF;
                IF NOT is_found THEN
                    EXIT WHEN of_lanes IS NULL;
                    lane := NULL;
                    IF c.no_status_first AND cardinality(of_lanes) = 1 AND passed_over = '{{}}' THEN
                        lane := of_lanes[1];
                        has := false;
                    ELSE
                        SELECT h.lane, h.has INTO lane, has
                            FROM unnest(of_lanes, of_ranks) AS l (lane, place)
                            CROSS JOIN LATERAL (VALUES (false), (true)) AS k (has)
                            CROSS JOIN LATERAL (SELECT l.lane, k.has, r.priority, r.tried_at, r.id
                                FROM call_queue AS r WHERE r.lane_id = l.lane AND r.has_status = k.has
                                    AND r.state = 'ready' AND (wanted IS NULL
                                        OR passes(wanted, r.status_id, r.site_id, r.language, r.added_at))
                                ORDER BY r.priority, r.tried_at, r.id LIMIT 1) AS h
                            WHERE l.lane || k.has::text <> ALL (passed_over)
                            ORDER BY c.no_status_first AND h.has, l.place, h.priority, h.tried_at, h.id LIMIT 1;
                        EXIT WHEN lane IS NULL;
                    END IF;
                    SELECT r.*, EXISTS (SELECT FROM call_people AS p WHERE p.person = r.person) AS is_known INTO q
                        FROM call_queue AS r WHERE r.lane_id = lane AND r.has_status = has
                            AND r.state = 'ready' AND (wanted IS NULL
                                OR passes(wanted, r.status_id, r.site_id, r.language, r.added_at))
                        ORDER BY r.priority, r.tried_at, r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED;
                    IF NOT FOUND THEN
                        passed_over := passed_over || (lane || has::text);
                        CONTINUE;
                    END IF;
                    rule := CASE WHEN NOT has AND c.no_status_first THEN 'NO_STATUS' ELSE 'IN_TURN' END;
                END IF;
                -- Of whom nothing is known there is nothing to hold against, unless law asks for a check or a consent.
                code := NULL;
                free_at := NULL;
                IF q.is_known OR c.checks_register OR c.needs_consent OR q.person IS NULL THEN
                    SELECT st.code, st.free_at INTO code, free_at FROM dial_standing(q.person, p_campaign,
                        c.checks_register, c.needs_consent, c.gap, c.cap, q.is_callback, moment) AS st;
                END IF;
                IF code IS NULL AND c.filters IS NOT NULL AND NOT q.is_callback
                    AND NOT passes(c.filters, q.status_id, q.site_id, q.language, q.added_at) THEN
                    code := 'FILTERED';
                END IF;
                IF code IS NULL THEN
                    why := jsonb_build_object('pool', of_pools[array_position(of_lanes, q.lane_id)],
                        'priority', q.priority, 'tries', q.tries,
                        'tried_at', CASE WHEN q.tries > 0 THEN q.tried_at END,
                        'due_at', CASE WHEN q.is_callback THEN q.due_at END, 'all_pools', c.from_all_pools);
                    -- The unique key alone keeps others away where no campaign shares its customers.
                    is_found := false;
                    IF c.is_exclusive AND NOT c.some_share THEN
                        INSERT INTO claims (request_id, entry_id, campaign_id, customer_id, person, user_id, status,
                            is_exclusive, claimed_at, until_at, rule, reason)
                            VALUES (p_request, q.id, p_campaign, q.customer_id, q.person, c.me, 'open', true,
                                clock_timestamp(), clock_timestamp() + make_interval(secs => c.lease), rule, why)
                            ON CONFLICT DO NOTHING RETURNING * INTO taken;
                        is_found := FOUND;
                        IF taken.claimed_at < clock_timestamp() - interval '1 millisecond' THEN
                            -- It waited for somebody who gave the person back: the hold begins now.
                            UPDATE claims AS k SET claimed_at = clock_timestamp(),
                                until_at = clock_timestamp() + make_interval(secs => c.lease)
                                WHERE k.id = taken.id RETURNING * INTO taken;
                        END IF;
                    END IF;
                    IF NOT is_found THEN
                        SELECT * INTO taken FROM take_person(q.id, p_campaign, q.customer_id, q.person, p_request, c.me,
                            c.is_exclusive, c.lease, moment, rule, why);
                    END IF;
                    IF taken.id IS NOT NULL THEN
                        IF c.is_exclusive THEN
                            UPDATE call_queue SET state = 'held', blocked = NULL WHERE id = q.id;
                        END IF;
                        RETURN NEXT taken;
                        RETURN;
                    END IF;
                    code := 'HELD';
                    free_at := taken.until_at;
                END IF;
                UPDATE call_queue AS b SET blocked = code, due_at = coalesce(free_at, b.due_at),
                    state = CASE WHEN free_at IS NULL THEN 'blocked' ELSE 'waiting' END WHERE b.id = q.id;
                refused := refused + 1;
                IF refused % 8 = 0 AND NOT q.is_callback THEN
                    -- A whole stretch may have run out at once, as when a register's answer gets too old.
                    UPDATE call_queue AS b SET blocked = x.code, due_at = coalesce(x.free_at, b.due_at),
                        state = CASE WHEN x.free_at IS NULL THEN 'blocked' ELSE 'waiting' END
                        FROM (SELECT h.id, st.code, st.free_at FROM (
                                SELECT r.id, r.person FROM call_queue AS r
                                WHERE r.lane_id = q.lane_id AND r.has_status = q.has_status AND r.state = 'ready'
                                ORDER BY r.priority, r.tried_at, r.id LIMIT 1000 FOR UPDATE SKIP LOCKED) AS h
                            CROSS JOIN LATERAL dial_standing(h.person, p_campaign, c.checks_register, c.needs_consent,
                                c.gap, c.cap, false, moment) AS st WHERE st.code IS NOT NULL) AS x
                        WHERE b.id = x.id;
                END IF;
            END LOOP;
            EXIT WHEN look > 1 AND NOT EXISTS (
                SELECT FROM unnest(of_lanes) AS l (lane) CROSS JOIN LATERAL (SELECT FROM call_queue AS r
                    WHERE r.lane_id = l.lane AND r.state = 'ready' AND (wanted IS NULL
                        OR passes(wanted, r.status_id, r.site_id, r.language, r.added_at)) LIMIT 1) AS r);
            PERFORM pg_sleep(CASE look WHEN 1 THEN 0 ELSE 0.005 END);
        END LOOP;
    END $$
"""

_CUSTOMER = f"""
    CREATE FUNCTION claim_customer(p_campaign bigint, p_customer bigint, p_request text, p_user bigint)
    RETURNS SETOF claims {_HEAD} AS $$
    DECLARE
        c record;
        q record;
        s record;
        moment timestamptz := clock_timestamp();
        taken claims;
    BEGIN
        SELECT ca.opened_at IS NULL OR ca.closed_at IS NOT NULL AS is_closed,
            ca.checks_register, ca.needs_consent, ca.lock_minutes, r.lease_seconds::integer AS lease, u.id AS me
            INTO c FROM campaigns AS ca CROSS JOIN dial_rules AS r
            JOIN users AS u ON u.is_active
                AND u.id = coalesce((SELECT l.id FROM users AS l WHERE l.db_role = session_user::text), p_user)
            JOIN campaign_users AS cu ON cu.campaign_id = ca.id AND cu.user_id = u.id
            WHERE ca.id = p_campaign;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'callboard:NOT_IN_CAMPAIGN' USING ERRCODE = '23514';
        ELSIF c.is_closed THEN
            RAISE EXCEPTION 'callboard:CAMPAIGN_CLOSED' USING ERRCODE = '23514';
        END IF;
        RETURN QUERY SELECT * FROM claims AS k
            WHERE k.request_id = p_request AND k.user_id = c.me AND k.rule <> 'NUMBER';
        IF FOUND THEN
            RETURN;
        END IF;
        PERFORM sweep_claims(1000000, moment);
        SELECT e.*, po.name AS pool, la.zone INTO q FROM call_queue AS e JOIN lanes AS la ON la.id = e.lane_id
            JOIN pools AS po ON po.id = la.pool_id
            WHERE e.id IN (SELECT pe.id FROM pool_entries AS pe
                WHERE pe.customer_id = p_customer AND pe.campaign_id = p_campaign)
                AND po.removed_at IS NULL AND (po.user_id IS NULL OR po.user_id = c.me)
            ORDER BY e.callback_user_id IS NOT DISTINCT FROM c.me DESC, po.user_id IS NULL, e.id LIMIT 1
            FOR UPDATE OF e;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'callboard:NOT_IN_POOL' USING ERRCODE = '23514';
        END IF;
        -- Gap and cap keep nobody from looking, as at who calls us himself; `dial_claim` asks for them.
        SELECT * INTO s FROM dial_standing(q.person, p_campaign, c.checks_register, c.needs_consent, 0, 0,
            q.is_callback, moment);
        IF s.code IS NULL AND NOT EXISTS (SELECT FROM call_windows AS w WHERE w.campaign_id = p_campaign
            AND w.zone = q.zone AND w.opens_at <= moment AND w.closes_at > moment) THEN
            s.code := 'HOURS';
        END IF;
        IF s.code IS NULL THEN
            taken := take_person(q.id, p_campaign, q.customer_id, q.person, p_request, c.me, c.lock_minutes > 0,
                c.lease, moment, 'BY_HAND', jsonb_build_object('pool', q.pool, 'priority', q.priority,
                    'tries', q.tries, 'tried_at', CASE WHEN q.tries > 0 THEN q.tried_at END,
                    'due_at', CASE WHEN q.is_callback THEN q.due_at END));
            IF taken.id IS NULL THEN
                s.code := 'HELD';
            END IF;
        END IF;
        IF s.code IS NOT NULL THEN
            RAISE EXCEPTION 'callboard:%', s.code USING ERRCODE = '23514';
        END IF;
        IF c.lock_minutes > 0 THEN
            -- Whoever is finished stays so until there is another result.
            UPDATE call_queue SET state = 'held', blocked = NULL WHERE id = q.id AND state <> 'done';
        END IF;
        RETURN NEXT taken;
    END $$
"""
