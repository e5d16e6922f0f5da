"""Any page of 100 out of 1,000,000 tickets, in every order and by the filters of the list, on both engines.

The tickets are written by the database itself from the number of each row, spread as in an office of five years: one in
twenty is open, states and types are uneven, people come and go.
"""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import Connection, insert, select, text

from app.adapters import throwaway
from app.backend import Backend
from app.db import schema
from app.db.database import Database
from app.domain.text import fold
from app.domain.tickets.order import Cursor, Sort, SortBy, TicketFilter
from app.models.customers import Customer
from app.models.people import Role, User
from app.models.tickets import TicketType
from app.services.tickets import listing
from tests.bench import tickets_search
from tests.bench.results import Result
from tests.kit.databases import database_at

TICKETS = 1_000_000
CUSTOMERS = 100_000
HANDLERS = 200
TYPES = 50
OPEN_FROM = TICKETS - TICKETS // 20
PAGES = 400
LIMIT_MS = 50.0
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)

_FIRST = ("Dana", "Avi", "Marco", "Giulia", "Noa", "Yossi", "Chiara", "Eitan", "Sara", "Luca", "דוד", "רחל", "Omar")
_LAST = (
    "Cohen", "Levi", "Rossi", "Bianchi", "Mizrahi", "Peretz", "Ferrari", "Esposito", "Biton", "Dahan", "Ricci",
    "Marino", "Azulay", "Friedman", "Greco", "Conti", "Katz", "Romano", "Shapira", "Moretti", "כהן", "לוי", "Malka",
    "Fontana", "Nahum", "Ohayon", "Caruso", "Barbieri", "Segal", "Lombardi", "Gabay", "Vaknin", "Rinaldi", "Hadad",
    "Colombo", "Klein", "Santoro",
)  # fmt: skip
_WORDS = ("boiler leaks", "no water", "meter reading", "line is dead", "router blinks", "door stays shut", "דוד דולף")

# A spread-out number from the row's number, the same on both engines.
_MIXED = "((n * 7919 + n / 13) % 1000003)"
_VALUES = f"""
    n,
    1 + n % {CUSTOMERS},
    1 + (({_MIXED} * {_MIXED}) / 1000003 * {TYPES}) / 1000003,
    CASE WHEN n <= {OPEN_FROM} THEN 4 ELSE 1 + {_MIXED} % 3 END,
    ({_MIXED} / 7) % 4,
    CASE WHEN n % 11 = 0 THEN NULL ELSE 1 + (n * 40 / {TICKETS} * 4 + {_MIXED} % 40) % {HANDLERS} END,
    CASE n % 7 {" ".join(f"WHEN {place} THEN '{words}'" for place, words in enumerate(_WORDS))} END,
    '',
"""
_COLUMNS = (
    "id, customer_id, type_id, status_id, priority, handler_id, subject, description, "
    "opened_at, due_at, closed_at, search"
)


def run() -> Iterator[Result]:
    """The 95th percentile of a page and of a search on each engine, and the worse of the two."""
    found: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-", dir="/tmp") as folder:
        found += _measured("sqlite", f"sqlite:///{folder}/tickets.sqlite")
    yield from found
    server = throwaway.Run()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench_tickets TEMPLATE template0")
        on_postgresql = _measured("postgresql", database_at(server.url, "bench_tickets"))
    finally:
        server.close()
    yield from on_postgresql
    for figure, of_both in (("page_p95", (found[0], on_postgresql[0])), ("search_p95", (found[1], on_postgresql[1]))):
        worse = max(of_both, key=lambda result: result.ratio or 0.0)
        yield Result.against(f"tickets.{figure}", worse.value, "ms", worse.baseline or 0.0)


def _measured(engine: str, url: str) -> list[Result]:
    database = Database(url)
    try:
        schema.upgrade(database)
        started = time.perf_counter()
        fill(database)
        print(f"  {TICKETS:,} tickets written in {time.perf_counter() - started:.0f} s")
        taken = measure(Backend(database))
        page = Result.against(f"tickets.page_p95.{engine}", sorted(taken)[int(len(taken) * 0.95)], "ms", LIMIT_MS)
        names = [fold(name) for name in _LAST]
        search = tickets_search.measured(
            database, f"tickets.search_p95.{engine}", [fold(each) for each in _WORDS], names
        )
        return [page, search]
    finally:
        database.close()


def measure(backend: Backend, pages: int = PAGES) -> list[float]:
    """Milliseconds of that many pages, first and deep ones, each in an order and by a filter taken by chance.

    Each is asked for twice, a whole round apart, and both count.
    """
    chance = random.Random(7)
    asked = [question(chance) for _page in range(pages)]
    cursors = [_cursor(backend, sort, chance) if number % 4 else None for number, (_asked, sort) in enumerate(asked)]
    rounds: list[list[float]] = []
    for _round in range(2):
        taken = []
        for (wanted, sort), cursor in zip(asked, cursors, strict=True):
            started = time.perf_counter()
            backend.execute(listing.page, wanted, sort, after=cursor)
            taken.append((time.perf_counter() - started) * 1000)
        rounds.append(taken)
    return [spent for each in rounds for spent in each]


def question(chance: random.Random) -> tuple[TicketFilter, Sort]:
    """An order of the list, and none, one or two of its filters."""
    filters = {
        "status_id": chance.choice([1, 2, 3, 4]),
        "type_id": chance.randint(1, TYPES),
        "handler_id": chance.randint(1, HANDLERS),
        "priority": chance.randrange(4),
        "customer_id": chance.randint(1, CUSTOMERS),
        "open_only": True,
    }
    chosen = chance.sample(sorted(filters), chance.choice([0, 1, 1, 2]))
    asked = TicketFilter(**{name: filters[name] for name in chosen})  # type: ignore[arg-type]
    return asked, Sort(chance.choice(list(SortBy)), descending=chance.random() < 0.5)


def _cursor(backend: Backend, sort: Sort, chance: random.Random) -> Cursor:
    """A place anywhere in the list: the one of a ticket taken by chance."""
    return backend.execute(listing.named, [chance.randint(1, TICKETS)])[0].cursor(sort.by)


def fill(database: Database) -> None:
    """Write people, types, customers and tickets; indexes and triggers come back afterwards."""
    with database.transaction() as session:
        role = session.scalars(select(Role.id).where(Role.code == "agent")).one()
        people = [{"name": f"Agent {n:03}", "login": f"agent{n}", "role_id": role} for n in range(HANDLERS)]
        session.execute(insert(User), people)
        session.execute(insert(TicketType), [{"name": f"Type {n:02}"} for n in range(TYPES)])
        session.execute(insert(Customer), [customer(n) for n in range(CUSTOMERS)])
    with database.engine.begin() as connection:
        _fill_sqlite(connection) if database.is_sqlite else _fill_postgresql(connection)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE tickets, customers, users, ticket_types")


def customer(number: int) -> dict[str, str]:
    """A customer with a name many share, a place of his own among them, and a telephone."""
    name = f"{_LAST[number * 7 % len(_LAST)]} {_FIRST[number * 3 % len(_FIRST)]}"
    phone = f"5{number * 7919 % 10**8:08}"
    return {"name": name, "search": f"{fold(name)} 0{phone} 972{phone}"}


def _fill_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'")
    opened = f"timestamptz '{FIRST_DAY}' + n * interval '{_step()} seconds'"
    moments = f"""
        {opened},
        CASE WHEN n % 9 > 0 THEN {opened} + ({_MIXED} % 20000) * interval '1 minute' END,
        CASE WHEN n <= {OPEN_FROM} THEN {opened} + interval '2 days' END,
    """
    with _bare_postgresql(connection):
        connection.execute(text(_insert(moments, f"generate_series(1::bigint, {TICKETS}) AS n")))


@contextmanager
def _bare_postgresql(connection: Connection) -> Iterator[None]:
    indexes = connection.execute(
        text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'tickets' AND indexdef NOT LIKE '%UNIQUE%'")
    ).all()
    for name, _definition in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    connection.exec_driver_sql("ALTER TABLE tickets DISABLE TRIGGER ALL")
    yield
    connection.exec_driver_sql("ALTER TABLE tickets ENABLE TRIGGER ALL")
    for _name, definition in indexes:
        connection.exec_driver_sql(definition)


def _fill_sqlite(connection: Connection) -> None:
    opened = f"'{FIRST_DAY:%Y-%m-%d}', '+' || (n * {_step()}) || ' seconds'"
    form = "'%Y-%m-%d %H:%M:%f000'"
    moments = f"""
        strftime({form}, {opened}),
        CASE WHEN n % 9 > 0 THEN strftime({form}, {opened}, '+' || ({_MIXED} % 20000) || ' minutes') END,
        CASE WHEN n <= {OPEN_FROM} THEN strftime({form}, {opened}, '+2 days') END,
    """
    numbers = f"WITH RECURSIVE all_n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM all_n WHERE n < {TICKETS})"
    with _bare_sqlite(connection):
        connection.execute(text(f"{numbers} {_insert(moments, 'all_n')}"))
    connection.exec_driver_sql("INSERT INTO tickets_search (tickets_search) VALUES ('rebuild')")


@contextmanager
def _bare_sqlite(connection: Connection) -> Iterator[None]:
    made = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'tickets' AND type <> 'table' AND sql IS NOT NULL"
    ).all()
    for kind, name, _sql in made:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    yield
    for _kind, _name, sql in made:
        connection.exec_driver_sql(sql)


def _insert(moments: str, source: str) -> str:
    said = " ".join(f"WHEN {place} THEN '{fold(words)}'" for place, words in enumerate(_WORDS))
    search = f"CASE n % 7 {said} END || ' ' || n || ' street ' || (n % 5000)"
    return f"INSERT INTO tickets ({_COLUMNS}) SELECT {_VALUES} {moments} {search} FROM {source}"


def _step() -> int:
    return int(timedelta(days=5 * 365).total_seconds()) // TICKETS
