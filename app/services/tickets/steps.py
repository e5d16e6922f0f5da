"""The steps of tasks, written once and for all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.tickets import TaskStep
from app.services.context import actor
from app.services.points.refusing import refusal

_BARE = insert(table_of(TaskStep)).inline()
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


def add_step(session: Session, new: NewStep) -> Step:
    """Write a step; what it scores is written with it by the database, by the settings of the stage that is entered.

    The task stands there already: a step that does not say how it stands is refused to log-ins.
    """
    session.flush()
    by_id = actor(session)
    try:
        step_id = session.connection().execute(_INSERT, _row(session, new)).scalar_one()
    except IntegrityError as error:
        if (told := refusal(session, error, new.task_id, new.to_stage_id)) is None:
            raise
        raise told from error
    return Step(step_id, new.task_id, new.at, by_id, new.from_stage_id, new.from_user_id, new.to_user_id, new.note)


def note_step(session: Session, new: NewStep) -> None:
    """Write a step that stays at its stage, of which nobody asks the number."""
    session.flush()
    session.connection().execute(_BARE, _row(session, new))


def _row(session: Session, new: NewStep) -> dict[str, Any]:
    return {name: getattr(new, name) for name in NewStep.__dataclass_fields__} | {"by_id": actor(session)}
