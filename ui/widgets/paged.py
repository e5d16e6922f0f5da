"""Lists of any length: a model that holds the pages read so far, a view that asks for the next, and their reader.

A page is anything with `rows`, `has_before` and `has_after`; a row has an `id`.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.i18n import _
from ui.kit import theme, translate
from ui.kit.tasks import Job
from ui.widgets.table import TableView

__all__ = ["Index", "PagedModel", "PagedView", "Pages"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Page(Protocol):
    """Rows that follow each other, and whether there are more on either side."""

    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def has_before(self) -> bool: ...
    @property
    def has_after(self) -> bool: ...


class PagedModel(QAbstractTableModel):
    """A stretch of a long list, known by the `id` of its rows. A list says its columns and their cells.

    `is_changing` while rows come and go by themselves, not by what the person does.

    Signals: `after_wanted()`, `before_wanted()` when the next page on that side is needed; `sort_wanted(column,
    descending)`.
    """

    after_wanted = Signal()
    before_wanted = Signal()
    sort_wanted = Signal(int, bool)

    headers: Sequence[str] = ()
    sortable: Collection[int] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Any] = []
        self._places: dict[int, int] | None = None
        self._is_asking = False
        self.has_before = self.has_after = self.is_prepending = False
        self.is_changing = False
        translate.news.switched.connect(self._speak)
        theme.news.changed.connect(self.redress)

    # --- What a list says of itself

    def cell(self, row: Any, column: int, role: int) -> Any:
        """What the cell shows for the role."""
        raise NotImplementedError

    def place(self, row: Any) -> Any:
        """Where the row stands among the others: something that sorts as the list does."""
        raise NotImplementedError

    # --- Rows

    @property
    def rows(self) -> Sequence[Any]:
        """The rows that are here."""
        return self._rows

    def row_of(self, row_id: int) -> int | None:
        """Where the row with this id is."""
        if self._places is None:
            self._places = {row.id: number for number, row in enumerate(self._rows)}
        return self._places.get(row_id)

    def start(self, page: Page) -> None:
        """Show this page in place of everything."""
        self.is_changing = True
        self.beginResetModel()
        self._rows = list(page.rows)
        self._settle(has_before=page.has_before, has_after=page.has_after)
        self.endResetModel()
        self.is_changing = False

    def append(self, page: Page) -> None:
        """Add the next page."""
        fresh = [row for row in page.rows if self.row_of(row.id) is None]
        self._insert(len(self._rows), fresh)
        self._settle(has_before=self.has_before, has_after=page.has_after)

    def prepend(self, page: Page) -> None:
        """Add the page before."""
        fresh = [row for row in page.rows if self.row_of(row.id) is None]
        self.is_prepending = True
        self._insert(0, fresh)
        self.is_prepending = False
        self._settle(has_before=page.has_before, has_after=self.has_after)

    def take(self, rows: Sequence[Any], asked: Collection[int]) -> None:
        """Rows that were read anew: changed ones move to where they belong now, those not among `rows` go."""
        self.is_changing = True
        found = {row.id for row in rows}
        for row_id in asked:
            number = self.row_of(row_id)
            if number is not None and row_id not in found:
                self._remove(number)
        for row in rows:
            self._put(row)
        self.is_changing = False

    def _put(self, row: Any) -> None:
        number = self.row_of(row.id)
        if number is not None and self.place(self._rows[number]) == self.place(row):
            if self._rows[number] != row:
                self._rows[number] = row
                self.dataChanged.emit(self.index(number, 0), self.index(number, self.columnCount() - 1))
            return
        if number is not None:
            self._move(number, row)
            return
        goal = bisect_left(self._rows, self.place(row), key=self.place)
        is_beyond = (goal == 0 and self.has_before) or (goal == len(self._rows) and self.has_after)
        if not is_beyond:
            self._insert(goal, [row])

    def _move(self, number: int, row: Any) -> None:
        others = self._rows[:number] + self._rows[number + 1 :]
        goal = bisect_left(others, self.place(row), key=self.place)
        if goal != number:
            self.beginMoveRows(_NOWHERE, number, number, _NOWHERE, goal + (goal > number))
        others.insert(goal, row)
        self._rows, self._places = others, None
        if goal != number:
            self.endMoveRows()
        self.dataChanged.emit(self.index(goal, 0), self.index(goal, self.columnCount() - 1))

    def _insert(self, number: int, rows: Sequence[Any]) -> None:
        if rows:
            self.beginInsertRows(_NOWHERE, number, number + len(rows) - 1)
            self._rows[number:number] = rows
            self._places = None
            self.endInsertRows()

    def _remove(self, number: int) -> None:
        self.beginRemoveRows(_NOWHERE, number, number)
        del self._rows[number]
        self._places = None
        self.endRemoveRows()

    def _settle(self, *, has_before: bool, has_after: bool) -> None:
        self._places, self._is_asking = None, False
        self.has_before, self.has_after = has_before, has_after

    def give_up(self) -> None:
        """A page that was asked for did not come: it may be asked for again."""
        self._is_asking = False

    # --- Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows are here."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.headers)

    def canFetchMore(self, parent: Index = _NOWHERE) -> bool:
        """Whether more rows follow."""
        return not parent.isValid() and self.has_after and not self._is_asking

    def fetchMore(self, parent: Index = _NOWHERE) -> None:
        """Ask for the next page, once."""
        if self.canFetchMore(parent):
            self._is_asking = True
            self.after_wanted.emit()

    def fetch_before(self) -> None:
        """Ask for the page before, once."""
        if self.has_before and not self._is_asking:
            self._is_asking = True
            self.before_wanted.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order: the database sorts."""
        if column in self.sortable:
            self.sort_wanted.emit(column, order == Qt.SortOrder.DescendingOrder)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self.headers[section]) if 0 <= section < len(self.headers) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the list says of its cells."""
        if not index.isValid() or not index.row() < len(self._rows):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return self.cell(self._rows[index.row()], index.column(), role)

    @Slot()
    def redress(self) -> None:
        """Every cell may look different now."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, self.columnCount() - 1))

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self.redress()


class PagedView(TableView):
    """The table of a paged list: what is read stays in place while rows come and go above it.

    Signals: `start_wanted()`, `end_wanted()` by Ctrl+Home and Ctrl+End where those rows are not here.
    """

    start_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, model: PagedModel, parent: QWidget | None = None, *, several: bool = False) -> None:
        super().__init__(parent, several=several)
        self._pages = model
        self.setModel(model)
        self.setSortingEnabled(True)
        model.rowsInserted.connect(self._hold_inserted)
        model.rowsRemoved.connect(self._hold_removed)
        self.verticalScrollBar().valueChanged.connect(self._look_up)

    def sort_shown(self, column: int, *, descending: bool) -> None:
        """Mark the header of the order in use without asking for it."""
        header = self.horizontalHeader()
        was = header.blockSignals(True)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(column, order)
        header.blockSignals(was)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Home and Ctrl+End go to the real ends of the list."""
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_control and event.key() == Qt.Key.Key_End and self._pages.has_after:
            self.end_wanted.emit()
        elif is_control and event.key() == Qt.Key.Key_Home and self._pages.has_before:
            self.start_wanted.emit()
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex, int, int)
    def _hold_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._hold(first, last - first + 1)

    @Slot(QModelIndex, int, int)
    def _hold_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._hold(first, first - last - 1)

    def _hold(self, first: int, count: int) -> None:
        bar, height = self.verticalScrollBar(), self.verticalHeader().defaultSectionSize()
        # At the very top a new row shows itself; anywhere else the rows that are being read stay where they are.
        is_above = 0 < bar.value() > first * height
        if is_above or self._pages.is_prepending:
            self.updateGeometries()
            bar.setValue(bar.value() + count * height)

    @Slot(int)
    def _look_up(self, value: int) -> None:
        if value < 10 * self.verticalHeader().defaultSectionSize():
            self._pages.fetch_before()


Ask = Callable[..., Job[Any]]


class Pages(QObject):
    """Reads the pages a model asks for; a new question drops the answers to the old one.

    `ask(after=..., before=..., at_end=...)` starts the reading of a page, `cursor(row)` is where a page ends.
    Signals: `started()` when the first page is shown, `failed(exception)`.
    """

    started = Signal()
    failed = Signal(object)

    def __init__(self, model: PagedModel, ask: Ask, cursor: Callable[[Any], object], parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._ask = ask
        self._cursor = cursor
        self._jobs: list[Job[Any]] = []
        model.after_wanted.connect(self._read_after)
        model.before_wanted.connect(self._read_before)

    @Slot()
    def restart(self) -> None:
        """Read from the start."""
        self._model.give_up()
        self._read(self._start)

    @Slot()
    def to_end(self) -> None:
        """Read the last page."""
        self._model.give_up()
        self._read(self._start, at_end=True)

    @Slot()
    def _read_after(self) -> None:
        self._read(self._append, after=self._cursor(self._model.rows[-1]))

    @Slot()
    def _read_before(self) -> None:
        self._read(self._prepend, before=self._cursor(self._model.rows[0]))

    def _read(self, show: Callable[[Any], object], **where: object) -> None:
        for job in self._jobs:
            job.cancel()
        job = self._ask(**where)
        self._jobs = [job]
        job.then(show, self._fail)

    def _start(self, page: Any) -> None:
        self._model.start(page)
        self.started.emit()

    def _append(self, page: Any) -> None:
        self._model.append(page)

    def _prepend(self, page: Any) -> None:
        self._model.prepend(page)

    def _fail(self, problem: Exception) -> None:
        self._model.give_up()
        self.failed.emit(problem)
