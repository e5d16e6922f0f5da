"""What the database writes about its own changes, and the requests it has already answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ChangeLog(Base):
    """One changed row, written by trigger; desktops poll it by `(xid, seq)` on PostgreSQL, by `seq` on SQLite."""

    __tablename__ = "change_log"
    __table_args__ = (Index(None, "xid", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    xid: Mapped[int | None]
    table_name: Mapped[str]
    row_id: Mapped[int]
    at: Mapped[datetime]


class Operation(Base):
    """A write request by its client-made key, with the answer it got: repeating it changes nothing."""

    __tablename__ = "operations"
    __table_args__ = (Index(None, "at"),)

    op_id: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    result: Mapped[dict[str, Any] | None]
