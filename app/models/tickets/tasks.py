"""Tasks and the steps they take."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned, partial_index


class Task(Versioned, Base):
    """One piece of work: while open it belongs to one user, or to one group that is to plan it.

    A task of a process stands at one of its stages. `is_by_hand` when its handler was named by a person: the machine
    leaves him. `awaits_profile_id` when nobody was there to take it: it is given again when one of its holders comes
    in. `opened_by_task_id` is the task that opened this one by itself.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(
            "closed_at IS NOT NULL OR (user_id IS NULL) <> (group_id IS NULL)", name="one_owner_while_open"
        ),
        CheckConstraint("expected_minutes BETWEEN 5 AND 10080", name="expected_minutes"),
        partial_index("ix_tasks_waiting", "group_id", "due_at", "id", where="closed_at IS NULL"),
        partial_index("ix_tasks_open_of_user", "user_id", "due_at", "id", where="closed_at IS NULL"),
        partial_index("ix_tasks_awaiting", "awaits_profile_id", "id", where="awaits_profile_id IS NOT NULL"),
        partial_index("ix_tasks_open_due", "due_at", "id", where="closed_at IS NULL"),
        Index(None, "customer_id", "id"),
        Index(None, "stage_id", "id"),
        Index("uq_tasks_number", "number", unique=True),
    )

    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str | None]
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_types.id"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("activity_states.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    is_by_hand: Mapped[bool] = mapped_column(default=False, server_default="0")
    awaits_profile_id: Mapped[int | None] = mapped_column(ForeignKey("profiles.id"))
    opened_by_task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    title: Mapped[str] = mapped_column(default="", server_default="")
    expected_minutes: Mapped[int | None]
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class TaskStep(Keyed, Base):
    """One move of a task, never changed: from stage to stage, from hand to hand, by whom and why.

    `rule` is how the receiver was found (app.domain.processes.routing.Rule) and `reason` what was looked at. What it
    scored is written by the database into app.models.points.PointsEntry.
    """

    __tablename__ = "task_steps"
    __table_args__ = (Index(None, "task_id", "id"), Index(None, "to_user_id", "at"), Index(None, "at"))

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    from_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"))
    to_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"), index=True)
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    rule: Mapped[str]
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default="0")
    closes: Mapped[bool] = mapped_column(default=False, server_default="0")
    note: Mapped[str] = mapped_column(default="", server_default="")
