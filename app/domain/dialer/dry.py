"""What an empty desk says: one state, what keeps how many customers, and who can do something about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from app.domain.dialer.standing import WORDS, Block
from app.domain.words import N_, Message, counted, message

_OVER = frozenset({Block.FINAL, Block.TRIES, Block.POOL})
"""What ends with a customer for good: nobody waits for him any more."""


class Dry(Enum):
    """The one state of a desk without a customer; the value is its title, catalogue text."""

    EMPTY = N_("There are no customers here yet")
    FREE = N_("Somebody can be called again")
    OVER = N_("All customers are finished")
    HOURS = N_("Outside the calling hours")
    LATER = N_("Nobody can be called right now")
    BLOCKED = N_("Nobody can be called")


def state(total: int, free: int, blocked: Iterable[tuple[str, int]], *, has_next: bool) -> Dry:
    """Which state it is; where hours keep everybody who is left, hours it is."""
    kept = {code for code, count in blocked if count}
    open_ones = kept - _OVER
    if free:
        return Dry.FREE
    if not total:
        return Dry.EMPTY
    if not open_ones:
        return Dry.OVER
    if open_ones == {Block.HOURS}:
        return Dry.HOURS
    return Dry.LATER if has_next else Dry.BLOCKED


@dataclass(frozen=True, slots=True)
class Reason:
    """What keeps so many customers from being called, and what can be done about it, if anything."""

    code: str
    count: int
    name: Message
    advice: Message | None = None


_ADVICE: Mapping[str, Message] = MappingProxyType(
    {
        Block.NO_NUMBER: message(N_("On the customer's card, add a number that can be read.")),
        Block.DO_NOT_CALL: message(N_("Final: only an administrator lifts such a wish.")),
        Block.NO_CONSENT: message(N_("A manager can record new consents.")),
        Block.REGISTER_OLD: message(N_("A manager can read a newer answer of the register.")),
        Block.REGISTERED: message(N_("Without a consent they must not be called.")),
        Block.FILTERED: message(N_("Change your filters, or ask the manager about those of the campaign.")),
        Block.HELD: message(N_("They are with another agent, and free again by themselves.")),
        Block.LATER: message(N_("They come back by themselves.")),
        Block.CAP: message(N_("They may be called again tomorrow.")),
        Block.GAP: message(N_("They come back once the gap is over.")),
        Block.HOURS: message(N_("They come back when the hours open where they live.")),
    }
)


def reasons(blocked: Iterable[tuple[str, int]]) -> tuple[Reason, ...]:
    """The reasons, the one that keeps the most first."""
    found = [Reason(code, count, WORDS.get(code, message(code)), _ADVICE.get(code)) for code, count in blocked if count]
    return tuple(sorted(found, key=lambda each: -each.count))


def summary(total: int, free: int) -> Message:
    """How many of how many may be called now."""
    if free:
        return counted(
            "{free} of {count} customer can be called now.", "{free} of {count} customers can be called now.",
            total, free=free,
        )  # fmt: skip
    return counted(
        "{count} customer, who cannot be called now:", "{count} customers, none of whom can be called now:", total
    )
