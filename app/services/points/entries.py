"""Rows of the ledger as people read them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.models.customers import Customer
from app.models.people import User
from app.models.points import PointsEntry


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One row: what was scored where, when and by whom, with what words.

    `worker` got the worker points and `by` wrote the row (another only where it is a reversal). `reversed_id` is the
    row that took this one back, `reverses_id` the row this one takes back.
    """

    id: int
    process: str
    stage: str
    at: datetime
    day: date
    worker_id: int | None
    worker: str | None
    by: str | None
    customer_id: int | None
    customer: str | None
    note: str
    customer_points: Decimal
    worker_points: Decimal
    is_redemption: bool
    task_id: int
    reverses_id: int | None
    reversed_id: int | None


_worker, _by, _back = aliased(User), aliased(User), aliased(PointsEntry)


def entries() -> "Select[*tuple[Any, ...]]":
    """The statement whose rows are the fields of `EntryRow`, to be narrowed and ordered by PointsEntry's columns."""
    return (
        select(
            PointsEntry.id,
            PointsEntry.process,
            PointsEntry.stage,
            PointsEntry.at,
            PointsEntry.day,
            PointsEntry.worker_id,
            _worker.name,
            _by.name,
            PointsEntry.customer_id,
            Customer.name,
            PointsEntry.note,
            PointsEntry.customer_points,
            PointsEntry.worker_points,
            PointsEntry.is_redemption,
            PointsEntry.task_id,
            PointsEntry.reverses_id,
            _back.id,
        )
        .outerjoin(_worker, _worker.id == PointsEntry.worker_id)
        .outerjoin(_by, _by.id == PointsEntry.by_id)
        .outerjoin(Customer, Customer.id == PointsEntry.customer_id)
        .outerjoin(_back, _back.reverses_id == PointsEntry.id)
    )
