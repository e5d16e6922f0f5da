"""Many rows in one statement, with the keys they get, so that what hangs under them can be written next.

On PostgreSQL the values go as one array a column: the statement stays short however many rows there are, and its
statement triggers fire once. On SQLite the driver's own loop is the quickest.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Executable,
    Table,
    any_,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def is_postgresql(session: Session) -> bool:
    """Which of the two engines this is."""
    return session.get_bind().dialect.name == "postgresql"


def among(session: Session, column: Column[Any], name: str) -> ColumnElement[bool]:
    """The condition that the column is one of the values bound to `name`."""
    if is_postgresql(session):
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(bindparam(name, expanding=True))


def add(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; all name the same columns."""
    if not rows:
        return
    columns = tuple(rows[0])
    if is_postgresql(session):
        session.execute(_insert_arrays(table, columns), _arrays(columns, rows))
    else:
        session.execute(_insert(table), rows)


def add_numbered(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows, all naming the same columns but `id`; their keys in the order of the rows."""
    if not rows:
        return []
    columns = tuple(rows[0])
    if is_postgresql(session):
        # The rows are numbered as they are inserted, and they are inserted in the order of the arrays.
        return sorted(session.scalars(_insert_arrays(table, columns), _arrays(columns, rows)))
    # The write lock that the transaction holds keeps the next keys free.
    highest: int = session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    keys = list(range(highest + 1, highest + len(rows) + 1))
    add(session, table, [row | {"id": key} for key, row in zip(keys, rows, strict=True)])
    return keys


def change(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows over those with the same `id` and raise their version; all name the same columns."""
    if not rows:
        return
    columns = tuple(rows[0])
    if is_postgresql(session):
        session.execute(_update_arrays(table, columns), _arrays(columns, rows))
    else:
        session.execute(_update(table, columns), [{f"new_{name}": row[name] for name in columns} for row in rows])


def _arrays(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {column: [row[column] for row in rows] for column in columns}


@cache
def _insert(table: Table) -> Executable:
    return insert(table)


@cache
def _update(table: Table, columns: tuple[str, ...]) -> Executable:
    values: dict[str, ColumnElement[Any]] = {name: bindparam(f"new_{name}") for name in columns if name != "id"}
    values["version"] = table.c.version + 1
    return update(table).where(table.c.id == bindparam("new_id")).values(values)


@cache
def _insert_arrays(table: Table, columns: tuple[str, ...]) -> Executable:
    names = ", ".join(columns)
    return text(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_unnest(table, columns)} "
        f"WITH ORDINALITY AS new({names}, place_of_row) ORDER BY place_of_row RETURNING id"
    )


@cache
def _update_arrays(table: Table, columns: tuple[str, ...]) -> Executable:
    values = ", ".join(f"{name} = new.{name}" for name in columns if name != "id")
    return text(
        f"UPDATE {table.name} SET {values}, version = {table.name}.version + 1 "
        f"FROM {_unnest(table, columns)} AS new({', '.join(columns)}) WHERE {table.name}.id = new.id"
    )


def _unnest(table: Table, columns: Sequence[str]) -> str:
    kinds = {name: table.c[name].type.compile(dialect=_POSTGRESQL) for name in columns}
    return f"unnest({', '.join(f'CAST(:{name} AS {kinds[name]}[])' for name in columns)})"
