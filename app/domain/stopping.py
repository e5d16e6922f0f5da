"""A question that somebody takes back: the statement under way for it ends on the server too, and no other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread, local

__all__ = ["Stop", "Stopped", "Underway", "current", "stoppable"]

_AGAIN = 0.2
"""Seconds until a statement is stopped once more: the first time may have fallen between two of one question."""


class Stopped(Exception):
    """Raised inside a question that nobody wants answered any more."""


class Underway:
    """What one question asks over one connection, from when it has it until it gives it back; `end` stops it there.

    While somebody is stopping it the connection is not given back: it never hits what is asked next. `is_unsure` says
    that a request to stop may still be on its way, because `end` was not told that it had arrived.
    """

    def __init__(self, end: Callable[[], bool]) -> None:
        self._end = end
        self._lock = Lock()
        self._over = Event()
        self.is_unsure = False

    def finish(self) -> None:
        """From now on it cannot be stopped; waits for whoever is at it."""
        with self._lock:
            self._over.set()

    def stop(self, after: float) -> None:
        """End it unless it is answered within so many seconds; on a thread of its own: the network makes one wait."""
        Thread(target=self._stop, args=(after,), name="stop-question", daemon=True).start()

    def _stop(self, after: float) -> None:
        self._over.wait(after)
        while not self._over.is_set():
            with self._lock:
                if self._over.is_set():
                    return
                self.is_unsure = not self._end() or self.is_unsure
            self._over.wait(_AGAIN)


class Stop:
    """Takes back what one piece of work asks; writes are not asked back. Safe to use from any thread."""

    def __init__(self) -> None:
        self.is_stopped = False
        self._lock = Lock()
        self._underway: list[Underway] = []

    def stop(self, after: float = 0.0) -> None:
        """End what is under way unless it is answered within so many seconds; no more is asked. Does not wait."""
        if self.is_stopped:
            return
        with self._lock:
            self.is_stopped = True
            underway = tuple(self._underway)
        for each in underway:
            each.stop(after)

    def refuse(self) -> None:
        """Raise when it was taken back."""
        if self.is_stopped:
            raise Stopped

    @contextmanager
    def over(self, end: Callable[[], bool]) -> Iterator[Underway]:
        """For the length of the block, what is asked there can be ended by `end`."""
        mine = Underway(end)
        with self._lock:
            self.refuse()
            self._underway.append(mine)
        try:
            yield mine
        finally:
            with self._lock:
                self._underway.remove(mine)
            mine.finish()


_working = local()


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """What this thread asks in the block can be taken back by `stop`."""
    before, _working.stop = current(), stop
    try:
        yield
    finally:
        _working.stop = before


def current() -> Stop | None:
    """What takes back the work of this thread, if anything does."""
    return getattr(_working, "stop", None)
