"""What a task has scored so far, for its customer and for those who worked on it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from app.services.points.shown import of_task

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaskPoints:
    """The sums of a task's rows, reversals included, and how many rows there are.

    `worker` is None for whom some of it is not to be seen.
    """

    customer: Decimal = _NONE
    worker: Decimal | None = _NONE
    entries: int = 0


def scored(session: Session, task_id: int) -> TaskPoints:
    """The sums of a task."""
    rows = of_task(session, task_id)
    customer = sum((row.customer_points for row in rows), _NONE)
    known = [row.worker_points for row in rows if row.worker_points is not None]
    return TaskPoints(customer, sum(known, _NONE) if len(known) == len(rows) else None, len(rows))
