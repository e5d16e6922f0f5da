"""The ledger counted anew: its rows against the totals that are kept of them, and against what they come from.

All of it is asked in one transaction that sees one moment: rows posted meanwhile are in both sides or in none. Sums are
whole numbers on SQLite and `numeric` on PostgreSQL. SQLite counts in stretches, into tables of this connection alone:
sorting ten million rows at once would take its memory, and a sum over more than a stretch might leave 64 bits.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.points.differences import Difference, Wrong
from app.services.context import is_postgresql

Tell = Callable[[int, int], object]

MOST = 100
"""So many differences are told one by one; the rest are counted."""
STRETCH = 500_000
_WHOLE = 1000


@dataclass(slots=True)
class Found:
    """How many rows were looked at, how many things are wrong, and the first of them."""

    entries: int = 0
    wrong: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, count: int, differences: Iterable[Difference]) -> None:
        """These, of so many."""
        self.wrong += count
        self.differences += list(differences)[: MOST - len(self.differences)]


def one_look(session: Session) -> None:
    """Let everything this session asks from here on be of one moment, however long it takes; to be called first."""
    if is_postgresql(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SET TRANSACTION READ ONLY"))
        session.execute(text("SET LOCAL statement_timeout = '15min'"))
        session.execute(text("SET LOCAL work_mem = '64MB'"))


def count_all(session: Session, tell: Tell) -> Found:
    """Look at every row and at every total; `tell(done, whole)` hears how far it is and may stop it by raising."""
    found = Found()
    is_server = is_postgresql(session)
    # A server sums up all rows at once, at the end.
    share = 0.5 if is_server else 0.9
    for statement in () if is_server else _TEMPORARY:
        session.execute(text(statement))
    for after, until, done in _stretches(session, found):
        for statement in () if is_server else _ADD:
            session.execute(text(statement), {"after": after, "until": until})
        _look_at_rows(session, found, after, until)
        tell(int(_WHOLE * done * share), _WHOLE)
    _compare_days(session, found, f"({_DAYS.format('')})" if is_server else "temp.counted_days")
    tell(int(_WHOLE * (1 + share) / 2), _WHOLE)
    _compare_customers(session, found, f"({_CUSTOMERS.format('')})" if is_server else "temp.counted_customers")
    _look_at_reversed(session, found)
    tell(_WHOLE, _WHOLE)
    return found


def _stretches(session: Session, found: Found) -> Iterator[tuple[int, int, float]]:
    """The ledger in stretches of its numbers: after which, up to which, and what part of all is done with it."""
    last = session.scalar(text("SELECT max(id) FROM points_entries")) or 0
    after = session.scalar(text("SELECT min(id) - 1 FROM points_entries")) or 0
    first = after
    while after < last:
        row = session.execute(_NEXT, {"after": after, "most": STRETCH}).one()
        found.entries += row[1]
        yield after, row[0], (row[0] - first) / (last - first)
        after = row[0]


def _look_at_rows(session: Session, found: Found, after: int, until: int) -> None:
    asked = text(_ROWS.format(**(_ON_SERVER if is_postgresql(session) else _ON_FILE)))
    rows = session.execute(asked, {"after": after, "until": until, "most": MOST}).all()
    found.add(rows[0][2] if rows else 0, (Difference(kind, row_id) for row_id, kind, _count in rows))


def _look_at_reversed(session: Session, found: Found) -> None:
    rows = session.execute(_TWICE, {"most": MOST}).all()
    found.add(rows[0][1] if rows else 0, (Difference(Wrong.REVERSED, row_id) for row_id, _count in rows))


def _compare_days(session: Session, found: Found, counted: str) -> None:
    rows = session.execute(text(_COMPARE_DAYS.format(counted=counted)), {"most": MOST}).all()
    found.add(rows[0][0] if rows else 0, (_of_day(row) for row in rows))
    month = "date_trunc('month', day)::date" if is_postgresql(session) else "date(day, 'start of month')"
    rows = session.execute(text(_MONTHS.format(month=month)), {"most": MOST}).all()
    found.add(
        rows[0][0] if rows else 0, (Difference(Wrong.NO_DAY, user_id, _day(day)) for _count, user_id, day in rows)
    )


def _of_day(row: Any) -> Difference:
    _count, user_id, day, kept, counted, kept_rows, counted_rows = row
    if kept != counted:
        return Difference(Wrong.DAY, user_id, _day(day), _exact(kept), _exact(counted))
    return Difference(Wrong.DAY_ROWS, user_id, _day(day), Decimal(kept_rows), Decimal(counted_rows))


def _compare_customers(session: Session, found: Found, counted: str) -> None:
    rows = session.execute(text(_COMPARE_CUSTOMERS.format(counted=counted)), {"most": MOST}).all()
    found.add(rows[0][0] if rows else 0, (_of_customer(row) for row in rows))


def _of_customer(row: Any) -> Difference:
    _count, customer_id, *sums, kept_rows, counted_rows = row
    for kind, kept, counted in zip((Wrong.BALANCE, Wrong.EARNED, Wrong.REDEEMED), sums[::2], sums[1::2], strict=True):
        if kept != counted:
            return Difference(kind, customer_id, None, _exact(kept), _exact(counted))
    return Difference(Wrong.BALANCE_ROWS, customer_id, None, Decimal(kept_rows), Decimal(counted_rows))


def _exact(points: Any) -> Decimal:
    """A sum as the engine gave it: whole ten-thousandths on SQLite."""
    return points if isinstance(points, Decimal) else Decimal(int(points)).scaleb(-4)


def _day(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


_NEXT = text(
    "SELECT max(id), count(*) FROM (SELECT id FROM points_entries WHERE id > :after ORDER BY id LIMIT :most) AS part"
)

# Whoever the points belong to is 0 where it is nobody: such a row is in no total, and so it is found.
_DAYS = (
    "SELECT coalesce(worker_id, 0) AS id, day, sum(worker_points) AS points, count(*) AS entries "
    "FROM points_entries WHERE worker_points <> 0{} GROUP BY 1, 2"
)
_CUSTOMERS = (
    "SELECT coalesce(customer_id, 0) AS id, sum(customer_points) AS balance, "
    "sum(CASE WHEN (reverses_id IS NULL) = (customer_points > 0) THEN customer_points ELSE 0 END) AS earned, "
    "sum(CASE WHEN is_redemption THEN -customer_points ELSE 0 END) AS redeemed, count(*) AS entries "
    "FROM points_entries WHERE customer_points <> 0{} GROUP BY 1"
)

_TEMPORARY = (
    "DROP TABLE IF EXISTS temp.counted_days",
    "DROP TABLE IF EXISTS temp.counted_customers",
    "CREATE TEMP TABLE counted_days (id INTEGER, day DATE, points, entries, PRIMARY KEY (id, day)) WITHOUT ROWID",
    "CREATE TEMP TABLE counted_customers (id INTEGER PRIMARY KEY, balance, earned, redeemed, entries)",
)
_PART = " AND id > :after AND id <= :until"


def _added(table: str, rows: str, key: str, *sums: str) -> str:
    added = ", ".join(f"{name} = {name} + excluded.{name}" for name in sums)
    return f"INSERT INTO temp.{table} {rows.format(_PART)} ON CONFLICT ({key}) DO UPDATE SET {added}"


_ADD = (
    _added("counted_days", _DAYS, "id, day", "points", "entries"),
    _added("counted_customers", _CUSTOMERS, "id", "balance", "earned", "redeemed", "entries"),
)

_COMPARE_DAYS = """
    SELECT count(*) OVER (), id, day, sum(kept), sum(counted), sum(kept_rows), sum(counted_rows) FROM (
        SELECT id, day, 0 AS kept, points AS counted, 0 AS kept_rows, entries AS counted_rows FROM {counted} AS c
        UNION ALL SELECT user_id, day, points, 0, entries, 0 FROM worker_days
    ) AS looked GROUP BY id, day
    HAVING sum(kept) <> sum(counted) OR sum(kept_rows) <> sum(counted_rows) ORDER BY id, day LIMIT :most
"""
_MONTHS = """
    SELECT count(*) OVER (), user_id, day FROM worker_days WHERE month <> {month} ORDER BY user_id, day LIMIT :most
"""
_COMPARE_CUSTOMERS = """
    SELECT count(*) OVER (), id, sum(kept), sum(counted), sum(kept_earned), sum(counted_earned), sum(kept_redeemed),
        sum(counted_redeemed), sum(kept_rows), sum(counted_rows)
    FROM (
        SELECT id, 0 AS kept, balance AS counted, 0 AS kept_earned, earned AS counted_earned, 0 AS kept_redeemed,
            redeemed AS counted_redeemed, 0 AS kept_rows, entries AS counted_rows FROM {counted} AS c
        UNION ALL SELECT customer_id, balance, 0, earned, 0, redeemed, 0, entries, 0 FROM customer_balances
    ) AS looked GROUP BY id
    HAVING sum(kept) <> sum(counted) OR sum(kept_earned) <> sum(counted_earned)
        OR sum(kept_redeemed) <> sum(counted_redeemed) OR sum(kept_rows) <> sum(counted_rows)
    ORDER BY id LIMIT :most
"""

# A row carried over from before the ledger names no setting: nobody knows any more what was in force then. On whatever
# clock a company lives, its day is that of Greenwich, or the one beside it.
_ROWS = f"""
    SELECT id, kind, count(*) OVER () FROM (
        SELECT e.id, CASE
            WHEN (e.step_id IS NULL) = (e.reverses_id IS NULL) THEN '{Wrong.NOWHERE}'
            WHEN e.step_id IS NOT NULL AND (x.id IS NULL OR x.task_id <> e.task_id
                OR x.to_stage_id {{differs}} e.stage_id OR x.by_id {{differs}} e.worker_id) THEN '{Wrong.STEP}'
            WHEN e.step_id IS NOT NULL AND e.setting_id IS NOT NULL AND (p.id IS NULL OR p.stage_id <> e.stage_id
                OR p.is_redemption <> e.is_redemption
                OR e.customer_points <> CASE WHEN e.customer_id IS NULL THEN 0 ELSE p.customer_points END
                OR e.worker_points <> CASE WHEN e.worker_id IS NULL THEN 0 ELSE p.worker_points END
            ) THEN '{Wrong.SETTING}'
            WHEN e.setting_id IS NULL AND e.reverses_id IS NULL
                AND e.at >= (SELECT min(valid_from) FROM stage_points WHERE valid_from > '1971-01-01')
            THEN '{Wrong.SETTING}'
            WHEN {{elsewhere}} THEN '{Wrong.ELSEWHERE}'
            WHEN e.reverses_id IS NOT NULL AND (o.id IS NULL OR o.reverses_id IS NOT NULL
                OR e.customer_points <> -o.customer_points OR e.worker_points <> -o.worker_points
                OR e.task_id <> o.task_id OR e.stage_id <> o.stage_id OR e.is_redemption <> o.is_redemption
                OR e.customer_id {{differs}} o.customer_id OR e.worker_id {{differs}} o.worker_id
                OR e.setting_id {{differs}} o.setting_id) THEN '{Wrong.REVERSAL}'
            END AS kind
        FROM points_entries AS e LEFT JOIN task_steps AS x ON x.id = e.step_id
            LEFT JOIN stage_points AS p ON p.id = e.setting_id LEFT JOIN points_entries AS o ON o.id = e.reverses_id
        WHERE e.id > :after AND e.id <= :until
    ) AS looked WHERE kind IS NOT NULL ORDER BY id LIMIT :most
"""
_ON_SERVER = {
    "differs": "IS DISTINCT FROM",
    "elsewhere": "abs(e.day - (e.at AT TIME ZONE 'UTC')::date) > 1",
}
_ON_FILE = {
    "differs": "IS NOT",
    "elsewhere": "e.day <> substr(e.at, 1, 10) AND abs(julianday(e.day) - julianday(substr(e.at, 1, 10))) > 1",
}
_TWICE = text(
    "SELECT reverses_id, count(*) OVER () FROM points_entries WHERE reverses_id IS NOT NULL GROUP BY reverses_id "
    "HAVING count(*) > 1 ORDER BY reverses_id LIMIT :most"
)
