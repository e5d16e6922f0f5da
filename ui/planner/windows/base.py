"""What the planner's windows share: a title, a place that is remembered, and one line for what was done or refused."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import i18n
from app.domain.errors import UserError
from app.domain.words import Message
from app.i18n import _
from app.services.planner.company import company
from app.services.planner.rows import Company
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.styled import secondary, styled

__all__ = ["PlannerWindow", "RowsModel"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PlannerWindow(QDialog):
    """A window beside the planner; it reads when shown and again when one of its tables changes. Escape closes it."""

    tables: frozenset[str] = frozenset()

    def __init__(self, title: str, about: str, key: str, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk = desk
        self._zone: tzinfo = UTC
        desk.tasks.read(company).then(self._take_company)
        self.texts = Texts(self)
        self.texts.bind(self.setWindowTitle, title)
        self.setModal(False)
        self.setSizeGripEnabled(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(8))
        outer.addWidget(secondary(about))
        self.tools = QHBoxLayout()
        self.tools.setSpacing(theme.scale(8))
        outer.addLayout(self.tools)
        self.body = QHBoxLayout()
        self.body.setSpacing(theme.scale(16))
        outer.addLayout(self.body, 1)
        self._said = QLabel()
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._said.hide()
        outer.addWidget(self._said)
        self.actions_row = QHBoxLayout()
        self.actions_row.setSpacing(theme.scale(8))
        outer.addLayout(self.actions_row)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.setInterval(150)
        self._reading.timeout.connect(self.read)
        desk.bridge.rows_changed.connect(self._hear)
        self.resize(theme.scale(820), theme.scale(560))
        desk.memory.window(self, key)

    def zone(self) -> tzinfo:
        """The company's time zone, once it has been told."""
        return self._zone

    def desk_day(self) -> date:
        """Today, by the company's clock."""
        return datetime.now(self._zone).date()

    def _take_company(self, found: Company) -> None:
        self._zone = found.zone
        self.read()

    def read(self) -> None:
        """Ask for what is shown."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Read at every show."""
        super().showEvent(event)
        self._said.hide()
        self.read()

    def say(self, text: Message) -> None:
        """Say that something was done."""
        self._show_line("success", i18n.say(text))

    def fail(self, problem: Exception) -> None:
        """Say why something was not done."""
        if not isinstance(problem, UserError):
            self.desk.messages.show_error(problem)
            return
        parts = [problem.what] if problem.hint is None else [problem.what, problem.hint]
        self._show_line("error-box", " ".join(i18n.say(part) for part in parts))

    def save(self, job: Job[Any], then: Callable[[Any], object]) -> None:
        """Wait for a change: done goes to `then`, a refusal is said."""
        job.then(then, self.fail)

    def _show_line(self, look: str, text: str) -> None:
        styled(self._said, look)
        self._said.setText(text)
        self._said.show()

    def _hear(self, table: str, _ids: object) -> None:
        if table in self.tables and self.isVisible():
            self._reading.start()


class RowsModel(QAbstractTableModel):
    """Frozen rows in columns: `columns` are (catalogue text, row -> words); the rows keep their place by `key`."""

    def __init__(
        self,
        columns: Sequence[tuple[str, Callable[[Any], str]]],
        key: Callable[[Any], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._key = key
        self.rows: tuple[Any, ...] = ()
        translate.news.switched.connect(self._speak)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these; unchanged keys in the same order keep selection and scroll."""
        fresh = tuple(rows)
        if [self._key(row) for row in fresh] == [self._key(row) for row in self.rows]:
            self.rows = fresh
            self._tell()
            return
        self.beginResetModel()
        self.rows = fresh
        self.endResetModel()

    def row_of(self, key: object) -> int | None:
        """Where the row of this key stands."""
        return next((number for number, row in enumerate(self.rows) if self._key(row) == key), None)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows there are; none below a row."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self._columns[section][0])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._columns[index.column()][1](self.rows[index.row()]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._tell()

    def _tell(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self._columns) - 1))
