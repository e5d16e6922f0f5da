"""Visits, and what makes a technician's hours white or grey."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned, partial_index


class Visit(Versioned, Base):
    """A technician's scheduled time, `[starts_at, ends_at)`: of a task (an intervention) or free-standing.

    Active visits of one technician never overlap and are never put onto grey; both engines refuse it by themselves.
    A visit taken off the plan stays, inactive.
    """

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="positive_length"),
        Index("ix_visits_technician_time", "technician_id", "starts_at", "ends_at"),
        Index("ix_visits_time", "starts_at", "ends_at"),
        partial_index("uq_visits_task_active", "task_id", unique=True, where="is_active"),
    )

    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(default="", server_default="")
    notes: Mapped[str | None]
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_types.id"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("activity_states.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime]


class PresenceRule(Versioned, Base):
    """When a technician is at a site: an RFC 5545 rule over days, with wall-clock hours.

    Without hours of its own the rule takes the technician's working hours of each day.
    """

    __tablename__ = "presence_rules"
    __table_args__ = (
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_hours"),
        CheckConstraint("ends > starts", name="positive_length"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    rrule: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    starts: Mapped[time | None]
    ends: Mapped[time | None]


class Presence(Keyed, Base):
    """One white stretch; made by a rule for one of its days (`rule_day`, `slot`), or by hand."""

    __tablename__ = "presences"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="positive_length"),
        UniqueConstraint("rule_id", "rule_day", "slot"),
        Index("ix_presences_user_time", "user_id", "starts_at", "ends_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("presence_rules.id", ondelete="SET NULL"))
    rule_day: Mapped[date | None]
    slot: Mapped[int] = mapped_column(default=0, server_default="0")
    is_manual: Mapped[bool] = mapped_column(default=False, server_default="0")


class Absence(Versioned, Base):
    """A stretch in which a technician is away, whatever his presences say."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="positive_length"),
        Index("ix_absences_user_time", "user_id", "starts_at", "ends_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="", server_default="")


class Holiday(Keyed, Base):
    """A day on which nobody works; its instants follow the company's time zone. `names` by language."""

    __tablename__ = "holidays"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="positive_length"),
        Index(None, "starts_at", "ends_at"),
    )

    day: Mapped[date] = mapped_column(unique=True)
    names: Mapped[dict[str, Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class WorkingHours(Keyed, Base):
    """A user's working hours on a weekday (0 is Monday), in wall-clock time."""

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > starts", name="positive_length"),
        UniqueConstraint("user_id", "weekday", "starts"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
