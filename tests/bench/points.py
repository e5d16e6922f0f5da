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
    """A row with its totals and the news of it, and the same row of the same table with nothing that follows it.

    The guards that only let steps write are put aside for the while: they would refuse both.
    """
    is_sqlite = engine == "sqlite"
    values = _VALUES.format(no=0) if is_sqlite else _VALUES.format(no="false").replace("?", "%s")
    statement, points = f"INSERT INTO points_entries ({_FIELDS}) VALUES ({values})", 20_000 if is_sqlite else 2
    numbers = iter(range(ROWS + 1, ROWS * 2))
    with closing(_bare(database)) as connection:
        first = connection.execute("SELECT min(id) FROM users").fetchone()[0]
        follow = _sqlite_following(connection) if is_sqlite else _postgresql_following(connection)

        def insert() -> None:
            step = next(numbers)
            customer, worker = 1 + step % CUSTOMERS, first + step % WORKERS
            connection.execute(statement, (step, step, customer, worker, worker, points, points))

        rates = []
        for _turn in range(ROUNDS):
            follow(True)
            with_totals = _rate(insert)
            follow(False)
            rates.append((with_totals, _rate(insert)))
    mine, theirs = (statistics.median(each) for each in zip(*rates, strict=True))
    yield Result(f"points.post_{engine}", mine, "1/s", theirs, statistics.median(a / b for a, b in rates))


def _rate(act: Act) -> float:
    """Acts a second, each committed by itself to the disk; the first ones only warm up."""
    for _act in range(50):
        act()
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        act()
        count += 1
    return count / (time.perf_counter() - started)


def _postgresql_following(connection: Any) -> Callable[[bool], None]:
    """What switches on and off what follows a row; foreign keys stay, but that to steps, which are made up."""
    connection.execute("ALTER TABLE points_entries DISABLE TRIGGER points_entries_checked")
    for name in ("task_id", "step_id"):
        connection.execute(f"ALTER TABLE points_entries DROP CONSTRAINT fk_points_entries_{name}")

    def follow(on: bool) -> None:
        connection.execute(f"ALTER TABLE points_entries {'ENABLE' if on else 'DISABLE'} TRIGGER points_entries_total")

    return follow


def _sqlite_following(connection: Any) -> Callable[[bool], None]:
    connection.execute("PRAGMA cache_size = -200000")
    connection.execute("PRAGMA foreign_keys = OFF")
    asked = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'points_entries' AND type = 'trigger'"
    triggers = dict(connection.execute(asked).fetchall())
    after = {name: sql for name, sql in triggers.items() if "AFTER INSERT" in sql}
    for name in triggers:
        connection.execute(f"DROP TRIGGER {name}")

    marks: list[int] = []

    def follow(on: bool) -> None:
        for name, sql in after.items():
            connection.execute(sql if on else f"DROP TRIGGER {name}")
        if not on:
            marks.append(connection.execute("SELECT max(id) FROM points_entries").fetchone()[0])
        elif marks:
            # Totals that do not hold these rows would be refused.
            connection.execute("DELETE FROM points_entries WHERE id > ?", (marks.pop(),))

    return follow
