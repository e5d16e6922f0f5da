"""The table of every list: calm rows, remembered columns, all of it within reach of the keyboard."""

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from app.i18n import _
from ui.kit import theme
from ui.kit.bidi import bare
from ui.kit.remember import Memory

__all__ = ["NUMBERS", "TableView", "as_tsv"]

NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
"""Where numbers of a column stand, and its name: units under units, whichever way the language reads."""


class TableView(QTableView):
    """Rows of 32 without a grid, whole rows chosen.

    Signals: `opened(index)` on Enter or double click; `menu_wanted(point)` in global coordinates, on right click
    and on the menu key; `chosen()` when the chosen rows change.
    """

    opened = Signal(QModelIndex)
    menu_wanted = Signal(QPoint)
    chosen = Signal()

    def __init__(self, parent: QWidget | None = None, *, several: bool = True) -> None:
        super().__init__(parent)
        self._memory: Memory | None = None
        self._key = ""
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._want_menu)
        self.doubleClicked.connect(self.opened)
        self._set_up_headers()
        theme.news.changed.connect(self._set_row_height)
        self._set_row_height()

    def _set_up_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show the model and tell `chosen` from its selection."""
        super().setModel(model)
        if model is not None:
            self.selectionModel().selectionChanged.connect(self._tell_chosen)
            if self._memory is not None:
                self._memory.header(self.horizontalHeader(), self._key)

    def remember(self, memory: Memory, key: str, widths: tuple[int, ...] = ()) -> None:
        """Keep the columns under this key; `widths` are those of the first time. Call after setModel."""
        self._memory, self._key = memory, key
        header = self.horizontalHeader()
        for column, width in enumerate(widths[: header.count()]):
            header.resizeSection(column, theme.scale(width))
        if self.model() is not None:
            memory.header(header, key)

    def selectRow(self, row: int) -> None:
        """Choose one row and go there; Qt's own does nothing in a right-to-left table wider than its columns."""
        model, selection = self.model(), self.selectionModel()
        if 0 <= row < model.rowCount():
            header = self.horizontalHeader()
            column = next((at for at in range(header.count()) if not header.isSectionHidden(at)), 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(model.index(row, column), flags)

    def chosen_rows(self) -> list[int]:
        """The row numbers chosen, from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies the chosen rows for a spreadsheet, the rest is Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~_KEYPAD:
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the chosen rows, as shown, with a line of headers where there are several."""
        rows = self.chosen_rows()
        if rows:
            QGuiApplication.clipboard().setText(as_tsv(self, rows))

    def choose_columns(self, place: QPoint) -> QMenu:
        """The menu that shows and hides columns."""
        menu = QMenu(self)
        header, model = self.horizontalHeader(), self.model()
        visible = [column for column in range(header.count()) if not header.isSectionHidden(column)]
        for column in range(header.count()):
            name = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
            action = QAction(bare(name) or _("Column {number}", number=column + 1), menu)
            action.setCheckable(True)
            action.setChecked(column in visible)
            action.setEnabled(len(visible) > 1 or column not in visible)
            action.setData(column)
            menu.addAction(action)
        menu.triggered.connect(self._show_column)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
        return menu

    @Slot(QAction)
    def _show_column(self, action: QAction) -> None:
        column, header = action.data(), self.horizontalHeader()
        header.setSectionHidden(column, not action.isChecked())
        if action.isChecked() and header.sectionSize(column) < theme.scale(24):
            header.resizeSection(column, theme.scale(100))

    @Slot(QPoint)
    def _choose_columns(self, place: QPoint) -> None:
        if self.model() is not None:
            self.choose_columns(self.horizontalHeader().mapToGlobal(place))

    @Slot(QPoint)
    def _want_menu(self, place: QPoint) -> None:
        self.menu_wanted.emit(self.viewport().mapToGlobal(place))

    @Slot()
    def _tell_chosen(self) -> None:
        self.chosen.emit()

    @Slot()
    def _set_row_height(self) -> None:
        self.verticalHeader().setMinimumSectionSize(theme.row_height())
        self.verticalHeader().setDefaultSectionSize(theme.row_height())


_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def as_tsv(view: QTableView, rows: list[int]) -> str:
    """The rows as tab separated text, columns in the order shown, hidden ones left out, without direction marks."""
    model, header = view.model(), view.horizontalHeader()
    order = [header.logicalIndex(place) for place in range(header.count())]
    shown = [column for column in order if not header.isSectionHidden(column)]
    lines = [[_cell(model.index(row, column).data()) for column in shown] for row in rows]
    if len(rows) > 1:
        names = [_cell(model.headerData(column, Qt.Orientation.Horizontal)) for column in shown]
        lines.insert(0, names)
    return "\n".join("\t".join(line) for line in lines)


def _cell(value: object) -> str:
    text = "" if value is None else bare(str(value))
    return " ".join(text.split())
