"""Many rows at once: their keys beforehand, so that what hangs under them can be written without asking back."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, func, insert, select, text
from sqlalchemy.orm import Session

from app.models.base import Base

_RESERVE = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class: bulk work goes past the unit of work."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def reserve(session: Session, table: Table, count: int) -> list[int]:
    """The next `count` keys of a table; on SQLite the write lock that the transaction holds keeps them free."""
    if not count:
        return []
    if session.get_bind().dialect.name == "sqlite":
        highest: int = session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return list(range(highest + 1, highest + count + 1))
    return list(session.scalars(_RESERVE, {"table": table.name, "count": count}))


def add(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; each names the same columns."""
    if rows:
        session.execute(_insert(table, session.get_bind().dialect.name == "postgresql"), rows)


@cache
def _insert(table: Table, is_postgresql: bool) -> Insert:
    # RETURNING makes SQLAlchemy send many rows in one statement: statement triggers fire once, not once a row.
    return insert(table).returning(table.c.id) if is_postgresql else insert(table)
