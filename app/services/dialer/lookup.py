"""Who is calling: a number that comes in, found among all customers."""

import re
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters.telephony.numbers import dialable
from app.domain.errors import Refused
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import CallAttempt
from app.services.context import reads

__all__ = ["Caller", "caller"]

_SIP = re.compile(r"(?:sips?:|tel:)([^@;>]{1,60})", re.IGNORECASE)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """The customer a number belongs to; `others` more have it too, this one was spoken to last."""

    customer_id: int
    name: str
    number: str
    others: int = 0


@reads
def caller(session: Session, number: str) -> Caller | None:
    """The customer with this number, as a telephone shows it; None for hidden, garbled and unknown ones."""
    readings = _readings(number, session.scalar(select(Company.country)))
    if not readings:
        return None
    last = (
        select(func.max(CallAttempt.finished_at))
        .where(CallAttempt.customer_id == Customer.id, CallAttempt.person.in_(readings))
        .correlate(Customer)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Customer.id, Customer.name, last)
        .where(Customer.id.in_(select(CustomerPhone.customer_id).where(CustomerPhone.e164.in_(readings))))
        .order_by(last.desc().nulls_last(), Customer.id)
        .limit(_MOST)
    ).all()
    if not rows:
        return None
    return Caller(rows[0].id, rows[0].name, readings[0], len(rows) - 1)


def _readings(number: str, country: str | None) -> tuple[str, ...]:
    """The numbers it may mean: as it stands, and as an international one that lost its plus on the way."""
    found = _SIP.search(number)
    shown = found[1] if found else number
    readings: dict[str, None] = {}
    for each in (shown, f"+{shown}"):
        with suppress(Refused):
            readings[dialable(each, country)] = None
    return tuple(readings)
