"""Customers, tickets, tasks, visits and what hangs on them: the office sees all, a technician what is on his way."""

from migrations.grants import DESK, TECHNICIAN, WORKERS
from migrations.policies import ME, added, any_of, changed, close, in_all, may, removed, seen

_SEERS = (*DESK, "read_only")
_HANGING = ("notes", "files", "outbox_messages", "incoming_messages")
_TABLES = (
    "customers", "customer_phones", "customer_profiles", "tickets", "tasks", "task_steps", "visits", *_HANGING,
    "file_contents", "hours_entries", "reminders",
)  # fmt: skip

_MINE = in_all("my_tasks")
_MY_TICKET = in_all("my_tickets")
_MY_CUSTOMER = in_all("my_customers")
_ON_MY_WAY = f"customer_id {_MY_CUSTOMER} OR ticket_id {_MY_TICKET} OR task_id {_MINE}"
_ALL_MINE = f"(customer_id IS NULL OR customer_id {_MY_CUSTOMER}) AND (ticket_id IS NULL OR ticket_id {_MY_TICKET})"
"""Nothing it hangs on is somebody else's."""


def protect() -> None:
    """Close these tables and say who gets in."""
    close(*_TABLES)
    seen(*_TABLES[: _TABLES.index("hours_entries")], by=_SEERS)
    _technician()
    _customers()
    _work()
    _hanging()
    _own()


def _technician() -> None:
    on_my_way = {
        "customers": f"id {_MY_CUSTOMER}",
        "customer_phones": f"customer_id {_MY_CUSTOMER}",
        "customer_profiles": f"customer_id {_MY_CUSTOMER}",
        # Of what is mine the customer is mine too: only what has none is asked for itself, which is seldom. What stands
        # in the row itself comes first: the sets are not looked up where that says yes.
        "tickets": f"handler_id = {ME} OR responsible_id = {ME} OR customer_id {_MY_CUSTOMER} "
        f"OR (customer_id IS NULL AND id {_MY_TICKET})",
        "tasks": f"(user_id = {ME} AND closed_at IS NULL) OR customer_id {_MY_CUSTOMER} "
        f"OR (customer_id IS NULL AND id {_MINE}) OR (opened_by_task_id IS NOT NULL AND opened_by_task_id {_MINE})",
        "task_steps": f"to_user_id = {ME} OR EXISTS (SELECT FROM tasks AS t WHERE t.id = task_id)",
        "visits": f"technician_id = {ME} OR EXISTS (SELECT FROM tasks AS t WHERE t.id = task_id)",
        "file_contents": "EXISTS (SELECT FROM files AS f WHERE f.id = file_id)",
    }
    for table, where in (on_my_way | dict.fromkeys(_HANGING[:3], _ON_MY_WAY)).items():
        seen(table, by=TECHNICIAN, where=where, name="on_my_way")
    seen("incoming_messages", by=TECHNICIAN, name="on_my_way",
         where=f"customer_id {_MY_CUSTOMER} OR ticket_id {_MY_TICKET}")  # fmt: skip


def _customers() -> None:
    tables = ("customers", "customer_phones", "customer_profiles")
    edits = may("edit_customers", "import")
    added(*tables, where=edits, by=DESK)
    changed(*tables, where=edits, by=DESK)
    removed("customer_phones", "customer_profiles", where=edits, by=DESK)
    added(*tables, where=may("dial"), by=DESK, name="called_in")


def _work() -> None:
    edits = may("edit_tickets", "plan", "import", "work_tasks")
    for table in ("tickets", "tasks"):
        added(table, where=edits, by=DESK)
        changed(table, where=edits, by=DESK)
    added("task_steps", where=edits, by=DESK)
    added("visits", where=may("plan"), by=DESK)
    changed("visits", where=may("plan"), by=DESK)
    works = may("work_tasks")
    at_hand = f"user_id = {ME} OR group_id = {any_of('my_groups')} OR id {_MINE}"
    changed("tickets", by=TECHNICIAN, name="handled", where=f"{works} AND id {_MY_TICKET}")
    changed("tasks", by=TECHNICIAN, name="worked", where=f"{works} AND ({at_hand} OR ticket_id {_MY_TICKET})")
    beside = f"(opened_by_task_id IS NULL OR opened_by_task_id {_MINE})"
    added("tasks", by=TECHNICIAN, name="opened", where=f"{works} AND {_ALL_MINE} AND {beside}")
    # Steps of tasks he has, and of those his own have opened: a step makes a task his.
    opened = f"task_id IN (SELECT t.id FROM tasks AS t WHERE t.opened_by_task_id {_MINE} OR t.user_id = {ME})"
    added("task_steps", by=TECHNICIAN, name="worked", where=f"{works} AND (task_id {_MINE} OR {opened})")


def _hanging() -> None:
    edits, works = may("edit_tickets", "import", "dial", "plan", "work_tasks"), may("work_tasks")
    for table in ("notes", "files", "outbox_messages"):
        added(table, by=DESK, where=edits)
    seen_task = "(task_id IS NULL OR task_id IN (SELECT t.id FROM tasks AS t))"
    hangs = "(customer_id IS NOT NULL OR ticket_id IS NOT NULL OR task_id IS NOT NULL)"
    mine = f"{works} AND {hangs} AND {_ALL_MINE} AND {seen_task}"
    added("notes", "files", "outbox_messages", by=TECHNICIAN, name="worked", where=mine)
    added("file_contents", by=WORKERS, where=f"{edits} AND file_id IN (SELECT f.id FROM files AS f)")
    changed("notes", "files", where=edits, by=DESK)
    changed("outbox_messages", "incoming_messages", where=edits, by=DESK)
    added("incoming_messages", where=may("administer"))


def _own() -> None:
    seen("hours_entries", where=f"user_id = {ME} OR {may('administer', 'edit_tickets')}")
    own_hours = f"{may('work_tasks')} AND user_id = {ME}"
    added("hours_entries", where=own_hours)
    removed("hours_entries", where=own_hours)
    # Tickets that are merged take everybody's hours along.
    changed("hours_entries", where=f"{own_hours} OR {may('edit_tickets')}")
    shared = f"(campaign_id = {any_of('shared_campaigns')} AND user_id = {any_of('my_fellows')})"
    seen("reminders", where=f"user_id = {ME} OR by_id = {ME} OR {may('administer', 'run_campaigns')} OR {shared}")
    works = may("work_tasks", "dial")
    theirs = f"{may('administer', 'run_campaigns')} OR {shared}"
    mine = f"{works} AND (user_id = {ME} OR by_id = {ME} OR {theirs})"
    added("reminders", where=may("work_tasks", "dial", "see_points"))
    changed("reminders", where=mine, check=works)
