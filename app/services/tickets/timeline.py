"""Everything that was done for a ticket, as data: put into words in the reader's language when shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.context import reads


class Kind(StrEnum):
    """What happened."""

    OPENED = "opened"
    TASK = "task"
    TASK_CLOSED = "task_closed"
    VISIT = "visit"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done for a ticket, with whom and when it concerns.

    `who` did it. Of a task: `group` plans it or `person` handles it, `is_active` while it is open, `is_waiting` while
    it has no visit. Of a visit: `person` is the technician, `is_active` while it is on the plan.
    """

    kind: Kind
    at: datetime
    who: str | None = None
    title: str = ""
    activity: str | None = None
    colour: str | None = None
    person: str | None = None
    group: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True
    is_waiting: bool = False
    task_id: int | None = None
    visit_id: int | None = None


_setter, _technician = aliased(User), aliased(User)

_TASKS = (
    select(
        Task.id,
        Task.opened_at,
        Task.closed_at,
        Task.title,
        ActivityType.name,
        ActivityType.colour,
        ActivityType.is_schedulable,
        Group.name,
        User.name,
    )
    .outerjoin(ActivityType, ActivityType.id == Task.activity_type_id)
    .outerjoin(Group, Group.id == Task.group_id)
    .outerjoin(User, User.id == Task.user_id)
)
_VISITS = (
    select(
        Visit.id,
        Visit.task_id,
        Visit.set_at,
        _setter.name,
        _technician.name,
        Visit.starts_at,
        Visit.ends_at,
        Visit.is_active,
        ActivityType.name,
        ActivityType.colour,
    )
    .join(Task, Task.id == Visit.task_id)
    .join(_technician, _technician.id == Visit.technician_id)
    .outerjoin(_setter, _setter.id == Visit.set_by_id)
    .outerjoin(ActivityType, ActivityType.id == func.coalesce(Visit.activity_type_id, Task.activity_type_id))
)


@reads
def timeline(session: Session, ticket_id: int) -> tuple[Entry, ...]:
    """Its tasks and visits, those taken off the plan too, when it came in and when it was closed; the newest first."""
    asked = select(Ticket.opened_at, Ticket.closed_at, User.name)
    ticket = session.execute(
        asked.outerjoin(User, User.id == Ticket.created_by_id).where(Ticket.id == ticket_id)
    ).first()
    if ticket is None:
        return ()
    opened_at, closed_at, creator = ticket
    visits = _visits(session, ticket_id)
    found = [Entry(Kind.OPENED, opened_at, creator), *_tasks(session, ticket_id, visits), *visits]
    if closed_at is not None:
        found.append(Entry(Kind.CLOSED, closed_at))
    return tuple(sorted(found, key=attrgetter("at"), reverse=True))


def _visits(session: Session, ticket_id: int) -> list[Entry]:
    found = []
    for row in session.execute(_VISITS.where(Task.ticket_id == ticket_id).order_by(Visit.id)):
        visit_id, task_id, set_at, setter, technician, starts_at, ends_at, is_active, activity, colour = row
        found.append(
            Entry(
                Kind.VISIT,
                set_at,
                setter,
                activity=activity,
                colour=colour,
                person=technician,
                starts_at=starts_at,
                ends_at=ends_at,
                is_active=is_active,
                task_id=task_id,
                visit_id=visit_id,
            )
        )
    return found


def _tasks(session: Session, ticket_id: int, visits: list[Entry]) -> list[Entry]:
    planned = {visit.task_id for visit in visits if visit.is_active}
    found = []
    for row in session.execute(_TASKS.where(Task.ticket_id == ticket_id).order_by(Task.id)):
        task_id, opened_at, closed_at, title, activity, colour, is_schedulable, group, person = row
        is_open = closed_at is None
        found.append(
            Entry(
                Kind.TASK,
                opened_at,
                title=title,
                activity=activity,
                colour=colour,
                person=person,
                group=group,
                is_active=is_open,
                is_waiting=is_open and bool(is_schedulable) and task_id not in planned,
                task_id=task_id,
            )
        )
        if closed_at is not None:
            closed = Entry(Kind.TASK_CLOSED, closed_at, title=title, activity=activity, colour=colour, task_id=task_id)
            found.append(closed)
    return found
