"""Rows as they stood at a past moment, rebuilt backwards: from what stands now through the differences since then."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.models.audit import AuditLog
from app.services.context import is_postgresql, reads
from app.services.history.values import old_values, table_named

__all__ = ["Row", "as_of", "changed_since", "states_at", "touching"]

Row = dict[str, Any]
"""A row by column. Contacts that were changed since read as the log keeps them: their last characters."""

_AT_ONCE = 500


@reads
def as_of(session: Session, table: str, row_id: int, moment: datetime) -> Row | None:
    """One row as it stood at this moment; None where it was not there."""
    return states_at(session, table, [row_id], moment).get(row_id)


def changed_since(table: str, moment: datetime, *columns: str) -> Select[int | None]:
    """The rows of a table that were touched after the moment; with columns those in which one of these was."""
    found = select(AuditLog.row_id).where(AuditLog.table_name == table, AuditLog.at > moment)
    return (found.where(touching(*columns)) if columns else found).distinct()


def touching(*columns: str) -> ColumnElement[bool]:
    """That a row of the log is about one of these columns: rows that came or went are about all of them."""
    # Whatever stood there, the pair of old and new is never null.
    return or_(AuditLog.verb != "update", *(AuditLog.changes[column].as_string().is_not(None) for column in columns))


def states_at(
    session: Session, table: str, ids: Iterable[int], moment: datetime, *, only: tuple[str, ...] = ()
) -> dict[int, Row | None]:
    """Several rows of one table as they stood at this moment, by id; None for those that were not there.

    With `only` these columns stand as they did, and the others somehow: less of the log has to be read.
    """
    model, is_sqlite = table_named(table), not is_postgresql(session)
    states: dict[int, Row | None] = dict.fromkeys(ids)
    asked = list(states)
    for some in (asked[first : first + _AT_ONCE] for first in range(0, len(asked), _AT_ONCE)):
        for row in session.execute(select(model).where(model.c.id.in_(some))).mappings():
            states[row["id"]] = dict(row)
        log = select(AuditLog.row_id, AuditLog.verb, AuditLog.changes).where(
            AuditLog.table_name == table, AuditLog.row_id.in_(some), AuditLog.at > moment
        )
        if only:
            log = log.where(touching(*only))
        for row_id, verb, changes in session.execute(log.order_by(AuditLog.id.desc())):
            if verb == "insert":
                states[row_id] = None
            elif verb == "delete":
                empty: Row = dict.fromkeys(model.c.keys())
                states[row_id] = empty | old_values(model, changes, is_sqlite=is_sqlite)
            elif (state := states[row_id]) is not None:
                state |= old_values(model, changes, is_sqlite=is_sqlite)
    return states
