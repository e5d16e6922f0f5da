"""The monthly chart whole: bars or the table of the same numbers, beside the months with their totals."""

from datetime import UTC, date, datetime
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.domain.points.board import Board
from app.domain.words import N_, message
from app.i18n import _
from ui.kit import theme
from ui.kit.commands import Command
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.points.chart import picture as pictures
from ui.points.chart.bars import Bars
from ui.points.chart.legend import Legend
from ui.points.chart.marks import By
from ui.points.chart.picture import Picture
from ui.points.chart.table import BoardTable
from ui.widgets.styled import styled, tool

__all__ = ["ChartView"]

TABLE = Command("points.chart.table", N_("Chart or table"), "list", "Alt+T", "home")
COPY = Command("points.chart.copy", N_("Copy the picture"), "copy", "Ctrl+Shift+C", "home")
SAVE = Command("points.chart.save", N_("Save the picture"), "save", "Ctrl+Shift+S", "home")


class ChartView(QWidget):
    """Signal: `picked(worker_id | None, month)` by a click or Enter on a bar or on a cell of the table."""

    picked = Signal(object, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.board = Board((), ())
        self.by: By = "worker"
        self._title = ""
        self._day: date | None = None
        self.bars, self.table, self.legend = Bars(), BoardTable(), Legend()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.bars)
        self._stack.addWidget(self.table)
        commands = desk.commands
        self.actions_ = (
            commands.add(TABLE, self.turn, owner=self),
            commands.add(COPY, self.copy_picture, owner=self, enabled=self._has_bars),
            commands.add(SAVE, self.ask_file, owner=self, enabled=self._has_bars),
        )
        self._build()
        self.bars.picked.connect(self.picked)
        self.table.picked.connect(self.picked)
        self.legend.changed.connect(self._show)
        self.setFocusProxy(self.bars)

    def _build(self) -> None:
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(8)] * 4)
        row.setSpacing(theme.scale(16))
        row.addWidget(self._stack, 1)
        beside = QVBoxLayout()
        beside.setSpacing(theme.scale(4))
        tools = QHBoxLayout()
        tools.addStretch(1)
        for action in self.actions_:
            tools.addWidget(tool(action))
        beside.addLayout(tools)
        beside.addWidget(self.legend, 1)
        row.addLayout(beside)

    # --- What is shown

    def show_board(self, board: Board, by: By = "worker", title: str = "", day: date | None = None) -> None:
        """Show these numbers by worker or by month; what is hidden, chosen and in view stays so.

        `title` is what a picture is headed by, in the reader's language, and `day` the company's day it is of.
        """
        self.board, self.by, self._title, self._day = board, by, title, day
        self.legend.show_board(board)
        self._show()

    @Slot()
    def _show(self) -> None:
        # What is behind is given the numbers when it comes to the front.
        front = self.table if self.is_table else self.bars
        front.show_board(self.board, self.by, self.legend.hidden)
        self._desk.commands.refresh()

    @property
    def is_table(self) -> bool:
        """Whether the table is in front."""
        return self._stack.currentWidget() is self.table

    def show_table(self, wanted: bool) -> None:
        """The table in place of the bars, or the bars; the keyboard goes along."""
        if wanted == self.is_table:
            return
        front: QWidget = self.table if wanted else self.bars
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._stack.isAncestorOf(focused)
        self._stack.setCurrentWidget(front)
        self._show()
        self.setFocusProxy(front)
        if had_focus:
            front.setFocus()

    @Slot()
    def turn(self) -> None:
        """The table if the bars are in front, else the bars."""
        self.show_table(not self.is_table)

    def _has_bars(self) -> bool:
        return bool(self.board.lines) and len(self.legend.hidden) < len(self.board.months)

    # --- Pictures

    def picture(self) -> Picture:
        """What a picture of the chart shows now."""
        plot = self.bars.plot
        usual = _("Points by worker") if self.by == "worker" else _("Points by month")
        seen = plot.slots.groups_seen(plot.offset, plot.offset + plot.room)
        return Picture(
            self.board,
            self.by,
            self._title or usual,
            self._day or datetime.now(UTC).astimezone().date(),
            self.legend.hidden,
            seen.start,
            self.layoutDirection(),
        )

    @Slot()
    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        pictures.copy(self.picture())
        self._desk.messages.success(N_("The picture was copied."))

    @Slot()
    def ask_file(self) -> None:
        """Ask for a file and write the picture to it."""
        kinds = ";;".join(f"{name} (*{ending})" for ending, name in pictures.KINDS.items())
        name, kind = QFileDialog.getSaveFileName(self, _("Save the picture"), f"{_('Points')}.png", kinds)
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in pictures.KINDS:
            ending = next((each for each in pictures.KINDS if each in kind), next(iter(pictures.KINDS)))
            path = path.with_name(path.name + ending)
        self.save_picture(path)

    def save_picture(self, path: Path) -> None:
        """Write the picture as the ending of the file says, and tell."""
        try:
            pictures.save(self.picture(), path)
        except UserError as problem:
            self._desk.messages.show_error(problem)
            return
        said = message(N_("Saved as {name}."), name=path.name)
        self._desk.messages.success(said, offer=Offer(N_("Open"), lambda: _open(path)))


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
