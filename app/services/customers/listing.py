"""The list of customers by name, a page at a time from 100,000 and more, and the quick look-up of a few."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, any_, bindparam, case, func, select, text, tuple_
from sqlalchemy.orm import Session

from app.db.sight import sees_part
from app.db.types import BigInt
from app.domain import lookup
from app.domain.customers import called
from app.domain.lookup import TRIGRAM, Wanted
from app.domain.text import fold
from app.models.customers import Customer, CustomerPhone
from app.models.places import Site
from app.models.processes import CustomerProfile
from app.services import counting
from app.services.context import reads
from app.services.counting import Count

PAGE = 100
RARE = 1000
"""Where who sees a part of the customers finds more of them, they lie dense enough along the list."""


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """Where a page ends."""

    name: str
    id: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as lists show it; `phone` is the first number as typed."""

    id: int
    name: str
    phone: str
    email: str | None
    address: str | None
    site: str | None

    @property
    def key(self) -> CustomerKey:
        """This customer as the end of a page."""
        return CustomerKey(self.name, self.id)

    @property
    def label(self) -> str:
        """What the customer is called."""
        return called(self.name, [self.phone])


@dataclass(frozen=True, slots=True)
class Page:
    """Customers by name; whether there are more before and after them."""

    rows: tuple[CustomerRow, ...]
    has_before: bool
    has_after: bool


_PHONE = (
    select(CustomerPhone.raw)
    .where(CustomerPhone.customer_id == Customer.id)
    .order_by(CustomerPhone.position, CustomerPhone.id)
    .limit(1)
    .scalar_subquery()
)
_COLUMNS: tuple[Any, ...] = (
    Customer.id,
    Customer.name,
    func.coalesce(_PHONE, ""),
    Customer.email,
    Customer.address,
    Site.name,
)
_ROWS: Select[Any] = select(*_COLUMNS).outerjoin(Site, Site.id == Customer.site_id)
_BEARS = Customer.id.in_(
    select(CustomerProfile.customer_id).where(
        CustomerProfile.profile_id == bindparam("profile", type_=Customer.id.type)
    )
)
_FOUND = Customer.id == any_(bindparam("found", type_=ARRAY(BigInt)))
_ASKED = text("SELECT customers_found(CAST(:words AS text[]), :most)")
_KEY = tuple_(Customer.name, Customer.id)
_EDGE = tuple_(bindparam("name", type_=Customer.name.type), bindparam("id", type_=Customer.id.type))


@reads
def page(
    session: Session,
    typed: str = "",
    *,
    after: CustomerKey | None = None,
    before: CustomerKey | None = None,
    at_end: bool = False,
    limit: int = PAGE,
    profile_id: int | None = None,
) -> Page:
    """A page of the customers whose name, number, mail or address holds what was typed, with a profile or any."""
    wanted, is_sqlite = lookup.read(typed), _is_sqlite(session)
    is_back = at_end or before is not None
    cursor = before if is_back else after
    has_cursor, has_profile = cursor is not None, profile_id is not None
    known = _known(session, wanted)
    lengths = _lengths(wanted) if known is None else None
    statement = _page(lengths, is_sqlite, is_back=is_back, has_cursor=has_cursor, has_profile=has_profile)
    values: dict[str, Any] = _values(wanted, is_sqlite=is_sqlite) if known is None else {"found": known}
    values["limit"] = limit + 1
    if has_profile:
        values["profile"] = profile_id
    if cursor is not None:
        values |= {"name": cursor.name, "id": cursor.id}
    found = [CustomerRow(*row) for row in session.execute(statement, values)]
    is_more = len(found) > limit
    del found[limit:]
    if is_back:
        return Page(tuple(reversed(found)), has_before=is_more, has_after=before is not None)
    return Page(tuple(found), has_before=after is not None, has_after=is_more)


@reads
def named(session: Session, ids: Iterable[int]) -> tuple[CustomerRow, ...]:
    """These customers, as far as they are there."""
    found = session.execute(_ROWS.where(Customer.id.in_(list(ids))).order_by(Customer.name, Customer.id))
    return tuple(CustomerRow(*row) for row in found)


@reads
def count(session: Session, typed: str = "", *, profile_id: int | None = None) -> Count:
    """How many customers hold what was typed, with a profile or any; exact where that is cheap."""
    conditions, values = holding(session, typed)
    matching = select(Customer.id).where(*conditions).limit(counting.COUNTED + 1)
    if profile_id is not None:
        matching = matching.where(_BEARS).params(profile=profile_id)
    found = session.scalar(select(func.count()).select_from(matching.subquery()), values)
    return Count.of(found)


@reads
def find(session: Session, typed: str, *, limit: int = 12) -> tuple[CustomerRow, ...]:
    """The first few customers that hold what was typed, those whose name begins with it before the others."""
    if not lookup.read(typed).words:
        return ()
    conditions, values = holding(session, typed)
    folded = fold(typed)
    begins = case((func.substr(Customer.search, 1, len(folded)) == folded, 0), else_=1)
    ordered = _ROWS.where(*conditions).order_by(begins, Customer.name, Customer.id).limit(limit)
    return tuple(CustomerRow(*row) for row in session.execute(ordered, values))


def matching(session: Session, typed: str = "", *, profile_id: int | None = None) -> list[int]:
    """Every customer that holds what was typed, with a profile or any, in the order of the list."""
    conditions, values = holding(session, typed)
    asked = select(Customer.id).where(*conditions)
    if profile_id is not None:
        asked = asked.where(_BEARS).params(profile=profile_id)
    return list(session.scalars(asked.order_by(Customer.name, Customer.id), values))


def holding(session: Session, typed: str) -> tuple[list[ColumnElement[bool]], dict[str, Any]]:
    """The conditions on `Customer` for what was typed, and their values, for lists that show customers too."""
    wanted, is_sqlite = lookup.read(typed), _is_sqlite(session)
    if (known := _known(session, wanted)) is not None:
        return [_FOUND], {"found": known}
    return _conditions(_lengths(wanted), is_sqlite=is_sqlite), _values(wanted, is_sqlite=is_sqlite)


def _known(session: Session, wanted: Wanted) -> list[int] | None:
    """The customers themselves where they are few and who asks sees a part of all: no index finds them for him."""
    if not wanted.is_indexed or not sees_part(session):
        return None
    found: list[int] = session.scalar(_ASKED, {"words": list(wanted.words), "most": RARE + 1}) or []
    return found if len(found) <= RARE else None


@lru_cache(256)
def _page(
    lengths: tuple[bool, ...] | None, is_sqlite: bool, *, is_back: bool, has_cursor: bool, has_profile: bool
) -> Select[Any]:
    found = _ROWS.where(*([_FOUND] if lengths is None else _conditions(lengths, is_sqlite=is_sqlite)))
    if has_profile:
        found = found.where(_BEARS)
    if has_cursor:
        found = found.where(_KEY < _EDGE if is_back else _KEY > _EDGE)
    order = (Customer.name.desc(), Customer.id.desc()) if is_back else (Customer.name, Customer.id)
    return found.order_by(*order).limit(bindparam("limit", type_=Customer.id.type))


def _conditions(lengths: tuple[bool, ...], *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    """One condition for each word, by the trigram index where it is long enough."""
    found: list[ColumnElement[bool]] = []
    for place, is_long in enumerate(lengths):
        if not is_sqlite:
            found.append(Customer.search.like(bindparam(f"word{place}")))
        elif is_long:
            match = text(f"SELECT rowid FROM customers_search WHERE customers_search MATCH :match{place}")
            found.append(Customer.id.in_(match.columns(Customer.id)))
        else:
            found.append(func.instr(Customer.search, bindparam(f"word{place}")) > 0)
    return found


def _values(wanted: Wanted, *, is_sqlite: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for place, word in enumerate(wanted.words):
        if not is_sqlite:
            values[f"word{place}"] = lookup.like(word)
        elif len(word) >= TRIGRAM:
            values[f"match{place}"] = lookup.phrase(word)
        else:
            values[f"word{place}"] = word
    return values


def _lengths(wanted: Wanted) -> tuple[bool, ...]:
    return tuple(len(word) >= TRIGRAM for word in wanted.words)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
