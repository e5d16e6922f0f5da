"""The team's chart over 10,000,000 rows, and posting to them: beside the same by hand, on both engines."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg

from app.backend import Backend
from app.db.database import Database
from app.services.points import board
from tests.bench.points_ledger import CUSTOMERS, MONTHS, WORKERS, ledger
from tests.bench.results import Result

ROWS = 10_000_000
ASKED = 25
SECONDS = 4.0
ROUNDS = 5

Act = Callable[[], object]


def run() -> Iterator[Result]:
    """Chart (asked: 2 times the reading by hand, 1/50 of GROUP BY) and posting (asked: 0.7), on both engines."""
    for engine in ("postgresql", "sqlite"):
        started = time.perf_counter()
        with ledger(engine, ROWS) as database:
            print(f"  {ROWS:,} rows written to {engine} in {time.perf_counter() - started:.0f} s", flush=True)
            yield from chart(database, engine)
            yield from post(database, engine)


# --- The chart


_BY_HAND = """
    SELECT d.user_id, u.name, d.month, sum(d.points), sum(CASE WHEN d.day > {recent} THEN d.points ELSE 0 END)
    FROM worker_days AS d JOIN users AS u ON u.id = d.user_id
    WHERE d.month >= {since} GROUP BY d.user_id, d.month, u.name ORDER BY d.user_id, d.month
"""
_OVER_ROWS = {
    "postgresql": "SELECT worker_id, date_trunc('month', day), sum(worker_points) FROM points_entries GROUP BY 1, 2",
    "sqlite": "SELECT worker_id, substr(day, 1, 7), sum(worker_points) FROM points_entries GROUP BY 1, 2",
}


def chart(database: Database, engine: str) -> Iterator[Result]:
    """The service as the home page asks it, the same totals by the bare driver, and the rows themselves."""
    backend = Backend(database)
    with closing(_bare(database)) as connection:
        by_hand = _BY_HAND.format(since="'2024-12-01'", recent="'2026-10-31'")

        def hand() -> object:
            rows = connection.execute(by_hand).fetchall()
            assert len(rows) == WORKERS * MONTHS
            return rows

        def ours() -> object:
            found = backend.execute(board.team, MONTHS)
            assert len(found.board.lines) == WORKERS
            return found

        ours(), hand()
        pairs = [(_spent(ours), _spent(hand)) for _turn in range(ASKED)]
        mine, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
        rows = _spent(lambda: connection.execute(_OVER_ROWS[engine]).fetchall())
    yield Result.against(f"points.chart_{engine}", mine, "ms", theirs)
    yield Result.against(f"points.chart_rows_{engine}", mine, "ms", rows)


def _bare(database: Database) -> Any:
    if database.is_sqlite:
        connection = sqlite3.connect(str(database.url.database), isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection
    server = psycopg.connect(
        database.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )
    server.execute("SET statement_timeout = 0; SET jit = off")
    return server


def _spent(act: Act) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


# --- Posting


_FIELDS = (
    "step_id, task_id, customer_id, worker_id, by_id, stage_id, process, stage, at, day, customer_points, "
    "worker_points, is_redemption, occasion, note"
)
_VALUES = "?, ?, ?, ?, ?, 2, 'Meetings', 'Held', '2026-11-30 08:00:00.000000', '2026-11-30', ?, ?, {no}, 1, ''"


def post(database: Database, engine: str) -> Iterator[Result]:
    """A row with its totals and the news of it, and the same row in a table of its own with the same indexes.

    The guards that only let steps write are put aside for the while: they would refuse both.
    """
    apart = _postgresql_apart if engine == "postgresql" else _sqlite_apart
    with closing(_bare(database)) as connection:
        first = connection.execute("SELECT min(id) FROM users").fetchone()[0]
        apart(connection)
        numbers = iter(range(ROWS + 1, ROWS * 2))

        is_sqlite = engine == "sqlite"
        values = _VALUES.format(no=0) if is_sqlite else _VALUES.format(no="false").replace("?", "%s")
        points = 20_000 if is_sqlite else 2

        def into(table: str) -> Act:
            statement = f"INSERT INTO {table} ({_FIELDS}) VALUES ({values})"

            def insert() -> None:
                step = next(numbers)
                customer, worker = 1 + step % CUSTOMERS, first + step % WORKERS
                connection.execute(statement, (step, step, customer, worker, worker, points, points))

            return insert

        rates = [(_rate(into("points_entries")), _rate(into("bare_entries"))) for _turn in range(ROUNDS)]
        mine, theirs = (statistics.median(each) for each in zip(*rates, strict=True))
        yield Result(f"points.post_{engine}", mine, "1/s", theirs, statistics.median(a / b for a, b in rates))


def _rate(act: Act) -> float:
    """Acts a second, each committed by itself to the disk."""
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        act()
        count += 1
    return count / (time.perf_counter() - started)


def _postgresql_apart(connection: Any) -> None:
    connection.execute("CREATE TABLE bare_entries (LIKE points_entries INCLUDING ALL)")
    connection.execute("INSERT INTO bare_entries SELECT * FROM points_entries")
    connection.execute("SELECT setval(pg_get_serial_sequence('bare_entries', 'id'), max(id)) FROM points_entries")
    connection.execute("ALTER TABLE points_entries DISABLE TRIGGER points_entries_checked")
    for name in ("task_id", "step_id", "stage_id"):
        connection.execute(f"ALTER TABLE points_entries DROP CONSTRAINT IF EXISTS fk_points_entries_{name}")
    for name, table in (("customer_id", "customers"), ("worker_id", "users"), ("by_id", "users")):
        connection.execute(f"ALTER TABLE bare_entries ADD FOREIGN KEY ({name}) REFERENCES {table} (id)")
    connection.execute("VACUUM ANALYZE bare_entries")


def _sqlite_apart(connection: Any) -> None:
    connection.execute("PRAGMA cache_size = -200000")
    connection.execute("PRAGMA foreign_keys = OFF")
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'points_entries'").fetchone()[0]
    connection.execute(made.replace("CREATE TABLE points_entries", "CREATE TABLE bare_entries", 1))
    connection.execute("INSERT INTO bare_entries SELECT * FROM points_entries")
    asked = (
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'points_entries' AND type = 'index' AND sql IS NOT NULL"
    )
    for name, sql in connection.execute(asked).fetchall():
        connection.execute(sql.replace(name, f"bare_{name}", 1).replace("ON points_entries", "ON bare_entries", 1))
    guards = (
        "SELECT name FROM sqlite_master WHERE tbl_name = 'points_entries' AND type = 'trigger' "
        "AND sql LIKE '%BEFORE INSERT%'"
    )
    for (name,) in connection.execute(guards).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
