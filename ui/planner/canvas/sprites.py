"""Pictures of bars: painted once per look and width, then only copied."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from ui.kit import icons
from ui.planner.canvas.looks import Colours, new_pixmap
from ui.planner.canvas.rows import BarStyle
from ui.planner.canvas.scale import TimeScale

STRIPE = 4
RADIUS = 4
TEXT_FROM = 24  # narrower bars are only their fill
TICK_BELOW = 6  # and still narrower ones a tick
ICON = 14
ICON_FROM = 56
_SPRITE_BYTES = 6_000_000
_CONFLICT = QColor("#B3261E")  # read on the fills, which are light in both themes


class Sprites:
    """One picture per look, width and pixel density, kept while they take little memory.

    A look is a style without its stripe (which is a small picture of its own, so that four states do not make four
    times as many), and without its icon where a bar is too narrow for one.
    """

    def __init__(self, colours: Colours, height: int, dpr: float, scale: TimeScale) -> None:
        """The scale says on which side bars start."""
        self.height = height
        self.kept: dict[tuple[int, int], QPixmap] = {}
        self.wide: list[int] = []  # look by number of style
        self.narrow: list[int] = []
        self.stripes: list[QPixmap | None] = []
        self._looks: list[BarStyle] = []
        self._painted: dict[str, QPixmap] = {}
        self._colours, self._dpr, self._scale = colours, dpr, scale
        self._bytes = 0

    def learn(self, styles: Sequence[BarStyle]) -> None:
        """Know the styles of a model, which only ever grow in number."""
        for style in styles[len(self.wide) :]:
            self.wide.append(self._look(BarStyle(style.fill, "", style.icon, style.is_conflicting)))
            self.narrow.append(self._look(BarStyle(style.fill, "", "", style.is_conflicting)))
            self.stripes.append(self._stripe(style.stripe) if style.stripe else None)

    def make(self, look: int, width: int) -> QPixmap:
        """The picture of a bar that is not `kept` yet."""
        self._bytes += round(width * self.height * self._dpr * self._dpr) * 4
        if self._bytes > _SPRITE_BYTES:
            self.kept.clear()
            self._bytes = 0
        picture = new_pixmap(width, self.height, self._dpr)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_bar(painter, QRect(0, 0, width, self.height), self._looks[look], self._colours, self._scale)
        painter.end()
        self.kept[look, width] = picture
        return picture

    def _look(self, style: BarStyle) -> int:
        if style not in self._looks:
            self._looks.append(style)
        return self._looks.index(style)

    def _stripe(self, color: str) -> QPixmap:
        """The start edge of a bar in the colour of its state."""
        if color not in self._painted:
            picture = new_pixmap(STRIPE, self.height, self._dpr)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-self._scale.leading(0, TEXT_FROM, STRIPE), 0)
            paint_bar(painter, QRect(0, 0, TEXT_FROM, self.height), BarStyle(color), self._colours, self._scale)
            painter.end()
            self._painted[color] = picture
        return self._painted[color]


def paint_bar(painter: QPainter, area: QRect, style: BarStyle, colours: Colours, scale: TimeScale) -> None:
    """Paint the body of a bar: fill, outline, icon, and what marks it as standing on grey."""
    fill = QColor(style.fill)
    width = area.width()
    if width < TICK_BELOW:
        painter.fillRect(area, fill if colours.is_dark else fill.darker(125))
        return
    radius = min(RADIUS, width / 3)
    if style.is_conflicting:
        edge = _CONFLICT
    else:
        edge = fill if colours.is_dark else fill.darker(140)
    painter.setPen(edge)
    painter.setBrush(fill)
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    if style.is_conflicting:
        _paint_conflict(painter, area, radius)
    if style.icon or style.is_conflicting:
        _paint_icons(painter, area, style, colours, scale)


def _paint_conflict(painter: QPainter, area: QRect, radius: float) -> None:
    body = QPainterPath()
    body.addRoundedRect(QRectF(area), radius, radius)
    painter.setClipPath(body)
    lines = QColor(_CONFLICT)
    lines.setAlphaF(0.55)
    painter.setPen(QPen(lines, 1.4))
    for start in range(area.left() - area.height(), area.left() + area.width(), 7):
        painter.drawLine(QPointF(start, area.top() + area.height()), QPointF(start + area.height(), area.top()))
    painter.setClipping(False)


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
