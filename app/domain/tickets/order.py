"""The order of the ticket list, which tickets are in it, and where in it a ticket stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from operator import itemgetter


class SortBy(StrEnum):
    """What the list can be sorted by; the value is the name of the ticket's column."""

    NUMBER = "id"
    OPENED = "opened_at"
    DUE = "due_at"
    PRIORITY = "priority"
    STATUS = "status_id"
    TYPE = "type_id"
    HANDLER = "handler_id"

    @property
    def is_instant(self) -> bool:
        """Whether tickets are sorted by a moment."""
        return self in (SortBy.OPENED, SortBy.DUE)

    @property
    def is_choice(self) -> bool:
        """Whether tickets are sorted by one of a few values, the newest number first within each."""
        return not self.is_instant and self is not SortBy.NUMBER


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the list. Tickets without the value come last, in either direction."""

    by: SortBy = SortBy.NUMBER
    descending: bool = True


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are wanted; what is not said is not asked. Mine are those of whoever asks."""

    status_id: int | None = None
    type_id: int | None = None
    handler_id: int | None = None
    priority: int | None = None
    customer_id: int | None = None
    subtype_id: int | None = None
    responsible_id: int | None = None
    product_group_id: int | None = None
    product_id: int | None = None
    project_id: int | None = None
    open_only: bool = False
    is_mine: bool = False
    is_overdue: bool = False
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    empty: str = ""
    text: str = ""

    def equals(self) -> dict[str, int]:
        """The columns that must hold one value."""
        return {name: value for name in COLUMNS if (value := getattr(self, name)) is not None}

    def moments(self) -> dict[str, datetime]:
        """The bounds of the time in which a ticket was opened, as far as there are any."""
        names = ("opened_from", "opened_before")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


COLUMNS = (
    "customer_id",
    "project_id",
    "subtype_id",
    "product_id",
    "handler_id",
    "responsible_id",
    "type_id",
    "product_group_id",
    "status_id",
    "priority",
)
"""The columns a filter can hold to one value; `empty` names one of them that must have none."""


Value = datetime | int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends: the sorted value of its last ticket, and the ticket's number."""

    value: Value
    id: int


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the order within which tickets are sorted alike: those whose `column` is `value`.

    Without a column it is all of them; `is_set` are those that have any value, sorted by it.
    """

    column: str | None = None
    value: int | None = None
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order with the values of its choices in the sequence people read them: states by position, names by name."""

    sort: Sort
    choices: Sequence[int] = ()

    def parts(self) -> tuple[Part, ...]:
        """The stretches from the first to the last."""
        column = self.sort.by.value
        if self.sort.by is SortBy.DUE:
            return Part(column, is_set=True), Part(column)
        if not self.sort.by.is_choice:
            return (Part(),)
        values = reversed(self.choices) if self.sort.descending else self.choices
        return *(Part(column, value) for value in values), Part(column)

    def is_falling(self) -> bool:
        """Whether values and numbers fall within a part."""
        return self.sort.by.is_choice or self.sort.descending

    def part_of(self, value: Value) -> int:
        """The number of the part that holds tickets with this value; one unknown by now belongs to the last."""
        return _ranks(self)(value)

    def place(self) -> Callable[[Value, int], tuple[float, ...]]:
        """What a ticket with this value and number is sorted by, rising."""
        rank, sign = _ranks(self), -1 if self.is_falling() else 1

        def place(value: Value, number: int) -> tuple[float, ...]:
            moment = sign * value.timestamp() if isinstance(value, datetime) else 0.0
            return rank(value), moment, sign * number

        return place

    def arranged(self, known: Iterable[tuple[int, Value]]) -> list[tuple[int, Value]]:
        """Tickets, each a number and its value, in this order."""
        pairs = sorted(known, reverse=self.is_falling())
        if self.sort.by is SortBy.NUMBER:
            return pairs
        if self.sort.by.is_instant:
            dated = [pair for pair in pairs if pair[1] is not None]
            dated.sort(key=itemgetter(1), reverse=self.is_falling())
            return dated + [pair for pair in pairs if pair[1] is None]
        parts: list[list[tuple[int, Value]]] = [[] for _part in self.parts()]
        rank = _ranks(self)
        for pair in pairs:
            parts[rank(pair[1])].append(pair)
        return list(chain.from_iterable(parts))


def _ranks(order: Order) -> Callable[[Value], int]:
    if order.sort.by is SortBy.DUE:
        return lambda value: int(value is None)
    parts = order.parts()
    if len(parts) == 1:
        return lambda _value: 0
    known: Mapping[Value, int] = {part.value: number for number, part in enumerate(parts)}
    return lambda value: known.get(value, len(parts) - 1)
