"""The board's colours and its grey."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from ui.kit import theme

_HATCH_STEP = 6
HATCH_TILE = 252  # a multiple of the step, wide enough that tiling is few long copies


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
        # Opaque, because a line that must be blended costs fifty times as much.
        self.grid = _between(self.border, self.presence, 0.55 if look.is_dark else 0.7)
        self.half_grid = _between(self.border, self.presence, 0.3)
        self.half_grid_on_grey = _between(self.hatch, self.grey, 0.3)
        self.grid_on_grey = _between(self.hatch, self.grey, 0.7)


def _between(color: QColor, ground: QColor, share: float) -> QColor:
    """What a translucent colour looks like on a ground."""
    return QColor(
        round(share * color.red() + (1 - share) * ground.red()),
        round(share * color.green() + (1 - share) * ground.green()),
        round(share * color.blue() + (1 - share) * ground.blue()),
    )


def hatch_tile(colours: Colours, dpr: float) -> QPixmap:
    """The grey of a board: a tint alone is too faint, so it carries fine slanted lines."""
    small = new_pixmap(_HATCH_STEP * 6, _HATCH_STEP * 6, dpr)
    small.fill(colours.grey)
    painter = QPainter(small)
    painter.setPen(QPen(colours.hatch, 1))
    side = _HATCH_STEP * 6
    for start in range(-side, side, _HATCH_STEP):
        painter.drawLine(start, side, start + side, 0)
    painter.end()
    # Tiling many short stretches is slow, so the tile is made wide.
    tile = new_pixmap(HATCH_TILE, HATCH_TILE, dpr)
    painter = QPainter(tile)
    painter.drawTiledPixmap(QRect(0, 0, HATCH_TILE, HATCH_TILE), small)
    painter.end()
    return tile


def new_pixmap(width: int, height: int, dpr: float) -> QPixmap:
    """An empty picture of this size in the screen's pixels."""
    picture = QPixmap(round(width * dpr), round(height * dpr))
    picture.setDevicePixelRatio(dpr)
    return picture
