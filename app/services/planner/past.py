"""The planner as it stood at a past moment: visits, presences, and the calls that waited, rebuilt from the audit log.

Names of technicians, types, states and sites are today's. Presences that a rule laid out are those of today: the log
keeps the rules, not what follows from them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, func, select
from sqlalchemy.orm import Session

from app.domain.planner import Interval, OffTime, Run, Segment, compute_runs
from app.models.audit import AuditLog
from app.models.people import User
from app.models.places import Site
from app.models.planner import Absence, Presence, Visit
from app.models.processes import ActivityState, ActivityType
from app.services.context import is_postgresql, now, reads
from app.services.history.past import Row, changed_since, states_at
from app.services.planner.board import once
from app.services.planner.calendar import TimeSpan, read_holidays
from app.services.planner.company import company, groups
from app.services.planner.rows import BoardRows, GroupRow, TechnicianRow, VisitRow, WaitingRow
from app.services.planner.visits import flagged
from app.services.planner.waiting import PAGE, waiting_ids

__all__ = ["PastPlan", "plan_at"]


@dataclass(frozen=True, slots=True)
class PastPlan:
    """The board, the calls that waited below it (at most a page of them), and how many they were."""

    moment: datetime
    board: BoardRows
    waiting: tuple[WaitingRow, ...]
    waiting_total: int


@reads
def plan_at(
    session: Session,
    group_ids: Collection[int] | None,
    start: datetime,
    end: datetime,
    *,
    moment: datetime,
    language: str = "en",
) -> PastPlan:
    """The board of these groups (None: of all) in `[start, end)` and the calls that waited, at this moment."""
    rows = _waiting(session, moment)
    board = _board(session, group_ids, TimeSpan(start, end), moment, language)
    return PastPlan(moment, board, tuple(rows[:PAGE]), len(rows))


def _board(
    session: Session, group_ids: Collection[int] | None, span: TimeSpan, moment: datetime, language: str
) -> BoardRows:
    visits = _visits(session, span, moment)
    chosen = [group for group in groups(session) if group_ids is None or group.id in group_ids]
    if group_ids is None:
        known = {user_id for group in chosen for user_id in group.technician_ids}
        # Who has left since then had visits nevertheless.
        if gone := tuple(dict.fromkeys(row.technician_id for row in visits if row.technician_id not in known)):
            chosen.append(GroupRow(0, "", gone))
    ids = list(dict.fromkeys(user_id for group in chosen for user_id in group.technician_ids))
    visits = [row for row in visits if row.technician_id in set(ids)]
    runs = _runs(session, ids, _around(span, visits), moment, language)
    names: dict[int, str] = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return BoardRows(
        now=now(session),
        company=company(session),
        start=span.start,
        end=span.end,
        groups=tuple(once(chosen)),
        technicians=tuple(TechnicianRow(each, names.get(each, ""), runs[each], ()) for each in ids),
        visits=tuple(flagged(visits, runs)),
        type_names=dict(session.execute(select(ActivityType.id, ActivityType.name)).all()),
        site_names=dict(session.execute(select(Site.id, Site.name)).all()),
    )


def _around(span: TimeSpan, visits: Sequence[VisitRow]) -> TimeSpan:
    """A visit may begin before the board does: whether it lies on white is told by the presence it began in."""
    return TimeSpan(
        min([span.start, *(visit.starts_at for visit in visits)]), max([span.end, *(visit.ends_at for visit in visits)])
    )


# --- Visits


def _visits(session: Session, span: TimeSpan, moment: datetime) -> list[VisitRow]:
    """The visits that were active and lay in this time, by technician and start."""
    ids = set(session.scalars(select(Visit.id).where(Visit.starts_at < span.end, Visit.ends_at > span.start)))
    ids |= _stood_here(session, span, moment)
    found = [
        state
        for state in states_at(session, "visits", sorted(ids), moment).values()
        if state is not None and state["is_active"] and state["starts_at"] < span.end and state["ends_at"] > span.start
    ]
    found.sort(key=lambda state: (state["technician_id"], state["starts_at"]))
    world = _World(session, moment)
    world.read_tasks({state["task_id"] for state in found if state["task_id"] is not None})
    return [world.visit(state) for state in found]


def _stood_here(session: Session, span: TimeSpan, moment: datetime) -> set[int]:
    """The visits that lay here before their times were changed: those that may lie elsewhere today.

    A change of both times says where the visit lay; one of a start or an end alone may have been here.
    """
    starts, ends = _old(session, "starts_at"), _old(session, "ends_at")
    start, end = _as_kept(session, span.start), _as_kept(session, span.end)
    found = select(AuditLog.row_id).where(
        AuditLog.table_name == "visits",
        AuditLog.at > moment,
        AuditLog.verb != "insert",
        func.coalesce(starts < end, ends > start),
        func.coalesce(ends > start, True),
    )
    return {row_id for row_id in session.scalars(found.distinct()) if row_id is not None}


def _old(session: Session, column: str) -> ColumnElement[Any]:
    value: ColumnElement[Any] = AuditLog.changes[(column, 0)].as_string()
    return cast(value, AuditLog.at.type) if is_postgresql(session) else value


def _as_kept(session: Session, moment: datetime) -> Any:
    """A moment as the log keeps it; SQLite's is text that sorts."""
    return moment if is_postgresql(session) else f"{moment.replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"


# --- Presences


def _runs(
    session: Session, users: Sequence[int], span: TimeSpan, moment: datetime, language: str
) -> dict[int, tuple[Run, ...]]:
    """White and grey of each of these users as it was."""
    segments: dict[int, list[Segment]] = {}
    for row in _rows_at(session, "presences", Presence, span, moment):
        place = Interval(row["starts_at"], row["ends_at"])
        segments.setdefault(row["user_id"], []).append(Segment(place, row["site_id"]))
    absences: dict[int, list[OffTime]] = {}
    for row in _rows_at(session, "absences", Absence, span, moment):
        place = Interval(row["starts_at"], row["ends_at"])
        absences.setdefault(row["user_id"], []).append(OffTime(place, row["reason"]))
    holidays = read_holidays(session, span, language)
    return {user_id: compute_runs(segments.get(user_id, ()), absences.get(user_id, ()), holidays) for user_id in users}


def _rows_at(
    session: Session, table: str, model: type[Presence] | type[Absence], span: TimeSpan, moment: datetime
) -> list[Row]:
    here = select(model.id).where(model.starts_at < span.end, model.ends_at > span.start)
    ids = {
        *session.scalars(here),
        *(each for each in session.scalars(changed_since(table, moment)) if each is not None),
    }
    states = states_at(session, table, sorted(ids), moment).values()
    return sorted(
        (row for row in states if row is not None and row["starts_at"] < span.end and row["ends_at"] > span.start),
        key=lambda row: (row["starts_at"], row["id"]),
    )


# --- Calls


def _waiting(session: Session, moment: datetime) -> list[WaitingRow]:
    """The calls that waited to be planned: open, of a group, of a schedulable type, without an active visit."""
    moved = states_at(
        session,
        "visits",
        _ids(session, changed_since("visits", moment, "is_active", "task_id")),
        moment,
        only=("is_active", "task_id"),
    )
    visited = set(session.scalars(select(Visit.task_id).where(Visit.id.in_(moved)))) if moved else set()
    visited |= {state["task_id"] for state in moved.values() if state is not None}
    touched = {*_ids(session, changed_since("tasks", moment)), *(each for each in visited if each is not None)}
    planned = _planned(session, touched, moved)
    world = _World(session, moment)
    world.read_tasks({*waiting_ids(session), *touched})
    rows = [
        world.call(task)
        for task_id, task in world.tasks.items()
        if task is not None and world.waits(task) and task_id not in planned
    ]
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at, row.task_id))


def _ids(session: Session, asked: Any) -> list[int]:
    return [each for each in session.scalars(asked) if each is not None]


def _planned(session: Session, task_ids: Iterable[int], moved: Mapping[int, Row | None]) -> set[int]:
    """Those of these tasks that had an active visit."""
    standing = select(Visit.id, Visit.task_id).where(Visit.task_id.in_(list(task_ids)), Visit.is_active)
    active = [task_id for visit_id, task_id in session.execute(standing) if visit_id not in moved]
    active += [state["task_id"] for state in moved.values() if state is not None and state["is_active"]]
    return {task_id for task_id in active if task_id is not None}


class _World:
    """What visits and calls hang on, as it stood: tasks, their tickets and customers; and the lists of today."""

    def __init__(self, session: Session, moment: datetime) -> None:
        self._session = session
        self._moment = moment
        self.tasks: dict[int, Row | None] = {}
        self._tickets: dict[int, Row | None] = {}
        self._customers: dict[int, Row | None] = {}
        self._types = {each.id: each for each in session.scalars(select(ActivityType))}
        self._states = {each.id: each for each in session.scalars(select(ActivityState))}
        self._sites: dict[int, str] = dict(session.execute(select(Site.id, Site.name)).all())

    def read_tasks(self, ids: Collection[int]) -> None:
        """Learn of these tasks and of what they belong to."""
        at = self._moment
        self.tasks = states_at(self._session, "tasks", ids, at)
        self._tickets = states_at(self._session, "tickets", _pointed(self.tasks, "ticket_id"), at)
        self._customers = states_at(self._session, "customers", _pointed(self._tickets, "customer_id"), at)

    def _of(self, task: Row) -> tuple[Row, Row]:
        ticket = self._tickets.get(task.get("ticket_id") or 0) or {}
        return ticket, self._customers.get(ticket.get("customer_id") or 0) or {}

    def visit(self, visit: Row) -> VisitRow:
        """A visit as the board showed it."""
        task = self.tasks.get(visit["task_id"] or 0) or {}
        ticket, customer = self._of(task)
        kind = self._types.get(visit["activity_type_id"] or task.get("activity_type_id") or 0)
        state = self._states.get(visit["state_id"] or task.get("state_id") or 0)
        return VisitRow(
            id=visit["id"],
            version=0,
            technician_id=visit["technician_id"],
            starts_at=visit["starts_at"],
            ends_at=visit["ends_at"],
            customer=customer.get("name") or "",
            subject=visit["title"] or ticket.get("subject") or task.get("title") or "",
            type_id=kind.id if kind else None,
            type_name=kind.name if kind else "",
            macro_type=kind.macro_type if kind else "appointment",
            colour=kind.colour if kind else "#DDDDDD",
            state_code=(state.code or "") if state else "",
            state_name=(state.name or "") if state else "",
            state_colour=state.colour if state else "",
            site_id=visit["site_id"],
            task_id=visit["task_id"],
            ticket_id=task.get("ticket_id"),
            any_site=kind.any_site if kind else False,
        )

    def waits(self, task: Row) -> bool:
        """Whether a task was a call to plan, if no visit of it was active."""
        kind = self._types.get(task["activity_type_id"] or 0)
        return task["closed_at"] is None and task["group_id"] is not None and kind is not None and kind.is_schedulable

    def call(self, task: Row) -> WaitingRow:
        """A call as the list showed it."""
        ticket, customer = self._of(task)
        kind = self._types[task["activity_type_id"]]
        site_id = ticket.get("site_id") or customer.get("site_id")
        due_at = task["due_at"] or ticket.get("due_at")
        return WaitingRow(
            task_id=task["id"],
            version=0,
            ticket_id=task["ticket_id"],
            customer=customer.get("name") or "",
            subject=task["title"] or ticket.get("subject") or "",
            type_id=kind.id,
            type_name=kind.name,
            colour=kind.colour,
            any_site=kind.any_site,
            site_id=site_id,
            site=self._sites.get(site_id or 0, ""),
            address=ticket.get("address") or customer.get("address") or "",
            minutes=task["expected_minutes"] or kind.expected_minutes,
            priority=ticket.get("priority", 2),
            due_at=due_at,
            is_overdue=due_at is not None and due_at < self._moment,
            group_id=task["group_id"],
        )


def _pointed(rows: Mapping[int, Row | None], column: str) -> set[int]:
    return {row[column] for row in rows.values() if row is not None and row[column] is not None}
