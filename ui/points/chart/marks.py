"""Which bars there are, in their order, and the steps of the axis beside them; every number is exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.domain.points.board import Board

__all__ = ["By", "Mark", "Marks", "steps"]

By = Literal["worker", "month"]
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar: whose (nobody's own where it is a sum of several), of which month, and how many points."""

    worker_id: int | None
    name: str
    month: date
    points: Decimal


class Marks:
    """The bars of a board: groups of as many bars each; a group is a worker, or a month of one bar."""

    def __init__(self, board: Board, by: By = "worker", hidden: frozenset[date] = frozenset()) -> None:
        self.board, self.by = board, by
        self._places = tuple(place for place, month in enumerate(board.months) if month not in hidden)
        self.months = tuple(board.months[place] for place in self._places)
        self.sums = board.totals if by == "month" else ()
        if not board.lines:
            self.groups, self.each = 0, 0
        elif by == "worker":
            self.groups, self.each = (len(board.lines) if self.months else 0), len(self.months)
        else:
            self.groups, self.each = len(self.months), 1

    def __len__(self) -> int:
        return self.groups * self.each

    def mark(self, place: int) -> Mark:
        """The bar at a place."""
        group, within = divmod(place, self.each)
        if self.by == "worker":
            line, column = self.board.lines[group], self._places[within]
            return Mark(line.worker_id, line.name, self.board.months[column], line.points[column])
        column, alone = self._places[group], self.board.lines[0] if len(self.board.lines) == 1 else None
        month, points = self.board.months[column], self.sums[column]
        return Mark(alone.worker_id if alone else None, alone.name if alone else "", month, points)

    def place(self, worker_id: int | None, month: date) -> int | None:
        """Where the bar of this worker and month is."""
        if month not in self.months or not len(self):
            return None
        within = self.months.index(month)
        if self.by == "month":
            return within
        lines = enumerate(self.board.lines)
        group = next((number for number, line in lines if line.worker_id == worker_id), None)
        return None if group is None else group * self.each + within

    def extent(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest number of all bars, zero between them or at one end."""
        if not len(self):
            return _NONE, _NONE
        if self.by == "month":
            found: Sequence[Decimal] = [self.sums[place] for place in self._places]
        elif len(self._places) == len(self.board.months):
            found = [each for line in self.board.lines for each in (min(line.points), max(line.points))]
        else:
            found = [line.points[place] for line in self.board.lines for place in self._places]
        return min(_NONE, *found), max(_NONE, *found)


def steps(low: Decimal, high: Decimal, most: int) -> tuple[Decimal, ...]:
    """Round numbers from `low` to `high`, zero among them, and at most about `most`."""
    span = high - low
    if not span:
        return (_NONE,)
    rough = span / max(1, most)
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    # No step is finer than the points themselves.
    step = max(step, Decimal("0.0001"))
    first, last = int(low / step), int(high / step)
    return tuple(step * number for number in range(first, last + 1))
