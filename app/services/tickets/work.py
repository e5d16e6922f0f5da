"""The tasks of a ticket: who gets the work, how it follows the card, and how it ends with the ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.words import N_, message
from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityState, ActivityType
from app.models.tickets import Task, Ticket, TicketType
from app.services.context import now


@dataclass(frozen=True, slots=True)
class Work:
    """What a ticket type asks for: an activity type, whether the back office plans it, and by when it is due."""

    activity_type_id: int | None = None
    is_planned: bool = False
    group_id: int | None = None
    minutes: int | None = None
    due_hours: int | None = None


def work_of(session: Session, type_id: int | None) -> Work:
    """The work of a ticket type; without one it is simply to be handled."""
    found = (
        select(
            ActivityType.id,
            ActivityType.is_schedulable,
            ActivityType.back_office_group_id,
            ActivityType.expected_minutes,
            TicketType.due_hours,
        )
        .select_from(TicketType)
        .outerjoin(ActivityType, ActivityType.id == TicketType.activity_type_id)
    )
    row = None if type_id is None else session.execute(found.where(TicketType.id == type_id)).first()
    if row is None:
        return Work()
    activity_type_id, is_planned, group_id, minutes, due_hours = row
    return Work(activity_type_id, bool(is_planned), group_id, minutes, due_hours)


def begin(session: Session, ticket: Ticket, work: Work) -> Task:
    """Give an open ticket its task: to the back office when it has to be planned, else to the handler."""
    task = Task(ticket_id=ticket.id, opened_at=now(session), state_id=_state(session, "new"))
    _assign(session, task, ticket, work)
    session.add(task)
    session.flush()
    return task


def follow(session: Session, ticket: Ticket, *, is_retyped: bool, is_handed_over: bool) -> tuple[int, ...]:
    """Let the open tasks follow their ticket's card; a call already on the plan keeps its type and its place."""
    tasks = _open_tasks(session, ticket.id)
    planned = set(
        session.scalars(select(Visit.task_id).where(Visit.task_id.in_([task.id for task in tasks]), Visit.is_active))
    )
    for task in tasks:
        task.title, task.due_at = ticket.subject, ticket.due_at
        if is_retyped and task.id not in planned:
            _assign(session, task, ticket, work_of(session, ticket.type_id))
        elif is_handed_over and task.user_id is not None and ticket.handler_id is not None:
            task.user_id = ticket.handler_id
    return tuple(task.id for task in tasks)


def end(session: Session, ticket: Ticket, moment: datetime) -> tuple[int, ...]:
    """Close the open tasks; refused while a visit of theirs is still to come, for nothing leaves the plan unsaid."""
    tasks = _open_tasks(session, ticket.id)
    _refuse_planned(session, [task.id for task in tasks], moment)
    done = _state(session, "done")
    for task in tasks:
        task.closed_at, task.state_id = moment, done
    return tuple(task.id for task in tasks)


def resume(session: Session, ticket: Ticket, closed_at: datetime) -> tuple[int, ...]:
    """Open again the tasks that ended with the ticket; where none did, it gets a new one."""
    asked = select(Task).where(Task.ticket_id == ticket.id, Task.closed_at == closed_at)
    tasks = [task for task in session.scalars(asked) if (task.user_id is None) is not (task.group_id is None)]
    if not tasks:
        return (begin(session, ticket, work_of(session, ticket.type_id)).id,)
    for task in tasks:
        task.closed_at, task.state_id = None, _state(session, "new")
    return tuple(task.id for task in tasks)


def _assign(session: Session, task: Task, ticket: Ticket, work: Work) -> None:
    task.title, task.due_at = ticket.subject, ticket.due_at
    task.activity_type_id, task.expected_minutes = work.activity_type_id, work.minutes
    task.group_id = (work.group_id or _back_office(session)) if work.is_planned else None
    task.user_id = None if work.is_planned else ticket.handler_id


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


def _refuse_planned(session: Session, task_ids: Sequence[int], moment: datetime) -> None:
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
            message(N_("It stays open. Unschedule the visit, or close the ticket after it.")),
        )


def _state(session: Session, code: str) -> int | None:
    return session.scalar(select(ActivityState.id).where(ActivityState.code == code))
