"""The trail of every change, written by triggers and never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, partial_index


class AuditLog(Base):
    """One changed row: who, when, from where, and what stood there before.

    `changes` are {column: [old, new]}; of an insert none, of a delete the whole row. `user_id` is who logged in, and
    null for a `login` that is no user's. A row belongs to a card (`of_table`, `of_id`); `area` says who may see it.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        CheckConstraint("id > 0", name="numbered"),
        CheckConstraint("verb IN ('insert', 'update', 'delete')", name="verb"),
        Index(None, "table_name", "row_id", "id"),
        partial_index("ix_audit_log_of", "of_table", "of_id", "id", where="of_id IS NOT NULL"),
        partial_index(
            "ix_audit_log_planner",
            "table_name",
            "at",
            where="table_name IN ('visits', 'tasks', 'presences', 'absences')",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    login: Mapped[str | None]
    address: Mapped[str | None]
    xid: Mapped[int | None]
    area: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[int | None]
    row_key: Mapped[str | None]
    of_table: Mapped[str | None]
    of_id: Mapped[int | None]
    verb: Mapped[str]
    changes: Mapped[dict[str, Any] | None]
