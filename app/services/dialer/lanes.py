"""The lanes of a campaign's pools, and what an entry takes over from its customer: number, clock, site, language."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import Lane
from app.services.dialer.zones import zone_of
from app.services.imports.bulk import among, is_postgresql

_LANES = table_of(Lane)
_LOCK = 7302
"""With a campaign's number this names the lock under which its pools are filled, one hand at a time."""


@dataclass(frozen=True, slots=True)
class Person:
    """What an entry takes over from its customer."""

    customer_id: int
    person: str | None
    zone: str
    site_id: int | None
    language: str | None


class Lanes:
    """The lanes of a campaign, made where a pool has nobody of that clock yet."""

    def __init__(self, session: Session, campaign_id: int) -> None:
        self._session = session
        self._campaign_id = campaign_id
        rows = session.execute(select(Lane.pool_id, Lane.zone, Lane.id).where(Lane.campaign_id == campaign_id)).all()
        self._ids: dict[tuple[int, str], int] = {(row.pool_id, row.zone): row.id for row in rows}
        self._zones = {row.zone for row in rows}
        self._is_wider = False

    def make(self, pool_id: int, zones: Collection[str]) -> None:
        """See to it that the pool has a lane for each of these zones."""
        missing = sorted(zone for zone in zones if (pool_id, zone) not in self._ids)
        for zone in missing:
            values = {"campaign_id": self._campaign_id, "pool_id": pool_id, "zone": zone}
            made = self._session.execute(insert(_LANES).values(values).returning(_LANES.c.id)).scalar_one()
            self._ids[pool_id, zone] = made
        self._is_wider = self._is_wider or not self._zones.issuperset(missing)
        self._zones.update(missing)

    def of(self, pool_id: int, zone: str) -> int:
        """The lane of a pool for a zone."""
        return self._ids[pool_id, zone]

    def lay_out(self) -> None:
        """Where the campaign had nobody of a zone before, its hours there are laid out."""
        if self._is_wider:
            lay_out(self._session, self._campaign_id)

    def widen(self) -> None:
        """There is a lane now of a zone that the campaign had nobody of."""
        self._is_wider = True


def lay_out(session: Session, campaign_id: int) -> None:
    """Lay out a campaign's hours for a zone that is new to it, where the actor may; others leave it to who may."""
    from app.services.dialer import windows

    if windows.may_lay_out(session):
        windows.lay_out(session, campaign_id)


def people_of(session: Session, customer_ids: Sequence[int]) -> list[Person]:
    """What the entries of these customers take over, in the order asked; who is gone is left out."""
    company = session.scalar(select(Company.time_zone)) or "UTC"
    customers, phones = table_of(Customer).c, table_of(CustomerPhone).c
    ids = {"ids": list(customer_ids)}
    numbers = select(phones.customer_id, phones.e164).where(
        among(session, phones.customer_id, "ids"), phones.e164.is_not(None)
    )
    first: dict[int, str] = {}
    for customer_id, e164 in session.execute(numbers.order_by(phones.customer_id, phones.position, phones.id), ids):
        first.setdefault(customer_id, e164)
    asked = select(customers.id, customers.time_zone, customers.site_id, customers.language)
    found = {row.id: row for row in session.execute(asked.where(among(session, customers.id, "ids")), ids)}
    people = []
    for customer_id in customer_ids:
        if (row := found.get(customer_id)) is not None:
            person = first.get(customer_id)
            zone = zone_of(row.time_zone, person, company)
            people.append(Person(customer_id, person, zone, row.site_id, row.language))
    return people


def lock(session: Session, campaign_id: int) -> None:
    """Let others who fill the pools of this campaign wait until this is done; SQLite has one writer anyway."""
    if is_postgresql(session):
        values = {"kind": _LOCK, "campaign": campaign_id}
        session.execute(text("SELECT pg_advisory_xact_lock(:kind, CAST(:campaign AS integer))"), values)


def set_each(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Change rows one by one by their `key`; what is named `new_...` is set."""
    if rows:
        values: dict[str, Any] = {name.removeprefix("new_"): bindparam(name) for name in rows[0] if name != "key"}
        session.connection().execute(update(table).where(table.c.id == bindparam("key")).values(values), list(rows))
