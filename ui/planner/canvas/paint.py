"""The passes of one rectangle of the board: grey, white, grid, bars, now-line. Only what lies in it is looked at."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from ui.planner.canvas.rows import TechnicianRow
from ui.planner.canvas.scale import Part
from ui.planner.canvas.scene import BAR_MARGIN, Scene
from ui.planner.canvas.sprites import ICON, ICON_FROM, STRIPE, TEXT_FROM

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
    rows: list[tuple[TechnicianRow, int]] = []
    for number in numbers:
        line, y = scene.model.lines[number], scene.lines.top(number) - scene.top
        if isinstance(line, TechnicianRow):
            scene.ground.paint_row(painter, line, y, area, parts, seen)
            rows.append((line, y))
        else:
            _paint_band(painter, area, y, scene.lines.height(number), scene)
    below = scene.lines.extent - scene.top
    if below <= area.bottom():
        painter.fillRect(left, below, area.width(), area.bottom() - below + 1, scene.colours.window)
    for row, y in rows:
        if row.greys:
            _paint_labels(painter, row, y, scene, seen)
    scene.sprites.learn(scene.model.styles)
    painter.setPen(scene.colours.on_fill)
    painter.setFont(scene.cuts.font)
    for row, y in rows:
        _paint_bars(painter, row, y, scene, parts, seen)
    if scene.allowed is not None:
        _paint_dim(painter, area, scene, rows)
    if scene.now is not None and scene.scale.is_shown(scene.now):
        painter.fillRect(scene.scale.x(scene.now), area.top(), 2, area.height(), scene.colours.danger)


def _paint_band(painter: QPainter, area: QRect, y: int, height: int, scene: Scene) -> None:
    """What the heading of a group leaves on the board."""
    painter.fillRect(area.left(), y, area.width(), height - 1, scene.colours.window)
    painter.fillRect(area.left(), y + height - 1, area.width(), 1, scene.colours.border)


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
    """The one loop that runs for every bar of a frame: look-ups are inlined, pictures and texts are ready made."""
    starts, ends, styles, titles, subtitles = row.starts, row.ends, row.styles, row.titles, row.subtitles
    scale, known = scene.scale, scene.model.styles
    sprites = scene.sprites
    pictures, texts, wide, narrow, stripes = (
        sprites.kept,
        scene.cuts.kept,
        sprites.wide,
        sprites.narrow,
        sprites.stripes,
    )
    top, base = y + BAR_MARGIN, y + scene.baselines[0]
    is_tall = scene.baselines[1] > 0
    turn = iter(parts)
    part = next(turn)
    draw_pixmap, draw_text = painter.drawPixmap, painter.drawText
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
        width = last - first - 1
        if width < _NARROWEST:
            width = _NARROWEST
        left = part.origin + part.lead * first - part.tail * (first + width)
        number = styles[position]
        look = wide[number] if width >= ICON_FROM else narrow[number]
        draw_pixmap(left, top, pictures.get((look, width)) or sprites.make(look, width))
        if width < TEXT_FROM:
            continue
        stripe, style = stripes[number], known[number]
        if stripe is not None:
            draw_pixmap(left + part.tail * (width - STRIPE), top, stripe)
        margin = ICON_MARGIN if style.icon and width >= ICON_FROM else TEXT_MARGIN
        room = width - margin - (BADGE_ROOM if style.is_conflicting else 4)
        if is_tall:
            _draw_second_line(painter, subtitles[position], left, width, margin, room, y, scene)
        subtitle = "" if is_tall else subtitles[position]
        key = (titles[position], subtitle, room)
        text, length = texts.get(key) or scene.cuts.cut(*key)
        draw_text(left + part.lead * margin + part.tail * (width - margin - length), base, text)


def _draw_second_line(
    painter: QPainter, text: str, left: int, width: int, margin: int, room: int, y: int, scene: Scene
) -> None:
    shown, length = scene.cuts.cut(text, "", room)
    painter.drawText(scene.scale.leading(left, left + width, length, margin), y + scene.baselines[1], shown)


def _paint_dim(painter: QPainter, area: QRect, scene: Scene, rows: list[tuple[TechnicianRow, int]]) -> None:
    veil = QColor(scene.colours.window)
    veil.setAlphaF(0.62)
    allowed = scene.allowed or frozenset()
    for row, y in rows:
        if row.technician_id not in allowed:
            painter.fillRect(area.left(), y, area.width(), scene.lines.row_height, veil)
