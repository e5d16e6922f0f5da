"""Writing the calls of an import: tickets, and for the open ones the task that waits to be planned."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from app.domain.imports.rows import CallValues
from app.domain.processes.routing import Rule, reason
from app.domain.search import ticket_search
from app.domain.words import N_, Message, message
from app.models.base import table_of
from app.models.customers import Customer
from app.models.planner import Visit
from app.models.processes import ActivityState
from app.models.tickets import Task, TaskStep, Ticket
from app.services.context import actor, now
from app.services.imports.bulk import add, add_numbered, among, change
from app.services.imports.catalogue import Catalogue, Work
from app.services.imports.completeness import Completeness
from app.services.imports.report import Outcome
from app.services.tickets.tasks import NewTask, open_task

_TICKETS = table_of(Ticket)
_TASKS = table_of(Task)
_VISITS = table_of(Visit)
_CUSTOMERS = table_of(Customer)
_TEXTS = ("external_key", "address", "channel")
_COLUMNS = (
    *_TEXTS,
    "number",
    "customer_id",
    "type_id",
    "subtype_id",
    "status_id",
    "priority",
    "subject",
    "description",
    "site_id",
    "opened_at",
    "due_at",
    "closed_at",
)
_TASK_COLUMNS = ("customer_id", "activity_type_id", "title", "expected_minutes", "due_at", "closed_at", "state_id")

_Find = Callable[[CallValues, dict[str, Any]], dict[str, Any] | None]


def identity(values: CallValues) -> str:
    """What makes two rows of a file the same call: the key, else all that tells calls apart."""
    parts = (values.customer_key, values.type, values.subtype, values.subject, values.description, values.address)
    return values.external_key or "\0".join(("", *(part or "" for part in parts), str(values.created)))


class CallWriter:
    """Adds new calls and updates known ones by their key; without a key by subject, customer, place and time.

    A ticket that was closed in the program stays closed, whatever an older export says.
    """

    table = "tickets"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._now = now(session)
        self._catalogue = Catalogue(session)
        self._completeness = Completeness(session)
        # Built once: building a statement for every batch costs more than running it.
        rows, tasks = _TICKETS.c, _TASKS.c
        every = select(*(rows[column] for column in ("id", *_COLUMNS)))
        self._by_key = every.where(among(session, rows.external_key, "keys"))
        keyless = every.where(rows.external_key.is_(None), among(session, rows.subject, "subjects"))
        self._by_subject = keyless.order_by(rows.id)
        open_tasks = select(*(tasks[column] for column in ("id", "ticket_id", *_TASK_COLUMNS)))
        self._open_tasks = open_tasks.where(among(session, tasks.ticket_id, "ids"), tasks.closed_at.is_(None)).order_by(
            tasks.id.desc()
        )
        hands = select(*(tasks[column] for column in ("id", "ticket_id", "stage_id", "user_id")))
        self._hands = hands.where(among(session, tasks.ticket_id, "ids"), tasks.closed_at.is_(None)).order_by(tasks.id)
        self._planned = select(_VISITS.c.task_id).where(
            among(session, _VISITS.c.task_id, "ids"), _VISITS.c.is_active, _VISITS.c.ends_at > bindparam("now")
        )
        self._customer_keys = select(_CUSTOMERS.c.external_key, _CUSTOMERS.c.id).where(
            among(session, _CUSTOMERS.c.external_key, "keys")
        )
        self._first_state = session.scalar(select(ActivityState.id).where(ActivityState.code == "new"))
        self._last_state = session.scalar(select(ActivityState.id).where(ActivityState.code == "done"))

    def write(self, batch: Sequence[CallValues]) -> Outcome:
        """Write one batch; a row that names an unknown customer is refused."""
        outcome = Outcome()
        changes = _Changes()
        customers = self._customers(batch)
        find = self._finder(batch)
        for place, values in enumerate(batch):
            if values.customer_key and values.customer_key not in customers:
                outcome.refused[place] = message(
                    N_("There is no customer with the key {key}."), key=values.customer_key
                )
                continue
            said = self._said(values, customers)
            existing = find(values, said)
            if existing is None:
                changes.added.append(self._new(values, said))
                outcome.added += 1
            elif isinstance(is_changed := self._change(existing, values, said, changes), Message):
                outcome.refused[place] = is_changed
            else:
                outcome.count(is_changed=is_changed)
        self._carry_out(changes)
        return outcome

    def _customers(self, batch: Sequence[CallValues]) -> dict[str, int]:
        keys = list({values.customer_key for values in batch if values.customer_key})
        if not keys:
            return {}
        return dict(self._session.execute(self._customer_keys, {"keys": keys}).all())

    def _said(self, values: CallValues, customers: dict[str, int]) -> dict[str, Any]:
        """The columns that the row says something about, but for its state."""
        said: dict[str, Any] = {}
        for name in _TEXTS:
            if (value := getattr(values, name)) is not None:
                said[name] = value or None
        if values.customer_key is not None:
            said["customer_id"] = customers[values.customer_key] if values.customer_key else None
        if values.type:
            said["type_id"] = self._catalogue.type_id(values.type)
            if values.subtype:
                said["subtype_id"] = self._catalogue.subtype_id(said["type_id"], values.subtype)
        if values.site is not None:
            said["site_id"] = self._catalogue.site_id(values.site) if values.site else None
        if values.description is not None:
            said["description"] = values.description
        if values.priority is not None:
            said["priority"] = values.priority
        if values.created is not None:
            said["opened_at"] = values.created
        if values.due is not None:
            said["due_at"] = values.due
        first_line = (values.description or "").partition("\n")[0][:120]
        said["subject"] = values.subject or values.subtype or values.type or first_line
        return said

    def _new(self, values: CallValues, said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """A new ticket, and its task when it is open."""
        blank: dict[str, Any] = dict.fromkeys(_COLUMNS) | {
            "priority": 2,
            "subject": "",
            "description": "",
            "opened_at": self._now,
        }
        ticket = blank | said | {"created_by_id": actor(self._session)}
        ticket["status_id"], is_closed = self._catalogue.status(values.status, is_closed=values.closed is not None)
        ticket["search"] = _search(ticket)
        if is_closed:
            ticket["closed_at"] = values.closed or ticket["opened_at"]
            return ticket, None
        if ticket["due_at"] is None and (hours := self._catalogue.due_hours(ticket["type_id"])):
            ticket["due_at"] = ticket["opened_at"] + timedelta(hours=hours)
        stage_id = None if values.activity_type else self._catalogue.stage_id(ticket["type_id"])
        if stage_id is not None:
            return ticket, {"stage_id": stage_id}
        return ticket, self._task(ticket, self._catalogue.work(values, ticket["type_id"]), values.minutes)

    def _task(self, ticket: dict[str, Any], work: Work, minutes: int | None) -> dict[str, Any]:
        return {
            "customer_id": ticket["customer_id"],
            "activity_type_id": work.activity_type_id,
            "group_id": work.group_id,
            "user_id": None,
            "state_id": self._first_state,
            "title": ticket["subject"],
            "expected_minutes": minutes or work.minutes,
            "due_at": ticket["due_at"],
            "opened_at": ticket["opened_at"],
            "closed_at": None,
        }

    def _change(
        self, existing: dict[str, Any], values: CallValues, said: dict[str, Any], changes: "_Changes"
    ) -> bool | Message:
        """Note what of a known ticket and its task is to be written; tells whether anything is."""
        task: dict[str, Any] | None = existing["task"]
        before = {name: existing[name] for name in ("id", *_COLUMNS)}
        row = before | said
        closing: datetime | None = None
        if before["closed_at"] is None and (values.status or values.closed):
            status_id, is_closed = self._catalogue.status(values.status, is_closed=values.closed is not None)
            row["status_id"] = status_id
            if is_closed:
                closing = row["closed_at"] = values.closed or self._now
        if closing and existing["is_planned"]:
            return message(N_("This call is on the plan. Unschedule it, or close it in the program."))
        if closing:
            changes.closing[before["id"]] = closing
        is_changed = row != before
        if is_changed:
            changes.tickets.append(row | {"search": _search(row)})
        return self._change_task(task, row, values, closing, changes) or is_changed

    def _change_task(
        self,
        task: dict[str, Any] | None,
        row: dict[str, Any],
        values: CallValues,
        closing: datetime | None,
        changes: "_Changes",
    ) -> bool:
        if task is None:
            return False
        after = task | {"customer_id": row["customer_id"], "due_at": row["due_at"], "closed_at": closing}
        if task["title"] in {"", row["subject"]} or values.subject:
            after["title"] = row["subject"]
        if values.activity_type:
            after["activity_type_id"] = self._catalogue.work(values, row["type_id"]).activity_type_id
        if values.minutes:
            after["expected_minutes"] = values.minutes
        if closing:
            after["state_id"] = self._last_state
        if after == task:
            return False
        changes.tasks.append(after)
        return True

    def _finder(self, batch: Sequence[CallValues]) -> _Find:
        keys = [values.external_key for values in batch if values.external_key]
        found = self._ask(self._by_key, keys=keys) if keys else []
        subjects = {
            values.subject or values.subtype or values.type or (values.description or "").partition("\n")[0][:120]
            for values in batch
            if not values.external_key
        }
        keyless = self._ask(self._by_subject, subjects=list(subjects)) if subjects else []
        self._add_tasks([*found, *keyless])
        by_key = {row["external_key"]: row for row in found}

        def find(values: CallValues, said: dict[str, Any]) -> dict[str, Any] | None:
            if values.external_key:
                return by_key.get(values.external_key)
            told_apart = ("subject", "type_id", "customer_id", "address", "description", "opened_at")
            for row in keyless:
                if all(row[name] == said[name] for name in told_apart if name in said):
                    return row
            return None

        return find

    def _add_tasks(self, tickets: Sequence[dict[str, Any]]) -> None:
        """Give each known ticket its open task, and whether that is on the plan."""
        ids = [ticket["id"] for ticket in tickets]
        rows = self._ask(self._open_tasks, ids=ids) if ids else []
        tasks = {task["ticket_id"]: task for task in rows}
        asked = {"ids": [task["id"] for task in rows], "now": self._now}
        planned = set(self._session.scalars(self._planned, asked)) if rows else set()
        on_the_plan = {task["ticket_id"] for task in rows if task["id"] in planned}
        for ticket in tickets:
            ticket["task"] = tasks.get(ticket["id"])
            ticket["is_planned"] = ticket["id"] in on_the_plan

    def _ask(self, question: Any, **fields: object) -> list[dict[str, Any]]:
        return [dict(row) for row in self._session.execute(question, fields).mappings()]

    def _carry_out(self, changes: "_Changes") -> None:
        self._completeness.check([ticket for ticket, _task in changes.added], changes.tickets)
        keys = add_numbered(self._session, _TICKETS, [ticket for ticket, _task in changes.added])
        planned = []
        for key, (ticket, task) in zip(keys, changes.added, strict=True):
            if task and "stage_id" in task:
                self._route(key, ticket, task["stage_id"])
            elif task:
                planned.append(task | {"ticket_id": key})
        add(self._session, _TASKS, planned)
        change(self._session, _TICKETS, changes.tickets)
        self._end_tasks(changes.closing)
        change(self._session, _TASKS, changes.tasks)

    def _end_tasks(self, closing: Mapping[int, datetime]) -> None:
        """Every open task of a ticket that closes ends with it, the linked ones too; each end is a step."""
        tasks = self._ask(self._hands, ids=list(closing)) if closing else []
        if not tasks:
            return
        ends = {task["id"]: closing[task["ticket_id"]] for task in tasks}
        self._session.execute(
            insert(table_of(TaskStep)),
            [
                {
                    "task_id": task["id"],
                    "at": self._now,
                    "by_id": actor(self._session),
                    **dict.fromkeys(("from_stage_id", "to_stage_id"), task["stage_id"]),
                    **dict.fromkeys(("from_user_id", "to_user_id"), task["user_id"]),
                    "rule": Rule.CLOSED.value,
                    "reason": reason(Rule.CLOSED),
                    "closes": True,
                }
                for task in tasks
            ],
        )
        state = self._last_state
        change(self._session, _TASKS, [{"id": key, "closed_at": at, "state_id": state} for key, at in ends.items()])

    def _route(self, ticket_id: int, ticket: dict[str, Any], stage_id: int) -> None:
        """Whose type goes through a process is handed over like any other enquiry, but without a mail for each row."""
        self._session.info["is_quiet"] = True
        new = NewTask(
            title=ticket["subject"],
            ticket_id=ticket_id,
            customer_id=ticket["customer_id"],
            stage_id=stage_id,
            due_at=ticket["due_at"],
        )
        open_task(self._session, new, is_intake=True)


class _Changes:
    """What one batch is going to write."""

    def __init__(self) -> None:
        self.added: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
        self.tickets: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []
        self.closing: dict[int, datetime] = {}


def _search(row: dict[str, Any]) -> str:
    return ticket_search(row["subject"], row["external_key"], row["description"], row["address"], row.get("number"))
