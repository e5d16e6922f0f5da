"""The suite's services as real log-ins: what a user does through a backend runs under his own role on PostgreSQL.

Most tests open a database as its superuser, whom no policy binds. With CALLBOARD_TEST_LOGINS=1 (`make soak`) each
session that acts for a user takes that user's log-in before its first statement, so that the same tests show whether
grants and policies let everybody do what the services do, and see what the services need.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import Pool

from app.db.database import Database

IS_ON = bool(os.environ.get("CALLBOARD_TEST_LOGINS"))

BEHIND_THE_CLOCK = frozenset({"test_demo.py", "test_explaining.py", "test_history.py", "test_spans.py"})
"""Tests of services that say when something was done: to a log-in the server's own clock says it, so they are left
out of such a run."""

_prepared: set[tuple[str, int]] = set()
_preparing = Lock()


def take_log_ins() -> None:
    """From now on sessions with an actor are that actor's own."""
    event.listen(Session, "after_begin", _become)
    event.listen(Pool, "checkin", _become_superuser)
    Database.calling = _calling  # type: ignore[method-assign]


@contextmanager
def _calling(self: Database, **info: Any) -> Iterator[Session]:
    # Kept connections would keep the log-in of whoever called last.
    with self.transaction(**info) as session:
        yield session


def _become(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    actor = session.info.get("actor")
    if connection.dialect.name != "postgresql" or actor is None:
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    if driver.info.user != "postgres":
        return
    role = f"{driver.info.dbname}_u{actor}"
    key = (driver.info.dsn + str(driver.info.port), actor)
    if key not in _prepared or not _has_role(driver, role):
        if not _prepare(connection.engine.url, role, actor):
            return
        _prepared.add(key)
    driver.execute(f'SET SESSION AUTHORIZATION "{role}"'.encode())


def _has_role(driver: psycopg.Connection, role: str) -> bool:
    return driver.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def _prepare(url: URL, role: str, actor: int) -> bool:
    plain = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    with _preparing, psycopg.connect(plain, autocommit=True) as owner:
        owner.execute("SET lock_timeout = '3s'")
        if owner.execute("SELECT 1 FROM users WHERE id = %s", [actor]).fetchone() is None:
            return False
        if not _has_role(owner, role):
            owner.execute(f'CREATE ROLE "{role}" NOLOGIN'.encode())
        owner.execute("UPDATE users SET db_role = %s WHERE id = %s", [role, actor])
    return True


def _become_superuser(connection: Any, _record: object) -> None:
    if isinstance(connection, psycopg.Connection) and not connection.closed and connection.info.user == "postgres":
        was = connection.autocommit
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            connection.autocommit = True
            connection.execute("RESET SESSION AUTHORIZATION")
            connection.autocommit = was
