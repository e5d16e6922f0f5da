"""How the lines lie from top to bottom: headings and rows of two heights, found by bisection."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence

from ui.planner.canvas.rows import Heading, Line


class Lines:
    """The tops of all lines in pixels from the first one."""

    def __init__(self, lines: Sequence[Line] = (), row_height: int = 32, heading_height: int = 26) -> None:
        self.row_height = row_height
        self.heading_height = heading_height
        tops = array("i", [0])
        for line in lines:
            tops.append(tops[-1] + (heading_height if isinstance(line, Heading) else row_height))
        self._tops = tops

    def __len__(self) -> int:
        return len(self._tops) - 1

    @property
    def extent(self) -> int:
        """The height of all lines."""
        return self._tops[-1]

    def top(self, line: int) -> int:
        """Where a line begins."""
        return self._tops[line]

    def height(self, line: int) -> int:
        """How high a line is."""
        return self._tops[line + 1] - self._tops[line]

    def at(self, y: int) -> int:
        """The line at a height, -1 above the first and below the last."""
        return bisect_right(self._tops, y) - 1 if 0 <= y < self._tops[-1] else -1

    def between(self, top: int, bottom: int) -> range:
        """The lines that have a pixel in `[top, bottom)`."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        return range(first, min(max(bisect_right(self._tops, bottom - 1), first), len(self)))
