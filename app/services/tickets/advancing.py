"""Moving a task: to another stage, to another pair of hands, or to its end. One transaction, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import Conflict, NotFound, Refused
from app.domain.people import Permission
from app.domain.processes.routing import Rule, reason
from app.domain.tickets.fields import enumeration, field_name
from app.domain.words import N_, counted, message
from app.models.people import User
from app.models.processes import StageLink
from app.models.tickets import Task, TaskStep
from app.services.context import actor, now, require, writes
from app.services.processes.routing import Handing, assign
from app.services.tickets import work
from app.services.tickets.custom_fields import names
from app.services.tickets.layouts import missing_of_task
from app.services.tickets.tasks import (
    Advanced,
    StageFacts,
    after_step,
    name_of,
    stage_facts,
    state_id,
    write_note,
)


@dataclass(frozen=True, slots=True)
class Update:
    """What the update window sends. Without a stage the task stays at its own; without `user_id` and `is_automatic`
    with its handler. What is None is left as it is.
    """

    stage_id: int | None = None
    user_id: int | None = None
    is_automatic: bool = False
    due_at: datetime | None = None
    state_id: int | None = None
    note: str = ""
    note_kind_id: int | None = None
    custom: Mapping[str, Any] | None = None
    project_id: int | None = None
    closes: bool = False


@dataclass(frozen=True, slots=True)
class _Now:
    """The task as it stands, locked."""

    id: int
    version: int
    ticket_id: int | None
    customer_id: int | None
    activity_type_id: int | None
    state_id: int | None
    stage_id: int | None
    user_id: int | None
    group_id: int | None
    is_by_hand: bool
    awaits_profile_id: int | None
    project_id: int | None
    title: str
    due_at: datetime | None
    closed_at: datetime | None
    custom: dict[str, Any]


_LOCKED = (
    select(*[getattr(Task, name) for name in _Now.__dataclass_fields__])
    .where(Task.id == bindparam("task"))
    .with_for_update()
)


@writes
def advance(session: Session, task_id: int, version: int, change: Update) -> Advanced:
    """Move a task as the person asked; the second of two who move it at once is told who was first."""
    require(session, Permission.WORK_TASKS)
    task = _seen(session, task_id, version)
    stage_id = change.stage_id or task.stage_id
    facts = None if stage_id is None else stage_facts(session, stage_id)
    if change.stage_id is not None and change.stage_id != task.stage_id:
        _refuse_unlinked(session, task, change.stage_id)
    closes = change.closes or (facts is not None and facts.is_final and facts.id != task.stage_id)
    custom = task.custom if change.custom is None else dict(change.custom)
    if closes:
        _refuse_unfinished(session, task, custom)
        handing = Handing(task.user_id or 0, Rule.CLOSED.value, _plain(Rule.CLOSED, facts), is_automatic=False)
    else:
        handing = _receiver(session, task, facts, change)
    step = _write(session, task, facts, handing, change, custom, closes=closes)
    after_step(session, step, facts, ticket_id=task.ticket_id, title=task.title, is_linked=False)
    session.flush()
    return Advanced(
        task.id,
        task.version + 1,
        closes,
        step.to_user_id,
        name_of(session, step.to_user_id),
        handing.rule,
        handing.reason,
        tuple(session.info.pop("opened", ())),
    )


def _seen(session: Session, task_id: int, version: int) -> _Now:
    """The task, locked in the version the person saw and still open."""
    row = session.execute(_LOCKED, {"task": task_id}).first()
    if row is None:
        raise NotFound(message(N_("This task does not exist any more.")), message(N_("Nothing was saved.")))
    task = _Now(*row)
    if task.version != version:
        raise _overtaken(session, task)
    if task.closed_at is not None:
        raise Refused(
            "CLOSED", message(N_("This task is closed.")), message(N_("Nothing was saved. Open a new task instead."))
        )
    return task


def _overtaken(session: Session, task: _Now) -> Conflict:
    last = (
        select(User.name)
        .join(TaskStep, TaskStep.by_id == User.id)
        .where(TaskStep.task_id == task.id)
        .order_by(TaskStep.id.desc())
        .limit(1)
    )
    name = session.scalar(last)
    hint = message(N_("Nothing was overwritten and what you typed is kept. Look where the task stands now."))
    if name is None:
        return Conflict(message(N_("Somebody else moved this task in the meantime.")), hint)
    return Conflict(message(N_("{name} moved this task in the meantime."), name=name), hint)


def _refuse_unlinked(session: Session, task: _Now, stage_id: int) -> None:
    if task.stage_id is None:
        raise Refused("NOT_NEXT", message(N_("This task follows no process.")), message(N_("Nothing was saved.")))
    linked = select(StageLink.id).where(StageLink.from_stage_id == task.stage_id, StageLink.to_stage_id == stage_id)
    if session.scalar(linked) is None:
        raise Refused(
            "NOT_NEXT",
            message(N_("This stage cannot be reached from where the task stands.")),
            message(N_("Nothing was saved. Choose one of the stages that are offered.")),
        )


def _refuse_unfinished(session: Session, task: _Now, custom: Mapping[str, Any]) -> None:
    """A task does not close while fields its kind asks for are empty, nor while a visit is still to come."""
    empty = missing_of_task(session, task.activity_type_id, custom)
    if empty:
        own = names(session)
        listed = [field_name(code, own) for code in empty]
        raise Refused(
            "MISSING",
            counted(
                N_("The task needs a field that is empty: {fields}."),
                N_("The task needs {count} fields that are empty: {fields}."),
                len(listed),
                fields=enumeration(listed),
            ),
            message(N_("It stays open. Fill them in, then close it.")),
        )
    work.refuse_planned(session, [task.id], now(session))


def _receiver(session: Session, task: _Now, facts: StageFacts | None, change: Update) -> Handing:
    if change.user_id is not None:
        rule = Rule.KEPT if change.user_id == task.user_id else Rule.BY_HAND
        return Handing(change.user_id, rule.value, _plain(rule, facts), is_automatic=False)
    if not change.is_automatic:
        kept = task.user_id or 0
        return Handing(kept, Rule.KEPT.value, _plain(Rule.KEPT, facts), False, task.awaits_profile_id)
    if facts is None:
        raise Refused(
            "NO_PROCESS",
            message(N_("This task follows no process, so nobody can be found automatically.")),
            message(N_("It stays with its handler. Name the next handler.")),
        )
    return assign(session, facts.target(), task_id=task.id, customer_id=task.customer_id, holder_id=task.user_id)


def _plain(rule: Rule, facts: StageFacts | None) -> dict[str, Any]:
    return reason(rule, stage=facts.name if facts else None)


def _write(
    session: Session,
    task: _Now,
    facts: StageFacts | None,
    handing: Handing,
    change: Update,
    custom: Mapping[str, Any],
    *,
    closes: bool,
) -> TaskStep:
    moment = now(session)
    is_elsewhere = facts is not None and facts.id != task.stage_id
    user_id = handing.user_id or None
    moved = user_id != task.user_id
    state = change.state_id or task.state_id
    session.execute(
        update(Task)
        .where(Task.id == task.id, Task.version == task.version)
        .values(
            version=task.version + 1,
            stage_id=facts.id if facts else None,
            user_id=user_id,
            group_id=task.group_id if user_id is None else None,
            is_by_hand=not handing.is_automatic if moved or change.user_id else task.is_by_hand,
            awaits_profile_id=None if closes else handing.awaits_profile_id,
            due_at=change.due_at or (facts.due(moment) if facts and is_elsewhere else None) or task.due_at,
            state_id=state_id(session, "done") if closes else state,
            closed_at=moment if closes else None,
            custom=dict(custom),
            project_id=change.project_id or task.project_id,
        ),
        execution_options={"synchronize_session": False},
    )
    step = TaskStep(
        task_id=task.id,
        at=moment,
        by_id=actor(session),
        from_stage_id=task.stage_id,
        to_stage_id=facts.id if facts else None,
        from_user_id=task.user_id,
        to_user_id=user_id,
        rule=handing.rule,
        reason=handing.reason,
        is_automatic=handing.is_automatic,
        closes=closes,
        note=change.note.strip(),
        customer_points=facts.customer_points if facts and is_elsewhere else 0,
        worker_points=facts.worker_points if facts and is_elsewhere else 0,
    )
    session.add(step)
    session.flush()
    if step.note:
        write_note(session, step, task.ticket_id, task.customer_id, change.note_kind_id)
    return step


@writes
def reroute_waiting(session: Session) -> tuple[int, ...]:
    """Give what waits for somebody with a profile to whoever is in by now; the tasks that were given."""
    return reroute(session)


_WAITING = (
    select(Task.id)
    .where(Task.awaits_profile_id.is_not(None), Task.closed_at.is_(None), Task.is_by_hand.is_(False))
    .order_by(Task.id)
    .limit(500)
    .with_for_update(skip_locked=True)
)


def reroute(session: Session) -> tuple[int, ...]:
    """The same within another call: after profiles, users, absences or hours have changed.

    Each task is weighed anew, so that those who come in share what waited.
    """
    session.flush()
    given = []
    for task_id in session.scalars(_WAITING).all():
        task = _Now(*session.execute(_LOCKED, {"task": task_id}).one())
        if task.stage_id is None:
            continue
        facts = stage_facts(session, task.stage_id)
        if facts.profile_id is None:
            continue
        handing = assign(session, facts.target(), task_id=task.id, customer_id=task.customer_id, holder_id=task.user_id)
        if handing.awaits_profile_id is not None:
            continue
        step = _write(session, task, facts, handing, Update(), task.custom, closes=False)
        after_step(session, step, facts, ticket_id=task.ticket_id, title=task.title)
        given.append(task_id)
    return tuple(given)


def next_stages(session: Session, stage_id: int) -> tuple[int, ...]:
    """The stages that can be reached from one, in the order the administrator gave them."""
    asked = select(StageLink.to_stage_id).where(StageLink.from_stage_id == stage_id)
    return tuple(session.scalars(asked.order_by(StageLink.position, StageLink.id)))


def waiting_count(session: Session) -> int:
    """How many open tasks wait for somebody with their stage's profile."""
    return (
        session.scalar(select(func.count()).where(Task.awaits_profile_id.is_not(None), Task.closed_at.is_(None))) or 0
    )
