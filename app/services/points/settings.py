"""What stages score: read as it is in force, and written as a new row of its history."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.processes.flow import StageDraft
from app.models.points import StagePoints
from app.services.context import actor, now
from app.services.saving import tell

SCORES = ("customer_points", "worker_points", "scores_every_time", "is_redemption", "may_go_below")
"""What a setting says, by the names it has in a stage's draft and in its row."""


def in_force(session: Session, stage_ids: Sequence[int]) -> dict[int, StagePoints]:
    """The newest setting of each of these stages that has one."""
    newest = (
        select(StagePoints)
        .where(StagePoints.stage_id.in_(stage_ids))
        .order_by(StagePoints.stage_id, StagePoints.valid_from, StagePoints.id)
    )
    return {row.stage_id: row for row in session.scalars(newest)}


def set_points(session: Session, drawn: Mapping[int, StageDraft]) -> None:
    """Let stages score from now on as they are drawn; those that score as before get no new row."""
    held = in_force(session, list(drawn))
    changed = []
    for stage_id, draft in drawn.items():
        wanted: dict[str, Any] = {name: getattr(draft, name) for name in SCORES}
        before = held.get(stage_id)
        stands = _nothing() if before is None else {name: getattr(before, name) for name in SCORES}
        if wanted != stands:
            changed.append(StagePoints(stage_id=stage_id, valid_from=now(session), by_id=actor(session), **wanted))
    session.add_all(changed)
    session.flush()
    if changed:
        tell(session, "stage_points", *(row.id for row in changed))


def _nothing() -> dict[str, Any]:
    return {name: getattr(StageDraft(0, ""), name) for name in SCORES}
