"""Profiles, who holds them, and what routing locks and counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned


class Profile(Versioned, Base):
    """What a contact is or can do; `main` is customer, supplier or worker, and stages name worker profiles.

    Who holds a worker profile sees his own points at home where one of his says so, or the team's; whoever holds one
    that is not ranked is left out of every ranking.
    """

    __tablename__ = "profiles"
    __table_args__ = (
        UniqueConstraint("main", "name"),
        UniqueConstraint("id", "main"),
        CheckConstraint("main IN ('customer', 'supplier', 'worker')", name="main"),
        CheckConstraint("name <> ''", name="named"),
    )

    name: Mapped[str]
    main: Mapped[str]
    sees_own_points: Mapped[bool] = mapped_column(default=False, server_default="0")
    sees_team_points: Mapped[bool] = mapped_column(default=False, server_default="0")
    is_ranked: Mapped[bool] = mapped_column(default=True, server_default="1")


class UserProfile(Keyed, Base):
    """That a user holds a worker profile: tasks of its stages may come to him."""

    __tablename__ = "user_profiles"
    __table_args__ = (
        UniqueConstraint("profile_id", "user_id"),
        CheckConstraint("main = 'worker'", name="worker"),
        ForeignKeyConstraint(["profile_id", "main"], ["profiles.id", "profiles.main"], ondelete="CASCADE"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    profile_id: Mapped[int]
    main: Mapped[str] = mapped_column(default="worker", server_default="worker")


class CustomerProfile(Keyed, Base):
    """That a customer bears a customer or supplier profile: a tag for lists, reports and mail."""

    __tablename__ = "customer_profiles"
    __table_args__ = (
        UniqueConstraint("profile_id", "customer_id"),
        CheckConstraint("main IN ('customer', 'supplier')", name="contact"),
        ForeignKeyConstraint(["profile_id", "main"], ["profiles.id", "profiles.main"], ondelete="CASCADE"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    profile_id: Mapped[int]
    main: Mapped[str]


class ProfileGate(Base):
    """The row a choice among the holders of a profile locks first; made by trigger with its profile."""

    __tablename__ = "profile_gates"

    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"), primary_key=True)


class UserLoad(Base):
    """How many open tasks a user has (`waiting_tasks` of them in a state that waits), kept by triggers alone.

    `chosen_at` is when the machine last chose him.
    """

    __tablename__ = "user_loads"
    __table_args__ = (CheckConstraint("0 <= waiting_tasks AND waiting_tasks <= open_tasks", name="counts"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    open_tasks: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting_tasks: Mapped[int] = mapped_column(default=0, server_default="0")
    chosen_at: Mapped[datetime | None]
