"""Reasons for a pause: why an agent is away from the dial desk for a while."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.dialer.attempts import DeskSpan
from app.models.dialer.telephones import PauseReason
from app.services.context import reads, require, writes
from app.services.saving import cleaned, moved, refuse_double, seen, tell, wrong


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A reason; a built-in one has a code and is shown from the catalogue until it gets a name."""

    id: int
    version: int
    code: str | None
    name: str | None
    position: int
    is_active: bool


@reads
def list_pauses(session: Session) -> tuple[PauseRow, ...]:
    """Every reason in its order, those out of use too."""
    return tuple(_row(each) for each in session.scalars(_ordered()))


@reads
def offered_pauses(session: Session) -> tuple[PauseRow, ...]:
    """The reasons an agent chooses from, in their order."""
    return tuple(_row(each) for each in session.scalars(_ordered().where(PauseReason.is_active)))


@writes
def save_pause(
    session: Session, name: str | None, *, is_active: bool = True, row_id: int | None = None, version: int = 0
) -> PauseRow:
    """Add a reason at the end, or change the one that was seen in this version."""
    require(session, Permission.RUN_CAMPAIGNS)
    name = " ".join((name or "").split()) or None
    if row_id is None:
        last = session.scalar(select(func.max(PauseReason.position)))
        kept = PauseReason(position=(last if last is not None else -1) + 1)
    else:
        kept = seen(session, PauseReason, row_id, version)
    if name is None and not kept.code:
        cleaned("")
    if name is not None:
        refuse_double(session, PauseReason.name, name, row_id)
    if row_id is not None and kept.is_active and not is_active:
        _refuse_last(session, kept)
    kept.name, kept.is_active = name, is_active
    session.add(kept)
    session.flush()
    tell(session, "pause_reasons", kept.id)
    return _row(kept)


@writes
def move_pause(session: Session, row_id: int, *, up: bool) -> None:
    """Put a reason one place earlier or later."""
    require(session, Permission.RUN_CAMPAIGNS)
    moved(session, PauseReason, row_id, up=up)


@writes
def delete_pause(session: Session, row_id: int, version: int) -> None:
    """Remove a reason of the company's own that nobody ever gave; others are taken out of use."""
    require(session, Permission.RUN_CAMPAIGNS)
    kept = seen(session, PauseReason, row_id, version)
    if kept.code:
        raise wrong("BUILT_IN", message(N_("This reason is built in: it can be renamed or taken out of use.")))
    if session.scalar(select(DeskSpan.id).where(DeskSpan.pause_reason_id == row_id).limit(1)) is not None:
        raise Refused(
            "USED",
            message(N_("Pauses were taken for this reason.")),
            message(N_("Nothing was changed. Take it out of use instead.")),
        )
    if kept.is_active:
        _refuse_last(session, kept)
    session.delete(kept)
    session.flush()
    tell(session, "pause_reasons", row_id)


def _ordered() -> Select[PauseReason]:
    return select(PauseReason).order_by(PauseReason.position, PauseReason.id)


def _row(found: PauseReason) -> PauseRow:
    return PauseRow(found.id, found.version, found.code, found.name, found.position, found.is_active)


def _refuse_last(session: Session, kept: PauseReason) -> None:
    others = select(func.count()).where(PauseReason.is_active, PauseReason.id != kept.id)
    if not session.scalar(others):
        raise wrong("LAST", message(N_("At least one reason stays in use.")))
