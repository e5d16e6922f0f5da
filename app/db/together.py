"""Statements that travel together: a transaction costs no round trip of its own, neither to begin nor to commit.

On PostgreSQL a writing session's connection is in the driver's autocommit mode. BEGIN leaves with the first statement,
COMMIT with the last one (psycopg's pipeline); a session that asked nothing has begun nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.db.steps import FITS, steps

__all__ = [
    "as_sqlalchemy",
    "begin_lazily",
    "commit_with",
    "deferring",
    "driver_of",
    "ensure_begun",
    "is_over",
    "send_deferred",
    "start_afresh",
    "together",
]

_WRITING = "callboard_writing"
"""The execution option of connections whose statements belong to a transaction."""

_NOTICES = "callboard_notices"
_LUGGAGE = "callboard_luggage"

_HOLD_KEY = f"SELECT pg_advisory_xact_lock(hashtextextended(%s, 7)), {FITS} FROM alembic_version"
"""A request's key is held for as long as the server works under it, though the line that brought it is long lost.

And nobody writes into a schema that was changed under him: it stays as it is until he is through.
"""

_TRY_KEY = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:op_id, 7))")


class Unsure(Exception):
    """The COMMIT was sent, and no answer to it came."""


def begin_lazily(engine: Engine) -> None:
    """Let the engine's writing connections begin with their first statement."""
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_execute_no_params", _execute_bare)
    event.listen(engine, "do_executemany", _execute_many)


@dataclass
class _Luggage:
    """What one transaction has under way: its request's key, writes that leave with the next statement, and answers
    asked ahead.
    """

    op_id: str | None = None
    is_recording: bool = False
    is_deferring: bool = False
    deferred: list[tuple[str, Any]] = field(default_factory=list)
    recorded: list[tuple[str, Any]] = field(default_factory=list)
    answers: dict[str, "_Answer"] = field(default_factory=dict)


class _Answer(psycopg.Cursor[Any]):
    """An answer that can be read again: who is done with it does not close it."""

    def close(self) -> None:
        """Go back to the first row."""
        with suppress(IndexError):
            self.scroll(0, "absolute")


class _Recorded(Exception):
    """A statement was noted instead of being sent."""


def _luggage(connection: Connection) -> _Luggage:
    kept: _Luggage = connection.info.setdefault(_LUGGAGE, _Luggage())
    return kept


def _is_writing(context: Any) -> bool:
    return bool(context.root_connection.get_execution_options().get(_WRITING))


def _is_to_begin(cursor: Any) -> bool:
    return bool(cursor.connection.pgconn.transaction_status == TransactionStatus.IDLE)


def _key(statement: str, values: Any) -> str:
    return f"{statement}\n{values!r}"


def _execute(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    if not _is_writing(context):
        return False
    if isinstance(cursor, psycopg.ServerCursor):
        _send(cursor.connection, _luggage(context.root_connection), [])
        return False
    luggage = _luggage(context.root_connection)
    is_question = statement.lstrip().startswith("SELECT")
    if is_question and (known := luggage.answers.get(_key(statement, values))) is not None:
        context.cursor = known
        return True
    if luggage.is_recording:
        luggage.recorded.append((statement, values))
        raise _Recorded
    if not is_question:
        luggage.answers.clear()
    if luggage.is_deferring and _is_silent(statement):
        is_any = bool(context.execution_options.get("any_number"))
        luggage.deferred.append((statement if is_any else _counted(statement), values))
        cursor._rowcount = 1  # or the commit does not come: see `_counted`
        return True
    if not luggage.deferred and not _is_to_begin(cursor):
        return False
    _send(cursor.connection, luggage, [(cursor, statement, values)])
    return True


def _is_silent(statement: str) -> bool:
    return statement.startswith(("UPDATE", "INSERT", "DELETE")) and "RETURNING" not in statement


def _counted(statement: str) -> str:
    """The same statement, failing where it meets no row: COMMIT may be on the way behind it."""
    if statement.startswith("INSERT"):
        return statement
    return f"WITH done AS ({statement} RETURNING 1) SELECT 1 / count(*) FROM done"


def _send(driver: Any, luggage: _Luggage, statements: list[tuple[Any, str, Any]]) -> None:
    """Send BEGIN where it is due, what was put off, and these, and wait once.

    A request that is asked again waits at its key until an earlier attempt is over, one way or the other: what has not
    been committed by then never will be.
    """
    first = [(driver.cursor(), statement, values) for statement, values in luggage.deferred]
    luggage.deferred.clear()
    try:
        with _piped(driver):
            if driver.pgconn.transaction_status == TransactionStatus.IDLE:
                driver.execute("BEGIN", prepare=False)
                if luggage.op_id is not None:
                    driver.execute(_HOLD_KEY, [luggage.op_id, steps()[-1]])
            for cursor, statement, values in [*first, *statements]:
                cursor.execute(statement, values, prepare=False if statement == "COMMIT" else None)
    except psycopg.errors.DivisionByZero as error:
        if not first:
            raise
        raise StaleDataError("a row that was to be written is not there as it was seen") from error


class _Pipeline(psycopg.Pipeline):
    """A pipeline whose last word is its Sync.

    psycopg's own sends a Flush behind it, and over that the server forgets how long it wanted to wait for the next
    statement (idle_in_transaction_session_timeout): whoever is cut off or stands still would keep his locks.
    """

    def _exit_gen(self) -> PQGen[None]:
        try:
            self._enqueue_sync()
            yield from self._communicate_gen()
        finally:
            yield from self._fetch_gen(flush=False)


def _piped(driver: "psycopg.Connection[Any]") -> AbstractContextManager[psycopg.Pipeline]:
    driver._pipeline = _Pipeline(driver)
    return driver.pipeline()


def together(session: Session, *questions: Callable[[], Any]) -> list[Any]:
    """The answers to all of these, for which a writing session on PostgreSQL waits once.

    A question is a function that asks one statement first. Until the session writes, the same statements are answered
    from what is known by then. Everywhere else the questions are simply asked.
    """
    connection = session.connection()
    if connection.get_execution_options().get(_WRITING):
        session.flush()
        luggage = _luggage(connection)
        luggage.is_recording = True
        try:
            with session.no_autoflush:
                for question in questions:
                    with suppress(_Recorded):
                        question()
        finally:
            luggage.is_recording = False
            wanted, luggage.recorded = luggage.recorded, []
        if wanted or luggage.deferred:
            driver = driver_of(connection)
            sent = [(_Answer(driver), statement, values) for statement, values in wanted]
            with as_sqlalchemy(connection, driver):
                _send(driver, luggage, sent)
            for cursor, statement, values in sent:
                luggage.answers[_key(statement, values)] = cursor
    return [question() for question in questions]


@contextmanager
def deferring(session: Session) -> Iterator[None]:
    """Writes of one row each that give nothing back leave with the next statement, at the latest with COMMIT.

    What the database says against them is heard there.
    """
    connection = session.connection()
    if not connection.get_execution_options().get(_WRITING):
        yield
        return
    luggage = _luggage(connection)
    luggage.is_deferring = True
    try:
        yield
        session.flush()
    finally:
        luggage.is_deferring = False


def _execute_bare(cursor: Any, statement: str, context: Any) -> bool:
    return _execute(cursor, statement, None, context)


def _execute_many(cursor: Any, _statement: str, _values: Any, context: Any) -> bool:
    if _is_writing(context):
        luggage = _luggage(context.root_connection)
        luggage.answers.clear()
        if luggage.deferred or _is_to_begin(cursor):
            _send(cursor.connection, luggage, [])
    return False


def ensure_begun(connection: Connection) -> None:
    """For statements that go to the driver past SQLAlchemy: those of a writing session belong to its transaction."""
    if connection.get_execution_options().get(_WRITING):
        driver, luggage = driver_of(connection), _luggage(connection)
        luggage.answers.clear()
        if luggage.deferred or driver.pgconn.transaction_status == TransactionStatus.IDLE:
            _send(driver, luggage, [])


def start_afresh(session: Session) -> None:
    """Nothing of an earlier transaction on this connection is left, however that one ended."""
    session.connection().info[_LUGGAGE] = _Luggage(session.info.get("op_id"))


def is_over(session: Session, op_id: str) -> bool:
    """Whether the server works under this key no longer, nor will before this transaction has ended."""
    return bool(session.scalar(_TRY_KEY, {"op_id": op_id}))


def send_deferred(session: Session) -> None:
    """Before a commit that goes alone: what was put off is part of it."""
    connection = session.connection()
    luggage = _luggage(connection)
    if luggage.deferred:
        driver = driver_of(connection)
        with as_sqlalchemy(connection, driver):
            _send(driver, luggage, [])


def commit_with(session: Session, statement: str, values: dict[str, Any]) -> None:
    """Send a last statement and COMMIT in one go; a commit whose answer does not come raises with `Unsure` beneath."""
    connection = session.connection()
    driver = driver_of(connection)
    luggage = _luggage(connection)
    _notices(driver).clear()
    with as_sqlalchemy(connection, driver, is_commit=True):
        _send(driver, luggage, [(driver.cursor(), statement, values), (driver.cursor(), "COMMIT", None)])
        if any("committed locally" in told for told in _notices(driver)):
            raise psycopg.OperationalError("committed locally only") from Unsure()


def driver_of(connection: Connection) -> "psycopg.Connection[Any]":
    """psycopg's own connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _notices(driver: Any) -> list[str]:
    """What the server warned of on this connection since it was last cleared."""
    kept: dict[str, list[str]] = driver.__dict__
    if _NOTICES not in kept:
        told = kept[_NOTICES] = []
        driver.add_notice_handler(lambda said: told.append(f"{said.message_primary} {said.message_detail}"))
    return kept[_NOTICES]


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
            statement,
            values,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=connection.dialect,
        )
        raise wrapped from error
