"""The numbers of the chart as a table: exact, sorted by any column, copied, and read by screen readers."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.points.board import Board
from app.domain.words import N_
from app.i18n import _, format_date, format_number, format_points
from ui.kit import icons, theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.points.chart.marks import By
from ui.widgets.table import NUMBERS, TableView

__all__ = ["BoardTable", "BoardTableModel"]

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_FIXED = (N_("Place"), N_("Worker"), N_("Last 30 days"), N_("Total"))
_MONTHS = (N_("Month"), N_("Points"))
_PLACE, _WORKER, _DAYS, _TOTAL = range(len(_FIXED))
_Value = Decimal | int | str | date


class BoardTableModel(QAbstractTableModel):
    """By worker: place, name, last 30 days, the months' total, and each month, the newest first; by month: its points.

    Months that the legend hides are left out, and out of the total.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.board = Board((), ())
        self.by: By = "worker"
        self._columns: list[int] = []
        self._totals: list[Decimal] = []
        self._order: list[int] = []
        self._sums: tuple[Decimal, ...] = ()
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        translate.news.switched.connect(self._speak)

    def show_board(self, board: Board, by: By, hidden: frozenset[date]) -> None:
        """Show these numbers, in the order that was chosen."""
        self.beginResetModel()
        if by != self.by:
            self._sorted = (-1, Qt.SortOrder.AscendingOrder)
        self.board, self.by = board, by
        self._columns = [at for at, month in reversed(list(enumerate(board.months))) if month not in hidden]
        self._totals = [sum((line.points[at] for at in self._columns), Decimal(0)) for line in board.lines]
        self._sums = board.totals if by == "month" else ()
        self._order = self._ordered()
        self.endResetModel()

    def mark_at(self, index: _Index) -> tuple[int | None, date] | None:
        """Whose bar of which month a cell stands for; the newest month where the cell is of none."""
        if not index.isValid() or not self._columns or index.row() >= len(self._order):
            return None
        row = self._order[index.row()]
        if self.by == "month":
            alone = self.board.lines[0].worker_id if len(self.board.lines) == 1 else None
            return alone, self.board.months[row]
        column = max(0, index.column() - len(_FIXED))
        return self.board.lines[row].worker_id, self.board.months[self._columns[column]]

    def value(self, row: int, column: int) -> _Value:
        """What a cell is made of; `row` is a place of the board."""
        if self.by == "month":
            return self.board.months[row] if column == 0 else self._sums[row]
        line = self.board.lines[row]
        if column == _PLACE:
            return line.place
        if column == _WORKER:
            return line.name
        if column == _DAYS:
            return line.last_30_days
        return self._totals[row] if column == _TOTAL else line.points[self._columns[column - len(_FIXED)]]

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Workers, or months."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """The fixed ones and the months."""
        if parent.isValid():
            return 0
        return len(_FIXED) + len(self._columns) if self.by == "worker" else len(_MONTHS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names, and months in short."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._name(section)
        if role == Qt.ItemDataRole.DecorationRole and section == self._sorted[0]:
            # The header's own arrow would lie over a name that ends at its side.
            is_down = self._sorted[1] == Qt.SortOrder.DescendingOrder
            return icons.icon("sort-down" if is_down else "sort-up")
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _name(self, section: int) -> str:
        if self.by == "month":
            return _(_MONTHS[section])
        if section < len(_FIXED):
            return _(_FIXED[section])
        return isolate(format_date(self.board.months[self._columns[section - len(_FIXED)]], "short month"))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The exact numbers in the habits of the language."""
        if not index.isValid() or index.row() >= len(self._order) or index.column() >= self.columnCount():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = _shown(self.value(self._order[index.row()], index.column()))
        return isolate(text) if role == Qt.ItemDataRole.DisplayRole else hint(text)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By the numbers themselves; equal ones stay in the order of the board."""
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit()
        before, kept = self._order, self.persistentIndexList()
        self._order = self._ordered()
        now = {row: at for at, row in enumerate(self._order)}
        for index in kept:
            self.changePersistentIndex(index, self.index(now[before[index.row()]], index.column()))
        self.layoutChanged.emit()

    def _ordered(self) -> list[int]:
        if self.by == "month":
            rows = list(self._columns)
        else:
            rows = list(range(len(self.board.lines))) if self._columns else []
        column, order = self._sorted
        if 0 <= column < self.columnCount():
            rows.sort(key=partial(self._sortable, column), reverse=order == Qt.SortOrder.DescendingOrder)
        return rows

    def _sortable(self, column: int, row: int) -> Any:
        value = self.value(row, column)
        return value.casefold() if isinstance(value, str) else value

    def _side(self, column: int) -> Qt.AlignmentFlag:
        is_text = column == (_WORKER if self.by == "worker" else 0)
        return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter if is_text else NUMBERS

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self.columnCount() - 1))
        if self._order:
            last = self.index(len(self._order) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _shown(value: _Value) -> str:
    if isinstance(value, Decimal):
        return format_points(value)
    if isinstance(value, date):
        return format_date(value, "month")
    return format_number(value) if isinstance(value, int) else value


class BoardTable(TableView):
    """Signal: `picked(worker_id | None, month)` on Enter or double click."""

    picked = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = BoardTableModel(self)
        self.setModel(self.numbers)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)
        self._by: By | None = None
        self.opened.connect(self._open)
        Texts(self).bind(self.setAccessibleName, N_("Points as a table"))

    def show_board(self, board: Board, by: By, hidden: frozenset[date]) -> None:
        """Show these numbers; the chosen row and the place stay where the rows do."""
        is_other = by != self._by
        self._by = by
        if is_other:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        columns = self.numbers.columnCount()
        self.numbers.show_board(board, by, hidden)
        if is_other or columns != self.numbers.columnCount():
            widths = (80, 200, 130, 110) if by == "worker" else (160, 140)
            for column in range(self.numbers.columnCount()):
                self.setColumnWidth(column, theme.scale(widths[column] if column < len(widths) else 100))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        mark = self.numbers.mark_at(index)
        if mark is not None:
            self.picked.emit(*mark)
