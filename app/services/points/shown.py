"""The ledger for those who may not read all of it: a colleague's points are left out, what the customer has stays.

A PostgreSQL log-in has no other way to rows that are not his own: functions of the database give them to the office. On
a file, and to whoever owns the database, the same is said here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.models.base import table_of
from app.models.people import RolePermission, User
from app.models.points import PointsEntry
from app.models.tickets import TaskStep
from app.services.context import actor, is_postgresql

__all__ = ["Shown", "hides", "of_task"]

_ROWS = table_of(PointsEntry)
_TASK = "SELECT * FROM task_points(%s::bigint, %s::bigint, %s::bigint)"
_SEERS = (Permission.SEE_POINTS.value, Permission.CORRECT_POINTS.value)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the ledger; `worker_points` is None where they are a colleague's and not to be seen."""

    id: int
    step_id: int | None
    reverses_id: int | None
    task_id: int
    customer_id: int | None
    worker_id: int | None
    by_id: int | None
    stage_id: int
    setting_id: int | None
    process: str
    stage: str
    at: datetime
    customer_points: Decimal
    worker_points: Decimal | None
    occasion: int | None
    note: str


_FIELDS = tuple(Shown.__dataclass_fields__)


def of_task(
    session: Session, task_id: int | None = None, *, step_id: int | None = None, entry_id: int | None = None
) -> tuple[Shown, ...]:
    """The rows of a task, named by itself, by one of its steps or one of its rows, in the order they were written."""
    if is_postgresql(session):
        values = (task_id, step_id, entry_id)
        found: Any = session.connection().exec_driver_sql(_TASK, values)
    else:
        asked: Any = task_id
        if step_id is not None:
            asked = select(TaskStep.task_id).where(TaskStep.id == step_id).scalar_subquery()
        elif entry_id is not None:
            asked = select(PointsEntry.task_id).where(PointsEntry.id == entry_id).scalar_subquery()
        columns = [_ROWS.c[name] for name in _FIELDS]
        found = session.execute(select(*columns).where(_ROWS.c.task_id == asked).order_by(_ROWS.c.id))
    rows = [dict(row) for row in found.mappings()]
    hidden = hides(session)
    return tuple(Shown(**row | {"worker_points": hidden(row["worker_id"], row["worker_points"])}) for row in rows)


def hides(session: Session) -> Callable[[int | None, Decimal | None], Decimal | None]:
    """What the actor is shown of a worker's points: his own as they are, a colleague's too where his role says so."""
    me = actor(session)
    held = select(RolePermission.permission).join(User, User.role_id == RolePermission.role_id)
    held = held.where(User.id == me, User.is_active, RolePermission.permission.in_(_SEERS))
    sees_all = me is None or session.scalar(held.limit(1)) is not None

    def shown(worker_id: int | None, points: Decimal | None) -> Decimal | None:
        return points if sees_all or worker_id == me or not points else None

    return shown
