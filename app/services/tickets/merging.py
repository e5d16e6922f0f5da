"""Two tickets about the same: one goes on, with everything that was done for either."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.tickets.names import shown_number
from app.domain.words import N_, Message, message
from app.i18n import say
from app.models.customers import Customer
from app.models.mail import IncomingMessage, OutboxMessage
from app.models.tickets import File, HoursEntry, Note, Reminder, Task, Ticket, TicketStatus
from app.services.context import announce, now, reads, require, writes
from app.services.saving import seen
from app.services.tickets.notes import add_note

_MOVED: tuple[Any, ...] = (Task, Note, File, OutboxMessage, IncomingMessage, Reminder, HoursEntry)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two tickets."""

    id: int
    number: str
    subject: str
    customer_id: int | None
    customer: str
    opened_at: datetime
    is_closed: bool


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would do: which ticket ends, which goes on, and how much comes with it."""

    source: Side
    target: Side
    tasks: int
    notes: int
    files: int
    mails: int
    has_other_customer: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """Two tickets that are one: the key and number of the one that goes on."""

    target_id: int
    target: str
    source: str


@reads
def preview(session: Session, source_id: int, target_id: int) -> MergePreview:
    """What merging would do, or the refusal it would meet."""
    source, target = _pair(session, source_id, target_id)
    return MergePreview(
        _side(session, source),
        _side(session, target),
        _count(session, Task, source_id),
        _count(session, Note, source_id),
        _count(session, File, source_id),
        _count(session, OutboxMessage, source_id) + _count(session, IncomingMessage, source_id),
        has_other_customer=_differs(source, target),
    )


@writes
def merge(
    session: Session, source_id: int, version: int, target_id: int, *, with_other_customer: bool = False
) -> Merged:
    """Let the source end in the target, with all that hangs under it; two customers only where that was said."""
    require(session, Permission.EDIT_TICKETS)
    # Both are locked in the order of their keys, so that two merges of the same pair cannot wait for each other.
    session.scalars(
        select(Ticket).where(Ticket.id.in_((source_id, target_id))).order_by(Ticket.id).with_for_update()
    ).all()
    source, target = _pair(session, source_id, target_id)
    seen(session, Ticket, source_id, version)
    if _differs(source, target) and not with_other_customer:
        raise _refused("OTHER_CUSTOMER", message(N_("The two tickets are of different customers.")))
    moment = now(session)
    closed = select(TicketStatus.id).where(TicketStatus.is_closed)
    source.merged_into_id = target_id
    source.status_id = session.scalars(closed.order_by(TicketStatus.position, TicketStatus.id).limit(1)).one()
    source.closed_at = source.closed_at or moment
    if target.customer_id is None:
        target.customer_id = source.customer_id
    # What hangs under a ticket goes only where that one went: the database looks.
    session.flush()
    moved = {model: _move(session, model, source_id, target_id) for model in _MOVED}
    # Whoever served the customer is known by the customer of the tasks.
    for task in session.scalars(select(Task).where(Task.id.in_(moved[Task]))):
        task.customer_id = target.customer_id
    session.flush()
    numbers = [shown_number(each.id, each.number) for each in (source, target)]
    add_note(session, say(message(N_("Merged into ticket {number}."), number=numbers[1])), ticket_id=source_id)
    words = message(
        N_("Ticket {number} was merged into this one: {subject}"), number=numbers[0], subject=source.subject
    )
    add_note(session, say(words), ticket_id=target_id)
    announce(session, RowsChanged("tickets", frozenset({source_id, target_id})))
    if moved[Task]:
        announce(session, RowsChanged("tasks", moved[Task]))
    return Merged(target_id, numbers[1], numbers[0])


def _pair(session: Session, source_id: int, target_id: int) -> tuple[Ticket, Ticket]:
    """Both tickets, fit to be merged."""
    if source_id == target_id:
        raise _refused("SAME", message(N_("A ticket cannot be merged into itself.")))
    source, target = session.get(Ticket, source_id), session.get(Ticket, target_id)
    if source is None or target is None:
        raise _refused("GONE", message(N_("This ticket is no longer there.")))
    for ticket in (source, target):
        if ticket.merged_into_id is not None:
            number = shown_number(ticket.id, ticket.number)
            raise _refused("MERGED", message(N_("Ticket {number} was merged already."), number=number))
    if target.closed_at is not None:
        number = shown_number(target.id, target.number)
        raise _refused("CLOSED", message(N_("Ticket {number} is closed."), number=number))
    return source, target


def _differs(source: Ticket, target: Ticket) -> bool:
    return None not in (source.customer_id, target.customer_id) and source.customer_id != target.customer_id


def _count(session: Session, model: Any, ticket_id: int) -> int:
    return session.scalar(select(func.count()).select_from(model).where(model.ticket_id == ticket_id)) or 0


def _move(session: Session, model: Any, source_id: int, target_id: int) -> frozenset[int]:
    moved = frozenset(session.scalars(select(model.id).where(model.ticket_id == source_id)))
    if moved:
        values: dict[str, Any] = {"ticket_id": target_id}
        if hasattr(model, "version"):
            values["version"] = model.version + 1
        statement = update(model).where(model.ticket_id == source_id).values(values)
        session.execute(statement, execution_options={"synchronize_session": False})
    return moved


def _side(session: Session, ticket: Ticket) -> Side:
    name = select(Customer.name).where(Customer.id == ticket.customer_id)
    return Side(
        ticket.id,
        shown_number(ticket.id, ticket.number),
        ticket.subject,
        ticket.customer_id,
        (None if ticket.customer_id is None else session.scalar(name)) or "",
        ticket.opened_at,
        ticket.closed_at is not None,
    )


def _refused(code: str, what: Message) -> Refused:
    return Refused(code, what, message(N_("Nothing was changed. Choose another ticket.")))
