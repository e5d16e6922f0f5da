"""Lists of numbers on record: found by number or customer, the newest first, a page at a time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.adapters.phones import read_phone
from app.domain.text import fold
from app.models.base import table_of
from app.models.customers import Customer, CustomerPhone
from app.services.dialer.numbers import home_country
from app.services.imports.bulk import among

PAGE = 100
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class NumberPage(Generic[Row]):
    """Rows, the newest first; whether there are more before and after them."""

    rows: tuple[Row, ...]
    has_before: bool
    has_after: bool


def matching(session: Session, person: InstrumentedAttribute[str], typed: str) -> list[ColumnElement[bool]]:
    """By the number in any form, by part of it, or by the customer's name."""
    wanted = typed.strip()
    if not wanted:
        return []
    if number := read_phone(wanted, home_country(session)).e164:
        return [person == number]
    digits = "".join(filter(str.isdigit, wanted)).lstrip("0")
    if digits and not any(map(str.isalpha, wanted)):
        return [person.contains(digits, autoescape=True)]
    return [Customer.search.contains(word, autoescape=True) for word in fold(wanted).split()]


def newest_first(
    session: Session,
    asked: Select[*tuple[Any, ...]],
    key: InstrumentedAttribute[int],
    row: Callable[..., Row],
    *,
    after: int | None,
    before: int | None,
    at_end: bool,
    limit: int,
) -> NumberPage[Row]:
    """The page below `after`, above `before` or at the end, each a key; without any the first."""
    is_back = at_end or before is not None
    cursor = before if is_back else after
    if cursor is not None:
        asked = asked.where(key > cursor if is_back else key < cursor)
    found = [row(*each) for each in session.execute(asked.order_by(key if is_back else key.desc()).limit(limit + 1))]
    is_more = len(found) > limit
    del found[limit:]
    if is_back:
        return NumberPage(tuple(reversed(found)), has_before=is_more, has_after=before is not None)
    return NumberPage(tuple(found), has_before=after is not None, has_after=is_more)


def customers_of(session: Session, persons: Collection[str]) -> dict[str, int]:
    """The first customer of each number."""
    phones = table_of(CustomerPhone).c
    asked = select(phones.e164, phones.customer_id).where(among(session, phones.e164, "persons"))
    found: dict[str, int] = {}
    for person, customer_id in session.execute(asked.order_by(phones.customer_id), {"persons": list(persons)}):
        found.setdefault(person, customer_id)
    return found
