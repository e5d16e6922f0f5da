"""Reminders: what a person wants to be told, and when; each sees his own.

A reminder that stands for a promised callback moves and changes hands with it: `app.services.dialer.reminding`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.errors import Incomplete, NotFound
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.models.company import Company
from app.models.customers import Customer
from app.models.tickets import Reminder, Task, Ticket
from app.services.context import actor, now, reads, require, writes
from app.services.saving import seen, tell

LONGEST = 500
MOST = 200
"""So many reminders are listed; the next ones show when these are done."""


@dataclass(frozen=True, slots=True)
class ReminderDraft:
    """What to be reminded of: of a ticket, a task or a customer, or of nothing in particular."""

    at: datetime
    text: str
    ticket_id: int | None = None
    task_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A reminder that is not done, with what it is about."""

    id: int
    version: int
    at: datetime
    text: str
    ticket_id: int | None
    task_id: int | None
    customer_id: int | None
    about: str
    campaign_id: int | None = None
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class DueReminders:
    """My reminders whose time has come, when the next one comes, and what time it is by the database's clock."""

    rows: tuple[ReminderRow, ...]
    next_at: datetime | None
    now: datetime
    time_zone: str


@reads
def mine(session: Session) -> tuple[ReminderRow, ...]:
    """What I want to be reminded of, the nearest first."""
    return tuple(ReminderRow(*row) for row in session.execute(_mine(session)))


@reads
def due(session: Session) -> DueReminders:
    """What has come due, and how long nothing else will: until then nobody need ask again."""
    moment = now(session)
    rows = tuple(ReminderRow(*row) for row in session.execute(_mine(session).where(Reminder.at <= moment)))
    coming = select(func.min(Reminder.at)).where(
        Reminder.user_id == actor(session), Reminder.done_at.is_(None), Reminder.at > moment
    )
    return DueReminders(rows, session.scalar(coming), moment, session.scalar(select(Company.time_zone)) or "UTC")


def _mine(session: Session) -> Select[Any]:
    found: Any = listed().where(Reminder.user_id == actor(session), Reminder.done_at.is_(None))
    asked: Select[Any] = found.order_by(Reminder.at, Reminder.id).limit(MOST)
    return asked


def listed() -> Any:
    """The question for the columns of `ReminderRow`."""
    return (
        select(
            Reminder.id,
            Reminder.version,
            Reminder.at,
            Reminder.text,
            Reminder.ticket_id,
            Reminder.task_id,
            Reminder.customer_id,
            func.coalesce(func.nullif(Task.title, ""), func.nullif(Ticket.subject, ""), Customer.name, ""),
            Reminder.campaign_id,
            Reminder.entry_id,
        )
        .outerjoin(Task, Task.id == Reminder.task_id)
        .outerjoin(Ticket, Ticket.id == func.coalesce(Reminder.ticket_id, Task.ticket_id))
        .outerjoin(Customer, Customer.id == Reminder.customer_id)
    )


@writes
def add(session: Session, draft: ReminderDraft) -> int:
    """Note down a reminder for oneself."""
    require(session, Permission.WORK_TASKS)
    text = " ".join(draft.text.split())
    me = actor(session)
    wrong: dict[str, Message] = {}
    if not text:
        wrong["text"] = message(N_("Say in a few words what to be reminded of."))
    elif len(text) > LONGEST:
        wrong["text"] = message(N_("A reminder has at most {count} characters."), count=LONGEST)
    if wrong:
        raise Incomplete(wrong)
    if me is None:
        raise NotFound(message(N_("Nobody is logged in, so nobody can be reminded.")))
    reminder = Reminder(
        user_id=me,
        at=draft.at,
        text=text,
        ticket_id=draft.ticket_id,
        task_id=draft.task_id,
        customer_id=draft.customer_id,
        by_id=me,
    )
    session.add(reminder)
    session.flush()
    tell(session, "reminders", reminder.id)
    return reminder.id


@writes
def finish(session: Session, reminder_id: int, version: int) -> int:
    """Tick a reminder off; gives back its version now."""
    return _set_done(session, reminder_id, version, now(session))


@writes
def take_back(session: Session, reminder_id: int, version: int) -> int:
    """Put a reminder that was ticked off back; gives back its version now."""
    return _set_done(session, reminder_id, version, None)


def _set_done(session: Session, reminder_id: int, version: int, done_at: datetime | None) -> int:
    require(session, Permission.WORK_TASKS)
    reminder = own(session, reminder_id, version)
    reminder.done_at = done_at
    session.flush()
    tell(session, "reminders", reminder.id)
    return reminder.version


def own(session: Session, reminder_id: int, version: int) -> Reminder:
    """My reminder in the version I saw, to be changed."""
    reminder = seen(session, Reminder, reminder_id, version)
    if reminder.user_id != actor(session):
        raise NotFound(message(N_("This reminder is somebody else's.")), message(N_("Nothing was changed.")))
    return reminder
