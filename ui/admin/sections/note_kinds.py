"""Note kinds, and which of them are alerts."""

from collections.abc import Mapping
from typing import Any

from app.domain.tickets.names import note_kind_name
from app.domain.words import N_
from app.i18n import _
from app.services.tickets.note_kinds import (
    NoteKindDraft,
    NoteKindRow,
    delete_note_kind,
    list_note_kinds,
    save_note_kind,
)
from ui.admin.more_parts import BuiltInNamePart
from ui.admin.parts import Part, TickPart
from ui.admin.section import Call, Column, Entry, Section, Values, deletion, in_words

__all__ = ["NOTE_KINDS"]


def _values(kind: NoteKindRow | None) -> dict[str, Any]:
    return {"name": (kind.name or "") if kind else "", "alert": kind.is_alert if kind else False}


def _save(values: Values, kind: NoteKindRow | None) -> Call:
    known = {"row_id": kind.id, "version": kind.version} if kind else {}
    return Call(save_note_kind, NoteKindDraft(values["name"] or None, values["alert"]), **known)


def _adapt(parts: Mapping[str, Part], kind: NoteKindRow | None, key: str) -> None:
    name = parts["name"]
    if key == "name" and isinstance(name, BuiltInNamePart):
        name.stand_in(note_kind_name(kind.code, None) if kind else "")
    parts["alert"].widget.setEnabled(kind is None or kind.code is None)


def _title(kind: NoteKindRow) -> str:
    return in_words(note_kind_name(kind.code, kind.name))


NOTE_KINDS: Section[NoteKindRow] = Section(
    key="note_kinds",
    text=N_("Note kinds"),
    icon="note",
    about=N_("The kinds of notes people write. An alert rings a bell beside the customer's name."),
    tables=frozenset({"note_kinds"}),
    read=list_note_kinds,
    values=_values,
    title=_title,
    columns=(
        Column(N_("Name"), _title, 240, sort=_title),
        Column(N_("Alert"), lambda kind: _("Yes") if kind.is_alert else "", 90),
    ),
    entries=(
        Entry("name", N_("Name"), BuiltInNamePart, codes=frozenset({"NAME", "TAKEN"})),
        Entry(
            "alert",
            N_("Alert"),
            TickPart,
            hint=N_("It stands beside the customer's name everywhere until somebody dismisses it."),
            codes=frozenset({"BUILT_IN"}),
        ),
    ),
    save=_save,
    new=N_("New note kind"),
    adapt=_adapt,
    acts=(deletion(delete_note_kind, can=lambda kind: kind.code is None),),
)
"""What notes people write."""
