"""Consent to be called: from when, until when, how it was given; withdrawn at once when somebody says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters.phones import read_phone
from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.text import fold
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import Consent
from app.models.people import User
from app.services.context import actor, now, reads, require, writes
from app.services.dialer.following import settle_people
from app.services.dialer.numbers import home_country, read_number
from app.services.saving import tell, wrong

PAGE = 100
_PHONES = table_of(CustomerPhone).c


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent on record; it holds from `given_at` to `expires_at` unless it was withdrawn."""

    id: int
    person: str
    customer_id: int | None
    customer: str | None
    source: str
    given_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    by: str | None


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Consents, the newest first; whether there are more before and after them."""

    rows: tuple[ConsentRow, ...]
    has_before: bool
    has_after: bool


_COLUMNS: tuple[Any, ...] = (
    Consent.id,
    Consent.person,
    Consent.customer_id,
    Customer.name,
    Consent.source,
    Consent.given_at,
    Consent.expires_at,
    Consent.withdrawn_at,
    User.name,
)
_ROWS = (
    select(*_COLUMNS)
    .outerjoin(Customer, Customer.id == Consent.customer_id)
    .outerjoin(User, User.id == Consent.by_id)
)  # fmt: skip


@reads
def page(
    session: Session,
    typed: str = "",
    *,
    after: int | None = None,
    before: int | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> ConsentPage:
    """A page of the consents on record, by number or customer."""
    asked = _ROWS
    if wanted := typed.strip():
        person = read_phone(wanted, home_country(session)).e164
        digits = "".join(filter(str.isdigit, wanted)).lstrip("0")
        if person:
            asked = asked.where(Consent.person == person)
        elif digits and not any(map(str.isalpha, wanted)):
            asked = asked.where(Consent.person.contains(digits, autoescape=True))
        else:
            asked = asked.where(*(Customer.search.contains(word, autoescape=True) for word in fold(wanted).split()))
    is_back = at_end or before is not None
    cursor = before if is_back else after
    if cursor is not None:
        asked = asked.where(Consent.id > cursor if is_back else Consent.id < cursor)
    ordered = asked.order_by(Consent.id if is_back else Consent.id.desc()).limit(limit + 1)
    found = [ConsentRow(*row) for row in session.execute(ordered)]
    is_more = len(found) > limit
    del found[limit:]
    if is_back:
        return ConsentPage(tuple(reversed(found)), has_before=is_more, has_after=before is not None)
    return ConsentPage(tuple(found), has_before=after is not None, has_after=is_more)


@writes
def give(
    session: Session,
    raw: str,
    *,
    source: str,
    expires_at: datetime,
    given_at: datetime | None = None,
    customer_id: int | None = None,
) -> int:
    """Put a consent on record, of a number typed in any form, with how it was given and its last moment."""
    require(session, Permission.DIAL)
    person = read_number(raw, home_country(session))
    how = " ".join(source.split())
    if not how:
        raise wrong("SOURCE", message(N_("Say how the consent was given.")))
    given_at = given_at or now(session)
    if given_at > now(session):
        raise wrong("GIVEN_AT", message(N_("A consent cannot have been given in the future.")))
    if expires_at <= given_at:
        raise wrong("EXPIRES_AT", message(N_("A consent ends after it was given.")))
    if customer_id is None:
        of_number = select(_PHONES.customer_id).where(_PHONES.e164 == person)
        customer_id = session.scalar(of_number.order_by(_PHONES.customer_id).limit(1))
    consent = Consent(
        person=person,
        customer_id=customer_id,
        source=how,
        given_at=given_at,
        expires_at=expires_at,
        by_id=actor(session),
    )
    session.add(consent)
    session.flush()
    settle_people(session, None, [person])
    tell(session, "consents", consent.id)
    return consent.id


@writes
def withdraw(session: Session, consent_id: int) -> None:
    """End a consent now; that it was given stays on record."""
    require(session, Permission.DIAL)
    consent = session.get(Consent, consent_id, with_for_update=True)
    if consent is None:
        raise NotFound(message(N_("This is no longer there.")), message(N_("Nothing was changed.")))
    if consent.withdrawn_at is not None:
        raise Refused(
            "WITHDRAWN", message(N_("This consent was withdrawn already.")), message(N_("Nothing was changed."))
        )
    consent.withdrawn_at = now(session)
    session.flush()
    settle_people(session, None, [consent.person])
    tell(session, "consents", consent.id)
