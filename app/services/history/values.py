"""Values of the log as Python's: what a column held, told apart by the column's type, alike on both engines."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import import_module
from typing import Any

from sqlalchemy import Boolean, Date, Table, Time

from app.db.types import Points, UtcDateTime
from app.models.base import Base

__all__ = ["SECRET", "old_values", "referred", "table_named", "value_of"]

SECRET = "•••"
"""What the log keeps of a secret."""


def table_named(name: str) -> Table:
    """The table of this name; brings every model in, so only for who asks for history."""
    import_module("app.models.whole")
    return Base.metadata.tables[name]


def referred(table: Table, column: str) -> str | None:
    """The table a column points at by its rows' ids; None for a value of its own."""
    for key in table.c[column].foreign_keys:
        if key.column.name == "id":
            return key.column.table.name
    return None


def value_of(table: Table, column: str, raw: Any, *, is_sqlite: bool) -> Any:
    """What the log wrote of a column, as the column itself would be read."""
    if raw is None or column not in table.c:
        return raw
    kind = table.c[column].type
    if isinstance(kind, Points):
        return Decimal(raw).scaleb(-4) if is_sqlite else Decimal(str(raw))
    return next((read(raw) for types, read in _READ.items() if isinstance(kind, types)), raw)


def _moment(raw: str) -> datetime:
    moment = datetime.fromisoformat(raw)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_READ: Mapping[type[Any], Callable[[Any], Any]] = {
    UtcDateTime: _moment,
    Date: date.fromisoformat,
    Time: time.fromisoformat,
    Boolean: bool,
}


def old_values(table: Table, changes: Mapping[str, Any] | None, *, is_sqlite: bool) -> dict[str, Any]:
    """What stood there before a change."""
    return {
        column: value_of(table, column, pair[0], is_sqlite=is_sqlite)
        for column, pair in (changes or {}).items()
        if column in table.c
    }
