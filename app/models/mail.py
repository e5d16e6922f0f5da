"""Mail going out and coming in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned, partial_index


class MailingList(Versioned, Base):
    """Addresses a template can go to."""

    __tablename__ = "mailing_lists"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    name: Mapped[str] = mapped_column(unique=True)


class MailingListAddress(Keyed, Base):
    """One address of a list, with the language it reads."""

    __tablename__ = "mailing_list_addresses"
    __table_args__ = (UniqueConstraint("list_id", "address"),)

    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_lists.id", ondelete="CASCADE"))
    address: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str | None]


class MailTemplate(Versioned, Base):
    """What is written when something happens, to whom, and from whose mailbox.

    `texts` hold subject and body by language, with `{field}` places; `hold_minutes` is how long a message can still be
    taken back. Stages name templates whose event is "stage".
    """

    __tablename__ = "mail_templates"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("recipient IN ('customer', 'handler', 'responsible', 'list')", name="recipient"),
        CheckConstraint("(recipient = 'list') = (list_id IS NOT NULL)", name="list_of_addresses"),
        CheckConstraint("sender IN ('office', 'handler')", name="sender"),
        CheckConstraint("hold_minutes BETWEEN 0 AND 10080", name="hold_minutes"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str] = mapped_column(index=True)
    recipient: Mapped[str]
    sender: Mapped[str] = mapped_column(default="office", server_default="office")
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_lists.id"))
    hold_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class MailAccount(Versioned, Base):
    """A mailbox: the office's (no user) or a user's own. Its secret is kept by the sending host, never here.

    Incoming mail is read from it when `imap_host` is set; `uid_validity` and `last_uid` say how far.
    """

    __tablename__ = "mail_accounts"
    __table_args__ = (
        CheckConstraint("smtp_security IN ('none', 'starttls', 'tls')", name="smtp_security"),
        CheckConstraint("imap_security IN ('none', 'starttls', 'tls')", name="imap_security"),
        partial_index("uq_mail_accounts_office", "is_office", unique=True, where="is_office"),
        CheckConstraint("is_office = (user_id IS NULL)", name="one_owner"),
    )

    is_office: Mapped[bool] = mapped_column(default=False, server_default="0")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    smtp_host: Mapped[str] = mapped_column(default="", server_default="")
    smtp_port: Mapped[int] = mapped_column(default=587, server_default="587")
    smtp_security: Mapped[str] = mapped_column(default="starttls", server_default="starttls")
    smtp_login: Mapped[str] = mapped_column(default="", server_default="")
    imap_host: Mapped[str] = mapped_column(default="", server_default="")
    imap_port: Mapped[int] = mapped_column(default=993, server_default="993")
    imap_security: Mapped[str] = mapped_column(default="tls", server_default="tls")
    imap_login: Mapped[str] = mapped_column(default="", server_default="")
    imap_folder: Mapped[str] = mapped_column(default="INBOX", server_default="INBOX")
    uid_validity: Mapped[int | None]
    last_uid: Mapped[int] = mapped_column(default=0, server_default="0")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class OutboxMessage(Versioned, Base):
    """One message to one address, written in the transaction of what it tells of: `event_key` is there once.

    `state`: waiting (until `next_at`), sending (leased until `lease_until`), sent, dead (given up; `last_error` says
    why), cancelled. The Message-ID is fixed when the row is written, so a receiver can fold a repetition.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead', 'cancelled')", name="state"),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
        partial_index("ix_outbox_messages_due", "next_at", "id", where="state = 'waiting'"),
        partial_index("ix_outbox_messages_leased", "lease_until", where="state = 'sending'"),
        partial_index("ix_outbox_messages_reader", "to_address", "id", where="state IN ('waiting', 'sending')"),
        Index(None, "state", "id"),
    )

    event: Mapped[str]
    event_key: Mapped[str] = mapped_column(unique=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("mail_templates.id", ondelete="SET NULL"))
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    in_reply_to: Mapped[str | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class IncomingMessage(Keyed, Base):
    """One message read from a mailbox, with what became of it; each message of a mailbox is taken once."""

    __tablename__ = "incoming_messages"
    __table_args__ = (
        UniqueConstraint("account_id", "uid_validity", "uid"),
        CheckConstraint(
            "outcome IN ('opened', 'continued', 'loop', 'auto_reply', 'bounce', 'repeated', 'refused')", name="outcome"
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("mail_accounts.id", ondelete="CASCADE"))
    uid_validity: Mapped[int]
    uid: Mapped[int]
    message_id: Mapped[str | None] = mapped_column(index=True)
    in_reply_to: Mapped[str | None]
    from_address: Mapped[str]
    from_name: Mapped[str] = mapped_column(default="", server_default="")
    subject: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str] = mapped_column(default="", server_default="")
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    detail: Mapped[str] = mapped_column(default="", server_default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_messages.id", ondelete="SET NULL"))
