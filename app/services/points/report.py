"""The task points summary: pages of its rows, the totals of what is asked for, and sums by one thing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.domain.points.asked import Asked, Slice
from app.models.company import Company
from app.models.people import GroupMember
from app.models.points import PointsEntry
from app.services.context import is_postgresql, reads
from app.services.points.narrowing import allow, beside, is_few, narrowed
from app.services.points.report_rows import COLUMNS, ReportRow, report_statement, rows
from app.services.points.slicing import ORDERS, SliceOrder, SliceRow, sliced

__all__ = [
    "COLUMNS", "ORDERS", "PAGE", "Key", "Page", "ReportRow", "SliceOrder", "SliceRow", "Totals", "named", "page",
    "report_statement", "slices", "totals",
]  # fmt: skip

PAGE = 200
"""Rows of a page on the screen."""
_FEW_WORKERS = 40
"""So many members of a group are each asked for their newest rows; of a larger group everybody's are looked through."""

Key = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that follow each other, the newest first; whether there are more on either side, and the company's clock."""

    rows: tuple[ReportRow, ...]
    has_before: bool
    has_after: bool
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Totals:
    """What all rows asked for come to, each counted once."""

    rows: int
    customer_points: Decimal
    worker_points: Decimal


@reads
def page(
    session: Session,
    asked: Asked,
    after: Key | None = None,
    before: Key | None = None,
    *,
    at_end: bool = False,
    limit: int = PAGE,
) -> Page:
    """A page of the rows asked for: from the newest, after or before a row's key, or the oldest of all."""
    allow(session, asked)
    is_back = at_end or before is not None
    found = _keys(session, asked, before if is_back else after, limit + 1, is_back=is_back)
    is_more, ids = len(found) > limit, found[:limit]
    wanted = rows(is_postgresql=is_postgresql(session)).where(PointsEntry.id.in_(ids))
    read: Iterable[Any] = session.execute(wanted.order_by(PointsEntry.day.desc(), PointsEntry.id.desc()))
    shown = tuple(ReportRow(*row) for row in read)
    zone = session.scalar(select(Company.time_zone)) or "UTC"
    if is_back:
        return Page(shown, has_before=is_more, has_after=before is not None, time_zone=zone)
    return Page(shown, has_before=after is not None, has_after=is_more, time_zone=zone)


@reads
def named(session: Session, asked: Asked, ids: Collection[int]) -> tuple[ReportRow, ...]:
    """Those of these rows that were asked for, and the rows that they take back."""
    allow(session, asked)
    taken_back = select(PointsEntry.reverses_id).where(PointsEntry.id.in_(ids), PointsEntry.reverses_id > 0)
    wanted = rows(is_postgresql=is_postgresql(session)).where(
        or_(PointsEntry.id.in_(ids), PointsEntry.id.in_(taken_back)),
        *narrowed(asked, beside(PointsEntry.day), beside(PointsEntry.worker_id)),
    )
    read: Iterable[Any] = session.execute(wanted.order_by(PointsEntry.day.desc(), PointsEntry.id.desc()))
    return tuple(ReportRow(*row) for row in read)


@reads
def totals(session: Session, asked: Asked) -> Totals:
    """What the rows asked for come to: their sum, and nothing beside them."""
    allow(session, asked)
    found = select(func.count(), func.sum(PointsEntry.customer_points), func.sum(PointsEntry.worker_points))
    count, customer, worker = session.execute(found.where(*narrowed(asked))).one()
    return Totals(count, customer or Decimal(0), worker or Decimal(0))


@reads
def slices(
    session: Session,
    asked: Asked,
    by: Slice,
    *,
    order: SliceOrder | None = None,
    descending: bool = True,
    limit: int | None = None,
) -> tuple[SliceRow, ...]:
    """The rows asked for summed up by one thing; a worker in several groups counts in each of them."""
    allow(session, asked)
    return sliced(session, asked, by, order, descending=descending, limit=limit)


def _keys(session: Session, asked: Asked, edge: Key | None, limit: int, *, is_back: bool) -> list[int]:
    """The ids of the next rows in either direction."""
    members = None if asked.group_id is None or is_few(asked) else _members(session, asked.group_id)
    if members is None:
        return list(session.scalars(_next(asked, edge, limit, is_back=is_back).with_only_columns(PointsEntry.id)))
    if not members:
        return []
    parts = [
        _next(replace(asked, worker_id=each, group_id=None), edge, limit, is_back=is_back).subquery()
        for each in members
    ]
    merged = union_all(*(select(part.c.day, part.c.id) for part in parts)).subquery()
    order = (merged.c.day, merged.c.id) if is_back else (merged.c.day.desc(), merged.c.id.desc())
    return list(session.scalars(select(merged.c.id).order_by(*order).limit(limit)))


def _members(session: Session, group_id: int) -> list[int] | None:
    """The members of a group that is small enough to ask for each of them."""
    found = session.scalars(
        select(GroupMember.user_id).where(GroupMember.group_id == group_id).limit(_FEW_WORKERS + 1)
    ).all()
    return list(found) if len(found) <= _FEW_WORKERS else None


def _next(asked: Asked, edge: Key | None, limit: int, *, is_back: bool) -> Select[date, int]:
    day: Any = PointsEntry.day
    worker: Any = PointsEntry.worker_id
    if is_few(asked):
        day, worker = beside(day), beside(worker)
    elif asked.worker_id is None:
        worker = beside(worker)
    found = select(PointsEntry.day, PointsEntry.id).where(*narrowed(asked, day, worker))
    if edge is not None:
        last_day, last_id = literal(edge[0], PointsEntry.day.type), literal(edge[1], PointsEntry.id.type)
        place, end = tuple_(day, PointsEntry.id), tuple_(last_day, last_id)
        found = found.where(place > end if is_back else place < end)
    order = (day, PointsEntry.id) if is_back else (day.desc(), PointsEntry.id.desc())
    return found.order_by(*order).limit(limit)
