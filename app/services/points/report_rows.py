"""The ten columns of the task points summary: as the screen reads them, and as one statement for a file."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from app.domain.points.asked import Asked
from app.domain.points.mobiles import MOBILE_PREFIXES
from app.domain.words import N_
from app.models.customers import Customer, CustomerPhone
from app.models.people import User
from app.models.points import PointsEntry
from app.services.points.entries import EntryRow
from app.services.points.narrowing import narrowed

COLUMNS = (
    N_("First name"),
    N_("Last name"),
    N_("Mobile"),
    N_("Process"),
    N_("Stage"),
    N_("Date"),
    N_("Worker"),
    N_("Note"),
    N_("Customer's points"),
    N_("Worker's points"),
)
"""What the columns are called, in their order; catalogue texts."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of the summary: the ten columns, and what the row is.

    `reversed_id` is the row that took this one back, `reverses_id` the row this one takes back; `day` is the day it
    counts on, `at` when it was written.
    """

    first_name: str
    last_name: str
    mobile: str
    process: str
    stage: str
    day: date
    worker: str
    note: str
    customer_points: Decimal
    worker_points: Decimal
    id: int
    at: datetime
    worker_id: int | None
    customer_id: int | None
    task_id: int
    is_redemption: bool
    reverses_id: int | None
    reversed_id: int | None

    @property
    def key(self) -> tuple[date, int]:
        """Where it stands: the newest day first, and of a day the newest row."""
        return self.day, self.id

    @property
    def entry(self) -> EntryRow:
        """The row as other lists have it, but for who wrote it."""
        customer = " ".join(filter(None, (self.first_name, self.last_name)))
        return EntryRow(
            self.id, self.process, self.stage, self.at, self.day, self.worker_id, self.worker, None, self.customer_id,
            customer, self.note, self.customer_points, self.worker_points, self.is_redemption, self.task_id,
            self.reverses_id, self.reversed_id,
        )  # fmt: skip


_worker, _back = aliased(User), aliased(PointsEntry)


def cells(*, is_postgresql: bool, number: Any = None) -> tuple[Any, ...]:
    """The ten columns in their order. What stands before the first blank of a name is the first name, the rest the
    last; a single word is the last name. The number is the first mobile one, or else the first.
    """
    if number is None:
        number = _number().scalar_subquery()
    name = func.trim(func.coalesce(Customer.name, ""))
    blank = func.strpos(name, " ") if is_postgresql else func.instr(name, " ")
    return (
        case((blank > 0, func.substr(name, 1, blank - 1)), else_=""),
        case((blank > 0, func.trim(func.substr(name, blank + 1))), else_=name),
        func.coalesce(number, ""),
        PointsEntry.process,
        PointsEntry.stage,
        PointsEntry.day,
        func.coalesce(_worker.name, ""),
        PointsEntry.note,
        PointsEntry.customer_points,
        PointsEntry.worker_points,
    )


def _number() -> "Select[*tuple[Any, ...]]":
    lengths = sorted({len(prefix) for prefix in MOBILE_PREFIXES})
    is_mobile = or_(
        *(
            func.substr(CustomerPhone.e164, 1, literal(length)).in_(
                sorted(prefix for prefix in MOBILE_PREFIXES if len(prefix) == length)
            )
            for length in lengths
        )
    )
    return (
        select(CustomerPhone.raw)
        .where(CustomerPhone.customer_id == PointsEntry.customer_id)
        .order_by(case((is_mobile, 0), else_=1), CustomerPhone.position, CustomerPhone.id)
        .limit(1)
        .correlate(PointsEntry)
    )


@cache
def rows(*, is_postgresql: bool) -> "Select[*tuple[Any, ...]]":
    """The statement whose rows are the fields of `ReportRow`."""
    found: Any = select(
        *cells(is_postgresql=is_postgresql),
        PointsEntry.id,
        PointsEntry.at,
        PointsEntry.worker_id,
        PointsEntry.customer_id,
        PointsEntry.task_id,
        PointsEntry.is_redemption,
        PointsEntry.reverses_id,
        _back.id,
    )
    whole: Select[*tuple[Any, ...]] = _joined(found).outerjoin(_back, _back.reverses_id == PointsEntry.id)
    return whole


def report_statement(asked: Asked, *, is_postgresql: bool) -> "Select[*tuple[Any, ...]]":
    """The rows asked for as the ten columns alone, the oldest first: for a file."""
    if is_postgresql:
        # Joined to the side a customer's number is looked for once, not in each of his rows.
        number = _number().lateral("number")
        joined = _joined(select(*cells(is_postgresql=True, number=number.c.raw))).outerjoin(number, true())
    else:
        joined = _joined(select(*cells(is_postgresql=False)))
    found: Select[*tuple[Any, ...]] = joined.where(*narrowed(asked)).order_by(PointsEntry.day, PointsEntry.id)
    return found


def _joined(found: Any) -> Any:
    return (
        found.select_from(PointsEntry)
        .outerjoin(Customer, Customer.id == PointsEntry.customer_id)
        .outerjoin(_worker, _worker.id == PointsEntry.worker_id)
    )
