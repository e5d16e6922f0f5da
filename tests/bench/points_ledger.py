"""A large ledger, written by the engine itself past the guards, with its totals: what the points' benches look at."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from app.adapters import throwaway
from app.db import schema
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer
from tests.kit.databases import database_at
from tests.kit.factory import add_process, add_profile, add_user

WORKERS = 500
MONTHS = 24
CUSTOMERS = 20_000
FIRST_DAY = "2024-12-01"
LAST_DAY = "2026-11-30"
DAYS = 730

_COLUMNS = (
    "id, step_id, task_id, customer_id, worker_id, by_id, stage_id, process, stage, at, day, customer_points, "
    "worker_points, occasion, note"
)


@contextmanager
def ledger(engine: str, rows: int) -> Iterator[Database]:
    """A database of this engine with so many rows over 500 workers and 24 months."""
    with _database(engine) as database:
        schema.upgrade(database)
        with database.transaction() as session:
            session.add(Company(id=1, name="A", country="IT", time_zone="Europe/Rome", language="it"))
            people = [add_user(session, f"Worker {n:03}", "agent") for n in range(WORKERS)]
            add_profile(session, "Sales", *people)
            add_process(session, "Meetings", New=None, Held=None, Done=None)
            session.add_all(
                Customer(name=f"Name{n} Surname{n}", search=f"name{n} surname{n}") for n in range(CUSTOMERS)
            )
            session.flush()
            first = people[0].id
        (_fill_sqlite if database.is_sqlite else _fill_postgresql)(database, rows, first)
        yield database


@contextmanager
def _database(engine: str) -> Iterator[Database]:
    if engine == "sqlite":
        with TemporaryDirectory(prefix="callboard-bench-") as folder:
            database = Database(f"sqlite:///{Path(folder) / 'ledger.sqlite'}")
            try:
                yield database
            finally:
                database.close()
        return
    server = throwaway.Run(durable=True)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE ledger TEMPLATE template0")
        database = Database(database_at(server.url, "ledger"))
        try:
            yield database
        finally:
            database.close()
    finally:
        server.close()


def _fill_postgresql(database: Database, rows: int, first: int) -> None:
    with database.engine.begin() as connection:
        run = connection.exec_driver_sql
        run("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'")
        made = run(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE tablename = 'points_entries' AND indexname NOT LIKE 'pk%%'"
        ).all()
        for name, _definition in made:
            run(f"DROP INDEX {name}")
        for table in ("points_entries", "worker_days", "customer_balances"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        run(
            f"""
            INSERT INTO points_entries ({_COLUMNS})
            SELECT n, n, n / 10, 1 + n %% {CUSTOMERS}, {first} + n * 7919 %% {WORKERS}, {first} + n * 7919 %% {WORKERS},
                2 + n %% 2, 'Meetings', CASE n %% 2 WHEN 0 THEN 'Held' ELSE 'Done' END,
                d.day + (8 * 3600 + n %% 28800) * interval '1 second', d.day, 5 + n %% 7,
                ((n %% 101 - 20) / 8.0)::numeric(18, 4), n,
                CASE n %% 3 WHEN 0 THEN 'Came in time, wants an offer' ELSE '' END
            FROM generate_series(1::bigint, {rows}) AS n
                CROSS JOIN LATERAL (SELECT date '{FIRST_DAY}' + (n * {DAYS} / ({rows} + 1))::integer AS day) AS d
            """
        )
        for _name, definition in made:
            run(definition.replace("%", "%%"))
        run(
            "INSERT INTO worker_days "
            "SELECT worker_id, date_trunc('month', day)::date, day, sum(worker_points), count(*), max(id) "
            "FROM points_entries WHERE worker_points <> 0 GROUP BY worker_id, day"
        )
        run(
            "INSERT INTO customer_balances SELECT customer_id, sum(customer_points), "
            "sum(greatest(customer_points, 0)), 0, count(*), max(id) "
            "FROM points_entries WHERE customer_points <> 0 GROUP BY customer_id"
        )
        run(f"SELECT setval(pg_get_serial_sequence('points_entries', 'id'), {rows} + 1)")
        for table in ("points_entries", "worker_days", "customer_balances"):
            run(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE points_entries, worker_days, customer_balances")


def _fill_sqlite(database: Database, rows: int, first: int) -> None:
    raw: Any = sqlite3.connect(str(database.url.database), isolation_level=None)
    with raw:
        raw.execute("PRAGMA cache_size = -400000")
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("BEGIN IMMEDIATE")
        kept = raw.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ('points_entries', 'worker_days', "
            "'customer_balances') AND type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        for kind, name, _sql in kept:
            raw.execute(f"DROP {kind} {name}")
        raw.execute(
            f"""
            WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {rows}),
                dated AS (SELECT n, date('{FIRST_DAY}', (n * {DAYS} / ({rows} + 1)) || ' days') AS day FROM counted)
            INSERT INTO points_entries ({_COLUMNS})
            SELECT n, n, n / 10, 1 + n % {CUSTOMERS}, {first} + n * 7919 % {WORKERS}, {first} + n * 7919 % {WORKERS},
                2 + n % 2, 'Meetings', CASE n % 2 WHEN 0 THEN 'Held' ELSE 'Done' END,
                day || ' ' || time(28800 + n % 28800, 'unixepoch') || '.000000', day, (5 + n % 7) * 10000,
                (n % 101 - 20) * 1250, n,
                CASE n % 3 WHEN 0 THEN 'Came in time, wants an offer' ELSE '' END
            FROM dated
            """
        )
        for kind, _name, sql in kept:
            if kind == "index":
                raw.execute(sql)
        raw.execute(
            "INSERT INTO worker_days "
            "SELECT worker_id, date(day, 'start of month'), day, sum(worker_points), count(*), max(id) "
            "FROM points_entries WHERE worker_points <> 0 GROUP BY worker_id, day"
        )
        raw.execute(
            "INSERT INTO customer_balances SELECT customer_id, sum(customer_points), sum(max(customer_points, 0)), 0, "
            "count(*), max(id) FROM points_entries WHERE customer_points <> 0 GROUP BY customer_id"
        )
        for kind, _name, sql in kept:
            if kind == "trigger":
                raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("ANALYZE")
    raw.close()
