"""What a screen reader finds on the board."""

import gc
from weakref import ref

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from tests.unit.ui.planner.canvas.conftest import at
from ui.planner.canvas.board import Board
from ui.planner.canvas.rows import seconds

NAME = QAccessible.Text.Name


def test_a_screen_reader_finds_technicians_visits_and_free_time(board: Board) -> None:
    root = QAccessible.queryAccessibleInterface(board)
    assert root.text(NAME) == "Planner"
    assert [root.child(number).text(NAME) for number in range(root.childCount())] == ["Avi", "Dana", "Sami"]
    avi = root.child(0)
    assert avi.text(QAccessible.Text.Description) == "38 %"
    told = [avi.child(number).text(NAME) for number in range(avi.childCount())]
    assert told == [
        "Avi: free 08:00–09:00",
        "Cohen, Boiler repair, Avi, Tue 24 Nov  09:00–10:00",
        "Avi: free 10:00–12:00",
        "Avi: free 13:00–14:00",
        "Levi, Boiler repair, Avi, Tue 24 Nov  14:00–15:30",
        "Avi: free 15:30–17:00",
    ]


def test_focus_and_selection_are_told_and_places_lead_back(board: Board) -> None:
    board.select((12,))
    board.setFocus()
    root = QAccessible.queryAccessibleInterface(board)
    focused = root.focusChild()
    assert "Levi" in focused.text(NAME)
    state = focused.state()
    assert (state.focused, state.selected) == (1, 1)
    assert root.child(0).indexOfChild(focused) == 4
    middle = focused.rect().center()
    left = board.viewport().mapFromGlobal(middle).x()
    assert abs(left - board.scene.scale.x(seconds(at(14, 45)))) <= 2
    assert root.child(0).childAt(middle.x(), middle.y()).text(NAME) == focused.text(NAME)


def test_a_board_that_was_read_out_is_freed_when_it_goes(qapp: QApplication) -> None:
    board = Board()
    assert QAccessible.queryAccessibleInterface(board).childCount() == 0
    left = ref(board)
    board.deleteLater()
    del board
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert left() is None
