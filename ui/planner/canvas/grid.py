"""The lines and labels of hours and days for one period at one zoom."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from ui.planner.canvas.periods import Period
from ui.planner.canvas.scale import TimeScale

_HOUR = 3600
_ROOM = 30  # pixels an hour's label wants


@dataclass(frozen=True, slots=True)
class Mark:
    """A line at a second; without label it is only a line."""

    second: int
    label: str


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day with the stretch of it that is shown."""

    day: date
    start: int
    end: int


class Grid:
    """Hour marks and days, each sorted by time; worked out when first asked for."""

    def __init__(self, period: Period, scale: TimeScale) -> None:
        self._zone = period.zone
        self._windows = scale.windows
        px_per_hour = scale.px_per_min * 60
        self._step = next((hours for hours in (1, 2, 3, 4, 6, 12) if hours * px_per_hour >= _ROOM), 24)
        self._marks_starts = px_per_hour >= _ROOM
        self.has_halves = px_per_hour >= 4 * _ROOM
        self._starts = [start for start, _ in self._windows]

    @cached_property
    def days(self) -> list[DayMark]:
        """The days shown."""
        return [DayMark(datetime.fromtimestamp(start, self._zone).date(), start, end) for start, end in self._windows]

    @cached_property
    def _marks(self) -> tuple[list[int], list[Mark]]:
        marks: list[Mark] = []
        for start, end in self._windows:
            opening, closing = (datetime.fromtimestamp(each, self._zone) for each in (start, end))
            shifts = opening.utcoffset() != closing.utcoffset()
            for number, second in enumerate(range(start - start % 900, end, _HOUR)):
                # Asking the zone for every hour is slow, and needed only on the days the clocks change.
                hour = datetime.fromtimestamp(second, self._zone).hour if shifts else (opening.hour + number) % 24
                if self._marks_starts if second == start else second > start and hour % self._step == 0:
                    marks.append(Mark(second, f"{hour:02d}"))
        return [mark.second for mark in marks], marks

    def marks_between(self, first: int, last: int) -> list[Mark]:
        """The hour marks from `first` to `last`."""
        seconds, marks = self._marks
        return marks[bisect_left(seconds, first) : bisect_right(seconds, last)]

    def days_between(self, first: int, last: int) -> list[DayMark]:
        """The days that are shown between two seconds."""
        position = max(bisect_right(self._starts, first) - 1, 0)
        return self.days[position : bisect_right(self._starts, last)]
