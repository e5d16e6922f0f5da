"""Who holds whom, what was tried, and how each desk spent its time."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, partial_index


class Claim(Keyed, Base):
    """One agent's hold on one person until `until_at`: open while the card is, a lock after the call.

    `request_id` is the client-made key of the request for a next customer; a second number of the same customer is
    held by another row under the same key. `reason` says why this customer and why now.
    """

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'lock')", name="status"),
        Index("uq_claims_request_id_person", "request_id", "person", unique=True),
        partial_index("uq_claims_person", "person", where="is_exclusive", unique=True),
        partial_index("ix_claims_shared", "person", where="NOT is_exclusive"),
        Index(None, "until_at"),
    )

    request_id: Mapped[str]
    entry_id: Mapped[int | None]
    campaign_id: Mapped[int]
    customer_id: Mapped[int]
    person: Mapped[str]
    user_id: Mapped[int]
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    is_exclusive: Mapped[bool] = mapped_column(default=True, server_default="1")
    claimed_at: Mapped[datetime]
    until_at: Mapped[datetime]
    dialled_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    rule: Mapped[str] = mapped_column(default="", server_default="")
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class CallAttempt(Keyed, Base):
    """One contact and its result, written once; the database moves queue, claim, person and reminders with it.

    `kind`: call (with a status), skip, lost (the desk died), inbound. `op_id` is the client-made key of the request.
    """

    __tablename__ = "call_attempts"
    __table_args__ = (
        CheckConstraint("kind IN ('call', 'skip', 'lost', 'inbound')", name="kind"),
        CheckConstraint("kind <> 'call' OR status_id IS NOT NULL", name="has_a_status"),
        Index(None, "campaign_id", "finished_at"),
        Index(None, "customer_id", "finished_at"),
        Index(None, "user_id", "finished_at"),
    )

    op_id: Mapped[str] = mapped_column(unique=True)
    request_id: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="call", server_default="call")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    pool_id: Mapped[int | None]
    entry_id: Mapped[int | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    person: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    status_id: Mapped[int | None] = mapped_column(ForeignKey("call_statuses.id"))
    note: Mapped[str] = mapped_column(default="", server_default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    claimed_at: Mapped[datetime | None]
    dialled_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    hung_up_at: Mapped[datetime | None]
    finished_at: Mapped[datetime]
    callback_at: Mapped[datetime | None]
    callback_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    rule: Mapped[str] = mapped_column(default="", server_default="")
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    was_held: Mapped[bool] = mapped_column(default=True, server_default="1")
    day_ends_at: Mapped[datetime | None]


class DeskSpan(Keyed, Base):
    """A stretch of an agent's day at the dial desk in one state; the open one is what he does now."""

    __tablename__ = "desk_spans"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'reading', 'dialling', 'talking', 'writing', 'paused')", name="state"),
        partial_index("uq_desk_spans_open", "user_id", where="ended_at IS NULL", unique=True),
        Index(None, "user_id", "started_at"),
        Index(None, "campaign_id", "started_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[str]
    pause_reason_id: Mapped[int | None] = mapped_column(ForeignKey("pause_reasons.id"))
    customer_id: Mapped[int | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeskSign(Base):
    """When a desk last gave a sign of life; apart from its spans, because it is written every few seconds."""

    __tablename__ = "desk_signs"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
