"""What kinds of work there are, how long they take, and who may do them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned


class Practice(Versioned, Base):
    """A sector that groups activity types (commercial, technical assistance, ...)."""

    __tablename__ = "practices"

    name: Mapped[str] = mapped_column(unique=True)


class ActivityType(Versioned, Base):
    """A kind of task: how long it is expected to take, its colour, and whether the back office plans it.

    `notifies` whether who gets such a task is told at once; the numerator numbers its tasks.
    """

    __tablename__ = "activity_types"
    __table_args__ = (
        CheckConstraint("expected_minutes BETWEEN 5 AND 10080", name="expected_minutes"),
        CheckConstraint("macro_type IN ('call', 'intervention', 'appointment')", name="macro_type"),
        CheckConstraint("name <> ''", name="named"),
    )

    external_key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practices.id"))
    macro_type: Mapped[str] = mapped_column(default="intervention", server_default="intervention")
    expected_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    colour: Mapped[str] = mapped_column(default="#77AADD", server_default="#77AADD")
    is_schedulable: Mapped[bool] = mapped_column(default=True, server_default="1")
    any_site: Mapped[bool] = mapped_column(default=False, server_default="0")
    back_office_group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")
    numerator_id: Mapped[int | None] = mapped_column(ForeignKey("numerators.id"))
    notifies: Mapped[bool] = mapped_column(default=True, server_default="1")


class ActivityState(Versioned, Base):
    """A state of a task, with its colour on the planner; `is_waiting` when others must act first."""

    __tablename__ = "activity_states"

    code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(unique=True)
    colour: Mapped[str]
    is_final: Mapped[bool] = mapped_column(default=False, server_default="0")
    is_waiting: Mapped[bool] = mapped_column(default=False, server_default="0")
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Enablement(Keyed, Base):
    """That a user, or everybody of a group, may do an activity type, from and until a day."""

    __tablename__ = "enablements"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (group_id IS NULL)", name="one_holder"),
        Index("uq_enablements_user", "activity_type_id", "user_id", unique=True),
        Index("uq_enablements_group", "activity_type_id", "group_id", unique=True),
    )

    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_types.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
