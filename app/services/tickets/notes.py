"""Notes: what people write beside a ticket, a task or a customer, once and for all; an alert rings a bell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import NotFound
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import User
from app.models.processes import Process, Stage
from app.models.tickets import Note, NoteKind, Task, TaskStep, Ticket
from app.services.context import actor, announce, now, reads, require, writes
from app.services.saving import wrong

LONGEST = 20_000
"""So many characters a note may have."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A note that rings the bell until somebody dismisses it."""

    id: int
    text: str
    at: datetime
    by: str | None
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note of a customer's trail, with where it was written; a note of a task's step names its stage."""

    id: int
    at: datetime
    text: str
    by: str | None
    kind_code: str | None
    kind_name: str | None
    is_alert: bool
    is_dismissed: bool
    ticket_id: int | None
    number: str | None
    task_id: int | None
    task: str | None
    process: str | None
    stage: str | None


_TRAIL = (
    select(
        Note.id,
        Note.at,
        Note.text,
        User.name,
        NoteKind.code,
        NoteKind.name,
        Note.is_alert,
        Note.dismissed_at.is_not(None),
        Note.ticket_id,
        Ticket.number,
        Note.task_id,
        Task.title,
        Process.name,
        Stage.name,
    )
    .outerjoin(User, User.id == Note.by_id)
    .outerjoin(NoteKind, NoteKind.id == Note.kind_id)
    .outerjoin(Ticket, Ticket.id == Note.ticket_id)
    .outerjoin(Task, Task.id == Note.task_id)
    .outerjoin(TaskStep, TaskStep.id == Note.step_id)
    .outerjoin(Stage, Stage.id == TaskStep.to_stage_id)
    .outerjoin(Process, Process.id == Stage.process_id)
)


def add_note(
    session: Session,
    text: str,
    *,
    kind_id: int | None = None,
    ticket_id: int | None = None,
    task_id: int | None = None,
    customer_id: int | None = None,
    step_id: int | None = None,
) -> Note | None:
    """Write a note down inside another service; nothing for an empty text.

    A note of a task lies with its ticket too, and every note with the customer: there is the whole trail.
    """
    kept = text.strip()
    if not kept:
        return None
    if len(kept) > LONGEST:
        raise wrong("TOO_LONG", message(N_("A note has at most {count} characters."), count=LONGEST))
    if task_id is not None and (ticket_id is None or customer_id is None):
        task = session.execute(select(Task.ticket_id, Task.customer_id).where(Task.id == task_id)).one()
        ticket_id, customer_id = ticket_id or task[0], customer_id or task[1]
    if ticket_id is not None and customer_id is None:
        customer_id = session.scalar(select(Ticket.customer_id).where(Ticket.id == ticket_id))
    kind = None if kind_id is None else session.get(NoteKind, kind_id)
    note = Note(
        text=kept,
        kind_id=None if kind is None else kind.id,
        is_alert=kind is not None and kind.is_alert,
        ticket_id=ticket_id,
        task_id=task_id,
        customer_id=customer_id,
        step_id=step_id,
        by_id=actor(session),
        at=now(session),
    )
    session.add(note)
    session.flush()
    announce(session, RowsChanged("notes", frozenset({note.id})))
    return note


@writes
def write(
    session: Session,
    text: str,
    kind_id: int | None = None,
    *,
    ticket_id: int | None = None,
    task_id: int | None = None,
    customer_id: int | None = None,
) -> int:
    """Write a note of a person down."""
    require(session, Permission.WORK_TASKS)
    note = add_note(session, text, kind_id=kind_id, ticket_id=ticket_id, task_id=task_id, customer_id=customer_id)
    if note is None:
        raise wrong("EMPTY", message(N_("Write something first.")))
    return note.id


def alerts_of(session: Session, customer_ids: Iterable[int]) -> frozenset[int]:
    """Those of these customers who have an alert nobody has dismissed."""
    wanted = list(set(customer_ids))
    if not wanted:
        return frozenset()
    asked = select(Note.customer_id).where(Note.customer_id.in_(wanted), Note.is_alert, Note.dismissed_at.is_(None))
    return frozenset(found for found in session.scalars(asked.distinct()) if found is not None)


@reads
def alerts(
    session: Session, customer_id: int | None, ticket_id: int | None = None, *, limit: int = 20
) -> tuple[Alert, ...]:
    """The alerts of a customer, or of a ticket without one, the newest first."""
    where = []
    if customer_id is not None:
        where.append(Note.customer_id == customer_id)
    if ticket_id is not None:
        where.append(Note.ticket_id == ticket_id)
    if not where:
        return ()
    asked = (
        select(Note.id, Note.text, Note.at, User.name, Note.ticket_id)
        .outerjoin(User, User.id == Note.by_id)
        .where(or_(*where), Note.is_alert, Note.dismissed_at.is_(None))
    )
    return tuple(Alert(*row) for row in session.execute(asked.order_by(Note.id.desc()).limit(limit)))


@writes
def dismiss(session: Session, note_id: int) -> None:
    """Silence the bell of an alert; the note stays where it was written."""
    require(session, Permission.EDIT_TICKETS)
    note = session.get(Note, note_id)
    if note is None:
        raise NotFound(message(N_("This note is no longer there.")))
    if note.dismissed_at is None:
        note.dismissed_at, note.dismissed_by_id = now(session), actor(session)
        announce(session, RowsChanged("notes", frozenset({note.id})))


@reads
def trail(
    session: Session, customer_id: int, *, before: int | None = None, limit: int = 50
) -> tuple[tuple[NoteRow, ...], bool]:
    """The notes of a customer from everywhere they were written, the newest first, and whether there are more."""
    asked = _TRAIL.where(Note.customer_id == customer_id)
    if before is not None:
        asked = asked.where(Note.id < before)
    found: Iterable[Any] = session.execute(asked.order_by(Note.id.desc()).limit(limit + 1))
    rows = [NoteRow(*row) for row in found]
    return tuple(rows[:limit]), len(rows) > limit
