"""The window of the settings a stage had: what it scored since when, and who said so."""

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.words import N_
from app.i18n import _, format_datetime, format_points
from app.services.points.history import SettingRow, settings_of
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.processes.rows import Rows
from ui.widgets.beside import BesideWindow
from ui.widgets.empty import EmptyState
from ui.widgets.fitting import FittedColumns
from ui.widgets.styled import secondary
from ui.widgets.table import TableView

__all__ = ["HistoryWindow", "SettingTable", "show_history"]


def show_history(desk: Desk, stage_id: int, name: str) -> "HistoryWindow":
    """Show the settings of this stage, in the window that is open or a new one."""
    window = HistoryWindow.of(desk)
    window.show_stage(stage_id, name)
    window.come()
    return window


_REDEEM = 5
"""The column with room to spare: few stages say anything there."""


class SettingTable(Rows):
    """Settings, the one in force first and in strong letters."""

    names = (
        N_("Since"), N_("Set by"), N_("For the customer"), N_("For the worker"), N_("Repeated"), N_("Redeem"),
    )  # fmt: skip
    numbers = frozenset({2, 3})

    def cell(self, row: SettingRow, column: int, role: int) -> Any:
        """The texts of a setting."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return isolate(_text(row, column))
        if role == Qt.ItemDataRole.FontRole and self.rows and row is self.rows[0]:
            return theme.font(10, strong=True)
        return None


def _text(row: SettingRow, column: int) -> str:
    if column == 0:
        return format_datetime(row.since)
    if column == 1:
        return row.by or _("The program")
    if column in (2, 3):
        return format_points(row.customer_points if column == 2 else row.worker_points)
    if column == 4:
        return _("Every time") if row.scores_every_time else _("Once per task")
    if not row.is_redemption:
        return ""
    return _("May go below zero") if row.may_go_below else _("While the balance holds them")


class HistoryWindow(BesideWindow):
    """It follows what is saved meanwhile."""

    name, key, size_at_first = N_("History of points"), "processes.points_history", (820, 420)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._stage_id = 0
        self._reading = Latest(desk.tasks)
        self._build()
        desk.bridge.rows_changed.connect(self._hear)

    def _build(self) -> None:
        column = self.body
        column.addWidget(
            secondary(
                N_("A setting is never changed: the next one follows it, and points keep what they were scored by.")
            )
        )
        self.model, self.table = SettingTable(self), TableView()
        self.table.setModel(self.model)
        FittedColumns(
            self.table, (140, 140, 115, 105, 110, 150), _REDEEM, 150, self._desk.memory, "processes.points_history"
        )
        self.texts.bind(self.table.setAccessibleName, N_("History of points"))
        self.nothing = EmptyState("points", N_("Never set"), N_("Nobody gave this stage points so far."))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.nothing)
        column.addWidget(self.pages, 1)

    def show_stage(self, stage_id: int, name: str) -> None:
        """Read the settings of a stage; those of another one go."""
        if stage_id != self._stage_id:
            self.model.show_rows(())
        self._stage_id = stage_id
        self.texts.bind(self.title.setText, N_("What “{stage}” scored"), stage=name)
        self._read()

    def _read(self) -> None:
        if not self._desk.tasks.is_closed:
            self._reading.read(settings_of, self._stage_id).then(self._take, self._desk.messages.show_error)

    @Slot(object)
    def _take(self, rows: tuple[SettingRow, ...]) -> None:
        self.model.show_rows(rows)
        self.pages.setCurrentIndex(0 if rows else 1)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table == "stage_points" and self.isVisible():
            self._read()
