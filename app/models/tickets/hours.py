"""Hours people report."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class HoursEntry(Versioned, Base):
    """Minutes of one user on one day; an allotment is time promised to a customer, ticket or project, not worked."""

    __tablename__ = "hours_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'general', 'leave', 'sickness', 'allotment')", name="kind"),
        CheckConstraint("minutes BETWEEN 1 AND 600000", name="minutes"),
        CheckConstraint("kind = 'allotment' OR minutes <= 1440", name="within_a_day"),
        Index(None, "user_id", "day"),
        Index(None, "day"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    day: Mapped[date]
    minutes: Mapped[int]
    kind: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    note: Mapped[str] = mapped_column(default="", server_default="")
