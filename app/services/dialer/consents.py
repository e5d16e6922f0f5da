"""Consent to be called: from when, until when, how it was given; withdrawn at once when somebody says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.customers import Customer
from app.models.dialer import Consent
from app.models.people import User
from app.services.context import actor, now, reads, require, writes
from app.services.dialer.following import settle_people
from app.services.dialer.number_lists import PAGE, NumberPage, customers_of, matching, newest_first
from app.services.dialer.numbers import home_country, read_number
from app.services.saving import tell, wrong


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
) -> NumberPage[ConsentRow]:
    """A page of the consents on record, by number or customer."""
    asked = _ROWS.where(*matching(session, Consent.person, typed))
    return newest_first(session, asked, Consent.id, ConsentRow, after=after, before=before, at_end=at_end, limit=limit)


@writes
def give(
    session: Session,
    raw: str,
    *,
    source: str,
    expires_at: datetime,
    given_at: datetime | None = None,
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
    consent = Consent(
        person=person,
        customer_id=customers_of(session, [person]).get(person),
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
