"""The day's board as it stood a month's work ago, with 100,000 changes of visits in the log since, beside one second.

Forty technicians with four visits on each of sixty days, every one of them moved there and back a dozen times since
the moment asked for; 300 calls wait. The limit is what a person waits for without wondering.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime

import psycopg
from sqlalchemy import func, insert, select, text

from app.adapters import throwaway
from app.backend import Backend
from app.db import schema
from app.db.database import Database
from app.models.audit import AuditLog
from app.models.planner import Presence, Visit
from app.services.planner.past import plan_at
from tests.bench.results import Result
from tests.kit.databases import database_at
from tests.kit.factory import add_call, add_group, add_type, add_user, at

TECHNICIANS, DAYS, VISITS, CALLS = 40, 60, 4, 300
CHANGES = 100_000
TURNS = 5
LIMIT_MS = 1000.0

_MOVE = {
    True: (
        "UPDATE visits SET starts_at = strftime('%Y-%m-%d %H:%M:%f000', starts_at, '{hours:+d} hours'), "
        "ends_at = strftime('%Y-%m-%d %H:%M:%f000', ends_at, '{hours:+d} hours')"
    ),
    False: (
        "UPDATE visits SET starts_at = starts_at + interval '{hours} hours', "
        "ends_at = ends_at + interval '{hours} hours'"
    ),
}


def run() -> Iterator[Result]:
    """The median of some readings on each engine."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-", dir="/tmp") as folder:
        yield _measure("planner.past_sqlite", f"sqlite:///{folder}/past.sqlite")
    server = throwaway.Run()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench_past TEMPLATE template0")
        yield _measure("planner.past_postgresql", database_at(server.url, "bench_past"))
    finally:
        server.close()


def _measure(name: str, url: str) -> Result:
    database = Database(url)
    schema.upgrade(database)
    then, backend, spent = _fill(database), Backend(database), []
    for _turn in range(TURNS):
        started = time.perf_counter()
        past = backend.execute(plan_at, None, at(0, 5), at(24, 5), moment=then)
        spent.append((time.perf_counter() - started) * 1000)
        assert len(past.board.visits) == TECHNICIANS * VISITS
        assert past.waiting_total == CALLS
    database.close()
    return Result.against(name, statistics.median(spent), "ms", LIMIT_MS)


def _fill(database: Database) -> datetime:
    """Fill, and give the moment before the changes."""
    with database.transaction() as session:
        people = [add_user(session, f"Technician {number}").id for number in range(TECHNICIANS)]
        office = add_group(session, "Office", is_back_office=True)
        kind = add_type(session, "Repair")
        for number in range(CALLS):
            add_call(session, office, kind, f"Call {number}")
        days = [(each, day) for each in people for day in range(DAYS)]
        white = [{"user_id": each, "starts_at": at(0, day), "ends_at": at(24, day)} for each, day in days]
        session.execute(insert(Presence), white)
        hours = [(each, day, 8 + number) for each, day in days for number in range(VISITS)]
        visits = [
            {"technician_id": each, "starts_at": at(hour, day), "ends_at": at(hour + 1, day), "set_at": at(0)}
            for each, day, hour in hours
        ]
        session.execute(insert(Visit), visits)
    with database.reading() as session:
        then = session.scalars(select(func.max(AuditLog.at))).one()
    assert isinstance(then, datetime)
    time.sleep(0.05)
    with database.transaction() as session:
        for turn in range(-(-CHANGES // len(visits) // 2) * 2):
            session.execute(text(_MOVE[database.is_sqlite].format(hours=6 if turn % 2 == 0 else -6)))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE audit_log")
    return then
