"""How many tickets there are by what they are about, counted in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from app.domain.tickets.periods import Step, steps
from app.models.base import alias_of
from app.models.company import Company
from app.models.tickets import Product, ProductGroup, Project, Ticket, TicketStatus, TicketSubtype, TicketType
from app.services.context import reads

GROUPS = ("type_id", "subtype_id", "product_id", "product_group_id", "project_id", "status_id")
"""What tickets can be counted by, besides time: columns of theirs."""


@dataclass(frozen=True, slots=True)
class Share:
    """Tickets that have one value, or none; `under` is the name of what the value belongs to."""

    id: int | None
    name: str | None
    code: str | None
    under: str | None
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class Span:
    """Tickets opened from one moment until before another, on these days of the company."""

    first: date
    start: datetime
    end: datetime
    total: int
    open: int


@reads
def shares(
    session: Session, by: str, first: date | None = None, last: date | None = None, *, open_only: bool = False
) -> tuple[Share, ...]:
    """The tickets opened on these days, both included, by a column of theirs; the most first, those without last."""
    if by not in GROUPS:
        raise ValueError(f"tickets are not counted by {by}")
    start, end = _bounds(session, first, last)
    # A sum instead of the bare column: read through that one's index, SQLite would fetch every ticket by itself.
    column = getattr(Ticket, by) + 0
    count = func.count().label("total")
    is_open = func.sum(case((Ticket.closed_at.is_(None), 1), else_=0)).label("open")
    inner = _within(select(column.label("key"), count, is_open), start, end, open_only=open_only).group_by(column)
    counted = {row.key: (row.total, row.open or 0) for row in session.execute(inner)}
    names = _names(session, by)
    rows = [Share(key, *names.get(key, (None, None, None)), *numbers) for key, numbers in counted.items()]
    return tuple(sorted(rows, key=lambda row: (row.id is None, -row.total, (row.name or "").casefold(), row.id or 0)))


@reads
def spans(session: Session, step: Step, first: date, last: date, *, open_only: bool = False) -> tuple[Span, ...]:
    """The tickets opened on these days by week or month, those without tickets too."""
    zone = _zone(session)
    days = steps(step, first, last)
    edges = [datetime.combine(day, time(), zone) for day in [*days, last + timedelta(days=1)]]
    edges[0] = datetime.combine(first, time(), zone)
    if not days:
        return ()
    # A look into the index of the openings for each span: no arithmetic of dates that differs between the engines.
    found = []
    for day, start, end in zip(days, edges, edges[1:], strict=False):
        count = _within(select(func.count()), start, end, open_only=open_only)
        found.append((day, start, end, count.scalar_subquery(), _open(start, end).scalar_subquery()))
    answers: list[int] = []
    for some in (found[at : at + _AT_ONCE] for at in range(0, len(found), _AT_ONCE)):
        answers += session.execute(select(*(each for row in some for each in row[3:]))).one()
    return tuple(
        Span(max(day, first), start, end, answers[2 * number], answers[2 * number + 1])
        for number, (day, start, end, _total, _open_ones) in enumerate(found)
    )


@reads
def bounds(session: Session, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The moments at which these days of the company begin and have ended."""
    return _bounds(session, first, last)


_AT_ONCE = 60


def _open(start: datetime, end: datetime) -> Select[Any]:
    return _within(select(func.count()), start, end, open_only=True)


def _within(asked: Select[Any], start: datetime | None, end: datetime | None, *, open_only: bool) -> Select[Any]:
    wanted = [Ticket.opened_at >= start] if start is not None else []
    wanted += [Ticket.opened_at < end] if end is not None else []
    wanted += [Ticket.closed_at.is_(None)] if open_only else []
    return asked.select_from(Ticket).where(and_(literal(True), *wanted)) if wanted else asked.select_from(Ticket)


def _bounds(session: Session, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    zone = _zone(session)
    start = None if first is None else datetime.combine(first, time(), zone)
    return start, None if last is None else datetime.combine(last + timedelta(days=1), time(), zone)


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.scalar(select(Company.time_zone)) or "UTC")


def _names(session: Session, by: str) -> dict[int, tuple[str | None, str | None, str | None]]:
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(_NAMES[by]())}


_nothing = literal(None)
_parent = alias_of(Project)
_NAMES: dict[str, Callable[[], Any]] = {
    "type_id": lambda: select(TicketType.id, TicketType.name, _nothing, _nothing),
    "subtype_id": lambda: select(TicketSubtype.id, TicketSubtype.name, _nothing, TicketType.name).join(
        TicketType, TicketType.id == TicketSubtype.type_id
    ),
    "product_id": lambda: select(Product.id, Product.name, _nothing, ProductGroup.name).outerjoin(
        ProductGroup, ProductGroup.id == Product.group_id
    ),
    "product_group_id": lambda: select(ProductGroup.id, ProductGroup.name, _nothing, _nothing),
    "project_id": lambda: select(Project.id, Project.name, _nothing, _parent.name).outerjoin(
        _parent, _parent.id == Project.parent_id
    ),
    "status_id": lambda: select(TicketStatus.id, TicketStatus.name, TicketStatus.code, _nothing),
}
