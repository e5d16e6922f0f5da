"""Rows of ready texts as a Qt model: what the table of a report or chart shows, copies and exports."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.i18n import _
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.table import NUMBERS

__all__ = ["TextTable"]

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TextTable(QAbstractTableModel):
    """`headers` are catalogue texts, `numbers` the columns of amounts; `warned` rows are in the colour of danger."""

    def __init__(self, headers: Sequence[str], parent: QObject | None = None, *, numbers: Sequence[int] = ()) -> None:
        super().__init__(parent)
        self.headers = tuple(headers)
        self.numbers = frozenset(numbers)
        self.texts: tuple[tuple[str, ...], ...] = ()
        self.warned: frozenset[int] = frozenset()
        translate.news.switched.connect(self._speak)

    def show_rows(self, texts: Sequence[Sequence[str]], warned: Sequence[int] = ()) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.texts, self.warned = tuple(tuple(row) for row in texts), frozenset(warned)
        self.endResetModel()

    def lines(self) -> list[tuple[str, ...]]:
        """Headers and rows, for a file."""
        return [tuple(_(each) for each in self.headers), *self.texts]

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.texts)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self.headers[section]) if 0 <= section < len(self.headers) else None
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The texts, and what marks them."""
        if not index.isValid() or index.row() >= len(self.texts) or index.column() >= len(self.headers):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self.texts[index.row()][index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self.texts[index.row()][index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and index.row() in self.warned:
            return theme.tokens().color("danger")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return NUMBERS if column in self.numbers else Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter

    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self.headers) - 1))
