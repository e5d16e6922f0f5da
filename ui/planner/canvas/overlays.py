"""What lies over the bars: selection, keyboard cursor, and the ghost of a drag with its reason in words."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.i18n import format_time
from ui.kit.bidi import isolate
from ui.planner.canvas.drops import Drop
from ui.planner.canvas.rows import BarStyle, seconds
from ui.planner.canvas.scene import BAR_MARGIN, Ghost, Scene
from ui.planner.canvas.sprites import RADIUS, paint_bar

_RING = 2
_CHIP_PAD = 8


def bar_rect(scene: Scene, line: int, start: int, end: int) -> QRect:
    """Where a bar of this time lies in the viewport."""
    left, right = scene.scale.across(start, end)
    top = scene.lines.top(line) - scene.top + BAR_MARGIN
    return QRect(left, top, max(right - left - 1, 3), scene.bar_height)


def visit_rect(scene: Scene, visit_id: int) -> QRect:
    """Where a visit's bar lies; empty when it is not on the board."""
    place = scene.model.find(visit_id)
    row = scene.model.row_at(place[0]) if place else None
    if place is None or row is None:
        return QRect()
    return bar_rect(scene, place[0], row.starts[place[1]], row.ends[place[1]])


def paint_over(painter: QPainter, area: QRect, scene: Scene) -> None:
    """Paint everything that lies over the bars of one rectangle."""
    if scene.faint is not None:
        _paint_faint(painter, scene, scene.faint)
    for visit_id in scene.selected:
        rect = visit_rect(scene, visit_id)
        if rect.adjusted(-4, -4, 4, 4).intersects(area):
            _paint_ring(painter, rect, scene.colours.accent)
    if scene.cursor is not None and scene.has_focus:
        _paint_cursor(painter, scene)
    if scene.ghost is not None:
        _paint_ghost(painter, scene, scene.ghost)


def _paint_ring(painter: QPainter, rect: QRect, color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, _RING))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_cursor(painter: QPainter, scene: Scene) -> None:
    cursor = scene.cursor
    assert cursor is not None
    rect = bar_rect(scene, cursor.line, cursor.start, cursor.end)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(scene.colours.surface, _RING * 2 + 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if cursor.visit_id is not None:
        painter.drawRoundedRect(QRectF(rect).adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)
        painter.setPen(QPen(scene.colours.accent, _RING))
        painter.drawRoundedRect(QRectF(rect).adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)
    else:
        painter.setPen(QPen(scene.colours.accent, _RING, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_faint(painter: QPainter, scene: Scene, visit_id: int) -> None:
    veil = QColor(scene.colours.presence)
    veil.setAlphaF(0.6)
    painter.fillRect(visit_rect(scene, visit_id), veil)


def ghost_rect(scene: Scene, ghost: Ghost) -> QRect:
    """Everything the ghost touches: bar, words and the mark of the nearest slot."""
    rect = bar_rect(scene, ghost.line, seconds(ghost.drop.start), seconds(ghost.drop.end))
    touched = rect.united(_chip_rect(scene, ghost, rect))
    if ghost.verdict.nearest is not None:
        touched = touched.united(_nearest_rect(scene, ghost))
    return touched.adjusted(-6, -6, 6, 6)


def _paint_ghost(painter: QPainter, scene: Scene, ghost: Ghost) -> None:
    rect = bar_rect(scene, ghost.line, seconds(ghost.drop.start), seconds(ghost.drop.end))
    colours = scene.colours
    tone = colours.accent if ghost.verdict.is_allowed else colours.danger
    if ghost.verdict.nearest is not None and not ghost.verdict.is_allowed:
        _paint_nearest(painter, scene, ghost)
    painter.save()
    painter.setOpacity(0.85)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_bar(painter, rect, BarStyle(ghost.drop.carried.fill), colours, scene.scale)
    painter.restore()
    _paint_ring(painter, rect, tone)
    if rect.width() >= 24:
        painter.setPen(colours.on_fill)
        painter.setFont(scene.cuts.font)
        text, length = scene.cuts.cut(ghost.drop.carried.title, ghost.drop.carried.subtitle, rect.width() - 12)
        x = scene.scale.leading(rect.left(), rect.left() + rect.width(), length, 6)
        painter.drawText(x, rect.top() - BAR_MARGIN + scene.baselines[0], text)
    _paint_chip(painter, _chip_rect(scene, ghost, rect), scene, ghost, tone)


def span_text(scene: Scene, drop: Drop) -> str:
    """Start and end on the company's clock, in the reading direction of the language."""
    return f"{format_time(drop.start, scene.zone)}–{format_time(drop.end, scene.zone)}"


def _chip_lines(scene: Scene, ghost: Ghost) -> list[str]:
    row = scene.model.row_at(ghost.line)
    lines = [f"{span_text(scene, ghost.drop)}  {isolate(row.name if row else '')}"]
    if ghost.verdict.reason:
        more = f"  {isolate(f'+{ghost.verdict.more}')}" if ghost.verdict.more else ""
        lines.append(f"{ghost.verdict.reason}{more}")
    return lines


def _chip_rect(scene: Scene, ghost: Ghost, bar: QRect) -> QRect:
    """The words stand under the bar, or above it where there is no room below; never outside the viewport."""
    metrics = scene.cuts.metrics
    lines = _chip_lines(scene, ghost)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _CHIP_PAD
    height = len(lines) * metrics.lineSpacing() + _CHIP_PAD
    left = scene.scale.leading(bar.left(), bar.left() + bar.width(), width)
    left = max(min(left, scene.scale.width - width - 2), 2)
    below = bar.bottom() + 6
    top = below if below + height < scene.height else bar.top() - 6 - height
    return QRect(left, top, width, height)


def _paint_chip(painter: QPainter, chip: QRect, scene: Scene, ghost: Ghost, tone: QColor) -> None:
    colours, metrics = scene.colours, scene.cuts.metrics
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tone, 1))
    painter.setBrush(colours.surface)
    painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(scene.cuts.font)
    y = chip.top() + _CHIP_PAD // 2 + metrics.ascent()
    for number, line in enumerate(_chip_lines(scene, ghost)):
        warned = colours.warning if ghost.verdict.is_allowed else colours.danger
        painter.setPen(warned if number else colours.text)
        length = metrics.horizontalAdvance(line)
        x = scene.scale.leading(chip.left(), chip.left() + chip.width(), length, _CHIP_PAD)
        painter.drawText(x, y, line)
        y += metrics.lineSpacing()


def _nearest_rect(scene: Scene, ghost: Ghost) -> QRect:
    start = ghost.verdict.nearest
    assert start is not None
    return bar_rect(scene, ghost.line, seconds(start), seconds(start + (ghost.drop.end - ghost.drop.start)))


def _paint_nearest(painter: QPainter, scene: Scene, ghost: Ghost) -> None:
    """Where it would fit: a dashed outline with its time."""
    rect, start = _nearest_rect(scene, ghost), ghost.verdict.nearest
    assert start is not None
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(scene.colours.success, _RING, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    text = format_time(start, scene.zone)
    if scene.cuts.metrics.horizontalAdvance(text) + 8 < rect.width():
        painter.setPen(scene.colours.success)
        painter.setFont(scene.cuts.font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
