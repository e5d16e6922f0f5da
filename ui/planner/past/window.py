"""The board of a day and the calls below it as they stood; to look at, nothing can be changed here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _, current, format_datetime, format_time
from app.services.context import reads
from app.services.planner.past import plan_at
from app.services.planner.rows import WaitingRow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.planner.calls import WIDTHS, CallsModel, CallsView
from ui.planner.canvas.board import Board, View
from ui.planner.canvas.rows import VisitBar
from ui.planner.model import BoardQuery, Loaded, bounds, packed
from ui.widgets.beside import BesideWindow
from ui.widgets.fields import DateField
from ui.widgets.moment import MomentRow
from ui.widgets.styled import heading, secondary, styled

__all__ = ["Past", "PastWindow", "load_past"]


@dataclass(frozen=True, slots=True)
class Past:
    """What was read and packed in the background."""

    moment: datetime
    loaded: Loaded
    waiting: tuple[WaitingRow, ...]
    waiting_total: int


@reads
def load_past(session: Any, query: BoardQuery, moment: datetime) -> Past:
    """Read a day's board as it stood and pack it for drawing."""
    day, start, end = bounds(session, query)
    found = plan_at(session, query.group_ids, start, end, moment=moment, language=query.language)
    return Past(moment, packed(query, day, found.board), found.waiting, found.waiting_total)


class PastWindow(BesideWindow):
    """Asks for another minute or another day; bars and rows can be looked at and nothing else."""

    name = N_("The plan as it stood")
    key = "planner.past"
    size_at_first = (1240, 780)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._reading = Latest(desk.tasks)
        self._groups: tuple[int, ...] | None = None
        self._past: Past | None = None
        self.moment = MomentRow()
        self.day = DateField()
        self.board = Board()
        self.board.describe = self._describe
        self.model = CallsModel(self)
        self.calls = CallsView(self.model)
        self._build()
        self.moment.wanted.connect(self.reload)
        self.day.changed.connect(self.reload)
        self.texts.redo(self._say, key="say")

    def _build(self) -> None:
        self.title.hide()
        self.banner = styled(QLabel(), "note-box")
        self.banner.setTextFormat(Qt.TextFormat.PlainText)
        self.banner.setWordWrap(True)
        self.body.addWidget(self.banner)
        self.moment.lead(self.day)
        self.texts.bind(self.day.setAccessibleName, N_("The day shown"))
        self.body.addWidget(self.moment)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, theme.scale(8), 0, 0)
        column.setSpacing(theme.scale(4))
        self.count = heading()
        column.addWidget(self.count)
        column.addWidget(self.calls, 1)
        self.calls.remember(self._desk.memory, "planner.past.calls", WIDTHS)
        self.calls.setSortingEnabled(False)
        self.texts.bind(self.calls.setAccessibleName, N_("Calls that waited"))
        self.hint = secondary(N_("Presences that follow from a rule are shown as they are today."))
        column.addWidget(self.hint)
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.board)
        both.addWidget(below)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setChildrenCollapsible(False)
        self.body.addWidget(both, 1)

    # --- Which minute

    def look(self, day: date, groups: tuple[int, ...] | None) -> None:
        """Show this day's plan of these groups as it stands now, to step back from."""
        self._groups = groups
        self.day.blockSignals(True)
        self.day.set_value(day)
        self.day.blockSignals(False)
        self.moment.set_value(datetime.now(UTC))
        self.reload()
        self.come()

    @Slot()
    def reload(self) -> None:
        """Read the plan of that day as of that minute."""
        query = BoardQuery(self._groups, self.day.value(), 1, current().code)
        self._reading.read(load_past, query, self.moment.value()).then(self._show, self._desk.messages.show_error)

    # --- Showing

    def _show(self, past: Past) -> None:
        is_first, self._past = self._past is None, past
        loaded, period = past.loaded, past.loaded.period
        self.moment.set_zone(period.zone)
        if period != self.board.period:
            is_same = (period.first, period.days) == (self.board.period.first, self.board.period.days) and not is_first
            left = self.board.scene.scale.t_along(self.board.scene.scale.offset)
            self.board.set_period(period, View.DAY, loaded.extra)
            self.board.set_model(loaded.model, loaded.extra)
            if is_same:
                self.board.horizontalScrollBar().setValue(self.board.scene.scale.along(left))
        else:
            self.board.set_model(loaded.model, loaded.extra)
        self.board.set_now(past.moment)
        self.model.zone = period.zone
        self.model.show_rows(past.waiting, has_more=False, today=past.moment.astimezone(period.zone).date())
        self._say()

    def _say(self) -> None:
        past = self._past
        if past is None:
            return
        moment = isolate(format_datetime(past.moment, past.loaded.period.zone, "medium"))
        self.banner.setText(_("As it stood on {moment} – nothing can be changed here.", moment=moment))
        self.count.setText(_("To plan: {count}", count=past.waiting_total))

    def _describe(self, bar: VisitBar) -> str:
        past = self._past
        if past is None:
            return bar.title
        zone = past.loaded.period.zone
        start, end = format_time(bar.start, zone), format_time(bar.end, zone)
        return "\n".join(filter(None, (bar.title, bar.subtitle, isolate(f"{start}–{end}"))))
