"""Tickets and the tasks under them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned, partial_index


class TicketType(Versioned, Base):
    """What an enquiry is about; may name the activity type its task gets and the hours until it is due."""

    __tablename__ = "ticket_types"
    __table_args__ = (CheckConstraint("due_hours > 0", name="due_hours"),)

    name: Mapped[str] = mapped_column(unique=True)
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_types.id"))
    due_hours: Mapped[int | None]


class TicketSubtype(Versioned, Base):
    """The second list, depending on the type."""

    __tablename__ = "ticket_subtypes"
    __table_args__ = (UniqueConstraint("type_id", "name"),)

    type_id: Mapped[int] = mapped_column(ForeignKey("ticket_types.id", ondelete="CASCADE"))
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
    """A customer's enquiry; its number is its key. Priority: 0 urgent, 1 high, 2 medium, 3 low.

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
        _open("number", "id"),
        _open("opened", "opened_at", "id"),
        _open("due", "due_at", "id"),
        _open("priority", "priority", "id"),
        _open("status", "status_id", "id"),
        _open("type", "type_id", "id"),
        _open("handler", "handler_id", "id"),
    )

    external_key: Mapped[str | None] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_types.id"))
    subtype_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_subtypes.id"))
    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_statuses.id"))
    priority: Mapped[int] = mapped_column(default=2, server_default="2")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="", server_default="")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    address: Mapped[str | None]
    channel: Mapped[str | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    search: Mapped[str] = mapped_column(default="", server_default="")


class Task(Versioned, Base):
    """One piece of work: while open it belongs to one user, or to one group that is to plan it."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(
            "closed_at IS NOT NULL OR (user_id IS NULL) <> (group_id IS NULL)", name="one_owner_while_open"
        ),
        CheckConstraint("expected_minutes BETWEEN 5 AND 10080", name="expected_minutes"),
        partial_index("ix_tasks_waiting", "group_id", "due_at", "id", where="closed_at IS NULL"),
        partial_index("ix_tasks_open_of_user", "user_id", "due_at", "id", where="closed_at IS NULL"),
    )

    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_types.id"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("activity_states.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    title: Mapped[str] = mapped_column(default="", server_default="")
    expected_minutes: Mapped[int | None]
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
