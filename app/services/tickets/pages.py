"""The statements behind a page of tickets: texts made once for each shape of order and filter, and kept.

The texts are SQL because SQLite has to be told the index (`INDEXED BY`), which SQLAlchemy has no words for; everything
a person typed goes in as a parameter.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, FromClause, Select, TextClause, TextualSelect, bindparam, column, exists, select, text
from sqlalchemy.orm import aliased

from app.db.types import BigInt, UtcDateTime
from app.domain.lookup import TRIGRAM, Wanted
from app.domain.tickets.order import COLUMNS, Cursor, Part, SortBy, TicketFilter
from app.models.customers import Customer
from app.models.people import User
from app.models.places import Site
from app.models.tickets import Note, Ticket, TicketStatus, TicketSubtype, TicketType
from app.services.tickets import roads, searching

FEW = 10_000
"""So many tickets are sorted rather than looked for along an order: a page takes some 15 ms either way."""
MORE = 0
SAMPLE, SAMPLE_OF_PART = 500, 100
"""So many tickets from the end and from the middle of the list tell how dense those lie that a search finds; for who
sees a part of them fewer, because he passes many that are not his."""
DENSE = 8
"""With so many among them they are found along the order, else by their words."""
SPARSE = 3
"""The same where words that many customers have would make a long way of it."""

_handler, _responsible = aliased(User), aliased(User)

_COLUMNS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.subject,
    Ticket.customer_id,
    Customer.name,
    Ticket.type_id,
    TicketType.name,
    TicketSubtype.name,
    Ticket.status_id,
    TicketStatus.code,
    TicketStatus.name,
    Ticket.priority,
    Ticket.handler_id,
    _handler.name,
    _handler.is_active,
    _responsible.name,
    Site.name,
    Ticket.opened_at,
    Ticket.due_at,
    Ticket.closed_at,
    Ticket.number,
    exists()
    .where(Note.customer_id == Ticket.customer_id, Note.is_alert, Note.dismissed_at.is_(None))
    .label("has_alert"),
)


def _rows(page: FromClause) -> Select[Any]:
    """Rows of the list, of a page that comes first in the joins: PostgreSQL reorders no more than eight tables."""
    found = select(*_COLUMNS).select_from(page).join(Ticket, Ticket.id == page.c.id)
    return (
        found.join(TicketStatus, TicketStatus.id == Ticket.status_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(TicketType, TicketType.id == Ticket.type_id)
        .outerjoin(TicketSubtype, TicketSubtype.id == Ticket.subtype_id)
        .outerjoin(_handler, _handler.id == Ticket.handler_id)
        .outerjoin(_responsible, _responsible.id == Ticket.responsible_id)
        .outerjoin(Site, Site.id == Ticket.site_id)
    )


@lru_cache(2)
def named(*, is_sqlite: bool) -> Select[Any]:
    """Rows of the tickets `:ids`, one parameter however many they are: `ids` makes it."""
    return _rows(text(_LISTED[is_sqlite]).columns(column("id", BigInt)).subquery("page"))


def ids(numbers: Iterable[int], *, is_sqlite: bool) -> dict[str, object]:
    """Tickets by number as the one parameter that `named` and `matching` take."""
    return {"ids": json.dumps(list(numbers)) if is_sqlite else list(numbers)}


_LISTED = {
    True: "SELECT value AS id FROM json_each(:ids)",
    False: "SELECT unnest(CAST(:ids AS bigint[])) AS id",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a question decides its statement; the values come as parameters."""

    is_sqlite: bool
    by: SortBy
    equal: frozenset[str]
    is_open: bool
    search: tuple[bool, ...] = ()
    has_number: bool = False
    where: tuple[str, ...] = ()
    rare: tuple[bool, ...] = ()
    sees_part: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether any ticket is left out."""
        return bool(self.equal or self.is_open or self.search or self.has_number or self.where)

    def wanted(self) -> Wanted:
        """A search of this shape."""
        words = tuple("xxx" if is_long else "x" for is_long in self.search)
        return Wanted(words, 0 if self.has_number else None)


def shape_of(asked: TicketFilter, wanted: Wanted, by: SortBy, *, is_sqlite: bool) -> Shape:
    """The shape of a question."""
    lengths = tuple(len(word) >= TRIGRAM for word in wanted.words)
    is_open = asked.open_only or asked.is_overdue
    has_number = wanted.number is not None
    return Shape(is_sqlite, by, frozenset(asked.equals()), is_open, lengths, has_number, tuple(_besides(asked)))


def _besides(asked: TicketFilter) -> Iterable[str]:
    """Conditions that no index answers alone."""
    if asked.is_overdue:
        yield "t.due_at < :now"
    for name in asked.moments():
        yield _OPENED[name]
    if asked.empty in COLUMNS:
        yield f"t.{asked.empty} IS NULL"


_OPENED = {"opened_from": "t.opened_at >= :opened_from", "opened_before": "t.opened_at < :opened_before"}


def is_exact(shape: Shape, part: Part) -> bool:
    """Whether one index gives the page as it is, without a ticket that has to be left out."""
    # In the order of the opening, its bounds are only the ends of the walk.
    walked = set(_OPENED.values()) if shape.by is SortBy.OPENED else set()
    is_left_out = shape.search or shape.has_number or walked.issuperset(shape.where) is False
    return not is_left_out and _road(shape, part).is_exact


@lru_cache(512)
def stretch(shape: Shape, parts: tuple[Part, ...], *, falling: bool, has_cursor: bool) -> Select[Any]:
    """A page along the order: the first tickets of each of these parts, after the cursor in the only one.

    Parts of several differ in their value alone: parameters `part0`, `part1`, ...
    """
    pieces = [
        f"SELECT id FROM ({_piece(shape, part, f'part{number}', falling=falling, has_cursor=has_cursor)}) AS p{number}"
        for number, part in enumerate(parts)
    ]
    moments = ("value",) if has_cursor and shape.by.is_instant else ()
    return _rows(_text(" UNION ALL ".join(pieces), *moments).columns(column("id", BigInt)).subquery("page"))


def _piece(shape: Shape, part: Part, value: str, *, falling: bool, has_cursor: bool) -> str:
    order, direction = _order(shape, part), " DESC" if falling else ""
    where = [*_filters(shape), *_within(part, value)]
    if has_cursor:
        sign = "<" if falling else ">"
        where.append(f"(t.{order[0]}, t.id) {sign} (:value, :id)" if len(order) == 2 else f"t.id {sign} :id")
    sorting = ", ".join(f"t.{name}{direction}" for name in order)
    return f"SELECT t.id FROM {_table(shape, _road(shape, part).index)}{_where(where)} ORDER BY {sorting} LIMIT :limit"


@lru_cache(512)
def few(shape: Shape, *, by_search: bool) -> TextualSelect:
    """Number and sorted value of every ticket of the filter, but no more than `:few`.

    Where a search finds so many that they were not all looked at, a row with the number `MORE` comes with them.
    """
    where = _where(list(_filters(shape)))
    selected = f"SELECT t.id, t.{shape.by.value} AS value FROM"
    found = f"{selected} {_table(shape, _to_few(shape))}{where} LIMIT :few"
    if by_search:
        candidates = searching.candidates(
            shape.wanted(), shape.rare, is_sqlite=shape.is_sqlite, sees_part=shape.sees_part
        )
        joined = f"{selected} found JOIN tickets t ON t.id = found.id{where}"
        more = f"SELECT {MORE}, NULL WHERE (SELECT count(*) FROM found) >= :few"
        found = f"WITH found AS MATERIALIZED ({candidates}) {joined} UNION ALL {more}"
    value = column("value", UtcDateTime() if shape.by.is_instant else BigInt)
    return _text(found).columns(column("id", BigInt), value)


@lru_cache(64)
def rarity(shape: Shape) -> TextualSelect:
    """For each way the words can be spread over a ticket and its customer, whether few customers have theirs."""
    wanted = shape.wanted()
    answers = (column(f"rare{number}", Boolean) for number in range(searching.mixed(wanted)))
    return text(searching.rarity(wanted, is_sqlite=shape.is_sqlite, sees_part=shape.sees_part)).columns(*answers)


@lru_cache(64)
def sample(shape: Shape) -> TextualSelect:
    """Of the newest tickets on the road to this filter and of those half way: how many, at most `:sample`, and how
    many of them fit.
    """
    road = roads.along(("id",), shape.equal, None, is_open=shape.is_open).index
    is_partial = road is not None and road.startswith("ix_tickets_open")
    conditions = ["t.closed_at IS NULL"] if is_partial else []
    end = f"SELECT t.id FROM {_table(shape, road)}{_where(conditions)} ORDER BY t.id"
    half_way = f"((SELECT id FROM ({end} LIMIT 1) AS a) + (SELECT id FROM ({end} DESC LIMIT 1) AS b)) / 2"
    fits = " AND ".join(_filters(shape))
    pieces = []
    for number, half in enumerate(([], [f"t.id <= {half_way}"])):
        first = f"SELECT * FROM {_table(shape, road)}{_where([*conditions, *half])} ORDER BY t.id DESC LIMIT :sample"
        counted = f"count(*) AS seen, sum(CASE WHEN {fits} THEN 1 ELSE 0 END) AS fitting"
        pieces.append(f"SELECT {number} AS half, {counted} FROM ({first}) AS t")
    found = f"SELECT seen, fitting FROM ({' UNION ALL '.join(pieces)}) AS both_halves ORDER BY half"
    return _text(found).columns(column("seen", BigInt), column("fitting", BigInt))


@lru_cache(256)
def filled(shape: Shape) -> TextualSelect:
    """The types or handlers that any ticket of the filter has, by one look into the index for each."""
    column_name = shape.by.value
    part = Part(column_name, 0)
    where = [f"t.{column_name} = d.id", *_filters(shape)]
    any_ticket = f"SELECT t.id FROM {_table(shape, _road(shape, part).index)}{_where(where)} LIMIT 1"
    table = "users" if shape.by is SortBy.HANDLER else "ticket_types"
    return _text(f"SELECT d.id FROM {table} d WHERE ({any_ticket}) IS NOT NULL").columns(column("id", BigInt))


@lru_cache(512)
def count(shape: Shape) -> TextualSelect:
    """How many tickets the filter leaves, at most `:few`."""
    source = _table(shape, _to_few(shape))
    found = f"SELECT t.id FROM {source}{_where(list(_filters(shape)))} LIMIT :few"
    return _text(f"SELECT count(*) FROM ({found}) AS found").columns(column("count", BigInt))


@lru_cache(64)
def matching(shape: Shape) -> TextualSelect:
    """Those of the tickets `:ids` that the filter leaves."""
    where = [f"t.id IN ({_LISTED[shape.is_sqlite]})", *_filters(shape)]
    return _text(f"SELECT t.id FROM tickets t{_where(where)}").columns(column("id", BigInt))


def values(
    asked: TicketFilter, wanted: Wanted, cursor: Cursor | None, parts: Sequence[Part], *, is_sqlite: bool
) -> dict[str, object]:
    """The parameters of every statement of this question."""
    found = {**asked.equals(), **asked.moments(), **searching.parameters(wanted, is_sqlite=is_sqlite)}
    found |= {f"part{number}": part.value for number, part in enumerate(parts) if part.value is not None}
    return found if cursor is None else found | {"value": cursor.value, "id": cursor.id}


def _text(statement: str, *moments: str) -> TextClause:
    """The statement, with the parameters that are moments named as such."""
    names = [name for name in (*_MOMENTS, *moments) if re.search(rf":{name}\b", statement)]
    return text(statement).bindparams(*(bindparam(name, type_=UtcDateTime()) for name in names))


_MOMENTS = ("now", "opened_from", "opened_before")


def _order(shape: Shape, part: Part) -> tuple[str, ...]:
    is_by_moment = shape.by is SortBy.OPENED or part.is_set
    return (shape.by.value, "id") if is_by_moment else ("id",)


def _road(shape: Shape, part: Part) -> roads.Road:
    fixed = None if part.is_set else part.column
    return roads.along(_order(shape, part), shape.equal, fixed, is_open=shape.is_open)


def _to_few(shape: Shape) -> str | None:
    """The index that is expected to leave the fewest tickets."""
    known = roads.to_few(shape.equal, is_open=shape.is_open)
    if known in {None, "ix_tickets_open_number"}:
        if any("due_at" in each for each in shape.where):
            return "ix_tickets_open_due"
        if known is None and any("opened_at" in each for each in shape.where):
            return "ix_tickets_opened_at_id"
    return known


def _within(part: Part, value: str) -> list[str]:
    if part.column is None:
        return []
    if part.is_set:
        return [f"t.{part.column} IS NOT NULL"]
    return [f"t.{part.column} IS NULL" if part.value is None else f"t.{part.column} = :{value}"]


def _filters(shape: Shape) -> list[str]:
    found = [f"t.{name} = :{name}" for name in sorted(shape.equal)]
    if shape.is_open:
        found.append("t.closed_at IS NULL")
    found += shape.where
    return [*found, *searching.conditions(shape.wanted(), is_sqlite=shape.is_sqlite)]


def _table(shape: Shape, index: str | None) -> str:
    return f"tickets t INDEXED BY {index}" if shape.is_sqlite and index else "tickets t"


def _where(conditions: Sequence[str]) -> str:
    return " WHERE " + " AND ".join(conditions) if conditions else ""
