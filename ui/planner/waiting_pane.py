"""The lower pane: the count of calls to plan, the chips, the search, the list, and how it is kept up to date."""

from dataclasses import replace
from datetime import date, datetime, tzinfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.domain.words import N_
from app.services.planner.waiting import (
    EVERYTHING,
    PAGE,
    WaitingFilter,
    WaitingKey,
    WaitingPage,
    WaitingSort,
    WaitingSummary,
    waiting,
    waiting_summary,
)
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.planner.calls import WIDTHS, CallsModel, CallsView
from ui.planner.filters import FilterButton
from ui.widgets.empty import EmptyState
from ui.widgets.search import SearchField
from ui.widgets.styled import heading, secondary, styled

__all__ = ["WaitingPane"]


class WaitingPane(QWidget):
    """Calls to plan. Signal: `counted(total)` when the number of calls waiting is known."""

    counted = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wanted = EVERYTHING
        self._sort, self._descending = WaitingSort.DUE, False
        self._next_key: WaitingKey | None = None
        self._today: date | None = None
        self._is_stale = False
        self._pages, self._figures, self._more = (Latest(desk.tasks) for _number in range(3))
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.setInterval(120)
        self._reading.timeout.connect(self.reload)
        self.model = CallsModel(self)
        self.view = CallsView(self.model)
        self._texts = Texts(self)
        self._build()
        self.model.sort_wanted.connect(self._sort_by)
        self.model.more_wanted.connect(self._read_more)

    def _build(self) -> None:
        styled(self, "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        self._texts.bind(self.view.setAccessibleName, N_("Calls to plan"))
        self.view.remember(self._desk.memory, "planner.calls", WIDTHS)
        self._nothing = EmptyState(
            "success", N_("No calls wait to be planned"), N_("New calls show here until they stand on the plan.")
        )
        # One over the other: an empty list is still there to drop visits on.
        both = QGridLayout()
        both.addWidget(self.view, 0, 0)
        both.addWidget(self._nothing, 0, 0)
        self._nothing.hide()
        column.addLayout(both, 1)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(*[theme.scale(each) for each in (16, 6, 12, 6)])
        row.setSpacing(theme.scale(8))
        title = heading(N_("To plan"))
        self.total = styled(QLabel(), "badge")
        self.total.setTextFormat(Qt.TextFormat.PlainText)
        self.total.hide()
        self.sites = FilterButton(N_("Site"), N_("Without a site"))
        self.types = FilterButton(N_("Type"), N_("Without a type"))
        self.overdue = styled(QToolButton(), "segment")
        self.overdue.setCheckable(True)
        self.search = SearchField(N_("Search the calls to plan"))
        self.search.setMaximumWidth(theme.scale(280))
        self.hint = secondary()
        self.hint.setWordWrap(False)
        for widget in (title, self.total, self.sites, self.types, self.overdue):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.hint)
        row.addWidget(self.search)
        self._texts.bind(self.overdue.setText, N_("Overdue"))
        self.sites.changed.connect(self._filter)
        self.types.changed.connect(self._filter)
        self.overdue.toggled.connect(self._filter)
        self.search.searched.connect(self._filter)
        return row

    # --- Reading -------------------------------------------------------------------------------------------------

    def set_zone(self, zone: tzinfo, moment: datetime) -> None:
        """The company's zone, for due days and for which of them is today."""
        self.model.zone = zone
        self._today = moment.astimezone(zone).date()

    def reload_soon(self) -> None:
        """Read again shortly: many changes at once are one reading."""
        if not self.isVisible():
            self._is_stale = True
        elif not self._reading.isActive():
            self._reading.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was missed while another screen was in front."""
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self._reading.start()

    @Slot()
    def reload(self) -> None:
        """Read as many rows as are shown, in the order wanted; selection and scroll stay."""
        shown = max(len(self.model.rows), PAGE)
        page = self._pages.read(
            waiting, self._wanted, sort=self._sort, descending=self._descending, limit=-(-shown // PAGE) * PAGE
        )
        page.then(self._show)
        self._figures.read(waiting_summary, self._wanted).then(self._show_figures)

    @Slot()
    def _read_more(self) -> None:
        if self._next_key is not None:
            job = self._more.read(
                waiting, self._wanted, sort=self._sort, descending=self._descending, after=self._next_key
            )
            job.then(self._append)

    def _show(self, page: WaitingPage) -> None:
        current = self.view.current()
        scrolled = self.view.verticalScrollBar().value()
        self._next_key = page.next_key
        self._more.cancel()
        self.model.show_rows(page.rows, has_more=page.next_key is not None, today=self._today)
        if current is not None and (self.view.current() or current).task_id == current.task_id:
            number = self.model.row_of(current.task_id)
            if number is not None and self.view.currentIndex().row() != number:
                self.view.selectRow(number)
        self.view.verticalScrollBar().setValue(scrolled)
        self._nothing.setVisible(not page.rows)

    def _append(self, page: WaitingPage) -> None:
        self._next_key = page.next_key
        self.model.append(page.rows, has_more=page.next_key is not None)

    def _show_figures(self, summary: WaitingSummary) -> None:
        is_all = summary.matching == summary.total
        figures = {"matching": summary.matching, "total": summary.total}
        self.total.show()
        self._texts.bind(self.total.setText, N_("{total}") if is_all else N_("{matching} of {total}"), **figures)
        self.sites.offer(summary.sites)
        self.types.offer(summary.types)
        self._texts.bind(self.overdue.setText, N_("Overdue {count}"), count=summary.overdue)
        self._say_empty(is_filtered=self._wanted != EVERYTHING)
        self.counted.emit(summary.total)

    def _say_empty(self, *, is_filtered: bool) -> None:
        if is_filtered:
            self._nothing.say(N_("No call matches"), N_("Remove a filter to see the others."))
        else:
            self._nothing.say(
                N_("No calls wait to be planned"), N_("New calls show here until they stand on the plan.")
            )

    # --- Wishes --------------------------------------------------------------------------------------------------

    @Slot()
    def _filter(self) -> None:
        self._wanted = WaitingFilter(
            self.sites.value(), self.types.value(), self.overdue.isChecked(), self.search.text().strip()
        )
        self._start_over()

    @Slot(object, bool)
    def _sort_by(self, sort: WaitingSort, descending: bool) -> None:
        if (sort, descending) != (self._sort, self._descending):
            self._sort, self._descending = sort, descending
            self._start_over()

    def _start_over(self) -> None:
        """From the first page, at the top."""
        self._next_key = None
        page = self._pages.read(waiting, self._wanted, sort=self._sort, descending=self._descending)
        page.then(self._show_first)
        self._figures.read(waiting_summary, replace(self._wanted)).then(self._show_figures)

    def _show_first(self, page: WaitingPage) -> None:
        self._show(page)
        self.view.verticalScrollBar().setValue(0)
