"""Filters people keep under a name."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class SavedFilter(Versioned, Base):
    """What a list was narrowed to and sorted by; a shared one is offered to everybody."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("user_id", "screen", "name"), CheckConstraint("name <> ''", name="named"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    screen: Mapped[str]
    name: Mapped[str]
    filter: Mapped[dict[str, Any]]
    is_shared: Mapped[bool] = mapped_column(default=False, server_default="0")
