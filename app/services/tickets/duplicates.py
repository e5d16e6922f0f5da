"""Tickets that are open about the same: told while a new one is being typed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.text import fold
from app.domain.tickets.names import shown_number
from app.domain.tickets.order import TicketFilter
from app.models.customers import Customer
from app.models.tickets import Ticket
from app.services.context import now, reads
from app.services.tickets import listing

WITHIN = timedelta(days=30)
_LOOKED_AT = 50
_LONG_WORD = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open ticket that may be about the same."""

    id: int
    number: str
    subject: str
    customer: str
    opened_at: datetime


@reads
def alike(
    session: Session, customer_id: int | None, type_id: int | None, subject: str, *, except_id: int = 0, limit: int = 3
) -> tuple[Likeness, ...]:
    """Open tickets of the last 30 days: of this customer and type or with a word of the subject, the newest first.

    Without a customer two words of the subject must be the same.
    """
    since = now(session) - WITHIN
    words = sorted({word for word in fold(subject).split() if len(word) >= _LONG_WORD}, key=len, reverse=True)
    asked = (
        select(Ticket.id, Ticket.number, Ticket.subject, Customer.name, Ticket.opened_at, Ticket.type_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .where(Ticket.closed_at.is_(None), Ticket.opened_at >= since, Ticket.id != except_id)
        .order_by(Ticket.id.desc())
        .limit(_LOOKED_AT)
    )
    if customer_id is not None:
        asked = asked.where(Ticket.customer_id == customer_id)
    elif len(words) > 1:
        rows = listing.page(session, TicketFilter(text=" ".join(words[:2]), open_only=True), limit=_LOOKED_AT).rows
        asked = asked.where(Ticket.id.in_([row.id for row in rows]))
    else:
        return ()
    found = []
    for ticket_id, number, title, customer, opened_at, kind in session.execute(asked):
        is_same_type = type_id is not None and kind == type_id
        theirs = set(fold(title).split())
        if (customer_id is None and set(words[:2]) <= theirs) or (
            customer_id is not None and (is_same_type or theirs.intersection(words))
        ):
            found.append(Likeness(ticket_id, shown_number(ticket_id, number), title, customer or "", opened_at))
    return tuple(found[:limit])
