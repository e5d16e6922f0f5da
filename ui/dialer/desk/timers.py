"""The desk's clocks: each runs out once and tells so."""

import math

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from app.domain.dialer.desk_events import Timer

__all__ = ["DeskTimers"]


class DeskTimers(QObject):
    """Signals: `up(Timer)` when one has run out; `ticked()` some times a second while a state lasts."""

    up = Signal(object)
    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timers: dict[Timer, QTimer] = {}
        for each in Timer:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda which=each: self.up.emit(which))
            self._timers[each] = timer
        self._since = QElapsedTimer()
        self._second = QTimer(self)
        self._second.setInterval(250)
        self._second.timeout.connect(self.ticked)

    def start(self, timer: Timer, seconds: int) -> None:
        """Let it run from now."""
        self._timers[timer].start(seconds * 1000)

    def stop(self, timer: Timer) -> None:
        """Let it not run out."""
        self._timers[timer].stop()

    def left(self, timer: Timer) -> int | None:
        """The seconds it has left, None when it does not run."""
        found = self._timers[timer]
        return math.ceil(found.remainingTime() / 1000) if found.isActive() else None

    def begin(self) -> None:
        """A new state begins now."""
        self._since.start()
        self._second.start()

    def rest(self) -> None:
        """Nothing is counted."""
        self._second.stop()

    def since(self) -> int:
        """The seconds the state has lasted."""
        return self._since.elapsed() // 1000 if self._since.isValid() else 0
