"""Real presses, moves and releases across the board and a list of calls."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.ui.planner.canvas.conftest import AVI, DANA, DAY, SAMI, ZONE, at, point, small_model
from ui.planner.canvas.board import Board, View
from ui.planner.canvas.drag import DragController
from ui.planner.canvas.drops import Carried, Drop, Verdict, Zone
from ui.planner.canvas.periods import Period
from ui.planner.canvas.rows import instant

CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
CALL = Carried("Verdi", timedelta(minutes=90), "Yearly service", task_id=7)


class Calls(QListWidget):
    """A list in which every point holds the same call."""

    def payload_at(self, pos: QPoint) -> Carried | None:
        return CALL


class Desk(QWidget):
    """The two panes with a judge that knows one rule: nobody comes to Dana."""

    def __init__(self, direction: Qt.LayoutDirection) -> None:
        super().__init__()
        self.setLayoutDirection(direction)
        self.board, self.calls = Board(), Calls()
        layout = QVBoxLayout(self)
        layout.addWidget(self.board, 2)
        layout.addWidget(self.calls, 1)
        self.board.set_model(small_model())
        self.board.set_period(Period(DAY, 1, ZONE, (7 * 60, 19 * 60)), View.DAY)
        self.drops: list[Drop] = []
        self.unscheduled: list[Carried] = []
        self.refused: list[tuple[Drop, Verdict]] = []
        self.hints: list[str] = []
        self.drag = DragController(
            self.board,
            self.calls,
            judge=self.judge,
            drop=self.drops.append,
            unschedule=self.unscheduled.append,
            allowed_rows=lambda carried: frozenset({AVI, SAMI}),
        )
        self.drag.refused.connect(self.note)
        self.drag.hinted.connect(self.hints.append)

    def judge(self, drop: Drop) -> Verdict:
        return Verdict(drop.technician_id != DANA, "" if drop.technician_id != DANA else "Dana is sick", 0, at(13))

    def note(self, drop: Drop, verdict: Verdict) -> None:
        self.refused.append((drop, verdict))

    def drag_over(
        self, source: QWidget, path: list[QPoint], held: list[Qt.KeyboardModifier], *, drop: bool = True
    ) -> None:
        """Press at the first point (of the source), move over the others (global), release at the last."""
        send(source, QEvent.Type.MouseButtonPress, source.mapToGlobal(path[0]), held[0])
        for where in path[1:]:
            send(source, QEvent.Type.MouseMove, where, held[0])
        if drop:
            send(source, QEvent.Type.MouseButtonRelease, path[-1], held[-1])

    def on_board(self, technician: int, moment: datetime) -> QPoint:
        return self.board.viewport().mapToGlobal(point(self.board, technician, moment))

    def on_list(self) -> QPoint:
        return self.calls.viewport().mapToGlobal(QPoint(60, 20))


def send(widget: QWidget, kind: QEvent.Type, where: QPoint, held: Qt.KeyboardModifier) -> None:
    """A mouse event as Qt delivers it to the widget that was pressed, wherever the pointer is."""
    down = kind != QEvent.Type.MouseButtonRelease
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    buttons = Qt.MouseButton.LeftButton if down else Qt.MouseButton.NoButton
    local = QPointF(widget.mapFromGlobal(where))
    QApplication.sendEvent(widget, QMouseEvent(kind, local, QPointF(where), button, buttons, held))


@pytest.fixture(params=[Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def desk(qtbot: QtBot, request: pytest.FixtureRequest) -> Desk:
    made = Desk(request.param)
    qtbot.addWidget(made)
    made.resize(1000, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.mark.row("R-T28", "R-T29", "R-T27")
def test_a_call_dragged_up_lands_at_the_pointer_with_its_expected_length(desk: Desk) -> None:
    view = desk.calls.viewport()
    desk.drag_over(view, [QPoint(60, 20), desk.on_board(AVI, at(9)), desk.on_board(SAMI, at(13, 20))], [NONE])
    (drop,) = desk.drops
    assert (drop.technician_id, drop.start, drop.end) == (SAMI, at(13, 15), at(14, 45))
    assert drop.carried is CALL
    assert not desk.drag.is_dragging()
    assert desk.board.scene.ghost is None


@pytest.mark.row("R-T33", "U59")
def test_a_bar_moves_with_its_grab_point_and_length(desk: Desk) -> None:
    view = desk.board.viewport()
    grab = point(desk.board, AVI, at(14, 45))
    desk.drag_over(view, [grab, desk.on_board(SAMI, at(15)), desk.on_board(SAMI, at(15, 16))], [NONE])
    (drop,) = desk.drops
    assert (drop.technician_id, drop.start, drop.end, drop.zone) == (SAMI, at(14, 30), at(16), Zone.BODY)
    assert (drop.carried.visit_id, drop.carried.version) == (12, 1)


@pytest.mark.row("R-T33")
@pytest.mark.parametrize(
    ("grab", "to", "start", "end", "zone"),
    [
        (at(14, 2), at(13, 28), at(13, 30), at(15, 30), Zone.START),
        (at(15, 28), at(16, 20), at(14), at(16, 15), Zone.END),
        (at(15, 28), at(9), at(14), at(14, 15), Zone.END),
    ],
)
def test_both_edges_are_pulled_and_a_grid_step_is_left(
    desk: Desk, grab: datetime, to: datetime, start: datetime, end: datetime, zone: Zone
) -> None:
    path = [point(desk.board, AVI, grab), desk.on_board(SAMI, at(12)), desk.on_board(SAMI, to)]
    desk.drag_over(desk.board.viewport(), path, [NONE])
    (drop,) = desk.drops
    assert (drop.technician_id, drop.start, drop.end, drop.zone) == (AVI, start, end, zone)


def test_shift_bypasses_the_grid(desk: Desk) -> None:
    path = [QPoint(60, 20), desk.on_board(AVI, at(9)), desk.on_board(SAMI, at(13, 22))]
    desk.drag_over(desk.calls.viewport(), path, [SHIFT])
    (drop,) = desk.drops
    assert abs(drop.start - at(13, 22)) <= timedelta(minutes=1)
    assert drop.start.second == 0
    assert drop.end - drop.start == timedelta(minutes=90)


@pytest.mark.row("R-T28")
@pytest.mark.parametrize(
    ("held", "taken"), [([NONE, CTRL], 1), ([CTRL, CTRL], 1), ([CTRL, NONE], 0), ([NONE, NONE], 0)]
)
def test_ctrl_at_the_release_over_the_list_unschedules(desk: Desk, held: list[Qt.KeyboardModifier], taken: int) -> None:
    path = [point(desk.board, AVI, at(9, 30)), desk.on_board(AVI, at(11)), desk.on_list()]
    desk.drag_over(desk.board.viewport(), path, held)
    assert [each.visit_id for each in desk.unscheduled] == [11] * taken
    assert desk.drops == []
    assert "Hold Ctrl to unschedule" in desk.hints or "Release to unschedule" in desk.hints
    assert desk.hints[-1] == ""


@pytest.mark.row("R-T31", "U63")
def test_a_refused_place_says_why_and_takes_nothing(desk: Desk) -> None:
    path = [QPoint(60, 20), desk.on_board(AVI, at(9)), desk.on_board(DANA, at(9, 30))]
    desk.drag_over(desk.calls.viewport(), path, [NONE], drop=False)
    ghost = desk.board.scene.ghost
    assert ghost is not None
    assert (ghost.verdict.is_allowed, ghost.verdict.reason, ghost.verdict.nearest) == (False, "Dana is sick", at(13))
    assert desk.board.scene.allowed == {AVI, SAMI}, "other rows are dimmed"
    send(desk.calls.viewport(), QEvent.Type.MouseButtonRelease, path[-1], NONE)
    assert desk.drops == []
    assert [verdict.reason for _, verdict in desk.refused] == ["Dana is sick"]
    assert desk.board.scene.allowed is None


@pytest.mark.parametrize("ending", ["escape", "other window"])
def test_escape_and_losing_the_window_put_everything_back(desk: Desk, ending: str) -> None:
    path = [point(desk.board, AVI, at(9, 30)), desk.on_board(AVI, at(11)), desk.on_board(SAMI, at(15))]
    desk.drag_over(desk.board.viewport(), path, [NONE], drop=False)
    assert desk.drag.is_dragging()
    if ending == "escape":
        QTest.keyClick(desk.board, Qt.Key.Key_Escape)
    else:
        QApplication.sendEvent(desk, QEvent(QEvent.Type.WindowDeactivate))
    assert not desk.drag.is_dragging()
    send(desk.board.viewport(), QEvent.Type.MouseButtonRelease, path[-1], NONE)
    assert (desk.drops, desk.unscheduled) == ([], [])
    assert QApplication.overrideCursor() is None


def test_a_click_is_no_drag_and_a_return_home_changes_nothing(desk: Desk) -> None:
    grab = point(desk.board, AVI, at(9, 30))
    view = desk.board.viewport()
    desk.drag_over(view, [grab, view.mapToGlobal(grab + QPoint(2, 1))], [NONE])
    assert desk.board.selected() == (11,)
    desk.drag_over(view, [grab, desk.on_board(SAMI, at(15)), view.mapToGlobal(grab)], [NONE])
    assert desk.drops == []


def test_ctrl_click_adds_to_the_selection(desk: Desk) -> None:
    view = desk.board.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point(desk.board, AVI, at(9, 30)))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, CTRL, point(desk.board, SAMI, at(10, 30)))
    assert desk.board.selected() == (11, 31)


def test_near_an_edge_the_board_scrolls_and_judges_the_new_place(qtbot: QtBot, desk: Desk) -> None:
    board = desk.board
    board.set_zoom(6.0)
    board.horizontalScrollBar().setValue(0)
    late = board.scene.scale.trailing(0, board.scene.scale.width, 1, 4)
    line = board.model.line_of(SAMI)
    assert line is not None
    y = board.scene.lines.top(line) - board.scene.top + 10
    edge = board.viewport().mapToGlobal(QPoint(late, y))
    view = desk.calls.viewport()
    desk.drag_over(view, [QPoint(60, 20), edge + QPoint(0, -5), edge], [NONE], drop=False)

    def first() -> datetime:
        assert board.scene.ghost is not None
        return board.scene.ghost.drop.start

    began = first()
    qtbot.waitUntil(lambda: board.horizontalScrollBar().value() > 120 and first() > began, timeout=60_000)
    pointer = instant(board.hit(board.viewport().mapFromGlobal(edge)).second)
    assert timedelta(0) <= pointer - first() < timedelta(minutes=15)
    desk.drag.cancel()
