"""Last month's steps scored again by other settings: what each would have scored, and what no balance would have held.

What was reversed stays as it was: it stood until it was taken back, and counts on neither side.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.points.scoring import NONE, Move, Scored, Setting, score

Place = tuple[int, int]
"""A task and a stage."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that entered a stage, and what the ledger has of it: nothing, or a row that may be reversed since."""

    move: Move
    at: datetime
    customer_points: Decimal = NONE
    worker_points: Decimal = NONE
    reversed_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Which task entered which stage."""
        return self.move.task_id, self.move.stage_id


def tried(
    taken: Iterable[Taken], settings: Mapping[int, Setting], stood: Mapping[Place, Iterable[datetime | None]]
) -> Iterator[tuple[Taken, Scored | None]]:
    """Each step, in the order in which they were taken, with what it would have scored.

    `stood` is what scored before: for each place, until when each row stood (None for ever).
    """
    until: defaultdict[Place, list[datetime | None]] = defaultdict(list)
    for place, ends in stood.items():
        until[place].extend(ends)
    for step in taken:
        standing = any(end is None or end > step.at for end in until.get(step.place, ()))
        scored = next(score((step.move,), settings, (step.place,) if standing else ()), None)
        if scored is not None:
            until[step.place].append(step.reversed_at)
        yield step, scored


@dataclass(frozen=True, slots=True)
class Booked:
    """Points of one customer: those the ledger has, and those there would be `instead`.

    A `guarded` booking is refused where it leaves less than nothing; a `held` one is in the ledger under that guard as
    it is, so only what came before can have it refused. `key` is the caller's own.
    """

    at: datetime
    key: int
    points: Decimal
    instead: Decimal
    guarded: bool = False
    held: bool = False


def refused(booked: Iterable[Booked], balance: Decimal) -> Iterator[Booked]:
    """The bookings of one customer that his balance would not hold, which was this before the first of them."""
    shift = NONE
    for each in sorted(booked, key=lambda one: (one.at, one.key)):
        balance += each.points
        shift += each.instead - each.points
        if each.guarded and balance + shift < 0 and (shift < 0 or not each.held):
            shift -= each.instead
            yield each
