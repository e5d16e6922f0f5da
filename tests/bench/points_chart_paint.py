"""The team's chart: from the numbers of 500 workers and 24 months handed over to everything painted, within 100 ms.

The chart is there already, as on the page at home; each round shows other numbers.
"""

import random
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from statistics import median
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from app.domain.points.board import Board, BoardLine
from tests.bench.results import Result
from ui.kit import theme
from ui.kit.commands import Commands
from ui.kit.messages import Messages
from ui.points.chart.view import ChartView

WORKERS, MONTHS = 500, 24
SIZE = (1600, 800)
LIMIT = 100.0
ROUNDS = 15


def board(seed: int) -> Board:
    """Months of everybody, some negative and some zero; the same in every process."""
    draw = random.Random(seed)
    months = tuple(date(2024 + (11 + each) // 12, (11 + each) % 12 + 1, 1) for each in range(MONTHS))
    lines = [
        BoardLine(
            number,
            f"Worker {number} of the team",
            tuple(Decimal(draw.randrange(-500, 12_000)) / 10 if draw.random() > 0.1 else Decimal(0) for _ in months),
            Decimal(draw.randrange(1200)),
            number,
        )
        for number in range(1, WORKERS + 1)
    ]
    return Board(months, tuple(lines))


def run() -> Iterator[Result]:
    """The figure: the median of the rounds, after one that warms fonts and code."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    window = QWidget()
    desk: Any = SimpleNamespace(commands=Commands(window), messages=Messages())
    view = ChartView(desk, window)
    for widget in (window, view):
        widget.resize(*SIZE)
    window.show()
    application.processEvents()
    boards = [board(seed) for seed in range(3)]
    took = []
    for number in range(ROUNDS + 1):
        started = time.perf_counter()
        view.show_board(boards[number % len(boards)])
        application.processEvents()
        took.append((time.perf_counter() - started) * 1000)
    window.close()
    yield Result.against("points.chart_paint", median(took[1:]), "ms", LIMIT)
