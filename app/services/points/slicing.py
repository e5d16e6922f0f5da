"""Rows of the ledger summed up by worker, customer, process, stage, month or group."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, DateTime, Select, cast, func, literal_column, select
from sqlalchemy.orm import Session

from app.domain.points.asked import Asked, Slice
from app.models.customers import Customer, CustomerPhone
from app.models.people import Group, GroupMember, User
from app.models.points import PointsEntry
from app.services.context import is_postgresql
from app.services.points.narrowing import narrowed

SliceKey = int | str | date | None


class SliceOrder(StrEnum):
    """By what sums are put in order."""

    LABEL = "label"
    ROWS = "rows"
    CUSTOMER = "customer"
    WORKER = "worker"


ORDERS = {
    Slice.WORKER: SliceOrder.WORKER,
    Slice.CUSTOMER: SliceOrder.CUSTOMER,
    Slice.PROCESS: SliceOrder.LABEL,
    Slice.STAGE: SliceOrder.LABEL,
    Slice.MONTH: SliceOrder.LABEL,
    Slice.GROUP: SliceOrder.WORKER,
}
"""By what they are put in order where nobody says."""


@dataclass(frozen=True, slots=True)
class SliceRow:
    """What the rows of one thing come to.

    `key` narrows to it: an id, the name of a process, the first day of a month; None stands for the rows that have
    none. `label` is its name as it is told, None for months and for none; `under` the process of a stage.
    """

    key: SliceKey
    label: str | None
    rows: int
    customer_points: Decimal
    worker_points: Decimal
    under: str | None = None


def sliced(
    session: Session, asked: Asked, by: Slice, order: SliceOrder | None, *, descending: bool, limit: int | None
) -> tuple[SliceRow, ...]:
    """The sums, the greatest first or last; equal ones by name and key."""
    order_by = order or ORDERS[by]
    if order is None and order_by is SliceOrder.LABEL and by is not Slice.MONTH:
        descending = False
    found = _statement(asked, by, is_postgresql=is_postgresql(session))
    columns: Any = found.subquery().c
    label = columns.key if by is Slice.MONTH else columns.label
    chosen = {
        SliceOrder.LABEL: label,
        SliceOrder.ROWS: columns.rows,
        SliceOrder.CUSTOMER: columns.customer,
        SliceOrder.WORKER: columns.worker,
    }[order_by]
    told: Any = (
        select(columns.key, columns.label, columns.rows, columns.customer, columns.worker, columns.under)
        .order_by(label.is_(None), chosen.desc() if descending else chosen.asc(), label, columns.key)
        .limit(limit)
    )
    rows: Iterable[Any] = session.execute(told)
    return tuple(
        SliceRow(key, label, int(count), customer, worker, under) for key, label, count, customer, worker, under in rows
    )


def _statement(asked: Asked, by: Slice, *, is_postgresql: bool) -> Select[Any]:
    if by is Slice.WORKER:
        return _named(_summed(asked, PointsEntry.worker_id), User, User.name)
    if by is Slice.CUSTOMER:
        return _named(_summed(asked, PointsEntry.customer_id), Customer, _called())
    if by is Slice.GROUP:
        return _by_group(asked)
    if by is Slice.STAGE:
        return _by_stage(asked)
    key: Any = PointsEntry.process if by is Slice.PROCESS else _month(is_postgresql=is_postgresql)
    inner: Any = _summed(asked, key).subquery().c
    label: Any = inner.key if by is Slice.PROCESS else literal_column("NULL")
    return select(
        inner.key, label.label("label"), inner.rows, inner.customer, inner.worker, literal_column("NULL").label("under")
    )


def _summed(asked: Asked, key: Any) -> Select[Any]:
    return (
        select(
            key.label("key"),
            func.count().label("rows"),
            func.sum(PointsEntry.customer_points).label("customer"),
            func.sum(PointsEntry.worker_points).label("worker"),
            func.max(PointsEntry.id).label("newest"),
        )
        .where(*narrowed(asked))
        .group_by(key)
    )


def _called() -> Any:
    """What a customer is called: the name, or else the first number."""
    number = (
        select(CustomerPhone.raw)
        .where(CustomerPhone.customer_id == Customer.id)
        .order_by(CustomerPhone.position, CustomerPhone.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(func.nullif(Customer.name, ""), number)


def _named(summed: Select[Any], kind: Any, name: Any) -> Select[Any]:
    inner: Any = summed.subquery().c
    return select(
        inner.key, name.label("label"), inner.rows, inner.customer, inner.worker,
        literal_column("NULL").label("under"),
    ).outerjoin(kind, kind.id == inner.key)  # fmt: skip


def _by_group(asked: Asked) -> Select[Any]:
    """By worker first, then each worker's sums into all of his groups."""
    workers: Any = _summed(asked, PointsEntry.worker_id).subquery().c
    groups = (
        select(
            GroupMember.group_id.label("key"),
            func.sum(workers.rows).label("rows"),
            func.sum(workers.customer).label("customer"),
            func.sum(workers.worker).label("worker"),
        )
        .select_from(workers.key.table)
        .outerjoin(GroupMember, GroupMember.user_id == workers.key)
        .group_by(GroupMember.group_id)
    )
    if asked.group_id is not None:
        # Its workers' other groups have more rows than were asked for.
        groups = groups.where(GroupMember.group_id == asked.group_id)
    return _named(groups, Group, Group.name)


def _by_stage(asked: Asked) -> Select[Any]:
    """A stage is called what it is called in its newest row."""
    inner: Any = _summed(asked, PointsEntry.stage_id).subquery().c
    return select(
        inner.key, PointsEntry.stage.label("label"), inner.rows, inner.customer, inner.worker,
        PointsEntry.process.label("under"),
    ).join(PointsEntry, PointsEntry.id == inner.newest)  # fmt: skip


def _month(*, is_postgresql: bool) -> Any:
    """The first day of a row's month."""
    if is_postgresql:
        return cast(func.date_trunc(literal_column("'month'"), cast(PointsEntry.day, DateTime)), Date)
    return func.date(PointsEntry.day, literal_column("'start of month'"), type_=Date())
