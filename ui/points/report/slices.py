"""The rows asked for as sums by one thing: a table that is put in order by its headers, and leads to the rows."""

from datetime import date
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.points.asked import Asked, Slice
from app.domain.points.slice_words import NAMES, NOBODY
from app.domain.words import N_
from app.i18n import _, _n, format_date, format_number, format_points
from app.services.points import report
from app.services.points.report import SliceOrder, SliceRow
from ui.kit import icons
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.points.rows.again import Again
from ui.widgets.empty import EmptyState
from ui.widgets.styled import secondary
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["SlicesPane", "slice_name"]

_MOST = 1000
"""So many sums are shown; a file has them all."""
_ORDERS = (SliceOrder.LABEL, SliceOrder.ROWS, SliceOrder.CUSTOMER, SliceOrder.WORKER)
_WIDTHS = (320, 100, 150, 150)


def slice_name(by: Slice, row: SliceRow) -> str:
    """What a sum is called."""
    if isinstance(row.key, date):
        return format_date(row.key, "month")
    if row.key is None:
        return _(NOBODY[by]) if by in NOBODY else "–"
    name = row.label or ""
    return _("{name} ({above})", name=name, above=row.under) if row.under else name


class SlicesPane(QWidget):
    """`ask(Asked, Slice)` shows the sums, newest question first. Signal: `opened(SliceRow)` for the rows behind one."""

    opened = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.by = Slice.WORKER
        self.rows: tuple[SliceRow, ...] = ()
        self._asked: Asked | None = None
        self._order: SliceOrder | None = None
        self._descending = True
        self._reading = Latest(desk.tasks)
        headers = (N_("Name"), N_("Rows"), N_("Customers' points"), N_("Workers' points"))
        self.model = _Sums(headers, self, numbers=(1, 2, 3))
        self.table = TableView(several=False)
        self.table.setModel(self.model)
        self.cut = secondary()
        self.cut.setContentsMargins(16, 6, 16, 6)
        self.cut.hide()
        self.empty = EmptyState("list", N_("No rows"), N_("Nothing was scored here in these days."))
        self._again = Again(self)
        self._build()

    def _build(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.cut)
        self.setFocusProxy(self.table)
        self.table.remember(self._desk.memory, "points.slices", _WIDTHS)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.sort)
        self.table.opened.connect(self._open)
        self._again.wanted.connect(self.read)
        texts = Texts(self)
        texts.bind(self.table.setAccessibleName, N_("Sums of points"))
        texts.redo(self._speak, key="speak")

    def ask(self, asked: Asked, by: Slice) -> None:
        """Show the sums of this question; another thing begins in its own order."""
        if by is not self.by or self._asked is None:
            self._order, self._descending = None, True
            own = report.ORDERS[by]
            self.model.mark(_ORDERS.index(own), is_down=own is not SliceOrder.LABEL or by is Slice.MONTH)
        self._asked, self.by = asked, by
        self.read()

    def again(self) -> None:
        """Rows were written."""
        if self._asked is not None:
            self._again.call()

    @Slot()
    def read(self) -> None:
        """Ask once more."""
        if self._asked is not None and not self._desk.tasks.is_closed:
            self._again.asked()
            self._reading.read(
                report.slices, self._asked, self.by, order=self._order, descending=self._descending, limit=_MOST + 1
            ).then(self._show, self._fail)

    def _fail(self, problem: Exception) -> None:
        self._again.answered()
        self._desk.messages.show_error(problem)

    def _show(self, rows: tuple[SliceRow, ...]) -> None:
        self._again.answered()
        self.rows = rows
        self._speak()

    def _speak(self) -> None:
        shown = self.rows[:_MOST]
        self.model.headers = (NAMES[self.by], *self.model.headers[1:])
        self.model.show_rows([_texts(self.by, row) for row in shown])
        is_cut = len(self.rows) > _MOST
        self.cut.setText(
            _n("The first {count} is shown.", "The first {count} are shown.", len(shown)) if is_cut else ""
        )
        self.cut.setVisible(is_cut)
        self._stack.setCurrentWidget(self.table if shown or self._asked is None else self.empty)

    @Slot(int)
    def sort(self, column: int) -> None:
        """Put the sums in order by a column: the most first, names from A; once more the other way round."""
        if not 0 <= column < len(_ORDERS):
            return
        before, is_down = self.model.order
        is_number = column in self.model.numbers
        self._order = _ORDERS[column]
        self._descending = not is_down if column == before else is_number
        self.model.mark(column, is_down=self._descending)
        self.read()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.rows):
            self.opened.emit(self.rows[index.row()])


class _Sums(TextTable):
    """Texts in an order that stands beside the name of its column, where the header's own arrow would cover it."""

    order = (0, False)

    def mark(self, column: int, *, is_down: bool) -> None:
        """Show by which column they are in order."""
        self.order = (column, is_down)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.headers) - 1)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns, and the order."""
        is_here = orientation == Qt.Orientation.Horizontal and section == self.order[0]
        if is_here and role == Qt.ItemDataRole.DecorationRole:
            return icons.icon("sort-down" if self.order[1] else "sort-up")
        return super().headerData(section, orientation, role)


def _texts(by: Slice, row: SliceRow) -> tuple[str, ...]:
    points = (format_points(row.customer_points), format_points(row.worker_points))
    return slice_name(by, row), format_number(row.rows), *points
