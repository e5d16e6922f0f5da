"""Tickets: what they are about, where they stand, and the card itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned, partial_index


class TicketType(Versioned, Base):
    """What an enquiry is about.

    It may name the activity type its task gets or the process its task goes through, the hours until it is due, the
    priority it has until somebody sets another, and the numerator its tickets are numbered by.
    """

    __tablename__ = "ticket_types"
    __table_args__ = (
        CheckConstraint("due_hours > 0", name="due_hours"),
        CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_types.id"))
    due_hours: Mapped[int | None]
    priority: Mapped[int | None]
    process_id: Mapped[int | None] = mapped_column(ForeignKey("processes.id"))
    numerator_id: Mapped[int | None] = mapped_column(ForeignKey("numerators.id"))


class TicketSubtype(Versioned, Base):
    """The second list, depending on the type."""

    __tablename__ = "ticket_subtypes"
    __table_args__ = (UniqueConstraint("type_id", "name"),)

    type_id: Mapped[int] = mapped_column(ForeignKey("ticket_types.id", ondelete="CASCADE"))
    name: Mapped[str]


class TicketSubtype2(Versioned, Base):
    """The third list, depending on the sub-type; on a card only where the administrator attached it."""

    __tablename__ = "ticket_subtypes2"
    __table_args__ = (UniqueConstraint("subtype_id", "name"),)

    subtype_id: Mapped[int] = mapped_column(ForeignKey("ticket_subtypes.id", ondelete="CASCADE"))
    name: Mapped[str]


class TicketStatus(Versioned, Base):
    """Where a ticket stands; built-in ones are shown from the catalogue until they get a name."""

    __tablename__ = "ticket_statuses"

    code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(unique=True)
    is_closed: Mapped[bool] = mapped_column(default=False, server_default="0")
    position: Mapped[int] = mapped_column(default=0, server_default="0")


def _open(name: str, *columns: str) -> Index:
    """An index of the open tickets alone: the few that people work with, whatever lies closed behind them."""
    return partial_index(f"ix_tickets_open_{name}", *columns, where="closed_at IS NULL")


class Ticket(Versioned, Base):
    """A customer's enquiry; its number is its key until a numerator gave it another. Priority: 0 urgent to 3 low.

    `custom` holds the fields of the company's own by the text of their keys. A merged ticket is closed and points at
    the one that goes on.

    Every order of the list, alone or within the filters that are often used, has an index: app.services.tickets.order.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
        Index(None, "opened_at", "id"),
        Index(None, "due_at", "id"),
        Index(None, "priority", "id"),
        Index(None, "status_id", "id"),
        Index(None, "type_id", "id"),
        Index(None, "handler_id", "id"),
        Index(None, "customer_id", "id"),
        Index(None, "status_id", "opened_at", "id"),
        Index(None, "type_id", "opened_at", "id"),
        Index(None, "handler_id", "opened_at", "id"),
        Index(None, "status_id", "due_at", "id"),
        Index(None, "type_id", "due_at", "id"),
        Index(None, "handler_id", "due_at", "id"),
        Index(None, "subtype_id", "id"),
        Index(None, "responsible_id", "id"),
        Index(None, "product_group_id", "id"),
        Index(None, "product_id", "id"),
        Index(None, "project_id", "id"),
        Index("uq_tickets_number", "number", unique=True),
        _open("number", "id"),
        _open("opened", "opened_at", "id"),
        _open("due", "due_at", "id"),
        _open("priority", "priority", "id"),
        _open("status", "status_id", "id"),
        _open("type", "type_id", "id"),
        _open("handler", "handler_id", "id"),
    )

    external_key: Mapped[str | None] = mapped_column(unique=True)
    number: Mapped[str | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_types.id"))
    subtype_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_subtypes.id"))
    subtype2_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_subtypes2.id"))
    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_statuses.id"))
    priority: Mapped[int] = mapped_column(default=2, server_default="2")
    is_priority_by_hand: Mapped[bool] = mapped_column(default=False, server_default="0")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="", server_default="")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    product_group_id: Mapped[int | None] = mapped_column(ForeignKey("product_groups.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    subproject_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    address: Mapped[str | None]
    channel: Mapped[str | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    search: Mapped[str] = mapped_column(default="", server_default="")
