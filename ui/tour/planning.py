"""The scheduler's morning: a refused place, a drop, a colleague's window, a clash, and everything taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.planner import Snap
from app.services.planner.rows import VisitRow
from ui.application import Desktop
from ui.planner.canvas.drops import Carried, Drop
from ui.planner.model import Plan
from ui.tour.board import PlannerHands
from ui.tour.hands import Drag, TourError, press, settle, wait
from ui.tour.stage import Stage

_CTRL = Qt.KeyboardModifier.ControlModifier
_DAYS = 7
_QUARTER = timedelta(minutes=15)


@dataclass
class Morning:
    """What one step leaves for the next."""

    stage: Stage
    task: int = 0
    place: Drop | None = None
    second: Desktop | None = None
    _drag: Drag | None = field(default=None, repr=False)

    @property
    def hands(self) -> PlannerHands:
        """Hands on the first window's planner."""
        return self.stage.planner(self.stage.desktop)

    @property
    def drop(self) -> Drop:
        """The place that was found for the call."""
        assert self.place is not None
        return self.place

    def find_place(self) -> QWidget:
        """Go to the next day on which somebody may take the first call."""
        hands = self.hands
        for _day in range(_DAYS):
            found = self._fit(hands)
            if found is not None:
                self.task, self.place = found
                return self.stage.desktop.window
            press(hands.planner.board, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier)
            settle()
            hands = self.hands
        raise TourError("nobody may take any of the calls in sight within a week")

    def _fit(self, hands: PlannerHands) -> tuple[int, Drop] | None:
        plan, view = hands.planner.plan, hands.planner.calls.view
        assert plan is not None
        after = max(plan.rows.start, datetime.now(plan.zone) + timedelta(minutes=15))
        for task in hands.calls_in_sight():
            carried = view.payload_at(hands.point_of_call(task))
            drop = plan.first_fit(carried, Snap(plan.zone), after) if carried is not None else None
            if drop is not None:
                return task, drop
        return None

    def refuse_drop(self) -> QWidget:
        """Over grey the ghost says why, and where the nearest place is; Escape gives the call back."""
        hands = self.hands
        self._drag = hands.lift_call(self.task)
        self._drag.move(hands.viewport, hands.grey_place(self.drop.technician_id))
        return self.stage.desktop.window

    def give_up(self) -> QWidget:
        """Escape: nothing was changed."""
        assert self._drag is not None
        self._drag.give_up()
        if self._visit() is not None:
            raise TourError("a drag that was given up has left a visit")
        return self.stage.desktop.window

    def schedule(self) -> QWidget:
        """Drag the call onto the technician's day."""
        self.hands.schedule(self.task, self.drop.technician_id, self.drop.start)
        wait(lambda: self._visit() is not None, "the visit on the board")
        wait(lambda: self.task not in self.hands.calls_in_sight(), "the call to leave the list")
        return self.stage.desktop.window

    def open_colleague(self) -> QWidget:
        """A colleague opens the same day in his own window."""
        self.second = self.stage.open_second()
        hands = self.stage.planner(self.second)
        hands.planner.go_to(self.drop.start.date())
        wait(lambda: self._visit_in(hands) is not None, "the visit on the colleague's board")
        return self.second.window

    def move(self) -> QWidget:
        """Move the visit; the colleague sees it."""
        assert self.second is not None
        visit, theirs = self._visit(), self.stage.planner(self.second)
        assert visit is not None
        technician_id, target = self._elsewhere(visit)
        self.hands.move(visit.id, technician_id, target)
        wait(lambda: self._start_in(self.hands) == target, "the visit at its new time")
        wait(lambda: self._start_in(theirs) == target, "the visit to move on the colleague's board")
        return self.stage.desktop.window

    def undo(self) -> QWidget:
        """Ctrl+Z brings it back."""
        press(self.hands.planner.board, Qt.Key.Key_Z, _CTRL)
        wait(lambda: self._start_in(self.hands) == self.drop.start, "the visit back where it was")
        return self.stage.desktop.window

    def clash(self) -> QWidget:
        """Both drop on one place: the colleague is first, this desktop is told and keeps its call."""
        assert self.second is not None
        theirs = self.stage.planner(self.second)
        hands = self.hands
        (mine, other), technician_id, start = self._contest(hands)
        wait(lambda: other in theirs.calls_in_sight(), "the colleague's call")
        theirs.schedule(other, technician_id, start)
        before = self.stage.said(self.stage.desktop)
        self.hands.schedule(mine, technician_id, start)
        wait(lambda: self.stage.said(self.stage.desktop) != before, "the message who was first")
        wait(lambda: mine in hands.calls_in_sight(), "the call back in the list")
        return self.stage.desktop.window

    def _contest(self, hands: PlannerHands) -> tuple[list[int], int, datetime]:
        """Two calls and a place that either of them could have."""
        plan, view = hands.planner.plan, hands.planner.calls.view
        assert plan is not None
        calls = {task: view.payload_at(hands.point_of_call(task)) for task in hands.calls_in_sight()}
        for technician_id, start in self._places(plan):
            fitting = [
                task
                for task, carried in calls.items()
                if carried is not None and self._may(plan, carried, technician_id, start)
            ]
            if len(fitting) > 1:
                return fitting[:2], technician_id, start
        raise TourError("no place that two calls could have")

    def _places(self, plan: Plan) -> Iterator[tuple[int, datetime]]:
        """Every quarter of an hour of everybody, from the first drop on; late in the day only the morning is free."""
        for begin in (self.drop.start, plan.rows.start):
            for technician_id in plan.technicians:
                start = begin
                while start < plan.rows.end:
                    yield technician_id, start
                    start += _QUARTER

    def _may(self, plan: Plan, carried: Carried, technician_id: int, start: datetime) -> bool:
        wanted = Drop(plan.completed(carried), technician_id, start, start + carried.length)
        return plan.judge(wanted, Snap(plan.zone)).is_allowed

    def unschedule(self) -> QWidget:
        """Ctrl+drag down: the call waits again."""
        visit = self._visit()
        assert visit is not None
        self.hands.unschedule(visit.id)
        wait(lambda: self._visit() is None, "the visit to leave the board")
        return self.stage.desktop.window

    def show_week(self) -> QWidget:
        """The same plan over a week."""
        press(self.hands.planner.board, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        settle()
        return self.stage.planner(self.stage.desktop).planner.window()

    def _visit(self) -> VisitRow | None:
        return self._visit_in(self.hands)

    def _visit_in(self, hands: PlannerHands) -> VisitRow | None:
        plan = hands.planner.plan
        visits = plan.visits.values() if plan is not None else ()
        return next((visit for visit in visits if visit.task_id == self.task and visit.is_active), None)

    def _start_in(self, hands: PlannerHands) -> datetime | None:
        visit = self._visit_in(hands)
        return visit.starts_at if visit is not None else None

    def _elsewhere(self, visit: VisitRow) -> tuple[int, datetime]:
        """Another time of that day: later, or where it is nearly over, earlier; if need be at a colleague's."""
        hands = self.hands
        plan, carried = hands.planner.plan, hands.planner.board.carried(visit.id)
        assert plan is not None
        assert carried is not None
        quarters: list[datetime] = [
            visit.starts_at + number * _QUARTER for number in (*range(1, 40), *range(-1, -40, -1))
        ]
        his = visit.technician_id
        for technician_id in (his, *(each for each in plan.technicians if each != his)):
            for start in quarters:
                if plan.rows.start <= start < plan.rows.end and self._may(plan, carried, technician_id, start):
                    return technician_id, start
        raise TourError("no free place to move to")
