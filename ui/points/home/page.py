"""The page of points at home: the number of the month, the chart beneath, and the rows behind a bar one click away."""

import time
from datetime import date

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.periods import last_day_of
from app.domain.points.asked import Asked
from app.domain.words import N_, message
from app.i18n import _, format_date
from app.services.points import board
from app.services.points.board import Scores
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.points.chart.view import ChartView
from ui.points.home import words
from ui.points.home.head import Head
from ui.points.home.switches import Switches
from ui.points.rows.pane import RowsPane
from ui.widgets.empty import EmptyState
from ui.widgets.pane import DetailPane

__all__ = ["PointsHome"]

_FOLLOWED = frozenset({"points_entries", "users", "user_profiles", "profiles", "roles", "company"})
_PAUSE_MS = 400
_BREATHS = 4
"""After a change the numbers are read again when so many times the length of the last reading have passed."""


class PointsHome(QWidget):
    """One's own months or the team's, kept up to date while it is looked at."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.scores: Scores | None = None
        self.drilled: tuple[int | None, date] | None = None
        self._reading = Latest(desk.tasks)
        self._is_stale, self._asked_at = True, 0.0
        self.head, self.switches, self.chart = Head(), Switches(desk.memory), ChartView(desk)
        self.nobody = EmptyState(
            "people", N_("Nobody is in the team yet"), N_("Whoever holds a worker profile stands here.")
        )
        self.pane, self.rows = DetailPane(), RowsPane(desk)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        column.setSpacing(theme.scale(12))
        column.addWidget(self.head)
        column.addWidget(self.switches)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.chart)
        self._stack.addWidget(self.nobody)
        self.pane.show_widget(self.rows)
        self.pane.hide()
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        for place, (part, stretch) in enumerate(((self._stack, 3), (self.pane, 2))):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(place, stretch)
        self._desk.memory.splitter(self.splitter, "points.home")
        column.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.switches.asked.connect(self._read_other)
        self.switches.turned.connect(self._draw)
        self.chart.picked.connect(self.drill)
        self.pane.closed.connect(self._leave_rows)
        self._desk.bridge.rows_changed.connect(self._hear)
        Texts(self).redo(self._say, key="say")
        self._pause, self._midnight = QTimer(self), QTimer(self)
        self._pause.setInterval(_PAUSE_MS)
        for timer in (self._pause, self._midnight):
            timer.setSingleShot(True)
            timer.timeout.connect(self._read_stale)

    # --- Reading

    def refresh(self) -> None:
        """What F5 does."""
        self._is_stale = True
        self._read_stale()
        self.rows.refresh()

    def shown(self) -> None:
        """What changed while it was covered is read when it comes to the front."""
        if self._is_stale:
            self._read_stale()

    def showEvent(self, event: QShowEvent) -> None:
        """Whichever way it came to the front."""
        super().showEvent(event)
        self.shown()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The chart is what one came for. As a proxy it would be the first place of Tab, before the switches above."""
        super().focusInEvent(event)
        self.chart.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the rows, also from the chart."""
        if event.key() == Qt.Key.Key_Escape and not self.pane.isHidden():
            self.pane.dismiss()
        else:
            super().keyPressEvent(event)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _FOLLOWED:
            self._is_stale = True
            # Not put off by more of them: somebody may be at work all day.
            if not self._pause.isActive():
                self._pause.start()

    @Slot()
    def _read_stale(self) -> None:
        if not self.isVisible() or self._desk.tasks.is_closed:
            self._is_stale = True
            return
        self._is_stale, self._asked_at = False, time.monotonic()
        asked = self._reading.read(board.home, self.switches.months, is_team=self.switches.is_team)
        asked.then(self._take, self._desk.messages.show_error)

    @Slot()
    def _read_other(self) -> None:
        self._is_stale = True
        self._read_stale()

    def _take(self, scores: Scores) -> None:
        is_other = self.scores is not None and self.scores.is_team != scores.is_team
        self.scores = scores
        self._pause.setInterval(max(_PAUSE_MS, round(_BREATHS * 1000 * (time.monotonic() - self._asked_at))))
        self.head.show_scores(scores)
        self.switches.show_scores(scores)
        self._draw()
        if self.drilled is not None and (is_other or not self._may_see(self.drilled[0])):
            self.pane.dismiss()
        # The day of the company ends while the page is looked at, and with it perhaps the month.
        self._midnight.start(1000 + round(scores.day_left.total_seconds() * 1000))

    @Slot()
    def _draw(self) -> None:
        if (scores := self.scores) is not None:
            self._stack.setCurrentWidget(self.chart if scores.board.lines else self.nobody)
            self.chart.show_board(scores.board, self.switches.grouped, words.chart_title(scores), scores.today)

    # --- The rows behind a bar

    @Slot(object, object)
    def drill(self, worker_id: int | None, month: date) -> None:
        """Show the rows of a worker's month, or of everybody's, to whoever may see them."""
        if self.scores is None:
            return
        if not self.scores.is_team:
            worker_id = self._desk.person.id
        if not self._may_see(worker_id):
            self._desk.messages.info(message(N_("You see only the rows of your own points.")))
            return
        self.drilled = worker_id, month
        self._say()
        self._open_pane()
        self.rows.ask(Asked(first=month, last=last_day_of(month), worker_id=worker_id))

    def _open_pane(self) -> None:
        self.pane.show()
        above, below = self.splitter.sizes()
        if below * 3 < above + below:
            # Room for rows the first time; after that the line between stays where somebody put it.
            self.splitter.setSizes([above + below - (above + below) * 9 // 20, (above + below) * 9 // 20])

    def _may_see(self, worker_id: int | None) -> bool:
        is_own = worker_id is not None and worker_id == self._desk.person.id
        return is_own or (self.scores is not None and self.scores.access.rows)

    @Slot()
    def _leave_rows(self) -> None:
        self.drilled = None
        if self.isVisible():
            self.chart.setFocus()

    def _say(self) -> None:
        if self.scores is not None:
            self._draw()
        if self.scores is None or self.drilled is None:
            return
        worker_id, month = self.drilled
        line = None if worker_id is None else self.scores.board.line(worker_id)
        named = format_date(month, "month")
        if worker_id is None:
            # A bar of the team leaves them out, their rows do not.
            whole = _("Everybody, also who is not ranked, {month}", month=named)
            self.pane.set_title(whole if self.scores.unranked else _("Everybody, {month}", month=named))
        else:
            name = line.name if line is not None else self._desk.person.name
            self.pane.set_title(_("{name}, {month}", name=name, month=named))
