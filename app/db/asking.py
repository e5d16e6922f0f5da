"""What a service may do so that a desktop on a slow line waits less: ask at once, write later.

A single seat waits for nothing; there, and in sessions that only read, things are done as they come.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

__all__ = ["asked_together", "is_writing_later", "writing_later"]


def asked_together(session: Session, *questions: Callable[[], Any]) -> list[Any]:
    """The answers to all of these for one wait; a question is a function that asks one statement first.

    The same statements asked again before the session writes cost nothing: a service may ask ahead what the functions
    it calls will ask.
    """
    if _is_seat(session):
        return [question() for question in questions]
    from app.db.together import together

    return together(session, *questions)


@contextmanager
def writing_later(session: Session) -> Iterator[None]:
    """Writes of the block that give nothing back leave with the next statement, at the latest with the commit.

    A row that is not as it was seen, and whatever the database says against it, is heard there.
    """
    if _is_seat(session):
        yield
        return
    from app.db.together import deferring

    with deferring(session):
        session.info[_LATER] = True
        yield
    session.info.pop(_LATER, None)


def is_writing_later(session: Session) -> bool:
    """Whether an insert without an answer saves a wait now."""
    return bool(session.info.get(_LATER))


_LATER = "writing later"


def _is_seat(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
