"""Notes, files and reminders: what people add to a ticket, a task or a customer."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned, partial_index


class NoteKind(Versioned, Base):
    """A kind of note; built-in ones are shown from the catalogue until they get a name. An alert rings a bell."""

    __tablename__ = "note_kinds"

    code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(unique=True)
    is_alert: Mapped[bool] = mapped_column(default=False, server_default="0")
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Note(Keyed, Base):
    """What somebody wrote, once and for all; an alert stands beside the customer's name until it is dismissed."""

    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("text <> ''", name="written"),
        CheckConstraint(
            "ticket_id IS NOT NULL OR task_id IS NOT NULL OR customer_id IS NOT NULL", name="belongs_somewhere"
        ),
        partial_index("ix_notes_alerts", "customer_id", where="is_alert AND dismissed_at IS NULL"),
    )

    kind_id: Mapped[int | None] = mapped_column(ForeignKey("note_kinds.id"))
    is_alert: Mapped[bool] = mapped_column(default=False, server_default="0")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("task_steps.id"))
    text: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class File(Keyed, Base):
    """A file that lies with a ticket, a task or a customer; its bytes are read apart."""

    __tablename__ = "files"
    __table_args__ = (CheckConstraint("size BETWEEN 0 AND 26214400", name="size"),)

    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming_messages.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(default="", server_default="")
    size: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class FileContent(Base):
    """The bytes of a file."""

    __tablename__ = "file_contents"

    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes]


class Reminder(Versioned, Base):
    """What a user wants to be reminded of, and when."""

    __tablename__ = "reminders"
    __table_args__ = (partial_index("ix_reminders_open", "user_id", "at", where="done_at IS NULL"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    text: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("pool_entries.id"), index=True)
    done_at: Mapped[datetime | None]
