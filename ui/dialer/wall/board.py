"""The charts of the wall with their tables: the same numbers twice, one key apart."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.dialer.desk_states import OUTCOMES
from app.domain.dialer.statuses import OUTCOMES as WORDS
from app.domain.words import N_
from app.i18n import _, format_number, format_time, say
from app.services.dialer.wall import Figures, Part, Touches, Wall
from ui.dialer.wall.waits import rate, wait
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.charts import Series, StackedBars
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import heading, styled
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["Board"]

FILLS = {
    "success": "#44BB99",
    "contact": "#77AADD",
    "callback": "#EEDD88",
    "refusal": "#EE8866",
    "wrong_number": "#FFAABB",
    "do_not_call": "#C6A5E8",
    "no_contact": "#DDDDDD",
}
"""Fills of LOOK.md, told apart by colour-blind people too."""

MOST_BARS = 40
"""The table has the others."""

_BY = {"agent": N_("By agent"), "pool": N_("By pool"), "hour": N_("By hour")}
_FIRST = (N_("Calls"), N_("Reached"), N_("Contact rate"), N_("Skips"), N_("To first call"), N_("Longest"))


class Board(QWidget):
    """Calls by the hour, and results by agent, pool or hour. Signal: `turned()` when charts or tables come up."""

    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wall: Wall | None = None
        self._touches: Touches | None = None
        self.hours, self.results = StackedBars(), StackedBars(lying=True)
        self.hour_rows = TextTable((N_("Hour"), *_FIRST[:4]), self, numbers=(1, 2, 3, 4))
        names = [WORDS[outcome].text for outcome in OUTCOMES]
        self.result_rows = TextTable((N_("Name"), *_FIRST, *names), self, numbers=range(1, len(_FIRST) + 8))
        self.hour_table, self.result_table = TableView(), TableView()
        self.hour_table.setModel(self.hour_rows)
        self.result_table.setModel(self.result_rows)
        for table, widths in ((self.hour_table, (90, 80, 90, 110)), (self.result_table, (170, 80, 90, 110))):
            for column, width in enumerate(widths):
                table.horizontalHeader().resizeSection(column, theme.scale(width))
        self.by = Picker()
        self.by.set_value("agent")
        self.by.changed.connect(self._fill)
        self._stacks = (
            self._stack(self.hours, self.hour_table),
            self._stack(_scrolled(self.results), self.result_table),
        )
        self._build()
        texts = Texts(self)
        for named, text in (
            (self.hours, N_("Chart of the calls per hour")),
            (self.results, N_("Chart of the results")),
            (self.hour_table, N_("Calls per hour")),
            (self.result_table, N_("Results")),
            (self.by, N_("Results by")),
        ):
            texts.bind(named.setAccessibleName, text)
        texts.redo(self._fill, key="fill")

    def _stack(self, chart: QWidget, table: TableView) -> QStackedWidget:
        stack = QStackedWidget()
        stack.addWidget(chart)
        stack.addWidget(table)
        return stack

    def _build(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        for stack, title, beside in (
            (self._stacks[0], heading(N_("Calls per hour")), None),
            (self._stacks[1], heading(N_("Results")), self.by),
        ):
            half = styled(QWidget(), "surface")
            half.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            column = QVBoxLayout(half)
            column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 8)])
            column.addLayout(_line(title, beside))
            column.addWidget(stack, 1)
            split.addWidget(half)
        split.setSizes([theme.scale(480), theme.scale(640)])
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    @property
    def shows_tables(self) -> bool:
        """Whether the numbers stand in tables now."""
        return self._stacks[0].currentIndex() == 1

    def turn(self) -> None:
        """From the charts to their tables and back; the keyboard goes where the numbers are."""
        is_table = not self.shows_tables
        for stack in self._stacks:
            stack.setCurrentIndex(int(is_table))
        if is_table:
            self.result_table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.turned.emit()

    def show_wall(self, wall: Wall) -> None:
        """Show these numbers."""
        self._wall = wall
        self._fill()

    def show_touches(self, touches: Touches) -> None:
        """Show these times to the first call."""
        self._touches = touches
        self._fill()

    @Slot()
    def _fill(self) -> None:
        self.by.offer([Choice(code, _(text)) for code, text in _BY.items()])
        if self._wall is None:
            return
        zone = ZoneInfo(self._wall.time_zone)
        hours = [Part(number, format_time(at, zone), counted) for number, (at, counted) in enumerate(self._wall.hours)]
        self._fill_hours(hours)
        by = self.by.value()
        parts = {"agent": self._wall.by_agent, "pool": self._wall.by_pool}.get(str(by), tuple(hours))
        parts = tuple(part for part in parts if part.figures.calls or part.figures.skips)
        self._fill_results(parts, str(by))

    def _fill_hours(self, hours: list[Part]) -> None:
        busy = [number for number, part in enumerate(hours) if part.figures.calls]
        hours = hours[min(busy[0], len(hours) - 6) if busy and len(hours) > 6 else max(0, len(hours) - 6) :]
        reached = tuple(float(part.figures.contacts) for part in hours)
        missed = tuple(float(part.figures.calls - part.figures.contacts) for part in hours)
        self.hours.show_bars(
            [part.name for part in hours],
            (
                Series(_("Reached"), FILLS["success"], reached),
                Series(_("Not reached"), FILLS["no_contact"], missed),
            ),
        )
        self.hour_rows.show_rows([(part.name, *_counts(part.figures)) for part in hours])

    def _fill_results(self, parts: Sequence[Part], by: str) -> None:
        bars = parts[:MOST_BARS]
        self.results.show_bars(
            [part.name or _("None") for part in bars],
            tuple(
                Series(
                    say(WORDS[outcome]),
                    FILLS[outcome],
                    tuple(float((part.figures.outcomes or {}).get(outcome, 0)) for part in bars),
                )
                for outcome in OUTCOMES
            ),
        )
        waits = self._waits(by)
        self.result_rows.show_rows([self._row(part, waits) for part in parts])

    def _waits(self, by: str) -> dict[int | None, tuple[str, str]]:
        if self._touches is None or by == "hour":
            return {}
        touches = self._touches.by_agent if by == "agent" else self._touches.by_pool
        return {touch.id: (wait(touch.average_seconds), wait(touch.longest_seconds)) for touch in touches}

    def _row(self, part: Part, waits: dict[int | None, tuple[str, str]]) -> tuple[str, ...]:
        outcomes = part.figures.outcomes or {}
        results = (format_number(outcomes.get(outcome, 0)) for outcome in OUTCOMES)
        name = part.name or _("None")
        return (name, *_counts(part.figures), *waits.get(part.id, ("", "")), *results)


def _counts(figures: Figures) -> tuple[str, str, str, str]:
    return format_number(figures.calls), format_number(figures.contacts), rate(figures), format_number(figures.skips)


def _scrolled(chart: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside = styled(chart, "surface")
    inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    area.setWidget(inside)
    return area


def _line(title: QLabel, beside: QWidget | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.scale(12))
    row.addWidget(title)
    row.addStretch(1)
    if beside is not None:
        row.addWidget(beside)
    return row
