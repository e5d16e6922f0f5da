"""One ticket: read for its card, taken in, changed, closed and opened again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.bus import RowsChanged
from app.domain.errors import Conflict, Incomplete, NotFound, Refused
from app.domain.people import Permission
from app.domain.search import ticket_search
from app.domain.tickets.draft import TicketDraft, problems
from app.domain.tickets.names import shown_number
from app.domain.words import N_, message
from app.models.base import alias_of
from app.models.customers import Customer, CustomerPhone
from app.models.people import User
from app.models.tickets import Ticket, TicketStatus
from app.services.context import actor, announce, now, reads, require, writes
from app.services.mail.queueing import queue
from app.services.tickets import work
from app.services.tickets.checks import refuse_empty, refuse_misfits, type_facts, with_priority
from app.services.tickets.lists import PersonChoice
from app.services.tickets.numbering import draw


@dataclass(frozen=True, slots=True)
class TicketCard:
    """A ticket as its card shows it; the people on it come with it, active or not.

    `number` is what it is called by; one that was merged tells under which ticket it goes on.
    """

    id: int
    version: int
    draft: TicketDraft
    opened_at: datetime
    closed_at: datetime | None
    channel: str | None
    external_key: str | None
    customer: str
    phone: str
    customer_address: str
    created_by: str
    responsible: PersonChoice | None
    handler: PersonChoice | None
    number: str = ""
    merged_into_id: int | None = None
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """A ticket that was written: its key, its version now, whether it is closed, and what it is called by."""

    id: int
    version: int
    is_closed: bool
    number: str = ""


_FIELDS = tuple(TicketDraft.__dataclass_fields__)
_responsible, _handler, _creator = aliased(User), aliased(User), aliased(User)
_onward = alias_of(Ticket)
_FIRST_PHONE = (
    select(CustomerPhone.raw)
    .where(CustomerPhone.customer_id == Ticket.customer_id)
    .order_by(CustomerPhone.position)
    .limit(1)
    .scalar_subquery()
)
_CARD = (
    select(Ticket, Customer.name, _FIRST_PHONE, Customer.address, _creator.name, _responsible, _handler, _onward.number)
    .outerjoin(_onward, _onward.id == Ticket.merged_into_id)
    .outerjoin(Customer, Customer.id == Ticket.customer_id)
    .outerjoin(_creator, _creator.id == Ticket.created_by_id)
    .outerjoin(_responsible, _responsible.id == Ticket.responsible_id)
    .outerjoin(_handler, _handler.id == Ticket.handler_id)
)


@reads
def load(session: Session, ticket_id: int) -> TicketCard:
    """The card of one ticket."""
    row = session.execute(_CARD.where(Ticket.id == ticket_id)).first()
    if row is None:
        raise _missing()
    ticket, customer, phone, address, creator, responsible, handler, onward = row
    merged_into = ticket.merged_into_id
    return TicketCard(
        ticket.id,
        ticket.version,
        _draft_of(ticket),
        ticket.opened_at,
        ticket.closed_at,
        ticket.channel,
        ticket.external_key,
        customer or "",
        phone or "",
        address or "",
        creator or "",
        _person(responsible),
        _person(handler),
        shown_number(ticket.id, ticket.number),
        merged_into,
        "" if merged_into is None else shown_number(merged_into, onward),
    )


@writes
def create(session: Session, draft: TicketDraft) -> Saved:
    """Take a ticket in: numbered, with the task its type asks for, due and as urgent as its type says."""
    require(session, Permission.EDIT_TICKETS)
    asked, facts = work.work_of(session, draft.type_id), type_facts(session, draft.type_id)
    _refuse_incomplete(draft, asked)
    refuse_misfits(session, draft)
    moment = now(session)
    status = _status(session, draft.status_id)
    ticket = Ticket(opened_at=moment, status_id=status.id, created_by_id=actor(session))
    _write(ticket, with_priority(draft, facts))
    if ticket.due_at is None and asked.due_hours is not None:
        ticket.due_at = moment + timedelta(hours=asked.due_hours)
    ticket.closed_at = moment if status.is_closed else None
    refuse_empty(session, status.id, _values(ticket))
    if facts.numerator_id is not None:
        ticket.number = draw(session, facts.numerator_id)
        _fold(ticket)
    session.add(ticket)
    session.flush()
    tasks: tuple[int, ...] = ()
    if not status.is_closed:
        task = work.begin(session, ticket, asked)
        tasks = (task.id,)
        _mail(session, "ticket_opened", ticket, str(ticket.id), task.user_id)
    return _tell(session, ticket, tasks)


@writes
def save(session: Session, ticket_id: int, version: int, draft: TicketDraft) -> Saved:
    """Change a ticket that still is as it was read; its state decides whether it is open, its tasks follow."""
    require(session, Permission.EDIT_TICKETS)
    ticket = _ticket(session, ticket_id, version)
    status = _status(session, draft.status_id or ticket.status_id)
    before, values_before = _draft_of(ticket), _values(ticket)
    facts = type_facts(session, draft.type_id)
    if not status.is_closed:
        _refuse_incomplete(draft, work.work_of(session, draft.type_id))
    refuse_misfits(session, draft, before)
    # Until everything is checked nothing may reach the database, whose guards would speak first.
    with session.no_autoflush:
        _write(ticket, with_priority(draft, facts, before))
        ticket.status_id = status.id
        if ticket.merged_into_id is None:
            refuse_empty(session, status.id, _values(ticket), values_before if status.id == before.status_id else None)
    # What ends is not given to others first.
    is_retyped = before.type_id != draft.type_id and not status.is_closed
    is_handed_over = before.handler_id != draft.handler_id
    session.flush()
    tasks = work.follow(session, ticket, is_retyped=is_retyped, is_handed_over=is_handed_over)
    tasks += _open_or_close(session, ticket, is_closed=status.is_closed)
    return _tell(session, ticket, tasks)


@writes
def close(session: Session, ticket_id: int, version: int) -> Saved:
    """Close a ticket and its tasks; refused while a visit is still to come."""
    return _move(session, ticket_id, version, is_closed=True)


@writes
def reopen(session: Session, ticket_id: int, version: int) -> Saved:
    """Open a closed ticket again, with the tasks that were closed with it."""
    return _move(session, ticket_id, version, is_closed=False)


def _move(session: Session, ticket_id: int, version: int, *, is_closed: bool) -> Saved:
    require(session, Permission.EDIT_TICKETS)
    ticket = _ticket(session, ticket_id, version)
    status = _status(session, ticket.status_id)
    if status.is_closed is not is_closed:
        wanted = _first_status(session, is_closed=is_closed).id
        refuse_empty(session, wanted, _values(ticket))
        ticket.status_id = wanted
    return _tell(session, ticket, _open_or_close(session, ticket, is_closed=is_closed))


def _open_or_close(session: Session, ticket: Ticket, *, is_closed: bool) -> tuple[int, ...]:
    if is_closed and ticket.closed_at is None:
        moment = now(session)
        tasks = work.end(session, ticket, moment)
        ticket.closed_at = moment
        _mail(session, "ticket_closed", ticket, f"{ticket.id}:{moment.isoformat()}", ticket.handler_id)
        return tasks
    if not is_closed and ticket.closed_at is not None:
        _refuse_merged(session, ticket)
        closed_at, ticket.closed_at = ticket.closed_at, None
        return work.resume(session, ticket, closed_at)
    return ()


def _mail(session: Session, event: str, ticket: Ticket, key: str, user_id: int | None) -> None:
    session.flush()
    queue(session, event, key=key, ticket_id=ticket.id, customer_id=ticket.customer_id, user_id=user_id)


def _tell(session: Session, ticket: Ticket, task_ids: tuple[int, ...]) -> Saved:
    session.flush()
    announce(session, RowsChanged("tickets", frozenset({ticket.id})))
    if task_ids:
        announce(session, RowsChanged("tasks", frozenset(task_ids)))
    number = shown_number(ticket.id, ticket.number)
    return Saved(ticket.id, ticket.version, is_closed=ticket.closed_at is not None, number=number)


def _ticket(session: Session, ticket_id: int, version: int) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise _missing()
    if ticket.version != version:
        raise Conflict(
            message(N_("Somebody else changed this in the meantime.")),
            message(N_("Nothing was overwritten. Look at the new values, then save again.")),
        )
    return ticket


def _status(session: Session, status_id: int | None) -> TicketStatus:
    found = None if status_id is None else session.get(TicketStatus, status_id)
    return found or _first_status(session, is_closed=False)


def _first_status(session: Session, *, is_closed: bool) -> TicketStatus:
    asked = select(TicketStatus).where(TicketStatus.is_closed == is_closed)
    return session.scalars(asked.order_by(TicketStatus.position, TicketStatus.id).limit(1)).one()


def _refuse_incomplete(draft: TicketDraft, asked: work.Work) -> None:
    if wrong := problems(draft, is_automatic=asked.is_automatic):
        raise Incomplete(wrong)


def _refuse_merged(session: Session, ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        onward = session.scalar(select(Ticket.number).where(Ticket.id == ticket.merged_into_id))
        raise Refused(
            "MERGED",
            message(
                N_("This ticket was merged into ticket {number}."), number=shown_number(ticket.merged_into_id, onward)
            ),
            message(N_("It stays closed. Open that ticket and go on there.")),
        )


def _write(ticket: Ticket, draft: TicketDraft) -> None:
    values: dict[str, Any] = {name: getattr(draft, name) for name in _FIELDS}
    del values["status_id"]
    values["subject"], values["address"] = draft.subject.strip(), (draft.address or "").strip() or None
    values["custom"] = {key: value for key, value in draft.custom.items() if value not in ("", None)}
    for name, value in values.items():
        setattr(ticket, name, value)
    _fold(ticket)


def _fold(ticket: Ticket) -> None:
    ticket.search = ticket_search(
        ticket.subject, ticket.external_key, ticket.description, ticket.address, ticket.number
    )


def _values(ticket: Ticket) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in _FIELDS}


def _draft_of(ticket: Ticket) -> TicketDraft:
    return TicketDraft(**_values(ticket))


def _person(user: User | None) -> PersonChoice | None:
    return None if user is None else PersonChoice(user.id, user.name, user.is_active)


def _missing() -> NotFound:
    return NotFound(message(N_("This ticket is no longer there.")))
