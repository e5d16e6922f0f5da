import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select, text, update

from app.backend import Backend
from app.db.database import Database
from app.domain.tickets.order import Sort, SortBy, TicketFilter
from app.models.customers import Customer
from app.models.people import User
from app.models.tickets import Product, ProductGroup, Project, Ticket, TicketStatus, TicketSubtype, TicketType
from app.services import counting
from app.services.tickets import listing, pages, roads, searching
from tests.kit.databases import Fill
from tests.kit.factory import add_user, at

TICKETS = 400


@pytest.fixture
def filled(furnished: Callable[[Fill], Database]) -> Database:
    return furnished(fill)


def fill(database: Database) -> None:
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

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


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


@pytest.mark.row("R-M7")
@pytest.mark.parametrize("asked", [TicketFilter(), TicketFilter(open_only=True)])
def test_a_page_of_the_list_is_one_query(filled, asked):
    """Names, customers and marks come with the rows."""
    with counted(filled) as statements:
        assert len(Backend(filled).execute(listing.page, asked, limit=50).rows) == 50
    assert len(statements) == 1


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
    monkeypatch.setattr(counting, "COUNTED", 100)
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


def test_partial_indexes_are_known_without_a_migration():
    """What a model says of its indexes leads the list; a desktop that never migrates walks the same roads."""
    assert roads.along(("id",), frozenset(), None, is_open=True) == roads.Road("ix_tickets_open_number", is_exact=True)
    assert roads.along(("id",), frozenset({"status_id"}), "status_id", is_open=False).index == "ix_tickets_status_id_id"


@pytest.fixture
def spread(filled: Database) -> Database:
    """Words that lie in tickets and customers: by hand it is plain who has which."""
    with filled.transaction() as session:
        number = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "new")).one()
        for word in ("valve", "pump"):
            for name in ("bianchi", "katz", ""):
                customer = Customer(name=name, search=f"{name} 039{len(name)}7777") if name else None
                session.add_all(filter(None, [customer]))
                session.flush()
                ticket = Ticket(subject=word, search=f"{word} {name[:3]} drips", status_id=number, opened_at=at(1))
                ticket.customer_id = customer and customer.id
                session.add(ticket)
    return filled


@pytest.mark.parametrize("rare", [0, 500], ids=["from tickets", "from customers"])
@pytest.mark.parametrize("sample", [1, 10_000], ids=["by index", "sorted"])
@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("valve", 3),
        ("valve katz", 1),
        ("bianchi pump drips", 1),
        ("7777 katz valve", 1),
        ("drips valve pump", 0),
        ("03947777", 2),
        ("bia drips", 2),
        ("drips valve katz 4777", 1),
        ("drips va", 3),
    ],
)
def test_each_word_may_be_the_tickets_or_its_customers(spread, monkeypatch, typed, count, rare, sample):
    """Whatever way the search goes about it, for open ones and for all."""
    monkeypatch.setattr(pages, "SAMPLE", sample)
    monkeypatch.setattr(searching, "RARE", rare)
    for made in (pages.few, pages.rarity):
        made.cache_clear()
    assert len(found(spread, typed)) == count
    page = Backend(spread).execute(listing.page, TicketFilter(text=typed, open_only=True), Sort(SortBy.DUE))
    assert len(page.rows) == count


def test_a_search_that_finds_too_much_for_the_index_is_walked(spread, monkeypatch):
    monkeypatch.setattr(pages, "SAMPLE", 1)
    monkeypatch.setattr(pages, "FEW", 2)
    assert len(found(spread, "drips")) == 6


def test_more_filters_narrow_the_list(filled):
    backend = Backend(filled)
    with filled.transaction() as session:
        group = ProductGroup(name="Heating")
        project = Project(name="Tower")
        session.add_all([group, project])
        session.flush()
        product = Product(name="Boiler 3", group_id=group.id)
        subtype = TicketSubtype(type_id=1, name="Cold")
        session.add_all([product, subtype])
        session.flush()
        links = {"product_id": product.id, "product_group_id": group.id, "project_id": project.id}
        links |= {"subtype_id": subtype.id, "responsible_id": 1}
        session.execute(update(Ticket).where(Ticket.id % 5 == 0).values(**links))
    for name, value in links.items():
        page = backend.execute(listing.page, TicketFilter(**{name: value}), limit=TICKETS)
        assert {row.id for row in page.rows} == with_text(filled, "t.id % 5 = 0")
        page = backend.execute(listing.page, TicketFilter(empty=name), Sort(SortBy.OPENED), limit=TICKETS)
        assert {row.id for row in page.rows} == with_text(filled, "t.id % 5 <> 0")


@pytest.mark.parametrize("by", [SortBy.OPENED, SortBy.NUMBER])
def test_a_time_of_opening_narrows_the_list(filled, by):
    asked = TicketFilter(opened_from=at(5), opened_before=at(10))
    page = Backend(filled).execute(listing.page, asked, Sort(by), limit=TICKETS)
    with filled.reading() as session:
        known = session.scalars(select(Ticket.id).where(Ticket.opened_at >= at(5), Ticket.opened_at < at(10)))
        assert {row.id for row in page.rows} == set(known)


def test_overdue_tickets_are_open_and_late(filled):
    moment = at(20)
    backend = Backend(filled, clock=lambda: moment)
    page = backend.execute(listing.page, TicketFilter(is_overdue=True), limit=TICKETS)
    with filled.reading() as session:
        late = select(Ticket.id).where(Ticket.due_at < moment, Ticket.closed_at.is_(None))
        assert {row.id for row in page.rows} == set(session.scalars(late))
    assert backend.execute(listing.count, TicketFilter(is_overdue=True)).number == len(page.rows)


def test_mine_are_those_of_whoever_asks(filled):
    for user in (1, 2):
        page = Backend(filled).acting_as(user).execute(listing.page, TicketFilter(is_mine=True), limit=TICKETS)
        assert {row.id for row in page.rows} == with_text(filled, f"t.handler_id = {user}")
    assert not Backend(filled).execute(listing.page, TicketFilter(is_mine=True)).rows
