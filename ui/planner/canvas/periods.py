"""The days a board shows and which of their hours: nights are folded away unless somebody is there."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ui.planner.canvas.rows import BoardModel, TechnicianRow, seconds
from ui.planner.canvas.scale import Window

_DAY = 24 * 60
_STEP = 60  # hours are shown whole
DEFAULT_HOURS = (7 * 60, 19 * 60)


@dataclass(frozen=True, slots=True)
class Period:
    """`days` days of the company's calendar from `first`; `hours` are the minutes of the day that are shown, or all."""

    first: date
    days: int
    zone: tzinfo = UTC
    hours: tuple[int, int] | None = DEFAULT_HOURS

    def day(self, number: int) -> date:
        """The day of this number, counted from 0."""
        return self.first + timedelta(number)

    def bounds(self, number: int) -> Window:
        """A day from midnight to midnight."""
        return self._at(number, 0), self._at(number + 1, 0)

    @property
    def span(self) -> Window:
        """The whole period from midnight to midnight."""
        return self._at(0, 0), self._at(self.days, 0)

    def windows(self, shown: Iterable[Window] = ()) -> tuple[Window, ...]:
        """The stretches to show: the hours of each day, and as many more as the stretches in `shown` need."""
        if self.hours is None:
            return tuple(self.bounds(number) for number in range(self.days))
        from_minute, to_minute = self.hours
        frames = [[self._at(number, from_minute), self._at(number, to_minute)] for number in range(self.days)]
        days = [self.bounds(number) for number in range(self.days)]
        for start, end in shown:
            for frame, (midnight, next_midnight) in zip(frames, days, strict=True):
                if start < next_midnight and end > midnight and (start < frame[0] or end > frame[1]):
                    first = max(start, midnight) - midnight
                    last = min(end, next_midnight) - midnight
                    frame[0] = min(frame[0], midnight + first // 3600 * 3600)
                    frame[1] = max(frame[1], min(midnight - (-last // 3600) * 3600, next_midnight))
        return tuple((start, end) for start, end in frames)

    def _at(self, number: int, minute: int) -> int:
        day = self.first + timedelta(number + minute // _DAY)
        wall = time(minute % _DAY // 60, minute % 60)
        return seconds(datetime.combine(day, wall, self.zone))


def presence_hours(model: BoardModel, zone: tzinfo) -> tuple[int, int]:
    """The minutes of the day within which everybody's white lies, in whole hours; the usual ones on an empty board."""
    clocks: set[tuple[int, int]] = set()
    offsets: dict[int, int] = {}
    for line in model.lines:
        if isinstance(line, TechnicianRow):
            for start, end in zip(line.white_starts, line.white_ends, strict=True):
                number = start // 86_400
                if number not in offsets:
                    local = datetime.fromtimestamp(number * 86_400 + 43_200, zone).utcoffset()
                    offsets[number] = int(local.total_seconds()) if local else 0
                first = (start + offsets[number]) % 86_400 // 60
                clocks.add((first, first + (end - start) // 60))
    if not clocks:
        return DEFAULT_HOURS
    earliest = min(first for first, _ in clocks) // _STEP * _STEP
    latest = -(-max(last for _, last in clocks) // _STEP) * _STEP
    return (0, _DAY) if latest > _DAY else (earliest, latest)


def visits_outside(model: BoardModel, period: Period) -> list[Window]:
    """The visits of the board that the period's hours would fold away, wholly or in part."""
    found: list[Window] = []
    frames = period.windows()
    openings = [first for first, _ in frames]
    for line in model.lines:
        if not isinstance(line, TechnicianRow):
            continue
        for start, end in zip(line.starts, line.ends, strict=True):
            frame = frames[max(bisect_right(openings, start) - 1, 0)]
            if not (frame[0] <= start and end <= frame[1]):
                found.append((start, end))
    return found
