"""A small board: three technicians of two groups on one Tuesday, in the zone of Jerusalem."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.domain.planner import Interval, OffTime, Segment, compute_runs
from ui.kit import theme
from ui.planner.canvas.board import Board, View
from ui.planner.canvas.periods import Period
from ui.planner.canvas.rows import BoardModel, GroupLines, TechnicianLine, VisitBar, seconds

ZONE = ZoneInfo("Asia/Jerusalem")
DAY = date(2026, 11, 24)
AVI, DANA, SAMI = 1, 2, 3


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    """An instant by the company's clock."""
    return datetime.combine(DAY + timedelta(day), time(hour, minute), ZONE).astimezone(UTC)


def bar(number: int, technician: int, start: datetime, end: datetime, title: str = "Cohen") -> VisitBar:
    """A visit in the first colour, in a state."""
    return VisitBar(number, technician, start, end, title, "Boiler repair", "#77AADD", "#1B7148")


def small_model() -> BoardModel:
    """Avi works 8-12 and 13-17, Dana is sick until 12, Sami works 8-17; Avi has two visits, Sami one."""
    split = [Segment(Interval(at(8), at(12))), Segment(Interval(at(13), at(17)))]
    avi = TechnicianLine(AVI, "Avi", compute_runs(split), 38)
    dana = TechnicianLine(DANA, "Dana", compute_runs(split, [OffTime(Interval(at(0), at(12)), "sick")]), 0)
    sami = TechnicianLine(SAMI, "Sami", compute_runs([Segment(Interval(at(8), at(17)))]), 11)
    visits = [
        bar(11, AVI, at(9), at(10)),
        bar(12, AVI, at(14), at(15, 30), "Levi"),
        bar(31, SAMI, at(10), at(11), "Rossi"),
    ]
    return BoardModel([GroupLines("North", (avi, dana)), GroupLines("South", (sami,))], visits)


@pytest.fixture(autouse=True)
def plain_look(qapp: QApplication) -> Iterator[None]:
    """Light, comfortable, English, from left to right; and again afterwards."""
    i18n.use("en")
    theme.apply(qapp, "light")
    yield
    i18n.use("en")
    theme.apply(qapp, "light")


@pytest.fixture(params=[Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def board(qtbot: QtBot, request: pytest.FixtureRequest) -> Board:
    """The board on the screen, once from each side."""
    return shown(qtbot, small_model(), request.param)


@pytest.fixture
def ltr_board(qtbot: QtBot) -> Board:
    """The board on the screen, from left to right."""
    return shown(qtbot, small_model(), Qt.LayoutDirection.LeftToRight)


def shown(qtbot: QtBot, model: BoardModel, direction: Qt.LayoutDirection, days: int = 1) -> Board:
    """A board over the hours from 7 to 19."""
    made = Board()
    qtbot.addWidget(made)
    made.setLayoutDirection(direction)
    made.resize(1000, 300)
    made.set_model(model)
    made.set_period(Period(DAY, days, ZONE, (7 * 60, 19 * 60)), View.DAY)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def spot(board: Board) -> Callable[[int, datetime], QPoint]:
    """Where a time of a technician lies in the viewport."""
    return lambda technician, moment: point(board, technician, moment)


def point(board: Board, technician: int, moment: datetime) -> QPoint:
    """The middle of the technician's row at an instant."""
    line = board.model.line_of(technician)
    assert line is not None
    y = board.scene.lines.top(line) - board.scene.top + board.scene.lines.row_height // 2
    return QPoint(board.scene.scale.x(seconds(moment)), y)
