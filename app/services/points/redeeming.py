"""Spending a customer's points: where it can be done, and doing it, whole or not at all."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.points.refusals import too_little
from app.domain.words import N_, message
from app.models.base import alias_of
from app.models.customers import Customer
from app.models.points import PointsEntry, StagePoints
from app.models.processes import Process, Stage
from app.models.tickets import TaskStep
from app.services.context import actor, now, reads, require, writes
from app.services.points.of_customer import balance
from app.services.saving import tell
from app.services.tickets import work
from app.services.tickets.layouts import missing_of_task
from app.services.tickets.tasks import NewTask, open_task

_UNDONE = message(N_("Nothing was changed."))
_UNSAVED = message(N_("Nothing was saved."))


@dataclass(frozen=True, slots=True)
class Offer:
    """A stage where a customer can spend this many points; `is_enough` when he has them or needs not.

    `left` is what would be left; below zero where it is not enough.
    """

    stage_id: int
    process: str
    stage: str
    points: Decimal
    left: Decimal
    is_enough: bool
    is_final: bool


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption: its task, what was spent, and what is left."""

    task_id: int
    is_closed: bool
    points: Decimal
    balance: Decimal


_newest = alias_of(StagePoints)
_IN_FORCE = (
    select(_newest.id)
    .where(_newest.stage_id == Stage.id)
    .order_by(_newest.valid_from.desc(), _newest.id.desc())
    .limit(1)
    .correlate(Stage)
    .scalar_subquery()
)
_OFFERS = (
    select(Stage.id, Process.name, Stage.name, -StagePoints.customer_points, StagePoints.may_go_below, Stage.is_final)
    .join(Process, Process.id == Stage.process_id)
    .join(StagePoints, StagePoints.id == _IN_FORCE)
    .where(Process.is_active, StagePoints.is_redemption)
    .order_by(-StagePoints.customer_points, Process.name, Stage.position, Stage.id)
)


@reads
def offers(session: Session, customer_id: int) -> tuple[Offer, ...]:
    """Where points can be spent now, the cheapest first, and whether this customer has enough of them."""
    has = balance(session, customer_id).balance
    return tuple(
        Offer(stage_id, process, stage, points, has - points, bool(below) or has >= points, is_final)
        for stage_id, process, stage, points, below, is_final in session.execute(_OFFERS)
    )


@writes
def redeem(
    session: Session, customer_id: int, stage_id: int, note: str = "", *, points: Decimal | None = None
) -> Redeemed:
    """Spend points of a customer: a task of that process opens at the stage, and is closed at once where it ends there.

    `points` are those the person was shown: where the stage takes others by now, nothing is spent. What the balance
    does not hold is refused, here in words and by the database whoever comes at the same moment.
    """
    require(session, Permission.WORK_TASKS)
    if session.scalar(select(Customer.id).where(Customer.id == customer_id)) is None:
        raise NotFound(message(N_("This customer is no longer there.")), _UNDONE)
    offer = next((each for each in offers(session, customer_id) if each.stage_id == stage_id), None)
    if offer is None:
        raise Refused("NO_REDEMPTION", message(N_("Points are no longer spent at this stage.")), _UNDONE)
    if points is not None and points != offer.points:
        raise Refused("CHANGED", message(N_("Somebody else changed this in the meantime.")), _UNSAVED)
    if not offer.is_enough:
        raise too_little(offer.left + offer.points, offer.points)
    ends = offer.is_final and not missing_of_task(session, None, {})
    new = NewTask(
        title=offer.stage,
        customer_id=customer_id,
        stage_id=stage_id,
        user_id=actor(session) if ends else None,
        note=note,
    )
    task = open_task(session, new, is_intake=True)
    if ends:
        work.finish(session, task, now(session))
    session.flush()
    written = select(PointsEntry.id).join(TaskStep, TaskStep.id == PointsEntry.step_id)
    tell(session, "points_entries", *session.scalars(written.where(TaskStep.task_id == task.id)))
    return Redeemed(task.id, ends, offer.points, balance(session, customer_id).balance)
