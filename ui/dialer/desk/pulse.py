"""Signs of life in the background: of the open card, so that the customer stays ours, and of what the desk does."""

import logging
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import Refused
from app.services.dialer import spans
from app.services.dialer.claiming import Beat, beat
from app.services.dialer.spans import Doing, Stretch
from ui.kit.screen import Desk
from ui.kit.tasks import Executor, Job

__all__ = ["Heartbeat", "SpanTeller"]

log = logging.getLogger(__name__)


class Heartbeat(QObject):
    """Keeps the claim of the open card alive.

    Signals: `lost(key)` when the customer is no longer ours, `others(names)` who has him open too.
    """

    lost = Signal(str)
    others = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._key: str | None = None
        self._job: Job[Beat] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.beat)

    def hold(self, key: str, lease_seconds: float) -> None:
        """Beat for this claim from now on, three times a lease."""
        self._key = key
        self._timer.start(max(500, round(lease_seconds * 1000 / 3)))

    def release(self) -> None:
        """Beat no more."""
        self._key = None
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    @Slot()
    def beat(self) -> None:
        """Say now that the card is open; a beat still under way is enough."""
        if self._key is None or self._job is not None:
            return
        self._job = self._desk.tasks.run(self._desk.backend.execute, beat, self._key)
        self._job.then(self._alive, self._failed)

    @Slot(object)
    def _alive(self, answer: Beat) -> None:
        self._job = None
        self.others.emit(answer.others)

    @Slot(object)
    def _failed(self, problem: Exception) -> None:
        self._job = None
        if isinstance(problem, Refused) and self._key is not None:
            key, self._key = self._key, None
            self._timer.stop()
            self.lost.emit(key)
        else:
            log.info("no sign of life could be given: %s", problem)


class SpanTeller(QObject):
    """Tells the database what the desk does; of changes that come faster than it answers the last one counts.

    Signal: `taken_over(Doing)` when another desk of the same person has said what it does: from then on this one says
    nothing, until it has come to its end. Another's is a stretch that began after this desk's own last one: an answer
    that comes late shows an earlier one.
    """

    taken_over = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._wanted: Doing | None = None
        self._told: Doing | None = None
        self._own = 0
        self._tried: Doing | None = None
        self._job: Job[Any] | None = None
        self._is_over = False
        self._has_to_look = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._sign)
        desk.tasks.closing.connect(self.close)

    def tell(self, doing: Doing | None, lease_seconds: float) -> None:
        """The desk does this now; None when nobody sits at it."""
        if self._is_over:
            self._is_over = doing is not None
            return
        self._wanted = doing
        if doing is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start(max(1000, round(lease_seconds * 1000 / 3)))
        self._go_on()

    @Slot()
    def close(self) -> None:
        """The desktop is closed."""
        self._timer.stop()
        if self._told is not None or self._wanted is not None:
            self._told = self._wanted = None
            self._desk.tasks.write(spans.leave).then(self._ended, self._failed)

    def look(self) -> None:
        """Somebody's desk has said what it does: find out whether it was another one of this person."""
        self._has_to_look = self._told is not None
        if self._has_to_look and not self._is_telling():
            self._has_to_look = False
            self._desk.tasks.read(spans.doing).then(self._compare, self._leave)

    def _is_telling(self) -> bool:
        return self._job is not None or self._wanted != self._told

    def _compare(self, found: Stretch | None) -> None:
        if self._told is None or found is None or found.id <= self._own:
            return
        if self._is_telling():
            self._has_to_look = True
            return
        self._give_up(found)

    def _come_back(self, found: Stretch | None) -> None:
        self._job = None
        if found is not None and found.id > self._own and found.doing != self._tried:
            self._give_up(found)
            return
        self._tried = None
        self._go_on()

    def _give_up(self, found: Stretch) -> None:
        self._timer.stop()
        self._told = self._wanted = self._tried = None
        self._is_over = True
        self.taken_over.emit(found.doing)

    @Slot(object)
    def _leave(self, _problem: Exception) -> None:
        """The next change asks again."""

    def _go_on(self) -> None:
        if self._job is not None or self._wanted == self._told or self._desk.tasks.is_closed:
            return
        if self._tried is not None and self._own:
            # The line was lost: perhaps he has gone to another desk meanwhile.
            self._job = self._desk.tasks.read(spans.doing)
            self._job.then(self._come_back, self._failed)
            return
        self._told = self._tried = self._wanted
        self._job = self._desk.tasks.run(_say, self._desk.backend, self._wanted)
        self._job.then(self._said, self._failed)

    @Slot()
    def _sign(self) -> None:
        if self._wanted != self._told:
            self._go_on()
        elif self._job is None and self._told is not None:
            self._job = self._desk.tasks.run(_sign, self._desk.backend)
            self._job.then(self._ended, self._failed)

    @Slot(object)
    def _said(self, stretch: int | None) -> None:
        self._own, self._tried = stretch or self._own, None
        self._ended(stretch)

    @Slot(object)
    def _ended(self, _answer: object) -> None:
        self._job = None
        self._go_on()
        if self._has_to_look:
            self.look()

    @Slot(object)
    def _failed(self, problem: Exception) -> None:
        log.info("what the desk does could not be told: %s", problem)
        # What the database knows is not known any more: the next sign of life tells it the whole again.
        self._tried = self._tried or self._told
        self._job = self._told = None


def _say(backend: Executor, doing: Doing | None) -> int | None:
    if doing is None:
        backend.execute(spans.leave)
        return None
    return backend.execute(spans.enter, *doing)


def _sign(backend: Executor) -> object:
    return backend.execute(spans.sign)
