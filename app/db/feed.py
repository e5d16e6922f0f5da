"""The polling thread of one desktop: reads the change log twice a second and tells the bus.

A desktop that nobody has touched for a while reads it more rarely, and at once when somebody comes back.
"""

import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from app.bus import Bus, ClockOffset, FeedState, RowsChanged
from app.db.changes import Mark, epoch, everything, latest, since
from app.db.database import Database
from app.domain.errors import UserError

PERIOD = 0.5
"""Seconds between two polls; each wait is up to 20 % shorter or longer, so that desktops do not march in step."""

UNATTENDED = 2.0
"""Seconds between two polls where nobody looks."""

LONGEST = 4.0
"""Seconds at most between two attempts to reach a server that does not answer."""

FLOOR = timedelta(hours=24)
"""Whoever was away, or held back, for longer may miss news that was cleared meanwhile, and reads everything anew."""

SKEW = 2.0
"""Seconds by which this computer's clock may differ from the server's before it is told."""

logger = logging.getLogger(__name__)


class Feed:
    """Polls from `start()` until `stop()`; a lost connection is told once, and everything is told anew on return.

    `answered` is called on the feed's thread after each poll that a server which takes changes has answered.
    """

    def __init__(
        self, database: Database, bus: Bus, period: float = PERIOD, answered: Callable[[], None] | None = None
    ) -> None:
        self._database = database
        self._bus = bus
        self._period = period
        self._is_attended = True
        self._are_many = False
        self._answered = answered
        self._stop = Event()
        self._wake = Event()
        self._state: FeedState | None = None
        self._mark: Mark | None = None
        self._epoch: str | None = None
        self._is_back = False
        self._read_at: datetime | None = None
        self._offset = 0.0
        self._thread = Thread(target=self._run, name="change-feed", daemon=True)

    def start(self) -> None:
        """Begin to poll; what was written before this moment is not news."""
        self._thread.start()

    def wake(self) -> None:
        """Poll at once: a person pressed "Try again"."""
        self._wake.set()

    def attend(self, is_attended: bool) -> None:
        """Whether somebody uses this desktop: whoever comes back sees at once what he missed."""
        self._is_attended = is_attended
        if is_attended:
            self._wake.set()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._poll()
                failures = 0
            except Exception as error:
                if not isinstance(error, UserError):
                    logger.exception("the change feed failed")
                failures += 1
                self._is_back = False
                self._tell(FeedState(is_online=False))
            self._wake.wait(self._pause(failures))
            self._wake.clear()

    def _pause(self, failures: int) -> float:
        """Between polls about the period; of those who lost the server together, each comes back at another moment."""
        if not failures:
            period = self._period if self._is_attended else UNATTENDED
            return period * random.uniform(0.8, 1.2)
        return random.uniform(self._period / 2, min(LONGEST, self._period * 2 ** min(failures, 10)))

    def _poll(self) -> None:
        if not self._is_back:
            self._begin()
        assert self._mark is not None
        asked, changes = time.time(), since(self._database, self._mark, are_many=self._are_many)
        if changes.at is not None:
            self._note_clock(changes.at, (asked + time.time()) / 2)
        if not changes.is_held_back:
            at = changes.at or datetime.now(UTC)
            if self._read_at is not None and at - self._read_at > FLOOR:
                self._tell_everything()
            self._read_at = at
        self._mark, self._are_many = changes.mark, changes.are_many
        self._tell(FeedState(True, changes.is_held_back, changes.is_read_only, changes.is_late))
        for table, ids in changes.tables.items():
            self._bus.publish(RowsChanged(table, ids))
        if self._answered is not None and not changes.is_read_only:
            self._answered()

    def _begin(self) -> None:
        """At the start, and when the server answers again: it may be another one, or a restored one."""
        found = epoch(self._database)
        now = latest(self._database)
        is_another = self._epoch not in (None, found)
        if is_another or (self._mark is not None and (now.xid, now.seq) < (self._mark.xid, self._mark.seq)):
            self._tell_everything()
            self._mark = now
        self._epoch, self._mark, self._is_back = found, self._mark or now, True

    def _tell_everything(self) -> None:
        for table, ids in everything(self._database).items():
            self._bus.publish(RowsChanged(table, ids))

    def _note_clock(self, theirs: datetime, mine: float) -> None:
        """A clock that is wrong decides nothing here; it is told, because other programs go by it."""
        offset = theirs.timestamp() - mine
        if (abs(offset) > SKEW) != (abs(self._offset) > SKEW):
            self._bus.publish(ClockOffset(offset))
        self._offset = offset

    def _tell(self, state: FeedState) -> None:
        if state != self._state:
            self._state = state
            self._bus.publish(state)
