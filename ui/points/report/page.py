"""The task points summary: narrowed, sliced, added up, and written to a file."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.domain.points.asked import Slice
from app.domain.words import N_
from app.services.points.choices import choices
from app.services.points.report import SliceRow
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.points.report.filters import Filters
from ui.points.report.slices import SLICES, SlicesPane, slice_name
from ui.points.rows.pane import RowsPane
from ui.widgets.chips import flowing
from ui.widgets.styled import primary_button, styled, tool_row

__all__ = ["PointsReport"]

_ROWS = N_("Rows")
_OFFERED = frozenset({"users", "groups", "group_members", "processes", "stages", "company"})
"""What the filters offer comes from these tables."""


class PointsReport(QWidget):
    """Ten columns, or sums by one of six things; below them what all rows asked for come to."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._choosing = Latest(desk.tasks)
        self._is_stale = True
        self.filters = Filters(desk)
        self.rows, self.slices = RowsPane(desk), SlicesPane(desk)
        self.totals = self.rows.totals
        self.export_button = primary_button(N_("Export"), "export")
        self.ways = QButtonGroup(self)
        self._by: Slice | None = None
        self._build()
        self.filters.changed.connect(self.read)
        self.slices.opened.connect(self._narrow)
        self.ways.idClicked.connect(self._turn)
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
        self.setFocusProxy(self.filters)

    def _switch(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        holder, flow = flowing()
        for place, text in enumerate((_ROWS, *SLICES.values())):
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            Texts(button).bind(button.setText, text)
            self.ways.addButton(button, place)
            flow.addWidget(button)
        self.ways.button(0).setChecked(True)
        line.addWidget(holder, 1)
        return line

    # --- What the screen asks for

    def shown(self) -> None:
        """It is looked at: what can be chosen is read when it may have changed, which begins the report."""
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Read everything anew."""
        self._is_stale = False
        self._choosing.read(choices).then(self.filters.offer, self._desk.messages.show_error)
        self.read()

    @property
    def by(self) -> Slice | None:
        """By what the rows are summed up; None where the rows themselves are shown."""
        return self._by

    def show_by(self, by: Slice | None) -> None:
        """Show sums by this, or the rows."""
        place = 0 if by is None else 1 + list(SLICES).index(by)
        self.ways.button(place).setChecked(True)
        self._turn(place)

    @Slot(int)
    def _turn(self, place: int) -> None:
        self._by = None if place == 0 else list(SLICES)[place - 1]
        self._stack.setCurrentWidget(self.rows if self._by is None else self.slices)
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

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table == "points_entries" and self._by is not None:
            self.slices.again()
        elif table in _OFFERED:
            self._is_stale = not self.isVisible()
            if not self._is_stale:
                self._choosing.read(choices).then(self.filters.offer, self._desk.messages.show_error)
