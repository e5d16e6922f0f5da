"""What is on the screen: colours at places, the same whether scrolled there or painted at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.ui.planner.canvas.conftest import AVI, DANA, SAMI, at, bar, point, shown, small_model
from ui.kit import theme
from ui.planner.canvas.board import Board
from ui.planner.canvas.rows import BoardModel, GroupLines, TechnicianLine, seconds

Where = Callable[[int, datetime], QPoint]


def colour(board: Board, where: QPoint) -> str:
    """The colour at a point of the viewport, as it is on the screen."""
    return screen(board).pixelColor(board.viewport().mapTo(board, where)).name().upper()


def screen(board: Board) -> QImage:
    """The pixels that were really painted and scrolled, which `grab` would paint again."""
    QApplication.processEvents()
    return board.screen().grabWindow(board.winId()).toImage()


def colours_around(board: Board, where: QPoint) -> set[str]:
    return {colour(board, where + QPoint(dx, dy)) for dx in range(-4, 5, 2) for dy in range(-4, 5, 2)}


@pytest.mark.row("R-T30")
def test_presence_is_white_and_the_rest_is_hatched_grey(board: Board, spot: Where) -> None:
    tokens = theme.tokens()
    assert colours_around(board, spot(AVI, at(8, 31))) == {tokens.presence}
    assert colours_around(board, spot(AVI, at(12, 31))) >= {tokens.grey}
    assert tokens.presence not in colours_around(board, spot(AVI, at(12, 31)))
    assert tokens.presence not in colours_around(board, spot(DANA, at(9, 31)))
    assert colours_around(board, spot(DANA, at(13, 31))) == {tokens.presence}


@pytest.mark.row("R-T33", "Q15")
def test_a_bar_has_the_colour_of_its_type_and_a_stripe_of_its_state_at_the_start(board: Board, spot: Where) -> None:
    start, end = spot(AVI, at(9)), spot(AVI, at(10))
    inwards = 1 if end.x() > start.x() else -1
    below = QPoint(0, 9)
    assert colour(board, spot(AVI, at(9, 50)) + below) == "#77AADD"
    assert colour(board, start + QPoint(2 * inwards, 0)) == "#1B7148"
    assert colour(board, end - QPoint(4 * inwards, 0)) == "#77AADD"


def test_a_bar_that_became_grey_is_marked(board: Board, spot: Where) -> None:
    plain = bar(21, DANA, at(9), at(11))
    board.replace_visits([plain])
    before = screen(board)
    board.replace_visits([type(plain)(*(getattr(plain, f) for f in plain.__slots__[:9]), is_conflicting=True)])
    assert screen(board) != before


@pytest.mark.parametrize("steps", [[(37, 0)] * 12, [(0, 11)] * 12, [(23, 7), (-9, 5), (41, -3)] * 4])
def test_scrolling_leaves_the_same_picture_as_painting_at_once(
    qtbot: QtBot, board: Board, steps: list[tuple[int, int]]
) -> None:
    lines = tuple(TechnicianLine(each, f"Technician {each}", (), each) for each in range(1, 60))
    visits = [
        bar(each * 10 + n, each, at(8 + 2 * n, each % 60), at(9 + 2 * n, each % 50), "רוסי Rossi")
        for each in range(1, 60)
        for n in range(4)
    ]
    board.set_model(BoardModel([GroupLines("North", lines)], visits))
    board.set_zoom(3.0)
    board.set_now(at(11))
    board.select((102, 113))
    screen(board)
    for dx, dy in steps:
        board.horizontalScrollBar().setValue(board.horizontalScrollBar().value() + dx)
        board.verticalScrollBar().setValue(board.verticalScrollBar().value() + dy)
        QApplication.processEvents()
    scrolled = screen(board)
    board.update()
    for child in board.findChildren(QObject):
        if isinstance(child, type(board.viewport())) or hasattr(child, "update"):
            child.update()
    assert screen(board) == scrolled


class Painted(QObject):
    """Collects what the viewport is asked to paint."""

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self.areas: list[QRect] = []
        board.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.areas.append(event.rect())
        return False


def test_a_changed_bar_paints_only_the_strips_it_left_and_entered(ltr_board: Board) -> None:
    board = ltr_board
    QApplication.processEvents()
    painted = Painted(board)
    assert board.move_visit(11, AVI, at(10), at(11))
    QApplication.processEvents()
    (area,) = painted.areas
    assert area.height() <= board.scene.lines.row_height
    assert (
        area.width() <= 2 * board.scene.scale.along(seconds(at(9))) - 2 * board.scene.scale.along(seconds(at(8))) + 10
    )
    assert not board.move_visit(11, SAMI, at(10, 30), at(11, 30)), "Rossi is there"


def test_scrolling_by_a_step_paints_only_the_strip(ltr_board: Board) -> None:
    ltr_board.set_zoom(6.0)
    QApplication.processEvents()
    painted = Painted(ltr_board)
    ltr_board.horizontalScrollBar().setValue(ltr_board.horizontalScrollBar().value() + 31)
    QApplication.processEvents()
    assert [area.width() for area in painted.areas] == [31]


def test_now_line_is_where_now_is(board: Board, spot: Where) -> None:
    board.set_now(at(11, 7))
    assert colour(board, spot(AVI, at(11, 7))) == theme.tokens().danger.upper()
    board.set_now(None)
    assert colour(board, spot(AVI, at(11, 7))) != theme.tokens().danger.upper()


def test_theme_and_size_follow_at_once(qapp: QApplication, board: Board, spot: Where) -> None:
    theme.apply(qapp, "dark", compact=True)
    assert board.scene.lines.row_height == 26
    assert colour(board, point(board, AVI, at(8, 31))) == theme.tokens().presence
    assert QColor(theme.tokens().presence).lightness() < 90


def test_other_rows_keep_their_place_when_the_lines_change(qtbot: QtBot) -> None:
    many = tuple(TechnicianLine(each, f"T{each}") for each in range(1, 80))
    from PySide6.QtCore import Qt

    board = shown(qtbot, BoardModel([GroupLines("", many)]), Qt.LayoutDirection.LeftToRight)
    board.verticalScrollBar().setValue(40 * 32 + 5)
    board.set_model(BoardModel([GroupLines("", many[10:])]))
    row = board.model.row_at(board.scene.lines.at(board.scene.top))
    assert row is not None
    assert row.technician_id == 41
    assert board.scene.top % 32 == 5


def test_period_of_days_scrolls_to_a_moment(qtbot: QtBot) -> None:
    from PySide6.QtCore import Qt

    board = shown(qtbot, small_model(), Qt.LayoutDirection.RightToLeft, days=7)
    board.jump_to(at(9, day=3))
    x = board.scene.scale.x(seconds(at(9, day=3)))
    assert abs(x - board.scene.scale.width * 3 // 4) <= 2
    board.fit()
    assert board.horizontalScrollBar().maximum() == 0
    assert board.scene.scale.x(seconds(at(8) + timedelta(6))) > 0
