"""Numerators: the prefix, the digits and the next of the numbers that tickets and tasks get."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.processes import ActivityType
from app.models.tickets import Numerator, Task, Ticket, TicketType
from app.services.context import reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.numbering import spelled
from app.services.tickets.uses import refuse_used

LONGEST_PREFIX = 20
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class NumeratorRow:
    """A numerator; `next` is the number it gives out next, as people read it."""

    id: int
    version: int
    name: str
    prefix: str
    digits: int
    next_number: int

    @property
    def next(self) -> str:
        """The number it gives out next, as people read it."""
        return spelled(self.prefix, self.digits, self.next_number)


@dataclass(frozen=True, slots=True)
class NumeratorDraft:
    """What an administrator says about a numerator; without a next number it goes on where it stands."""

    name: str
    prefix: str = ""
    digits: int = 5
    next_number: int | None = None


@reads
def list_numerators(session: Session) -> tuple[NumeratorRow, ...]:
    """Every numerator by name."""
    asked = select(Numerator).order_by(func.lower(Numerator.name), Numerator.id)
    return tuple(_row(numerator) for numerator in session.scalars(asked))


def _row(row: Numerator) -> NumeratorRow:
    return NumeratorRow(row.id, row.version, row.name, row.prefix, row.digits, row.next_number)


@writes
def save_numerator(
    session: Session, draft: NumeratorDraft, *, row_id: int | None = None, version: int = 0
) -> NumeratorRow:
    """Add a numerator, or change the one that was seen in this version.

    A next number is refused when a ticket or a task has it already.
    """
    require(session, Permission.ADMINISTER)
    name, prefix = cleaned(draft.name), draft.prefix.strip()
    refuse_double(session, Numerator.name, name, row_id)
    _check(draft, prefix)
    if row_id is None:
        numerator = Numerator(name=name, next_number=draft.next_number or 1)
        session.add(numerator)
    else:
        numerator = seen(session, Numerator, row_id, version)
    numerator.name, numerator.prefix, numerator.digits = name, prefix, draft.digits
    if draft.next_number is not None:
        numerator.next_number = draft.next_number
    _refuse_given(session, spelled(prefix, draft.digits, numerator.next_number))
    session.flush()
    tell(session, "numerators", numerator.id)
    return _row(numerator)


def _check(draft: NumeratorDraft, prefix: str) -> None:
    if len(prefix) > LONGEST_PREFIX or not prefix.isprintable():
        raise wrong("PREFIX", message(N_("The prefix is too long.")))
    if not 1 <= draft.digits <= MOST_DIGITS:
        raise wrong("DIGITS", message(N_("A number has between 1 and 12 digits.")))
    if draft.next_number is not None and draft.next_number < 1:
        raise wrong("NEXT", message(N_("Numbers begin at 1.")))


def _refuse_given(session: Session, number: str) -> None:
    for model in (Ticket, Task):
        if session.scalar(select(model.id).where(model.number == number).limit(1)) is not None:
            raise wrong("NEXT", message(N_("The number {number} was given out already."), number=number))


@writes
def delete_numerator(session: Session, row_id: int, version: int) -> None:
    """Remove a numerator no type uses; the numbers it gave out stay."""
    require(session, Permission.ADMINISTER)
    numerator = seen(session, Numerator, row_id, version)
    refuse_used(session, TicketType, TicketType.numerator_id == row_id)
    refuse_used(session, ActivityType, ActivityType.numerator_id == row_id)
    session.delete(numerator)
    session.flush()
    tell(session, "numerators", row_id)
