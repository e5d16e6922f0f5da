"""Absences: one person's time away, which turns his presences grey and nobody else's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Conflict, NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import User
from app.models.planner import Absence
from app.services.context import announce, reads, require, writes
from app.services.planner.refusals import UNCHANGED
from app.services.tickets.advancing import reroute


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence in the list."""

    id: int
    version: int
    user_id: int
    user: str
    starts_at: datetime
    ends_at: datetime
    reason: str


_ABSENCES = select(
    Absence.id, Absence.version, Absence.user_id, User.name, Absence.starts_at, Absence.ends_at, Absence.reason
).join(User, User.id == Absence.user_id)


@reads
def absences(
    session: Session, start: datetime, end: datetime, user_ids: Collection[int] | None = None
) -> tuple[AbsenceRow, ...]:
    """The absences that lie in a time, of these people or all, by start."""
    within = _ABSENCES.where(Absence.starts_at < end, Absence.ends_at > start)
    found = within.order_by(Absence.starts_at, User.name, Absence.id)
    if user_ids is not None:
        found = found.where(Absence.user_id.in_(list(user_ids)))
    return tuple(AbsenceRow(*row) for row in session.execute(found))


@reads
def absence(session: Session, absence_id: int) -> AbsenceRow:
    """One absence, as it stands now."""
    found = session.execute(_ABSENCES.where(Absence.id == absence_id)).first()
    if found is None:
        raise _gone()
    return AbsenceRow(*found)


@writes
def add_absences(
    session: Session, user_ids: Collection[int], start: datetime, end: datetime, reason: str = ""
) -> tuple[int, ...]:
    """The same absence for each of these people; visits already there stay and are flagged."""
    require(session, Permission.PLAN)
    _refuse_wrong(start, end)
    added = [Absence(user_id=each, starts_at=start, ends_at=end, reason=reason.strip()) for each in user_ids]
    session.add_all(added)
    session.flush()
    ids = tuple(absence.id for absence in added)
    announce(session, RowsChanged("absences", frozenset(ids)))
    return ids


@writes
def change_absence(session: Session, absence_id: int, version: int, start: datetime, end: datetime, reason: str) -> int:
    """Give an absence other times or another reason; the answer is its new version."""
    require(session, Permission.PLAN)
    _refuse_wrong(start, end)
    absence = _absence(session, absence_id, version)
    absence.starts_at, absence.ends_at, absence.reason = start, end, reason.strip()
    session.flush()
    reroute(session)
    announce(session, RowsChanged("absences", frozenset({absence_id})))
    return absence.version


@writes
def remove_absence(session: Session, absence_id: int, version: int) -> None:
    """Take an absence away; the presences beneath are white again, and what waited for him may be his."""
    require(session, Permission.PLAN)
    session.delete(_absence(session, absence_id, version))
    session.flush()
    reroute(session)
    announce(session, RowsChanged("absences", frozenset({absence_id})))


def _refuse_wrong(start: datetime, end: datetime) -> None:
    if end <= start:
        raise Refused("LENGTH", message(N_("An absence ends after it starts.")), UNCHANGED)


def _absence(session: Session, absence_id: int, version: int) -> Absence:
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise _gone()
    if absence.version != version:
        raise Conflict(
            message(N_("Somebody changed this absence in the meantime.")),
            message(N_("Nothing was changed. Look at the absence, then try again.")),
        )
    return absence


def _gone() -> NotFound:
    return NotFound(message(N_("This absence is no longer there.")), UNCHANGED)
