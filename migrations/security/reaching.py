"""What technicians see and work on, asked of the kept table of what is on their way (migrations.reaches)."""

from alembic import op

from migrations.closing.calling import amended
from migrations.policies import ME, may
from migrations.reaches import reached

_HANGING = ("notes", "files", "outbox_messages", "incoming_messages")
_SETS = ("my_tasks()", "my_tickets()", "my_customers()")


def amend() -> None:
    """Let the policies and functions that asked for whole sets ask for the row at hand; the sets are asked no more."""
    for table, name, condition in (*_seen(), *_written()):
        op.execute(f"ALTER POLICY {table}_{name} ON {table} {condition}")
    for function, changes in _FUNCTIONS.items():
        for old, new in changes:
            op.execute(amended(function, old, new))
    op.execute(f"DROP FUNCTION {', '.join(_SETS)}")


def _seen() -> list[tuple[str, str, str]]:
    def of_customer(table: str) -> str:
        return reached(f"{table}.customer_id", "customer")

    def alone(table: str, thing: str) -> str:
        """What has no customer is asked for itself; of what is mine the customer is mine too."""
        return f"({table}.customer_id IS NULL AND {reached(f'{table}.id', thing)})"

    opened = f"(opened_by_task_id IS NOT NULL AND {reached('tasks.opened_by_task_id', 'task')})"
    found = {
        "customers": reached("customers.id", "customer"),
        "customer_phones": of_customer("customer_phones"),
        "customer_profiles": of_customer("customer_profiles"),
        "customer_balances": of_customer("customer_balances"),
        "tickets": f"handler_id = {ME} OR responsible_id = {ME} OR {of_customer('tickets')} "
        f"OR {alone('tickets', 'ticket')}",
        "tasks": f"(user_id = {ME} AND closed_at IS NULL) OR {of_customer('tasks')} "
        f"OR {alone('tasks', 'task')} OR {opened}",
        "audit_log": f"area = 'card' AND ({_logged()})",
    }
    for table in _HANGING:
        hangs = f"{of_customer(table)} OR {reached(f'{table}.ticket_id', 'ticket')}"
        found[table] = hangs if table == "incoming_messages" else f"{hangs} OR {reached(f'{table}.task_id', 'task')}"
    return [(table, "select_on_my_way", f"USING ({where})") for table, where in found.items()]


def _logged() -> str:
    return " OR ".join(
        f"{of}table{name} = '{thing}s' AND {reached(f'audit_log.{row}', thing)}"
        for thing in ("customer", "ticket", "task")
        for of, name, row in (("", "_name", "row_id"), ("of_", "", "of_id"))
    )


def _written() -> list[tuple[str, str, str]]:
    works = may("work_tasks")
    mine = {thing: reached(f"tasks.{thing}_id", thing) for thing in ("customer", "ticket")}
    at_hand = f"user_id = {ME} OR group_id = ANY ((SELECT my_groups())::bigint[]) OR {reached('tasks.id', 'task')}"
    handled = f"{works} AND {reached('tickets.id', 'ticket')}"
    worked = f"{works} AND ({at_hand} OR {mine['ticket']})"
    beside = f"(opened_by_task_id IS NULL OR {reached('tasks.opened_by_task_id', 'task')})"
    # Steps of tasks he has, and of those his own have opened: a step makes a task his.
    opened = (
        f"task_id IN (SELECT t.id FROM tasks AS t WHERE t.user_id = {ME} OR {reached('t.opened_by_task_id', 'task')})"
    )
    stepped = f"{works} AND ({reached('task_steps.task_id', 'task')} OR {opened})"
    return [
        ("tickets", "update_handled", f"USING ({handled}) WITH CHECK ({handled})"),
        ("tasks", "update_worked", f"USING ({worked}) WITH CHECK ({worked})"),
        ("tasks", "insert_opened", f"WITH CHECK ({works} AND {_all_mine('tasks')} AND {beside})"),
        ("task_steps", "insert_worked", f"WITH CHECK ({stepped})"),
        *((table, "insert_worked", f"WITH CHECK ({works} AND {_hangs(table)})") for table in _HANGING[:3]),
    ]


def _all_mine(table: str) -> str:
    """Nothing it hangs on is somebody else's."""
    return " AND ".join(
        f"({thing}_id IS NULL OR {reached(f'{table}.{thing}_id', thing)})" for thing in ("customer", "ticket")
    )


def _hangs(table: str) -> str:
    hangs = "(customer_id IS NOT NULL OR ticket_id IS NOT NULL OR task_id IS NOT NULL)"
    return f"{hangs} AND {_all_mine(table)} AND (task_id IS NULL OR task_id IN (SELECT t.id FROM tasks AS t))"


_LIMITED = "is_limited boolean := is_login AND pg_has_role(session_user, 'callboard_technician', 'MEMBER');"
_GROUPS = f"{_LIMITED}\n        mine bigint[] := CASE WHEN is_limited THEN my_groups() END;"
_ON_MY_WAY = """NOT EXISTS (
            SELECT FROM reaches AS r WHERE r.{0} = {1} AND r.user_id = me)
        AND NOT EXISTS (
            SELECT FROM group_reaches AS r WHERE r.{0} = {1} AND r.group_id = ANY (mine))"""
_OF_MY_CUSTOMER = """NOT EXISTS (
            SELECT FROM tasks AS t JOIN reaches AS r ON r.customer_id = t.customer_id
                WHERE t.id = asked AND r.user_id = me)
        AND NOT EXISTS (
            SELECT FROM tasks AS t JOIN group_reaches AS r ON r.customer_id = t.customer_id
                WHERE t.id = asked AND r.group_id = ANY (mine))"""
_OF_MY_CUSTOMERS = """NOT EXISTS (
            SELECT FROM tasks AS t WHERE t.id = asked AND t.customer_id = ANY (my_customers()))"""
_FUNCTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "customer_points(bigint, bigint, bigint, boolean, bigint)": (
        (_LIMITED, _GROUPS),
        ("p_customer <> ALL (my_customers())", _ON_MY_WAY.format("customer_id", "p_customer")),
    ),
    "task_points(bigint, bigint, bigint)": (
        (_LIMITED, _GROUPS),
        ("asked <> ALL (my_tasks())", _ON_MY_WAY.format("task_id", "asked")),
        (_OF_MY_CUSTOMERS, _OF_MY_CUSTOMER),
    ),
}
