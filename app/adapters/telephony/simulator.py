"""A telephone that only pretends: the last digit of the number decides what comes of a call."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from app.adapters.telephony.port import Clock, Tell
from app.domain.dialer.calls import Fault, Sign, Told

__all__ = ["Simulator"]

SETUP, RING, UNANSWERED, TALK = 0.4, 2.0, 8.0, 12.0

_FAULTS = {"6": Fault.BUSY, "8": Fault.UNREACHABLE}


class Simulator:
    """Numbers on 0 to 4 answer and talk until one hangs up; 5 answers and hangs up by itself after a while; 6 is busy,
    7 does not answer, 8 cannot be reached; of 9 nothing is ever heard again.

    `pace` stretches or shortens all times; 0 lets every step follow at once.
    """

    sees_state: ClassVar[bool] = True
    can_answer: ClassVar[bool] = True

    def __init__(self, tell: Tell, clock: Clock, pace: float = 1.0) -> None:
        self._tell = tell
        self._clock = clock
        self._pace = pace
        self._live: set[str] = set()

    def dial(self, number: str, token: str) -> None:
        """Begin a call; what comes of it follows by the clock."""
        self._live.add(token)
        last = number[-1:]
        if last == "9":
            return
        if last in _FAULTS:
            self._later(SETUP + RING, partial(self._end, token, Sign(Told.FAILED, token, _FAULTS[last])))
            return
        self._later(SETUP, partial(self._step, token, Sign(Told.RINGING, token)))
        if last == "7":
            self._later(SETUP + UNANSWERED, partial(self._end, token, Sign(Told.FAILED, token, Fault.NO_ANSWER)))
            return
        self._later(SETUP + RING, partial(self._step, token, Sign(Told.ANSWERED, token)))
        if last == "5":
            self._later(SETUP + RING + TALK, partial(self._end, token, Sign(Told.ENDED, token)))

    def call_in(self, number: str, token: str) -> None:
        """Somebody calls."""
        self._live.add(token)
        self._tell(Sign(Told.INCOMING, token, text=number))

    def answer(self, token: str) -> None:
        """Talk at once."""
        self._step(token, Sign(Told.ANSWERED, token))

    def hang_up(self, token: str) -> None:
        """The call is over at once, unless it hangs."""
        self._end(token, Sign(Told.ENDED, token))

    def close(self) -> None:
        """Forget every call."""
        self._live.clear()

    def _later(self, seconds: float, do: Callable[[], object]) -> None:
        self._clock.later(seconds * self._pace, do)

    def _step(self, token: str, sign: Sign) -> None:
        if token in self._live:
            self._tell(sign)

    def _end(self, token: str, sign: Sign) -> None:
        if token in self._live:
            self._live.discard(token)
            self._tell(sign)
