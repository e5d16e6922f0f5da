"""Which index leads to a page of tickets, whatever the order and the filter.

PostgreSQL finds it by its statistics. SQLite, which keeps none, is told; and both need to know whether any index fits
exactly, because where none does a small set is better sorted than looked for along an order.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import Table

from app.models.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Road:
    """An index by name (None is the table itself, in the order of numbers) and how far it narrows the filter down."""

    index: str | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Index:
    name: str | None
    columns: tuple[str, ...]
    is_open: bool


# How few tickets a filter is expected to leave, compared with the others; "" is the filter for open tickets.
_WEIGHTS = {
    "customer_id": 50,
    "project_id": 20,
    "subtype_id": 16,
    "product_id": 14,
    "handler_id": 10,
    "responsible_id": 9,
    "type_id": 8,
    "product_group_id": 7,
    "": 6,
    "status_id": 3,
    "priority": 2,
}

_OPEN = {
    "": "ix_tickets_open_number",
    "handler_id": "ix_tickets_open_handler",
    "type_id": "ix_tickets_open_type",
    "status_id": "ix_tickets_open_status",
    "priority": "ix_tickets_open_priority",
}


@cache
def _indexes() -> tuple[_Index, ...]:
    found = [_Index(None, ("id",), is_open=False)]
    for index in sorted(cast("Table", Ticket.__table__).indexes, key=lambda index: str(index.name)):
        is_partial = "where" in index.info
        found.append(_Index(str(index.name), tuple(column.name for column in index.columns), is_partial))
    return tuple(found)


@cache
def along(order: tuple[str, ...], equal: frozenset[str], part: str | None, *, is_open: bool) -> Road:
    """The best index that gives tickets in this order of columns: those with `equal` columns, within `part`."""
    fixed = equal | {part} if part else equal
    best, weight = _Index(None, ("id",), is_open=False), -1
    for index in _indexes():
        leading = index.columns[: len(index.columns) - len(order)]
        is_usable = index.columns[len(leading) :] == order and fixed.issuperset(leading)
        if not is_usable or (index.is_open and not is_open) or (part and part not in leading):
            continue
        found = sum(_WEIGHTS[column] for column in leading if column in equal) + (_WEIGHTS[""] if index.is_open else 0)
        if found > weight:
            best, weight = index, found
    wanted = sum(_WEIGHTS[column] for column in equal) + (_WEIGHTS[""] if is_open else 0)
    return Road(best.name, weight == wanted)


@cache
def to_few(equal: frozenset[str], *, is_open: bool) -> str | None:
    """The index of the filter that is expected to leave the fewest tickets; None when there is no filter."""
    wanted: Collection[str] = [*equal, ""] if is_open else equal
    column = max(wanted, key=_WEIGHTS.__getitem__, default=None)
    if column is None:
        return None
    if is_open and column in _OPEN:
        return _OPEN[column]
    return f"ix_tickets_{column}_id"
