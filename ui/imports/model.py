"""The tables of the import screen: the first rows of a file, and the rows that were refused."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.domain.words import N_
from app.i18n import _, format_number
from ui.imports.work import RefusedRow
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint

__all__ = ["PreviewTable", "RefusedTable"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PreviewTable(QAbstractTableModel):
    """The first rows of a file as they stand in it; columns that are not imported are muted."""

    def __init__(self) -> None:
        super().__init__()
        self._headers: tuple[str, ...] = ()
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._used: frozenset[int] = frozenset()
        translate.news.switched.connect(self._retranslate)

    def show_rows(self, headers: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        """Show another file."""
        self.beginResetModel()
        self._headers, self._rows, self._used = tuple(headers), tuple(rows), frozenset()
        self.endResetModel()

    def set_used(self, columns: frozenset[int]) -> None:
        """Say which columns are imported."""
        self._used = columns
        if self._rows and self._headers:
            last = self.index(len(self._rows) - 1, len(self._headers) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The rows of the preview."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """The columns of the file."""
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell on one line; the tooltip has all of it."""
        if not index.isValid():
            return None
        cell = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(" ".join(cell[:200].split()))
        if role == Qt.ItemDataRole.EditRole:
            return cell
        if role == Qt.ItemDataRole.ForegroundRole and index.column() not in self._used:
            return theme.tokens().color("muted")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the file calls its columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._headers):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._headers[section] or _("Column {number}", number=section + 1))
        return None

    def _retranslate(self) -> None:
        if self._headers:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._headers) - 1)


class RefusedTable(QAbstractTableModel):
    """Refused rows: their line in the file, and why."""

    _TITLES = (N_("Line"), N_("Reason"))

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[RefusedRow, ...] = ()
        translate.news.switched.connect(self._retranslate)

    def show_rows(self, rows: Sequence[RefusedRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Line and reason."""
        return 0 if parent.isValid() else len(self._TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The line as a number, the reason in the words of the run."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return format_number(row.line) if index.column() == 0 else isolate(row.reason)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 1:
            return hint(row.reason)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole and section in (0, 1):
            return _(self._TITLES[section])
        return None

    def _retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._TITLES) - 1)
