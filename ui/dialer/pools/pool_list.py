"""The pools of a campaign as a list that is put in order by drag or by keys."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from app.domain.words import N_
from app.i18n import _, _n, format_number
from app.services.dialer.pools import PoolRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts

__all__ = ["PoolList", "who_works"]

_ID = Qt.ItemDataRole.UserRole
_HEADERS = (N_("Pool"), N_("Who works on it"), N_("Callable"), N_("Waiting"), N_("Blocked"), N_("Finished"))
_WIDTHS = (260, 240, 100, 100, 100, 100)
_FIRST_COUNT = 2


def _side(column: int) -> Qt.AlignmentFlag:
    """Names begin at the start, counts end under each other."""
    return Qt.AlignmentFlag.AlignVCenter | (
        Qt.AlignmentFlag.AlignTrailing if column >= _FIRST_COUNT else Qt.AlignmentFlag.AlignLeading
    )


def who_works(row: PoolRow) -> str:
    """Whose pool it is, in the reader's words."""
    if row.user_id is not None:
        return _("Only {name}", name=row.owner or "")
    if row.is_for_all:
        return _("Everybody")
    return _n("{count} agent", "{count} agents", len(row.given))


class PoolList(QTreeWidget):
    """Signals: `ordered(ids)` after a drag; `opened(id)` on Enter or double click."""

    ordered = Signal(object)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._rows: tuple[PoolRow, ...] = ()
        self._texts = Texts(self)
        self._texts.bind(self.setAccessibleName, N_("Pools"))
        self._texts.redo(self._speak)
        self.header().setStretchLastSection(False)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, theme.scale(width))
        self.itemActivated.connect(self._open)

    def show_rows(self, rows: Sequence[PoolRow]) -> None:
        """Show these pools; the one that is chosen stays chosen."""
        chosen = self.chosen()
        self._rows = tuple(rows)
        with QSignalBlocker(self):
            self.clear()
            for row in self._rows:
                item = QTreeWidgetItem(self)
                item.setData(0, _ID, row.id)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
                item.setSizeHint(0, QSize(0, theme.row_height()))
                item.setIcon(0, icons.icon("user" if row.user_id is not None else "people"))
                if chosen == row.id:
                    self.setCurrentItem(item)
            first = self.topLevelItem(0)
            if self.currentItem() is None and first is not None:
                self.setCurrentItem(first)
        self._fill()

    def _fill(self) -> None:
        for place, row in enumerate(self._rows):
            item = self.topLevelItem(place)
            if item is None:
                continue
            counts = (row.callable, row.waiting, row.blocked, row.done)
            texts = (isolate(row.name), isolate(who_works(row)), *map(format_number, counts))
            for column, text in enumerate(texts):
                item.setText(column, text)
                item.setTextAlignment(column, _side(column))

    def _speak(self) -> None:
        self.setHeaderLabels([_(header) for header in _HEADERS])
        for column in range(len(_HEADERS)):
            self.headerItem().setTextAlignment(column, _side(column))
        self._fill()

    def chosen(self) -> int | None:
        """The pool that is chosen."""
        item = self.currentItem()
        return None if item is None else int(item.data(0, _ID))

    def order(self) -> list[int]:
        """The pools in the order they stand in now."""
        items = (self.topLevelItem(place) for place in range(self.topLevelItemCount()))
        return [int(item.data(0, _ID)) for item in items if item is not None]

    def moved(self, step: int) -> list[int] | None:
        """The order with the chosen pool one place further up or down; None where there is no such place."""
        chosen, order = self.chosen(), self.order()
        if chosen is None:
            return None
        place = order.index(chosen)
        if not 0 <= place + step < len(order):
            return None
        order.insert(place + step, order.pop(place))
        return order

    def dropEvent(self, event: QDropEvent) -> None:
        """A pool was put down somewhere else."""
        before = self.order()
        super().dropEvent(event)
        if self.order() != before:
            self.ordered.emit(self.order())

    def _open(self, item: QTreeWidgetItem) -> None:
        self.opened.emit(int(item.data(0, _ID)))
