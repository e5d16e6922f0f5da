"""Rows in columns with names, for the windows beside the drawing."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.i18n import _
from ui.kit import translate
from ui.kit.hints import hint
from ui.widgets.table import NUMBERS

__all__ = ["Index", "Rows"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_AT_END = int(NUMBERS)


class Rows(QAbstractTableModel):
    """Rows in columns that are named by catalogue texts; those of `numbers` stand at the end side, name and all."""

    names: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Any] = ()
        translate.news.switched.connect(self._speak)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows there are; none below a row."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns, and where they stand."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.names):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self.numbers:
            return _AT_END
        return _(self.names[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self.numbers:
            return _AT_END
        found = self.cell(self.rows[index.row()], index.column(), role)
        return hint(found) if role == Qt.ItemDataRole.ToolTipRole else found

    def cell(self, row: Any, column: int, role: int) -> Any:
        """What a cell of this row says."""
        raise NotImplementedError

    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.names) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.names) - 1))
