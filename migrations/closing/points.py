"""Rows of the ledger for those who may not read it: what a customer has and why, without what a colleague was paid.

Everybody reads his own rows and who sees points all of them, by policy; the office reads a customer's and a task's rows
through these functions, which leave a colleague's points out.
"""

from migrations.closing import HEAD
from migrations.grants import GROUPS

_ASKED = """
        is_login boolean := EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text);
        me bigint := acting_user();
        sees boolean := NOT is_login OR may('see_points', 'correct_points');
        -- A technician is told of what is on his way only.
        is_limited boolean := is_login AND pg_has_role(session_user, 'callboard_technician', 'MEMBER');
"""

_PAGE = """
            SELECT e.id, e.process, e.stage, e.at, e.day, e.worker_id, w.name, b.name, e.customer_id, c.name, e.note,
                    e.customer_points,
                    CASE WHEN sees OR e.worker_id = me OR e.worker_points = 0 THEN e.worker_points END,
                    e.is_redemption, e.task_id, e.reverses_id, x.id
                FROM points_entries AS e JOIN customers AS c ON c.id = e.customer_id
                LEFT JOIN users AS w ON w.id = e.worker_id LEFT JOIN users AS b ON b.id = e.by_id
                LEFT JOIN points_entries AS x ON x.reverses_id = e.id
                WHERE e.customer_id = p_customer AND e.customer_points <> 0
                    AND e.id > coalesce(p_before, 0) AND e.id < coalesce(p_after, 9223372036854775807)
                ORDER BY e.id {} LIMIT p_limit
"""

_CUSTOMER = f"""
    CREATE FUNCTION customer_points(p_customer bigint, p_after bigint, p_before bigint, p_is_back boolean,
        p_limit bigint)
    RETURNS TABLE (id bigint, process text, stage text, at timestamptz, day date, worker_id bigint, worker text,
        by_whom text, customer_id bigint, customer text, note text, customer_points numeric, worker_points numeric,
        is_redemption boolean, task_id bigint, reverses_id bigint, reversed_id bigint)
    {HEAD} STABLE AS $$
    #variable_conflict use_column
    DECLARE
{_ASKED}
    BEGIN
        IF is_login AND me IS NULL OR is_limited AND p_customer <> ALL (my_customers()) THEN
            RETURN;
        ELSIF p_is_back THEN
            RETURN QUERY {_PAGE.format("ASC")};
        ELSE
            RETURN QUERY {_PAGE.format("DESC")};
        END IF;
    END $$
"""

_TASK = f"""
    CREATE FUNCTION task_points(p_task bigint, p_step bigint, p_entry bigint)
    RETURNS TABLE (id bigint, step_id bigint, reverses_id bigint, task_id bigint, customer_id bigint, worker_id bigint,
        by_id bigint, stage_id bigint, setting_id bigint, process text, stage text, at timestamptz,
        customer_points numeric, worker_points numeric, occasion bigint, note text)
    {HEAD} STABLE AS $$
    #variable_conflict use_column
    DECLARE
{_ASKED}
        asked bigint := coalesce(p_task, (SELECT s.task_id FROM task_steps AS s WHERE s.id = p_step),
            (SELECT e.task_id FROM points_entries AS e WHERE e.id = p_entry));
    BEGIN
        IF is_login AND me IS NULL OR is_limited AND asked <> ALL (my_tasks()) AND NOT EXISTS (
            SELECT FROM tasks AS t WHERE t.id = asked AND t.customer_id = ANY (my_customers())) THEN
            RETURN;
        END IF;
        RETURN QUERY SELECT e.id, e.step_id, e.reverses_id, e.task_id, e.customer_id, e.worker_id, e.by_id, e.stage_id,
                e.setting_id, e.process, e.stage, e.at, e.customer_points,
                CASE WHEN sees OR e.worker_id = me OR e.worker_points = 0 THEN e.worker_points END, e.occasion, e.note
            FROM points_entries AS e WHERE e.task_id = asked ORDER BY e.id;
    END $$
"""

OUTER = (
    "customer_points(bigint, bigint, bigint, boolean, bigint)",
    "task_points(bigint, bigint, bigint)",
)
BY = GROUPS

STATEMENTS = (_CUSTOMER, _TASK)
