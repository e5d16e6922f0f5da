"""What is on whose way: tables of their own, kept by triggers, that the policies of technicians ask.

A row of `reaches` says that a user was given a task, by a step, by a visit or by having it now, or that a ticket is
his; one of `group_reaches` that a group has an open task. Either says which ticket and customer belong to it. A task
and its ticket may be of two customers: then there are two rows. What is given twice may stand there twice, which costs
less than to look for the other.

No two transactions ever write the same row: each follows from one step, visit, task or ticket, and who changes that has
it locked. What a row takes over from the task and the ticket is right because a step, a visit or a task that comes in
holds what it hangs on by its foreign key, and whoever changes the customer there waits until it is through (`FOR
UPDATE`), then writes all rows of the task anew.
"""

from alembic import op

from migrations import grants
from migrations.closing import HEAD
from migrations.policies import ME, any_of, close, seen


def make() -> None:
    """Make the tables, let everybody see his own rows of them, write what is so far, and keep it from now on."""
    for statement in (_TABLES, _TASK, FACTS, *_INDEXES, *_TRIGGERS):
        op.execute(statement)
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join(FUNCTIONS)} FROM PUBLIC")
    grants.read("reaches", "group_reaches")
    close("reaches", "group_reaches")
    seen("reaches", where=f"user_id = {ME}")
    seen("group_reaches", where=f"group_id = {any_of('my_groups')}")


def reached(column: str, thing: str) -> str:
    """That the customer, ticket or task which this column names is on the way of who asks."""
    found = " OR ".join(
        f"EXISTS (SELECT FROM {table} AS r WHERE r.{thing}_id = {column})" for table in ("reaches", "group_reaches")
    )
    return f"({found})"


_TABLES = """
    CREATE TABLE reaches (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_reaches PRIMARY KEY,
        user_id bigint NOT NULL,
        task_id bigint,
        ticket_id bigint,
        customer_id bigint,
        visit_id bigint,
        is_had boolean NOT NULL DEFAULT false
    );
    -- Whatever share of the rows is his: what one user reaches is read from the index, never from the whole table.
    ALTER TABLE reaches ALTER COLUMN user_id SET (n_distinct = 500);
    COMMENT ON COLUMN reaches.is_had IS 'the task is open and the user has it now';
    CREATE TABLE group_reaches (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_group_reaches PRIMARY KEY,
        group_id bigint NOT NULL,
        task_id bigint NOT NULL,
        ticket_id bigint,
        customer_id bigint
    );
"""

# The first one answers for a whole list, whatever of the user's it asks for; the others for one row.
_INDEXES = (
    "CREATE INDEX ix_reaches_user_id_customer_id ON reaches (user_id, customer_id) INCLUDE (ticket_id, task_id)",
    "CREATE INDEX ix_reaches_task_id_user_id ON reaches (task_id, user_id)",
    "CREATE INDEX ix_reaches_ticket_id_user_id ON reaches (ticket_id, user_id)",
    "CREATE INDEX ix_group_reaches_group_id_customer_id ON group_reaches (group_id, customer_id)",
    "CREATE INDEX ix_group_reaches_task_id ON group_reaches (task_id)",
    "CREATE INDEX ix_group_reaches_ticket_id ON group_reaches (ticket_id)",
)

_INTO = "INSERT INTO reaches (user_id, task_id, ticket_id, customer_id, visit_id, is_had)"
_INTO_GROUPS = "INSERT INTO group_reaches (group_id, task_id, ticket_id, customer_id)"
_TICKET = "LEFT JOIN tickets AS k ON k.id = t.ticket_id"
_CUSTOMERS = """CROSS JOIN LATERAL (
            SELECT coalesce(t.customer_id, k.customer_id) UNION SELECT coalesce(k.customer_id, t.customer_id)
        ) AS c (id)"""
_HAD = "t.closed_at IS NULL AND t.user_id IS NOT NULL"
_OF_GROUPS = f"""{_INTO_GROUPS}
        SELECT t.group_id, t.id, t.ticket_id, c.id FROM {{}} AS t {_TICKET} {_CUSTOMERS}
        WHERE t.closed_at IS NULL AND t.group_id IS NOT NULL"""
_OF_HAD = f"""{_INTO}
        SELECT t.user_id, t.id, t.ticket_id, c.id, NULL::bigint, true FROM {{}} AS t {_TICKET} {_CUSTOMERS}
        WHERE {_HAD}"""
_OF_TASK = f"""{_INTO}
        SELECT h.user_id, t.id, t.ticket_id, c.id, h.visit_id, false
        FROM tasks AS t {_TICKET}
        CROSS JOIN LATERAL (
            SELECT DISTINCT s.to_user_id, NULL::bigint FROM task_steps AS s
                WHERE s.task_id = t.id AND s.to_user_id IS NOT NULL
            UNION ALL SELECT v.technician_id, v.id FROM visits AS v WHERE v.task_id = t.id
        ) AS h (user_id, visit_id)
        {_CUSTOMERS} WHERE t.id = p_task"""
_OF_TICKETS = """INSERT INTO reaches (user_id, ticket_id, customer_id)
        SELECT h.id, k.id, k.customer_id FROM {} AS k
        CROSS JOIN LATERAL (SELECT k.handler_id UNION SELECT k.responsible_id) AS h (id) WHERE h.id IS NOT NULL"""

# Set-wise: one task at a time would take minutes in a large company.
FACTS = f"""
    {_INTO}
    SELECT h.user_id, t.id, t.ticket_id, c.id, h.visit_id, false
    FROM (
        SELECT DISTINCT s.task_id, s.to_user_id, NULL::bigint FROM task_steps AS s WHERE s.to_user_id IS NOT NULL
        UNION ALL SELECT v.task_id, v.technician_id, v.id FROM visits AS v WHERE v.task_id IS NOT NULL
    ) AS h (task_id, user_id, visit_id)
    JOIN tasks AS t ON t.id = h.task_id {_TICKET}
    {_CUSTOMERS};
    {_OF_HAD.format("tasks")};
    {_OF_GROUPS.format("tasks")};
    {_OF_TICKETS.format("tickets")}
"""

# Everything that follows from a task, written anew; whoever calls has the task locked against all that hangs on it.
_TASK = f"""
    CREATE FUNCTION reach_task(p_task bigint) RETURNS void {HEAD} AS $$
    BEGIN
        DELETE FROM reaches AS r WHERE r.task_id = p_task;
        DELETE FROM group_reaches AS r WHERE r.task_id = p_task;
        {_OF_TASK};
        {_OF_HAD.format("tasks")} AND t.id = p_task;
        {_OF_GROUPS.format("tasks")} AND t.id = p_task;
    END $$
"""

_STEPPED = f"""
    CREATE FUNCTION reach_by_steps() RETURNS trigger {HEAD} AS $$
    BEGIN
        {_INTO}
        SELECT DISTINCT s.to_user_id, t.id, t.ticket_id, c.id, NULL::bigint, false
        FROM added AS s JOIN tasks AS t ON t.id = s.task_id {_TICKET} {_CUSTOMERS}
        WHERE s.to_user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM reaches AS r WHERE r.task_id = s.task_id AND r.user_id = s.to_user_id
                AND r.visit_id IS NULL AND NOT r.is_had);
        RETURN NULL;
    END $$;
    CREATE TRIGGER task_steps_reach AFTER INSERT ON task_steps REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION reach_by_steps();
"""

_VISITED = f"""
    CREATE FUNCTION reach_by_visits() RETURNS trigger {HEAD} AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            -- A change of the task is waited for before anything is read of it; a visit that comes in has waited.
            PERFORM FROM tasks AS t WHERE t.id IN (OLD.task_id, NEW.task_id) ORDER BY t.id FOR KEY SHARE;
            DELETE FROM reaches AS r WHERE r.task_id = OLD.task_id AND r.visit_id = OLD.id;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            {_INTO}
            SELECT NEW.technician_id, t.id, t.ticket_id, c.id, NEW.id, false
            FROM tasks AS t {_TICKET} {_CUSTOMERS} WHERE t.id = NEW.task_id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER visits_reach_new AFTER INSERT ON visits FOR EACH ROW
        WHEN (NEW.task_id IS NOT NULL) EXECUTE FUNCTION reach_by_visits();
    CREATE TRIGGER visits_reach AFTER UPDATE ON visits FOR EACH ROW
        WHEN (OLD.task_id IS DISTINCT FROM NEW.task_id OR OLD.technician_id <> NEW.technician_id)
        EXECUTE FUNCTION reach_by_visits();
    CREATE TRIGGER visits_reach_gone AFTER DELETE ON visits FOR EACH ROW
        WHEN (OLD.task_id IS NOT NULL) EXECUTE FUNCTION reach_by_visits();
"""

_TASKED = f"""
    CREATE FUNCTION reach_by_new_tasks() RETURNS trigger {HEAD} AS $$
    BEGIN
        {_OF_HAD.format("added")};
        {_OF_GROUPS.format("added")};
        RETURN NULL;
    END $$;
    CREATE FUNCTION reach_by_tasks() RETURNS trigger {HEAD} AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM reaches AS r WHERE r.task_id = OLD.id;
            DELETE FROM group_reaches AS r WHERE r.task_id = OLD.id;
        ELSIF (OLD.customer_id, OLD.ticket_id) IS DISTINCT FROM (NEW.customer_id, NEW.ticket_id) THEN
            PERFORM FROM tasks AS t WHERE t.id = NEW.id FOR UPDATE;
            PERFORM reach_task(NEW.id);
        ELSE
            DELETE FROM reaches AS r WHERE r.task_id = NEW.id AND r.is_had;
            DELETE FROM group_reaches AS r WHERE r.task_id = NEW.id;
            {_OF_HAD.format("tasks")} AND t.id = NEW.id;
            {_OF_GROUPS.format("tasks")} AND t.id = NEW.id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER tasks_reach_new AFTER INSERT ON tasks REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION reach_by_new_tasks();
    CREATE TRIGGER tasks_reach AFTER UPDATE ON tasks FOR EACH ROW
        WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.group_id IS DISTINCT FROM NEW.group_id
            OR (OLD.closed_at IS NULL) <> (NEW.closed_at IS NULL)
            OR OLD.customer_id IS DISTINCT FROM NEW.customer_id OR OLD.ticket_id IS DISTINCT FROM NEW.ticket_id)
        EXECUTE FUNCTION reach_by_tasks();
    CREATE TRIGGER tasks_reach_gone AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION reach_by_tasks();
"""

_TICKETED = f"""
    CREATE FUNCTION reach_by_new_tickets() RETURNS trigger {HEAD} AS $$
    BEGIN
        {_OF_TICKETS.format("added")};
        RETURN NULL;
    END $$;
    CREATE FUNCTION reach_by_tickets() RETURNS trigger {HEAD} AS $$
    DECLARE
        task bigint;
    BEGIN
        DELETE FROM reaches AS r WHERE r.ticket_id = OLD.id AND r.task_id IS NULL;
        IF TG_OP = 'DELETE' THEN
            RETURN NULL;
        END IF;
        IF OLD.customer_id IS DISTINCT FROM NEW.customer_id THEN
            PERFORM FROM tickets AS k WHERE k.id = NEW.id FOR UPDATE;
            FOR task IN SELECT t.id FROM tasks AS t WHERE t.ticket_id = NEW.id ORDER BY t.id FOR UPDATE LOOP
                PERFORM reach_task(task);
            END LOOP;
        END IF;
        {_OF_TICKETS.format("tickets")} AND k.id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER tickets_reach_new AFTER INSERT ON tickets REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION reach_by_new_tickets();
    CREATE TRIGGER tickets_reach AFTER UPDATE ON tickets FOR EACH ROW
        WHEN (OLD.handler_id IS DISTINCT FROM NEW.handler_id OR OLD.customer_id IS DISTINCT FROM NEW.customer_id
            OR OLD.responsible_id IS DISTINCT FROM NEW.responsible_id)
        EXECUTE FUNCTION reach_by_tickets();
    CREATE TRIGGER tickets_reach_gone AFTER DELETE ON tickets FOR EACH ROW EXECUTE FUNCTION reach_by_tickets();
"""

_TRIGGERS = (_STEPPED, _VISITED, _TASKED, _TICKETED)
FUNCTIONS = (
    "reach_task(bigint)",
    "reach_by_steps()",
    "reach_by_visits()",
    "reach_by_new_tasks()",
    "reach_by_tasks()",
    "reach_by_new_tickets()",
    "reach_by_tickets()",
)
