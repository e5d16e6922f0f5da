"""The list of tickets, a page at a time from 1,000,000: sorted and filtered along an index, never by offset.

A page goes on after a cursor or ends before one, so that it costs the same wherever it lies. Names come with the rows,
in the same statement.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.db.sight import sees_part
from app.domain import lookup
from app.domain.lookup import Wanted
from app.domain.tickets.order import Cursor, Order, Part, Sort, SortBy, TicketFilter, Value
from app.models.people import User
from app.models.tickets import TicketStatus, TicketType
from app.services import counting
from app.services.context import actor, now, reads
from app.services.counting import Count
from app.services.tickets import pages, searching
from app.services.tickets.pages import Shape

PAGE = 100

_IS_CLOSED = select(TicketStatus.is_closed).where(TicketStatus.id == bindparam("id"))
_NOBODY = 0
_NEWEST = Sort()
_ALL = TicketFilter()


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as the list shows it; `place` says where it stands in the order it was asked for."""

    id: int
    subject: str
    customer_id: int | None
    customer: str | None
    type_id: int | None
    type: str | None
    subtype: str | None
    status_id: int
    status_code: str | None
    status_name: str | None
    priority: int
    handler_id: int | None
    handler: str | None
    is_handler_active: bool | None
    responsible: str | None
    site: str | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    number: str | None = None
    has_alert: bool = False
    place: tuple[float, ...] = ()

    def cursor(self, by: SortBy) -> Cursor:
        """This ticket as the end of a page."""
        value: Value = None if by is SortBy.NUMBER else getattr(self, by.value)
        return Cursor(value, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """Tickets in order; whether there are more before and after them; how many in all, where that is known anyway."""

    rows: tuple[TicketRow, ...]
    has_before: bool
    has_after: bool
    total: int | None = None


@reads
def page(
    session: Session,
    asked: TicketFilter = _ALL,
    sort: Sort = _NEWEST,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> Page:
    """A page of the list: from the start, after or before a cursor, or the last one of all."""
    question = _Question.of(session, asked, sort)
    is_back = at_end or before is not None
    cursor = before if is_back else after
    total = None
    if (known := question.few()) is not None:
        total = len(known)
        rows, is_more = question.cut(known, cursor, limit, is_back=is_back)
    else:
        rows, is_more = question.walk(cursor, limit, is_back=is_back)
    if is_back:
        return Page(rows, has_before=is_more, has_after=before is not None, total=total)
    return Page(rows, has_before=after is not None, has_after=is_more, total=total)


@reads
def named(
    session: Session, ids: Iterable[int], asked: TicketFilter = _ALL, sort: Sort = _NEWEST
) -> tuple[TicketRow, ...]:
    """Those of these tickets that the filter leaves, each with its place in the order."""
    question = _Question.of(session, asked, sort)
    wanted = list(ids)
    if question.shape.is_filtered:
        statement = pages.matching(question.shape)
        listed = pages.ids(wanted, is_sqlite=question.shape.is_sqlite)
        wanted = list(session.scalars(statement, question.values() | listed))
    return question.rows(wanted) if wanted else ()


@reads
def count(session: Session, asked: TicketFilter = _ALL) -> Count:
    """How many tickets the filter leaves, exact where that is cheap."""
    question = _Question.of(session, asked, _NEWEST)
    if (known := question.searched()) is not None:
        return Count(len(known), is_exact=True)
    found = session.scalar(pages.count(question.shape), question.values() | {"few": counting.COUNTED + 1})
    return Count.of(found)


@dataclass(frozen=True, slots=True)
class _Question:
    """One question to the list, asked in whichever way is the quickest."""

    session: Session
    asked: TicketFilter
    wanted: Wanted
    order: Order
    shape: Shape
    moment: datetime | None = None

    @staticmethod
    def of(session: Session, asked: TicketFilter, sort: Sort) -> "_Question":
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        wanted = lookup.read(asked.text)
        if asked.is_mine:
            asked = replace(asked, handler_id=actor(session) or _NOBODY)
        if asked.status_id is not None and not asked.open_only and _is_open(session, asked.status_id):
            # The same tickets, but the small indexes of the open ones lead to them.
            asked = replace(asked, open_only=True)
        moment = now(session) if asked.is_overdue else None
        shape = replace(pages.shape_of(asked, wanted, sort.by, is_sqlite=is_sqlite), sees_part=sees_part(session))
        return _Question(session, asked, wanted, Order(sort, choices(session, sort.by)), shape, moment)

    def values(self, cursor: Cursor | None = None, parts: Sequence[Part] = ()) -> dict[str, object]:
        found = pages.values(self.asked, self.wanted, cursor, parts, is_sqlite=self.shape.is_sqlite)
        return found if self.moment is None else found | {"now": self.moment}

    def few(self) -> list[tuple[int, Value]] | None:
        """Every ticket with its sorted value, where no index leads to the page and the tickets are few."""
        if self.wanted.is_indexed:
            return self.searched()
        if not self.shape.is_filtered or all(pages.is_exact(self.shape, part) for part in self._parts()):
            return None
        # Counted first: that reads the index alone, and a wide filter need not be fetched in vain; the policies of who
        # sees a part fetch every ticket anyway.
        if not self.shape.sees_part and self._count(pages.FEW + 1) > pages.FEW:
            return None
        return self._all(self.shape, by_search=False)

    def _count(self, most: int) -> int:
        return self.session.scalar(pages.count(self.shape), self.values() | {"few": most}) or 0

    def searched(self) -> list[tuple[int, Value]] | None:
        """The same for a search: None where so many fit that the order leads to them at once."""
        if not self.wanted.is_indexed:
            return None
        size = pages.SAMPLE_OF_PART if self.shape.sees_part else pages.SAMPLE
        sampled = self.session.execute(pages.sample(self.shape), self.values() | {"sample": size}).all()
        if sampled[0].seen < size:
            return self._all(self.shape, by_search=False)
        fitting = [row.fitting or 0 for row in sampled]
        shape = self.shape
        dense = pages.DENSE
        if sum(fitting) < dense and (mixed := searching.mixed(shape.wanted())):
            rare = self.session.execute(pages.rarity(shape), self.values()).one()
            shape = replace(shape, rare=tuple(map(bool, rare[:mixed])))
            dense = dense if all(shape.rare) else pages.SPARSE
        return None if all(fitting) and sum(fitting) >= dense else self._all(shape, by_search=True)

    def _all(self, shape: Shape, *, by_search: bool) -> list[tuple[int, Value]] | None:
        statement = pages.few(shape, by_search=by_search)
        found = [(number, value) for number, value in self.session.execute(statement, self.values() | _capped())]
        is_whole = len(found) <= pages.FEW and all(number != pages.MORE for number, _value in found)
        return found if is_whole else None

    def cut(
        self, known: list[tuple[int, Value]], cursor: Cursor | None, limit: int, *, is_back: bool
    ) -> tuple[tuple[TicketRow, ...], bool]:
        """The page out of tickets that are all known."""
        arranged = self.order.arranged(known)
        place = self.order.place()
        start, end = 0, len(arranged)
        if cursor is not None:
            edge = place(cursor.value, cursor.id)
            cut = bisect_left if is_back else bisect_right
            at = cut(arranged, edge, key=lambda each: place(each[1], each[0]))
            start, end = (0, at) if is_back else (at, end)
        page = arranged[max(start, end - limit) : end] if is_back else arranged[start : min(end, start + limit)]
        return self.rows([number for number, _value in page]), end - start > limit

    def walk(self, cursor: Cursor | None, limit: int, *, is_back: bool) -> tuple[tuple[TicketRow, ...], bool]:
        """The page along the order, part by part until it is full."""
        parts = self._parts()
        if self.order.sort.by in (SortBy.TYPE, SortBy.HANDLER):
            filled = set(self.session.scalars(pages.filled(self.shape), self.values()))
            at_cursor = None if cursor is None else cursor.value
            parts = tuple(part for part in parts if part.value in filled or part.value in (None, at_cursor))
        if is_back:
            parts = parts[::-1]
        if cursor is not None:
            at = self.order.parts()[self.order.part_of(cursor.value)]
            parts = parts[parts.index(at) :] if at in parts else parts
        found: list[TicketRow] = []
        for stretch, has_cursor in _stretches(parts, has_cursor=cursor is not None):
            missing = limit + 1 - len(found)
            found += self._stretch(stretch, cursor if has_cursor else None, missing, is_back=is_back)[:missing]
            if len(found) > limit:
                break
        page = sorted(found[:limit], key=_place)
        return tuple(page), len(found) > limit

    def _stretch(self, parts: tuple[Part, ...], cursor: Cursor | None, limit: int, *, is_back: bool) -> list[TicketRow]:
        shapes = tuple(replace(part, value=0) if part.value is not None else part for part in parts)
        falling = self.order.is_falling() is not is_back
        statement = pages.stretch(self.shape, shapes, falling=falling, has_cursor=cursor is not None)
        rows = self.session.execute(statement, self.values(cursor, parts) | {"limit": limit})
        return sorted(self._placed(rows), key=_place, reverse=is_back)

    def _parts(self) -> tuple[Part, ...]:
        """The parts of the order that the filter leaves anything of."""
        parts = self.order.parts()
        value = self.asked.equals().get(self.order.sort.by.value)
        return parts if value is None else tuple(part for part in parts if part.value == value)

    def rows(self, ids: Sequence[int]) -> tuple[TicketRow, ...]:
        """These tickets as rows, in order."""
        is_sqlite = self.shape.is_sqlite
        found = self.session.execute(pages.named(is_sqlite=is_sqlite), pages.ids(ids, is_sqlite=is_sqlite))
        return tuple(sorted(self._placed(found), key=_place))

    def _placed(self, rows: Iterable[Any]) -> list[TicketRow]:
        place: Callable[[Value, int], tuple[float, ...]] = self.order.place()
        found = []
        for row in rows:
            made = TicketRow(*row)
            key = made.cursor(self.order.sort.by)
            found.append(replace(made, place=place(key.value, key.id)))
        return found


def _is_open(session: Session, status_id: int) -> bool:
    return session.scalar(_IS_CLOSED, {"id": status_id}) is False


def choices(session: Session, by: SortBy) -> tuple[int, ...]:
    """The values of a choice in the sequence people read them."""
    if by is SortBy.PRIORITY:
        return 0, 1, 2, 3
    if by is SortBy.STATUS:
        return tuple(session.scalars(select(TicketStatus.id).order_by(TicketStatus.position, TicketStatus.id)))
    if by is SortBy.TYPE:
        return _by_name(session.execute(select(TicketType.id, TicketType.name)))
    if by is SortBy.HANDLER:
        return _by_name(session.execute(select(User.id, User.name)))
    return ()


def _by_name(rows: Iterable[Any]) -> tuple[int, ...]:
    return tuple(number for number, _name in sorted(rows, key=lambda row: (row[1].casefold(), row[0])))


def _stretches(parts: Sequence[Part], *, has_cursor: bool) -> Iterable[tuple[tuple[Part, ...], bool]]:
    """The parts in growing bundles, so that many empty ones cost few statements; the first part goes alone."""
    size, start = 1, 0
    while start < len(parts):
        bundle = [parts[start]]
        if parts[start].value is not None:
            for part in parts[start + 1 : start + size]:
                if part.value is None:
                    break
                bundle.append(part)
        yield tuple(bundle), has_cursor and start == 0
        start += len(bundle)
        size = min(size * 4, 64)


def _capped() -> dict[str, object]:
    return {"few": pages.FEW + 1}


def _place(row: TicketRow) -> tuple[float, ...]:
    return row.place
