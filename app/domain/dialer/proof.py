"""What a run of the proof found, and how it is told: each promise of the dial desk with what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.words import N_, Message, counted, message

__all__ = ["RELEASED_WITHIN", "Finding", "Proof"]

RELEASED_WITHIN = 60
"""So many seconds after a desk has died its customer may be called by others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise: whether it was kept, and what was seen."""

    is_kept: bool
    text: Message


@dataclass(frozen=True, slots=True)
class Proof:
    """What was seen of so many agents; times in seconds and milliseconds."""

    agents: int
    is_postgresql: bool
    served: int
    double_holds: int
    idle_while_eligible: int
    max_release_s: float
    p50_ms: float
    p99_ms: float

    @property
    def is_right(self) -> bool:
        """Whether every promise was kept."""
        return all(finding.is_kept for finding in self.findings())

    def findings(self) -> tuple[Finding, ...]:
        """The promises, one by one."""
        return tuple(self._findings())

    def facts(self) -> tuple[Message, ...]:
        """What else there is to know: how fast it was, and where it ran."""
        return (
            message(
                N_("Half of the time the next customer was there within {half} ms, 99 times in 100 within {most} ms."),
                half=max(1, round(self.p50_ms)),
                most=max(1, round(self.p99_ms)),
            ),
            message(N_("It ran on a PostgreSQL of its own, which is gone again."))
            if self.is_postgresql
            else message(N_("It ran on a SQLite file of its own, which is gone again: no PostgreSQL was to hand.")),
        )

    def _findings(self) -> Iterator[Finding]:
        yield Finding(
            self.served > 0,
            counted(
                "{count} customer was given out to {agents} agents.",
                "{count} customers were given out to {agents} agents.",
                self.served,
                agents=self.agents,
            ),
        )
        yield Finding(not self.double_holds, self._doubles())
        yield Finding(not self.idle_while_eligible, self._idle())
        yield Finding(self.max_release_s <= RELEASED_WITHIN, self._release())

    def _doubles(self) -> Message:
        if not self.double_holds:
            return message(N_("Nobody was with two agents at once."))
        return counted(
            "{count} time somebody was with two agents at once. That must never be.",
            "{count} times somebody was with two agents at once. That must never be.",
            self.double_holds,
        )

    def _idle(self) -> Message:
        if not self.idle_while_eligible:
            return message(N_("No agent was sent away empty while somebody could be called."))
        return counted(
            "{count} time an agent was sent away empty while somebody could be called. That must never be.",
            "{count} times an agent was sent away empty while somebody could be called. That must never be.",
            self.idle_while_eligible,
        )

    def _release(self) -> Message:
        seconds = round(self.max_release_s)
        if self.max_release_s <= RELEASED_WITHIN:
            return counted(
                "Agents were cut off in the middle of a call; their customers were free within {count} second.",
                "Agents were cut off in the middle of a call; their customers were free within {count} seconds.",
                seconds,
            )
        return counted(
            "The customer of an agent who was cut off stayed with him for {count} second; {most} are allowed.",
            "The customer of an agent who was cut off stayed with him for {count} seconds; {most} are allowed.",
            seconds,
            most=RELEASED_WITHIN,
        )
