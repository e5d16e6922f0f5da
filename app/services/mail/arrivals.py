"""What came in by mail as people see it: what each mail was, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.mail.incoming import unpack
from app.domain.words import N_, Message, message
from app.models.customers import Customer
from app.models.mail import IncomingMessage, MailAccount
from app.models.tickets import File, Ticket
from app.services.context import reads

PAGE = 100


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """A mail as the list shows it; `said` tells why it became what it became."""

    id: int
    outcome: str
    from_address: str
    from_name: str
    subject: str
    received_at: datetime
    said: tuple[Message, ...]
    ticket_id: int | None
    ticket_number: str
    customer: str
    mailbox: str
    outbox_id: int | None


@dataclass(frozen=True, slots=True)
class ArrivalPage:
    """Mails, the newest first."""

    rows: tuple[ArrivalRow, ...]
    has_after: bool

    @property
    def has_before(self) -> bool:
        """Pages are read from the newest on."""
        return False


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A file that came along."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ArrivalCard:
    """One mail whole."""

    row: ArrivalRow
    body: str
    files: tuple[ArrivedFile, ...]


_LISTED = (
    select(IncomingMessage, Ticket.number, Customer.name, MailAccount.address)
    .join(MailAccount, MailAccount.id == IncomingMessage.account_id)
    .outerjoin(Ticket, Ticket.id == IncomingMessage.ticket_id)
    .outerjoin(Customer, Customer.id == IncomingMessage.customer_id)
)


@reads
def page(
    session: Session, *, state: str | None = None, search: str = "", before: int | None = None, limit: int = PAGE
) -> ArrivalPage:
    """Mails, the newest first: all, those of an outcome, or with a word in sender or subject."""
    asked = _LISTED
    if state is not None:
        asked = asked.where(IncomingMessage.outcome == state)
    if word := search.strip():
        looked_in = (IncomingMessage.from_address, IncomingMessage.from_name, IncomingMessage.subject)
        asked = asked.where(or_(*(each.icontains(word, autoescape=True) for each in looked_in)))
    if before is not None:
        asked = asked.where(IncomingMessage.id < before)
    rows = _rows(session, asked.order_by(IncomingMessage.id.desc()).limit(limit + 1))
    return ArrivalPage(rows[:limit], len(rows) > limit)


@reads
def counts(session: Session) -> dict[str, int]:
    """How many mails became what."""
    found = session.execute(select(IncomingMessage.outcome, func.count()).group_by(IncomingMessage.outcome))
    return dict(found.all())


@reads
def load(session: Session, row_id: int) -> ArrivalCard:
    """One mail whole, with the names of its files."""
    rows = _rows(session, _LISTED.where(IncomingMessage.id == row_id))
    found = session.get(IncomingMessage, row_id)
    if not rows or found is None:
        raise NotFound(message(N_("This mail is no longer there.")))
    files = session.execute(select(File.id, File.name, File.size).where(File.incoming_id == row_id).order_by(File.id))
    return ArrivalCard(rows[0], found.body, tuple(ArrivedFile(*file) for file in files))


def _rows(session: Session, asked: Select[IncomingMessage, str | None, str, str]) -> tuple[ArrivalRow, ...]:
    return tuple(
        ArrivalRow(
            found.id,
            found.outcome,
            found.from_address,
            found.from_name,
            found.subject,
            found.received_at,
            unpack(found.detail),
            found.ticket_id,
            number or str(found.ticket_id or ""),
            customer or "",
            mailbox,
            found.outbox_id,
        )
        for found, number, customer, mailbox in session.execute(asked)
    )
