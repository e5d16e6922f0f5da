"""Who has which card open right now."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed


class OpenCard(Keyed, Base):
    """A card on a desktop; the desktop gives signs of life, and without them the row means nothing any more."""

    __tablename__ = "open_cards"
    __table_args__ = (
        CheckConstraint("table_name IN ('tickets', 'customers', 'tasks')", name="table_name"),
        UniqueConstraint("desk", "table_name", "row_id"),
        Index(None, "table_name", "row_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    desk: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[int]
    since: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    is_editing: Mapped[bool]
