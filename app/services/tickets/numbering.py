"""Numbers such as INT-00042, given out one after the other."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.tickets import Numerator


def draw(session: Session, numerator_id: int) -> str:
    """The next number; two calls never get the same, and a call that is undone gives its number back."""
    # The version stays: giving out a number is not an edit that an administrator's own has to give way to.
    session.execute(update(Numerator).where(Numerator.id == numerator_id).values(next_number=Numerator.next_number + 1))
    drawn = select(Numerator.prefix, Numerator.digits, Numerator.next_number - 1).where(Numerator.id == numerator_id)
    return spelled(*session.execute(drawn).one())


def spelled(prefix: str, digits: int, number: int) -> str:
    """The number as people read it."""
    return f"{prefix}{number:0{digits}d}"
