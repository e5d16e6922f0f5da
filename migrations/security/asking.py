"""The functions policies ask: who logged in, what his role may, and which sets of rows are his.

In plpgsql, whose plans are kept for the session; a function in SQL would be planned anew by each statement. Ids may
come twice: to leave out doubles takes longer than to look a few up twice.
"""

from alembic import op

from migrations.grants import GROUPS

_HEAD = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

FUNCTIONS = (
    "may(text[])",
    "my_groups()",
    "my_fellows()",
    "my_tasks()",
    "my_tickets()",
    "my_customers()",
    "own_history_campaigns()",
    "shared_campaigns()",
    "sees_team_points()",
)


def make() -> None:
    """Make them, for every log-in to call."""
    for statement in (_WHO, _MINE, _WORK, _DIALER):
        op.execute(statement)
    everybody = ", ".join(f"callboard_{group}" for group in GROUPS)
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join(FUNCTIONS)} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {everybody}")


# Where log-ins are limited to some addresses, an administrator still gets in: somebody must be able to lift the limit.
_WHO = f"""
    CREATE FUNCTION is_let_in(role_id bigint) RETURNS boolean {_HEAD} AS $$
    DECLARE
        allowed text;
    BEGIN
        SELECT c.allowed_addresses INTO allowed FROM public.company AS c;
        IF coalesce(allowed, '') = '' OR inet_client_addr() IS NULL THEN
            RETURN true;
        END IF;
        RETURN inet_client_addr() <<= ANY (string_to_array(replace(allowed, ' ', ''), ',')::inet[])
            OR EXISTS (
                SELECT FROM public.role_permissions AS p
                WHERE p.role_id = is_let_in.role_id AND p.permission = 'administer');
    END $$;
    REVOKE ALL ON FUNCTION is_let_in(bigint) FROM PUBLIC;

    CREATE OR REPLACE FUNCTION acting_user() RETURNS bigint {_HEAD} AS $$
    BEGIN
        RETURN (
            SELECT u.id FROM public.users AS u
            WHERE u.db_role = session_user::text AND u.is_active AND public.is_let_in(u.role_id));
    END $$;

    CREATE FUNCTION may(VARIADIC wanted text[]) RETURNS boolean {_HEAD} AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM public.users AS u JOIN public.role_permissions AS p ON p.role_id = u.role_id
            WHERE u.db_role = session_user::text AND u.is_active AND p.permission = ANY (wanted)
                AND public.is_let_in(u.role_id));
    END $$;
"""

_MINE = f"""
    CREATE FUNCTION my_groups() RETURNS bigint[] {_HEAD} AS $$
    DECLARE
        me bigint := public.acting_user();
    BEGIN
        RETURN ARRAY(SELECT m.group_id FROM public.group_members AS m WHERE m.user_id = me);
    END $$;

    CREATE FUNCTION my_fellows() RETURNS bigint[] {_HEAD} AS $$
    DECLARE
        me bigint := public.acting_user();
    BEGIN
        RETURN ARRAY(
            SELECT DISTINCT theirs.user_id FROM public.group_members AS mine
            JOIN public.group_members AS theirs ON theirs.group_id = mine.group_id
            WHERE mine.user_id = me AND theirs.user_id <> me);
    END $$;

    CREATE FUNCTION sees_team_points() RETURNS boolean {_HEAD} AS $$
    DECLARE
        me bigint := public.acting_user();
    BEGIN
        RETURN public.may('see_points') OR EXISTS (
            SELECT FROM public.user_profiles AS x JOIN public.profiles AS p ON p.id = x.profile_id
            WHERE x.user_id = me AND p.sees_team_points);
    END $$;
"""

# What a technician was ever given, and the customers that belong to it: on the way he has to know what was done there.
_WORK = f"""
    CREATE FUNCTION my_tasks() RETURNS bigint[] {_HEAD} AS $$
    DECLARE
        me bigint := public.acting_user();
        mine bigint[] := public.my_groups();
    BEGIN
        RETURN ARRAY(
            SELECT s.task_id FROM public.task_steps AS s WHERE s.to_user_id = me
            UNION ALL
            SELECT t.id FROM public.tasks AS t WHERE t.user_id = me AND t.closed_at IS NULL
            UNION ALL
            SELECT v.task_id FROM public.visits AS v WHERE v.technician_id = me AND v.task_id IS NOT NULL
            UNION ALL
            SELECT t.id FROM public.tasks AS t WHERE t.group_id = ANY (mine) AND t.closed_at IS NULL);
    END $$;

    CREATE FUNCTION my_tickets() RETURNS bigint[] {_HEAD} AS $$
    DECLARE
        me bigint := public.acting_user();
        mine bigint[] := public.my_tasks();
    BEGIN
        RETURN ARRAY(
            SELECT t.ticket_id FROM public.tasks AS t WHERE t.id = ANY (mine) AND t.ticket_id IS NOT NULL
            UNION ALL
            SELECT t.id FROM public.tickets AS t WHERE t.handler_id = me OR t.responsible_id = me);
    END $$;

    CREATE FUNCTION my_customers() RETURNS bigint[] {_HEAD} AS $$
    DECLARE
        me bigint := public.acting_user();
        mine bigint[] := public.my_tasks();
    BEGIN
        RETURN ARRAY(
            SELECT c.id FROM public.tasks AS t LEFT JOIN public.tickets AS k ON k.id = t.ticket_id
            CROSS JOIN LATERAL (VALUES (t.customer_id), (k.customer_id)) AS c (id)
            WHERE t.id = ANY (mine) AND c.id IS NOT NULL
            UNION
            SELECT t.customer_id FROM public.tickets AS t
            WHERE (t.handler_id = me OR t.responsible_id = me) AND t.customer_id IS NOT NULL);
    END $$;
"""

_DIALER = f"""
    CREATE FUNCTION own_history_campaigns() RETURNS bigint[] {_HEAD} AS $$
    BEGIN
        RETURN ARRAY(SELECT c.id FROM public.campaigns AS c WHERE c.own_history_only);
    END $$;

    CREATE FUNCTION shared_campaigns() RETURNS bigint[] {_HEAD} AS $$
    BEGIN
        RETURN ARRAY(SELECT c.id FROM public.campaigns AS c WHERE NOT c.reminds_caller_only);
    END $$;
"""
