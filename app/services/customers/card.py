"""One customer: read for its card, taken in and changed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.adapters.phones import read_phone
from app.bus import RowsChanged
from app.domain.customers import CustomerDraft, problems
from app.domain.errors import Conflict, Incomplete, NotFound
from app.domain.people import Permission
from app.domain.phones import Phone
from app.domain.search import customer_search
from app.domain.words import N_, message
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.places import Site
from app.models.processes import CustomerProfile
from app.services.company.places import is_zone
from app.services.context import announce, reads, require, writes
from app.services.processes.profiles import set_customer_profiles


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer as its card shows it; `suspect` are the phones nobody could read."""

    id: int
    version: int
    draft: CustomerDraft
    external_key: str | None
    site: str | None
    suspect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """A customer that was written, and its version now."""

    id: int
    version: int


@reads
def load(session: Session, customer_id: int) -> CustomerCard:
    """The card of one customer."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise _missing()
    site = None if customer.site_id is None else session.scalar(select(Site.name).where(Site.id == customer.site_id))
    draft = CustomerDraft(
        customer.name,
        tuple(phone.raw for phone in customer.phones),
        customer.email,
        customer.address,
        customer.site_id,
        customer.language,
        customer.notes,
        _profiles(session, customer_id),
        customer.time_zone,
    )
    suspect = tuple(phone.raw for phone in customer.phones if phone.is_suspect)
    return CustomerCard(customer.id, customer.version, draft, customer.external_key, site, suspect)


def _profiles(session: Session, customer_id: int) -> tuple[int, ...]:
    held = select(CustomerProfile.profile_id).where(CustomerProfile.customer_id == customer_id)
    return tuple(session.scalars(held.order_by(CustomerProfile.profile_id)))


@writes
def create(session: Session, draft: CustomerDraft) -> Saved:
    """Take a customer in: a name or a phone is enough."""
    require(session, Permission.EDIT_CUSTOMERS)
    customer = Customer()
    session.add(customer)
    return _save(session, customer, draft)


@writes
def save(session: Session, customer_id: int, version: int, draft: CustomerDraft) -> Saved:
    """Change a customer that still is as it was read."""
    require(session, Permission.EDIT_CUSTOMERS)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise _missing()
    if customer.version != version:
        raise Conflict(
            message(N_("Somebody else changed this in the meantime.")),
            message(N_("Nothing was overwritten. Look at the new values, then save again.")),
        )
    return _save(session, customer, draft)


def _save(session: Session, customer: Customer, draft: CustomerDraft) -> Saved:
    if wrong := problems(draft):
        raise Incomplete(wrong)
    country = session.scalar(select(Company.country))
    phones = _phones(draft.phones, country)
    if draft.time_zone is not None and not is_zone(draft.time_zone):
        raise Incomplete({"time_zone": message(N_("There is no such time zone."))})
    for name in ("email", "address", "language", "notes", "time_zone"):
        setattr(customer, name, (getattr(draft, name) or "").strip() or None)
    customer.name, customer.site_id = draft.name.strip(), draft.site_id
    search = customer_search(customer.name, customer.external_key, customer.email, customer.address, phones)
    if _as_kept(customer.phones) != phones:
        customer.phones = [
            CustomerPhone(position=place, raw=phone.raw, e164=phone.e164, is_suspect=phone.is_suspect)
            for place, phone in enumerate(phones)
        ]
    customer.search = search
    is_known = customer.id is not None
    session.flush()
    if is_known:
        _reach_pools(session, customer.id)
    if set(draft.profile_ids) != set(_profiles(session, customer.id)):
        set_customer_profiles(session, customer.id, draft.profile_ids)
        # They are part of the card: whoever edits it at the same time is told.
        flag_modified(customer, "name")
        session.flush()
    announce(session, RowsChanged("customers", frozenset({customer.id})))
    return Saved(customer.id, customer.version)


def _reach_pools(session: Session, customer_id: int) -> None:
    """Whoever calls this customer calls the number, at the hours, that the card says now."""
    from app.services.dialer.following import follow

    follow(session, [customer_id])


def _phones(typed: tuple[str, ...], country: str | None) -> tuple[Phone, ...]:
    """The numbers read, each once."""
    found: dict[str, Phone] = {}
    for raw in typed:
        if raw.strip():
            phone = read_phone(raw, country or None)
            found.setdefault(phone.e164 or phone.raw, phone)
    return tuple(found.values())


def _as_kept(phones: Any) -> tuple[Phone, ...]:
    return tuple(Phone(phone.raw, phone.e164, phone.is_suspect) for phone in phones)


def _missing() -> NotFound:
    return NotFound(message(N_("This customer is no longer there.")))
