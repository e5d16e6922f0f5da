"""Pointing, selecting and the keyboard."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from tests.unit.ui.planner.canvas.conftest import AVI, DANA, SAMI, at, bar, point, small_model
from ui.planner.canvas.board import Board
from ui.planner.canvas.drops import Drop, Spot, Zone
from ui.planner.canvas.rows import instant, seconds

Where = Callable[[int, datetime], QPoint]
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def test_hit_finds_row_time_bar_and_edge_from_both_sides(board: Board, spot: Where) -> None:
    middle = board.hit(spot(AVI, at(9, 30)))
    assert (middle.technician_id, middle.visit_id, middle.zone) == (AVI, 11, Zone.BODY)
    assert abs(instant(middle.second) - at(9, 30)) <= timedelta(minutes=1)
    assert board.hit(spot(AVI, at(9, 3))).zone is Zone.START
    assert board.hit(spot(AVI, at(9, 57))).zone is Zone.END
    assert board.hit(spot(AVI, at(8, 30))).visit_id is None
    assert board.hit(spot(SAMI, at(10, 30))).visit_id == 31
    assert board.hit(QPoint(10, 5)).technician_id == 0, "a heading is nobody"
    assert board.hit(QPoint(10, 290)).technician_id == 0, "below the last row is nobody"


def test_narrow_bars_have_no_edges(ltr_board: Board) -> None:
    ltr_board.replace_visits([bar(13, AVI, at(11), at(11, 10))])
    assert ltr_board.hit(point(ltr_board, AVI, at(11, 5))).zone is Zone.BODY
    assert ltr_board.hit(point(ltr_board, AVI, at(11, 0)) + QPoint(1, 0)).zone is Zone.BODY


def test_a_click_selects_what_is_under_it(board: Board, spot: Where) -> None:
    seen: list[tuple[int, ...]] = []
    board.selection_changed.connect(seen.append)
    QTest.mouseClick(board.viewport(), LEFT, pos=spot(AVI, at(9, 30)))
    QTest.mouseClick(board.viewport(), LEFT, pos=spot(AVI, at(8, 30)))
    assert seen == [(11,), ()]


@pytest.mark.row("R-T32")
def test_double_click_and_menu_name_the_free_place(qtbot: QtBot, board: Board, spot: Where) -> None:
    where = spot(SAMI, at(13, 20))
    with qtbot.waitSignal(board.slot_opened) as opened:
        QTest.mouseDClick(board.viewport(), LEFT, pos=where)
    found = opened.args[0]
    assert isinstance(found, Spot)
    assert (found.technician_id, found.moment, found.visit_id) == (SAMI, at(13, 15), None)
    with qtbot.waitSignal(board.visit_opened) as visit:
        QTest.mouseDClick(board.viewport(), LEFT, pos=spot(AVI, at(14, 30)))
    assert visit.args == [12]


def test_arrows_walk_bars_and_free_time_in_reading_direction(board: Board) -> None:
    later, earlier = (Key.Key_Left, Key.Key_Right) if board.isRightToLeft() else (Key.Key_Right, Key.Key_Left)
    board.select((11,))
    board.setFocus()
    places = []
    for key in (later, later, later, earlier, Key.Key_Home, Key.Key_End, Key.Key_Down):
        QTest.keyClick(board, key)
        cursor = board.scene.cursor
        assert cursor is not None
        places.append((board.model.row_at(cursor.line).technician_id, instant(cursor.start), cursor.visit_id))  # type: ignore[union-attr]
    assert places == [
        (AVI, at(10), None),
        (AVI, at(13), None),
        (AVI, at(14), 12),
        (AVI, at(13), None),
        (AVI, at(8), None),
        (AVI, at(15, 30), None),
        (DANA, at(13), None),
    ]


def test_keys_do_what_the_mouse_does(qtbot: QtBot, board: Board) -> None:
    board.select((12,))
    board.setFocus()
    with qtbot.waitSignal(board.visit_opened) as opened:
        QTest.keyClick(board, Key.Key_Return)
    with qtbot.waitSignal(board.unschedule_requested) as taken:
        QTest.keyClick(board, Key.Key_Delete)
    assert (opened.args, taken.args) == ([12], [(12,)])
    forward = Key.Key_Left if board.isRightToLeft() else Key.Key_Right
    with qtbot.waitSignal(board.day_wanted) as day:
        QTest.keyClick(board, forward, Qt.KeyboardModifier.ControlModifier)
    assert day.args == [1]


@pytest.mark.row("R-T33")
def test_a_bar_is_moved_and_lengthened_by_keys(qtbot: QtBot, board: Board) -> None:
    board.select((12,))
    board.setFocus()
    forward = Key.Key_Left if board.isRightToLeft() else Key.Key_Right
    told: list[Drop] = []
    board.nudged.connect(told.append)
    alt, ctrl, shift = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Alt", "Control", "Shift"))
    QTest.keyClick(board, forward, alt | shift)
    QTest.keyClick(board, Key.Key_Down, alt | shift)
    QTest.keyClick(board, forward, ctrl | shift)
    assert [(d.technician_id, d.start, d.end, d.zone) for d in told] == [
        (AVI, at(14, 15), at(15, 45), Zone.BODY),
        (DANA, at(14), at(15, 30), Zone.BODY),
        (AVI, at(14), at(15, 45), Zone.END),
    ]


def test_selection_and_cursor_follow_a_change_from_elsewhere(board: Board) -> None:
    board.select((12,))
    board.set_model(small_model())
    assert board.selected() == (12,)
    board.replace_visits([bar(12, SAMI, at(12), at(13), "Levi")])
    cursor = board.scene.cursor
    assert cursor is not None
    assert (cursor.line, instant(cursor.start)) == (board.model.line_of(SAMI), at(12))
    board.replace_visits([], [12])
    assert board.selected() == ()


def test_tooltip_tells_everything_as_plain_text(ltr_board: Board) -> None:
    board = ltr_board
    board.replace_visits([bar(12, AVI, at(14), at(15, 30), "<b>Levi & sons</b>")])
    where = point(board, AVI, at(14, 30))
    event = QHelpEvent(QHelpEvent.Type.ToolTip, where, board.viewport().mapToGlobal(where))
    QApplication.sendEvent(board.viewport(), event)
    text = QToolTip.text()
    assert "&lt;b&gt;Levi &amp; sons&lt;/b&gt;" in text
    for part in ("Boiler repair", "Avi", "14:00–15:30"):
        assert part in text
    QToolTip.hideText()


def test_zoom_keeps_the_time_under_the_pointer(board: Board) -> None:
    second = seconds(at(11))
    x = board.scene.scale.x(second)
    board.set_zoom(4.0, x)
    assert abs(board.scene.scale.x(second) - x) <= 2
