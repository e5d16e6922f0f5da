"""The tasks of a customer, open and closed, a page at a time: their own and those of their tickets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from app.domain.tickets.names import shown_number
from app.models.people import Group, User
from app.models.processes import ActivityState, ActivityType, Process, Stage
from app.models.tickets import Task, Ticket
from app.services.context import reads

PAGE = 50
TaskKey = tuple[bool, int]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as a customer's card shows it."""

    id: int
    title: str
    number: str | None
    activity: str | None
    process: str | None
    stage: str | None
    person: str | None
    group: str | None
    state_code: str | None
    state_name: str | None
    due_at: datetime | None
    closed_at: datetime | None
    ticket_id: int | None
    ticket: str | None

    @property
    def key(self) -> TaskKey:
        """Where it stands: the open ones first, then the newest first."""
        return self.closed_at is not None, -self.id


@dataclass(frozen=True, slots=True)
class Page:
    """Tasks in order, and whether there are more before and after them."""

    rows: tuple[TaskRow, ...]
    has_before: bool
    has_after: bool


@reads
def tasks_of(
    session: Session,
    customer_id: int,
    *,
    after: TaskKey | None = None,
    before: TaskKey | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> Page:
    """A page of a customer's tasks: from the start, after or before a key, or the last one of all."""
    is_back = at_end or before is not None
    edge = before if is_back else after
    rows: list[TaskRow] = []
    parts = (True, False) if is_back else (False, True)
    for is_closed in parts:
        if edge is not None and (is_closed is not edge[0]) and (is_closed is is_back):
            continue
        at = edge[1] if edge is not None and edge[0] is is_closed else None
        missing = limit + 1 - len(rows)
        if missing > 0:
            rows += _part(session, customer_id, missing, is_closed=is_closed, edge=at, is_back=is_back)
    is_more, rows = len(rows) > limit, rows[:limit]
    if is_back:
        return Page(tuple(reversed(rows)), has_before=is_more, has_after=before is not None)
    return Page(tuple(rows), has_before=after is not None, has_after=is_more)


def _part(
    session: Session, customer_id: int, limit: int, *, is_closed: bool, edge: int | None, is_back: bool
) -> list[TaskRow]:
    """The open or the closed ones, each road along its own index."""

    def narrowed(asked: Select[int]) -> Select[int]:
        asked = asked.where(Task.closed_at.is_not(None) if is_closed else Task.closed_at.is_(None))
        if edge is not None:
            asked = asked.where(Task.id > -edge if is_back else Task.id < -edge)
        return asked

    own = narrowed(select(Task.id).where(Task.customer_id == customer_id))
    theirs = narrowed(
        select(Task.id).join(Ticket, Ticket.id == Task.ticket_id).where(Ticket.customer_id == customer_id)
    )
    order = Task.id.asc() if is_back else Task.id.desc()
    asked = _ROWS.where(Task.id.in_(select(union(own, theirs).subquery().c.id))).order_by(order).limit(limit)
    found: Iterable[Any] = session.execute(asked)
    return [_row(*row) for row in found]


def _row(*values: Any) -> TaskRow:
    ticket_id, number = values[-2:]
    shown: tuple[Any, ...] = (*values[:-1], None if ticket_id is None else shown_number(ticket_id, number))
    return TaskRow(*shown)


_ROWS = (
    select(
        Task.id,
        Task.title,
        Task.number,
        ActivityType.name,
        Process.name,
        Stage.name,
        User.name,
        Group.name,
        ActivityState.code,
        ActivityState.name,
        Task.due_at,
        Task.closed_at,
        Task.ticket_id,
        Ticket.number,
    )
    .outerjoin(Ticket, Ticket.id == Task.ticket_id)
    .outerjoin(ActivityType, ActivityType.id == Task.activity_type_id)
    .outerjoin(Stage, Stage.id == Task.stage_id)
    .outerjoin(Process, Process.id == Stage.process_id)
    .outerjoin(User, User.id == Task.user_id)
    .outerjoin(Group, Group.id == Task.group_id)
    .outerjoin(ActivityState, ActivityState.id == Task.state_id)
)
