"""The steps of tasks, written once and for all."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.tickets import TaskStep
from app.services.context import actor
from app.services.tickets.stages import StageFacts

_NONE = Decimal(0)
_INSERT = insert(table_of(TaskStep)).returning(table_of(TaskStep).c.id)


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to write: from where to where, why the receiver, and with what words."""

    task_id: int
    at: datetime
    to_stage_id: int | None
    to_user_id: int | None
    rule: str
    reason: dict[str, Any]
    is_automatic: bool
    from_stage_id: int | None = None
    from_user_id: int | None = None
    closes: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was written, as what follows it asks."""

    id: int
    task_id: int
    at: datetime
    by_id: int | None
    from_stage_id: int | None
    from_user_id: int | None
    to_user_id: int | None
    note: str


def add_step(session: Session, new: NewStep, facts: StageFacts | None) -> Step:
    """Write a step; `facts` is the stage that is entered with it, whose points it then bears."""
    row = {name: getattr(new, name) for name in NewStep.__dataclass_fields__}
    by_id = actor(session)
    row |= {
        "by_id": by_id,
        "customer_points": facts.customer_points if facts else _NONE,
        "worker_points": facts.worker_points if facts else _NONE,
    }
    step_id = session.connection().execute(_INSERT, row).scalar_one()
    return Step(step_id, new.task_id, new.at, by_id, new.from_stage_id, new.from_user_id, new.to_user_id, new.note)
