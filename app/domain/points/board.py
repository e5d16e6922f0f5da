"""The monthly chart's numbers: who scored how much in which month, exactly."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

__all__ = ["Board", "BoardLine"]

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One worker: the points of each month of the board in its order, the last 30 days, and the place in the ranking.

    Equal points share a place; a month without points is a zero, and every number may be negative.
    """

    worker_id: int
    name: str
    points: tuple[Decimal, ...]
    last_30_days: Decimal = _NONE
    place: int = 1


@dataclass(frozen=True, slots=True)
class Board:
    """Months by their first day, the oldest first, and the workers in the order in which they are shown."""

    months: tuple[date, ...]
    lines: tuple[BoardLine, ...]

    def __post_init__(self) -> None:
        if list(self.months) != sorted(set(self.months)) or any(month.day != 1 for month in self.months):
            raise ValueError("months are first days, each once, the oldest first")
        if any(len(line.points) != len(self.months) for line in self.lines):
            raise ValueError("every line has the points of every month")

    @property
    def totals(self) -> tuple[Decimal, ...]:
        """The points of each month, of all lines together."""
        return tuple(sum((line.points[place] for line in self.lines), _NONE) for place in range(len(self.months)))

    @property
    def last_30_days(self) -> Decimal:
        """The last 30 days of all lines together."""
        return sum((line.last_30_days for line in self.lines), _NONE)

    def line(self, worker_id: int) -> BoardLine | None:
        """The line of one worker."""
        return next((line for line in self.lines if line.worker_id == worker_id), None)
