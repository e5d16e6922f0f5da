"""Last month's steps into some stages scored again by other settings, over what the ledger has of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.points.scoring import NONE, Move, Setting
from app.domain.points.trying import Booked, Place, Taken, refused, tried
from app.models.base import alias_of
from app.models.points import CustomerBalance, PointsEntry, StagePoints
from app.models.tickets import Task, TaskStep

_SOME = 2_000
"""How many steps are scored between two words about the progress."""
_MANY = 5_000
"""How many customers are asked for at once."""

_Tried = Mapping[int, tuple[Taken, Decimal, Decimal]]
"""Steps by id, with the points of the customer and of the worker there would be."""

_back = alias_of(PointsEntry)
_STAGE = TaskStep.to_stage_id + 0
"""As a sum no index has it: SQLite would read every step a stage ever had instead of those of the month."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of the company: its first and last day, and the moments at which it begins and is over."""

    first: date
    last: date
    start: datetime
    end: datetime


class Trial:
    """What would be otherwise: by how much for each worker, for the customers, and what would be refused.

    `settings` are those of the stages that are to score anew; the other `stages` of the process score as they did.
    """

    def __init__(
        self, session: Session, month: Month, settings: Mapping[int, Setting], stages: Collection[int] = ()
    ) -> None:
        self._session, self._month, self._settings, self._stages = session, month, settings, stages
        self._others: dict[int, Taken] = {}
        self.workers: defaultdict[int, Decimal] = defaultdict(Decimal)
        self.customers = NONE
        self.refused = 0
        self.nobody = 0

    def run(self, progress: Callable[[int, int], object] | None) -> None:
        """Score the steps again and let the balances judge what is spent."""
        taken = _steps(self._session, self._month, list(self._settings))
        instead: dict[int, tuple[Taken, Decimal, Decimal]] = {}
        for place, (step, scored) in enumerate(tried(taken, self._settings, self._stood())):
            if progress is not None and place % _SOME == 0:
                progress(place, len(taken))
            if step.reversed_at is not None:
                continue
            points = (scored.customer_points, scored.worker_points) if scored is not None else (NONE, NONE)
            if step.move.customer_id is None and self._settings[step.move.stage_id].is_redemption:
                self.nobody += 1
                points = NONE, NONE
            instead[step.move.step_id] = step, *points
        for step_id in list(self._unheld(instead)):
            self.refused += 1
            spent = instead[step_id][0] if step_id in instead else self._others.get(step_id)
            if spent is not None:
                instead[step_id] = spent, NONE, NONE
        for step, customer, worker in instead.values():
            self.customers += customer - step.customer_points
            if step.move.worker_id is not None and worker != step.worker_points:
                self.workers[step.move.worker_id] += worker - step.worker_points

    def _stood(self) -> dict[Place, list[datetime | None]]:
        """What stood already when the month began, of the tasks that came to these stages again."""
        # A step is written a little before its row of the ledger is.
        near = timedelta(days=2)
        came = (
            select(TaskStep.task_id, TaskStep.to_stage_id)
            .where(TaskStep.at >= self._month.start - near, TaskStep.at < self._month.end + near)
            .where(_STAGE.in_(list(self._settings)))
            .distinct()
            .subquery()
        )
        entry = PointsEntry
        rows = (
            select(entry.task_id, entry.stage_id, _back.at)
            .join(came, (came.c.task_id == entry.task_id) & (came.c.to_stage_id == entry.stage_id))
            .outerjoin(_back, _back.reverses_id == entry.id)
            .where(entry.day < self._month.first, entry.step_id.is_not(None))
        )
        found: defaultdict[Place, list[datetime | None]] = defaultdict(list)
        if not all(setting.scores_every_time for setting in self._settings.values()):
            for task_id, stage_id, until in self._session.execute(rows):
                found[task_id, stage_id].append(until)
        return found

    def _unheld(self, instead: _Tried) -> Iterable[int]:
        """The steps whose redemption the balance would not hold, in whatever process."""
        customers = self._spenders(instead)
        for begin in range(0, len(customers), _MANY):
            some = customers[begin : begin + _MANY]
            balances = _balances(self._session, self._month, some)
            for customer_id, booked in self._booked(instead, some).items():
                yield from (each.key for each in refused(booked, balances.get(customer_id, NONE)))

    def _spenders(self, instead: _Tried) -> list[int]:
        """Who spent in the month, or would have, and has other points by the draft."""
        moved = {
            step.move.customer_id
            for step, customer, _worker in instead.values()
            if customer != step.customer_points or self._is_guarded(step)
        }
        would = {step.move.customer_id for step, _customer, _worker in instead.values() if self._is_guarded(step)}
        redeemed = (
            select(PointsEntry.customer_id)
            .where(PointsEntry.day.between(self._month.first, self._month.last), PointsEntry.is_redemption)
            .where(PointsEntry.step_id.is_not(None), PointsEntry.customer_id.is_not(None))
            .distinct()
        )
        would |= set(self._session.scalars(redeemed)) if moved else set()
        return sorted(customer for customer in would & moved if customer is not None)

    def _is_guarded(self, step: Taken) -> bool:
        setting = self._settings[step.move.stage_id]
        return setting.is_redemption and not setting.may_go_below

    def _booked(self, instead: _Tried, customers: Sequence[int]) -> dict[int, list[Booked]]:
        """Everything that was booked for these customers in the month, and what would have been."""
        found: dict[int, list[Booked]] = {customer: [] for customer in customers}
        seen: set[int] = set()
        for row in self._session.execute(_entries(self._month, customers)):
            step_id, is_guarded = row.step_id, bool(row.is_guarded)
            trial = instead.get(step_id) if step_id is not None else None
            if trial is None:
                # Of another stage, a reversal, or a row that is reversed: as it was.
                is_open = row.reverses_id is None and row.undone is None and row.stage_id not in self._settings
                booked = Booked(row.at, step_id or 0, row.points, row.points, is_guarded and is_open, held=True)
                if booked.guarded and row.stage_id in self._stages:
                    move = Move(step_id, row.task_id, row.stage_id, row.worker_id, row.customer_id)
                    self._others[step_id] = Taken(move, row.at, row.points, row.worker_points)
            else:
                seen.add(step_id)
                step, points, _worker = trial
                same = is_guarded and points == row.points
                booked = Booked(row.at, step_id, row.points, points, self._is_guarded(step) and bool(points), held=same)
            found[row.customer_id].append(booked)
        for step_id, (step, points, _worker) in instead.items():
            if points and step_id not in seen and step.move.customer_id in found:
                found[step.move.customer_id].append(Booked(step.at, step_id, NONE, points, self._is_guarded(step)))
        return found


def _steps(session: Session, month: Month, stages: Sequence[int]) -> list[Taken]:
    """The steps of the month into these stages, in the order in which they were written, with their rows."""
    step, entry = TaskStep, PointsEntry
    columns: tuple[Any, ...] = (
        step.id, step.task_id, step.to_stage_id, step.by_id, step.at.label("taken_at"), Task.customer_id,
        entry.id.label("entry_id"), entry.at, entry.customer_id.label("scored_for"), entry.customer_points,
        entry.worker_points, _back.at.label("reversed_at"),
    )  # fmt: skip
    scored = (
        select(*columns)
        .join(Task, Task.id == step.task_id)
        .join(entry, entry.step_id == step.id)
        .outerjoin(_back, _back.reverses_id == entry.id)
        .where(entry.day.between(month.first, month.last), entry.stage_id.in_(stages))
    )
    # Since the step entered no stage, or the stage scored nothing.
    bare = (
        select(*columns)
        .join(Task, Task.id == step.task_id)
        .outerjoin(entry, entry.step_id == step.id)
        .outerjoin(_back, _back.reverses_id == entry.id)
        .where(step.at >= month.start, step.at < month.end, _STAGE.in_(stages), entry.id.is_(None))
        .where(step.to_stage_id.is_distinct_from(step.from_stage_id))
    )
    rows = [*session.execute(scored).all(), *session.execute(bare).all()]
    return [_taken(row) for row in sorted(rows, key=itemgetter(0))]


def _taken(row: Any) -> Taken:
    step_id, task_id, stage_id, by_id, taken_at, of_task, entry_id, at, scored_for, customer, worker, reversed_at = row
    if entry_id is None:
        return Taken(Move(step_id, task_id, stage_id, by_id, of_task), taken_at)
    return Taken(Move(step_id, task_id, stage_id, by_id, scored_for), at, customer, worker, reversed_at)


def _entries(month: Month, customers: Sequence[int]) -> Any:
    entry = PointsEntry
    guarded = (entry.is_redemption & ~StagePoints.may_go_below).label("is_guarded")
    return (
        select(
            entry.step_id, entry.task_id, entry.stage_id, entry.reverses_id, entry.customer_id, entry.worker_id,
            entry.at, entry.customer_points.label("points"), entry.worker_points, guarded, _back.id.label("undone"),
        )
        .outerjoin(StagePoints, StagePoints.id == entry.setting_id)
        .outerjoin(_back, _back.reverses_id == entry.id)
        .where(entry.customer_id.in_(customers), entry.day.between(month.first, month.last))
    )  # fmt: skip


def _balances(session: Session, month: Month, customers: Sequence[int]) -> dict[int, Decimal]:
    """What these customers had when the month began."""
    since = (
        select(PointsEntry.customer_id, func.sum(PointsEntry.customer_points))
        .where(PointsEntry.customer_id.in_(customers), PointsEntry.day >= month.first)
        .group_by(PointsEntry.customer_id)
    )
    later = {row[0]: row[1] for row in session.execute(since)}
    today = select(CustomerBalance.customer_id, CustomerBalance.balance)
    found = session.execute(today.where(CustomerBalance.customer_id.in_(customers)))
    return {customer: balance - later.get(customer, NONE) for customer, balance in found}
