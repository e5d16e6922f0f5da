"""Who calls, among 1,000,000 customers: the service's answer, beside the bare look-up by hand in the same run."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from sqlalchemy import Connection, text

from app.adapters import throwaway
from app.backend import Backend
from app.db import schema
from app.db.database import Database
from app.services.dialer.lookup import caller
from tests.bench.results import Result
from tests.kit.databases import database_at

CUSTOMERS = 1_000_000
CALLS = 400
LIMIT_MS = 50.0

_BY_HAND = """
    SELECT c.id, c.name FROM customer_phones p JOIN customers c ON c.id = p.customer_id WHERE p.e164 = %s ORDER BY c.id
"""


def run() -> Iterator[Result]:
    """The 99th percentile against 50 ms, and the median against the same question by hand."""
    server = throwaway.Run()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench_callers TEMPLATE template0")
        url = database_at(server.url, "bench_callers")
        database = Database(url)
        try:
            schema.upgrade(database)
            started = time.perf_counter()
            fill(database)
            print(f"  {CUSTOMERS:,} customers written in {time.perf_counter() - started:.0f} s")
            yield from measure(database)
        finally:
            database.close()
    finally:
        server.close()


def measure(database: Database) -> Iterator[Result]:
    """Numbers by chance, each in the form a telephone may show it; one in ten belongs to nobody."""
    backend = Backend(database)
    chance = random.Random(5)
    asked = [500_000_000 + chance.randrange(CUSTOMERS * 10 // 9) for _call in range(CALLS)]
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as server:

        def by_hand(number: int) -> Any:
            return server.execute(_BY_HAND, (f"+972{number}",)).fetchone()

        def by_service(number: int) -> Any:
            found = backend.execute(caller, f"0{number}" if number % 2 else f"+972{number}")
            return found and (found.customer_id, found.name)

        for number in asked[:20]:
            assert by_service(number) == by_hand(number), f"Not the same caller for {number}"
        theirs = taken(by_hand, asked)
        ours = taken(by_service, asked)
    yield Result.against("dialer.lookup_p99", ours[int(len(ours) * 0.99)], "ms", LIMIT_MS)
    yield Result.against("dialer.lookup_p50", ours[len(ours) // 2], "ms", theirs[len(theirs) // 2])


def taken(ask: Callable[[int], Any], asked: list[int]) -> list[float]:
    """Milliseconds of each question, the quickest first."""
    spent = []
    for number in asked:
        started = time.perf_counter()
        ask(number)
        spent.append((time.perf_counter() - started) * 1000)
    return sorted(spent)


def fill(database: Database) -> None:
    """Customers with a number each, in Israel; the database writes them itself."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'")
        company = (
            "INSERT INTO company (id, name, country, time_zone, language) VALUES (1, 'A', 'IL', 'Asia/Jerusalem', 'he')"
        )
        connection.exec_driver_sql(company)
        indexes = _bare(connection)
        series = f"generate_series(1::bigint, {CUSTOMERS}) AS n"
        connection.exec_driver_sql(f"INSERT INTO customers (id, name) SELECT n, 'Customer ' || n FROM {series}")
        connection.exec_driver_sql(
            "INSERT INTO customer_phones (customer_id, raw, e164) "
            f"SELECT n, '0' || (500000000 + n - 1), '+972' || (500000000 + n - 1) FROM {series}"
        )
        for definition in indexes:
            connection.exec_driver_sql(definition)
        for table in ("customers", "customer_phones"):
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE customers, customer_phones")


def _bare(connection: Connection) -> list[str]:
    """Take triggers and indexes away while the rows are written; gives what makes the indexes again."""
    found = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE tablename IN ('customers', 'customer_phones') AND indexdef NOT LIKE '%UNIQUE%'"
        )
    ).all()
    for name, _definition in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    for table in ("customers", "customer_phones"):
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    return [definition for _name, definition in found]
