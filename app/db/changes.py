"""The change log as a feed: what was written since a mark, by anybody, nothing missed and nothing twice.

PostgreSQL hands out sequence numbers before commits, so a mark by number alone loses rows; the mark is `(xid, seq)`
and only transactions below the oldest one still running are read. SQLite has one writer at a time: there the number
is enough.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.db.database import Database

LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a desktop has read."""

    xid: int
    seq: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since the mark: ids by table; None for a table whose rows are too many to name.

    `at` is the server's clock in that moment (None on a single seat, which has one clock). News that somebody's open
    transaction keeps for some seconds are late, kept for longer they are held back.
    """

    mark: Mark
    tables: dict[str, frozenset[int] | None]
    is_held_back: bool = False
    is_read_only: bool = False
    at: datetime | None = None
    is_late: bool = False


# The number given last, not the last that is there: the log may be cleared to its end.
_SQLITE_MARK = text("SELECT 0, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change_log'), 0)")
_SQLITE_READ = text("SELECT 0, seq, table_name, row_id FROM change_log WHERE seq > :seq ORDER BY seq LIMIT :limit")
_SQLITE_TABLES = text("SELECT DISTINCT table_name FROM change_log WHERE seq > :seq")
_SQLITE_ALL = text("SELECT name FROM sqlite_master WHERE type = 'table'")

_BELOW = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_PG_MARK = text(f"SELECT {_BELOW} - 1, 9223372036854775807")
# One statement a poll: the rows, and beside them (or alone) what the strip at the foot of the window tells. Nothing
# below the oldest transaction and something above it for long means that somebody's holds the news back; at ten seconds
# that is an alarm.
_KEPT = "news.xid IS NULL AND EXISTS (SELECT FROM change_log WHERE (xid, seq) > (:xid, :seq) AND at < now() - interval"
_PG_READ = text(
    f"WITH seen AS MATERIALIZED (SELECT {_BELOW} AS below, clock_timestamp() AS at, "
    "pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS is_read_only), "
    "news AS MATERIALIZED (SELECT xid, seq, table_name, row_id FROM change_log "
    "WHERE (xid, seq) > (:xid, :seq) AND xid < (SELECT below FROM seen) ORDER BY xid, seq LIMIT :limit) "
    "SELECT news.xid, news.seq, news.table_name, news.row_id, seen.at, seen.is_read_only, "
    f"{_KEPT} '10 seconds'), {_KEPT} '5 seconds') "
    "FROM seen LEFT JOIN news ON true ORDER BY news.xid, news.seq"
)
_PG_TABLES = text(f"SELECT DISTINCT table_name FROM change_log WHERE (xid, seq) > (:xid, :seq) AND xid < {_BELOW}")
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
        xid, seq = session.execute(_SQLITE_MARK if database.is_sqlite else _PG_MARK).one()
    return Mark(xid, seq)


def since(database: Database, mark: Mark) -> Changes:
    """What was written after the mark; more than LIMIT rows are told by table only."""
    sqlite = database.is_sqlite
    values = {"xid": mark.xid, "seq": mark.seq, "limit": LIMIT}
    with database.reading() as session:
        rows = session.execute(_SQLITE_READ if sqlite else _PG_READ, values).all()
        at, is_read_only, is_held_back, is_late = (None, False, False, False) if sqlite else tuple(rows[0][4:])
        rows = [row for row in rows if row[1] is not None]
        if len(rows) >= LIMIT:
            # The mark first: what is committed between the two statements is told now and once more, never missed.
            xid, seq = session.execute(_SQLITE_MARK if sqlite else _PG_MARK).one()
            tables = session.scalars(_SQLITE_TABLES if sqlite else _PG_TABLES, values).all()
            return Changes(Mark(xid, seq), dict.fromkeys(tables), False, is_read_only, at)
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row[2], set()).add(row[3])
    last = Mark(rows[-1][0], rows[-1][1]) if rows else mark
    told: dict[str, frozenset[int] | None] = {table: frozenset(ids) for table, ids in found.items()}
    return Changes(last, told, bool(is_held_back), bool(is_read_only), at, bool(is_late))
