"""The one door for what comes in by itself: mail, a form of the company's site, another program.

The ticket, its task, the hand-over and the thanks to the customer are one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters.phones import read_phone
from app.bus import RowsChanged
from app.domain.errors import Incomplete
from app.domain.mail.addresses import cleaned
from app.domain.search import customer_search, ticket_search
from app.domain.tickets.complete import CUSTOM, missing_fields
from app.domain.tickets.fields import FIELDS, missing
from app.domain.words import N_, Message, message
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.processes import RoutingRules
from app.models.tickets import StatusField, Task, Ticket, TicketStatus, TicketType
from app.services.context import actor, announce, now, writes
from app.services.mail.queueing import queue
from app.services.tickets import work
from app.services.tickets.custom_fields import kinds, names
from app.services.tickets.numbering import draw

LONGEST = 100_000
"""So many characters of a description are kept."""


@dataclass(frozen=True, slots=True)
class Intake:
    """An enquiry as it came in; the sender is known by mail address or telephone number."""

    subject: str
    description: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    channel: str = ""
    type_id: int | None = None
    language: str | None = None
    external_key: str | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The ticket that was opened, its task and who has it; `is_new` is False for one that was there already."""

    ticket_id: int
    number: str
    task_id: int | None
    user_id: int | None
    customer_id: int | None
    is_new: bool = True


@writes
def accept(session: Session, intake: Intake) -> TakenIn:
    """Take an enquiry in; the same `external_key` again is the same ticket."""
    return take_in(session, intake)


def take_in(session: Session, intake: Intake) -> TakenIn:
    """The same within another call."""
    if (wrong := problems(intake)) is not None:
        raise Incomplete(wrong)
    if intake.external_key and (held := _held(session, intake.external_key)) is not None:
        return held
    customer_id = find_customer(session, intake) or _new_customer(session, intake)
    ticket = _ticket(session, intake, customer_id)
    states = _open_states(session)
    ticket.status_id = _fitting(session, states, ticket)
    session.add(ticket)
    session.flush()
    announce(session, RowsChanged("tickets", frozenset({ticket.id})))
    task = work.begin(session, ticket, work.work_of(session, ticket.type_id))
    if ticket.status_id != next(iter(states)):
        # A state that asks for the handler alone is right after all, now that one was found.
        ticket.status_id = _fitting(session, states, ticket)
    if session.info.get("is_quiet"):
        return TakenIn(ticket.id, ticket.number or str(ticket.id), task.id, task.user_id, customer_id)
    queue(
        session, "ticket_opened", key=str(ticket.id), ticket_id=ticket.id, customer_id=customer_id, user_id=task.user_id
    )
    return TakenIn(ticket.id, ticket.number or str(ticket.id), task.id, task.user_id, customer_id)


def problems(intake: Intake) -> dict[str, Message] | None:
    """What an enquiry lacks."""
    found = {}
    email = intake.email.strip()
    if email and cleaned(email) is None:
        found["email"] = message(N_("“{value}” is not a mail address."), value=email[:80])
    if not intake.subject.strip():
        found["subject"] = message(N_("Say in a few words what it is about."))
    if not email and not intake.phone.strip():
        found["email"] = message(N_("An enquiry needs a mail address or a telephone number to answer to."))
    return found or None


def find_customer(session: Session, intake: Intake) -> int | None:
    """The customer with this mail address, else the one with this telephone number; the oldest of several."""
    email = intake.email.strip().lower()
    if email:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        folded = Customer.email.collate("NOCASE") if is_sqlite else func.lower(Customer.email)
        if (found := session.scalar(select(func.min(Customer.id)).where(folded == email))) is not None:
            return found
    phone = read_phone(intake.phone, _country(session)) if intake.phone.strip() else None
    if phone is None or phone.e164 is None:
        return None
    return session.scalar(select(func.min(CustomerPhone.customer_id)).where(CustomerPhone.e164 == phone.e164))


def _new_customer(session: Session, intake: Intake) -> int:
    email, name = intake.email.strip() or None, " ".join(intake.name.split())
    phones = [read_phone(intake.phone, _country(session))] if intake.phone.strip() else []
    customer = Customer(
        name=name or email or intake.phone.strip(),
        email=email,
        language=intake.language,
        phones=[
            CustomerPhone(position=position, raw=phone.raw, e164=phone.e164, is_suspect=phone.is_suspect)
            for position, phone in enumerate(phones)
        ],
    )
    customer.search = customer_search(customer.name, None, email, None, phones)
    session.add(customer)
    session.flush()
    announce(session, RowsChanged("customers", frozenset({customer.id})))
    return customer.id


def _ticket(session: Session, intake: Intake, customer_id: int) -> Ticket:
    moment = now(session)
    type_id = intake.type_id or session.scalar(select(RoutingRules.intake_type_id).limit(1))
    kind = None if type_id is None else session.get(TicketType, type_id)
    subject, description = " ".join(intake.subject.split())[:500], intake.description.strip()[:LONGEST]
    number = draw(session, kind.numerator_id) if kind is not None and kind.numerator_id is not None else None
    ticket = Ticket(
        subject=subject,
        description=description,
        customer_id=customer_id,
        type_id=type_id,
        opened_at=moment,
        channel=intake.channel or None,
        external_key=intake.external_key,
        created_by_id=actor(session),
        number=number,
        due_at=moment + timedelta(hours=kind.due_hours) if kind is not None and kind.due_hours is not None else None,
    )
    ticket.search = ticket_search(subject, intake.external_key, description, None, number)
    if kind is not None and kind.priority is not None:
        ticket.priority = kind.priority
    return ticket


def _open_states(session: Session) -> dict[int, tuple[str, ...]]:
    """The open states in their order, with what each asks for."""
    asked = select(TicketStatus.id, StatusField.field).outerjoin(StatusField, StatusField.status_id == TicketStatus.id)
    order = (TicketStatus.position, TicketStatus.id, StatusField.id)
    found: dict[int, tuple[str, ...]] = {}
    for status_id, field in session.execute(asked.where(TicketStatus.is_closed.is_(False)).order_by(*order)):
        found[status_id] = (*found.get(status_id, ()), *((field,) if field else ()))
    return found


def _fitting(session: Session, states: Mapping[int, tuple[str, ...]], ticket: Ticket) -> int:
    """The first state that asks for nothing the ticket has not: no enquiry is lost for a field nobody could fill in.

    Where every one asks for more it is refused, naming what the first needs.
    """
    known = kinds(session) if any(states.values()) else {}
    values = {name: getattr(ticket, name) for name in (*FIELDS, CUSTOM)}
    empty = {status_id: missing_fields(values, fields, known) for status_id, fields in states.items()}
    found = next((status_id for status_id, fields in empty.items() if not fields), None)
    if found is None:
        raise missing(next(iter(empty.values())), names(session))
    return found


def _held(session: Session, external_key: str) -> TakenIn | None:
    asked = (
        select(Ticket.id, Ticket.number, Task.id, Task.user_id, Ticket.customer_id)
        .outerjoin(Task, Task.ticket_id == Ticket.id)
        .where(Ticket.external_key == external_key)
        .order_by(Task.id)
        .limit(1)
    )
    row = session.execute(asked).first()
    return None if row is None else TakenIn(row[0], row[1] or str(row[0]), *row[2:], is_new=False)


def _country(session: Session) -> str:
    return session.scalar(select(Company.country).limit(1)) or "IL"
