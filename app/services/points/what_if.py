"""What if: the points of last month as they were, and as a process that is not saved yet would have made them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.points.scoring import NONE, Setting
from app.domain.processes.flow import ProcessDraft, point_problems
from app.models.base import alias_of
from app.models.people import User
from app.models.points import PointsEntry
from app.models.processes import Stage
from app.services.context import now, reads, require
from app.services.dialer.days import company_zone, edges
from app.services.points.settings import SCORES, in_force
from app.services.points.trial import Month, Trial
from app.services.saving import wrong

_back = alias_of(PointsEntry)


@dataclass(frozen=True, slots=True)
class WorkerShift:
    """What the stages of the process gave a worker in the month, and would have given."""

    user_id: int
    name: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """By how much it would have been more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer for the month from `first` to `last`: worker by worker, and the customers together.

    `refused` redemptions would not have been held by the customer's balance, whichever process they belong to, and
    `nobody` had no customer who could spend; those of this process are left out of `after`.
    """

    first: date
    last: date
    workers: tuple[WorkerShift, ...] = ()
    customers_before: Decimal = NONE
    customers_after: Decimal = NONE
    refused: int = 0
    nobody: int = 0

    @property
    def is_same(self) -> bool:
        """Whether everything would have been as it was."""
        same = all(not each.difference for each in self.workers)
        return same and self.customers_after == self.customers_before and not self.refused and not self.nobody


@reads
def what_if(session: Session, draft: ProcessDraft, *, progress: Callable[[int, int], object] | None = None) -> WhatIf:
    """Score last month's steps again by the draft; a stage that scores as it does now keeps what it scored.

    Last month is the calendar month before this one of the company. What was reversed is left out on both sides.
    """
    require(session, Permission.ADMINISTER)
    for stage in draft.stages:
        if found := point_problems(stage):
            raise wrong(found[0].code, found[0].what)
    month = _last_month(session)
    stages = _stages(session, draft)
    if not stages:
        return WhatIf(month.first, month.last)
    before, customers = _as_it_was(session, month, list(stages))
    changed = _changed(session, draft, stages)
    trial = Trial(session, month, changed, stages)
    if changed:
        trial.run(progress)
    workers = _named(session, before, trial.workers)
    after = customers + trial.customers
    return WhatIf(month.first, month.last, workers, customers, after, trial.refused, trial.nobody)


def _named(session: Session, before: Mapping[int, Decimal], shift: Mapping[int, Decimal]) -> tuple[WorkerShift, ...]:
    """Everybody who had points or would have, by name."""
    ids = before.keys() | shift.keys()
    found = session.execute(select(User.id, User.name).where(User.id.in_(ids)).order_by(User.name, User.id))
    shifts = []
    for user_id, name in found:
        had = before.get(user_id, NONE)
        shifts.append(WorkerShift(user_id, name, had, had + shift.get(user_id, NONE)))
    return tuple(each for each in shifts if each.before or each.after)


def _last_month(session: Session) -> Month:
    zone = company_zone(session)
    last = now(session).astimezone(zone).date().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    return Month(first, last, edges(first, zone)[0], edges(last, zone)[1])


def _stages(session: Session, draft: ProcessDraft) -> tuple[int, ...]:
    """The stages the process has; those that are only drawn have no past."""
    if draft.id is None:
        return ()
    return tuple(session.scalars(select(Stage.id).where(Stage.process_id == draft.id).order_by(Stage.id)))


def _changed(session: Session, draft: ProcessDraft, stages: Sequence[int]) -> dict[int, Setting]:
    """The stages that would score otherwise than they do now; one that is drawn no more scores nothing."""
    held = in_force(session, stages)
    found = {}
    for key in stages:
        stands, drawn = (_setting(each) for each in (held.get(key), draft.stage(key)))
        if stands != drawn:
            found[key] = drawn
    return found


def _setting(source: object) -> Setting:
    return Setting() if source is None else Setting(**{name: getattr(source, name) for name in SCORES})


def _as_it_was(session: Session, month: Month, stages: Sequence[int]) -> tuple[dict[int, Decimal], Decimal]:
    """What the ledger has of the month: for each worker, and for the customers together."""
    entry = PointsEntry
    sums = (
        select(entry.worker_id, func.sum(entry.worker_points), func.sum(entry.customer_points))
        .outerjoin(_back, _back.reverses_id == entry.id)
        .where(entry.day.between(month.first, month.last), entry.stage_id.in_(stages))
        .where(entry.step_id.is_not(None), _back.id.is_(None))
        .group_by(entry.worker_id)
    )
    workers: dict[int, Decimal] = {}
    customers = NONE
    for worker_id, points, spent in session.execute(sums):
        customers += spent
        if worker_id is not None:
            workers[worker_id] = points
    return workers, customers
