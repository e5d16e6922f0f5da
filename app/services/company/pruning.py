"""The change log and the answers of requests, cleared of what nobody asks for any more."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.models.changes import ChangeLog, Operation
from app.services.context import calls, is_postgresql, now

__all__ = ["CHANGES_KEPT", "clear", "prune"]

CHANGES_KEPT = timedelta(hours=48)
"""Longer than a desktop may be away and still read on where it was: `app.db.feed.FLOOR`."""
ANSWERS_KEPT = timedelta(days=30)
"""How long a request sent once more finds the answer of its first time; the server's function says the same."""
PORTION = 5000
_PORTIONS = 100


def clear(execute: Callable[..., Any], stop: Event | None = None, portions: int = _PORTIONS) -> int:
    """Clear portion by portion, each committed by itself, until nothing old is left; gives how many rows went."""
    whole = 0
    for _number in range(portions):
        gone = int(execute(prune))
        whole += gone
        if not gone or (stop is not None and stop.is_set()):
            break
    return whole


@calls
def prune(session: Session) -> int:
    """Clear one portion of what is old; gives how many rows that were. Everybody may: it takes nothing from anybody."""
    if is_postgresql(session):
        from app.db.calling import call

        found = call(session, "SELECT prune_changes()", ())
        return int(found[0]) if found else 0
    moment = now(session)
    oldest = select(ChangeLog.seq).order_by(ChangeLog.seq).limit(PORTION).subquery()
    told = delete(ChangeLog).where(
        ChangeLog.seq <= select(func.max(oldest.c.seq)).scalar_subquery(), ChangeLog.at < moment - CHANGES_KEPT
    )
    old = select(Operation.op_id).where(Operation.at < moment - ANSWERS_KEPT).order_by(Operation.at).limit(PORTION)
    answered = delete(Operation).where(Operation.op_id.in_(old))
    rows = 0
    for statement in (told, answered):
        rows += session.connection().execute(statement).rowcount
    return rows
