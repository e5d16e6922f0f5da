"""Callbacks change hands, as functions: an agent may move what he promised, and never write the queue itself."""

from alembic import op

from migrations import grants

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the functions on PostgreSQL; on SQLite app/services/dialer/handing.py does the same."""
    if op.get_context().dialect.name != "postgresql":
        return
    for statement in (_MOVE, _RELEASE):
        op.execute(statement)
    outer = (
        "move_callback(bigint, bigint, bigint, timestamptz, bigint, timestamptz, timestamptz)",
        "release_callbacks(timestamptz)",
    )
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join(outer)} FROM PUBLIC")
    desk = ", ".join(f"callboard_{group}" for group in grants.DESK)
    op.execute(f"GRANT EXECUTE ON FUNCTION {', '.join(outer)} TO {desk}")


_HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

_MOVE = f"""
    CREATE FUNCTION move_callback(
        p_user bigint, p_entry bigint, p_seen_user bigint, p_seen_at timestamptz, p_to bigint, p_at timestamptz,
        p_now timestamptz
    ) RETURNS text {_HEAD} AS $$
    DECLARE
        is_login boolean := EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text);
        me bigint := CASE WHEN is_login
            THEN (SELECT l.id FROM users AS l WHERE l.db_role = session_user::text AND l.is_active) ELSE p_user END;
        moment timestamptz := CASE WHEN is_login THEN clock_timestamp() ELSE p_now END;
        q record;
        runs boolean;
    BEGIN
        SELECT e.*, c.reminds_caller_only INTO q FROM call_queue AS e JOIN campaigns AS c ON c.id = e.campaign_id
            WHERE e.id = p_entry FOR UPDATE OF e;
        IF NOT FOUND OR NOT q.is_callback OR q.state = 'done' THEN
            RETURN 'GONE';
        END IF;
        SELECT bool_or(p.permission IN ('run_campaigns', 'administer')) INTO runs
            FROM users AS u JOIN role_permissions AS p ON p.role_id = u.role_id WHERE u.id = me AND u.is_active;
        IF is_login OR me IS NOT NULL THEN
            IF runs IS NOT TRUE AND NOT coalesce(
                EXISTS (SELECT FROM campaign_users AS w WHERE w.campaign_id = q.campaign_id AND w.user_id = me)
                AND (q.callback_user_id IS NULL OR q.callback_user_id = me OR (NOT q.reminds_caller_only AND EXISTS (
                    SELECT FROM group_members AS a JOIN group_members AS b ON b.group_id = a.group_id
                    WHERE a.user_id = me AND b.user_id = q.callback_user_id))), false) THEN
                RETURN 'FORBIDDEN';
            END IF;
        END IF;
        IF q.callback_user_id IS DISTINCT FROM p_seen_user OR q.due_at IS DISTINCT FROM p_seen_at THEN
            RETURN 'CHANGED';
        END IF;
        IF q.state = 'held' THEN
            RETURN 'HELD';
        END IF;
        IF p_to IS NOT NULL AND NOT EXISTS (
            SELECT FROM campaign_users AS w JOIN users AS u ON u.id = w.user_id
            WHERE w.campaign_id = q.campaign_id AND u.id = p_to AND u.is_active) THEN
            RETURN 'OTHER_CAMPAIGN';
        END IF;
        UPDATE call_queue SET callback_user_id = p_to, due_at = p_at,
            state = CASE WHEN state = 'blocked' THEN state WHEN p_at > moment THEN 'waiting' ELSE 'callback' END,
            blocked = CASE WHEN state = 'blocked' THEN blocked END
            WHERE id = p_entry;
        IF p_to IS NULL THEN
            UPDATE reminders SET done_at = moment, version = version + 1 WHERE entry_id = p_entry AND done_at IS NULL;
            RETURN NULL;
        END IF;
        UPDATE reminders SET user_id = p_to, at = p_at, version = version + 1
            WHERE entry_id = p_entry AND done_at IS NULL;
        IF NOT FOUND THEN
            INSERT INTO reminders (user_id, at, text, customer_id, campaign_id, entry_id, by_id)
                SELECT p_to, p_at, coalesce((SELECT left(a.note, 500) FROM call_attempts AS a
                    WHERE a.customer_id = q.customer_id AND a.entry_id = p_entry AND a.kind = 'call'
                    ORDER BY a.finished_at DESC LIMIT 1), ''), q.customer_id, q.campaign_id, p_entry, me;
        END IF;
        RETURN NULL;
    END $$
"""

_RELEASE = f"""
    CREATE FUNCTION release_callbacks(p_now timestamptz) RETURNS bigint {_HEAD} AS $$
    DECLARE
        -- A log-in is told the time by the server, the owner's tools tell it themselves.
        moment timestamptz := CASE WHEN EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text)
            THEN clock_timestamp() ELSE p_now END;
        gone bigint[] := ARRAY(
            SELECT a.user_id FROM absences AS a WHERE a.starts_at <= moment AND a.ends_at > moment
            UNION SELECT u.id FROM users AS u WHERE NOT u.is_active);
        freed bigint[];
        orphans bigint;
    BEGIN
        -- What is anyone's already, but lies in the pool of somebody who asks for nobody.
        UPDATE call_queue SET state = 'callback', blocked = NULL WHERE id IN (
            SELECT w.id FROM pools AS po JOIN lanes AS la ON la.pool_id = po.id
            JOIN call_queue AS w ON w.lane_id = la.id AND w.state = 'waiting' AND w.due_at <= moment
            WHERE po.user_id IS NOT NULL AND po.removed_at IS NULL AND w.is_callback AND w.callback_user_id IS NULL
                AND (po.user_id = ANY (gone) OR NOT EXISTS (SELECT FROM campaign_users AS cu
                    WHERE cu.campaign_id = po.campaign_id AND cu.user_id = po.user_id))
            ORDER BY w.id FOR UPDATE OF w SKIP LOCKED);
        GET DIAGNOSTICS orphans = ROW_COUNT;
        IF gone = '{{}}' THEN
            RETURN orphans;
        END IF;
        -- Each of the two questions is answered by an index; who is being served or moved right now is left alone.
        freed := ARRAY(
            SELECT w.id FROM campaigns AS c JOIN call_queue AS w ON w.campaign_id = c.id AND w.state = 'callback'
                AND w.callback_user_id = ANY (gone) AND w.due_at <= moment
            UNION ALL
            SELECT w.id FROM call_queue AS w
                WHERE w.state = 'waiting' AND w.callback_user_id = ANY (gone) AND w.due_at <= moment AND w.is_callback
            ORDER BY 1);
        freed := ARRAY(
            SELECT q.id FROM call_queue AS q WHERE q.id = ANY (freed) AND q.callback_user_id = ANY (gone)
                AND q.state IN ('callback', 'waiting') ORDER BY q.id FOR UPDATE SKIP LOCKED);
        UPDATE call_queue SET callback_user_id = NULL, state = 'callback', blocked = NULL WHERE id = ANY (freed);
        UPDATE reminders SET done_at = moment, version = version + 1 WHERE entry_id = ANY (freed) AND done_at IS NULL;
        RETURN orphans + coalesce(array_length(freed, 1), 0);
    END $$
"""
