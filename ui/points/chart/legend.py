"""The legend: every month with its look and its total; a click, Space or Enter hides a month and shows it again."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QVBoxLayout, QWidget

from app.domain.points.board import Board
from app.domain.words import N_
from app.i18n import _, format_date, format_points
from ui.kit import theme, translate
from ui.kit.bidi import isolate, sided
from ui.kit.translate import Texts
from ui.points.chart.palette import look_of, swatch
from ui.widgets.styled import secondary
from ui.widgets.table import TableView

__all__ = ["Legend"]

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADERS = (N_("Month"), N_("Points"))
_SWATCH = 14


class _Months(QAbstractTableModel):
    """The months, the newest first, with their totals, and whether each is shown. Signal: `hidden_changed()`."""

    hidden_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[date, Decimal], ...] = ()
        self.hidden: frozenset[date] = frozenset()
        self._pictures: dict[tuple[date, bool], QIcon] = {}
        translate.news.switched.connect(self._renew)
        theme.news.changed.connect(self._renew)

    def show_rows(self, rows: Sequence[tuple[date, Decimal]]) -> None:
        """Show these months; what was hidden and is still there stays hidden."""
        known = [month for month, _total in rows]
        if known != [month for month, _total in self.rows]:
            self.beginResetModel()
            self.rows, self.hidden = tuple(rows), self.hidden & frozenset(known)
            self.endResetModel()
        elif tuple(rows) != self.rows:
            self.rows = tuple(rows)
            self._changed()

    def hide(self, hidden: frozenset[date]) -> None:
        """Hide exactly these."""
        if hidden != self.hidden:
            self.hidden = hidden
            self._changed()
            self.hidden_changed.emit()

    def toggle(self, row: int) -> None:
        """Hide what is shown and show what is hidden."""
        if 0 <= row < len(self.rows):
            self.hide(self.hidden ^ {self.rows[row][0]})

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """How many months there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """The month and its total."""
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the two columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(_HEADERS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return _(_HEADERS[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The month beside its look, or its total; muted where it is hidden."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        month, total = self.rows[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and month in self.hidden:
            return theme.tokens().color("muted")
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(format_points(total) if index.column() else format_date(month, "month"))
        return None if index.column() else self._mark(month, role)

    def _mark(self, month: date, role: int) -> Any:
        is_off = month in self.hidden
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(month, is_off)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Unchecked if is_off else Qt.CheckState.Checked
        return None

    def _picture(self, month: date, is_off: bool) -> QIcon:
        found = self._pictures.get((month, is_off))
        if found is None:
            size = QSize(theme.scale(_SWATCH), theme.scale(_SWATCH))
            found = QIcon(swatch(look_of(month), size, 2.0, is_off=is_off))
            self._pictures[month, is_off] = found
        return found

    def _changed(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(_HEADERS) - 1))

    @Slot()
    def _renew(self) -> None:
        self._pictures.clear()
        self._changed()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_HEADERS) - 1)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
    return side | Qt.AlignmentFlag.AlignVCenter


class _MonthList(TableView):
    """Rows that are switched by a click anywhere on them, and by Space or Enter."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space does what Enter does."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class Legend(QWidget):
    """Signal: `changed()` when months were hidden or shown; `hidden` are those that are not shown."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _Months(self)
        self.view = _MonthList(several=False)
        self.view.setModel(self.model)
        self.total = secondary()
        self.total.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        header = self.view.horizontalHeader()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.total)
        self.total.setContentsMargins(theme.scale(12), theme.scale(4), theme.scale(12), theme.scale(4))
        self.setFocusProxy(self.view)
        self.view.clicked.connect(self._toggle)
        self.view.opened.connect(self._toggle)
        self.view.menu_wanted.connect(self._open_menu)
        self.model.hidden_changed.connect(self._hidden)
        theme.news.changed.connect(self._fit)
        texts = Texts(self)
        texts.bind(self.view.setAccessibleName, N_("Months"))
        texts.redo(self._speak)

    @property
    def hidden(self) -> frozenset[date]:
        """The months that are hidden."""
        return self.model.hidden

    def show_board(self, board: Board) -> None:
        """Show the months of this board with their totals."""
        self.model.show_rows(list(zip(board.months, board.totals, strict=True))[::-1])
        self._speak()
        self._fit()

    def toggle(self, month: date) -> None:
        """Hide this month, or show it again."""
        self.model.toggle(next((row for row, (each, _t) in enumerate(self.model.rows) if each == month), -1))

    def show_only(self, month: date) -> None:
        """Hide every month but this one."""
        self.model.hide(frozenset(each for each, _total in self.model.rows) - {month})

    def show_all(self) -> None:
        """Hide nothing."""
        self.model.hide(frozenset())

    @Slot(QModelIndex)
    def _toggle(self, index: QModelIndex) -> None:
        self.model.toggle(index.row())

    @Slot()
    def _hidden(self) -> None:
        self._speak()
        self.changed.emit()

    def _speak(self) -> None:
        shown = sum((total for month, total in self.model.rows if month not in self.hidden), Decimal(0))
        self.total.setText(sided(_("Total: {points}", points=format_points(shown))))

    @Slot()
    def _fit(self) -> None:
        """The column of totals is as wide as its widest number, the whole as wide as both need."""
        metrics = QFontMetrics(theme.font(10))
        totals = [metrics.horizontalAdvance(format_points(total)) for _month, total in self.model.rows]
        months = [metrics.horizontalAdvance(format_date(month, "month")) for month, _total in self.model.rows]
        numbers = max([*totals, metrics.horizontalAdvance(_("Points"))], default=0) + theme.scale(28)
        self.view.horizontalHeader().resizeSection(1, numbers)
        self.setFixedWidth(max(months, default=0) + numbers + theme.scale(84))

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        index = self.view.currentIndex()
        if not index.isValid():
            return
        menu = QMenu(self)
        only, everything = menu.addAction(_("Only this month")), menu.addAction(_("All months"))
        everything.setEnabled(bool(self.hidden))
        only.triggered.connect(partial(self.show_only, self.model.rows[index.row()][0]))
        everything.triggered.connect(self.show_all)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
