"""What lies under the bars: one row of white and one of grey, lines included, made once for a long stretch of time.

Every row shows the same hours, so its ground is copied from these two strips; only where the strips end does scrolling
make new ones. Stroking the lines and hatching the grey for each frame costs three times as much.
"""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap

from ui.planner.canvas.grid import Grid
from ui.planner.canvas.looks import HATCH_TILE, Colours, new_pixmap
from ui.planner.canvas.rows import TechnicianRow
from ui.planner.canvas.scale import Part, TimeScale

_LONGEST = 4096


class Ground:
    """The two strips for one scale, zoom, theme and pixel density."""

    def __init__(self, scale: TimeScale, grid: Grid, colours: Colours, tile: QPixmap, height: int, dpr: float) -> None:
        self._scale, self._grid, self._colours, self._tile = scale, grid, colours, tile
        self._height, self._dpr = height, dpr
        self._left = self._right = 0  # what the strips cover, in pixels that do not move when the board is scrolled
        self._white = self._grey = QPixmap()

    def paint_row(
        self, painter: QPainter, row: TechnicianRow, y: int, area: QRect, parts: list[Part], seen: tuple[int, int]
    ) -> None:
        """Paint the ground of a row across the rectangle: white, and grey where nobody is present."""
        shift = -self._scale.shift(self._scale.offset)
        left, right = area.left(), area.left() + area.width()
        if left + shift < self._left or right + shift > self._right:
            self._cover(left + shift, right + shift)
        shift -= self._left
        dpr, height = self._dpr, self._height
        high = self._white.height()
        draw = painter.drawPixmap
        if dpr == 1:
            draw(left, y, self._white, left + shift, 0, right - left, height)
            for start, end in _gaps(row, parts, seen):
                draw(start, y, self._grey, start + shift, 0, end - start, height)
            return
        for strip, spans in ((self._white, [(left, right)]), (self._grey, _gaps(row, parts, seen))):
            for start, end in spans:
                source = QRect(round((start + shift) * dpr), 0, round((end - start) * dpr), high)
                draw(QRect(start, y, end - start, height), strip, source)

    def _cover(self, left: int, right: int) -> None:
        """Make the strips anew, reaching as far to both sides as one more viewport."""
        more = max(min(self._scale.width, (_LONGEST - (right - left)) // 2), 0)
        self._left, self._right = left - more, right + more
        width, height = self._right - self._left, self._height
        self._white, self._grey = new_pixmap(width, height, self._dpr), new_pixmap(width, height, self._dpr)
        self._white.fill(self._colours.presence)
        painter = QPainter(self._white)
        self._paint_lines(painter, width, self._colours.grid, self._colours.half_grid)
        painter.end()
        painter = QPainter(self._grey)
        painter.drawTiledPixmap(0, 0, width, height, self._tile, self._left % HATCH_TILE, 0)
        self._paint_lines(painter, width, self._colours.grid_on_grey, self._colours.half_grid_on_grey)
        painter.end()

    def _paint_lines(self, painter: QPainter, width: int, line: QColor, half: QColor) -> None:
        """Lines as filled rectangles: they lie on whole pixels, and Qt fills faster than it strokes."""
        scale, colours, height, fill = self._scale, self._colours, self._height, painter.fillRect
        shift = -scale.shift(scale.offset) - self._left
        seen = scale.seen(-shift, width - shift)
        marks = self._grid.marks_between(*seen)
        if self._grid.has_halves:
            for mark in marks:
                fill(scale.x(mark.second + 1800) + shift, 0, 1, height, half)
        for mark in marks:
            fill(scale.x(mark.second) + shift, 0, 1, height, line)
        for day in self._grid.days_between(*seen):
            fill(scale.x(day.start) + shift, 0, 1, height, colours.outline)
        fill(0, height - 1, width, 1, colours.border)
        first, last = scale.across(scale.start, scale.end)
        fill(0, 0, first + shift, height, colours.window)
        fill(last + shift, 0, width - last - shift, height, colours.window)


def _gaps(row: TechnicianRow, parts: list[Part], seen: tuple[int, int]) -> list[tuple[int, int]]:
    """Left and right pixels of what is not white."""
    found: list[tuple[int, int]] = []
    for part in parts:
        clear = max(seen[0], part.start)
        until = min(seen[1], part.end)
        for position in row.white_between(clear, until):
            start = row.white_starts[position]
            if start > clear:
                found.append(_across(part, clear, start))
            clear = row.white_ends[position]
        if clear < until:
            found.append(_across(part, clear, until))
    return found


def _across(part: Part, start: int, end: int) -> tuple[int, int]:
    first, last = int(part.base + part.slope * start), int(part.base + part.slope * end)
    return part.origin + part.lead * first - part.tail * last, part.origin + part.lead * last - part.tail * first
