"""The steps of a task with the reasons that were stored with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models.people import User
from app.models.processes import Stage
from app.models.tickets import TaskStep
from app.services.context import reads
from app.services.points.shown import Shown, of_task


@dataclass(frozen=True, slots=True)
class StepRow:
    """One move of a task: who moved it, from and to where, and why its receiver; `reason` is data, told by
    app.domain.processes.reasons; the points are None where the step scored none, the worker's also where they are not
    to be seen; `is_reversed` when somebody took them back.
    """

    id: int
    at: datetime
    by: str | None
    from_stage: str | None
    to_stage: str | None
    from_user: str | None
    to_user: str | None
    rule: str
    reason: dict[str, Any]
    note: str
    is_automatic: bool
    closes: bool
    customer_points: Decimal | None
    worker_points: Decimal | None
    is_reversed: bool = False


_by, _giver, _taker = aliased(User), aliased(User), aliased(User)
_from, _to = aliased(Stage), aliased(Stage)
_STEPS = (
    select(
        TaskStep.id,
        TaskStep.at,
        _by.name,
        _from.name,
        _to.name,
        _giver.name,
        _taker.name,
        TaskStep.rule,
        TaskStep.reason,
        TaskStep.note,
        TaskStep.is_automatic,
        TaskStep.closes,
    )
    .outerjoin(_by, _by.id == TaskStep.by_id)
    .outerjoin(_from, _from.id == TaskStep.from_stage_id)
    .outerjoin(_to, _to.id == TaskStep.to_stage_id)
    .outerjoin(_giver, _giver.id == TaskStep.from_user_id)
    .outerjoin(_taker, _taker.id == TaskStep.to_user_id)
)


@reads
def why(session: Session, task_id: int, *, limit: int = 200) -> tuple[StepRow, ...]:
    """The steps of a task, the newest first."""
    asked = _STEPS.where(TaskStep.task_id == task_id).order_by(TaskStep.id.desc()).limit(limit)
    scored = of_task(session, task_id)
    of_step = {each.step_id: each for each in scored}
    reversed_ids = {each.reverses_id for each in scored}
    return tuple(_row(row, of_step.get(row[0]), reversed_ids) for row in session.execute(asked))


def _row(row: Any, scored: Shown | None, reversed_ids: Collection[int | None]) -> StepRow:
    if scored is None:
        return StepRow(*(*row, None, None))
    return StepRow(*(*row, scored.customer_points, scored.worker_points, scored.id in reversed_ids))
