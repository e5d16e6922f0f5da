"""Activity states: how far a piece of work is, with the colour of its stripe on the planner."""

from collections.abc import Mapping
from typing import Any

from app.domain.processes import STATE_COLOURS, state_name
from app.domain.words import N_
from app.i18n import _
from app.services.processes.rows import StateDraft, StateRow
from app.services.processes.states import delete_state, list_states, move_state, save_state
from ui.admin.more_parts import BuiltInNamePart
from ui.admin.parts import ColourPart, Part, TickPart
from ui.admin.section import Act, Call, Column, Entry, Section, Values, deletion, in_words
from ui.kit.theme import Category
from ui.widgets.swatch import swatch_icon

__all__ = ["ACTIVITY_STATES"]

_NAMES = (
    N_("Grey"), N_("Blue"), N_("Sea blue"), N_("Teal"), N_("Green"), N_("Brown"), N_("Red"), N_("Purple"),
)  # fmt: skip
_COLOURS = tuple(Category(fill, name) for fill, name in zip(STATE_COLOURS, _NAMES, strict=True))


def _values(state: StateRow | None) -> dict[str, Any]:
    if state is None:
        return {"name": "", "colour": STATE_COLOURS[0], "waiting": False, "final": False}
    return {"name": state.name or "", "colour": state.colour, "waiting": state.is_waiting, "final": state.is_final}


def _save(values: Values, state: StateRow | None) -> Call:
    draft = StateDraft(values["name"] or None, values["colour"], values["final"], values["waiting"])
    known = {"row_id": state.id, "version": state.version} if state else {}
    return Call(save_state, draft, **known)


def _stand_in(parts: Mapping[str, Part], state: StateRow | None, key: str) -> None:
    name = parts["name"]
    if key == "name" and isinstance(name, BuiltInNamePart):
        name.stand_in(state_name(state.code, None) if state else "")


def _title(state: StateRow) -> str:
    return in_words(state_name(state.code, state.name))


def _move(key: str, text: str, icon: str, *, up: bool) -> Act[StateRow]:
    return Act(key, lambda state: text, icon, lambda state: Call(move_state, state.id, up=up), only_icon=True)


ACTIVITY_STATES: Section[StateRow] = Section(
    key="activity_states",
    text=N_("Activity states"),
    icon="process",
    about=N_("How far a piece of work is. Each has a colour that tells it apart on the planner."),
    tables=frozenset({"activity_states"}),
    read=list_states,
    values=_values,
    title=_title,
    columns=(
        Column(N_("Name"), _title, 240, icon=lambda state: swatch_icon(state.colour), sort=_title),
        Column(N_("Waits"), lambda state: _("Yes") if state.is_waiting else "", 90),
        Column(N_("Ends the work"), lambda state: _("Yes") if state.is_final else "", 145),
    ),
    entries=(
        Entry("name", N_("Name"), BuiltInNamePart, codes=frozenset({"NAME", "TAKEN"})),
        Entry(
            "colour",
            N_("Colour"),
            lambda: ColourPart(_COLOURS),
            hint=N_("The stripe at the edge of a bar; its fill shows the activity type."),
            codes=frozenset({"COLOUR"}),
        ),
        Entry(
            "waiting",
            N_("Waits for somebody else"),
            TickPart,
            hint=N_("Others have to act first. Whether such work counts when tasks are handed over is a setting."),
            codes=frozenset({"WAITS"}),
        ),
        Entry("final", N_("Ends the work"), TickPart, hint=N_("Work in this state is done.")),
    ),
    save=_save,
    new=N_("New state"),
    adapt=_stand_in,
    acts=(
        _move("up", N_("Move up"), "sort-up", up=True),
        _move("down", N_("Move down"), "sort-down", up=False),
        deletion(delete_state, can=lambda state: state.code is None),
    ),
)
"""How far work is."""
