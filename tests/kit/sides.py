"""One office on each engine, worked in at the same time: what is asked of both, and what both show afterwards."""

import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg

from app.db.database import Database
from app.domain.errors import Incomplete, UserError
from tests.kit.clock import Clock
from tests.kit.whole_office import Names, backends

Outcome = tuple[Any, ...]
Arguments = Callable[["Side"], Sequence[Any]]

_KINDS: Mapping[str, str] = {
    "user_id": "users", "technician_id": "users", "callback_user_id": "users", "customer_id": "customers",
    "task_id": "tasks", "entry_id": "entries", "ticket_id": "tickets",
}  # fmt: skip
_NAMES: Mapping[str, str] = {
    "users": "SELECT name, id FROM users",
    "customers": "SELECT name, id FROM customers",
    "tasks": "SELECT title, id FROM tasks",
    "tickets": "SELECT subject, id FROM tickets",
    "entries": "SELECT c.name, e.id FROM pool_entries AS e JOIN customers AS c ON c.id = e.customer_id",
    "visits": "SELECT t.title, v.id FROM visits AS v JOIN tasks AS t ON t.id = v.task_id WHERE v.is_active",
}
_OWN_WORDS = frozenset({"id", "message_id", "opened"})
"""Numbers and keys that each engine draws for itself."""

SHOWN: Mapping[str, str] = {
    "customers": "SELECT c.name, c.email, c.version, p.position, p.e164 FROM customers AS c"
    " LEFT JOIN customer_phones AS p ON p.customer_id = c.id ORDER BY c.name, p.position",
    "queue": "SELECT c.name, q.person, q.state, q.blocked, q.has_status, q.status_id, q.tries, q.due_at, q.is_callback,"
    " q.callback_user_id, q.tried_at, q.priority"
    " FROM call_queue AS q JOIN customers AS c ON c.id = q.customer_id ORDER BY c.name",
    "claims": "SELECT k.request_id, c.name, k.person, k.user_id, k.status, k.is_exclusive, k.claimed_at, k.until_at,"
    " k.dialled_at, k.rule FROM claims AS k JOIN customers AS c ON c.id = k.customer_id"
    " ORDER BY k.request_id, k.person",
    "attempts": "SELECT a.request_id, a.kind, c.name, a.user_id, a.status_id, a.note, a.claimed_at, a.dialled_at,"
    " a.finished_at, a.callback_at, a.callback_user_id, a.was_held, a.rule,"
    " CASE WHEN a.kind = 'call' THEN a.day_ends_at END FROM call_attempts AS a"
    " JOIN customers AS c ON c.id = a.customer_id ORDER BY a.finished_at, a.kind, c.name, a.request_id",
    "people": "SELECT person, last_call_at, calls_today, day_ends_at, is_refused FROM call_people ORDER BY person",
    "tasks": "SELECT t.title, t.user_id, t.group_id, t.stage_id, t.awaits_profile_id, t.is_by_hand, t.version,"
    " t.opened_at, t.closed_at, c.name FROM tasks AS t LEFT JOIN customers AS c ON c.id = t.customer_id"
    " ORDER BY t.title",
    "steps": "SELECT t.title, s.at, s.by_id, s.from_stage_id, s.to_stage_id, s.from_user_id, s.to_user_id, s.rule,"
    " s.is_automatic, s.closes, s.note FROM task_steps AS s JOIN tasks AS t ON t.id = s.task_id ORDER BY s.id",
    "visits": "SELECT t.title, v.technician_id, v.starts_at, v.ends_at, v.is_active, v.set_by_id, v.set_at, v.version"
    " FROM visits AS v JOIN tasks AS t ON t.id = v.task_id ORDER BY t.title, v.id",
    "loads": "SELECT user_id, open_tasks, waiting_tasks, chosen_at FROM user_loads ORDER BY user_id",
    "notes": "SELECT n.text, n.by_id, n.at, t.title FROM notes AS n LEFT JOIN tasks AS t ON t.id = n.task_id"
    " ORDER BY n.id",
    "mail": "SELECT event, to_address, subject, body, state, next_at, created_by_id FROM outbox_messages ORDER BY id",
    "points": "SELECT t.title, c.name, p.worker_id, p.by_id, p.stage, p.at, p.customer_points, p.worker_points,"
    " p.occasion FROM points_entries AS p JOIN tasks AS t ON t.id = p.task_id"
    " LEFT JOIN customers AS c ON c.id = p.customer_id ORDER BY p.id",
    "balances": "SELECT c.name, b.balance, b.earned, b.redeemed, b.entries FROM customer_balances AS b"
    " JOIN customers AS c ON c.id = b.customer_id ORDER BY c.name",
    "days": "SELECT user_id, month, day, points, entries FROM worker_days ORDER BY user_id, month, day",
    "requests": "SELECT op_id, service, user_id FROM operations ORDER BY op_id",
}
"""What people see of the office, by rows that bear the same names on both engines."""

_POINTS = {("points", 6), ("points", 7), ("balances", 1), ("balances", 2), ("balances", 3), ("days", 3)}
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?")


class Crash(Exception):
    """The client is gone before its commit."""


class Side(ABC):
    """The office on one engine, through connections that can be thrown away."""

    def __init__(self, database: Database, names: Names, clock: Clock) -> None:
        self.database, self.names = database, names
        self._seen: dict[str, _Seen] = {}
        self._known: dict[str, dict[str, int]] = {}
        self.backends = backends(database, names, clock)

    def reconnect(self) -> None:
        """A program that was started anew: nothing of its sessions is left."""
        self.database.close()

    def lose_the_line(self) -> None:
        """The answer does not come, and the connection is no more."""
        self.reconnect()

    def run(self, user: str, op_id: str, service: Callable[..., Any], arguments: Arguments) -> Outcome:
        """What came of a request: its answer or its refusal, in words that are the same on both engines."""
        return self._outcome(lambda: self.backends[user].once(op_id).execute(service, *arguments(self)))

    def crash(self, user: str, op_id: str, service: Callable[..., Any], arguments: Arguments) -> Outcome:
        """The same by a client that dies right before its commit."""
        backend = self.backends[user]

        def until_the_end() -> None:
            with self.database.transaction(**backend.info(), op_id=op_id) as session:
                service(session, *arguments(self))
                session.flush()
                session.connection().invalidate()
                raise Crash

        return self._outcome(until_the_end)

    def _outcome(self, act: Callable[[], Any]) -> Outcome:
        try:
            return ("done", self.shown(act()))
        except Crash:
            return ("crashed",)
        except Incomplete as refusal:
            return ("Incomplete", sorted(refusal.problems))
        except UserError as refusal:
            return (type(refusal).__name__, getattr(refusal, "code", ""), refusal.what.text)

    def id_of(self, kind: str, name: str) -> int:
        """The id by which this engine knows something; 0 when it does not."""
        if kind == "visits" or name not in self._known.get(kind, {}):
            self._known[kind] = {row[0]: row[1] for row in self.rows(_NAMES[kind])}
        return self._known[kind].get(name, 0)

    def version_of(self, table: str, row_id: int) -> int:
        """The version somebody sees who has just looked."""
        found = self.rows(f"SELECT version FROM {table} WHERE id = {row_id}")
        return int(found[0][0]) if found else 0

    def shown(self, value: Any, name: str = "") -> Any:
        """An answer without the numbers each engine draws for itself."""
        if name in _OWN_WORDS:
            return None
        if is_dataclass(value):
            return {each.name: self.shown(getattr(value, each.name), each.name) for each in fields(value)}
        if isinstance(value, Mapping):
            return {key: self.shown(each, key) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.shown(each) for each in value]
        if name in _KINDS and isinstance(value, int):
            return self._name_of(_KINDS[name], value)
        return plain(value)

    def _name_of(self, kind: str, value: int) -> str:
        for _attempt in range(2):
            for name, row_id in self._known.get(kind, {}).items():
                if row_id == value:
                    return name
            self._known[kind] = {row[0]: row[1] for row in self.rows(_NAMES[kind])}
        return f"{kind} nobody knows"

    @abstractmethod
    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a question gives, straight from the driver."""

    @abstractmethod
    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that `SHOWN` shows."""

    def _shown(self, table: str, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows as both engines can show them; those that were there a step ago are not looked at again."""
        seen = self._seen.get(table)
        if seen is None or seen.found != found:
            known = {} if seen is None else seen.rows
            rows = {row: known.get(row) or self._plain(table, row) for row in found}
            self._seen[table] = seen = _Seen(found, rows, [rows[row] for row in found])
        return seen.shown

    def _plain(self, _table: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(map(plain, row))

    @abstractmethod
    def end(self) -> None:
        """Leave for good."""


@dataclass(frozen=True)
class _Seen:
    """What a table showed when it was last looked at: as the driver gave it, row by row, and all of it."""

    found: list[tuple[Any, ...]]
    rows: dict[tuple[Any, ...], tuple[Any, ...]]
    shown: list[tuple[Any, ...]]


class File(Side):
    """The office in a file."""

    def __init__(self, database: Database, names: Names, clock: Clock) -> None:
        self._watch = sqlite3.connect(str(database.url.database), isolation_level=None)
        super().__init__(database, names, clock)

    def end(self) -> None:
        """Leave for good."""
        self.database.close()
        self._watch.close()

    def lose_the_line(self) -> None:
        """There is none to a file: whoever missed the answer asks again on the same connection."""

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a question gives."""
        return self._watch.execute(statement).fetchall()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that `SHOWN` shows."""
        return {table: self._shown(table, self.rows(statement)) for table, statement in SHOWN.items()}

    def _plain(self, table: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Points are whole ten-thousandths here, and times are texts."""
        return tuple(
            plain(Decimal(cell) / 10000 if cell is not None and (table, place) in _POINTS else cell)
            for place, cell in enumerate(row)
        )


class Server(Side):
    """The office on PostgreSQL, its clock being ours."""

    def __init__(self, database: Database, names: Names, clock: Clock) -> None:
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._watch = psycopg.connect(url, autocommit=True, options="-c timezone=UTC")
        for table, statement in SHOWN.items():
            self._watch.execute(f"PREPARE shown_{table} AS {statement}".encode())
        clock.follow(self._watch)
        super().__init__(database, names, clock)

    def end(self) -> None:
        """Leave for good."""
        self.database.close()
        self._watch.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a question gives."""
        return self._watch.execute(statement.encode()).fetchall()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that `SHOWN` shows, in one round trip."""
        found = {}
        cursor = self._watch.execute(";".join(f"EXECUTE shown_{table}" for table in SHOWN).encode())
        for table in SHOWN:
            found[table] = self._shown(table, cursor.fetchall())
            cursor.nextset()
        return found


def plain(value: Any) -> Any:
    """A value as both engines can show it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return str(value.normalize() + 0)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _STAMP.fullmatch(value):
        return plain(datetime.fromisoformat(value).replace(tzinfo=UTC))
    return value


def differences(one: Mapping[str, list[Any]], other: Mapping[str, list[Any]]) -> list[str]:
    """Where two offices do not show the same."""
    found = []
    for table, rows in one.items():
        theirs = other[table]
        if rows != theirs:
            here = [row for row in rows if row not in theirs]
            there = [row for row in theirs if row not in rows]
            found.append(f"{table}: file {here or rows} server {there or theirs}")
    return found
