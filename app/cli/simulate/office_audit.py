"""What a simulated office proves: promises held against what every desktop saw and what the database wrote."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import text

from app.cli.simulate.desk import Log
from app.cli.simulate.dialer_audit import double_holds
from app.cli.simulate.office_desktop import LISTENS, Record
from app.db.database import Database

__all__ = ["violations", "visible_after"]

_WITHIN = LISTENS - 0.5
"""So long a desktop is given to hear of a row before it counts as not told."""

_OVERLAPS = """
    SELECT count(*) FROM visits AS a JOIN visits AS b ON b.technician_id = a.technician_id AND b.id > a.id
    WHERE a.is_active AND b.is_active AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""
_GREY = """
    SELECT count(*) FROM visits AS v WHERE v.is_active AND NOT EXISTS (
        SELECT FROM presences AS p
        WHERE p.user_id = v.technician_id AND p.starts_at <= v.starts_at AND p.ends_at >= v.ends_at)
"""
_LOADS = """
    SELECT count(*) FROM user_loads AS l WHERE l.open_tasks <> (
        SELECT count(*) FROM tasks AS t WHERE t.user_id = l.user_id AND t.closed_at IS NULL)
"""
_HANDS = """
    SELECT count(*) FROM tasks AS t
    WHERE t.closed_at IS NULL AND t.stage_id IS NOT NULL AND t.user_id IS DISTINCT FROM (
        SELECT s.to_user_id FROM task_steps AS s WHERE s.task_id = t.id ORDER BY s.id DESC LIMIT 1)
"""


def violations(url: str, records: Sequence[Record]) -> dict[str, int]:
    """How often each promise was broken; every figure must be 0."""
    database = Database(url)
    log = Log(holds=[hold for record in records for hold in record.holds])
    try:
        with database.reading() as session:
            session.execute(text("SET statement_timeout = 0"))
            broken = {
                "visits over each other": int(session.scalar(text(_OVERLAPS)) or 0),
                "visits on grey": int(session.scalar(text(_GREY)) or 0),
                "counts of open tasks that are wrong": int(session.scalar(text(_LOADS)) or 0),
                "tasks in other hands than their last step says": int(session.scalar(text(_HANDS)) or 0),
            }
            written: dict[str, dict[int, int | None]] = {
                table: dict(session.execute(text(f"SELECT id, {who} FROM {table}")).all())
                for table, who in (("notes", "by_id"), ("visits", "set_by_id"))
            }
        broken["people with two agents at once"] = double_holds(database, log)
    finally:
        database.close()
    rows = [(record, done) for record in records for done in record.done if done.table]
    broken["acknowledged rows that are missing"] = sum(done.row_id not in written[done.table] for _r, done in rows)
    notes = [(record, done) for record, done in rows if done.table == "notes"]
    broken["rows under another name"] = sum(
        written["notes"].get(done.row_id, record.user_id) != record.user_id for record, done in notes
    )
    broken["desktops never told of a row"] = visible_after(records)[1]
    broken["actions that failed"] = sum(len(record.failures) for record in records)
    return broken


def visible_after(records: Sequence[Record]) -> tuple[list[float], int]:
    """Seconds from each commit until each other desktop's bus told it, and how often it never did."""
    heard = [_by_row(record) for record in records]
    waits: list[float] = []
    missed = 0
    for record in records:
        for done in record.done:
            if not done.table:
                continue
            committed = done.at + done.took
            for other, known in zip(records, heard, strict=True):
                if other is record:
                    continue
                told = _first(known, done.table, done.row_id, done.at)
                if told is None or told > committed + _WITHIN:
                    missed += 1
                if told is not None:
                    # It may be told before the writer has its own answer.
                    waits.append(max(told - committed, 0.0))
    return waits, missed


_Known = dict[tuple[str, int | None], list[float]]


def _by_row(record: Record) -> _Known:
    found: _Known = defaultdict(list)
    for table, ids, at in record.heard:
        for row_id in _each(ids):
            found[table, row_id].append(at)
    return found


def _each(ids: frozenset[int] | None) -> Iterable[int | None]:
    """None stands for every row of the table."""
    return (None,) if ids is None else ids


def _first(known: _Known, table: str, row_id: int, since: float) -> float | None:
    moments = []
    for key in ((table, row_id), (table, None)):
        times = known.get(key, ())
        place = bisect_left(times, since)
        if place < len(times):
            moments.append(times[place])
    return min(moments, default=None)
