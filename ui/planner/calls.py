"""The lower list: calls to plan as a Qt model over frozen rows, and the view they are dragged from."""

from collections.abc import Callable, Sequence
from datetime import date, tzinfo
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from app.i18n import _, format_date, format_duration
from app.services.planner.rows import WaitingRow
from app.services.planner.waiting import WaitingSort
from ui.kit import icons, theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.planner.canvas.drops import Carried
from ui.planner.model import carried_call
from ui.widgets.swatch import swatch_icon
from ui.widgets.table import TableView

__all__ = ["CallsModel", "CallsView", "Column"]

Index = QModelIndex | QPersistentModelIndex

PRIORITIES = (N_("Urgent"), N_("High"), N_("Medium"), N_("Low"))


class Column(IntEnum):
    """The columns from the first to the last."""

    DUE = 0
    CUSTOMER = 1
    SUBJECT = 2
    TYPE = 3
    SITE = 4
    MINUTES = 5
    PRIORITY = 6
    ADDRESS = 7


_HEADERS = {
    Column.DUE: N_("Due"),
    Column.CUSTOMER: N_("Customer"),
    Column.SUBJECT: N_("Subject"),
    Column.TYPE: N_("Type"),
    Column.SITE: N_("Site"),
    Column.MINUTES: N_("Length"),
    Column.PRIORITY: N_("Priority"),
    Column.ADDRESS: N_("Address"),
}
SORTS = {
    Column.DUE: WaitingSort.DUE,
    Column.CUSTOMER: WaitingSort.CUSTOMER,
    Column.SUBJECT: WaitingSort.SUBJECT,
    Column.TYPE: WaitingSort.TYPE,
    Column.SITE: WaitingSort.SITE,
    Column.MINUTES: WaitingSort.MINUTES,
    Column.PRIORITY: WaitingSort.PRIORITY,
    Column.ADDRESS: WaitingSort.ADDRESS,
}
WIDTHS = (150, 190, 260, 190, 110, 100, 110, 260)
_NOWHERE = QModelIndex()
_TEXTS: dict[Column, Callable[[WaitingRow], str]] = {
    Column.CUSTOMER: lambda row: row.customer,
    Column.SUBJECT: lambda row: row.subject,
    Column.TYPE: lambda row: row.type_name,
    Column.SITE: lambda row: row.site,
    Column.MINUTES: lambda row: format_duration(row.minutes),
    Column.PRIORITY: lambda row: _(PRIORITIES[row.priority]),
    Column.ADDRESS: lambda row: row.address,
}


class CallsModel(QAbstractTableModel):
    """Rows read so far; sorting is the database's, so a click on a header only asks for it.

    Signals: `sort_wanted(WaitingSort, descending)`, `more_wanted()` when the view has come to the last row.
    """

    sort_wanted = Signal(object, bool)
    more_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[WaitingRow] = []
        self._has_more = False
        self._today: date | None = None
        self.zone: tzinfo | None = None
        self._days: dict[date, str] = {}
        self._swatches: dict[str, QIcon] = {}
        translate.news.switched.connect(self._speak)
        theme.news.changed.connect(self._redress)

    # --- Rows ----------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[WaitingRow]:
        """The rows in order."""
        return self._rows

    def row_of(self, task_id: int) -> int | None:
        """Where a call stands."""
        return next((number for number, row in enumerate(self._rows) if row.task_id == task_id), None)

    def show_rows(self, rows: Sequence[WaitingRow], *, has_more: bool, today: date | None = None) -> None:
        """Show these rows in place of the old ones; where the order allows it, rows come and go one by one."""
        self._has_more = has_more
        if today != self._today:
            self._today = today
            self._days.clear()
        fresh = {row.task_id: row for row in rows}
        kept = [row.task_id for row in self._rows if row.task_id in fresh]
        known = set(kept)
        if not kept or kept != [row.task_id for row in rows if row.task_id in known]:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        self._drop(lambda row: row.task_id in fresh)
        self._insert(rows, known)
        self._refresh(rows)

    def append(self, rows: Sequence[WaitingRow], *, has_more: bool) -> None:
        """Add the next page."""
        known = {row.task_id for row in self._rows}
        fresh = [row for row in rows if row.task_id not in known]
        self._has_more = has_more
        if fresh:
            self.beginInsertRows(_NOWHERE, len(self._rows), len(self._rows) + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()

    def remove(self, task_id: int) -> None:
        """Take a call away, because it is planned now."""
        self._drop(lambda row: row.task_id != task_id)

    def _drop(self, stays: Any) -> None:
        for number in range(len(self._rows) - 1, -1, -1):
            if not stays(self._rows[number]):
                self.beginRemoveRows(_NOWHERE, number, number)
                del self._rows[number]
                self.endRemoveRows()

    def _insert(self, rows: Sequence[WaitingRow], known: set[int]) -> None:
        for number, row in enumerate(rows):
            if row.task_id not in known:
                self.beginInsertRows(_NOWHERE, number, number)
                self._rows.insert(number, row)
                self.endInsertRows()

    def _refresh(self, rows: Sequence[WaitingRow]) -> None:
        for number, row in enumerate(rows):
            if self._rows[number] != row:
                self._rows[number] = row
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(Column) - 1))

    # --- Qt ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many are shown; a call has no rows below it."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index = _NOWHERE) -> bool:
        """Whether the database has more."""
        return not parent.isValid() and self._has_more

    def fetchMore(self, parent: Index = _NOWHERE) -> None:
        """Ask for the next page, once."""
        if self._has_more:
            self._has_more = False
            self.more_wanted.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for the rows in another order."""
        if 0 <= column < len(Column):
            self.sort_wanted.emit(SORTS[Column(column)], order == Qt.SortOrder.DescendingOrder)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADERS[Column(section)])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, marks and colours of a cell."""
        if not index.isValid() or not index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._text(row, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return self._dress(row, column, role)

    def _dress(self, row: WaitingRow, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._words(row, column, is_tip=True))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._words(row, column, is_tip=False)
        if role == Qt.ItemDataRole.ForegroundRole and column is Column.DUE and row.is_overdue:
            return QColor(theme.tokens().danger)
        return self._mark(row, column) if role == Qt.ItemDataRole.DecorationRole else None

    def _text(self, row: WaitingRow, column: Column) -> str:
        return self._due(row) if column is Column.DUE else _TEXTS[column](row)

    def _due(self, row: WaitingRow) -> str:
        if row.due_at is None:
            return ""
        day = row.due_at.astimezone(self.zone).date()
        if day not in self._days:
            self._days[day] = _("Today") if day == self._today else format_date(day, "day")
        return self._days[day]

    def _words(self, row: WaitingRow, column: Column, *, is_tip: bool) -> str | None:
        text = self._text(row, column)
        if column is Column.DUE and row.is_overdue:
            return _("Overdue: {date}", date=text)
        return text if not is_tip and text else None

    def _mark(self, row: WaitingRow, column: Column) -> QIcon | None:
        if column is Column.DUE:
            return icons.icon("overdue", "danger") if row.is_overdue else None
        if column is Column.PRIORITY and row.priority < 2:
            return icons.icon("priority", "danger" if row.priority == 0 else "warning")
        if column is Column.TYPE:
            if row.colour not in self._swatches:
                self._swatches[row.colour] = swatch_icon(row.colour, size=14)
            return self._swatches[row.colour]
        return None

    def _speak(self) -> None:
        self._days.clear()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._redress()

    def _redress(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))


class CallsView(TableView):
    """The list of calls. Signals: `place_wanted(WaitingRow)` by Enter: put it on the board by keyboard."""

    place_wanted = Signal(object)

    def __init__(self, model: CallsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, several=False)
        self._calls = model
        self.setModel(model)
        self.horizontalHeader().setSortIndicator(int(Column.DUE), Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def current(self) -> WaitingRow | None:
        """The call that is chosen."""
        number = self.currentIndex().row()
        return self._calls.rows[number] if 0 <= number < len(self._calls.rows) else None

    def choose(self, task_id: int) -> bool:
        """Choose a call and scroll to it; False when it is not in the list."""
        number = self._calls.row_of(task_id)
        if number is None:
            return False
        self.selectRow(number)
        self.scrollTo(self._calls.index(number, 0))
        return True

    def payload_at(self, pos: QPoint) -> Carried | None:
        """What is picked up at a point of the viewport."""
        number = self.indexAt(pos).row()
        return carried_call(self._calls.rows[number]) if 0 <= number < len(self._calls.rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter puts the call on the board by keyboard; the rest is a list's."""
        row = self.current()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and row is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.place_wanted.emit(row)
        else:
            super().keyPressEvent(event)
