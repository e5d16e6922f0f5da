"""Columns added to a table that is there already, in words both engines take."""

import json
from typing import Any

from alembic import op


def add(
    table: str, name: str, kind: str, *, default: Any = None, check: str | None = None, references: str | None = None
) -> None:
    """Add a column; with a default it is never null. Making the table anew would lose SQLite's triggers on it."""
    is_postgresql = op.get_context().dialect.name == "postgresql"
    words = [f"ALTER TABLE {table} ADD COLUMN {name} {kind if is_postgresql else _SQLITE[kind]}"]
    if default is not None:
        words.append(f"DEFAULT {_literal(default, is_postgresql=is_postgresql)} NOT NULL")
    if check:
        words.append(f"CONSTRAINT ck_{table}_{name} CHECK ({check})")
    if references:
        words.append(f"CONSTRAINT fk_{table}_{name} REFERENCES {references} (id)")
    op.execute(" ".join(words))


_SQLITE = {"bigint": "INTEGER", "text": "TEXT", "boolean": "BOOLEAN", "jsonb": "JSON"}


def _literal(value: Any, *, is_postgresql: bool) -> str:
    if isinstance(value, bool):
        return str(value).lower() if is_postgresql else str(int(value))
    return "'" + json.dumps(value) + "'"
