"""Fields of the company's own, which cards show which fields, and what a state makes mandatory."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import Document
from app.models.base import Base, Keyed, Versioned, partial_index


class CustomField(Versioned, Base):
    """A field of the company's own; its values lie in `custom` of tickets and tasks under the text of its key."""

    __tablename__ = "custom_fields"
    __table_args__ = (
        CheckConstraint("kind IN ('text', 'number', 'date', 'choice', 'check')", name="kind"),
        CheckConstraint("name <> ''", name="named"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(Document(), default=list, server_default="[]")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Layout(Versioned, Base):
    """Which fields a card shows, in order: codes such as "subject" or "custom.12".

    `kind` is ticket or task; a layout without a type is the one of every type that has none of its own.
    """

    __tablename__ = "layouts"
    __table_args__ = (
        CheckConstraint("kind IN ('ticket', 'task')", name="kind"),
        CheckConstraint("ticket_type_id IS NULL OR kind = 'ticket'", name="of_tickets"),
        CheckConstraint("activity_type_id IS NULL OR kind = 'task'", name="of_tasks"),
        partial_index(
            "uq_layouts_general", "kind", where="ticket_type_id IS NULL AND activity_type_id IS NULL", unique=True
        ),
    )

    kind: Mapped[str]
    ticket_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_types.id", ondelete="CASCADE"), unique=True)
    activity_type_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity_types.id", ondelete="CASCADE"), unique=True
    )
    fields: Mapped[list[Any]] = mapped_column(Document(), default=list, server_default="[]")
    required: Mapped[list[Any]] = mapped_column(Document(), default=list, server_default="[]")


class StatusField(Keyed, Base):
    """That a ticket in a state must have a field filled; the database refuses it otherwise, whoever writes."""

    __tablename__ = "status_fields"
    __table_args__ = (UniqueConstraint("status_id", "field"),)

    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_statuses.id", ondelete="CASCADE"))
    field: Mapped[str]
