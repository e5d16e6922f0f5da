"""Ending a question on the server, or in the file, from another thread, when nobody wants its answer any more."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from sqlite3 import Connection as FileConnection
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.stopping import Stop, Stopped, Underway, current

__all__ = ["hold", "kept_endable"]

_ENDING = "ending"
_PATIENCE = 2.0
"""Seconds a request to stop may take; the connection is not given back before."""


@dataclass
class _Ending:
    """What takes the questions of a session back, and what they hold meanwhile."""

    stop: Stop
    held: ExitStack = field(default_factory=ExitStack)
    underway: list[Underway] = field(default_factory=list)


@contextmanager
def kept_endable(session: Session) -> Iterator[None]:
    """In this block the session's questions can be ended by the `Stop` that this thread works under, if any."""
    stop = current()
    if stop is None:
        yield
        return
    stop.refuse()
    ending = session.info[_ENDING] = _Ending(stop)
    try:
        with ending.held:
            yield
    except DBAPIError as error:
        if stop.is_stopped and _was_ended(error):
            raise Stopped from error
        raise
    finally:
        if any(each.is_unsure for each in ending.underway):
            # A request to stop that is still on its way would hit whatever this connection is asked next.
            session.invalidate()


def hold(session: Session, _transaction: object, connection: Connection) -> None:
    """From now on the session's questions go over this connection."""
    ending: _Ending | None = session.info.get(_ENDING)
    if ending is not None:
        over = ending.stop.over(partial(_end, connection.connection.driver_connection))
        ending.underway.append(ending.held.enter_context(over))


def _end(driver: Any) -> bool:
    """End the statement under way, if one is; gives whether that is over and done with."""
    if isinstance(driver, FileConnection):
        driver.interrupt()
        return True
    import psycopg

    try:
        driver.cancel_safe(timeout=_PATIENCE)
    except psycopg.Error:
        return False
    return True


def _was_ended(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "57014" or str(error.orig) == "interrupted"
