"""The filters over the list of tasks: whose they are, and a chip for everything else in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from app.domain.words import N_
from app.i18n import _
from app.services.tickets.task_rows import Scope, TaskFilter, TaskLists
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.tickets.filters import ChoiceList
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.styled import styled

__all__ = ["ScopeBar", "TaskFilters"]

_SCOPES = {Scope.MINE: N_("My tasks"), Scope.GROUPS: N_("My groups"), Scope.ALL: N_("All tasks")}
_OPEN, _CLOSED, _EITHER = 1, 2, 3
_STATES = {_OPEN: N_("Open tasks"), _CLOSED: N_("Closed tasks"), _EITHER: N_("Open and closed")}
_IS_OPEN = {_OPEN: True, _CLOSED: False, _EITHER: None}


@dataclass(frozen=True, slots=True)
class _Kind:
    """A filter: its field, its name, and whether its choices need a search line."""

    field: str
    name: str
    is_long: bool = False


_KINDS = (
    _Kind("is_open", N_("State")),
    _Kind("process_id", N_("Process")),
    _Kind("stage_id", N_("Stage"), is_long=True),
    _Kind("handler_id", N_("Handler"), is_long=True),
    _Kind("is_overdue", N_("Due")),
)


class ScopeBar(QWidget):
    """Mine, my groups' or all. Signal: `changed(Scope)`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(4))
        self._group = QButtonGroup(self)
        self.buttons: dict[Scope, QToolButton] = {}
        for scope, text in _SCOPES.items():
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            Texts(button).bind(button.setText, text)
            button.clicked.connect(partial(self._tell, scope))
            self._group.addButton(button)
            self.buttons[scope] = button
            row.addWidget(button)
        self.buttons[Scope.MINE].setChecked(True)

    def set_value(self, scope: Scope) -> None:
        """Mark this one without telling."""
        self.buttons[scope].setChecked(True)

    def _tell(self, scope: Scope) -> None:
        self.changed.emit(scope)


class TaskFilters(ChipBar):
    """The chips. Signal: `changed()` when the person has chosen or taken off a filter."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = TaskFilter()
        self._lists: TaskLists | None = None
        self.popup: ChoiceList | None = None
        self.removed.connect(self._remove)
        self.opened.connect(self._open)
        self.add_requested.connect(self._offer_kinds)
        self._texts = Texts(self)
        self._texts.redo(self._show, key="chips")

    def value(self) -> TaskFilter:
        """The filters in force, without the text of the search."""
        return self._value

    def set_value(self, wanted: TaskFilter) -> None:
        """Put these in force and tell so."""
        if wanted != self._value:
            self._value = wanted
            self._show()
            self.changed.emit()

    def offer(self, lists: TaskLists) -> None:
        """Choose from these."""
        self._lists = lists
        self._show()

    def choices(self, field: str) -> Sequence[tuple[int, str]]:
        """What a filter can be set to."""
        if field == "is_open":
            return [(number, _(text)) for number, text in _STATES.items()]
        if field == "is_overdue":
            return [(1, _("Overdue"))]
        lists = self._lists
        if lists is None:
            return []
        if field == "process_id":
            return [(each.id, isolate(each.name)) for each in lists.processes]
        if field == "handler_id":
            return [(each.id, isolate(each.name)) for each in lists.people]
        names = {each.id: each.name for each in lists.processes}
        wanted = self._value.process_id
        found = [each for each in lists.stages if wanted is None or each.of == wanted]
        return [(each.id, isolate(f"{names.get(each.of or 0, '')} › {each.name}")) for each in found]

    def _show(self) -> None:
        chips = [Chip(kind.field, _(kind.name), named) for kind in _KINDS if (named := self._named(kind.field))]
        self.show_chips(chips)

    def _named(self, field: str) -> str:
        if field == "is_open":
            now = next(number for number, value in _IS_OPEN.items() if value is self._value.is_open)
            return "" if now == _EITHER else _(_STATES[now])
        value = getattr(self._value, field)
        if field == "is_overdue":
            return _("Overdue") if value else ""
        return "" if value is None else dict(self.choices(field)).get(value, "…")

    @Slot(str)
    def _remove(self, field: str) -> None:
        if field == "is_overdue":
            self.set_value(replace(self._value, is_overdue=False))
            return
        changed: dict[str, Any] = {field: None}
        self.set_value(replace(self._value, **changed))

    @Slot(str)
    def _open(self, field: str) -> None:
        self._choose(field, QCursor.pos())

    @Slot()
    def _offer_kinds(self) -> None:
        menu = QMenu(self)
        place = self.add_button.mapToGlobal(QPoint(0, self.add_button.height()))
        for kind in _KINDS:
            menu.addAction(_(kind.name), partial(self._choose, kind.field, place))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _choose(self, field: str, place: QPoint) -> None:
        kind = next(kind for kind in _KINDS if kind.field == field)
        popup = ChoiceList(self.choices(field), self, has_search=kind.is_long, name=kind.name)
        popup.chosen.connect(partial(self._take, field))
        self.popup = popup
        popup.open_at(place)

    def _take(self, field: str, value: int) -> None:
        changed: dict[str, Any] = {field: value}
        if field == "is_open":
            changed = {"is_open": _IS_OPEN[value]}
        elif field == "is_overdue":
            changed = {"is_overdue": True}
        elif field == "process_id":
            changed["stage_id"] = None
        self.set_value(replace(self._value, **changed))
