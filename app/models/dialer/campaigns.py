"""A campaign: its rules, its results, its forms and the hours it may call in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned


class DialRules(Base):
    """The one row of what holds for every campaign: how long a claim lives without a sign, and the telephone server."""

    __tablename__ = "dial_rules"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("lease_seconds BETWEEN 5 AND 60", name="lease_seconds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lease_seconds: Mapped[int] = mapped_column(default=45, server_default="45")
    telephony: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Campaign(Versioned, Base):
    """A dial project with its rules, in the five groups of its settings; minutes and counts of 0 mean none."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("call_delay_seconds BETWEEN 0 AND 60", name="call_delay_seconds"),
        CheckConstraint("alert_after_seconds BETWEEN 0 AND 3600", name="alert_after_seconds"),
        CheckConstraint("wrap_up_seconds BETWEEN 0 AND 3600", name="wrap_up_seconds"),
        CheckConstraint("lock_minutes BETWEEN 0 AND 10080", name="lock_minutes"),
        CheckConstraint("gap_minutes BETWEEN 0 AND 10080", name="gap_minutes"),
        CheckConstraint("skip_minutes BETWEEN 0 AND 10080", name="skip_minutes"),
        CheckConstraint("daily_cap BETWEEN 0 AND 100", name="daily_cap"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    script: Mapped[str] = mapped_column(default="", server_default="")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Automation
    calls_automatically: Mapped[bool] = mapped_column(default=False, server_default="0")
    call_delay_seconds: Mapped[int] = mapped_column(default=5, server_default="5")
    alert_after_seconds: Mapped[int] = mapped_column(default=60, server_default="60")
    wrap_up_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    # Order and supply
    no_status_first: Mapped[bool] = mapped_column(default=True, server_default="1")
    from_all_pools: Mapped[bool] = mapped_column(default=False, server_default="0")
    includes_campaign_pools: Mapped[bool] = mapped_column(default=True, server_default="1")
    skip_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # Permissions and sharing
    allows_several_relations: Mapped[bool] = mapped_column(default=False, server_default="0")
    agents_set_filters: Mapped[bool] = mapped_column(default=False, server_default="0")
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    own_history_only: Mapped[bool] = mapped_column(default=False, server_default="0")
    reminds_caller_only: Mapped[bool] = mapped_column(default=True, server_default="1")
    # Quality
    needs_note: Mapped[bool] = mapped_column(default=True, server_default="1")
    checks_register: Mapped[bool] = mapped_column(default=True, server_default="1")
    needs_consent: Mapped[bool] = mapped_column(default=False, server_default="0")
    # Collisions
    lock_minutes: Mapped[int] = mapped_column(default=10, server_default="10")
    gap_minutes: Mapped[int] = mapped_column(default=120, server_default="120")
    daily_cap: Mapped[int] = mapped_column(default=3, server_default="3")


class CampaignUser(Keyed, Base):
    """That a user works in a campaign."""

    __tablename__ = "campaign_users"
    __table_args__ = (Index("uq_campaign_users_campaign_id_user_id", "campaign_id", "user_id", unique=True),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class CallStatus(Versioned, Base):
    """A result a call can have in a campaign, the key that gives it, and what becomes of the customer then."""

    __tablename__ = "call_statuses"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        UniqueConstraint("campaign_id", "name"),
        CheckConstraint("code IS NOT NULL OR name <> ''", name="named"),
        CheckConstraint(
            "outcome IN ('no_contact', 'contact', 'callback', 'success', 'refusal', 'wrong_number', 'do_not_call')",
            name="outcome",
        ),
        CheckConstraint("recycle_minutes BETWEEN 0 AND 525600", name="recycle_minutes"),
        CheckConstraint("max_tries BETWEEN 0 AND 100", name="max_tries"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    code: Mapped[str | None]
    name: Mapped[str | None]
    key: Mapped[str | None]
    color: Mapped[str] = mapped_column(default="#DDDDDD", server_default="#DDDDDD")
    outcome: Mapped[str]
    needs_note: Mapped[bool] = mapped_column(default=False, server_default="0")
    is_final: Mapped[bool] = mapped_column(default=False, server_default="0")
    recycle_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    max_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    opens_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_types.id"))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class CallForm(Versioned, Base):
    """A form that is filled in during a call; `fields` holds {"fields": [{key, label, kind, choices, is_required}]}."""

    __tablename__ = "call_forms"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    name: Mapped[str] = mapped_column(unique=True)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class CampaignForm(Keyed, Base):
    """That a form stands on the dial page of a campaign."""

    __tablename__ = "campaign_forms"
    __table_args__ = (Index("uq_campaign_forms_campaign_id_form_id", "campaign_id", "form_id", unique=True),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    form_id: Mapped[int] = mapped_column(ForeignKey("call_forms.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class CallWindow(Base):
    """A stretch of time in which a campaign may call people of a time zone; laid out ahead by the program."""

    __tablename__ = "call_windows"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="in_order"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    zone: Mapped[str] = mapped_column(primary_key=True)
    opens_at: Mapped[datetime] = mapped_column(primary_key=True)
    closes_at: Mapped[datetime]
