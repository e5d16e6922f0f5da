"""Events after the commit: who is told in this process that something changed."""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

E = TypeVar("E")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """Rows of one table were written, here or on another desktop; `ids` None means: too many to name."""

    table: str
    ids: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class FeedState:
    """Whether the change feed reaches the database; `is_held_back` when somebody's open transaction delays it
    for so long that it is an alarm, `is_late` before; `is_read_only` when the server takes no changes.
    """

    is_online: bool
    is_held_back: bool = False
    is_read_only: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """By how many seconds the server's clock is ahead of this computer's; told when it becomes or ceases to be much."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a request that was under way when the server was lost."""

    op_id: str
    was_saved: bool


class Bus:
    """Tells every subscriber, on the thread that publishes; a subscriber that fails does not stop the others."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
        self._lock = Lock()

    def subscribe(self, event: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call the handler for each event of this type; the answer ends the subscription."""
        with self._lock:
            self._handlers[event].append(handler)

        def cancel() -> None:
            with self._lock:
                if handler in self._handlers[event]:
                    self._handlers[event].remove(handler)

        return cancel

    def publish(self, event: object) -> None:
        """Tell everybody."""
        with self._lock:
            handlers = tuple(self._handlers[type(event)])
        for handler in handlers:
            try:
                handler(event)
            except Exception:
                logger.exception("a subscriber failed on %s", type(event).__name__)
