"""The lines and labels of hours and days for one period at one zoom."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime

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
    """Hour marks and days, each sorted by time."""

    def __init__(self, period: Period, scale: TimeScale) -> None:
        px_per_hour = scale.px_per_min * 60
        step = next((hours for hours in (1, 2, 3, 4, 6, 12) if hours * px_per_hour >= _ROOM), 24)
        marks: list[Mark] = []
        days: list[DayMark] = []
        for start, end in scale.windows:
            first = datetime.fromtimestamp(start, period.zone)
            days.append(DayMark(first.date(), start, end))
            for second in range(start - start % 900, end, _HOUR):
                hour = datetime.fromtimestamp(second, period.zone).hour
                if (second > start and hour % step == 0) or (second == start and px_per_hour >= _ROOM):
                    marks.append(Mark(second, f"{hour:02d}"))
        self.marks = marks
        self.days = days
        self.has_halves = px_per_hour >= 4 * _ROOM
        self._seconds = [mark.second for mark in marks]
        self._starts = [day.start for day in days]

    def marks_between(self, first: int, last: int) -> list[Mark]:
        """The hour marks from `first` to `last`."""
        return self.marks[bisect_left(self._seconds, first) : bisect_right(self._seconds, last)]

    def days_between(self, first: int, last: int) -> list[DayMark]:
        """The days that are shown between two seconds."""
        position = max(bisect_right(self._starts, first) - 1, 0)
        return self.days[position : bisect_right(self._starts, last)]
