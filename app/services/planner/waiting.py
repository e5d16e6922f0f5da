"""The lower pane: calls that wait to be planned, filtered and sorted by the database, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.text import fold
from app.models.customers import Customer
from app.models.places import Site
from app.models.planner import Visit
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.context import now, reads
from app.services.planner.rows import Named, WaitingRow

PAGE = 500
_FAR = datetime(9000, 1, 1, tzinfo=UTC)


class WaitingSort(StrEnum):
    """What the list can be sorted by."""

    DUE = "due"
    PRIORITY = "priority"
    CUSTOMER = "customer"
    SUBJECT = "subject"
    TYPE = "type"
    SITE = "site"
    ADDRESS = "address"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class WaitingFilter:
    """Which calls are wanted; empty means all. Site 0 stands for the calls without one."""

    site_ids: tuple[int, ...] = ()
    type_ids: tuple[int, ...] = ()
    is_overdue: bool = False
    text: str = ""


EVERYTHING = WaitingFilter()


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """Where a page ended."""

    value: Any
    task_id: int


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """One page; `next_key` is None on the last."""

    rows: tuple[WaitingRow, ...]
    next_key: WaitingKey | None


@dataclass(frozen=True, slots=True)
class WaitingSummary:
    """How many calls wait: all, those of the filter, the overdue among its rest; and what the chips can choose."""

    total: int
    matching: int
    overdue: int
    sites: tuple[Named, ...]
    types: tuple[Named, ...]


_ticket, _customer, _type, _site = aliased(Ticket), aliased(Customer), aliased(ActivityType), aliased(Site)

_NAME = func.coalesce(_customer.name, "")
_SUBJECT = func.coalesce(func.nullif(Task.title, ""), _ticket.subject, "")
_SITE_ID = func.coalesce(_ticket.site_id, _customer.site_id)
_ADDRESS = func.coalesce(func.nullif(_ticket.address, ""), _customer.address, "")
_MINUTES = func.coalesce(Task.expected_minutes, _type.expected_minutes)
_DUE = func.coalesce(Task.due_at, _ticket.due_at)

_SORTS: dict[WaitingSort, ColumnElement[Any]] = {
    WaitingSort.DUE: func.coalesce(Task.due_at, _ticket.due_at, literal(_FAR, Task.due_at.type)),
    WaitingSort.PRIORITY: func.coalesce(_ticket.priority, 2),
    WaitingSort.CUSTOMER: func.lower(_NAME),
    WaitingSort.SUBJECT: func.lower(_SUBJECT),
    WaitingSort.TYPE: func.lower(_type.name),
    WaitingSort.SITE: func.lower(func.coalesce(_site.name, "")),
    WaitingSort.ADDRESS: func.lower(_ADDRESS),
    WaitingSort.MINUTES: _MINUTES,
}

_COLUMNS = (
    Task.id, Task.version, Task.ticket_id, _NAME, _SUBJECT, _type.id, _type.name, _type.colour, _type.any_site,
    _SITE_ID, func.coalesce(_site.name, ""), _ADDRESS, _MINUTES, func.coalesce(_ticket.priority, 2), _DUE,
    Task.group_id,
)  # fmt: skip


def _joined(*columns: Any) -> Select[Any]:
    """Those columns of the calls that wait: open, of a group, of a schedulable type, without an active visit."""
    planned = select(Visit.id).where(Visit.task_id == Task.id, Visit.is_active).exists()
    return (
        select(*columns)
        .select_from(Task)
        .join(_type, _type.id == Task.activity_type_id)
        .outerjoin(_ticket, _ticket.id == Task.ticket_id)
        .outerjoin(_customer, _customer.id == _ticket.customer_id)
        .outerjoin(_site, _site.id == _SITE_ID)
        .where(Task.closed_at.is_(None), Task.group_id.is_not(None), _type.is_schedulable, ~planned)
    )


@reads
def waiting(
    session: Session,
    wanted: WaitingFilter = EVERYTHING,
    *,
    sort: WaitingSort = WaitingSort.DUE,
    descending: bool = False,
    after: WaitingKey | None = None,
    limit: int = PAGE,
) -> WaitingPage:
    """A page of the calls to plan; the key of one page leads to the next, whatever was planned in between."""
    moment = now(session)
    key = _SORTS[sort]
    found = _filtered(_joined(*_COLUMNS, key), wanted, moment)
    if after is not None:
        beyond = key < after.value if descending else key > after.value
        same = Task.id < after.task_id if descending else Task.id > after.task_id
        found = found.where(or_(beyond, and_(key == after.value, same)))
    order = (key.desc(), Task.id.desc()) if descending else (key, Task.id)
    rows = session.execute(found.order_by(*order).limit(limit)).all()
    page = tuple(_row(row, moment) for row in rows)
    last = WaitingKey(rows[-1][-1], rows[-1][0]) if len(rows) == limit else None
    return WaitingPage(page, last)


def waiting_ids(session: Session) -> Sequence[int]:
    """The tasks of all calls that wait."""
    return session.scalars(_joined(Task.id)).all()


@reads
def waiting_named(
    session: Session,
    task_ids: Sequence[int],
    wanted: WaitingFilter = EVERYTHING,
) -> tuple[WaitingRow, ...]:
    """Those of these tasks that still wait and match."""
    moment = now(session)
    found = _filtered(_joined(*_COLUMNS, literal(0)), wanted, moment).where(Task.id.in_(list(task_ids)))
    return tuple(_row(row, moment) for row in session.execute(found))


@reads
def waiting_summary(
    session: Session,
    wanted: WaitingFilter = EVERYTHING,
) -> WaitingSummary:
    """The figures above the list, and the sites and types that have calls waiting."""
    moment = now(session)
    total = session.scalar(_joined(func.count())) or 0
    late = func.count(case((literal(moment, Task.due_at.type) > _DUE, 1)))
    others = replace(wanted, is_overdue=False)
    matching, overdue = session.execute(_filtered(_joined(func.count(), late), others, moment)).one()
    sites = session.execute(_joined(func.coalesce(_SITE_ID, 0), func.coalesce(_site.name, "")).distinct()).all()
    types = session.execute(_joined(_type.id, _type.name).distinct()).all()
    return WaitingSummary(
        total,
        overdue if wanted.is_overdue else matching,
        overdue,
        tuple(sorted((Named(*row) for row in sites), key=lambda each: each.name)),
        tuple(sorted((Named(*row) for row in types), key=lambda each: each.name)),
    )


def _filtered(found: Select[Any], wanted: WaitingFilter, moment: datetime) -> Select[Any]:
    if wanted.site_ids:
        found = found.where(func.coalesce(_SITE_ID, 0).in_(wanted.site_ids))
    if wanted.type_ids:
        found = found.where(_type.id.in_(wanted.type_ids))
    if wanted.is_overdue:
        found = found.where(moment > _DUE)
    for word in fold(wanted.text).split():
        part = f"%{_escaped(word)}%"
        found = found.where(
            or_(
                _ticket.search.like(part, escape="\\"),
                _customer.search.like(part, escape="\\"),
                func.lower(Task.title).like(part, escape="\\"),
            )
        )
    return found


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(row: Any, moment: datetime) -> WaitingRow:
    due_at, group_id = row[14], row[15]
    values: list[Any] = [*row[:14], due_at, due_at is not None and due_at < moment, group_id]
    return WaitingRow(*values)
