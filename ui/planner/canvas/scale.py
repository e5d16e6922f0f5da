"""The one place that knows how time lies across the board: x(t), t(x), and from which side it runs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Window = tuple[int, int]  # a stretch of time that is shown, in seconds since 1970


@dataclass(frozen=True, slots=True)
class Part:
    """A shown stretch for loops that cannot afford a call per bar.

    Within it a second lies `int(base + slope * second)` pixels along, and what reaches from `a` to `b` along has its
    left pixel at `origin + lead * a - tail * b`, whichever way time runs.
    """

    start: int
    end: int
    base: float
    slope: float
    origin: int
    lead: int
    tail: int


class TimeScale:
    """Time across a viewport `width` pixels wide that is scrolled by `offset` from the start of time.

    Positions along time are counted from the edge where time begins: the left one, or the right one when `mirrored`.
    What lies between the windows is folded away to nothing. Nothing else in the planner may ask for a direction.
    """

    def __init__(self, windows: Sequence[Window], px_per_min: float, *, mirrored: bool = False) -> None:
        """Windows are sorted and do not overlap."""
        if not windows or px_per_min <= 0:
            raise ValueError("a time scale needs a window and a size")
        self.windows = tuple(windows)
        self.px_per_min = px_per_min
        self.mirrored = mirrored
        self.width = 0
        self.offset = 0
        self._slope = px_per_min / 60
        self._starts = [start for start, _ in self.windows]
        self._along = [0.0]
        for start, end in self.windows:
            self._along.append(self._along[-1] + (end - start) * self._slope)

    @property
    def extent(self) -> int:
        """The length of all windows in pixels."""
        return round(self._along[-1])

    @property
    def start(self) -> int:
        """The first second shown."""
        return self.windows[0][0]

    @property
    def end(self) -> int:
        """The second after the last one shown."""
        return self.windows[-1][1]

    def along(self, second: float) -> int:
        """Pixels from the start of time; what is folded away lies on its fold."""
        position = max(bisect_right(self._starts, second) - 1, 0)
        start, end = self.windows[position]
        return int(self._along[position] - start * self._slope + 0.5 + self._slope * min(max(second, start), end))

    def x(self, second: float) -> int:
        """The viewport's pixel of a second."""
        seen = self.along(second) - self.offset
        return self.width - seen if self.mirrored else seen

    def t(self, x: float) -> int:
        """The second at a pixel of the viewport; before the first and after the last window their ends."""
        return self.t_along((self.width - x if self.mirrored else x) + self.offset)

    def along_at(self, x: int) -> int:
        """The position along time of a pixel of the viewport."""
        return (self.width - x if self.mirrored else x) + self.offset

    def t_along(self, along: float) -> int:
        """The second at a position along time."""
        position = min(max(bisect_right(self._along, along) - 1, 0), len(self.windows) - 1)
        start, end = self.windows[position]
        return round(min(max(start + (along - self._along[position]) / self._slope, start), end))

    def is_shown(self, second: float) -> bool:
        """Whether the second lies in a window."""
        position = bisect_right(self._starts, second) - 1
        return position >= 0 and second < self.windows[position][1]

    def across(self, start: float, end: float) -> tuple[int, int]:
        """Left and right pixel of a stretch of time."""
        first, last = self.x(start), self.x(end)
        return (last, first) if self.mirrored else (first, last)

    def seen(self, left: int, right: int) -> tuple[int, int]:
        """The first and last second between two pixels, one pixel wider on both sides."""
        if self.mirrored:
            left, right = right + 1, left - 1
        else:
            left, right = left - 1, right + 1
        return self.t(left), self.t(right)

    def parts(self, left: int, right: int) -> Iterator[Part]:
        """The stretches between two pixels, in order of time."""
        first, last = self.seen(left, right)
        origin = self.width + self.offset if self.mirrored else -self.offset
        position = max(bisect_right(self._starts, first) - 1, 0)
        while position < len(self.windows) and self.windows[position][0] <= last:
            start, end = self.windows[position]
            base = self._along[position] - start * self._slope + 0.5
            yield Part(start, end, base, self._slope, origin, not self.mirrored, self.mirrored)
            position += 1

    def leading(self, left: int, right: int, size: int, margin: int = 0) -> int:
        """The left pixel of a piece of this size at the start edge of what lies between two pixels."""
        return right - margin - size if self.mirrored else left + margin

    def trailing(self, left: int, right: int, size: int, margin: int = 0) -> int:
        """The left pixel of a piece of this size at the end edge of what lies between two pixels."""
        return left + margin if self.mirrored else right - margin - size

    def shift(self, delta: int) -> int:
        """How far pixels travel to the right when the offset grows by `delta`."""
        return delta if self.mirrored else -delta

    def later(self, key_moves_right: bool) -> bool:
        """Whether an arrow key that points right (or left) leads to later time."""
        return key_moves_right is not self.mirrored
