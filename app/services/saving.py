"""What every save of a table row shares: names without loose spaces, held by one row, in the version that was seen."""

from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Conflict, NotFound, Refused
from app.domain.words import N_, Message, message
from app.services.context import announce

M = TypeVar("M")

_NOT_SAVED = message(N_("Nothing was saved."))

LONGEST_NAME = 200
"""So many letters a name has at most; a form's line takes no more either."""


def wrong(code: str, what: Message) -> Refused:
    """A draft that cannot be saved as it is."""
    return Refused(code, what, _NOT_SAVED)


def cleaned(name: str) -> str:
    """The name with single spaces; an empty one is refused, and one that no list could show."""
    kept = " ".join(name.split())
    if not kept:
        raise wrong("NAME", message(N_("The name is missing.")))
    if len(kept) > LONGEST_NAME:
        raise wrong("NAME", message(N_("A name has at most {count} characters."), count=LONGEST_NAME))
    return kept


def seen(session: Session, model: type[M], row_id: int, version: int) -> M:
    """The row to change, locked in the version the person saw; another version is a conflict."""
    # Rows that point at it may come in meanwhile: a lock against them too would meet routing's own in a deadlock.
    found = session.get(model, row_id, with_for_update={"key_share": True})
    if found is None:
        raise NotFound(message(N_("This is no longer there.")), _NOT_SAVED)
    if getattr(found, "version", version) != version:
        raise Conflict(
            message(N_("Somebody else changed this in the meantime.")),
            message(N_("Nothing was overwritten. Look at the new values, then save again.")),
        )
    return found


def refuse_double(session: Session, column: Any, value: str, row_id: int | None, *where: Any) -> None:
    """One name, one row, whatever the case of its letters."""
    model = column.class_
    asked = select(model.id).where(func.lower(column) == value.lower(), *where)
    if any(found != row_id for found in session.scalars(asked)):
        raise wrong("TAKEN", message(N_("“{name}” is there already."), name=value))


def tell(session: Session, table: str, *row_ids: int) -> None:
    """Tell this desktop at once."""
    announce(session, RowsChanged(table, frozenset(row_ids)))


def moved(session: Session, model: Any, row_id: int, *, up: bool) -> None:
    """Put a row of an ordered list one place earlier or later; a row that is gone by now moves nothing."""
    rows = list(session.scalars(select(model).order_by(model.position, model.id).with_for_update()))
    place = next((at for at, row in enumerate(rows) if row.id == row_id), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    session.flush()
    tell(session, model.__tablename__, *(row.id for row in rows))
