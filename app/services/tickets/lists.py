"""What the fields of a card and the filters of the list offer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.company import Company
from app.models.people import User
from app.models.places import Site
from app.models.processes import ActivityType
from app.models.tickets import (
    Layout,
    NoteKind,
    Product,
    ProductGroup,
    Project,
    StatusField,
    TicketStatus,
    TicketSubtype,
    TicketSubtype2,
    TicketType,
)
from app.services.context import reads
from app.services.tickets.custom_fields import OwnField, own_fields


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """A state; built-in ones have a code and are named by the catalogue."""

    id: int
    code: str | None
    name: str | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A ticket type; `is_planned` when its call waits for the back office, due after `due_hours` where that is set.

    Its tickets have its `priority` until somebody sets another; with a process the handler is found by itself.
    """

    id: int
    name: str
    is_planned: bool
    due_hours: int | None
    priority: int | None = None
    process_id: int | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether somebody is found to do it without being named."""
        return self.is_planned or self.process_id is not None


@dataclass(frozen=True, slots=True)
class SubtypeChoice:
    """A sub-type of a type."""

    id: int
    type_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Subtype2Choice:
    """A sub-type of a sub-type."""

    id: int
    subtype_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A product, in its group where it has one."""

    id: int
    name: str
    group_id: int | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """A project, or a sub-project of its parent."""

    id: int
    name: str
    parent_id: int | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class NoteKindChoice:
    """A kind of note; built-in ones have a code and are named by the catalogue."""

    id: int
    code: str | None
    name: str | None
    is_alert: bool


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A user; inactive ones are shown where they are set and not offered anew."""

    id: int
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site, or anything else that only has a name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything there is to choose from, and the company's time zone and country.

    `layouts` are the fields of a card by its type, the general ones under None; `required` the fields by state.
    """

    statuses: tuple[StatusChoice, ...]
    types: tuple[TypeChoice, ...]
    subtypes: tuple[SubtypeChoice, ...]
    people: tuple[PersonChoice, ...]
    sites: tuple[SiteChoice, ...]
    time_zone: str
    country: str
    subtypes2: tuple[Subtype2Choice, ...] = ()
    product_groups: tuple[SiteChoice, ...] = ()
    products: tuple[ProductChoice, ...] = ()
    projects: tuple[ProjectChoice, ...] = ()
    own_fields: tuple[OwnField, ...] = ()
    note_kinds: tuple[NoteKindChoice, ...] = ()
    layouts: Mapping[int | None, tuple[str, ...]] = field(default_factory=dict)
    required: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@reads
def lists(session: Session) -> Lists:
    """The lists as they are now: states by position, the rest by name; every user of the system is in them."""
    statuses = session.execute(
        select(TicketStatus.id, TicketStatus.code, TicketStatus.name, TicketStatus.is_closed).order_by(
            TicketStatus.position, TicketStatus.id
        )
    )
    types = session.execute(
        select(
            TicketType.id,
            TicketType.name,
            ActivityType.is_schedulable,
            TicketType.due_hours,
            TicketType.priority,
            TicketType.process_id,
        ).outerjoin(ActivityType, ActivityType.id == TicketType.activity_type_id)
    )
    subtypes = session.execute(select(TicketSubtype.id, TicketSubtype.type_id, TicketSubtype.name))
    people = session.execute(select(User.id, User.name, User.is_active))
    sites = session.execute(select(Site.id, Site.name))
    company = session.execute(select(Company.time_zone, Company.country)).first()
    return Lists(
        tuple(StatusChoice(*row) for row in statuses),
        _by_name(TypeChoice(row[0], row[1], bool(row[2]), *row[3:]) for row in types),
        _by_name(SubtypeChoice(*row) for row in subtypes),
        _by_name(PersonChoice(*row) for row in people),
        _by_name(SiteChoice(*row) for row in sites),
        *(company or ("UTC", "")),
        *_of_the_card(session),
    )


def _of_the_card(session: Session) -> tuple[Any, ...]:
    """What only a card chooses from, and what it shows and asks."""
    subtypes2 = session.execute(select(TicketSubtype2.id, TicketSubtype2.subtype_id, TicketSubtype2.name))
    groups = session.execute(select(ProductGroup.id, ProductGroup.name))
    products = session.execute(select(Product.id, Product.name, Product.group_id, Product.is_active))
    projects = session.execute(select(Project.id, Project.name, Project.parent_id, Project.is_active))
    kinds = session.execute(
        select(NoteKind.id, NoteKind.code, NoteKind.name, NoteKind.is_alert).order_by(NoteKind.position, NoteKind.id)
    )
    layouts = session.execute(select(Layout.ticket_type_id, Layout.fields).where(Layout.kind == "ticket"))
    required: dict[int, tuple[str, ...]] = {}
    for status_id, code in session.execute(
        select(StatusField.status_id, StatusField.field).order_by(StatusField.status_id, StatusField.id)
    ):
        required[status_id] = (*required.get(status_id, ()), code)
    return (
        _by_name(Subtype2Choice(*row) for row in subtypes2),
        _by_name(SiteChoice(*row) for row in groups),
        _by_name(ProductChoice(*row) for row in products),
        _by_name(ProjectChoice(*row) for row in projects),
        tuple(own_fields(session).values()),
        tuple(NoteKindChoice(*row) for row in kinds),
        {type_id: tuple(codes) for type_id, codes in layouts},
        required,
    )


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _by_name(rows: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(rows, key=lambda row: row.name.casefold()))
