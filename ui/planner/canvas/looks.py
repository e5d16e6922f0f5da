"""Colours, pictures of bars and cut texts: everything a frame needs is made once and kept."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.planner.canvas.rows import BarStyle
from ui.planner.canvas.scale import TimeScale

STRIPE = 4
RADIUS = 4
TEXT_FROM = 24  # narrower bars are only their fill
TICK_BELOW = 6  # and still narrower ones a tick
ICON = 14
ICON_FROM = 56
_HATCH_STEP = 6
_HATCH_TILE = 252  # a multiple of the step, wide enough that tiling is few long copies
_SPRITE_BYTES = 6_000_000
_CUTS = 6_000


class Colours:
    """The board's colours of the theme in use, as Qt wants them."""

    def __init__(self) -> None:
        look = theme.tokens()
        self.is_dark = look.is_dark
        self.window = look.color("window")
        self.surface = look.color("surface")
        self.alternate = look.color("alternate")
        self.border = look.color("border")
        self.outline = look.color("outline")
        self.text = look.color("text")
        self.muted = look.color("muted")
        self.accent = look.color("accent")
        self.on_accent = look.color("on_accent")
        self.accent_soft = look.color("accent_soft")
        self.success = look.color("success")
        self.danger = look.color("danger")
        self.warning = look.color("warning")
        self.presence = look.color("presence")
        self.grey = look.color("grey")
        self.hatch = look.color("hatch")
        self.on_fill = look.color("category_text")
        self.grid = QColor(look.color("border"))
        self.grid.setAlphaF(0.55 if look.is_dark else 0.7)
        self.half_grid = QColor(look.color("border"))
        self.half_grid.setAlphaF(0.3)


def hatch_tile(colours: Colours, dpr: float) -> QPixmap:
    """The grey of a board: a tint alone is too faint, so it carries fine slanted lines."""
    side = _HATCH_TILE
    tile = QPixmap(round(side * dpr), round(side * dpr))
    tile.setDevicePixelRatio(dpr)
    tile.fill(colours.grey)
    painter = QPainter(tile)
    painter.setPen(QPen(colours.hatch, 1))
    for start in range(-side, side, _HATCH_STEP):
        painter.drawLine(start, side, start + side, 0)
    painter.end()
    return tile


class Sprites:
    """One picture per look, width and pixel density, kept while they take little memory."""

    def __init__(self, colours: Colours, height: int, dpr: float, scale: TimeScale) -> None:
        """The scale says on which side bars start."""
        self.height = height
        self._colours = colours
        self._dpr = dpr
        self._scale = scale
        self._kept: dict[tuple[int, int], QPixmap] = {}
        self._bytes = 0

    def get(self, number: int, width: int, style: BarStyle) -> QPixmap:
        """The picture of a bar; `number` stands for the style."""
        found = self._kept.get((number, width))
        if found is None:
            self._bytes += round(width * self.height * self._dpr * self._dpr) * 4
            if self._bytes > _SPRITE_BYTES:
                self._kept.clear()
                self._bytes = 0
            found = self._kept[number, width] = self._paint(width, style)
        return found

    def peek(self, number: int, width: int) -> QPixmap | None:
        """The picture when it is kept."""
        return self._kept.get((number, width))

    def _paint(self, width: int, style: BarStyle) -> QPixmap:
        picture = QPixmap(round(width * self._dpr), round(self.height * self._dpr))
        picture.setDevicePixelRatio(self._dpr)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_bar(painter, QRect(0, 0, width, self.height), style, self._colours, self._scale)
        painter.end()
        return picture


def paint_bar(painter: QPainter, area: QRect, style: BarStyle, colours: Colours, scale: TimeScale) -> None:
    """Paint the body of a bar: fill, outline, stripe, icon, and what marks it as standing on grey."""
    fill = QColor(style.fill)
    width = area.width()
    if width < TICK_BELOW:
        painter.fillRect(area, fill if colours.is_dark else fill.darker(125))
        return
    radius = min(RADIUS, width / 3)
    body = QPainterPath()
    body.addRoundedRect(QRectF(area), radius, radius)
    painter.save()
    painter.setClipPath(body)
    painter.fillRect(area, fill)
    if style.stripe and width >= TEXT_FROM:
        painter.fillRect(
            QRect(scale.leading(area.left(), area.left() + width, STRIPE), area.top(), STRIPE, area.height()),
            QColor(style.stripe),
        )
    if style.is_conflicting:
        _paint_conflict(painter, area, colours)
    painter.restore()
    if style.is_conflicting or not colours.is_dark:
        painter.setPen(QPen(_CONFLICT if style.is_conflicting else fill.darker(140), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    _paint_icons(painter, area, style, colours, scale)


_CONFLICT = QColor("#B3261E")  # read on the fills, which are light in both themes


def _paint_conflict(painter: QPainter, area: QRect, colours: Colours) -> None:
    lines = QColor(_CONFLICT)
    lines.setAlphaF(0.55)
    painter.setPen(QPen(lines, 1.4))
    for start in range(area.left() - area.height(), area.left() + area.width(), 7):
        painter.drawLine(QPointF(start, area.top() + area.height()), QPointF(start + area.height(), area.top()))


def _paint_icons(painter: QPainter, area: QRect, style: BarStyle, colours: Colours, scale: TimeScale) -> None:
    left, right = area.left(), area.left() + area.width()
    top = area.top() + (area.height() - ICON) // 2
    if style.icon and area.width() >= ICON_FROM:
        start = scale.leading(left, right, ICON, STRIPE + 4)
        icons.paint(painter, QRect(start, top, ICON, ICON), style.icon, colours.on_fill)
    if style.is_conflicting and area.width() >= TEXT_FROM:
        side = ICON + 2
        badge = QRect(scale.trailing(left, right, side, 3), top - 1, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_CONFLICT)
        painter.drawEllipse(badge)
        icons.paint(painter, badge.adjusted(3, 2, -3, -4), "overdue", QColor("#FFFFFF"))


class Cuts:
    """Texts cut to the room they have, with their length in pixels; measured once."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.ascent = self.metrics.ascent()
        self.descent = self.metrics.descent()
        self._kept: dict[tuple[str, str, int], tuple[str, int]] = {}

    def cut(self, title: str, subtitle: str, room: int) -> tuple[str, int]:
        """Title and subtitle on one line; the subtitle goes first when room is short."""
        key = (title, subtitle, room)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) > _CUTS:
                self._kept.clear()
            found = self._kept[key] = self._measure(title, subtitle, room)
        return found

    def _measure(self, title: str, subtitle: str, room: int) -> tuple[str, int]:
        metrics = self.metrics
        first = _shielded(title)
        if subtitle and metrics.horizontalAdvance(title) + 4 * metrics.averageCharWidth() < room:
            first = f"{first} · {_shielded(subtitle)}" if title else _shielded(subtitle)
        length = metrics.horizontalAdvance(first)
        if length <= room:
            return first, length
        first = self._shorten(title or subtitle, first, room)
        return first, metrics.horizontalAdvance(first)

    def _shorten(self, bare: str, full: str, room: int) -> str:
        """With dots where there is room for them; else the first letters, or nothing when they would be too few."""
        metrics = self.metrics
        if room >= 9 * metrics.averageCharWidth():
            return metrics.elidedText(full, Qt.TextElideMode.ElideRight, room)
        count = len(bare)
        while count > 1 and metrics.horizontalAdvance(bare, count) > room:
            count -= 1
        return _shielded(bare[:count]) if count > 1 else ""


def _shielded(text: str) -> str:
    """Isolated where a neighbour of another script could tear it apart."""
    return text if text.isascii() else isolate(text)
