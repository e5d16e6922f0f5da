"""A small board, and the chart that shows it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.points.board import Board, BoardLine
from ui.kit import theme, translate
from ui.kit.commands import Commands
from ui.kit.messages import Messages
from ui.points.chart.view import ChartView

NAMES = ("Dana Levi", "Avi Cohen", "Maria Giovanna Bianchi-Ferrari della Torre")


def months(count: int) -> tuple[date, ...]:
    """So many months up to November 2026."""
    last = 2026 * 12 + 10
    return tuple(date(each // 12, each % 12 + 1, 1) for each in range(last - count + 1, last + 1))


def board_of(*rows: tuple[str, ...], count: int = 2) -> Board:
    """A board of workers 1, 2, ... with these points, in months up to November 2026."""
    lines = [
        BoardLine(number, NAMES[(number - 1) % len(NAMES)], tuple(map(Decimal, row)), Decimal(number), number)
        for number, row in enumerate(rows, start=1)
    ]
    return Board(months(count), tuple(lines))


@pytest.fixture
def chart(qapp: QApplication, qtbot: QtBot) -> Iterator[ChartView]:
    """A chart in a window of 1000 x 420, shown and with the focus."""
    theme.apply(qapp, "light")
    translate.apply_language(qapp, "en")
    window = QWidget()
    qtbot.addWidget(window)
    desk: Any = SimpleNamespace(commands=Commands(window), messages=Messages())
    view = ChartView(desk, window)
    window.resize(1000, 420)
    view.resize(1000, 420)
    view.show_board(board_of(("10.5", "-4"), ("0", "0.0001"), ("7", "1234.5678")))
    window.show()
    qtbot.waitExposed(window)
    view.bars.setFocus()
    yield view
    translate.apply_language(qapp, "en")


@pytest.fixture
def said(chart: ChartView) -> list[Any]:
    """The messages of the chart."""
    found: list[Any] = []
    chart._desk.messages.posted.connect(found.append)
    return found


Picked = list[tuple[int | None, date]]


@pytest.fixture
def picked(chart: ChartView) -> Picked:
    """What the chart says was picked."""
    found: Picked = []

    def take(worker_id: int | None, month: date) -> None:
        found.append((worker_id, month))

    chart.picked.connect(take)
    return found
