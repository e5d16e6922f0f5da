"""The list of a section as a Qt model: frozen rows, searched and sorted here, under headings where they are grouped."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from app.domain.text import fold
from app.i18n import _
from ui.admin.section import Section
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint

__all__ = ["RowsModel"]

_ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel):
    """The rows of one section; a line is a row, or the heading over a group of rows."""

    def __init__(self, section: Section[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._section = section
        self._rows: tuple[Any, ...] = ()
        self._lines: list[Any] = []
        self._wanted = ""
        self._order: tuple[int, bool] | None = None
        translate.news.switched.connect(self._retranslate)
        theme.news.changed.connect(self._repaint)

    # --- What the view asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._section.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell."""
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], self._section.columns[index.column()]
        if isinstance(line, str):
            return self._heading(line, index.column(), role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = column.show(line)
            return isolate(text) if role == Qt.ItemDataRole.DisplayRole else hint(text)
        if role == Qt.ItemDataRole.DecorationRole:
            return column.icon(line) if column.icon is not None else None
        if role == Qt.ItemDataRole.ForegroundRole and self._section.is_muted(line):
            return theme.tokens().color("muted")
        return None

    @staticmethod
    def _heading(text: str, column: int, role: int) -> Any:
        if column:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(text)
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(9, strong=True)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.tokens().color("muted")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self._section.columns[section].text)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen, and the arrow keys pass over them."""
        if not index.isValid() or isinstance(self._lines[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort within the groups; column -1 is the order of the service."""
        self._order = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._arrange()

    # --- What the section asks

    @property
    def has_rows(self) -> bool:
        """Whether there is anything, found or not."""
        return bool(self._rows)

    def show(self, rows: Iterable[Any]) -> None:
        """Show these rows in place of the ones before."""
        self._rows = tuple(rows)
        self._arrange()

    def search(self, text: str) -> None:
        """Show only rows in which every word is found."""
        self._wanted = fold(text)
        self._arrange()

    def row_at(self, line: int) -> Any | None:
        """The row of a line; None for a heading."""
        found = self._lines[line] if 0 <= line < len(self._lines) else None
        return None if isinstance(found, str) else found

    def line_of(self, row_id: int) -> int | None:
        """The line of a row; None when it is not shown."""
        for number, line in enumerate(self._lines):
            if not isinstance(line, str) and self._section.identify(line) == row_id:
                return number
        return None

    def row_of(self, row_id: int) -> Any | None:
        """The row of this id, shown or not."""
        return next((row for row in self._rows if self._section.identify(row) == row_id), None)

    def headings(self) -> list[int]:
        """The lines that are headings."""
        return [number for number, line in enumerate(self._lines) if isinstance(line, str)]

    def first(self) -> int | None:
        """The first line that is a row."""
        return next((number for number, line in enumerate(self._lines) if not isinstance(line, str)), None)

    # --- Inside

    def _arrange(self) -> None:
        self.beginResetModel()
        rows = [row for row in self._rows if self._is_found(row)]
        if self._order is not None and self._order[0] < len(self._section.columns):
            rows = self._sorted(rows)
        self._lines = self._grouped(rows)
        self.endResetModel()

    def _is_found(self, row: Any) -> bool:
        if not self._wanted:
            return True
        group = self._section.group
        texts = [column.show(row) for column in self._section.columns]
        held = fold(" ".join([*texts, group(row) if group else ""]))
        return all(word in held for word in self._wanted.split())

    def _sorted(self, rows: Sequence[Any]) -> list[Any]:
        assert self._order is not None
        number, is_reversed = self._order
        column = self._section.columns[number]
        found = sorted(rows, key=column.sort or (lambda row: fold(column.show(row))), reverse=is_reversed)
        group_of = self._section.group
        if group_of is not None:
            places = {group: place for place, group in enumerate(dict.fromkeys(map(group_of, rows)))}
            found.sort(key=lambda row: places[group_of(row)])
        return found

    def _grouped(self, rows: Sequence[Any]) -> list[Any]:
        if self._section.group is None:
            return list(rows)
        lines: list[Any] = []
        for name, members in groupby(rows, self._section.group):
            lines += [name, *members]
        return lines

    @Slot()
    def _retranslate(self) -> None:
        self._arrange()
        if self._section.columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._section.columns) - 1)

    @Slot()
    def _repaint(self) -> None:
        if self._lines and self._section.columns:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._lines) - 1, len(self._section.columns) - 1), []
            )
