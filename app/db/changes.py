"""The change log as a feed: what was written since a mark, by anybody, nothing missed and nothing twice.

PostgreSQL hands out sequence numbers before commits, so a mark by number alone loses rows; the mark is `(xid, seq)`
and only transactions below the oldest one still running are read. SQLite has one writer at a time: there the number
is enough.
"""

from dataclasses import dataclass

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
    """What is new since the mark: ids by table; None for a table whose rows are too many to name."""

    mark: Mark
    tables: dict[str, frozenset[int] | None]
    is_held_back: bool = False


_SQLITE_MARK = text("SELECT 0, coalesce(max(seq), 0) FROM change_log")
_SQLITE_READ = text("SELECT 0, seq, table_name, row_id FROM change_log WHERE seq > :seq ORDER BY seq LIMIT :limit")
_SQLITE_TABLES = text("SELECT DISTINCT table_name FROM change_log WHERE seq > :seq")

_BELOW = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_PG_MARK = text(f"SELECT {_BELOW} - 1, 9223372036854775807")
_PG_READ = text(
    "SELECT xid, seq, table_name, row_id FROM change_log "
    f"WHERE (xid, seq) > (:xid, :seq) AND xid < {_BELOW} ORDER BY xid, seq LIMIT :limit"
)
_PG_TABLES = text(f"SELECT DISTINCT table_name FROM change_log WHERE (xid, seq) > (:xid, :seq) AND xid < {_BELOW}")
_PG_HELD_BACK = text(
    "SELECT EXISTS (SELECT FROM change_log WHERE (xid, seq) > (:xid, :seq) AND at < now() - interval '5 seconds')"
)


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
        if len(rows) >= LIMIT:
            # The mark first: what is committed between the two statements is told now and once more, never missed.
            xid, seq = session.execute(_SQLITE_MARK if sqlite else _PG_MARK).one()
            tables = session.scalars(_SQLITE_TABLES if sqlite else _PG_TABLES, values).all()
            return Changes(Mark(xid, seq), dict.fromkeys(tables))
        held_back = bool(not rows and not sqlite and session.scalar(_PG_HELD_BACK, values))
    found: dict[str, set[int]] = {}
    for _xid, _seq, table, row_id in rows:
        found.setdefault(table, set()).add(row_id)
    last = Mark(rows[-1][0], rows[-1][1]) if rows else mark
    return Changes(last, {table: frozenset(ids) for table, ids in found.items()}, held_back)
