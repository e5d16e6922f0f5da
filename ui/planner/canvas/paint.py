"""The passes of one rectangle of the board: grey, white, grid, bars, now-line. Only what lies in it is looked at."""

from bisect import bisect_right
from collections.abc import Iterator

from PySide6.QtCore import QLine, QPoint, QRect
from PySide6.QtGui import QColor, QPainter

from ui.planner.canvas.looks import ICON, ICON_FROM, STRIPE, TEXT_FROM
from ui.planner.canvas.rows import Heading, TechnicianRow
from ui.planner.canvas.scale import Part
from ui.planner.canvas.scene import BAR_MARGIN, Scene

_NARROWEST = 3
TEXT_MARGIN = STRIPE + 4
ICON_MARGIN = STRIPE + 4 + ICON + 3
BADGE_ROOM = ICON + 8


def paint_rect(painter: QPainter, area: QRect, scene: Scene) -> None:
    """Paint one rectangle of the viewport, all of it opaque."""
    left, right = area.left(), area.left() + area.width()
    top = area.top() + scene.top
    numbers = scene.lines.between(top, top + area.height())
    parts = list(scene.scale.parts(left, right))
    seen = scene.scale.seen(left, right)
    _paint_ground(painter, area, scene)
    rows = list(_rows(scene, numbers))
    for row, y in rows:
        _paint_white(painter, row, y, area, scene, parts, seen)
    _paint_grid(painter, area, scene, seen)
    _paint_seams(painter, area, scene, numbers)
    for row, y in rows:
        if row.greys:
            _paint_labels(painter, row, y, scene, seen)
    painter.setPen(scene.colours.on_fill)
    painter.setFont(scene.cuts.font)
    for row, y in rows:
        _paint_bars(painter, row, y, scene, parts, seen)
    if scene.allowed is not None:
        _paint_dim(painter, area, scene, rows)
    if scene.now is not None and scene.scale.is_shown(scene.now):
        painter.fillRect(scene.scale.x(scene.now), area.top(), 2, area.height(), scene.colours.danger)


def _rows(scene: Scene, numbers: range) -> Iterator[tuple[TechnicianRow, int]]:
    lines = scene.model.lines
    for number in numbers:
        line = lines[number]
        if isinstance(line, TechnicianRow):
            yield line, scene.lines.top(number) - scene.top


def _paint_ground(painter: QPainter, area: QRect, scene: Scene) -> None:
    """Grey all over, hatched in step with the content so that scrolled pixels and new ones meet."""
    side = scene.tile.width() // max(round(scene.tile.devicePixelRatio()), 1)
    across = (area.left() - scene.scale.shift(scene.scale.offset)) % side
    painter.drawTiledPixmap(area, scene.tile, QPoint(across, (area.top() + scene.top) % side))
    below = scene.lines.extent - scene.top
    if below <= area.bottom():
        painter.fillRect(area.intersected(QRect(area.left(), below, area.width(), area.height())), scene.colours.window)


def _paint_white(
    painter: QPainter, row: TechnicianRow, y: int, area: QRect, scene: Scene, parts: list[Part], seen: tuple[int, int]
) -> None:
    starts, ends = row.white_starts, row.white_ends
    height = scene.lines.row_height
    color = scene.colours.presence
    position = bisect_right(ends, seen[0])
    count = len(starts)
    for part in parts:
        while position < count and starts[position] < part.end:
            first = int(part.base + part.slope * max(starts[position], part.start))
            last = int(part.base + part.slope * min(ends[position], part.end))
            painter.fillRect(part.origin + part.lead * first - part.tail * last, y, last - first, height, color)
            if ends[position] > part.end:
                break
            position += 1


def _paint_grid(painter: QPainter, area: QRect, scene: Scene, seen: tuple[int, int]) -> None:
    scale, top, bottom = scene.scale, area.top(), area.bottom()
    marks = scene.grid.marks_between(*seen)
    if scene.grid.has_halves:
        halves = [QLine(x, top, x, bottom) for x in [scale.x(mark.second + 1800) for mark in marks]]
        painter.setPen(scene.colours.half_grid)
        painter.drawLines(halves)
    painter.setPen(scene.colours.grid)
    painter.drawLines([QLine(x, top, x, bottom) for x in [scale.x(mark.second) for mark in marks]])
    painter.setPen(scene.colours.outline)
    painter.drawLines(
        [QLine(x, top, x, bottom) for x in [scale.x(day.start) for day in scene.grid.days_between(*seen)]]
    )


def _paint_seams(painter: QPainter, area: QRect, scene: Scene, numbers: range) -> None:
    """A hairline under every row, and the bands that group headings leave."""
    left, right = area.left(), area.right()
    seams: list[QLine] = []
    for number in numbers:
        y = scene.lines.top(number) - scene.top
        height = scene.lines.height(number)
        if isinstance(scene.model.lines[number], Heading):
            painter.fillRect(left, y, area.width(), height, scene.colours.window)
        seams.append(QLine(left, y + height - 1, right, y + height - 1))
    painter.setPen(scene.colours.border)
    painter.drawLines(seams)


def _paint_labels(painter: QPainter, row: TechnicianRow, y: int, scene: Scene, seen: tuple[int, int]) -> None:
    """Why somebody is away, once for each shown day, where there is room for the words."""
    height = scene.lines.row_height
    cuts = scene.cuts
    painter.setPen(scene.colours.muted)
    painter.setFont(cuts.font)
    for start, end, label in row.greys:
        if not label or end <= seen[0] or start >= seen[1]:
            continue
        for day in scene.grid.days_between(max(start, seen[0]), min(end, seen[1]) - 1):
            left, right = scene.scale.across(max(start, day.start), min(end, day.end))
            room = right - left - 12
            if room >= TEXT_FROM:
                text, length = cuts.cut(label, "", room)
                x = left + (right - left - length) // 2
                if row.between(*scene.scale.seen(x - 6, x + length + 6)):
                    continue  # bars that stand on it would tear the words
                painter.fillRect(x - 5, y + 5, length + 10, height - 11, scene.colours.grey)
                painter.drawText(x, y + (height + cuts.ascent - cuts.descent) // 2, text)


def _paint_bars(
    painter: QPainter, row: TechnicianRow, y: int, scene: Scene, parts: list[Part], seen: tuple[int, int]
) -> None:
    starts, ends, styles = row.starts, row.ends, row.styles
    scale, sprites, cuts, known = scene.scale, scene.sprites, scene.cuts, scene.model.styles
    top = y + BAR_MARGIN
    upper, lower = scene.baselines
    turn = iter(parts)
    part = next(turn)
    draw_pixmap, draw_text, cut = painter.drawPixmap, painter.drawText, cuts.cut
    for position in row.between(*seen):
        start, end = starts[position], ends[position]
        while start >= part.end:
            following = next(turn, None)
            if following is None:
                break
            part = following
        if part.start <= start and end <= part.end:
            first, last = int(part.base + part.slope * start), int(part.base + part.slope * end)
        else:
            first, last = scale.along(start), scale.along(end)
            if first == last:
                continue  # it lies in a fold
        width = max(last - first - 1, _NARROWEST)
        left = part.origin + part.lead * first - part.tail * (first + width)
        number = styles[position]
        picture = sprites.peek(number, width) or sprites.get(number, width, known[number])
        draw_pixmap(left, top, picture)
        if width < TEXT_FROM:
            continue
        style = known[number]
        margin = ICON_MARGIN if style.icon and width >= ICON_FROM else TEXT_MARGIN
        room = width - margin - (BADGE_ROOM if style.is_conflicting else 4)
        if lower:
            text, length = cut(row.subtitles[position], "", room)
            draw_text(scale.leading(left, left + width, length, margin), y + lower, text)
            text, length = cut(row.titles[position], "", room)
        else:
            text, length = cut(row.titles[position], row.subtitles[position], room)
        draw_text(scale.leading(left, left + width, length, margin), y + upper, text)


def _paint_dim(painter: QPainter, area: QRect, scene: Scene, rows: list[tuple[TechnicianRow, int]]) -> None:
    veil = QColor(scene.colours.window)
    veil.setAlphaF(0.62)
    allowed = scene.allowed or frozenset()
    for row, y in rows:
        if row.technician_id not in allowed:
            painter.fillRect(area.left(), y, area.width(), scene.lines.row_height, veil)
