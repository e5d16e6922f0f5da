"""One start, as a process: prints the monotonic time of the first painted planner (or bare window) and its memory.

`python -m tests.bench.start_probe window URL` starts the program as `callboard` does, with its log-in remembered;
`python -m tests.bench.start_probe bare` shows an empty PySide6 window.
"""

import gc
import sys
import time
from pathlib import Path


def resident() -> float:
    """Resident memory of this process, MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def bare() -> None:
    """A window with nothing in it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

    app = QApplication([])

    class Canvas(QWidget):
        def paintEvent(self, event: object) -> None:
            print(time.monotonic(), resident(), flush=True)
            QTimer.singleShot(0, app.quit)

    window = QMainWindow()
    window.setCentralWidget(Canvas())
    window.resize(1440, 900)
    window.show()
    app.exec()


def window(url: str) -> None:
    """The program itself, until its board is painted with the day's visits.

    The board's own painting is watched: a filter on every event of the program would be a tenth of what is measured.
    """
    gc.disable()  # as ui.__main__ does
    from ui.application import run, set_up

    # isort: split
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent

    from ui.planner.canvas.surface import Surface

    app = set_up()
    paint = Surface.paintEvent

    def watched(board: Surface, event: QPaintEvent) -> None:
        paint(board, event)
        if board.model.lines:
            Surface.paintEvent = paint
            QTimer.singleShot(0, done)

    def done() -> None:
        painted = time.monotonic()
        QTimer.singleShot(1500, lambda: (print(painted, resident(), flush=True), app.quit()))

    Surface.paintEvent = watched
    run(url)


if __name__ == "__main__":
    bare() if sys.argv[1] == "bare" else window(sys.argv[2])
