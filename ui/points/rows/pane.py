"""Rows of the ledger as a table of any length, with what they come to, and what can be done with a row."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QPoint, QTimer, Slot
from PySide6.QtWidgets import QDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.domain.points.asked import Asked
from app.domain.words import N_
from app.services.points import report
from app.services.points.report import Key, Page, ReportRow
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.points.rows.model import NOTE, NOTE_WIDTH, WIDTHS, RowsModel
from ui.points.rows.totals import TotalsLine
from ui.widgets.empty import EmptyState
from ui.widgets.fitting import FittedColumns
from ui.widgets.live import ChangedRows
from ui.widgets.paged import PagedView, Pages
from ui.widgets.points import ReverseWindow, WhyPoints, may_reverse

__all__ = ["RowsPane"]

_POINTS = N_("Points")

WHY = Command("points.why", N_("Why these points?"), "why", "Alt+Return", _POINTS, in_palette=False)
REVERSE = Command("points.reverse", N_("Reverse"), "undo", "", _POINTS, in_palette=False)
OPEN_CUSTOMER = Command("points.customer", N_("Open the customer"), "customer", "", _POINTS, in_palette=False)
OPEN_TASK = Command("points.task", N_("Open the task"), "task", "", _POINTS, in_palette=False)


class RowsPane(QWidget):
    """`ask(Asked)` shows its rows, the newest first, and keeps them up to date.

    Enter opens the task of a row; its menu leads to the customer, to why the row is there, and to its reversal.
    `acts` are the actions of that menu.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.asked: Asked | None = None
        self.window_open: QDialog | None = None
        self.model = RowsModel(self)
        self.table = PagedView(self.model)
        self.table.setSortingEnabled(False)
        FittedColumns(self.table, WIDTHS, NOTE, NOTE_WIDTH, desk.memory, "points.rows")
        self.pages = Pages(self.model, self._ask, _key, self)
        self.changed = ChangedRows(self.model, self._ask, self._ask_named, page=report.PAGE)
        self.totals = TotalsLine(desk)
        self.empty = EmptyState("list", N_("No rows"), N_("Nothing was scored here in these days."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.totals)
        self.setFocusProxy(self.table)
        self._heard: set[int] | None = set()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(100)
        self._connect()

    def _connect(self) -> None:
        texts = Texts(self)
        texts.bind(self.table.setAccessibleName, N_("Rows of points"))
        self.table.opened.connect(self._open)
        self.table.menu_wanted.connect(self.show_menu)
        self.table.start_wanted.connect(self.pages.restart)
        self.table.end_wanted.connect(self.pages.to_end)
        self.pages.started.connect(self._turn)
        self.changed.taken.connect(self._turn)
        self.pages.failed.connect(self._desk.messages.show_error)
        self._again.timeout.connect(self._read_heard)
        self._desk.bridge.rows_changed.connect(self._hear)
        self.table.chosen.connect(self._desk.commands.refresh)
        add = self._desk.commands.add
        self.acts = [
            add(command, do, owner=self.table, enabled=can)
            for command, do, can in (
                (OPEN_TASK, self.open_task, self._has_row),
                (OPEN_CUSTOMER, self.open_customer, self._has_customer),
                (WHY, self.why, self._has_row),
                (REVERSE, self.reverse, self._may_reverse),
            )
        ]

    # --- What is shown

    def ask(self, asked: Asked) -> None:
        """Show the rows of this question."""
        self.asked = asked
        self.changed.cancel()
        self.pages.restart()
        self.totals.ask(asked)

    def refresh(self) -> None:
        """Read everything anew."""
        if self.asked is not None:
            self.ask(self.asked)

    @property
    def current(self) -> ReportRow | None:
        """The row that is chosen, the only one."""
        chosen = self.table.chosen_rows()
        return self.model.rows[chosen[0]] if len(chosen) == 1 and chosen[0] < len(self.model.rows) else None

    def task_at_hand(self) -> int | None:
        """The task of the chosen row, for commands that are about one."""
        return None if self.current is None else self.current.task_id

    def _ask(
        self, after: Key | None = None, before: Key | None = None, *, at_end: bool = False, limit: int = report.PAGE
    ) -> Job[Page]:
        assert self.asked is not None
        job = self._desk.tasks.read(report.page, self.asked, after, before, at_end=at_end, limit=limit)
        job.done.connect(self._note_clock)
        return job

    def _ask_named(self, ids: Collection[int]) -> Job[tuple[ReportRow, ...]]:
        assert self.asked is not None
        return self._desk.tasks.read(report.named, self.asked, tuple(ids))

    def _note_clock(self, page: Page) -> None:
        self.model.zone = ZoneInfo(page.time_zone)

    @Slot()
    def _turn(self) -> None:
        self._stack.setCurrentWidget(self.table if self.model.rows else self.empty)
        # Whoever was chosen is gone with the rows of before.
        self._desk.commands.refresh()

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table != "points_entries" or self.asked is None:
            return
        self._heard = None if ids is None or self._heard is None else self._heard | ids
        self._again.start()
        self.totals.again()

    @Slot()
    def _read_heard(self) -> None:
        heard, self._heard = self._heard, set()
        if not self._desk.tasks.is_closed:
            self.changed.read(heard)

    # --- What can be done with a row

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self._desk.commands.run("tasks.open", self.model.rows[index.row()].task_id)

    @Slot(QPoint)
    def show_menu(self, place: QPoint) -> QMenu | None:
        """What can be done with the chosen row."""
        if self.current is None:
            return None
        menu = QMenu(self)
        menu.addActions(self.acts)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
        return menu

    @Slot()
    def open_task(self) -> None:
        """Go to the task the points were scored with."""
        if (row := self.current) is not None:
            self._desk.commands.run("tasks.open", row.task_id)

    @Slot()
    def open_customer(self) -> None:
        """Go to the customer of the row."""
        if (row := self.current) is not None and row.customer_id is not None:
            self._desk.commands.run("customers.open", row.customer_id)

    @Slot()
    def why(self) -> None:
        """Tell why the row is there."""
        if (row := self.current) is not None:
            self._show(WhyPoints(self._desk, row.entry, self))

    @Slot()
    def reverse(self) -> None:
        """Ask for a reason and take the row back."""
        if (row := self.current) is not None:
            self._show(ReverseWindow(self._desk, row.entry, self))

    def _show(self, window: QDialog) -> None:
        self.window_open = window
        window.open()

    def _has_row(self) -> bool:
        return self.current is not None

    def _has_customer(self) -> bool:
        return self.current is not None and self.current.customer_id is not None

    def _may_reverse(self) -> bool:
        row = self.current
        return row is not None and may_reverse(self._desk, row.entry)


def _key(row: ReportRow) -> Key:
    return row.key
