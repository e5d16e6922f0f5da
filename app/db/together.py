"""Statements that travel together: a transaction costs no round trip of its own, neither to begin nor to commit.

On PostgreSQL a writing session's connection is in the driver's autocommit mode. BEGIN leaves with the first statement,
COMMIT with the last one (psycopg's pipeline); a session that asked nothing has begun nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

__all__ = ["as_sqlalchemy", "begin_lazily", "commit_with", "driver_of", "ensure_begun"]

_WRITING = "callboard_writing"
"""The execution option of connections whose statements belong to a transaction."""

_NOTICES = "callboard_notices"


class Unsure(Exception):
    """The COMMIT was sent, and no answer to it came."""


def begin_lazily(engine: Engine) -> None:
    """Let the engine's writing connections begin with their first statement."""
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_execute_no_params", _execute_bare)
    event.listen(engine, "do_executemany", _execute_many)


def _is_to_begin(cursor: Any, context: Any) -> bool:
    if not context.root_connection.get_execution_options().get(_WRITING):
        return False
    return bool(cursor.connection.pgconn.transaction_status == TransactionStatus.IDLE)


def _execute(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    if not _is_to_begin(cursor, context):
        return False
    if isinstance(cursor, psycopg.ServerCursor):
        cursor.connection.execute("BEGIN")
        return False
    with cursor.connection.pipeline():
        cursor.connection.execute("BEGIN")
        cursor.execute(statement, values)
    return True


def _execute_bare(cursor: Any, statement: str, context: Any) -> bool:
    return _execute(cursor, statement, None, context)


def _execute_many(cursor: Any, _statement: str, _values: Any, context: Any) -> bool:
    if _is_to_begin(cursor, context):
        cursor.connection.execute("BEGIN")
    return False


def ensure_begun(connection: Connection) -> None:
    """For statements that go to the driver past SQLAlchemy: those of a writing session belong to its transaction."""
    if connection.get_execution_options().get(_WRITING):
        driver = driver_of(connection)
        if driver.pgconn.transaction_status == TransactionStatus.IDLE:
            driver.execute("BEGIN")


def commit_with(session: Session, statement: str, values: dict[str, Any]) -> None:
    """Send a last statement and COMMIT in one go; a commit whose answer does not come raises with `Unsure` beneath."""
    connection = session.connection()
    driver = driver_of(connection)
    _notices(driver).clear()
    with as_sqlalchemy(connection, driver, is_commit=True):
        with driver.pipeline():
            if driver.pgconn.transaction_status == TransactionStatus.IDLE:
                driver.execute("BEGIN")
            driver.execute(statement.encode(), values)
            driver.execute("COMMIT")
        if any("committed locally" in told for told in _notices(driver)):
            raise psycopg.OperationalError("committed locally only") from Unsure()


def driver_of(connection: Connection) -> "psycopg.Connection[Any]":
    """psycopg's own connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _notices(driver: Any) -> list[str]:
    """What the server warned of on this connection since it was last cleared."""
    kept = driver.__dict__.get(_NOTICES)
    if kept is None:
        kept = driver.__dict__[_NOTICES] = []
        driver.add_notice_handler(lambda told: kept.append(f"{told.message_primary} {told.message_detail}"))
    notices: list[str] = kept
    return notices


@contextmanager
def as_sqlalchemy(
    connection: Connection,
    driver: "psycopg.Connection[Any]",
    statement: str | None = None,
    values: Any = None,
    *,
    is_commit: bool = False,
) -> Iterator[None]:
    """Errors of the driver are known by SQLAlchemy's name; a lost connection is thrown away with all of its age."""
    try:
        yield
    except psycopg.Error as error:
        is_lost = bool(driver.closed)
        if is_lost:
            connection.invalidate(error)
        if is_commit and (is_lost or isinstance(error.__cause__, Unsure)):
            error.__cause__ = Unsure()
        wrapped = DBAPIError.instance(
            statement, values, error, psycopg.Error, connection_invalidated=is_lost, dialect=connection.dialect
        )
        raise wrapped from error
