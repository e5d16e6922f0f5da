"""The planner's board beside the bare painter of the same bars, interleaved in one run: 1,000 technicians x 28 days.

100,000 visits, 1920 x 1080. Memory is what a process of its own takes for data and widget above one with an
application alone. `python -m tests.bench.planner board|bare|nothing` is such a process.
"""

import gc
import os
import random
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from app.domain.planner import Run
from tests.bench.bare_board import ROW, BareBoard, BareRow
from tests.bench.results import Result
from ui.kit import theme
from ui.planner.canvas.board import Board
from ui.planner.canvas.periods import Period
from ui.planner.canvas.rows import BoardModel, GroupLines, TechnicianLine, VisitBar

TECHNICIANS, DAYS, VISITS = 1000, 28, 100_000
SIZE = (1920, 1080)
PX_PER_MIN = 0.6  # about 400 bars in view, the load of the published figures
FILLS = ["#77AADD", "#99DDFF", "#44BB99", "#BBCC33", "#AAAA00", "#EEDD88", "#EE8866", "#FFAABB"]
STRIPES = ["#1B7148", "#8A5600", "#1A64A3", ""]
NAMES = ["Cohen", "Levi", "Rossi", "Bianchi", "Mizrahi", "Verdi", "Peretz", "Russo", "Biton", "Ferrari"]
TYPES = ["Boiler repair", "Meter installation", "Yearly service", "Gas check", "Survey"]
FIRST = datetime(2026, 11, 23, tzinfo=UTC)
OPENS, CLOSES = 7 * 60, 19 * 60
DAY_PX = round((CLOSES - OPENS) * PX_PER_MIN)
ROUNDS = 7

Shown = TypeVar("Shown", bound=QAbstractScrollArea)
Visit = tuple[int, int, int, int, str, str, int, int]  # id, day, from and to minute, title, subtitle, fill, stripe


def visits_of(technician: int) -> Iterator[Visit]:
    """The visits of one technician, disjoint and sorted; the same in every process."""
    draw = random.Random(technician)
    number = technician * 1000
    per_day, extra = divmod(VISITS // TECHNICIANS, DAYS)
    for day in range(DAYS):
        minute = OPENS + draw.choice([60, 75, 90])
        for _ in range(per_day + (day < extra)):
            length = draw.choice([30, 45, 60, 60, 90, 120])
            number += 1
            title = f"{draw.choice(NAMES)} {number % 997}"
            subtitle, fill, stripe = draw.choice(TYPES), draw.randrange(len(FILLS)), draw.randrange(len(STRIPES))
            yield number, day, minute, minute + length, title, subtitle, fill, stripe
            minute += length + draw.choice([0, 15, 30, 30])


def bare_data() -> list[BareRow]:
    """What the limit keeps of the visits."""
    rows = []
    for technician in range(1, TECHNICIANS + 1):
        lefts, rights, fills, titles = array("i"), array("i"), array("B"), []
        for _, day, start, end, title, subtitle, fill, _ in visits_of(technician):
            lefts.append(int(day * DAY_PX + (start - OPENS) * PX_PER_MIN + 0.5))
            rights.append(int(day * DAY_PX + (end - OPENS) * PX_PER_MIN + 0.5))
            fills.append(fill)
            titles.append(f"{title} · {subtitle}")
        rows.append(BareRow(f"Technician {technician}", lefts, rights, fills, titles))
    return rows


def make_bare(rows: list[BareRow]) -> BareBoard:
    """The limit over its data, unshown."""
    return BareBoard(rows, DAYS * DAY_PX, FILLS, round(60 * PX_PER_MIN))


def make_model() -> BoardModel:
    """The product's model, packed as the background worker hands it over."""

    def at(day: int, minute: int) -> datetime:
        return FIRST + timedelta(day, minutes=minute)

    def lines() -> Iterator[TechnicianLine]:
        for technician in range(1, TECHNICIANS + 1):
            white = [
                Run(at(day, first), at(day, last))
                for day in range(DAYS)
                for first, last in ((8 * 60, 720), (780, 1080))
            ]
            yield TechnicianLine(technician, f"Technician {technician}", tuple(white), technician % 100)

    def bars() -> Iterator[VisitBar]:
        for technician in range(1, TECHNICIANS + 1):
            for number, day, start, end, title, subtitle, fill, stripe in visits_of(technician):
                yield VisitBar(
                    number, technician, at(day, start), at(day, end), title, subtitle, FILLS[fill], STRIPES[stripe]
                )

    return BoardModel([GroupLines("", tuple(lines()))], bars())


def make_board(model: BoardModel) -> Board:
    """The product's board over a model, unshown."""
    board = Board()
    board.set_model(model)
    board.set_period(Period(FIRST.date(), DAYS, UTC, (OPENS, CLOSES)))
    board.set_zoom(PX_PER_MIN)
    return board


def timed(act: Callable[[], object]) -> float:
    """Milliseconds from the act to everything painted."""
    started = time.perf_counter()
    act()
    QApplication.processEvents()
    return (time.perf_counter() - started) * 1000


def shown(make: Callable[[], Shown]) -> tuple[Shown, float]:
    """A board made and painted for the first time, and how long that took."""
    gc.collect()
    started = time.perf_counter()
    board = make()
    board.resize(*SIZE)
    board.show()
    QApplication.processEvents()
    return board, (time.perf_counter() - started) * 1000


def scroll(board: QAbstractScrollArea) -> list[float]:
    """The frames of a script: along time, over the rows, and both at once."""
    across, down = board.horizontalScrollBar(), board.verticalScrollBar()
    frames = []
    for dx, dy in [(37, 0)] * 60 + [(0, 29)] * 60 + [(-23, 17)] * 60:
        frames.append(
            timed(lambda dx=dx, dy=dy: (across.setValue(across.value() + dx), down.setValue(down.value() + dy)))
        )
    return frames


def jumps(board: QAbstractScrollArea) -> list[float]:
    """Far jumps: no pixel of the frame before can be used again."""
    across, down = board.horizontalScrollBar(), board.verticalScrollBar()
    draw = random.Random(7)
    frames = []
    for _ in range(20):
        x, y = draw.randrange(across.maximum()), draw.randrange(down.maximum())
        frames.append(timed(lambda x=x, y=y: (across.setValue(x), down.setValue(y))))
    return frames


def done(act: Callable[[], bool]) -> None:
    """Act, and know that it was done and not refused."""
    assert act()


Movable = list[tuple[int, int]]  # row and position of a bar that has room for a quarter of an hour after it


def movable(board: BareBoard) -> Movable:
    """One bar in view for each of 25 rows."""
    found: Movable = []
    for number in range(board.top // ROW, board.top // ROW + 25):
        row = board.rows[number]
        room = [left - right for left, right in zip(row.lefts[1:], row.rights, strict=False)]
        found.append((number, next(each for each, gap in enumerate(room) if gap > 15 * PX_PER_MIN + 1)))
    return found


def bare_moves(board: BareBoard, bars: Movable) -> list[float]:
    """Bars in view moved by a quarter of an hour and back."""
    step = round(15 * PX_PER_MIN)
    return [
        timed(partial(done, partial(board.move_bar, number, position, delta)))
        for number, position in bars
        for delta in (step, -step)
    ]


def board_moves(board: Board, bars: Movable) -> list[float]:
    """The same bars moved on the product's board, looked up by their id."""
    frames = []
    for number, position in bars:
        row = board.model.row_at(number)
        assert row is not None
        visit_id = row.ids[position]
        for delta in (15, -15):
            bar = board.model.bar(visit_id)
            assert bar is not None
            there = timedelta(minutes=delta)
            act = partial(board.move_visit, visit_id, bar.technician_id, bar.start + there, bar.end + there)
            frames.append(timed(partial(done, act)))
    return frames


def percentile(values: list[float], percent: int) -> float:
    """The value below which so many percent lie."""
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def run() -> Iterator[Result]:
    """Every figure of the planner's board, each beside the bare painter's in the same run."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    model, bare_rows = make_model(), bare_data()
    figures: dict[str, tuple[list[float], list[float]]] = {}
    for each in range(ROUNDS + 1):
        board, board_first = shown(lambda: make_board(model))
        bare, bare_first = shown(lambda: make_bare(bare_rows))
        ours, limit = scroll(board), scroll(bare)
        found = {
            "first_paint": (board_first, bare_first),
            "scroll_p50": (median(ours), median(limit)),
            "scroll_p95": (percentile(ours, 95), percentile(limit, 95)),
            "jump": (median(jumps(board)), median(jumps(bare))),
        }
        for surface in (board, bare):
            surface.horizontalScrollBar().setValue(0)
            surface.verticalScrollBar().setValue(500 * ROW)
        QApplication.processEvents()
        bars = movable(bare)
        found["move"] = (median(board_moves(board, bars)), median(bare_moves(bare, bars)))
        for surface in (board, bare):
            surface.close()
            surface.deleteLater()
        QApplication.processEvents()
        if each:  # the first round warms fonts, icons and code
            for name, pair in found.items():
                for kept, value in zip(figures.setdefault(name, ([], [])), pair, strict=True):
                    kept.append(value)
    for name, (ours, limit) in figures.items():
        yield Result.against(f"planner.{name}", median(ours), "ms", median(limit))
    nothing = median(memory("nothing") for _ in range(3))
    board_mib = median(memory("board") for _ in range(3)) - nothing
    bare_mib = median(memory("bare") for _ in range(3)) - nothing
    yield Result.against("planner.memory", board_mib, "MiB", bare_mib)


def memory(what: str) -> float:
    """Resident MiB of a process that shows it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.planner", what], check=True, capture_output=True, text=True, timeout=120
    )
    return float(done.stdout.split()[-1])


def resident() -> float:
    """MiB this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def show_one(what: str) -> None:
    """Be a process that shows the board, the bare one or nothing, scroll it, and print what it holds."""
    application = QApplication([])
    theme.apply(application, "light")
    kept: QWidget | None = None
    if what != "nothing":
        kept, _ = shown(lambda: make_board(make_model())) if what == "board" else shown(lambda: make_bare(bare_data()))
        assert isinstance(kept, QAbstractScrollArea)
        scroll(kept)
        jumps(kept)
    gc.collect()
    print(resident())


if __name__ == "__main__":
    show_one(sys.argv[1])
