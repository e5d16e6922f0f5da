"""A server whose every table has a row of each kind of owner, made from the catalogue: a new table has them at once.

A *world* is one row in every table, all with the same number, that belong to one user: his customer, his ticket, his
claim. Who asks (each role has a user with a world of his own) meets rows that are his own, of a fellow of his group, of
a fellow in a campaign that keeps history and reminders to oneself, of somebody he shares nothing with, and of a fellow
who was disabled.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from tests.kit.servers import PASSWORD, make_ready, remove

BUILT_IN = ("administrator", "manager", "back_office", "agent", "technician", "read_only")
CUSTOM = "leader"
CUSTOM_MAY = ("dial", "see_group")
"""A role of the company's own making: it dials, and sees what its group's members did."""

ROLES = (*BUILT_IN, CUSTOM)
OWNERS = ("fellow", "private", "other", "gone")
FIRST = 9001
WORLDS = {name: FIRST + number for number, name in enumerate((*ROLES, *OWNERS))}
"""The number of everybody's user and of all his rows."""

CLASSES = {"o": "own", "g": "fellow", "p": "private", "x": "other", "d": "gone"}
"""The letters of the matrix, and whose row each means."""

TEAM = WORLDS["administrator"]
SINGLE = frozenset({"alembic_version", "company", "dial_rules", "routing_rules"})
"""Tables of one row, which is everybody's."""

_ALREADY = frozenset({"users", "user_loads", *SINGLE})
_LATER = frozenset({"ends_at", "closes_at", "until_at", "expires_at", "hung_up_at", "valid_until", "ends"})
_ABSENT = {
    "enablements": ("group_id",),
    "tasks": ("group_id", "opened_by_task_id", "awaits_profile_id"),
    "tickets": ("merged_into_id",),
    "projects": ("parent_id",),
    "layouts": ("activity_type_id",),
    "mail_templates": ("list_id",),
    "points_entries": ("reverses_id",),
    "call_attempts": ("callback_user_id",),
    "notes": ("dismissed_by_id", "step_id"),
    "do_not_call": ("lifted_by_id",),
}  # fmt: skip
_SAID: dict[str, dict[str, Any]] = {
    "working_hours": {"weekday": 1},
    "presence_rules": {"rrule": "FREQ=DAILY"},
    "mail_templates": {"recipient": "customer", "sender": "office"},
    "mail_accounts": {"is_office": False},
    "incoming_messages": {"outcome": "opened"},
    "profiles": {"main": "worker"},
    "customer_profiles": {"main": "customer"},
    "custom_fields": {"kind": "text"},
    "layouts": {"kind": "ticket"},
    "hours_entries": {"kind": "work", "minutes": 60},
    "call_statuses": {"outcome": "contact"},
    "desk_spans": {"state": "waiting"},
    "points_checks": {"wrong": 0},
    "call_queue": {"state": "ready"},
    "saved_filters": {"is_shared": False},
    "absences": {"starts_at": "2031-12-30 10:00+00", "ends_at": "2031-12-30 11:00+00"},
    "holidays": {"starts_at": "2031-12-31 10:00+00", "ends_at": "2031-12-31 11:00+00"},
    "call_attempts": {"note": "Said"},
    "lanes": {"zone": "UTC"},
    "stage_points": {"valid_from": "2020-01-01 10:00+00"},
    "pool_users": {"is_given": False},
    "presences": {"is_manual": True},
    "open_cards": {"since": "now", "seen_at": "now"},
}


def group_of(who: str) -> str:
    """The group role on the server that somebody's role belongs to."""
    return f"callboard_{'manager' if who == CUSTOM else who}"


@dataclass(frozen=True)
class Table:
    """A table as the catalogue has it: its key, and the row of each world in it."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: dict[str, str] = field(repr=False)

    def where(self, owner: str) -> str:
        """A condition that is true of the owner's row alone."""
        return self._conditions[owner]

    @property
    def _conditions(self) -> dict[str, str]:
        return {owner: condition for owner, condition in self.rows.items() if not owner.endswith(":row")}

    def row(self, owner: str) -> str:
        """The owner's row as JSON."""
        return self.rows[f"{owner}:row"]


@dataclass(frozen=True)
class Office:
    """The furnished server: its superuser's address, and a log-in for everybody in it."""

    name: str
    url: str
    tables: dict[str, Table]

    def login(self, who: str) -> str:
        """The name somebody logs in under."""
        return f"{self.name}_u{WORLDS[who]}"

    def connect(self, who: str) -> psycopg.Connection:
        """A connection of his own, as psql would open it."""
        return psycopg.connect(self.url, user=self.login(who), password=PASSWORD)

    def as_owner(self) -> psycopg.Connection:
        """A connection of the superuser."""
        return psycopg.connect(self.url)


@contextmanager
def furnished(postgres_server: str, name: str) -> Iterator[Office]:
    """A furnished server, gone after the block."""
    remove(postgres_server, name)
    server = make_ready(postgres_server, name)
    try:
        with psycopg.connect(server.url) as owner:
            _people(owner, name)
            tables = _worlds(owner)
        yield Office(name, server.url, tables)
    finally:
        remove(postgres_server, name)


def _people(owner: psycopg.Connection, name: str) -> None:
    roles: dict[str, int] = dict(owner.execute("SELECT code, id FROM roles").fetchall())
    made = owner.execute("INSERT INTO roles (code, name) VALUES (%s, 'Leader') RETURNING id", [CUSTOM]).fetchone()
    assert made is not None
    roles[CUSTOM] = made[0]
    for permission in CUSTOM_MAY:
        owner.execute("INSERT INTO role_permissions (role_id, permission) VALUES (%s, %s)", [made[0], permission])
    verifier = owner.pgconn.encrypt_password(PASSWORD.encode(), b"x", b"scram-sha-256").decode()
    for who, number in WORLDS.items():
        role = roles.get(who, roles["agent"])
        owner.execute("INSERT INTO users (id, login, name, role_id) VALUES (%s, %s, %s, %s)", [number, who, who, role])
        owner.execute("SELECT create_login(%s, %s)", [number, verifier])
    owner.execute("UPDATE users SET is_active = false WHERE login = 'gone'")
    stranger = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
    owner.execute(stranger.format(sql.Identifier(f"{name}_stranger"), sql.Literal(PASSWORD)))


_COLUMNS = r"""
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull, a.atthasdef OR a.attidentity <> '',
        (SELECT k.confrelid = k.conrelid FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'f'
            AND k.conkey = ARRAY[a.attnum] LIMIT 1),
        (SELECT substring(pg_get_constraintdef(k.oid) FROM a.attname || $$ = ANY \(ARRAY\['([^']*)'$$)
            FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
            ORDER BY 1 LIMIT 1),
        EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
        AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum
"""


def _worlds(owner: psycopg.Connection) -> dict[str, Table]:
    """Fill them without triggers and foreign keys, which have nothing to say on who may do what."""
    columns: dict[str, list[tuple[Any, ...]]] = {}
    for table, *column in owner.execute(_COLUMNS):
        columns.setdefault(table, []).append(tuple(column))
    owner.execute("SET LOCAL session_replication_role = replica")
    for table, found in columns.items():
        if table in SINGLE:
            if owner.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table))).fetchone() is None:
                _insert(owner, table, found, 1)
        elif table not in _ALREADY:
            for number in WORLDS.values():
                _insert(owner, table, found, number)
    owner.execute("UPDATE campaigns SET own_history_only = id = %(it)s, reminds_caller_only = id = %(it)s",
                  {"it": WORLDS["private"]})  # fmt: skip
    owner.execute("UPDATE group_members SET group_id = %s WHERE user_id <> %s", [TEAM, WORLDS["other"]])
    owner.execute("UPDATE desk_spans SET ended_at = NULL")
    _log(owner)
    # Sequences go on in a roll-back: in the end they would come to the numbers of the worlds.
    owner.execute("SELECT setval(objid::regclass, 1000000) FROM pg_depend WHERE deptype = 'i' AND "
                  "classid = 'pg_class'::regclass AND objid IN (SELECT seqrelid FROM pg_sequence)")  # fmt: skip
    return {table: _table(owner, table, found) for table, found in columns.items()}


def _log(owner: psycopg.Connection) -> None:
    """What the rows of the audit tell of: oneself; a card; a campaign; somebody's hours; the settings."""
    told = dict.fromkeys(ROLES, ("own", "users", "users")) | {
        "technician": ("card", "tickets", "customers"),
        "fellow": ("card", "tickets", "customers"),
        "private": ("own", "hours_entries", "users"),
        "other": ("campaigns", "campaigns", ""),
        "gone": ("settings", "roles", ""),
    }
    for who, (area, table, of) in told.items():
        said = "UPDATE audit_log SET area = %s, table_name = %s, of_table = %s, row_id = -1 WHERE id = %s"
        owner.execute(said, [area, table, of, WORLDS[who]])


def _insert(owner: psycopg.Connection, table: str, columns: list[tuple[Any, ...]], number: int) -> None:
    said = _SAID.get(table, {})
    values: dict[str, Any] = {}
    for name, kind, is_needed, has_default, is_own, allowed, is_key in columns:
        if name in said:
            values[name] = said[name]
        elif name in _ABSENT.get(table, ()):
            continue
        elif kind == "bigint" and (is_key or is_own is not None or name.endswith("_id")):
            values[name] = None if is_own else number
        elif is_needed and not has_default:
            values[name] = allowed or _value(name, kind, number)
    if table in {"stage_links", "stage_openings"}:
        values["to_stage_id" if table == "stage_links" else "opens_stage_id"] = number + 1
    if "person" in [column[0] for column in columns]:
        values["person"] = f"+3906{number}"
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
    )  # fmt: skip
    owner.execute(statement, list(values.values()))


def _value(name: str, kind: str, number: int) -> Any:
    later = name in _LATER
    values: dict[str, Any] = {
        "text": f"{name}{number}",
        "character varying": f"{name}{number}",
        "timestamp with time zone": f"2031-11-24 {10 + later}:00+00",
        "date": f"2031-11-{number - FIRST + 1 + later:02}",
        "time without time zone": f"{10 + later}:00",
        "jsonb": "{}",
        "boolean": False,
        "bytea": b"x",
        "bigint": 1,
        "integer": 1,
        "numeric": 1,
    }
    return values[kind]  # a kind that is not here wants a value here


def _table(owner: psycopg.Connection, table: str, columns: list[tuple[Any, ...]]) -> Table:
    key = tuple(column[0] for column in columns if column[-1])
    rows: dict[str, str] = {}
    named = sql.Identifier(table)
    for who, number in WORLDS.items():
        mark = _mark(table, key, columns, number)
        query = sql.SQL("SELECT to_jsonb(t)::text, {} FROM {} AS t WHERE {}").format(
            sql.SQL(", ").join(sql.SQL("quote_literal(t.{})").format(sql.Identifier(column)) for column in key),
            named, sql.SQL(mark),
        )  # fmt: skip
        found = owner.execute(query).fetchall()
        if len(found) != 1:
            raise AssertionError(f"{table} has {len(found)} rows of {who}: {mark}")
        rows[f"{who}:row"] = found[0][0]
        rows[who] = " AND ".join(f"{column} = {value}" for column, value in zip(key, found[0][1:], strict=True))
    return Table(table, key, tuple(column[0] for column in columns), rows)


def _mark(table: str, key: tuple[str, ...], columns: list[tuple[Any, ...]], number: int) -> str:
    """What tells the row of a world from the others."""
    if table in SINGLE:
        return "true"
    kinds = {column[0]: column[1] for column in columns}
    for name in key:
        if kinds[name] == "bigint":
            return f"t.{name} = {number}"
    return " AND ".join(f"t.{name} = '{_value(name, kinds[name], number)}'" if name != "person"
                        else f"t.person = '+3906{number}'" for name in key)  # fmt: skip
