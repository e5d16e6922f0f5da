"""Who may be called at all: do-not-call wishes, the national registers, consent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, partial_index


class CallPerson(Base):
    """What is known of a number across pools and campaigns; kept by triggers from calls, wishes, checks, consents."""

    __tablename__ = "call_people"

    person: Mapped[str] = mapped_column(primary_key=True)
    last_call_at: Mapped[datetime | None]
    calls_today: Mapped[int] = mapped_column(default=0, server_default="0")
    day_ends_at: Mapped[datetime | None]
    is_refused: Mapped[bool] = mapped_column(default=False, server_default="0")
    register_checked_at: Mapped[datetime | None]
    is_registered: Mapped[bool] = mapped_column(default=False, server_default="0")
    consent_until: Mapped[datetime | None]


class DoNotCall(Keyed, Base):
    """A wish not to be called, everywhere or by one campaign; kept for good, lifted by administrators only."""

    __tablename__ = "do_not_call"
    __table_args__ = (
        CheckConstraint("source IN ('call', 'by_hand', 'file', 'customer')", name="source"),
        partial_index(
            "uq_do_not_call_everywhere", "person", where="campaign_id IS NULL AND lifted_at IS NULL", unique=True
        ),
        partial_index(
            "uq_do_not_call_campaign", "person", "campaign_id",
            where="campaign_id IS NOT NULL AND lifted_at IS NULL", unique=True,
        ),
        Index(None, "person"),
    )  # fmt: skip

    person: Mapped[str]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    source: Mapped[str] = mapped_column(default="by_hand", server_default="by_hand")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_reason: Mapped[str | None]


class RegisterRule(Base):
    """A country whose register must be asked before a marketing call, and for how many days an answer holds."""

    __tablename__ = "register_rules"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 365", name="days"),)

    country: Mapped[str] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    days: Mapped[int] = mapped_column(default=15, server_default="15")
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class RegisterBatch(Keyed, Base):
    """One answer of a register: the file, when the register was asked, how many numbers, how many of them listed."""

    __tablename__ = "register_batches"

    country: Mapped[str]
    name: Mapped[str]
    checked_at: Mapped[datetime]
    read_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    count: Mapped[int] = mapped_column(default=0, server_default="0")
    listed: Mapped[int] = mapped_column(default=0, server_default="0")


class RegisterCheck(Keyed, Base):
    """That a number was looked up, and whether it was listed; kept for the inspector."""

    __tablename__ = "register_checks"
    __table_args__ = (Index(None, "person", "checked_at"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("register_batches.id"), index=True)
    person: Mapped[str]
    checked_at: Mapped[datetime]
    is_listed: Mapped[bool]


class Consent(Keyed, Base):
    """A person's consent to be called, from when until when, and how it was given."""

    __tablename__ = "consents"
    __table_args__ = (CheckConstraint("expires_at > given_at", name="in_order"),)

    person: Mapped[str] = mapped_column(index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    source: Mapped[str]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
