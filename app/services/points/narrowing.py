"""Which rows of the ledger are asked for, by which index they are found, and who may ask."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.points.asked import Asked, Kind
from app.models.people import GroupMember
from app.models.points import PointsEntry
from app.services.context import actor, require


def allow(session: Session, asked: Asked) -> None:
    """Refuse who may not see these rows: everybody sees his own, the rest is for those who see points."""
    if asked.worker_id is None or asked.worker_id != actor(session):
        require(session, Permission.SEE_POINTS)


def narrowed(asked: Asked, day: Any = PointsEntry.day, worker: Any = PointsEntry.worker_id) -> list[Any]:
    """The conditions, on these columns for the day and the worker."""
    wanted: list[Any] = []
    if asked.first is not None:
        wanted.append(day >= asked.first)
    if asked.last is not None:
        wanted.append(day <= asked.last)
    if asked.worker_id is not None:
        wanted.append(worker == asked.worker_id)
    if asked.customer_id is not None:
        wanted.append(PointsEntry.customer_id == asked.customer_id)
    if asked.process is not None:
        wanted.append(PointsEntry.process == asked.process)
    if asked.stage_id is not None:
        wanted.append(PointsEntry.stage_id == asked.stage_id)
    if asked.group_id is not None:
        wanted.append(worker.in_(select(GroupMember.user_id).where(GroupMember.group_id == asked.group_id)))
    return wanted + _of_kind(asked.kind)


def _of_kind(kind: str | None) -> list[Any]:
    if kind is None:
        return []
    if kind == Kind.REVERSED:
        return [PointsEntry.reverses_id > 0]
    # Nearly every row reverses nothing: by that index SQLite would look for them one by one.
    stands = func.coalesce(PointsEntry.reverses_id, 0) == 0
    return [stands, PointsEntry.is_redemption.is_(kind == Kind.REDEEMED)]


def is_few(asked: Asked) -> bool:
    """Whether what is asked for is so little that it is found first and put in order then: a customer's rows, or
    reversals. All other questions are answered along the days.
    """
    return asked.customer_id is not None or asked.kind == Kind.REVERSED


def beside(column: Any) -> Any:
    """The value of a column, said so that no index on it is used."""
    return func.coalesce(column, column)
