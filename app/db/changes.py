"""The change log as a feed: what was written since a mark, by anybody, nothing missed and nothing twice.

PostgreSQL hands out sequence numbers before commits, so a mark by number loses rows; there the mark is a transaction:
what all transactions below the oldest one still running wrote is final, and is read once. SQLite has one writer at a
time: there the number is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.db.database import Database

LIMIT = 500
"""So many rows at once are told by their ids, more by their tables only: whoever hears of so many reads a list anew."""

_LATE, _HELD_BACK = timedelta(seconds=5), timedelta(seconds=10)
_LAST = 9223372036854775807


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a desktop has read: to the end of this transaction on a server, to this number in a file."""

    xid: int
    seq: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since the mark: ids by table; None for a table whose rows are too many to name.

    `at` is the server's clock in that moment (None on a single seat, which has one clock). News that somebody's open
    transaction keeps for some seconds are late, kept for longer they are held back. `are_many`: more than LIMIT rows.
    """

    mark: Mark
    tables: dict[str, frozenset[int] | None]
    is_held_back: bool = False
    is_read_only: bool = False
    at: datetime | None = None
    is_late: bool = False
    are_many: bool = False


# The number given last, not the last that is there: the log may be cleared to its end.
_SQLITE_MARK = text("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change_log'), 0)")
_SQLITE_READ = text("SELECT seq, table_name, row_id FROM change_log WHERE seq > :seq ORDER BY seq LIMIT :limit")
_SQLITE_TABLES = text("SELECT DISTINCT table_name FROM change_log WHERE seq > :seq")
_SQLITE_ALL = text("SELECT name FROM sqlite_master WHERE type = 'table'")

_BELOW = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_PG_MARK = text(f"SELECT {_BELOW} - 1")
# The mark stands in a SELECT of its own so that the plan is the same whatever it is: the server plans once for each
# session instead of at each poll, which costs more than reading a few rows.
_NEWS = "FROM change_log WHERE xid > (SELECT CAST(:xid AS bigint)) AND xid < (SELECT below FROM seen)"
_NAMED = f"SELECT table_name, count(*) AS rows, array_agg(row_id) AS ids FROM (SELECT * {_NEWS} LIMIT :limit) AS few"
_COUNTED = f"SELECT table_name, count(*) AS rows, NULL AS ids {_NEWS}"
# Looked at only where there is no news: since when those wait that somebody's open transaction keeps. The first hundred
# stand for all: asked whether any is old enough, the server walks the whole log.
_WAITING = (
    "CASE WHEN news.rows IS NULL THEN (SELECT min(first.at) FROM (SELECT kept.at FROM change_log AS kept "
    "WHERE kept.xid >= (SELECT below FROM seen) ORDER BY kept.xid, kept.seq LIMIT 100) AS first) END"
)


def _poll(news: str) -> str:
    """One statement a poll: the news by table, and beside them (or alone) what the foot of the window tells."""
    return (
        f"WITH seen AS MATERIALIZED (SELECT {_BELOW} AS below, clock_timestamp() AS at, "
        "pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS is_read_only) "
        f"SELECT seen.below, seen.at, seen.is_read_only, {_WAITING} AS since, "
        "news.table_name, coalesce(news.rows, 0) AS rows, news.ids "
        f"FROM seen LEFT JOIN ({news} GROUP BY table_name) AS news ON true"
    )


POLL, POLL_OF_MANY = _poll(_NAMED), _poll(_COUNTED)
"""What a desktop sends at each poll: with the ids, and where the last poll found too many to name."""

_PG_READ, _PG_TABLES = text(POLL), text(POLL_OF_MANY)
_PG_ALL = text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
# A promoted standby goes on counting transactions where its primary was, and has its identifier. What was restored or
# upgraded counts anew, and has another.
_PG_EPOCH = text(
    "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' "
    "|| (SELECT oid FROM pg_database WHERE datname = current_database())::text"
)


def epoch(database: Database) -> str:
    """Which counting the marks belong to; another one means that everything may be different."""
    if database.is_sqlite:
        return "file"
    with database.reading() as session:
        return str(session.scalar(_PG_EPOCH))


def everything(database: Database) -> dict[str, frozenset[int] | None]:
    """All tables, each with too many rows to name: for whoever cannot know what he missed."""
    with database.reading() as session:
        return dict.fromkeys(session.scalars(_SQLITE_ALL if database.is_sqlite else _PG_ALL))


def latest(database: Database) -> Mark:
    """The mark of this moment: what is written from now on is new."""
    with database.reading() as session:
        if database.is_sqlite:
            return Mark(0, session.execute(_SQLITE_MARK).scalar_one())
        return Mark(session.execute(_PG_MARK).scalar_one(), _LAST)


def since(database: Database, mark: Mark, *, are_many: bool = False) -> Changes:
    """What was written after the mark; more than LIMIT rows are told by table only.

    Whoever was told last time that there `are_many` says so: it spares the server the gathering of ids, until there are
    less than half as many.
    """
    if database.is_sqlite:
        return _since_in_file(database, mark)
    values = {"xid": mark.xid, "limit": LIMIT + 1}
    with database.reading() as session:
        rows = session.execute(_PG_TABLES if are_many else _PG_READ, values).all()
        if not are_many and _count(rows) > LIMIT:
            rows = session.execute(_PG_TABLES, values).all()
    below, at, is_read_only, waiting = rows[0][:4]
    waits = at - waiting if waiting is not None else timedelta()
    return Changes(
        Mark(max(below - 1, mark.xid), _LAST),
        {row.table_name: None if row.ids is None else frozenset(row.ids) for row in rows if row.table_name},
        waits > _HELD_BACK,
        is_read_only,
        at,
        waits > _LATE,
        _count(rows) > (LIMIT // 2 if are_many else LIMIT),
    )


def _count(rows: Sequence[Any]) -> int:
    return sum(row.rows for row in rows)


def _since_in_file(database: Database, mark: Mark) -> Changes:
    values = {"seq": mark.seq, "limit": LIMIT + 1}
    with database.reading() as session:
        rows = session.execute(_SQLITE_READ, values).all()
        if len(rows) > LIMIT:
            # One moment for both: a session that reads a file sees it as it stood at the first question.
            tables = session.scalars(_SQLITE_TABLES, values).all()
            return Changes(Mark(0, session.execute(_SQLITE_MARK).scalar_one()), dict.fromkeys(tables), are_many=True)
    found: dict[str, set[int]] = {}
    for _seq, table, row_id in rows:
        found.setdefault(table, set()).add(row_id)
    told: dict[str, frozenset[int] | None] = {table: frozenset(ids) for table, ids in found.items()}
    return Changes(Mark(0, rows[-1][0]) if rows else mark, told)
