"""Reasons for a pause at the dial desk."""

from collections.abc import Mapping
from typing import Any

from app.domain.dialer.pauses import pause_name
from app.domain.words import N_
from app.i18n import _
from app.services.dialer.pauses import PauseRow, delete_pause, list_pauses, move_pause, save_pause
from ui.admin.more_parts import BuiltInNamePart
from ui.admin.parts import Part, TickPart
from ui.admin.section import Act, Call, Column, Entry, Section, Values, deletion, in_words

__all__ = ["PAUSES"]


def _values(reason: PauseRow | None) -> dict[str, Any]:
    return {"name": (reason.name or "") if reason else "", "is_active": reason.is_active if reason else True}


def _save(values: Values, reason: PauseRow | None) -> Call:
    known = {"row_id": reason.id, "version": reason.version} if reason else {}
    return Call(save_pause, values["name"] or None, is_active=values["is_active"], **known)


def _adapt(parts: Mapping[str, Part], reason: PauseRow | None, key: str) -> None:
    name = parts["name"]
    if key == "name" and isinstance(name, BuiltInNamePart):
        name.stand_in(pause_name(reason.code, None) if reason else "")


def _title(reason: PauseRow) -> str:
    return in_words(pause_name(reason.code, reason.name))


def _move(key: str, text: str, icon: str, *, up: bool) -> Act[PauseRow]:
    return Act(key, lambda reason: text, icon, lambda reason: Call(move_pause, reason.id, up=up), only_icon=True)


PAUSES: Section[PauseRow] = Section(
    key="pause_reasons",
    text=N_("Reasons for a pause"),
    icon="pause",
    about=N_("Why agents leave the dial desk for a while, in the order in which they are offered."),
    tables=frozenset({"pause_reasons"}),
    read=list_pauses,
    values=_values,
    title=_title,
    columns=(
        Column(N_("Name"), _title, 240, sort=_title),
        Column(N_("In use"), lambda reason: _("Yes") if reason.is_active else "", 90),
    ),
    entries=(
        Entry("name", N_("Name"), BuiltInNamePart, codes=frozenset({"NAME", "TAKEN"})),
        Entry(
            "is_active", N_("In use"), TickPart, hint=N_("Agents choose from those in use."), codes=frozenset({"LAST"})
        ),
    ),
    save=_save,
    new=N_("New reason"),
    is_muted=lambda reason: not reason.is_active,
    adapt=_adapt,
    acts=(
        _move("up", N_("Move up"), "sort-up", up=True),
        _move("down", N_("Move down"), "sort-down", up=False),
        deletion(delete_pause, can=lambda reason: reason.code is None),
    ),
)
"""Why agents pause."""
