"""Who changed a row last, for whoever was changing it too; and which requests were answered after all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models.changes import Operation
from app.models.people import User
from app.services.context import actor, reads

__all__ = ["Changed", "answered", "who_changed"]


@dataclass(frozen=True, slots=True)
class Changed:
    """Who it was, as far as one may know, and when."""

    name: str
    at: datetime


@reads
def who_changed(session: Session, table: str, row_id: int) -> Changed | None:
    """The last one besides me who changed this row or what belongs to it."""
    # Asked when two people met, not at the start of a screen.
    from app.models.audit import AuditLog

    row = and_(AuditLog.table_name == table, AuditLog.row_id == row_id)
    part = and_(AuditLog.of_table == table, AuditLog.of_id == row_id)
    found = session.execute(
        select(User.name, AuditLog.at)
        .outerjoin(User, User.id == AuditLog.user_id)
        .where(or_(row, part), AuditLog.user_id.is_distinct_from(actor(session)))
        .order_by(AuditLog.id.desc())
        .limit(1)
    ).first()
    return None if found is None else Changed(found[0] or "", found[1])


@reads
def answered(session: Session, op_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of my requests that were carried out, though the answer may never have come."""
    return tuple(session.scalars(select(Operation.op_id).where(Operation.op_id.in_(op_ids))))
