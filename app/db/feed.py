"""The polling thread of one desktop: reads the change log twice a second and tells the bus."""

import logging
import random
from threading import Event, Thread

from app.bus import Bus, FeedState, RowsChanged
from app.db.changes import Mark, latest, since
from app.db.database import Database
from app.domain.errors import UserError

PERIOD = 0.5
"""Seconds between two polls; each wait is up to 20 % shorter or longer, so that desktops do not march in step."""

logger = logging.getLogger(__name__)


class Feed:
    """Polls from `start()` until `stop()`; a lost connection is told once, and everything is told anew on return."""

    def __init__(self, database: Database, bus: Bus, period: float = PERIOD) -> None:
        self._database = database
        self._bus = bus
        self._period = period
        self._stop = Event()
        self._wake = Event()
        self._state: FeedState | None = None
        self._mark: Mark | None = None
        self._thread = Thread(target=self._run, name="change-feed", daemon=True)

    def start(self) -> None:
        """Begin to poll; what was written before this moment is not news."""
        self._thread.start()

    def wake(self) -> None:
        """Poll at once: a person pressed "Try again"."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._poll()
            except UserError:
                self._tell(FeedState(is_online=False))
            except Exception:
                logger.exception("the change feed failed")
                self._tell(FeedState(is_online=False))
            self._wake.wait(self._period * random.uniform(0.8, 1.2))
            self._wake.clear()

    def _poll(self) -> None:
        if self._mark is None:
            self._mark = latest(self._database)
        changes = since(self._database, self._mark)
        self._mark = changes.mark
        self._tell(FeedState(True, changes.is_held_back))
        for table, ids in changes.tables.items():
            self._bus.publish(RowsChanged(table, ids))

    def _tell(self, state: FeedState) -> None:
        if state != self._state:
            self._state = state
            self._bus.publish(state)
