import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, text

from app.backend import Backend
from app.db.database import Database
from app.domain.tickets.order import Sort, SortBy, TicketFilter
from app.models.customers import Customer
from app.models.people import User
from app.models.tickets import Ticket, TicketStatus, TicketType
from app.services.tickets import listing, pages, roads
from tests.kit.factory import add_user, at

TICKETS = 400


@pytest.fixture
def filled(database: Database) -> Database:
    """400 tickets with every value missing now and then, and many that tie."""
    chance = random.Random(24)
    with database.transaction() as session:
        people = [add_user(session, name).id for name in ("Dana", "avi", "Sami", "Ben")]
        types = [TicketType(name=name) for name in ("meter", "Boiler", "aerial")]
        customers = [
            Customer(name="Cohen", search="cohen 0501234567 972501234567"),
            Customer(name="Rossi", search="rossi"),
        ]
        session.add_all([*types, *customers])
        session.flush()
        statuses = session.scalars(select(TicketStatus)).all()
        rows = []
        for number in range(TICKETS):
            status = chance.choice(statuses)
            opened = at(chance.randrange(40))
            rows.append(
                {
                    "status_id": status.id,
                    "type_id": chance.choice([None, *(kind.id for kind in types)]),
                    "handler_id": chance.choice([None, *people[:3]]),
                    "customer_id": chance.choice([None, *(each.id for each in customers)]),
                    "priority": chance.randrange(4),
                    "opened_at": opened,
                    "due_at": chance.choice([None, opened + timedelta(hours=chance.randrange(30))]),
                    "closed_at": at(100) if status.is_closed else None,
                    "subject": f"Subject {number}",
                    "search": f"subject {number} {chance.choice(['boiler leaks', 'דוד שמש', 'no water'])}",
                }
            )
        session.execute(insert(Ticket), rows)
    return database


def everything(database: Database, sort: Sort, asked: TicketFilter) -> list[int]:
    """The numbers in order, sorted the slow and simple way."""
    with database.reading() as session:
        tickets = session.scalars(select(Ticket)).all()
        names = {user.id: user.name.casefold() for user in session.scalars(select(User))}
        kinds = {kind.id: kind.name.casefold() for kind in session.scalars(select(TicketType))}
        positions = {status.id: status.position for status in session.scalars(select(TicketStatus))}
    if asked.open_only:
        tickets = [ticket for ticket in tickets if ticket.closed_at is None]
    for name, value in asked.equals().items():
        tickets = [ticket for ticket in tickets if getattr(ticket, name) == value]
    shown = {SortBy.HANDLER: names, SortBy.TYPE: kinds, SortBy.STATUS: positions}.get(sort.by)

    def key(ticket: Ticket) -> object:
        value = getattr(ticket, sort.by.value)
        return shown[value] if shown else value

    bare = [ticket for ticket in tickets if getattr(ticket, sort.by.value) is None]
    rest = [ticket for ticket in tickets if getattr(ticket, sort.by.value) is not None]
    is_falling = sort.descending or sort.by.is_choice
    for part in (bare, rest):
        part.sort(key=lambda ticket: ticket.id, reverse=is_falling)
    rest.sort(key=key, reverse=sort.descending)
    return [ticket.id for ticket in rest + bare]


def forwards(backend: Backend, asked: TicketFilter, sort: Sort, size: int) -> Iterator[int]:
    page = backend.execute(listing.page, asked, sort, limit=size)
    assert not page.has_before
    while True:
        yield from (row.id for row in page.rows)
        if not page.has_after:
            return
        page = backend.execute(listing.page, asked, sort, after=page.rows[-1].cursor(sort.by), limit=size)
        assert page.has_before
        assert page.rows


def backwards(backend: Backend, asked: TicketFilter, sort: Sort, size: int) -> list[int]:
    page = backend.execute(listing.page, asked, sort, at_end=True, limit=size)
    found = [row.id for row in page.rows]
    while page.has_before:
        page = backend.execute(listing.page, asked, sort, before=page.rows[0].cursor(sort.by), limit=size)
        found = [row.id for row in page.rows] + found
    return found


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of the block, without the ones that begin a transaction."""
    statements: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith("BEGIN"):
            statements.append(args[2])

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


FILTERS = st.builds(
    TicketFilter,
    status_id=st.none() | st.integers(1, 4),
    type_id=st.none() | st.integers(1, 3),
    handler_id=st.none() | st.integers(1, 4),
    priority=st.none() | st.integers(0, 3),
    customer_id=st.none() | st.integers(1, 2),
    open_only=st.booleans(),
)
SORTS = st.builds(Sort, st.sampled_from(SortBy), st.booleans())


@pytest.mark.parametrize("few", [pages.FEW, -1], ids=["sorted", "walked"])
def test_pages_one_after_the_other_are_the_whole_list_in_order(filled, monkeypatch, few):
    """Every sort and filter, by sorting few tickets and by walking along an index, in both directions."""
    monkeypatch.setattr(pages, "FEW", few)
    backend = Backend(filled)

    @settings(max_examples=60)
    @given(asked=FILTERS, sort=SORTS, size=st.sampled_from([7, 60]))
    def check(asked: TicketFilter, sort: Sort, size: int) -> None:
        wanted = everything(filled, sort, asked)
        assert list(forwards(backend, asked, sort, size)) == wanted
        assert backwards(backend, asked, sort, size) == wanted

    check()


@pytest.mark.parametrize("by", SortBy)
def test_a_page_of_all_tickets_is_read_along_an_index(filled, by):
    """Whatever the order: without a filter, of the open ones, and in most orders of one state, type or handler."""
    backend = Backend(filled)
    sort = Sort(by)
    for asked in (TicketFilter(), TicketFilter(open_only=True)):
        page = backend.execute(listing.page, asked, sort, limit=5)
        assert page.total is None, "few tickets were sorted instead"
        assert len(page.rows) == 5


@pytest.mark.parametrize(
    "asked", [TicketFilter(), TicketFilter(type_id=1, open_only=True), TicketFilter(text="boiler")]
)
def test_a_page_costs_the_same_few_statements_however_many_rows_it_has(filled, asked):
    backend = Backend(filled)
    told = []
    for limit in (2, 60):
        with counted(filled) as statements:
            page = backend.execute(listing.page, asked, Sort(SortBy.OPENED), limit=limit)
        assert len(page.rows) == limit
        told.append(len(statements))
    assert told[0] == told[1] <= 3


def test_many_handlers_without_a_ticket_cost_few_statements(filled):
    with filled.transaction() as session:
        for number in range(150):
            add_user(session, f"Aa{number:03}")
    sort = Sort(SortBy.HANDLER, descending=False)
    with counted(filled) as statements:
        page = Backend(filled).execute(listing.page, TicketFilter(), sort, limit=10)
    assert page.rows[0].handler == "avi"
    assert len(statements) <= 8


def found(database: Database, typed: str) -> set[int]:
    page = Backend(database).execute(listing.page, TicketFilter(text=typed), limit=TICKETS)
    return {row.id for row in page.rows}


def with_text(database: Database, where: str) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(text(f"SELECT t.id FROM tickets t WHERE {where}")))


@pytest.mark.parametrize("few", [pages.FEW, -1], ids=["indexed", "walked"])
@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("BOILER", "t.search LIKE '%boiler%'"),
        ("leaks boil", "t.search LIKE '%boiler leaks%'"),
        ("דוד שמש", "t.search LIKE '%דוד שמש%'"),
        ("no", "t.search LIKE '%no water%'"),
        ("cohen", "t.customer_id = 1"),
        ("rossi boiler", "t.customer_id = 2 AND t.search LIKE '%boiler%'"),
        ("050-123 45 67", "t.customer_id = 1"),
        ("+972 50 1234567", "t.customer_id = 1"),
        ("boi%", "1 = 0"),
        ("x\" OR \"y", "1 = 0"),
        ("#377", "t.id = 377"),
    ],
)  # fmt: skip
def test_search_finds_tickets_by_their_words_their_customer_and_their_number(filled, monkeypatch, few, typed, where):
    monkeypatch.setattr(pages, "FEW", few)
    assert found(filled, typed) == with_text(filled, where)


def test_a_filter_and_a_search_narrow_each_other(filled):
    page = Backend(filled).execute(listing.page, TicketFilter(text="boiler", priority=1), limit=TICKETS)
    assert {row.id for row in page.rows} == with_text(filled, "t.search LIKE '%boiler%' AND t.priority = 1")
    assert page.total == len(page.rows)


def test_the_count_is_exact_where_it_is_cheap(filled, monkeypatch):
    backend = Backend(filled)
    assert backend.execute(listing.count) == listing.Count(TICKETS, is_exact=True)
    monkeypatch.setattr(listing, "COUNTED", 100)
    assert backend.execute(listing.count) == listing.Count(100, is_exact=False)


def test_changed_tickets_come_with_their_place_in_the_order(filled):
    backend = Backend(filled)
    sort, asked = Sort(SortBy.DUE, descending=False), TicketFilter(open_only=True)
    rows = backend.execute(listing.page, asked, sort, limit=50).rows
    again = backend.execute(listing.named, [row.id for row in rows], asked, sort)
    assert again == rows
    closed = next(iter(with_text(filled, "t.closed_at IS NOT NULL")))
    assert backend.execute(listing.named, [closed], asked, sort) == ()


def test_a_filter_of_two_columns_takes_the_index_of_the_rarer():
    assert roads.to_few(frozenset({"status_id", "handler_id"}), is_open=False) == "ix_tickets_handler_id_id"
    assert roads.to_few(frozenset({"status_id", "handler_id"}), is_open=True) == "ix_tickets_open_handler"
    exact = roads.along(("opened_at", "id"), frozenset({"handler_id"}), None, is_open=False)
    assert exact == roads.Road("ix_tickets_handler_id_opened_at_id", is_exact=True)
