"""Note kinds: an alert rings a bell wherever its customer appears."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.models.tickets import Note, NoteKind
from app.services.context import reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell, wrong


@dataclass(frozen=True, slots=True)
class NoteKindRow:
    """A kind of note; a built-in one has a code and is shown from the catalogue until it gets a name."""

    id: int
    version: int
    code: str | None
    name: str | None
    is_alert: bool
    position: int


@dataclass(frozen=True, slots=True)
class NoteKindDraft:
    """What an administrator says about a kind of note."""

    name: str | None
    is_alert: bool = False


@reads
def list_note_kinds(session: Session) -> tuple[NoteKindRow, ...]:
    """Every kind in its order."""
    asked = select(NoteKind).order_by(NoteKind.position, NoteKind.id)
    return tuple(_row(kind) for kind in session.scalars(asked))


def _row(kind: NoteKind) -> NoteKindRow:
    return NoteKindRow(kind.id, kind.version, kind.code, kind.name, kind.is_alert, kind.position)


@writes
def save_note_kind(
    session: Session, draft: NoteKindDraft, *, row_id: int | None = None, version: int = 0
) -> NoteKindRow:
    """Add a kind at the end, or change the one that was seen; notes that were written stay what they were."""
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name) if draft.name is not None else None
    if name is not None:
        refuse_double(session, NoteKind.name, name, row_id)
    if row_id is None:
        last = session.scalar(select(func.max(NoteKind.position)))
        kind = NoteKind(position=(last or 0) + 1)
        session.add(kind)
    else:
        kind = seen(session, NoteKind, row_id, version)
    if kind.code and kind.is_alert != draft.is_alert:
        raise wrong("BUILT_IN", message(N_("This kind is built in: it can be renamed and nothing else.")))
    kind.name = name if kind.code else cleaned(name or "")
    kind.is_alert = draft.is_alert
    session.flush()
    tell(session, "note_kinds", kind.id)
    return _row(kind)


@writes
def delete_note_kind(session: Session, row_id: int, version: int) -> None:
    """Remove a kind of the company's own that no note has; built-in ones stay."""
    require(session, Permission.ADMINISTER)
    kind = seen(session, NoteKind, row_id, version)
    if kind.code:
        raise wrong("BUILT_IN", message(N_("This kind is built in: it can be renamed and nothing else.")))
    if count := session.scalar(select(func.count()).where(Note.kind_id == row_id)):
        raise Refused(
            "USED",
            counted("{count} note is of this kind.", "{count} notes are of this kind.", count),
            message(N_("Nothing was changed.")),
        )
    session.delete(kind)
    session.flush()
    tell(session, "note_kinds", row_id)
