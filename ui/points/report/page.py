"""The task points summary: narrowed, sliced, added up, and written to a file."""

from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.domain.points.asked import Slice
from app.domain.words import N_
from app.services.points.choices import Choices, choices
from app.services.points.report import SliceRow
from ui.kit import theme
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.points.report.export import EXPORTING, begin_export
from ui.points.report.filters import Filters
from ui.points.report.slices import SlicesPane, slice_name
from ui.points.rows.pane import RowsPane
from ui.points.verify import VerifyStrip
from ui.widgets.busy import BusyStrip
from ui.widgets.chips import flowing
from ui.widgets.styled import foot_row, hairline, primary_button, styled, tool, tool_row

__all__ = ["PointsReport"]

EXPORT = Command("points.export", N_("Export the report"), "export", "Ctrl+Shift+S", N_("Points"))

_WAYS: tuple[tuple[Slice | None, str], ...] = (
    (None, N_("Rows")),
    (Slice.WORKER, N_("By worker")),
    (Slice.CUSTOMER, N_("By customer")),
    (Slice.PROCESS, N_("By process")),
    (Slice.STAGE, N_("By stage")),
    (Slice.MONTH, N_("By month")),
    (Slice.GROUP, N_("By group")),
)
_OFFERED = frozenset({"users", "groups", "group_members", "processes", "stages", "company"})
"""What the filters offer comes from these tables."""


class PointsReport(QWidget):
    """Ten columns, or sums by one of six things; below them what all rows asked for come to."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._choosing = Latest(desk.tasks)
        self.filters = Filters(desk)
        self.rows, self.slices = RowsPane(desk), SlicesPane(desk)
        self.totals = self.rows.totals
        self.export_button = primary_button(N_("Export"), "export")
        self.busy = BusyStrip()
        self.verify = VerifyStrip(desk)
        self.export: Job[tuple[Path, int]] | None = None
        self.ways = QButtonGroup(self)
        self._by: Slice | None = None
        self._midnight = QTimer(self)
        self._midnight.setSingleShot(True)
        self._midnight.timeout.connect(self.shown)
        self._build()
        self.filters.changed.connect(self.read)
        self.slices.opened.connect(self._narrow)
        self.ways.idClicked.connect(self._turn)
        self.export_button.clicked.connect(self.ask_file)
        self.busy.finished.connect(self._allow)
        desk.commands.add(EXPORT, self.ask_file, owner=self, enabled=self._can_export)
        desk.bridge.rows_changed.connect(self._hear)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, tools = tool_row()
        tools.addWidget(self.filters, 1)
        tools.addWidget(self.export_button)
        column.addWidget(holder)
        column.addLayout(self._switch())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.rows)
        self._stack.addWidget(self.slices)
        column.addWidget(self._stack, 1)
        # Rows and sums come to the same.
        column.addWidget(self.totals)
        column.addWidget(hairline())
        foot, checked = foot_row()
        checked.addWidget(self.verify)
        column.addWidget(foot)
        self.setFocusProxy(self.filters)

    def _switch(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        holder, flow = flowing()
        for place, (_by, text) in enumerate(_WAYS):
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            Texts(button).bind(button.setText, text)
            self.ways.addButton(button, place)
            flow.addWidget(button)
        self.ways.button(0).setChecked(True)
        line.addWidget(holder, 1)
        line.addWidget(self.busy)
        self._tools = [tool(action) for action in self.rows.acts]
        for button in self._tools:
            line.addWidget(button)
        return line

    # --- What the screen asks for

    @Slot()
    def shown(self) -> None:
        """It is looked at: what can be chosen is read, and what day it is; the first time this begins the report."""
        if not self._desk.tasks.is_closed:
            self._choosing.read(choices).then(self._offer, self._desk.messages.show_error)

    def _offer(self, found: Choices) -> None:
        self.filters.offer(found)
        # The day of the company ends while the page is looked at, and with it perhaps the month.
        self._midnight.start(1000 + round(found.day_left.total_seconds() * 1000))

    def refresh(self) -> None:
        """Read everything anew."""
        self.shown()
        self.read()

    @property
    def by(self) -> Slice | None:
        """By what the rows are summed up; None where the rows themselves are shown."""
        return self._by

    def show_by(self, by: Slice | None) -> None:
        """Show sums by this, or the rows."""
        place = [way for way, _text in _WAYS].index(by)
        self.ways.button(place).setChecked(True)
        self._turn(place)

    @Slot(int)
    def _turn(self, place: int) -> None:
        self._by = _WAYS[place][0]
        self._stack.setCurrentWidget(self.rows if self._by is None else self.slices)
        for button in self._tools:
            button.setVisible(self._by is None)
        self.totals.say_twice(on=self._by is Slice.GROUP)
        asked = self.filters.asked
        if self._by is not None and asked is not None:
            self.slices.ask(asked, self._by)

    @Slot()
    def read(self) -> None:
        """Show what the filters ask for."""
        asked = self.filters.asked
        if asked is None or self._desk.tasks.is_closed:
            return
        self.rows.ask(asked)
        if self._by is not None:
            self.slices.ask(asked, self._by)

    @Slot(object)
    def _narrow(self, row: SliceRow) -> None:
        """The rows behind a sum."""
        if self._by is not None and self.filters.narrow(self._by, row, slice_name(self._by, row)):
            self.show_by(None)
            self.rows.setFocus()

    # --- To a file

    @Slot()
    def ask_file(self) -> None:
        """Write what is shown to a file, all of it."""
        asked = self.filters.asked
        if asked is None or not self._can_export():
            return
        job = begin_export(self._desk, self, asked, self._by, self.filters.said())
        if job is not None:
            self.export = job
            self.busy.follow(job, EXPORTING)
            self._allow()

    def _can_export(self) -> bool:
        return self.filters.asked is not None and self.busy.isHidden()

    @Slot()
    def _allow(self) -> None:
        self.export_button.setEnabled(self._can_export())
        self._desk.commands.refresh()

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table == "points_entries" and self._by is not None:
            self.slices.again()
        elif table in _OFFERED and self.isVisible():
            self.shown()
