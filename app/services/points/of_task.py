"""What a task has scored so far, for its customer and for those who worked on it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.points import PointsEntry

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaskPoints:
    """The sums of a task's rows, reversals included, and how many rows there are."""

    customer: Decimal = _NONE
    worker: Decimal = _NONE
    entries: int = 0


_SUMS = select(
    func.sum(PointsEntry.customer_points, type_=PointsEntry.customer_points.type),
    func.sum(PointsEntry.worker_points, type_=PointsEntry.worker_points.type),
    func.count(),
)


def scored(session: Session, task_id: int) -> TaskPoints:
    """The sums of a task."""
    customer, worker, count = session.execute(_SUMS.where(PointsEntry.task_id == task_id)).one()
    return TaskPoints(customer or _NONE, worker or _NONE, count)
