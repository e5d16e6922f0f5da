"""The home page: what waits for me, whom I visit, what has changed; one statement for each part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.places import Site
from app.models.planner import Visit
from app.models.processes import ActivityType, RoutingRules, Stage
from app.models.tickets import Reminder, Task, TaskStep, Ticket
from app.services.context import actor, now, reads
from app.services.tickets import task_list
from app.services.tickets.task_rows import TaskFilter, TaskRow

MOST_TASKS = 50
MOST_CHANGES = 50
FURTHEST_DAYS = 60


# By CASE, as in task_list: under row policies PostgreSQL asks no index with coalesce.
_customer_id = case((Task.customer_id.is_not(None), Task.customer_id), else_=Ticket.customer_id)


@dataclass(frozen=True, slots=True)
class MyTasks:
    """My open tasks, the overdue and nearest first, at most MOST_TASKS of them; and the company's clock."""

    rows: tuple[TaskRow, ...]
    has_more: bool
    time_zone: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit of mine that is still to come."""

    id: int
    starts_at: datetime
    ends_at: datetime
    subject: str
    customer: str
    address: str
    site: str
    task_id: int | None
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A move of a task that concerns me: `is_given` to me, else of a ticket I answer for; `by` whom, empty for none."""

    id: int
    at: datetime
    by: str
    task_id: int
    title: str
    ticket_id: int | None
    ticket_number: str | None
    stage: str
    receiver: str
    rule: str
    reason: dict[str, Any]
    is_given: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What the badge shows: open tasks and those overdue, reminders whose time has come."""

    open_tasks: int
    overdue: int
    reminders: int


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task I have; `is_news` when its kind is announced and somebody else, or the machine for somebody, gave it."""

    id: int
    title: str
    customer: str
    is_news: bool


@reads
def tasks(session: Session) -> MyTasks:
    """What I have to do."""
    zone = session.scalar(select(Company.time_zone).limit(1)) or "UTC"
    if actor(session) is None:
        return MyTasks((), has_more=False, time_zone=zone)
    page = task_list.page(session, TaskFilter(), limit=MOST_TASKS)
    return MyTasks(page.rows, page.has_after, zone)


@reads
def visits(session: Session) -> tuple[VisitRow, ...]:
    """My visits from now on, as many days ahead as the company says."""
    moment = now(session)
    days = func.coalesce(select(RoutingRules.diary_days).limit(1).scalar_subquery(), 7)
    asked = (
        select(
            Visit.id,
            Visit.starts_at,
            Visit.ends_at,
            func.coalesce(func.nullif(Visit.title, ""), func.nullif(Ticket.subject, ""), Task.title, ""),
            func.coalesce(Customer.name, ""),
            func.coalesce(Ticket.address, Customer.address, ""),
            func.coalesce(Site.name, ""),
            Visit.task_id,
            Task.ticket_id,
            days,
        )
        .outerjoin(Task, Task.id == Visit.task_id)
        .outerjoin(Ticket, Ticket.id == Task.ticket_id)
        .outerjoin(Customer, Customer.id == _customer_id)
        .outerjoin(Site, Site.id == Visit.site_id)
        .where(Visit.technician_id == actor(session), Visit.is_active)
        .where(Visit.ends_at > moment, Visit.starts_at < moment + timedelta(days=FURTHEST_DAYS))
        .order_by(Visit.starts_at, Visit.id)
        .limit(100)
    )
    found = []
    for *values, ahead in session.execute(asked):
        visit = VisitRow(*values)
        if visit.starts_at < moment + timedelta(days=ahead):
            found.append(visit)
    return tuple(found)


_by, _to = aliased(User), aliased(User)


@reads
def changes(session: Session) -> tuple[ChangeRow, ...]:
    """What has moved since yesterday morning without me: tasks given to me, and tickets I answer for; newest first."""
    me = actor(session)
    given = (TaskStep.to_user_id == me) & TaskStep.from_user_id.is_distinct_from(me)
    asked = (
        select(
            TaskStep.id,
            TaskStep.at,
            func.coalesce(_by.name, ""),
            TaskStep.task_id,
            func.coalesce(func.nullif(Task.title, ""), Ticket.subject, ""),
            Task.ticket_id,
            Ticket.number,
            func.coalesce(Stage.name, ""),
            func.coalesce(_to.name, ""),
            TaskStep.rule,
            TaskStep.reason,
            given,
            TaskStep.closes,
        )
        .join(Task, Task.id == TaskStep.task_id)
        .outerjoin(Ticket, Ticket.id == Task.ticket_id)
        .outerjoin(Stage, Stage.id == TaskStep.to_stage_id)
        .outerjoin(_by, _by.id == TaskStep.by_id)
        .outerjoin(_to, _to.id == TaskStep.to_user_id)
        .where(TaskStep.at >= _yesterday(session), TaskStep.by_id.is_distinct_from(me))
        .where(or_(given, Ticket.responsible_id == me))
        .order_by(TaskStep.at.desc(), TaskStep.id.desc())
        .limit(MOST_CHANGES)
    )
    found: list[ChangeRow] = []
    for row in session.execute(asked):
        values: list[Any] = [*row[:-2], bool(row[-2]), bool(row[-1])]
        found.append(ChangeRow(*values))
    return tuple(found)


@reads
def counts(session: Session) -> Counts:
    """What the badge shows."""
    me, moment = actor(session), now(session)
    of_mine = select(func.count()).select_from(Task).where(Task.user_id == me, Task.closed_at.is_(None))
    due = select(func.count()).select_from(Reminder)
    due = due.where(Reminder.user_id == me, Reminder.done_at.is_(None), Reminder.at <= moment)
    overdue = of_mine.where(Task.due_at < moment)
    row = session.execute(select(of_mine.scalar_subquery(), overdue.scalar_subquery(), due.scalar_subquery())).one()
    return Counts(*row)


@reads
def held(session: Session, ids: Iterable[int] | None = None) -> tuple[HeldTask, ...]:
    """Which of these tasks I have; without ids, all of mine."""
    me = actor(session)
    last_by = (
        select(TaskStep.by_id)
        .where(TaskStep.task_id == Task.id)
        .order_by(TaskStep.id.desc())
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )
    is_mine = func.coalesce(last_by, Ticket.created_by_id, 0)
    asked = (
        select(
            Task.id,
            func.coalesce(func.nullif(Task.title, ""), Ticket.subject, ""),
            func.coalesce(Customer.name, ""),
            func.coalesce(ActivityType.notifies, True) & (is_mine != me),
        )
        .outerjoin(Ticket, Ticket.id == Task.ticket_id)
        .outerjoin(Customer, Customer.id == _customer_id)
        .outerjoin(ActivityType, ActivityType.id == Task.activity_type_id)
        .where(Task.user_id == me, Task.closed_at.is_(None))
    )
    if ids is not None:
        asked = asked.where(Task.id.in_(list(ids)))
    rows = session.execute(asked.order_by(Task.id))
    return tuple(HeldTask(task_id, title, customer, bool(news)) for task_id, title, customer, news in rows)


def _yesterday(session: Session) -> datetime:
    """The beginning of yesterday by the company's clock."""
    zone = ZoneInfo(session.scalar(select(Company.time_zone).limit(1)) or "UTC")
    day = now(session).astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day, time(), zone)
