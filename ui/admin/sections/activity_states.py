"""Activity states: how far a piece of work is, with the colour of its stripe on the planner."""

from collections.abc import Mapping
from typing import Any

from app.domain.processes import STATE_COLOURS, state_name
from app.domain.words import N_, Message
from app.i18n import _
from app.services.processes.rows import StateDraft, StateRow
from app.services.processes.states import delete_state, list_states, move_state, save_state
from ui.admin.parts import ColourPart, Part, TextPart, TickPart
from ui.admin.section import Act, Call, Column, Entry, Section, Values, deletion, in_words
from ui.kit.theme import Category
from ui.kit.translate import Texts
from ui.widgets.swatch import swatch_icon

__all__ = ["ACTIVITY_STATES"]

_NAMES = (
    N_("Grey"), N_("Blue"), N_("Sea blue"), N_("Teal"), N_("Green"), N_("Brown"), N_("Red"), N_("Purple"),
)  # fmt: skip
_COLOURS = tuple(Category(fill, name) for fill, name in zip(STATE_COLOURS, _NAMES, strict=True))


class _NamePart(TextPart):
    """The name of a state; a built-in one shows its own until it gets another."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = Texts(self.line)

    def stand_in(self, built_in: str | Message) -> None:
        """What is shown while there is no name."""
        self._texts.redo(lambda: self.line.setPlaceholderText(in_words(built_in)), key="built in")


def _values(state: StateRow | None) -> dict[str, Any]:
    if state is None:
        return {"name": "", "colour": STATE_COLOURS[0], "final": False}
    return {"name": state.name or "", "colour": state.colour, "final": state.is_final}


def _save(values: Values, state: StateRow | None) -> Call:
    draft = StateDraft(values["name"] or None, values["colour"], values["final"])
    known = {"row_id": state.id, "version": state.version} if state else {}
    return Call(save_state, draft, **known)


def _stand_in(parts: Mapping[str, Part], state: StateRow | None, key: str) -> None:
    name = parts["name"]
    if key == "name" and isinstance(name, _NamePart):
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
        Column(N_("Ends the work"), lambda state: _("Yes") if state.is_final else "", 120),
    ),
    entries=(
        Entry("name", N_("Name"), _NamePart, codes=frozenset({"NAME", "TAKEN"})),
        Entry(
            "colour",
            N_("Colour"),
            lambda: ColourPart(_COLOURS),
            hint=N_("The stripe at the edge of a bar; its fill shows the activity type."),
            codes=frozenset({"COLOUR"}),
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
