"""Tasks are opened here, whoever asks: a person, a ticket that comes in, or a stage that opens a linked one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from app.bus import RowsChanged
from app.db.types import BigInt
from app.domain.errors import Incomplete
from app.domain.people import Permission
from app.domain.processes.routing import Rule, reason
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.people import User
from app.models.processes import ActivityState, ActivityType, StageOpening
from app.models.tickets import Note, NoteKind, Task, TaskStep, Ticket
from app.services.context import announce, now, require, writes
from app.services.mail.facts import About
from app.services.mail.queueing import queue
from app.services.processes.routing import Handing, Target, assign
from app.services.tickets.numbering import draw
from app.services.tickets.stages import StageFacts, intake_stage, stage_facts
from app.services.tickets.steps import NewStep, Step, add_step


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to open. With a stage it goes through that process; without a user the machine hands it over."""

    title: str = ""
    ticket_id: int | None = None
    customer_id: int | None = None
    stage_id: int | None = None
    activity_type_id: int | None = None
    user_id: int | None = None
    group_id: int | None = None
    due_at: datetime | None = None
    project_id: int | None = None
    note: str = ""
    opened_by_task_id: int | None = None
    expected_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Advanced:
    """A task that was opened or moved: who has it now, by which rule, and the linked tasks that opened with it."""

    task_id: int
    version: int
    is_closed: bool
    user_id: int | None
    user_name: str
    rule: str
    reason: dict[str, Any]
    opened: tuple[int, ...] = ()


@writes
def create(session: Session, new: NewTask, *, process_id: int | None = None) -> Advanced:
    """Open a task by hand; with a process it begins at its intake stage."""
    require(session, Permission.WORK_TASKS)
    if not new.title.strip():
        raise Incomplete({"title": message(N_("Say in a few words what is to be done."))})
    if process_id is not None and new.stage_id is None:
        new = replace(new, stage_id=intake_stage(session, process_id))
    if new.stage_id is None and new.user_id is None and new.group_id is None:
        raise Incomplete({"user_id": message(N_("Choose who handles it."))})
    task = open_task(session, replace(new, title=new.title.strip()), is_intake=True)
    session.flush()
    asked = select(TaskStep.rule, TaskStep.reason).where(TaskStep.task_id == task.id).order_by(TaskStep.id).limit(1)
    rule, why = session.execute(asked).one()
    opened = tuple(session.info.pop("opened", ()))
    name = name_of(session, task.user_id)
    return Advanced(task.id, task.version, task.closed_at is not None, task.user_id, name, rule, why, opened)


def open_task(session: Session, new: NewTask, *, is_intake: bool = False, is_linked: bool = False) -> Task:
    """Open a task, hand it over, write the step with its reason, tell its handler, open what is linked to its stage."""
    moment = now(session)
    facts = None if new.stage_id is None else stage_facts(session, new.stage_id)
    customer_id = new.customer_id or _customer_of(session, new.ticket_id)
    handing = _hand(session, new, facts, customer_id, is_intake=is_intake, is_linked=is_linked)
    kind = None if new.activity_type_id is None else session.get(ActivityType, new.activity_type_id)
    task = Task(
        ticket_id=new.ticket_id,
        customer_id=customer_id,
        number=None if kind is None or kind.numerator_id is None else draw(session, kind.numerator_id),
        activity_type_id=new.activity_type_id,
        state_id=state_id(session, "new"),
        stage_id=new.stage_id,
        user_id=handing.user_id if handing else None,
        group_id=None if handing else new.group_id,
        is_by_hand=handing is not None and not handing.is_automatic,
        awaits_profile_id=handing.awaits_profile_id if handing else None,
        opened_by_task_id=new.opened_by_task_id,
        project_id=new.project_id,
        title=new.title,
        expected_minutes=new.expected_minutes,
        due_at=new.due_at or (facts.due(moment) if facts else None),
        opened_at=moment,
    )
    session.add(task)
    session.flush()
    new_step = NewStep(
        task_id=task.id,
        at=moment,
        to_stage_id=new.stage_id,
        to_user_id=task.user_id,
        rule=handing.rule if handing else Rule.GROUP.value,
        reason=handing.reason if handing else reason(Rule.GROUP),
        is_automatic=handing is not None and handing.is_automatic,
        note=new.note.strip(),
    )
    step = add_step(session, new_step)
    if step.note:
        write_note(session, step, task.ticket_id, customer_id)
    after_step(session, step, facts, ticket_id=task.ticket_id, title=task.title, is_linked=is_linked)
    return task


def _hand(
    session: Session,
    new: NewTask,
    facts: StageFacts | None,
    customer_id: int | None,
    *,
    is_intake: bool,
    is_linked: bool,
) -> Handing | None:
    """Who gets it: the one named, the back office that plans it (None), or whom the machine finds."""
    if new.user_id is not None:
        stage = facts.name if facts else None
        return Handing(new.user_id, Rule.BY_HAND.value, reason(Rule.BY_HAND, stage=stage), is_automatic=False)
    if new.group_id is not None:
        return None
    target = facts.target() if facts else Target()
    return assign(session, target, customer_id=customer_id, is_intake=is_intake, is_linked=is_linked)


def after_step(
    session: Session,
    step: Step,
    facts: StageFacts | None,
    *,
    ticket_id: int | None,
    title: str,
    is_linked: bool = False,
    customer_id: int | None = None,
) -> None:
    """What follows every step, in the same transaction: mail to the new handler, the stage's mail, linked tasks."""
    announce(session, RowsChanged("tasks", frozenset({step.task_id})))
    is_told = step.to_user_id is not None and step.to_user_id not in {step.from_user_id, step.by_id}
    if ticket_id is not None and not is_linked and step.to_user_id is not None:
        _follow_on_ticket(session, ticket_id, step.to_user_id)
    if is_told and not session.info.get("is_quiet"):
        stage_id = facts.id if facts else step.from_stage_id
        ahead = About(customer_id, ticket_id, step.task_id, user_id=step.to_user_id, stage_id=stage_id)
        queue(session, "task_given", key=str(step.id), ahead=ahead, task_id=step.task_id, user_id=step.to_user_id)
    if facts is None or step.from_stage_id == facts.id:
        return
    if facts.mail_template_id is not None:
        queue(session, "stage", key=str(step.id), task_id=step.task_id, template_id=facts.mail_template_id)
    if not facts.has_openings:
        return
    asked = select(StageOpening.opens_stage_id).where(StageOpening.stage_id == facts.id).order_by(StageOpening.id)
    for stage_id in session.scalars(asked).all():
        linked = NewTask(title=title, ticket_id=ticket_id, stage_id=stage_id, opened_by_task_id=step.task_id)
        if ticket_id is None:
            linked = replace(
                linked, customer_id=session.scalar(select(Task.customer_id).where(Task.id == step.task_id))
            )
        opened = open_task(session, linked, is_linked=True)
        session.info.setdefault("opened", []).append(opened.id)


def write_note(
    session: Session, step: Step, ticket_id: int | None, customer_id: int | None, kind_id: int | None = None
) -> None:
    """What was written at a step is one of the customer's notes, linked to the step; an alert rings the bell."""
    is_alert = None if kind_id is None else session.scalar(select(NoteKind.is_alert).where(NoteKind.id == kind_id))
    session.add(
        Note(
            kind_id=kind_id,
            is_alert=bool(is_alert),
            customer_id=customer_id,
            ticket_id=ticket_id,
            task_id=step.task_id,
            step_id=step.id,
            text=step.note,
            by_id=step.by_id,
            at=step.at,
        )
    )


_TICKETS = table_of(Ticket)
_FOLLOW = (
    update(_TICKETS)
    .where(
        _TICKETS.c.id == bindparam("ticket"),
        _TICKETS.c.closed_at.is_(None),
        _TICKETS.c.handler_id.is_distinct_from(bindparam("user", type_=BigInt)),
    )
    .values(handler_id=bindparam("user", type_=BigInt), version=_TICKETS.c.version + 1)
)


def _follow_on_ticket(session: Session, ticket_id: int, user_id: int) -> None:
    """The ticket's handler is whoever has its task now."""
    held = session.identity_map.get(identity_key(Ticket, ticket_id))
    if held is not None:
        held.handler_id = user_id
        return
    # The handler may be the same, and the ticket closed: then there is nothing to write.
    options = {"any_number": True}
    if (
        session.connection()
        .execute(_FOLLOW, {"ticket": ticket_id, "user": user_id}, execution_options=options)
        .rowcount
    ):
        announce(session, RowsChanged("tickets", frozenset({ticket_id})))


def state_id(session: Session, code: str) -> int | None:
    """The built-in state of a task."""
    return session.scalar(select(ActivityState.id).where(ActivityState.code == code))


def name_of(session: Session, user_id: int | None) -> str:
    """A user's name; empty for nobody."""
    return "" if user_id is None else session.scalar(select(User.name).where(User.id == user_id)) or ""


def _customer_of(session: Session, ticket_id: int | None) -> int | None:
    return None if ticket_id is None else session.scalar(select(Ticket.customer_id).where(Ticket.id == ticket_id))
