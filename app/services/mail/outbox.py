"""The outbox as people see it: what was sent, what waits and why, what was given up; and what can be done about it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refused
from app.domain.mail.addresses import cleaned
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.i18n import LANGUAGES
from app.models.customers import Customer
from app.models.mail import MailTemplate, OutboxMessage
from app.models.tickets import Ticket
from app.services.context import now, reads, require, writes
from app.services.mail.rows import OutboxCard, OutboxPage, OutboxRow
from app.services.mail.templates import sender_of
from app.services.saving import seen, tell

PAGE = 100
HELD = "held"
"""Asked for like a state: what waits and can still be taken back before its first attempt."""

_UNCHANGED = message(N_("Nothing was changed."))
_LISTED = (
    select(OutboxMessage, Customer.name, Ticket.number, MailTemplate.name)
    .outerjoin(Customer, Customer.id == OutboxMessage.customer_id)
    .outerjoin(Ticket, Ticket.id == OutboxMessage.ticket_id)
    .outerjoin(MailTemplate, MailTemplate.id == OutboxMessage.template_id)
)


@reads
def page(
    session: Session,
    *,
    state: str | None = None,
    search: str = "",
    ticket_id: int | None = None,
    customer_id: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> OutboxPage:
    """Mails, the newest first: all, those in a state, of a ticket or customer, or with a word in address or subject."""
    asked = _LISTED
    if state == HELD:
        asked = asked.where(*_held(now(session)))
    elif state is not None:
        asked = asked.where(OutboxMessage.state == state)
    if ticket_id is not None:
        asked = asked.where(OutboxMessage.ticket_id == ticket_id)
    if customer_id is not None:
        asked = asked.where(OutboxMessage.customer_id == customer_id)
    if word := search.strip():
        looked_in = (OutboxMessage.to_address, OutboxMessage.to_name, OutboxMessage.subject)
        asked = asked.where(or_(*(each.icontains(word, autoescape=True) for each in looked_in)))
    if before is not None:
        asked = asked.where(OutboxMessage.id < before)
    rows = _rows(session, asked.order_by(OutboxMessage.id.desc()).limit(limit + 1))
    return OutboxPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


@reads
def counts(session: Session) -> dict[str, int]:
    """How many mails are in each state, and how many of the waiting ones are held."""
    found = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    counted: dict[str, int] = dict(found.all())
    held = session.scalar(select(func.count()).select_from(OutboxMessage).where(*_held(now(session)))) or 0
    return counted | ({HELD: held} if held else {})


def _held(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OutboxMessage.state == "waiting", OutboxMessage.attempts == 0, OutboxMessage.next_at > moment)


@reads
def load(session: Session, row_id: int) -> OutboxCard:
    """One mail whole."""
    rows = _rows(session, _LISTED.where(OutboxMessage.id == row_id))
    found = session.get(OutboxMessage, row_id)
    if not rows or found is None:
        raise NotFound(message(N_("This mail is no longer there.")), _UNCHANGED)
    is_rtl = found.language in LANGUAGES and LANGUAGES[found.language].is_rtl
    sender = sender_of(session, "handler" if found.sender_id else "office", found.sender_id)
    return OutboxCard(rows[0], found.body, found.language, is_rtl, sender, found.message_id)


def _rows(session: Session, asked: Select[OutboxMessage, str, str | None, str]) -> tuple[OutboxRow, ...]:
    moment = now(session)
    return tuple(
        _row(found, customer or "", number or str(found.ticket_id or ""), template or "", moment)
        for found, customer, number, template in session.execute(asked)
    )


def _row(found: OutboxMessage, customer: str, number: str, template: str, moment: datetime) -> OutboxRow:
    return OutboxRow(
        id=found.id,
        version=found.version,
        event=found.event,
        state=found.state,
        to_address=found.to_address,
        to_name=found.to_name,
        subject=found.subject,
        created_at=found.created_at,
        next_at=found.next_at,
        sent_at=found.sent_at,
        attempts=found.attempts,
        last_error=found.last_error or "",
        customer_id=found.customer_id,
        customer=customer,
        ticket_id=found.ticket_id,
        ticket_number=number,
        task_id=found.task_id,
        template=template,
        is_held=found.state == "waiting" and not found.attempts and found.next_at > moment,
    )


@writes
def cancel(session: Session, row_id: int, version: int) -> OutboxRow:
    """Take back a mail that has not left."""
    found = _mine(session, row_id, version)
    if found.state not in {"waiting", "dead"}:
        raise _too_late(found.state)
    found.state = "cancelled"
    return _kept(session, found)


@writes
def resend(session: Session, row_id: int, version: int) -> OutboxRow:
    """Try a mail anew that was given up or taken back; it keeps its Message-ID, so whoever has it does not get two."""
    found = _mine(session, row_id, version)
    if found.state not in {"dead", "cancelled"}:
        raise _too_late(found.state)
    if cleaned(found.to_address) is None:
        raise Refused(
            "ADDRESS", message(N_("“{address}” is not a mail address."), address=found.to_address), _UNCHANGED
        )
    found.state, found.attempts, found.next_at, found.last_error = "waiting", 0, now(session), None
    return _kept(session, found)


@writes
def send_now(session: Session, row_id: int, version: int) -> OutboxRow:
    """Do not hold a waiting mail any longer, nor wait for its next attempt."""
    found = _mine(session, row_id, version)
    if found.state != "waiting":
        raise _too_late(found.state)
    found.next_at = now(session)
    return _kept(session, found)


def _mine(session: Session, row_id: int, version: int) -> OutboxMessage:
    require(session, Permission.EDIT_TICKETS)
    return seen(session, OutboxMessage, row_id, version)


def _kept(session: Session, found: OutboxMessage) -> OutboxRow:
    session.flush()
    tell(session, "outbox_messages", found.id)
    return _rows(session, _LISTED.where(OutboxMessage.id == found.id))[0]


def _too_late(state: str) -> Refused:
    words: dict[str, Message] = {
        "sent": message(N_("This mail was sent already.")),
        "sending": message(N_("This mail is being sent right now.")),
        "cancelled": message(N_("This mail was taken back.")),
        "dead": message(N_("This mail was given up. It can be sent again.")),
        "waiting": message(N_("This mail is waiting to be sent already.")),
    }
    return Refused("STATE", words[state], _UNCHANGED)
