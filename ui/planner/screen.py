"""The planner's screen: board above, calls below, groups at the side; put together and kept up to date here."""

from datetime import date, timedelta
from functools import cached_property

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import i18n
from app.domain.people import Permission
from app.domain.planner import Snap
from app.domain.words import N_
from app.i18n import _, format_date, format_time
from app.services.planner.company import groups
from app.services.planner.rows import GroupRow, Placed, VisitRow
from app.settings import Settings
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.planner import commands
from ui.planner.canvas.board import Board, View
from ui.planner.canvas.rows import VisitBar
from ui.planner.group_list import GroupList
from ui.planner.handling import Handling
from ui.planner.model import BoardQuery, Loaded, Plan, VisitsRead, aligned, load_visits
from ui.planner.reading import BoardReading
from ui.planner.tool_row import ToolRow
from ui.planner.waiting_pane import WaitingPane
from ui.widgets.empty import EmptyState

__all__ = ["PlannerScreen"]

_VIEWS = {commands.DAY: View.DAY, commands.WEEK: View.WEEK, commands.FORTNIGHT: View.FORTNIGHT}
_VIEW_KEY = "planner/view"
_PAINTED_MS = 30
"""Qt paints some milliseconds after it was asked to; a reading begun before would come between."""


class PlannerScreen(QWidget):
    """Two panes: technicians' days above, calls to plan below, groups on the far side of the board."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.board = Board()
        self.calls = WaitingPane(desk)
        self.groups = GroupList(desk.memory)
        self._view = next((view for view in _VIEWS.values() if view.name == desk.memory.get(_VIEW_KEY)), View.DAY)
        self._day: date | None = None  # none until the first board has said on which day work goes on
        self._reveal: int | None = None
        self._is_new = True
        self.is_whole = False
        """Whether calls and groups have been asked for: they follow the first board."""
        self.handling = Handling(desk, self, self.board, self.calls, self)
        self.reading = BoardReading(desk.tasks, desk.bridge, lambda: self.handling.is_busy, self)
        self._ask()  # the board is read while the rest is put together
        self._groups = Latest(desk.tasks)
        self._add_commands()
        self.tool_row = ToolRow(desk.commands)
        self._build()
        self._connect()
        self._start()

    # --- Putting together ----------------------------------------------------------------------------------------

    def _add_commands(self) -> None:
        add = self._desk.commands.add
        add(commands.PREVIOUS, lambda: self.step(-1), owner=self)
        add(commands.NEXT, lambda: self.step(1), owner=self)
        add(commands.NOW, self.go_to_now, owner=self)
        add(commands.FIT, self.board.fit, owner=self)
        for command, view in _VIEWS.items():
            add(command, lambda wanted=view: self.show_view(wanted), owner=self)
        add(commands.PANES, self.next_pane, owner=self)
        add(commands.AS_OF, self.show_as_of, owner=self)
        self.handling.add_commands(self)
        from ui.planner.windows import add_windows

        add_windows(self._desk, self)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tool_row)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.board)
        upper = QSplitter(Qt.Orientation.Horizontal)
        upper.addWidget(self._stack)
        upper.addWidget(self.groups)
        upper.setStretchFactor(0, 1)
        upper.setCollapsible(0, False)
        upper.setSizes([theme.scale(1000), theme.scale(215)])
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(upper)
        whole.addWidget(self.calls)
        whole.setStretchFactor(0, 3)
        whole.setStretchFactor(1, 2)
        whole.setSizes([theme.scale(480), theme.scale(300)])
        whole.setChildrenCollapsible(False)
        # Calls that wait for a plan are none of a technician's: an empty list would say that none wait.
        self.calls.setVisible(not self._desk.person.sees_own_way_only)
        self._desk.person.news.changed.connect(self._permit)
        column.addWidget(whole, 1)
        self._desk.memory.splitter(upper, "planner.groups")
        self._desk.memory.splitter(whole, "planner.panes")
        self.setTabOrder(self.tool_row, self.board)
        self.setTabOrder(self.board, self.calls.view)
        self.setFocusProxy(self.board)

    @Slot()
    def _permit(self) -> None:
        self.calls.setVisible(not self._desk.person.sees_own_way_only)

    @cached_property
    def _nobody(self) -> EmptyState:
        """What stands in the board's place while there are no technicians."""
        nobody = EmptyState(
            "technician",
            N_("No technicians yet"),
            N_("Technicians with their presences show here, and calls are dragged onto their days."),
            N_("Import technicians"),
        )
        shown_to(self._desk.person, Permission.IMPORT, nobody.button)
        nobody.chosen.connect(lambda: self._desk.commands.run("go.imports"))
        self._stack.addWidget(nobody)
        return nobody

    def _connect(self) -> None:
        reading, board = self.reading, self.board
        reading.loaded.connect(self._show)
        reading.visits_read.connect(self._show_visits)
        reading.calls_changed.connect(self.calls.reload_soon)
        reading.groups_changed.connect(self._read_groups)
        reading.to_fix.connect(self.tool_row.show_to_fix)
        self.handling.acts.placed.connect(self._show_placed)
        self.groups.changed.connect(self._ask)
        self.tool_row.day_wanted.connect(self.go_to)
        board.day_wanted.connect(self.step)
        board.describe = self.describe
        self._desk.preferences.changed.connect(self._follow_preferences)
        translate.news.switched.connect(self._ask)
        self._clock = QTimer(self)
        self._clock.setInterval(20_000)
        self._clock.timeout.connect(self._tick)

    def _start(self) -> None:
        self._take_snap()
        self._clock.start()

    def _read_rest(self) -> None:
        """Read what surrounds the board, once the board stands: beside it, it would only hold it up."""
        if not self.is_whole:
            self.is_whole = True
            self._read_groups()
            self.calls.reload()

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The visit or the call that is chosen."""
        call = self.calls.view.current() if self.calls.view.hasFocus() else None
        return ("tasks", call.task_id, call.label) if call is not None else self.handling.card_at_hand()

    # --- Which days ----------------------------------------------------------------------------------------------

    @property
    def plan(self) -> Plan | None:
        """The board's state."""
        return self.reading.plan

    @Slot(object)
    def go_to(self, day: date) -> None:
        """Show the days that begin with this one, or the week it lies in."""
        self._day = day
        self._ask()

    @Slot(int)
    def step(self, steps: int) -> None:
        """Earlier or later by as much as is shown."""
        self.go_to(self._shown_day() + timedelta(self._view.value * steps))

    def show_view(self, view: View) -> None:
        """Show a day, a week or two, around the day that was wanted last."""
        self._view = view
        self._desk.memory.put(_VIEW_KEY, view.name)
        self.go_to(self._shown_day())

    def go_to_now(self) -> None:
        """Show this hour of today."""
        self._is_new = True
        self.go_to(self._today())

    def reveal(self, visit: VisitRow) -> None:
        """Show a visit, on another day if it stands there."""
        plan = self.plan
        if plan is not None and visit.id in plan.visits:
            self.board.select((visit.id,), reveal=True)
            self.board.setFocus()
        else:
            self._reveal = visit.id
            self.go_to(visit.starts_at.astimezone(plan.zone if plan is not None else None).date())

    def show_visit(self, visit_id: int) -> None:
        """Show the visit of this id, whichever groups are shown: what the command "Show on the planner" does."""
        self._desk.tasks.read(load_visits, frozenset({visit_id})).then(self._show_named)

    def _show_named(self, read: VisitsRead) -> None:
        visit = next((each for each in read.rows if each.is_active), None)
        if visit is None:
            self._desk.messages.info(N_("This visit is no longer on the plan."))
            return
        self.groups.include(visit.technician_id)
        self.reveal(visit)

    def show_as_of(self) -> None:
        """Show the day and the groups in front as they stood at a past minute, in a window of its own."""
        from ui.planner.past.window import PastWindow

        PastWindow.of(self._desk).look(self._shown_day(), self.groups.value())

    def _shown_day(self) -> date:
        return self._day or self._today()

    @Slot()
    def _ask(self) -> None:
        days = self._view.value
        first = None if self._day is None else aligned(self._day, days)
        self.reading.want(BoardQuery(self.groups.value(), first, days, i18n.current().code))
        if first is not None:
            self.tool_row.show_period(first, first + timedelta(days - 1), self._view)

    def reload(self) -> None:
        """Read the same days again."""
        self.reading.reload()

    def refresh(self) -> None:
        """What F5 does."""
        self._read_groups()
        self.reload()
        self.calls.reload()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        self.calls.search.setFocus()
        self.calls.search.selectAll()

    @Slot()
    def _read_groups(self) -> None:
        self._groups.read(groups).then(self._offer_groups)

    def _offer_groups(self, found: tuple[GroupRow, ...]) -> None:
        before = self.groups.value()
        self.groups.offer(found)
        if self.groups.value() != before:
            self._ask()

    # --- Showing -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _show(self, loaded: Loaded) -> None:
        """Show a board that was read; where it is the same days, everything stays where it was."""
        board, period = self.board, loaded.period
        if self._day is None:
            self._day = loaded.day
            self.tool_row.show_period(period.first, period.first + timedelta(period.days - 1), self._view)
        if period != board.period or self._is_new:
            is_same = (period.first, period.days) == (board.period.first, board.period.days) and not self._is_new
            left = board.scene.scale.t_along(board.scene.scale.offset)
            board.set_period(period, self._view, loaded.extra)
            board.set_model(loaded.model, loaded.extra)
            if is_same:
                board.horizontalScrollBar().setValue(board.scene.scale.along(left))
        else:
            board.set_model(loaded.model, loaded.extra)
        self.handling.acts.zone = period.zone
        self.calls.set_zone(period.zone, loaded.rows.now)
        self._tick()
        self._stack.setCurrentWidget(board if loaded.rows.technicians else self._nobody)
        if self._is_new and 0 <= (self._today() - period.first).days < period.days:
            board.jump_to(self.reading.clock())
        self._is_new = False
        if self._reveal is not None:
            board.select((self._reveal,), reveal=True)
            board.setFocus()
            self._reveal = None
        QTimer.singleShot(_PAINTED_MS, self._read_rest)

    @Slot(object)
    def _show_visits(self, read: VisitsRead) -> None:
        if self.plan is not None:
            self._draw(self.plan, read.rows, read.asked)

    @Slot(object)
    def _show_placed(self, done: Placed) -> None:
        if self.plan is not None:
            self._draw(self.plan, (done.visit,))
            if self.plan.holds(done.visit):
                self.board.select((done.visit.id,))

    def _draw(self, plan: Plan, rows: tuple[VisitRow, ...], asked: frozenset[int] = frozenset()) -> None:
        bars, removed = plan.take(rows, asked)
        self.board.replace_visits(bars, removed)
        for line in plan.settle():
            self.board.set_line(line)
        self.handling.drag.refresh()

    def describe(self, bar: VisitBar) -> str:
        """Everything about a visit, one thing a line, for tooltips and screen readers."""
        plan = self.plan
        visit = plan.visits.get(bar.visit_id) if plan is not None else None
        if plan is None or visit is None:
            return bar.title
        start, end = format_time(visit.starts_at, plan.zone), format_time(visit.ends_at, plan.zone)
        day = format_date(visit.starts_at.astimezone(plan.zone).date(), "day")
        site = plan.rows.site_names.get(visit.site_id, "") if visit.site_id is not None else ""
        technician = plan.technicians[visit.technician_id].name if visit.technician_id in plan.technicians else ""
        lines = [
            visit.label,
            visit.subject if visit.subject != visit.label else "",
            visit.type_name,
            f"{day}  {isolate(f'{start}–{end}')}",
            technician,
            site,
            visit.state_name,
            _("Stands outside the technician's presence") if visit.is_conflicting else "",
        ]
        return "\n".join(line for line in lines if line)

    # --- The rest ------------------------------------------------------------------------------------------------

    def _today(self) -> date:
        plan = self.plan
        return self.reading.clock().astimezone(plan.zone if plan is not None else None).date()

    @Slot()
    def _tick(self) -> None:
        self.board.set_now(self.reading.clock())

    @Slot(str)
    def _follow_preferences(self, key: str) -> None:
        if key == Settings.planner_snap.key:
            self._take_snap()

    def _take_snap(self) -> None:
        self.board.snap = Snap(self.board.snap.zone, self._desk.preferences.snap_minutes)

    def next_pane(self) -> None:
        """Move the keyboard to the next pane: board, calls, groups, days."""
        panes: list[QWidget] = [self.board, self.calls.view, self.groups.list, self.tool_row.date]
        here = next((number for number, pane in enumerate(panes) if pane.hasFocus()), -1)
        panes[(here + 1) % len(panes)].setFocus(Qt.FocusReason.TabFocusReason)
