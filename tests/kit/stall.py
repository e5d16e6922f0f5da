"""How long the GUI thread stood still: a heartbeat on it, and a watchdog on a thread of its own that counts."""

import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, Qt, QTimer, Slot

BEAT = 0.005


class StallWatch(QObject):
    """For the time of the block; `worst` are the seconds of the longest stall, `where` what the thread did early in it.

    Not what it did last: it may have come back and not yet been given the time to say so.

    The watchdog counts its own looks, not the clock: where the whole machine is busy with something else, neither
    thread runs, and nothing is counted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worst, self.where = 0.0, ""
        self._beat = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(BEAT * 1000))
        self._timer.timeout.connect(self._live)
        self._gui = threading.get_ident()
        self._over = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="stall-watch", daemon=True)

    @Slot()
    def _live(self) -> None:
        self._beat = time.monotonic()

    def _watch(self) -> None:
        stalled, where, last = 0.0, "", time.monotonic()
        while not self._over.wait(BEAT):
            now = time.monotonic()
            look, last = min(now - last, 2 * BEAT), now
            if now - self._beat < 3 * BEAT:
                stalled, where = 0.0, ""
                continue
            stalled += look
            if stalled > 0.05 and not where:
                frame = sys._current_frames().get(self._gui)
                where = "".join(traceback.format_stack(frame)[-8:]) if frame else ""
            if stalled > self.worst:
                self.worst, self.where = stalled, where

    def __enter__(self) -> Self:
        self._beat = time.monotonic()
        self._timer.start()
        self._watchdog.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._over.set()
        self._watchdog.join()
