"""What every telephone can do, and how it tells what it sees."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from app.domain.dialer.calls import Sign

__all__ = ["Clock", "Tell", "Telephone"]

Tell = Callable[[Sign], object]
"""Takes a sign; called on the telephone's own thread."""


class Clock(Protocol):
    """Calls something later; a test's own moves on when the test says so."""

    def later(self, seconds: float, do: Callable[[], object]) -> None:
        """Call this once so many seconds from now."""


class Telephone(Protocol):
    """One agent's telephone. Nothing here waits: what comes of it is told as signs, each with the call's token."""

    sees_state: ClassVar[bool]
    """Whether it knows how its calls go; of one that does not, the agent says so."""
    can_answer: ClassVar[bool]
    """Whether it can take a call that comes in; otherwise the agent lifts the receiver."""

    def dial(self, number: str, token: str) -> None:
        """Call this number (E.164, or a service code) under a token of the caller's."""

    def answer(self, token: str) -> None:
        """Take the call that comes in."""

    def hang_up(self, token: str) -> None:
        """End this call, or do not take it."""

    def close(self) -> None:
        """End everything; no sign comes after that."""
