"""Everything the update window of a task shows and offers, in one answer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.words import N_, message
from app.models.base import alias_of
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import Group, User
from app.models.processes import ActivityState, ActivityType, Process, Profile, Stage, StageLink, UserLoad, UserProfile
from app.models.tickets import Note, NoteKind, Project, Task, TaskStep, Ticket
from app.services.context import reads
from app.services.points.of_task import TaskPoints, scored
from app.services.points.settings import in_force
from app.services.tickets.layouts import required_of_task


@dataclass(frozen=True, slots=True)
class NextStage:
    """A stage that can be reached, with what choosing it means; `spends` are the points it costs the customer."""

    id: int
    name: str
    profile: str | None
    due_hours: int | None
    is_final: bool
    holders: int
    spends: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """A user who can be named as the next handler; `stage_ids` are the offered stages whose profile he holds."""

    id: int
    name: str
    open_tasks: int
    stage_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A state of a task or a kind of note; built-in ones have a code and are named by the catalogue."""

    id: int
    code: str | None
    name: str | None
    flag: bool


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """The task as it stands."""

    id: int
    version: int
    number: str | None
    title: str
    ticket_id: int | None
    ticket_number: str | None
    customer_id: int | None
    customer: str
    has_alert: bool
    activity_type_id: int | None
    activity_type: str | None
    process_id: int | None
    process: str | None
    stage_id: int | None
    stage: str | None
    since: datetime | None
    state_id: int | None
    user_id: int | None
    user: str | None
    group: str | None
    is_by_hand: bool
    awaits: str | None
    project_id: int | None
    project: str | None
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    custom: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """The task with everything a person may choose for it; `required` are the fields it needs to close, `points` what
    it has scored so far.
    """

    task: TaskFacts
    stages: tuple[NextStage, ...]
    workers: tuple[Worker, ...]
    states: tuple[Choice, ...]
    note_kinds: tuple[Choice, ...]
    required: tuple[str, ...]
    time_zone: str
    points: TaskPoints


_awaited = alias_of(Profile)
_ALERT = (
    select(Note.id)
    .where(Note.customer_id == Task.customer_id, Note.is_alert, Note.dismissed_at.is_(None))
    .correlate(Task)
    .exists()
)
_SINCE = (
    select(TaskStep.at)
    .where(TaskStep.task_id == Task.id, TaskStep.to_stage_id == Task.stage_id)
    .where(TaskStep.from_stage_id.is_distinct_from(TaskStep.to_stage_id))
    .order_by(TaskStep.id.desc())
    .limit(1)
    .scalar_subquery()
)
_FACTS = (
    select(
        Task.id,
        Task.version,
        Task.number,
        Task.title,
        Task.ticket_id,
        Ticket.number,
        Task.customer_id,
        Customer.name,
        _ALERT,
        Task.activity_type_id,
        ActivityType.name,
        Process.id,
        Process.name,
        Task.stage_id,
        Stage.name,
        _SINCE,
        Task.state_id,
        Task.user_id,
        User.name,
        Group.name,
        Task.is_by_hand,
        _awaited.name,
        Task.project_id,
        Project.name,
        Task.due_at,
        Task.opened_at,
        Task.closed_at,
        Task.custom,
    )
    .outerjoin(Ticket, Ticket.id == Task.ticket_id)
    .outerjoin(Customer, Customer.id == Task.customer_id)
    .outerjoin(ActivityType, ActivityType.id == Task.activity_type_id)
    .outerjoin(Stage, Stage.id == Task.stage_id)
    .outerjoin(Process, Process.id == Stage.process_id)
    .outerjoin(User, User.id == Task.user_id)
    .outerjoin(Group, Group.id == Task.group_id)
    .outerjoin(_awaited, _awaited.id == Task.awaits_profile_id)
    .outerjoin(Project, Project.id == Task.project_id)
)


@reads
def offer(session: Session, task_id: int) -> Offer:
    """The task and what may be chosen for it now."""
    row = session.execute(_FACTS.where(Task.id == task_id)).first()
    if row is None:
        raise NotFound(message(N_("This task is no longer there.")))
    values = list(row)
    values[7], values[8] = values[7] or "", bool(values[8])
    task = TaskFacts(*values)
    holders = _holders(session, task.stage_id)
    return Offer(
        task,
        _stages(session, task.stage_id, holders),
        _workers(session, holders),
        _choices(session, ActivityState, ActivityState.is_final),
        _choices(session, NoteKind, NoteKind.is_alert),
        required_of_task(session, task.activity_type_id),
        session.scalar(select(Company.time_zone).limit(1)) or "UTC",
        scored(session, task_id),
    )


def _holders(session: Session, stage_id: int | None) -> dict[int, set[int]]:
    """Who holds the profile of which next stage: stage ids by user."""
    asked = (
        select(UserProfile.user_id, Stage.id)
        .join(Stage, Stage.profile_id == UserProfile.profile_id)
        .join(StageLink, StageLink.to_stage_id == Stage.id)
        .join(User, User.id == UserProfile.user_id)
        .where(StageLink.from_stage_id == (stage_id or 0), User.is_active)
    )
    found: dict[int, set[int]] = {}
    for user_id, held in session.execute(asked):
        found.setdefault(user_id, set()).add(held)
    return found


def _stages(session: Session, stage_id: int | None, holders: dict[int, set[int]]) -> tuple[NextStage, ...]:
    asked = (
        select(Stage.id, Stage.name, Profile.name, Stage.due_hours, Stage.is_final)
        .join(StageLink, StageLink.to_stage_id == Stage.id)
        .outerjoin(Profile, Profile.id == Stage.profile_id)
        .where(StageLink.from_stage_id == (stage_id or 0))
        .order_by(StageLink.position, Stage.position, Stage.id)
    )
    found = session.execute(asked).all()
    settings = in_force(session, [row[0] for row in found]) if found else {}
    spent = {key: -each.customer_points for key, each in settings.items() if each.is_redemption}
    return tuple(
        NextStage(*row, holders=sum(row[0] in held for held in holders.values()), spends=spent.get(row[0]))
        for row in found
    )


def _workers(session: Session, holders: dict[int, set[int]]) -> tuple[Worker, ...]:
    asked = select(User.id, User.name, UserLoad.open_tasks).join(UserLoad, UserLoad.user_id == User.id)
    rows = session.execute(asked.where(User.is_active))
    found = [Worker(*row, stage_ids=tuple(sorted(holders.get(row[0], ())))) for row in rows]
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def _choices(session: Session, model: Any, flag: Any) -> tuple[Choice, ...]:
    asked = select(model.id, model.code, model.name, flag).order_by(model.position, model.id)
    return tuple(Choice(row[0], row[1], row[2], bool(row[3])) for row in session.execute(asked))
