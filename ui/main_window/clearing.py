"""About once an hour a desktop has the database clear its old logs in the background, whether or not a worker runs."""

import logging
import random
from threading import Event

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from ui.kit.screen import Desk

__all__ = ["Clearing"]

log = logging.getLogger(__name__)

_HOUR_MS = 60 * 60 * 1000
_PORTIONS = 10


class Clearing(QObject):
    """At moments that differ, so that the desktops of an office do not come together; one does the work of all."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._stop = Event()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        desk.tasks.closing.connect(self._end, Qt.ConnectionType.DirectConnection)

    @Slot()
    def begin(self) -> None:
        """From now on: first within the hour, for who works for less than one a day."""
        self._wait(0.05, 0.5)

    @Slot()
    def look(self) -> None:
        """Clear some portions of what is old."""
        if self._desk.tasks.is_closed:
            return
        from app.services.company.pruning import clear

        self._wait(1.0, 1.25)
        self._desk.tasks.run(clear, self._desk.backend.execute, self._stop, _PORTIONS).then(self._note, self._leave)

    def _wait(self, least: float, most: float) -> None:
        self._timer.start(int(random.uniform(least, most) * _HOUR_MS))

    @Slot()
    def _end(self) -> None:
        self._stop.set()
        self._timer.stop()

    @Slot(object)
    def _note(self, rows: object) -> None:
        log.info("cleared of the logs: %s", rows)

    @Slot(object)
    def _leave(self, problem: Exception) -> None:
        """Nobody asked for it: it is tried again in an hour."""
        log.info("not cleared: %s", problem)
