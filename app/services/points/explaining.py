"""Why: where the points of a row come from, and why a step of a task scored none."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.points.reasons import EntryFacts, LinkFacts, Nothing, SettingFacts, tell, tell_nothing
from app.domain.words import N_, Message, message
from app.models.customers import Customer
from app.models.people import User
from app.models.points import StagePoints
from app.models.processes import Stage
from app.models.tickets import Task, TaskStep
from app.services.context import reads
from app.services.dialer.days import company_zone
from app.services.points.shown import Shown, of_task

_EVER = datetime(1971, 1, 1, tzinfo=UTC)
"""Settings that were there before they were dated are in force since the beginning of time."""


@reads
def why_entry(session: Session, entry_id: int) -> tuple[Message, ...]:
    """The step, setting and occasion of a row, or what it reverses and why; moments in the company's time."""
    rows = of_task(session, entry_id=entry_id)
    found = next((each for each in rows if each.id == entry_id), None)
    if found is None:
        raise NotFound(message(N_("This row is not there.")))
    zone = company_zone(session)
    setting = None if found.setting_id is None else session.get(StagePoints, found.setting_id)
    facts = EntryFacts(
        found.id,
        session.scalar(select(Task.title).where(Task.id == found.task_id)) or str(found.task_id),
        found.process,
        found.stage,
        found.at.astimezone(zone),
        _name(session, found.by_id),
        session.scalar(select(Customer.name).where(Customer.id == found.customer_id)),
        _name(session, found.worker_id),
        found.customer_points,
        found.worker_points,
        found.occasion,
        found.note,
        _setting(session, setting, zone),
        _link(session, next((each for each in rows if each.id == found.reverses_id), None), zone),
        _link(session, next((each for each in rows if each.reverses_id == found.id), None), zone),
    )
    return tell(facts)


@reads
def why_step(session: Session, step_id: int) -> tuple[Message, ...]:
    """Where the points of a task's step come from, or why it scored nothing."""
    rows = of_task(session, step_id=step_id)
    entry_id = next((each.id for each in rows if each.step_id == step_id), None)
    if entry_id is not None:
        return why_entry(session, entry_id)
    step = session.get(TaskStep, step_id)
    if step is None:
        raise NotFound(message(N_("This step is not there.")))
    if step.to_stage_id is None or step.to_stage_id == step.from_stage_id:
        return tell_nothing(Nothing.NOT_ENTERED, "")
    zone = company_zone(session)
    stage = session.scalar(select(Stage.name).where(Stage.id == step.to_stage_id)) or ""
    setting = _in_force(session, step)
    told = _setting(session, setting, zone)
    if setting is None or not (setting.customer_points or setting.worker_points):
        return tell_nothing(Nothing.NO_POINTS, stage, told)
    if not setting.scores_every_time and (before := _standing(session, rows, step, zone)) is not None:
        return tell_nothing(Nothing.SCORED_BEFORE, stage, told, before)
    return tell_nothing(_lacks(session, step, setting), stage, told)


def _lacks(session: Session, step: TaskStep, setting: StagePoints) -> Nothing:
    has_customer = session.scalar(select(Task.customer_id).where(Task.id == step.task_id)) is not None
    if not has_customer and not setting.worker_points:
        return Nothing.NO_CUSTOMER
    if step.by_id is None and not (setting.customer_points and has_customer):
        return Nothing.NO_WORKER
    return Nothing.BEFORE_THE_LEDGER


def _in_force(session: Session, step: TaskStep) -> StagePoints | None:
    """The setting of the stage at the moment of the step."""
    asked = (
        select(StagePoints)
        .where(StagePoints.stage_id == step.to_stage_id, StagePoints.valid_from <= step.at)
        .order_by(StagePoints.valid_from.desc(), StagePoints.id.desc())
        .limit(1)
    )
    return session.scalars(asked).first()


def _standing(session: Session, rows: Sequence[Shown], step: TaskStep, zone: tzinfo) -> LinkFacts | None:
    """What the task had scored at this stage before the step, and kept until then."""
    taken_back = {each.reverses_id for each in rows if each.at <= step.at}
    before = (
        each
        for each in reversed(rows)
        if each.stage_id == step.to_stage_id
        and each.step_id is not None
        and each.step_id < step.id
        and each.id not in taken_back
    )
    return _link(session, next(before, None), zone)


def _setting(session: Session, setting: StagePoints | None, zone: tzinfo) -> SettingFacts | None:
    if setting is None:
        return None
    return SettingFacts(
        setting.customer_points,
        setting.worker_points,
        setting.scores_every_time,
        setting.is_redemption,
        setting.may_go_below,
        setting.valid_from.astimezone(zone) if setting.valid_from > _EVER else None,
        _name(session, setting.by_id),
    )


def _link(session: Session, other: Shown | None, zone: tzinfo) -> LinkFacts | None:
    if other is None:
        return None
    return LinkFacts(other.id, other.at.astimezone(zone), _name(session, other.by_id), other.note)


def _name(session: Session, user_id: int | None) -> str | None:
    return None if user_id is None else session.scalar(select(User.name).where(User.id == user_id))
