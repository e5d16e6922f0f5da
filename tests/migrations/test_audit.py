"""The triggers of the audit log: on every table people edit, about every column, on both engines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Date, Integer, Table, Text, Time, insert, select, text, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.types import Document, Points, UtcDateTime
from app.domain.history.fields import HIDDEN, field_name, is_told
from app.domain.history.things import THINGS, named_by
from app.models import Base, whole
from app.models.audit import AuditLog
from app.services.history.values import value_of
from migrations.auditing.rules import LEFT_OUT, REDACTED, UNTOLD

pytestmark = pytest.mark.row("R-X5")

assert whole.__all__
TABLES = Base.metadata.tables
_TRIGGERS = {
    True: "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    False: "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal",
}


def watched(connection: Connection | Session, *, is_sqlite: bool) -> set[str]:
    """The tables whose inserts, updates and deletes are written down."""
    names = {row[0] for row in connection.execute(text(_TRIGGERS[is_sqlite]))}
    return {t for t in TABLES if {f"{t}_audit_{verb}" for verb in ("insert", "update", "delete")} <= names}


def told(table: str) -> list[str]:
    """The columns whose changes are written down."""
    untold = {"version", "search", *UNTOLD.get(table, ())}
    return [column.name for column in TABLES[table].c if column.name not in untold]


def test_every_table_is_watched_or_left_out_for_a_reason(database: Database) -> None:
    with database.engine.connect() as connection:
        found = watched(connection, is_sqlite=database.is_sqlite)
    assert not found & LEFT_OUT.keys()
    assert sorted(TABLES.keys() - found - LEFT_OUT.keys()) == []
    assert all(reason.strip() for reason in LEFT_OUT.values())


def test_what_is_redacted_is_there() -> None:
    assert all(column in TABLES[table].c for table, columns in REDACTED.items() for column in columns)


def test_everything_that_is_told_has_a_name(database: Database) -> None:
    with database.engine.connect() as connection:
        found = watched(connection, is_sqlite=database.is_sqlite)
    assert found == THINGS.keys()
    nameless = [(t, c) for t in found for c in told(t) if is_told(t, c) and field_name(t, c) is None]
    assert nameless == []
    assert all(column in TABLES[t].c or column == "code" for t in found for column in named_by(t))
    columns = {column for t in found for column in told(t)}
    assert HIDDEN - columns - {"at_by_hand"} == set()


# --- Each table, each column: rows of plain values, with every other rule of the table out of the way


@pytest.fixture
def bare(database: Database) -> Iterator[Connection]:
    """A connection to a database that has no rule left but the watching."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for (name,) in connection.execute(text(_TRIGGERS[True])).all():
                if "_audit_" not in name:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            _free(connection)
        yield connection
        connection.rollback()


def _free(connection: Connection) -> None:
    for table, name in connection.execute(
        text("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
    ).all():
        if table in TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table in watched(connection, is_sqlite=False):
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for verb in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER {table}_audit_{verb}")


def test_every_change_of_every_table_is_written_down(bare: Connection) -> None:
    is_sqlite = bare.dialect.name == "sqlite"
    for name in sorted(watched(bare, is_sqlite=is_sqlite)):
        table = TABLES[name]
        row = {column.name: _plain(column, 0) for column in table.c}
        row |= {"id": 1000} if "id" in row else {}
        row |= {"is_manual": True} if name == "presences" else {}
        bare.execute(table.delete())
        bare.execute(insert(table), [row])
        assert _last(bare) == ("insert", name, _key(table, row), None)
        for column in told(name):
            if column != "id" and (name, column) != ("presences", "is_manual"):
                after = _plain(table.c[column], 1)
                bare.execute(update(table).values({column: after}))
                verb, of, _row_id, changes = _last(bare)
                assert (verb, of, changes.keys()) == ("update", name, {column})
                pair = [value_of(table, column, each, is_sqlite=is_sqlite) for each in changes[column]]
                assert pair == _written(name, column, row[column], after), (name, column)
                row[column] = after
        count = _count(bare)
        silent = [each for each in ("version", "search") if each in table.c]
        if silent:
            bare.execute(update(table).values({each: _plain(table.c[each], 5) for each in silent}))
        first = next(each for each in told(name) if each != "id")
        bare.execute(update(table).values({first: table.c[first]}))
        assert _count(bare) == count, name
        where = table.c.id == 1000 if "id" in table.c else table.c[first] == row[first]
        bare.execute(table.delete().where(where))
        verb, of, _row_id, changes = _last(bare)
        assert (verb, of) == ("delete", name)
        kept = {c: value_of(table, c, pair[0], is_sqlite=is_sqlite) for c, pair in changes.items()}
        assert kept == {c: _written(name, c, row[c], None)[0] for c in told(name)}, name


def _plain(column: "Column[Any]", number: int) -> Any:
    """A value of the column's type, another for each number."""
    values: tuple[tuple[type[Any], Any], ...] = (
        (UtcDateTime, datetime(2031, 11, 24, 8 + number, 30, 15, 250000, UTC)),
        (Document, {"a": ["x", number], "password": "canary"}),
        (Points, Decimal("1.2500") + number),
        (Boolean, bool(number % 2)),
        (Date, date(2031, 11, 24 + number)),
        (Time, time(8 + number)),
        (Text, f"canary {number} @ 12345678{number}"),
        (Integer, 70 + number),
    )
    found = [value for kind, value in values if isinstance(column.type, kind)]
    return found[0] if found else 70 + number


def _written(table: str, column: str, *values: Any) -> list[Any]:
    secrecy = REDACTED.get(table, {}).get(column)
    if secrecy == "secret":
        return ["•••"] * len(values)
    # Of "canary 0 @ ..." the part before the @, without spaces.
    return [f"…{value.replace(' ', '').split('@')[0][-3:]}" if secrecy and value else value for value in values]


def _key(table: Table, row: dict[str, Any]) -> Any:
    return row.get("id", row.get("user_id") if len(table.primary_key) == 1 and "user_id" in row else None)


def _last(connection: Connection) -> tuple[Any, ...]:
    asked = select(AuditLog.verb, AuditLog.table_name, AuditLog.row_id, AuditLog.changes)
    return tuple(connection.execute(asked.order_by(AuditLog.id.desc()).limit(1)).one())


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM audit_log")).scalar_one())


def test_no_secret_and_no_whole_number_gets_in(bare: Connection) -> None:
    canary = {"raw": "054 987 6543", "e164": "+972549876543", "email": "canary.bird@example.org", "phone": "0549876543"}
    for name, columns in REDACTED.items():
        table = TABLES[name]
        row = {column.name: _plain(column, 0) for column in table.c} | {"id": 1000, "user_id": 1000}
        row |= {
            c: canary.get(c, {"password": "canary"} if c in ("settings", "telephony") else "canary.bird")
            for c in columns
        }
        bare.execute(insert(table), [{key: value for key, value in row.items() if key in table.c}])
        where = table.c.id == 1000 if "id" in table.c else table.c.user_id == 1000
        other = {c: {"password": "canary2"} if isinstance(row[c], dict) else f"other {row[c]}" for c in columns}
        bare.execute(update(table).where(where).values(other))
        bare.execute(table.delete().where(where))
    kept = " ".join(str(each) for each in bare.execute(select(AuditLog.changes, AuditLog.table_name, AuditLog.row_key)))
    found = {
        part for part in kept.split("'") for name in REDACTED for c in REDACTED[name] if part.startswith("canary.")
    }
    assert found == set()
    assert not any(each in kept for each in ("9876543", "987 6543", "canary.bird", "canary2", "{'password'"))
    assert "…543" in kept
    assert "…ird" in kept
