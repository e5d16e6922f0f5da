"""The filters over the list of tickets: one chip for each in force, and small menus to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from app.domain.tickets.names import PRIORITIES, status_name
from app.domain.tickets.order import TicketFilter
from app.domain.words import N_
from app.i18n import _, format_date, say
from app.services.tickets.lists import Lists
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.tickets.model import in_words
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.styled import styled

__all__ = ["ChoiceList", "Filters"]

OPEN = -1
"""Stands for all open states among the choices of the state."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A filter: its field, its name, and whether its choices need a search line."""

    field: str
    name: str
    is_long: bool = False
    is_switch: bool = False


_KINDS = (
    _Kind("status_id", N_("State")),
    _Kind("handler_id", N_("Handler"), is_long=True),
    _Kind("type_id", N_("Type"), is_long=True),
    _Kind("priority", N_("Priority")),
    _Kind("subtype_id", N_("Sub-type"), is_long=True),
    _Kind("responsible_id", N_("Responsible"), is_long=True),
    _Kind("product_group_id", N_("Product group"), is_long=True),
    _Kind("product_id", N_("Product"), is_long=True),
    _Kind("project_id", N_("Project"), is_long=True),
    _Kind("is_mine", N_("My tickets"), is_switch=True),
    _Kind("is_overdue", N_("Overdue"), is_switch=True),
)
_OPENED = "opened_from"


class Filters(ChipBar):
    """The chips. Signal: `changed()` when the person has chosen or taken off a filter."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = TicketFilter(open_only=True)
        self._customer = ""
        self._lists: Lists | None = None
        self.popup: ChoiceList | None = None
        self.removed.connect(self._remove)
        self.opened.connect(self._open)
        self.add_requested.connect(self._offer_kinds)
        self._texts = Texts(self)
        self._texts.redo(self._show, key="chips")

    def value(self) -> TicketFilter:
        """The filters in force, without the text of the search."""
        return self._value

    def set_value(self, wanted: TicketFilter, customer: str = "") -> None:
        """Put these in force and tell so; `customer` names the customer whose tickets are wanted."""
        self._customer = customer or self._customer
        if wanted != self._value:
            self._value = wanted
            self._show()
            self.changed.emit()

    def offer(self, lists: Lists) -> None:
        """Choose from these."""
        self._lists = lists
        self._show()

    def _show(self) -> None:
        chips = [Chip(kind.field, _(kind.name), named) for kind in _KINDS if (named := self._named(kind.field))]
        empty = next((kind for kind in _KINDS if kind.field == self._value.empty), None)
        if empty is not None:
            chips.append(Chip("empty", _(empty.name), _("none")))
        if self._value.moments():
            chips.append(Chip(_OPENED, _("Opened"), self._opened()))
        if self._value.customer_id is not None:
            chips.append(Chip("customer_id", _("Customer"), isolate(self._customer)))
        self.show_chips(chips)

    def _named(self, field: str) -> str:
        if field == "status_id" and self._value.open_only:
            return _("All open")
        value = getattr(self._value, field)
        if isinstance(value, bool):
            return _("yes") if value else ""
        return "" if value is None else dict(self.choices(field)).get(value, "…")

    def _opened(self) -> str:
        zone = ZoneInfo(self._lists.time_zone) if self._lists else UTC
        start, end = self._value.opened_from, self._value.opened_before
        first = "" if start is None else format_date(start.astimezone(zone).date(), "short")
        last = "" if end is None else format_date((end - timedelta(seconds=1)).astimezone(zone).date(), "short")
        return isolate(f"{first} – {last}")

    def choices(self, field: str) -> Sequence[tuple[int, str]]:
        """What a filter can be set to."""
        if field == "priority":
            return [(number, say(name)) for number, name in PRIORITIES.items()]
        if self._lists is None:
            return []
        if field == "status_id":
            named = [(each.id, in_words(status_name(each.code, each.name))) for each in self._lists.statuses]
            return [(OPEN, _("All open")), *named]
        listed: Sequence[Any] = {
            "handler_id": self._lists.people,
            "responsible_id": self._lists.people,
            "type_id": self._lists.types,
            "subtype_id": self._subtypes(self._lists),
            "product_group_id": self._lists.product_groups,
            "product_id": self._lists.products,
            "project_id": [each for each in self._lists.projects if each.parent_id is None],
        }.get(field, ())
        return [(each.id, isolate(each.name)) for each in listed]

    def _subtypes(self, lists: Lists) -> Sequence[Any]:
        of = self._value.type_id
        return [each for each in lists.subtypes if of is None or each.type_id == of]

    @Slot(str)
    def _remove(self, field: str) -> None:
        self.set_value(self._with(field, None))

    def _with(self, field: str, value: int | None) -> TicketFilter:
        if field in {"is_mine", "is_overdue"}:
            switched: dict[str, Any] = {field: value is not None}
            return replace(self._value, **switched)
        if field == _OPENED:
            return replace(self._value, opened_from=None, opened_before=None)
        if field == "empty":
            return replace(self._value, empty="")
        if field == "status_id":
            return replace(self._value, status_id=None if value == OPEN else value, open_only=value == OPEN)
        changed: dict[str, Any] = {field: value}
        return replace(self._value, **changed)

    @Slot(str)
    def _open(self, field: str) -> None:
        self._choose(field, QCursor.pos())

    @Slot()
    def _offer_kinds(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = self.add_button.mapToGlobal(QPoint(0, self.add_button.height()))
        for kind in _KINDS:
            menu.addAction(_(kind.name), partial(self._choose, kind.field, place))
        menu.popup(place)

    def _choose(self, field: str, place: QPoint) -> None:
        kind = next((kind for kind in _KINDS if kind.field == field), None)
        if kind is None:
            return
        if kind.is_switch:
            self._take(field, 1)
            return
        popup = ChoiceList(self.choices(field), self, has_search=kind.is_long, name=kind.name)
        popup.chosen.connect(partial(self._take, field))
        self.popup = popup
        popup.open_at(place)

    def _take(self, field: str, value: int) -> None:
        self.set_value(self._with(field, value))


class ChoiceList(QWidget):
    """A small list to choose one thing from, with a line to narrow it where it is long. Signal: `chosen(id)`."""

    chosen = Signal(int)

    def __init__(self, choices: Sequence[tuple[int, str]], parent: QWidget, *, has_search: bool, name: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        styled(self, "floating")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(6)] * 4)
        self.search = QLineEdit()
        texts = Texts(self)
        texts.bind(self.search.setPlaceholderText, N_("Type to search"))
        self.search.textChanged.connect(self._narrow)
        column.addWidget(self.search)
        if not has_search:
            self.search.hide()
        self.list = QListWidget()
        texts.bind(self.list.setAccessibleName, name)
        for number, text in choices:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        column.addWidget(self.list)
        rows = min(12, max(2, len(choices)))
        self.list.setFixedHeight(rows * theme.row_height() + theme.scale(6))
        self.setFixedWidth(theme.scale(240))
        self.setFocusProxy(self.search if has_search else self.list)

    def open_at(self, place: QPoint) -> None:
        """Show at a place on the screen."""
        self.adjustSize()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            place = place - QPoint(self.width(), 0)
        self.move(place)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the marked one, arrows walk even while one types, Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentItem() is not None:
            self._take(self.list.currentItem())
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            visible = [row for row in range(self.list.count()) if not self.list.item(row).isHidden()]
            here = visible.index(self.list.currentRow()) if self.list.currentRow() in visible else -1
            if visible:
                self.list.setCurrentRow(visible[max(0, min(len(visible) - 1, here + step))])
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _narrow(self, typed: str) -> None:
        words = typed.casefold()
        rows = range(self.list.count())
        for row in rows:
            self.list.item(row).setHidden(words not in self.list.item(row).text().casefold())
        first = next((row for row in rows if not self.list.item(row).isHidden()), -1)
        self.list.setCurrentRow(first)

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        number = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        self.chosen.emit(number)
