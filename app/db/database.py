"""Engines and sessions: one Database per process, the only place that opens transactions."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.db.ending import hold, kept_endable
from app.db.refusals import explain
from app.db.steps import mismatch, steps
from app.domain.errors import DatabaseUnavailable, UserError
from app.domain.words import N_, message

_POSTGRESQL_SETTINGS = (
    "timezone=UTC",
    "jit=off",
    "lock_timeout=10s",
    "statement_timeout=120s",
    "idle_in_transaction_session_timeout=15s",
    # A line that dies before its last words arrive is noticed by the server, too: its locks are others' waits.
    "tcp_keepalives_idle=5",
    "tcp_keepalives_interval=2",
    "tcp_keepalives_count=3",
    "tcp_user_timeout=10s",
)

_LAST = "last statement"
_CALLERS = 2
"""So many sessions for calls are kept; a desktop makes one call at a time."""
_AT_ONCE: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}


class Database:
    """One shared database: SQLite file or PostgreSQL, by URL.

    `transaction()` writes (on SQLite with the write lock taken at once), `reading()` sees one moment and never
    writes. Driver errors leave both as `UserError`s where they mean something to a person.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = normalise(url)
        renewed: dict[str, str] = {}
        self.engine = _engine(self.url, renewed)
        # Questions and single calls need no transaction around them; one that writes is begun by its first statement.
        self._at_once = self.engine if self.is_sqlite else _engine(self.url, renewed, **_AT_ONCE)
        if self.is_sqlite:
            self._sessions = sessionmaker(self.engine, expire_on_commit=False)
            event.listen(self._sessions, "after_begin", _tell_who_acts)
            event.listen(self.engine, "checkin", _forget_who_acted)
        else:
            from app.db.together import begin_lazily

            begin_lazily(self._at_once)
            writing = self._at_once.execution_options(callboard_writing=True)
            self._sessions = sessionmaker(writing, expire_on_commit=False)
        self._readers = sessionmaker(self._at_once.execution_options(reading=True), autoflush=False)
        event.listen(self._readers, "after_begin", hold)
        self._callers = sessionmaker(self._at_once, autoflush=False)
        self._idle_callers: list[Session] = []

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a single seat's file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, **info: Any) -> Iterator[Session]:
        """A session whose work is committed at the end of the block, or undone whole."""
        with self._explained(), self._sessions(info=info) as session, session.begin():
            if self.is_sqlite:
                yield session
                return
            from app.db.together import commit_with, send_deferred, start_afresh

            start_afresh(session)
            yield session
            if not session.is_active or not session.in_transaction():
                # Undone inside the block: there is nothing to send.
                return
            session.flush()
            if last := session.info.pop(_LAST, None):
                commit_with(session, *last)
            else:
                send_deferred(session)

    def end_with(self, session: Session, statement: str, values: dict[str, Any]) -> None:
        """On PostgreSQL, let a statement of the driver's own be the transaction's last, sent with its COMMIT."""
        session.info[_LAST] = (statement, values)

    @contextmanager
    def reading(self, **info: Any) -> Iterator[Session]:
        """A session for questions only; whoever does not want their answers any more ends them (`Stop`)."""
        with self._explained(), self._readers(info=info) as session, kept_endable(session):
            yield session

    @contextmanager
    def calling(self, **info: Any) -> Iterator[Session]:
        """A session for one statement that is a transaction of its own; on SQLite it is one like every other."""
        if self.is_sqlite:
            with self.transaction(**info) as session:
                yield session
            return
        with self._explained():
            session = self._take_caller()
            session.info = info
            try:
                yield session
            except UserError:
                self._keep_caller(session)
                raise
            except BaseException as error:
                # Of an answer the connection came to no harm; of anything else nobody knows in which state it is.
                if isinstance(error, DBAPIError) and not error.connection_invalidated:
                    self._keep_caller(session)
                else:
                    session.invalidate()
                raise
            self._keep_caller(session)

    def _take_caller(self) -> Session:
        with suppress(IndexError):
            return self._idle_callers.pop()
        return self._callers()

    def _keep_caller(self, session: Session) -> None:
        """Keep a session with its connection for the next call: taking one costs as much as the call itself."""
        if session.identity_map:
            session.expunge_all()
        if len(self._idle_callers) < _CALLERS:
            self._idle_callers.append(session)
        else:
            session.close()

    def close(self) -> None:
        """Give every connection back."""
        self.reconnect()

    def reconnect(self) -> None:
        """Throw every idle connection away: where one has died, or leads to a server that takes no writes, all do."""
        with suppress(IndexError):
            while True:
                self._idle_callers.pop().close()
        self.engine.dispose()
        self._at_once.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            told = explain(error)
            if isinstance(told, DatabaseUnavailable) and not self.is_sqlite:
                self.reconnect()
            if told is None:
                raise
            raise told from error


def normalise(url: str | URL) -> URL:
    """Name the driver: `postgresql://` and `postgres://` mean psycopg; a bare path means a SQLite file."""
    if isinstance(url, str) and "://" not in url and url:
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url if isinstance(url, URL) else url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise _no_address() from error
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise _no_address()
    return parsed


def never_bare(url: URL) -> dict[str, str]:
    """What keeps the password itself at home: whoever stands in a line that is not checked could ask for it."""
    is_checked = str(url.query.get("sslmode", "")).startswith("verify")
    return {} if is_checked else {"require_auth": "!password"}


def _no_address() -> UserError:
    return UserError(
        message(N_("This is not the address of a database.")),
        message(N_("An address is the path of a file, or looks like postgresql://name@server/company.")),
    )


def _engine(url: URL, renewed: dict[str, str], **options: Any) -> Engine:
    """An engine whose connections log in by the password in `renewed`, once there is one, not by the address's."""
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": 10}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    settings = " ".join(f"-c {setting}" for setting in _POSTGRESQL_SETTINGS)
    query = {"options": settings, "connect_timeout": "3", "application_name": "callboard"}
    query |= {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "10000"}
    merged = {**query, **never_bare(url), **url.query}
    if isinstance(url.query.get("host"), tuple):
        # Of two servers the one that takes writes: after a promotion that is the other.
        merged.setdefault("target_session_attrs", "read-write")
    # What people wrote, and verifiers of passwords, have no place in the log beside an error.
    options |= {"execution_options": {"renewed": renewed}, "hide_parameters": True}
    engine = create_engine(url.set(query=merged), pool_size=2, max_overflow=8, pool_recycle=1800, **options)

    def log_in(_dialect: object, _record: object, _words: object, values: dict[str, Any]) -> None:
        values.update(renewed)

    event.listen(engine, "do_connect", log_in)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    # Without trusted_schema SQLite refuses the triggers that keep the full-text index; some builds have it off.
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=ON", "temp_store=MEMORY")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    # SQLite knows no time zones, and its triggers ask on which day of the company a row is written.
    connection.create_function("company_day", 2, _company_day, deterministic=True)
    # The audit log writes down who did it; a file written past the program has no such function and is refused.
    connection.create_function("acting_user", 0, lambda: record.info.get("acting", {}).get("actor"))


def _tell_who_acts(session: Session, _transaction: object, connection: Connection) -> None:
    connection.info["acting"] = session.info
    if "op_id" in session.info:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found != steps()[-1]:
            raise mismatch(found)


def _forget_who_acted(_connection: object, record: Any) -> None:
    record.info.pop("acting", None)


def _company_day(moment: str, zone: str | None) -> str:
    from zoneinfo import ZoneInfo

    return str(datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(ZoneInfo(zone or "UTC")).date())


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
