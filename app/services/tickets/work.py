"""The tasks of a ticket: who gets the work, how it follows the card, and how it ends with the ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.processes.routing import AUTOMATIC, Rule, reason
from app.domain.tickets.fields import field_name
from app.domain.words import N_, Message, counted, enumeration, message
from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityState, ActivityType
from app.models.tickets import Task, Ticket, TicketType
from app.services.context import now
from app.services.processes.routing import route
from app.services.tickets.custom_fields import names
from app.services.tickets.layouts import missing_of_task
from app.services.tickets.stages import intake_stage, stage_facts
from app.services.tickets.steps import NewStep, add_step
from app.services.tickets.tasks import NewTask, after_step, open_task

_STAYS_OPEN = message(N_("It stays open. Unschedule the visit, or close the ticket after it."))


@dataclass(frozen=True, slots=True)
class Work:
    """What a ticket type asks for: an activity type, whether the back office plans it, the stage of a process at which
    its task begins, and by when it is due.
    """

    activity_type_id: int | None = None
    is_planned: bool = False
    group_id: int | None = None
    minutes: int | None = None
    due_hours: int | None = None
    stage_id: int | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether somebody is found to do it without being named."""
        return self.is_planned or self.stage_id is not None


def work_of(session: Session, type_id: int | None) -> Work:
    """The work of a ticket type; without one it is simply to be handled."""
    found = (
        select(
            ActivityType.id,
            ActivityType.is_schedulable,
            ActivityType.back_office_group_id,
            ActivityType.expected_minutes,
            TicketType.due_hours,
            TicketType.process_id,
        )
        .select_from(TicketType)
        .outerjoin(ActivityType, ActivityType.id == TicketType.activity_type_id)
    )
    row = None if type_id is None else session.execute(found.where(TicketType.id == type_id)).first()
    if row is None:
        return Work()
    activity_type_id, is_planned, group_id, minutes, due_hours, process_id = row
    stage_id = None if process_id is None else intake_stage(session, process_id)
    return Work(activity_type_id, bool(is_planned) and stage_id is None, group_id, minutes, due_hours, stage_id)


def begin(session: Session, ticket: Ticket, work: Work) -> Task:
    """Give an open ticket its task.

    One that has to be planned goes to the back office; one of a process begins at its intake and finds its handler by
    itself unless the card names him; any other goes to the handler of the card.
    """
    new = NewTask(
        title=ticket.subject,
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        stage_id=work.stage_id,
        activity_type_id=work.activity_type_id,
        user_id=None if work.is_planned or not _is_active(session, ticket.handler_id) else ticket.handler_id,
        group_id=(work.group_id or _back_office(session)) if work.is_planned else None,
        due_at=ticket.due_at,
        expected_minutes=work.minutes,
        project_id=ticket.subproject_id or ticket.project_id,
    )
    return open_task(session, new, is_intake=True)


def follow(session: Session, ticket: Ticket, *, is_retyped: bool, is_handed_over: bool) -> tuple[int, ...]:
    """Let the open tasks follow their ticket's card; a call already on the plan keeps its type and its place.

    A task that goes through a process keeps its own due date and way; a handler named on the card takes over the
    ticket's own task, never the linked ones that others work on nor a call that is on the plan.
    """
    tasks = _open_tasks(session, ticket.id)
    planned = set(
        session.scalars(select(Visit.task_id).where(Visit.task_id.in_([task.id for task in tasks]), Visit.is_active))
    )
    for task in tasks:
        task.customer_id = ticket.customer_id
        if task.opened_by_task_id is not None:
            continue
        task.title = ticket.subject
        if task.stage_id is None:
            task.due_at = ticket.due_at
        if is_retyped and task.id not in planned and task.stage_id is None:
            _reassign(session, task, ticket, work_of(session, ticket.type_id))
        elif is_handed_over and task.id not in planned and task.user_id is not None and ticket.handler_id is not None:
            _hand_over(session, task, ticket.handler_id)
    return tuple(task.id for task in tasks)


def end(session: Session, ticket: Ticket, moment: datetime) -> tuple[int, ...]:
    """Close the open tasks; refused while a visit of theirs is still to come, for nothing leaves the plan unsaid, and
    while a field that a task needs is empty.
    """
    tasks = _open_tasks(session, ticket.id)
    refuse_planned(session, [task.id for task in tasks], moment)
    for task in tasks:
        refuse_unfilled(session, task.activity_type_id, task.custom)
    for task in tasks:
        finish(session, task, moment)
    return tuple(task.id for task in tasks)


def finish(session: Session, task: Task, moment: datetime) -> None:
    """Close one open task, with its step."""
    task.closed_at, task.state_id = moment, _state(session, "done")
    _record(session, task, task.user_id, Rule.CLOSED.value, reason(Rule.CLOSED), closes=True)


def resume(session: Session, ticket: Ticket, closed_at: datetime) -> tuple[int, ...]:
    """Open again the tasks that ended with the ticket; where none did, it gets a new one."""
    asked = select(Task).where(Task.ticket_id == ticket.id, Task.closed_at == closed_at)
    tasks = [task for task in session.scalars(asked) if (task.user_id is None) is not (task.group_id is None)]
    if not tasks:
        return (begin(session, ticket, work_of(session, ticket.type_id)).id,)
    for task in tasks:
        task.closed_at, task.state_id = None, _state(session, "new")
        _take_up(session, task)
    return tuple(task.id for task in tasks)


def leave(session: Session, user_id: int) -> tuple[int, ...]:
    """What somebody who is gone leaves behind finds other hands, each task as if it just came in.

    A call on the plan stays with its visit: the planner shows whose it is, and moves both.
    """
    planned = select(Visit.id).where(Visit.task_id == Task.id, Visit.is_active).exists()
    asked = select(Task).where(Task.user_id == user_id, Task.closed_at.is_(None), ~planned).order_by(Task.id)
    tasks = session.scalars(asked.with_for_update()).all()
    for task in tasks:
        _take_up(session, task)
    session.flush()
    return tuple(task.id for task in tasks)


def _take_up(session: Session, task: Task) -> None:
    """Give the task back to who had it; what he left behind who is gone by now goes on as if it just came in."""
    was = task.user_id
    if was is None or _is_active(session, was):
        rule = Rule.GROUP if was is None else Rule.KEPT
        _record(session, task, was, rule.value, reason(rule))
        return
    session.flush()
    handing = route(session, task.stage_id, task_id=task.id, customer_id=task.customer_id, is_intake=True)
    task.user_id, task.awaits_profile_id = handing.user_id, handing.awaits_profile_id
    task.is_by_hand = False
    _record(session, task, was, handing.rule, handing.reason)


def _reassign(session: Session, task: Task, ticket: Ticket, work: Work) -> None:
    """The ticket is of another type now: its task becomes what that type asks for, in the hands that go with it."""
    was, handing = task.user_id, None
    if work.stage_id is not None and ticket.handler_id in {None, was}:
        handing = route(session, work.stage_id, task_id=task.id, customer_id=task.customer_id, is_intake=True)
    task.activity_type_id, task.expected_minutes, task.stage_id = work.activity_type_id, work.minutes, work.stage_id
    task.group_id = (work.group_id or _back_office(session)) if work.is_planned else None
    task.user_id = None if work.is_planned else (handing.user_id if handing else ticket.handler_id)
    task.awaits_profile_id = handing.awaits_profile_id if handing else None
    task.is_by_hand = handing is None and not work.is_planned
    rule = Rule.GROUP if work.is_planned else Rule.BY_HAND
    why = (handing.rule, handing.reason) if handing else (rule.value, reason(rule))
    _record(session, task, was, *why, is_entering=True)


def _hand_over(session: Session, task: Task, user_id: int) -> None:
    was, task.user_id, task.is_by_hand, task.awaits_profile_id = task.user_id, user_id, True, None
    if was != user_id:
        _record(session, task, was, Rule.BY_HAND.value, reason(Rule.BY_HAND))


def _record(
    session: Session,
    task: Task,
    was: int | None,
    rule: str,
    why: dict[str, Any],
    *,
    is_entering: bool = False,
    closes: bool = False,
) -> None:
    """Write the step of a change that was made on the card, and let happen what follows it.

    `is_entering` when the task begins its process with it.
    """
    session.flush()
    facts = None if task.stage_id is None else stage_facts(session, task.stage_id)
    moment = now(session)
    if is_entering and facts is not None and task.due_at is None:
        task.due_at = facts.due(moment)
    new_step = NewStep(
        task_id=task.id,
        at=moment,
        from_stage_id=None if is_entering else task.stage_id,
        to_stage_id=task.stage_id,
        from_user_id=was,
        to_user_id=task.user_id,
        rule=rule,
        reason=why,
        is_automatic=rule in AUTOMATIC,
        closes=closes,
    )
    step = add_step(session, new_step)
    if not closes:
        is_linked = task.opened_by_task_id is not None
        after_step(session, step, facts, ticket_id=task.ticket_id, title=task.title, is_linked=is_linked)


def _is_active(session: Session, user_id: int | None) -> bool:
    return user_id is not None and bool(session.scalar(select(User.is_active).where(User.id == user_id)))


def _open_tasks(session: Session, ticket_id: int) -> Sequence[Task]:
    return session.scalars(select(Task).where(Task.ticket_id == ticket_id, Task.closed_at.is_(None))).all()


def _back_office(session: Session) -> int:
    found = session.scalar(select(func.min(Group.id)).where(Group.is_back_office))
    if found is None:
        raise Refused(
            "NO_BACK_OFFICE",
            message(N_("No group plans the calls yet.")),
            message(N_("Nothing was saved. Let the administrator mark a group as back office, then save again.")),
        )
    return found


def refuse_unfilled(session: Session, activity_type_id: int | None, custom: Mapping[str, Any]) -> None:
    """A task does not close while fields its kind asks for are empty."""
    empty = missing_of_task(session, activity_type_id, custom)
    if not empty:
        return
    own = names(session)
    listed = [field_name(code, own) for code in empty]
    raise Refused(
        "MISSING",
        counted(
            "The task needs a field that is empty: {fields}.",
            "The task needs {count} fields that are empty: {fields}.",
            len(listed),
            fields=enumeration(listed),
        ),
        message(N_("It stays open. Fill them in, then close it.")),
    )


def refuse_planned(session: Session, task_ids: Sequence[int], moment: datetime, hint: Message = _STAYS_OPEN) -> None:
    """Refuse while a visit of these tasks is still to come; `hint` says what to do instead."""
    asked = (
        select(User.name, Visit.starts_at)
        .join(User, User.id == Visit.technician_id)
        .where(Visit.task_id.in_(task_ids), Visit.is_active, Visit.ends_at > moment)
        .order_by(Visit.starts_at)
        .limit(1)
    )
    planned = session.execute(asked).first()
    if planned is not None:
        raise Refused(
            "PLANNED",
            message(N_("A visit of {name} is still planned for this ticket."), name=planned[0]),
            hint,
        )


def _state(session: Session, code: str) -> int | None:
    return session.scalar(select(ActivityState.id).where(ActivityState.code == code))
