"""Steps that should have scored and have no row: the ledger held against the steps themselves, stretch by stretch."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.points.differences import Difference, Wrong
from app.models.base import alias_of
from app.models.points import PointsEntry, StagePoints
from app.models.tickets import Task, TaskStep
from app.services.points.counting import Found, Tell

STRETCH = 200_000
_NAMED = 500
_DOUBT = timedelta(minutes=5)
"""A step this near to a change of its stage's setting may have been scored by either."""
_EVER = datetime(1971, 1, 1, tzinfo=UTC)
_back = alias_of(PointsEntry)
_Span = tuple[datetime, datetime | None]


class _Settings:
    """The settings of the stages in the order of their dates, and from which step on each is known to act."""

    def __init__(self, session: Session) -> None:
        self._rows: dict[int, list[StagePoints]] = defaultdict(list)
        for row in session.scalars(select(StagePoints).order_by(StagePoints.valid_from, StagePoints.id)):
            self._rows[row.stage_id].append(row)
        # What stood when the ledger began is dated "since ever", though nobody knows since when it acted in truth.
        old = [row.id for each in self._rows.values() for row in each if row.valid_from < _EVER]
        begins = select(PointsEntry.setting_id, func.min(PointsEntry.step_id)).group_by(PointsEntry.setting_id)
        rows = session.execute(begins.where(PointsEntry.setting_id.in_(old))).all() if old else ()
        self._begins: dict[int | None, int | None] = dict(rows)

    @property
    def stages(self) -> list[int]:
        """The stages that ever scored."""
        return list(self._rows)

    def of(self, step: Any) -> StagePoints | None:
        """What the step should have scored by; None where nothing, or where nobody can tell."""
        rows = self._rows[step.to_stage_id]
        place = bisect_right(rows, step.at, key=lambda row: row.valid_from)
        if place == 0 or (place < len(rows) and rows[place].valid_from - step.at < _DOUBT):
            return None
        setting = rows[place - 1]
        if setting.valid_from < _EVER:
            begins = self._begins.get(setting.id)
            return setting if begins is not None and begins <= step.id else None
        return None if step.at - setting.valid_from < _DOUBT else setting


def find_unscored(session: Session, found: Found, tell: Tell) -> None:
    """Add the steps that should have scored by the rule of `app.domain.points.scoring` and did not."""
    settings = _Settings(session)
    last = session.scalar(select(func.max(TaskStep.id))) or 0
    after = 0
    while after < last and settings.stages:
        part = select(TaskStep.id).where(TaskStep.id > after).order_by(TaskStep.id).limit(STRETCH).subquery()
        until = session.scalar(select(func.max(part.c.id))) or last
        bare = [step for step in _bare(session, settings.stages, after, until) if _could_score(settings, step)]
        for start in range(0, len(bare), _NAMED):
            missed = _missed(session, settings, bare[start : start + _NAMED])
            found.add(len(missed), (Difference(Wrong.UNSCORED, step_id) for step_id in missed))
        after = until
        tell(after, last)


def _bare(session: Session, stages: Sequence[int], after: int, until: int) -> Sequence[Any]:
    """The steps of this stretch that entered a stage that scores, and have no row."""
    asked = (
        select(TaskStep.id, TaskStep.task_id, TaskStep.to_stage_id, TaskStep.at, TaskStep.by_id, Task.customer_id)
        .join(Task, Task.id == TaskStep.task_id)
        .outerjoin(PointsEntry, PointsEntry.step_id == TaskStep.id)
        .where(
            TaskStep.id > after,
            TaskStep.id <= until,
            TaskStep.to_stage_id.in_(stages),
            TaskStep.to_stage_id.is_distinct_from(TaskStep.from_stage_id),
            PointsEntry.id.is_(None),
        )
    )
    return session.execute(asked.order_by(TaskStep.id)).all()


def _could_score(settings: _Settings, step: Any) -> bool:
    """Whether it scores for the worker: whose customer the task was when the step was written nobody knows now."""
    setting = settings.of(step)
    return setting is not None and bool(setting.worker_points) and step.by_id is not None


def _missed(session: Session, settings: _Settings, steps: Sequence[Any]) -> list[int]:
    standing = _standing(session, {step.task_id for step in steps})
    missed = []
    for step in steps:
        setting = settings.of(step)
        if setting is None:
            continue
        spans = standing.get((step.task_id, step.to_stage_id), ())
        stood = any(began <= step.at and (ended is None or ended > step.at) for began, ended in spans)
        if setting.scores_every_time or not stood:
            missed.append(step.id)
    return missed


def _standing(
    session: Session, tasks: set[int]
) -> Mapping[tuple[int, int], Sequence[tuple[datetime, datetime | None]]]:
    """From when to when each task had scored at each stage: until it was reversed."""
    asked = (
        select(PointsEntry.task_id, PointsEntry.stage_id, PointsEntry.at, _back.at)
        .outerjoin(_back, _back.reverses_id == PointsEntry.id)
        .where(PointsEntry.task_id.in_(tasks), PointsEntry.step_id.is_not(None))
    )
    spans: dict[tuple[int, int], list[_Span]] = defaultdict(list)
    for task_id, stage_id, began, ended in session.execute(asked):
        spans[task_id, stage_id].append((began, ended))
    return spans
