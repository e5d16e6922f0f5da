"""A person's hands on the planner: finds places as the eye does and drags as the hand does."""

from datetime import datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from ui.planner.canvas.drops import Zone
from ui.planner.screen import PlannerScreen
from ui.tour.hands import Drag, TourError, settle

_NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
_INSIDE = 120  # seconds: who aims at a quarter of an hour does not aim at the pixel before it


class PlannerHands:
    """Drags calls and bars of one planner, told by ids and times instead of pixels."""

    def __init__(self, planner: PlannerScreen) -> None:
        self.planner = planner

    @property
    def viewport(self) -> QWidget:
        """Where the board gets the mouse."""
        return self.planner.board.viewport()

    def place(self, technician_id: int, moment: datetime) -> QPoint:
        """The point of the board that shows this technician at this time, scrolled into sight."""
        bar = self.planner.board.verticalScrollBar()
        half = max(1, bar.pageStep() // 2)
        for value in (bar.value(), *range(0, bar.maximum() + half, half)):
            bar.setValue(min(value, bar.maximum()))
            y = self._row(technician_id)
            if y is not None:
                return QPoint(self._column(y, moment), y)
        raise TourError(f"technician {technician_id} is not on the board")

    def _row(self, technician_id: int) -> int | None:
        board, middle = self.planner.board, self.viewport.width() // 2
        ys = [y for y in range(self.viewport.height()) if board.hit(QPoint(middle, y)).technician_id == technician_id]
        return ys[len(ys) // 2] if len(ys) > 12 else None

    def _column(self, y: int, moment: datetime) -> int:
        wanted = moment.timestamp() + _INSIDE
        return min(
            range(self.viewport.width()),
            key=lambda x: abs(self.planner.board.hit(QPoint(x, y)).second - wanted),
        )

    def grip(self, visit_id: int, zone: Zone = Zone.BODY) -> QPoint:
        """A point of the bar, scrolled into sight: its middle, or one of its edges."""
        board, height = self.planner.board, self.viewport.height()
        visit = self.planner.plan.visits.get(visit_id) if self.planner.plan is not None else None
        if visit is not None:
            self.place(visit.technician_id, visit.starts_at)
        for y in range(2, height, 4):
            hits = [
                QPoint(x, y)
                for x in range(self.viewport.width())
                if (hit := board.hit(QPoint(x, y))).visit_id == visit_id and hit.zone is zone
            ]
            if hits:
                return hits[len(hits) // 2]
        raise TourError(f"visit {visit_id} is not on the board")

    def lift_call(self, task_id: int) -> Drag:
        """Press on a call of the lower list."""
        return Drag(self.planner.calls.view.viewport(), self.point_of_call(task_id))

    def point_of_call(self, task_id: int) -> QPoint:
        """Where a call stands in the lower list."""
        view = self.planner.calls.view
        for y in range(4, view.viewport().height(), 8):
            at = QPoint(view.viewport().width() // 2, y)
            carried = view.payload_at(at)
            if carried is not None and carried.task_id == task_id:
                return at
        raise TourError(f"call {task_id} is not in sight in the list")

    def grey_place(self, technician_id: int) -> QPoint:
        """A point of a technician's row at which he is not there."""
        plan = self.planner.plan
        assert plan is not None
        middle = self.viewport.width() // 2
        row = self.place(technician_id, plan.rows.start)
        line = self.planner.board.model.row_at(self.planner.board.hit(QPoint(middle, row.y())).line)
        assert line is not None
        for x in range(self.viewport.width()):
            second = self.planner.board.hit(QPoint(x, row.y())).second
            spans = zip(line.white_starts, line.white_ends, strict=True)
            if not any(start <= second < end for start, end in spans):
                return QPoint(x + 12, row.y())
        raise TourError("the technician is there all day")

    def calls_in_sight(self) -> list[int]:
        """The task ids of the calls one sees in the lower list, from the top."""
        view, found = self.planner.calls.view, []
        for y in range(4, view.viewport().height(), 8):
            carried = view.payload_at(QPoint(view.viewport().width() // 2, y))
            if carried is not None and carried.task_id is not None and carried.task_id not in found:
                found.append(carried.task_id)
        return found

    def schedule(self, task_id: int, technician_id: int, start: datetime) -> None:
        """Drag a call up onto a technician's time and let go."""
        drag = self.lift_call(task_id)
        drag.move(self.viewport, self.place(technician_id, start))
        drag.release()

    def move(self, visit_id: int, technician_id: int, start: datetime) -> None:
        """Drag a bar so that its start comes to that place, held where its start is."""
        grip = self.grip(visit_id)
        visit = self.planner.plan.visits[visit_id] if self.planner.plan is not None else None
        assert visit is not None
        held = self._column(grip.y(), visit.starts_at) - grip.x()
        drag = Drag(self.viewport, grip)
        target = self.place(technician_id, start)
        drag.move(self.viewport, QPoint(target.x() - held, target.y()))
        drag.release()

    def stretch(self, visit_id: int, end: datetime) -> None:
        """Pull the end of a bar to a time."""
        grip = self.grip(visit_id, Zone.END)
        drag = Drag(self.viewport, grip)
        drag.move(self.viewport, QPoint(self._column(grip.y(), end), grip.y()))
        drag.release()

    def unschedule(self, visit_id: int) -> None:
        """Ctrl+drag a bar down into the list."""
        drag = Drag(self.viewport, self.grip(visit_id), CTRL)
        view = self.planner.calls.view.viewport()
        drag.move(view, view.rect().center())
        drag.release()
        settle()
