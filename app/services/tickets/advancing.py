"""Moving a task: to another stage, to another pair of hands, or to its end. One transaction, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from app.db.asking import writing_later
from app.db.types import BigInt
from app.domain.errors import Conflict, NotFound, Refused
from app.domain.people import Permission
from app.domain.processes.routing import Rule, reason
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.people import User
from app.models.processes import StageLink
from app.models.tickets import Task, TaskStep
from app.services.context import MAY_WORK, actor, keep_now, now, reads, require, writes
from app.services.processes.routing import RULES, SETTINGS_COLUMNS, Handing, assign, keep_settings, weigh
from app.services.tickets import work
from app.services.tickets.stages import STAGE_COLUMNS, STAGES, StageFacts, stage_facts, stages_joined
from app.services.tickets.steps import NewStep, Step, add_step
from app.services.tickets.tasks import Advanced, after_step, name_of, state_id, write_note


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
    opened_by_task_id: int | None

    @property
    def is_linked(self) -> bool:
        """Whether it opened by itself beside another task."""
        return self.opened_by_task_id is not None


_TASKS = table_of(Task)
_TASK_COLUMNS = tuple(_TASKS.c[name] for name in _Now.__dataclass_fields__)
_LOCKED = select(*_TASK_COLUMNS).where(_TASKS.c.id == bindparam("task")).with_for_update()

_LINKS = table_of(StageLink)
_IS_NEXT = (
    select(_LINKS.c.id).where(_LINKS.c.from_stage_id == _TASKS.c.stage_id, _LINKS.c.to_stage_id == STAGES.c.id).exists()
)
# Everything a move asks first, in one question: the task, the stage it goes to, the company's rules, the actor's right.
_FACTS = (
    select(*_TASK_COLUMNS, *STAGE_COLUMNS, *SETTINGS_COLUMNS, func.now(), _IS_NEXT, MAY_WORK)
    .select_from(
        stages_joined(
            _TASKS.join(RULES, RULES.c.id == 1),
            STAGES.c.id == func.coalesce(bindparam("stage", type_=BigInt), _TASKS.c.stage_id),
        )
    )
    .where(_TASKS.c.id == bindparam("task"))
    .with_for_update(of=_TASKS)
)
_OF_TASK, _OF_STAGE = len(_TASK_COLUMNS), len(_TASK_COLUMNS) + len(STAGE_COLUMNS)


_ON_THE_PLAN = message(N_("Nothing was saved. Move the visit on the planner, or unschedule it first."))


@writes
def advance(session: Session, task_id: int, version: int, change: Update) -> Advanced:
    """Move a task as the person asked; the second of two who move it at once is told who was first."""
    task, facts, is_next = _seen(session, task_id, version, change.stage_id)
    if change.stage_id is not None and change.stage_id != task.stage_id:
        _refuse_unlinked(task, is_next=is_next)
    closes = change.closes or (facts is not None and facts.is_final and facts.id != task.stage_id)
    custom = task.custom if change.custom is None else dict(change.custom)
    if closes:
        _refuse_unfinished(session, task, custom)
        handing = Handing(task.user_id or 0, Rule.CLOSED.value, _plain(Rule.CLOSED, facts), is_automatic=False)
    else:
        handing = _receiver(session, task, facts, change)
        if task.stage_id is None and handing.user_id != (task.user_id or 0):
            work.refuse_planned(session, [task.id], now(session), _ON_THE_PLAN)
    with writing_later(session):
        step = _write(session, task, facts, handing, change, custom, closes=closes)
        after_step(
            session, step, facts, ticket_id=task.ticket_id, title=task.title, is_linked=task.is_linked,
            customer_id=task.customer_id,
        )  # fmt: skip
    name = handing.name or name_of(session, step.to_user_id)
    opened = tuple(session.info.pop("opened", ()))
    return Advanced(task.id, task.version + 1, closes, step.to_user_id, name, handing.rule, handing.reason, opened)


def _seen(session: Session, task_id: int, version: int, stage_id: int | None) -> tuple[_Now, StageFacts | None, bool]:
    """The task, locked in the version the person saw and still open, with the stage it is to stand at."""
    session.flush()
    asked = {"task": task_id, "stage": stage_id, "actor": actor(session)}
    connection = session.connection()
    # Whoever had to wait for the lock may find the task at another stage and the question unanswered: then once more.
    row = connection.execute(_FACTS, asked).first() or connection.execute(_FACTS, asked).first()
    if row is None:
        require(session, Permission.WORK_TASKS)
        raise NotFound(message(N_("This task is no longer there.")), message(N_("Nothing was saved.")))
    *rules, moment, is_next, may_work = row[_OF_STAGE:]
    keep_now(session, moment)
    keep_settings(session, rules)
    if not may_work:
        require(session, Permission.WORK_TASKS)
    task = _Now(*row[:_OF_TASK])
    if task.version != version:
        raise _overtaken(session, task)
    if task.closed_at is not None:
        raise Refused(
            "CLOSED", message(N_("This task is closed.")), message(N_("Nothing was saved. Open a new task instead."))
        )
    stage = row[_OF_TASK:_OF_STAGE]
    if stage[0] is None and stage_id is not None:
        raise NotFound(message(N_("This stage is no longer there.")), message(N_("Nothing was saved.")))
    return task, None if stage[0] is None else StageFacts(*stage), bool(is_next)


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


def _refuse_unlinked(task: _Now, *, is_next: bool) -> None:
    if task.stage_id is None:
        raise Refused("NOT_NEXT", message(N_("This task follows no process.")), message(N_("Nothing was saved.")))
    if not is_next:
        raise Refused(
            "NOT_NEXT",
            message(N_("This stage cannot be reached from where the task stands.")),
            message(N_("Nothing was saved. Choose one of the stages that are offered.")),
        )


def _refuse_unfinished(session: Session, task: _Now, custom: Mapping[str, Any]) -> None:
    """A task does not close while fields its kind asks for are empty, nor while a visit is still to come."""
    work.refuse_unfilled(session, task.activity_type_id, custom)
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
) -> Step:
    moment = now(session)
    is_elsewhere = facts is not None and facts.id != task.stage_id
    user_id = handing.user_id or None
    moved = user_id != task.user_id
    session.connection().execute(
        _MOVE,
        {
            "task": task.id,
            "seen": task.version,
            "to_stage": facts.id if facts else None,
            "to_user": user_id,
            "to_group": task.group_id if user_id is None else None,
            "by_hand": not handing.is_automatic if moved or change.user_id else task.is_by_hand,
            "awaits": handing.awaits_profile_id,
            "due": change.due_at or (facts.due(moment) if facts and is_elsewhere else None) or task.due_at,
            "state": state_id(session, "done") if closes else change.state_id or task.state_id,
            "closed": moment if closes else None,
            "own": dict(custom),
            "project": change.project_id or task.project_id,
        },
    )
    new_step = NewStep(
        task_id=task.id,
        at=moment,
        from_stage_id=task.stage_id,
        to_stage_id=facts.id if facts else None,
        from_user_id=task.user_id,
        to_user_id=user_id,
        rule=handing.rule,
        reason=handing.reason,
        is_automatic=handing.is_automatic,
        closes=closes,
        note=change.note.strip(),
    )
    step = add_step(session, new_step)
    if step.note:
        write_note(session, step, task.ticket_id, task.customer_id, change.note_kind_id)
    return step


_MOVE = (
    update(_TASKS)
    .where(_TASKS.c.id == bindparam("task"), _TASKS.c.version == bindparam("seen"))
    .values(
        version=_TASKS.c.version + 1,
        stage_id=bindparam("to_stage"),
        user_id=bindparam("to_user"),
        group_id=bindparam("to_group"),
        is_by_hand=bindparam("by_hand"),
        awaits_profile_id=bindparam("awaits"),
        due_at=bindparam("due"),
        state_id=bindparam("state"),
        closed_at=bindparam("closed"),
        custom=bindparam("own"),
        project_id=bindparam("project"),
    )
)


@writes
def reroute_waiting(session: Session) -> tuple[int, ...]:
    """Give what waits for somebody with a profile to whoever is in by now; the tasks that were given."""
    return reroute(session)


_AWAITED = select(Task.awaits_profile_id).where(Task.awaits_profile_id.is_not(None), Task.closed_at.is_(None))
_WAITING = (
    select(Task.id)
    .where(Task.awaits_profile_id.in_(bindparam("there", expanding=True)))
    .where(Task.closed_at.is_(None), Task.is_by_hand.is_(False))
    .order_by(Task.id)
    .limit(500)
    .with_for_update(skip_locked=True)
)


@reads
def somebody_came_in(session: Session) -> bool:
    """Whether a task waits for a profile that somebody who is in holds by now: then `reroute_waiting` has work."""
    return bool(_there(session))


def _there(session: Session) -> list[int]:
    """The profiles tasks wait for of which a holder is in."""
    awaited = session.scalars(_AWAITED.distinct()).all()
    return [
        key for key in awaited if key and any(each.is_active and not each.is_absent for each in weigh(session, key))
    ]


def reroute(session: Session) -> tuple[int, ...]:
    """The same within another call: after profiles, users, absences or hours have changed.

    Each task is weighed anew, so that those who come in share what waited.
    """
    session.flush()
    given: list[int] = []
    there = _there(session)
    if not there:
        return ()
    for task_id in session.scalars(_WAITING, {"there": there}).all():
        session.flush()
        task = _Now(*session.connection().execute(_LOCKED, {"task": task_id}).one())
        if task.stage_id is None:
            continue
        facts = stage_facts(session, task.stage_id)
        if facts.profile_id is None:
            continue
        handing = assign(
            session,
            facts.target(),
            task_id=task.id,
            customer_id=task.customer_id,
            holder_id=task.user_id,
            is_linked=task.is_linked,
        )
        if handing.awaits_profile_id is not None:
            continue
        step = _write(session, task, facts, handing, Update(), task.custom, closes=False)
        after_step(session, step, facts, ticket_id=task.ticket_id, title=task.title, is_linked=task.is_linked)
        given.append(task_id)
    return tuple(given)
