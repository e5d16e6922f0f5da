"""What the fields of a card and the filters of the list offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.company import Company
from app.models.people import User
from app.models.places import Site
from app.models.processes import ActivityType
from app.models.tickets import TicketStatus, TicketSubtype, TicketType
from app.services.context import reads


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """A state; built-in ones have a code and are named by the catalogue."""

    id: int
    code: str | None
    name: str | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A ticket type; `is_planned` when its call waits for the back office, due after `due_hours` where that is set."""

    id: int
    name: str
    is_planned: bool
    due_hours: int | None


@dataclass(frozen=True, slots=True)
class SubtypeChoice:
    """A sub-type of a type."""

    id: int
    type_id: int
    name: str


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A user; inactive ones are shown where they are set and not offered anew."""

    id: int
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything there is to choose from, and the company's time zone and country."""

    statuses: tuple[StatusChoice, ...]
    types: tuple[TypeChoice, ...]
    subtypes: tuple[SubtypeChoice, ...]
    people: tuple[PersonChoice, ...]
    sites: tuple[SiteChoice, ...]
    time_zone: str
    country: str


@reads
def lists(session: Session) -> Lists:
    """The lists as they are now: states by position, the rest by name; every user of the system is in them."""
    statuses = session.execute(
        select(TicketStatus.id, TicketStatus.code, TicketStatus.name, TicketStatus.is_closed).order_by(
            TicketStatus.position, TicketStatus.id
        )
    )
    types = session.execute(
        select(TicketType.id, TicketType.name, ActivityType.is_schedulable, TicketType.due_hours).outerjoin(
            ActivityType, ActivityType.id == TicketType.activity_type_id
        )
    )
    subtypes = session.execute(select(TicketSubtype.id, TicketSubtype.type_id, TicketSubtype.name))
    people = session.execute(select(User.id, User.name, User.is_active))
    sites = session.execute(select(Site.id, Site.name))
    company = session.execute(select(Company.time_zone, Company.country)).first()
    return Lists(
        tuple(StatusChoice(*row) for row in statuses),
        _by_name(TypeChoice(row[0], row[1], bool(row[2]), row[3]) for row in types),
        _by_name(SubtypeChoice(*row) for row in subtypes),
        _by_name(PersonChoice(*row) for row in people),
        _by_name(SiteChoice(*row) for row in sites),
        *(company or ("UTC", "")),
    )


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _by_name(rows: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(rows, key=lambda row: row.name.casefold()))
