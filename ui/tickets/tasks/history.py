"""The history of a task: its steps, the newest first, each with its reason one key away."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.processes import reasons
from app.domain.words import N_
from app.i18n import _, format_datetime
from app.services.tickets.why import StepRow
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.tickets.tasks.words import in_words, scored_words, step_words
from ui.widgets.fitting import FittedColumns
from ui.widgets.styled import push_button
from ui.widgets.table import TableView

__all__ = ["History"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADERS = (N_("When"), N_("What"), N_("By"), N_("Rule"), N_("Points"), N_("Note"))
_NOTE = len(_HEADERS) - 1


class _Steps(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[StepRow, ...] = ()
        self.zone: tzinfo | None = None
        translate.news.switched.connect(self._speak)
        self._cells: tuple[Callable[[StepRow], str], ...] = (
            lambda row: format_datetime(row.at, self.zone),
            step_words,
            lambda row: row.by or "",
            lambda row: in_words(reasons.RULES.get(row.rule, row.rule)),
            scored_words,
            lambda row: " ".join(row.note.split()),
        )

    def show_rows(self, rows: tuple[StepRow, ...], zone: tzinfo | None) -> None:
        """Show these."""
        if (rows, zone) != (self.rows, self.zone):
            self.beginResetModel()
            self.rows, self.zone = rows, zone
            self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many steps there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        is_name = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _(_HEADERS[section]) if is_name and 0 <= section < len(_HEADERS) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a step."""
        if not index.isValid() or not index.row() < len(self.rows) or not index.column() < len(self._cells):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._cells[index.column()](row))
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(row.note if index.column() == _NOTE and row.note else self._cells[index.column()](row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_HEADERS) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(_HEADERS) - 1))


class History(QWidget):
    """Signal: `why_wanted(step_id)` by the button, Enter or a double click."""

    why_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.scale(12), 0, 0)
        column.setSpacing(theme.scale(8))
        self.model = _Steps(self)
        self.view = TableView()
        self.view.setModel(self.model)
        Texts(self.view).bind(self.view.setAccessibleName, N_("History"))
        FittedColumns(self.view, (140, 184, 78, 112, 172, 90), _NOTE, 90)
        self.view.opened.connect(self._ask)
        column.addWidget(self.view, 1)
        row = QHBoxLayout()
        self.why_button = push_button(N_("Why?"), "why")
        self.why_button.clicked.connect(self._ask)
        row.addWidget(self.why_button)
        row.addStretch(1)
        column.addLayout(row)
        self.setFocusProxy(self.view)

    def show_steps(self, steps: tuple[StepRow, ...], zone: tzinfo | None) -> None:
        """Show these steps, the newest first."""
        self.model.show_rows(steps, zone)
        self.why_button.setEnabled(bool(steps))

    def show_zone(self, zone: tzinfo | None) -> None:
        """Tell the times of this zone."""
        self.model.show_rows(self.model.rows, zone)

    def chosen(self) -> int | None:
        """The step with the cursor, else the newest one."""
        row = self.view.currentIndex().row()
        if 0 <= row < len(self.model.rows):
            return self.model.rows[row].id
        return self.model.rows[0].id if self.model.rows else None

    @Slot()
    def _ask(self) -> None:
        step_id = self.chosen()
        if step_id is not None:
            self.why_wanted.emit(step_id)
