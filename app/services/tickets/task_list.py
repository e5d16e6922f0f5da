"""The list of tasks, a page at a time: mine, my groups' or everybody's, with the marks of what stands still.

A page goes on after a cursor or ends before one. Tasks by due date come in two stretches, those with a date and those
without, so that an index leads along either; the newest first is the order of the key.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain import lookup
from app.models.base import alias_of
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import Group, GroupMember, User
from app.models.processes import ActivityState, ActivityType, Process, Stage
from app.models.tickets import Note, Task, TaskStep, Ticket
from app.services.context import actor, now, reads
from app.services.counting import COUNTED, Count
from app.services.tickets.task_rows import (
    Cursor,
    Mark,
    Named,
    Page,
    Scope,
    Sort,
    SortBy,
    TaskFilter,
    TaskLists,
    TaskRow,
)

__all__ = ["NEAR", "PAGE", "count", "lists", "named", "page"]

PAGE = 100
NEAR = 500
"""A search for a page looks through so many tasks one by one, in their order, before it reads everything."""
STUCK_DAYS = 7
"""So long a task may stand at a stage without a due offset before it is marked."""
BOUNCES = 3
"""So many hand-overs within a day make a task bounce."""


_NEAREST = Sort()
_MINE = TaskFilter()
# By CASE: PostgreSQL takes coalesce for something that could tell of hidden rows, and under row policies lets no index
# be asked with it.
_customer_id: ColumnElement[int | None] = case(
    (Task.customer_id.is_not(None), Task.customer_id), else_=Ticket.customer_id
)
_handler = alias_of(User)
_ticket, _named = aliased(Ticket), aliased(Customer)
# Looked up one by one for a few tasks: where row security guards a table the planner knows nothing of how often a text
# fits, and would read all tickets and customers for a page of tasks.
_of_ticket = select(_ticket.customer_id).where(_ticket.id == Task.ticket_id).correlate(Task).scalar_subquery()
_ticket_text = select(_ticket.search).where(_ticket.id == Task.ticket_id).correlate(Task).scalar_subquery()
_bearer_id = case((Task.customer_id.is_not(None), Task.customer_id), else_=_of_ticket)
_customer_text = select(_named.search).where(_named.id == _bearer_id).correlate(Task).scalar_subquery()
_JOINED: tuple[Any, Any] = (Ticket.search, Customer.search)
_LOOKED_UP: tuple[Any, Any] = (_ticket_text, _customer_text)
_since = func.coalesce(
    select(func.max(TaskStep.at))
    .where(TaskStep.task_id == Task.id, TaskStep.from_stage_id.is_distinct_from(TaskStep.to_stage_id))
    .correlate(Task)
    .scalar_subquery(),
    Task.opened_at,
)
_has_alert = exists().where(Note.customer_id == _customer_id, Note.is_alert, Note.dismissed_at.is_(None))


@reads
def page(
    session: Session,
    asked: TaskFilter = _MINE,
    sort: Sort = _NEAREST,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> Page:
    """A page of the list: from the start, after or before a cursor, or the last one of all."""
    is_back = at_end or before is not None
    cursor = before if is_back else after
    found: list[TaskRow] = []
    for stretch in _stretches(session, asked, sort, cursor, is_back=is_back):
        missing = limit + 1 - len(found)
        rows: list[TaskRow] = []
        if asked.text:
            order = _order(sort, falling=sort.descending is not is_back)
            rows = _paged(session, _near(stretch, asked.text, order).limit(missing), sort)
        if len(rows) < missing:
            rows = _paged(session, stretch.where(*_search(asked.text)).limit(missing), sort)
        found += sorted(rows, key=_place, reverse=is_back)
        if len(found) > limit:
            break
    is_more = len(found) > limit
    rows_ = tuple(sorted(found[:limit], key=_place))
    if is_back:
        return Page(rows_, has_before=is_more, has_after=before is not None)
    return Page(rows_, has_before=after is not None, has_after=is_more)


@reads
def named(
    session: Session, ids: Iterable[int], asked: TaskFilter = _MINE, sort: Sort = _NEAREST
) -> tuple[TaskRow, ...]:
    """Those of these tasks that the filter leaves, each with its place in the order."""
    wanted = list(ids)
    if not wanted:
        return ()
    matching = _ids(asked).where(Task.id.in_(wanted), *_conditions(session, asked), *_search(asked.text))
    found = session.execute(_list(session, matching.subquery("page")))
    return tuple(sorted(_rows(found, session, sort), key=_place))


@reads
def count(session: Session, asked: TaskFilter = _MINE) -> Count:
    """How many tasks the filter leaves, exact where that is cheap."""
    matching = _ids(asked).where(*_conditions(session, asked))
    found = 0
    if asked.text:
        found = _counted(session, _near(matching, asked.text, most=2 * COUNTED))
    if found <= COUNTED:
        found = _counted(session, matching.where(*_search(asked.text)))
    return Count.of(found)


@reads
def lists(session: Session) -> TaskLists:
    """Everything the tasks' screen chooses from."""
    zone = session.scalar(select(Company.time_zone).limit(1)) or "UTC"
    people = session.execute(select(User.id, User.name, User.is_active).order_by(func.lower(User.name), User.id))
    ways = session.execute(select(Process.id, Process.name, Process.is_active).order_by(func.lower(Process.name)))
    steps = session.execute(select(Stage.id, Stage.name, Stage.process_id).order_by(Stage.position, Stage.id))
    types = select(ActivityType.id, ActivityType.name, ActivityType.is_active).where(~ActivityType.is_schedulable)
    return TaskLists(
        zone,
        tuple(Named(*row) for row in people),
        tuple(Named(*row) for row in ways),
        tuple(Named(stage_id, name, of=process_id) for stage_id, name, process_id in steps),
        tuple(Named(*row) for row in session.execute(types.order_by(func.lower(ActivityType.name)))),
    )


def _counted(session: Session, matching: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(matching.limit(COUNTED + 1).subquery())) or 0


def _paged(session: Session, page_: Select[Any], sort: Sort) -> list[TaskRow]:
    """The rows of these ids: the page is cut before names are joined to it, so that no database joins all."""
    return _rows(session.execute(_list(session, page_.subquery("page"))), session, sort)


def _list(session: Session, page_: FromClause) -> Select[Any]:
    """The rows of a page of ids: everything a line says, in one statement."""
    since_yesterday = now(session) - timedelta(days=1)
    bounces = (
        select(func.count())
        .where(
            TaskStep.task_id == Task.id,
            TaskStep.at > since_yesterday,
            TaskStep.from_user_id.is_not(None),
            TaskStep.from_user_id != TaskStep.to_user_id,
        )
        .correlate(Task)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Task.id,
        Task.version,
        Task.number,
        func.coalesce(func.nullif(Task.title, ""), Ticket.subject, ""),
        Task.ticket_id,
        Ticket.number,
        _customer_id,
        Customer.name,
        Process.name,
        Task.stage_id,
        Stage.name,
        ActivityType.name,
        ActivityState.code,
        ActivityState.name,
        Task.user_id,
        _handler.name,
        _handler.is_active,
        Group.name,
        Task.due_at,
        Task.opened_at,
        Task.closed_at,
        _since,
        _has_alert,
        Stage.due_hours,
        bounces,
    )
    return (
        select(*columns)
        .select_from(page_)
        .join(Task, Task.id == page_.c.id)
        .outerjoin(Ticket, Ticket.id == Task.ticket_id)
        .outerjoin(Customer, Customer.id == _customer_id)
        .outerjoin(Stage, Stage.id == Task.stage_id)
        .outerjoin(Process, Process.id == Stage.process_id)
        .outerjoin(ActivityType, ActivityType.id == Task.activity_type_id)
        .outerjoin(ActivityState, ActivityState.id == Task.state_id)
        .outerjoin(_handler, _handler.id == Task.user_id)
        .outerjoin(Group, Group.id == Task.group_id)
    )


def _ids(asked: TaskFilter) -> Select[Any]:
    """The ids of tasks, with their tickets and customers only where the filter asks for them."""
    found = select(Task.id)
    if asked.text or asked.customer_id is not None:
        found = found.outerjoin(Ticket, Ticket.id == Task.ticket_id)
        found = found.outerjoin(Customer, Customer.id == _customer_id)
    return found


def _rows(found: Iterable[Any], session: Session, sort: Sort) -> list[TaskRow]:
    moment = now(session)
    rows = []
    for row in found:
        values: list[Any] = list(row)
        bounces, due_hours = values.pop(), values.pop()
        due_at, task_id, closed_at, since = values[18], values[0], values[20], values[21]
        mark = None
        if closed_at is None and bounces >= BOUNCES:
            mark = Mark.BOUNCING
        elif closed_at is None and values[9] is not None and moment - since > _patience(due_hours):
            mark = Mark.STUCK
        values[22] = bool(values[22])
        rows.append(TaskRow(*(*values, mark, _position(due_at, task_id, sort))))
    return rows


def _patience(due_hours: int | None) -> timedelta:
    return timedelta(days=STUCK_DAYS) if due_hours is None else timedelta(hours=2 * due_hours)


def _position(due_at: datetime | None, task_id: int, sort: Sort) -> tuple[float, ...]:
    sign = -1 if sort.descending else 1
    if sort.by is SortBy.NUMBER:
        return (float(sign * task_id),)
    return (float(due_at is None), sign * due_at.timestamp() if due_at else 0.0, float(sign * task_id))


def _place(row: TaskRow) -> tuple[float, ...]:
    return row.place


def _stretches(
    session: Session, asked: TaskFilter, sort: Sort, cursor: Cursor | None, *, is_back: bool
) -> Sequence[Select[Any]]:
    """The statements whose rows, one after the other, are the page from the cursor on."""
    falling = sort.descending is not is_back
    base = _ids(asked).where(*_conditions(session, asked))
    by_key = Task.id.desc() if falling else Task.id
    if sort.by is SortBy.NUMBER:
        if cursor is not None:
            base = base.where(Task.id < cursor.id if falling else Task.id > cursor.id)
        return (base.order_by(by_key),)
    dated, undated = base.where(Task.due_at.is_not(None)), base.where(Task.due_at.is_(None)).order_by(by_key)
    dated = dated.order_by(Task.due_at.desc() if falling else Task.due_at, by_key)
    parts = [dated, undated]
    if cursor is not None:
        is_dated = cursor.due_at is not None
        parts[0 if is_dated else 1] = parts[0 if is_dated else 1].where(_beyond(cursor, falling=falling))
        # Forwards the undated come after the dated, backwards before them.
        kept = parts if is_dated is not is_back else [parts[0 if is_dated else 1]]
    else:
        kept = parts
    return kept[::-1] if is_back else kept


def _beyond(cursor: Cursor, *, falling: bool) -> ColumnElement[bool]:
    beyond_key = Task.id < cursor.id if falling else Task.id > cursor.id
    if cursor.due_at is None:
        return beyond_key
    later = Task.due_at < cursor.due_at if falling else Task.due_at > cursor.due_at
    return or_(later, and_(Task.due_at == cursor.due_at, beyond_key))


def _conditions(session: Session, asked: TaskFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    me = actor(session)
    if asked.scope is Scope.MINE:
        found.append(Task.user_id == me)
    elif asked.scope is Scope.GROUPS:
        mine = select(GroupMember.group_id).where(GroupMember.user_id == me)
        colleagues = select(GroupMember.user_id).where(GroupMember.group_id.in_(mine))
        found.append(or_(Task.group_id.in_(mine), Task.user_id.in_(colleagues)))
    if asked.is_open is not None:
        found.append(Task.closed_at.is_(None) if asked.is_open else Task.closed_at.is_not(None))
    if asked.stage_id is not None:
        found.append(Task.stage_id == asked.stage_id)
    elif asked.process_id is not None:
        found.append(Task.stage_id.in_(select(Stage.id).where(Stage.process_id == asked.process_id)))
    if asked.handler_id is not None:
        found.append(Task.user_id == asked.handler_id)
    if asked.customer_id is not None:
        found.append(_customer_id == asked.customer_id)
    if asked.is_overdue:
        found += [Task.closed_at.is_(None), Task.due_at < now(session)]
    return found


def _near(stretch: Select[Any], typed: str, order: Iterable[Any] = (), most: int = NEAR) -> Select[Any]:
    """What is found among the first tasks of a stretch."""
    near = stretch.limit(most).subquery("near")
    return select(Task.id).join(near, near.c.id == Task.id).where(*_search(typed, _LOOKED_UP)).order_by(*order)


def _order(sort: Sort, *, falling: bool) -> tuple[Any, ...]:
    by_key = Task.id.desc() if falling else Task.id
    return (by_key,) if sort.by is SortBy.NUMBER else (Task.due_at.desc() if falling else Task.due_at, by_key)


def _search(typed: str, texts: tuple[Any, Any] = _JOINED) -> list[ColumnElement[bool]]:
    """Every word in the title, the number, the ticket or the customer, whose texts are columns or looked up."""
    wanted = lookup.read(typed)
    if wanted.number is not None and not wanted.words:
        return [or_(Task.id == wanted.number, Task.ticket_id == wanted.number)]
    found: list[ColumnElement[bool]] = []
    for word in wanted.words:
        like = lookup.like(word)
        places: list[ColumnElement[bool]] = [
            func.lower(Task.title).like(like, escape="\\"),
            func.lower(Task.number).like(like, escape="\\"),
            *(each.like(like, escape="\\") for each in texts),
        ]
        if wanted.number is not None:
            places += [Task.id == wanted.number, Task.ticket_id == wanted.number]
        found.append(or_(*places))
    return found
