"""How long the GUI thread stood still: a heartbeat on it, and a watchdog on a thread of its own that counts."""

import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, Qt, QTimer, Slot

BEAT = 0.005


class StallWatch(QObject):
    """For the time of the block; `worst` are the seconds of the longest stall, `where` what the thread did early in it.

    Not what it did last: it may have come back and not yet been given the time to say so.

    The watchdog counts its own looks, not the clock: where the whole machine stands, neither thread runs, and nothing
    is counted. Nor is the time in which the GUI thread could have gone on and was given no processor, as far as the
    system says it; that in which the watchdog was given none, is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worst, self.where = 0.0, ""
        self._schedule = _schedule()
        self._live()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(BEAT * 1000))
        self._timer.timeout.connect(self._live)
        self._gui = threading.get_ident()
        self._over = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="stall-watch", daemon=True)

    @Slot()
    def _live(self) -> None:
        self._beat = time.monotonic(), _waited(self._schedule)

    def _watch(self) -> None:
        schedule = _schedule()
        stalled, where, last, idle = 0.0, "", time.monotonic(), _waited(schedule)
        while not self._over.wait(BEAT):
            now, (beat, waited) = time.monotonic(), self._beat
            was_idle, idle = idle, _waited(schedule)
            look, last = min(now - last, 2 * BEAT + idle - was_idle), now
            if now - beat < 3 * BEAT:
                stalled, where = 0.0, ""
                continue
            stalled += look
            stood = min(stalled, now - beat - (_waited(self._schedule) - waited))
            if stood > 0.05 and not where:
                frame = sys._current_frames().get(self._gui)
                where = "".join(traceback.format_stack(frame)[-8:]) if frame else ""
            if stood > self.worst:
                self.worst, self.where = stood, where

    def __enter__(self) -> Self:
        self._live()
        self._timer.start()
        self._watchdog.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._over.set()
        self._watchdog.join()


def _schedule() -> Path:
    return Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")


def _waited(schedule: Path) -> float:
    """The seconds for which a thread was ever ready and had no processor; 0 where the system does not say."""
    try:
        return int(schedule.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
