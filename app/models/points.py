"""What stages score since when, the ledger of what was scored, and the totals the database keeps of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import Points
from app.models.base import Base, Keyed


class StagePoints(Keyed, Base):
    """What entering a stage scores from `valid_from` until the next row of the stage; never changed, only followed.

    A stage without a row scores nothing. `scores_every_time` also when the same task enters it again;
    `is_redemption` when the customer spends points here, which his balance must hold unless it `may_go_below` zero.
    """

    __tablename__ = "stage_points"
    __table_args__ = (
        CheckConstraint("NOT is_redemption OR customer_points < 0", name="redemption"),
        Index(None, "stage_id", "valid_from", "id"),
    )

    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"))
    valid_from: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_points: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0), server_default="0")
    worker_points: Mapped[Decimal] = mapped_column(Points(), default=Decimal(0), server_default="0")
    scores_every_time: Mapped[bool] = mapped_column(default=False, server_default="0")
    is_redemption: Mapped[bool] = mapped_column(default=False, server_default="0")
    may_go_below: Mapped[bool] = mapped_column(default=False, server_default="0")


class PointsEntry(Keyed, Base):
    """One row of the ledger, written by the database with the task step that scored, and never changed.

    `worker_id` did the update and gets the worker points; `by_id` wrote the row. `setting_id` is the setting it was
    scored by; process and stage are called what they were called then. `occasion` counts how often this task scored
    at this stage. A reversal names the row it takes back in `reverses_id`, bears its points with the other sign and
    counts on the day it is written. `day` is that of the company's time zone, `note` what was written with the step,
    or why it was reversed.
    """

    __tablename__ = "points_entries"
    __table_args__ = (
        CheckConstraint("(step_id IS NULL) <> (reverses_id IS NULL)", name="from_a_step_or_a_reversal"),
        Index("uq_points_entries_step_id", "step_id", unique=True),
        Index("uq_points_entries_reverses_id", "reverses_id", unique=True),
        Index("uq_points_entries_occasion", "task_id", "stage_id", "occasion", unique=True),
        Index(None, "worker_id", "day", "id"),
        Index(None, "customer_id", "id"),
        Index(None, "day", "id"),
    )

    step_id: Mapped[int | None] = mapped_column(ForeignKey("task_steps.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("points_entries.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    stage_id: Mapped[int]
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("stage_points.id"))
    process: Mapped[str]
    stage: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date())
    customer_points: Mapped[Decimal] = mapped_column(Points())
    worker_points: Mapped[Decimal] = mapped_column(Points())
    is_redemption: Mapped[bool] = mapped_column(default=False, server_default="0")
    occasion: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="", server_default="")


class WorkerDay(Base):
    """What a worker's rows of one day come to, kept by trigger; `month` is the first day of the day's month.

    `entry_id` is the newest row in it: on SQLite a guard knows by it that each row came in once.
    """

    __tablename__ = "worker_days"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(Date(), primary_key=True)
    day: Mapped[date] = mapped_column(Date(), primary_key=True)
    points: Mapped[Decimal] = mapped_column(Points())
    entries: Mapped[int]
    entry_id: Mapped[int]


class CustomerBalance(Base):
    """What a customer's rows come to, kept by trigger: `balance` is their sum, `earned` and `redeemed` parts of it.

    `entry_id` is the newest row in it.
    """

    __tablename__ = "customer_balances"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    balance: Mapped[Decimal] = mapped_column(Points())
    earned: Mapped[Decimal] = mapped_column(Points())
    redeemed: Mapped[Decimal] = mapped_column(Points())
    entries: Mapped[int]
    entry_id: Mapped[int]


class PointsCheck(Keyed, Base):
    """That the totals were held against the rows: how many rows, how many totals were wrong, and which.

    `differences` are the first of them: {"rows": [{"kind", "id", "day", "kept", "counted"}]}.
    """

    __tablename__ = "points_checks"

    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    entries: Mapped[int]
    wrong: Mapped[int]
    milliseconds: Mapped[int]
    differences: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
