"""How each month looks: a colour by calendar month and a pattern by half-year, so that sixty months are sixty looks.

The colours were searched for the greatest least distance (OKLab) between any two under normal sight and the three
dichromacies of Machado, Oliveira and Fernandes (2009), in months' order so that neighbours differ most. A month looks
the same for ever. Pale fills have an edge of 3:1 against the card.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from ui.kit import theme

__all__ = ["DARK_FILLS", "LIGHT_FILLS", "Look", "Pattern", "contrast", "look_of", "paint", "pattern_of", "swatch"]

LIGHT_FILLS = (
    "#C37878", "#78A5FF", "#3C3CB4", "#870000", "#5A78D2", "#FFA5A5",
    "#5A2D5A", "#A5B400", "#C32D0F", "#1EE1FF", "#785A78", "#D2E12D",
)  # fmt: skip
DARK_FILLS = (
    "#A596C3", "#96FFFF", "#F08769", "#2D5AD2", "#F0F096", "#966978",
    "#B4C3FF", "#A52D00", "#F0C300", "#4B87FF", "#D25A00", "#694B87",
)  # fmt: skip
_ENOUGH = 3.0
_PLAIN_YEAR = 2026
_STEPS = (0, 9, 6, 6, 11)


class Pattern(IntEnum):
    """What is drawn over the fill."""

    PLAIN = 0
    RISING = 1
    DOTTED = 2
    LEVEL = 3
    CROSSED = 4


@dataclass(frozen=True, slots=True)
class Look:
    """A month's fill, the edge around it, the pattern and the ink it is drawn with."""

    fill: str
    edge: str
    ink: str
    pattern: Pattern


def pattern_of(month: date) -> Pattern:
    """The pattern of the half-year: a calendar month meets all five within five years, two halves in a row differ."""
    return Pattern((2 * (month.year - _PLAIN_YEAR) + (month.month > 6)) % len(Pattern))


def look_of(month: date, look: theme.Tokens | None = None) -> Look:
    """How the month looks in this theme, or in the one in use."""
    return _look(month.month, pattern_of(month), look or theme.tokens())


@cache
def _look(number: int, pattern: Pattern, tokens: theme.Tokens) -> Look:
    fill = (DARK_FILLS if tokens.is_dark else LIGHT_FILLS)[number - 1]
    ink = max(tokens.surface, tokens.text, key=lambda each: contrast(each, fill))
    return Look(fill, _edge(fill, tokens), ink, pattern)


def _edge(fill: str, tokens: theme.Tokens) -> str:
    """The fill itself, or as much of the text's colour in it as it takes to stand out from the card."""
    own, far = QColor(fill), tokens.color("text")
    for part in range(15, 101, 5):
        mixed = QColor(*(round(one + (other - one) * part / 100) for one, other in _channels(own, far))).name()
        if contrast(mixed, tokens.surface) >= _ENOUGH:
            return mixed
    return tokens.text


def _channels(one: QColor, other: QColor) -> Iterator[tuple[int, int]]:
    return zip((one.red(), one.green(), one.blue()), (other.red(), other.green(), other.blue()), strict=True)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def paint(painter: QPainter, bars: Iterable[QRectF], look: Look) -> None:
    """Bars of one month: fill, pattern and edge as lines, which stay lines in SVG and PDF."""
    inner = [bar.adjusted(0.5, 0.5, -0.5, -0.5) for bar in bars]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(look.edge), 1))
    painter.setBrush(QColor(look.fill))
    painter.drawRects(inner)
    step = theme.scale(_STEPS[look.pattern])
    ink = QPen(QColor(look.ink), theme.scale(12) / 10)
    if look.pattern is Pattern.DOTTED:
        ink.setCapStyle(Qt.PenCapStyle.RoundCap)
        ink.setWidthF(theme.scale(22) / 10)
        painter.setPen(ink)
        painter.drawPoints([point for bar in inner for point in _dots(bar, step)])
    elif look.pattern is not Pattern.PLAIN:
        ink.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(ink)
        painter.drawLines([line for bar in inner for line in _lines(bar, step, look.pattern)])


def _dots(bar: QRectF, step: int) -> Iterator[QPointF]:
    across = max(1, int(bar.width() // step))
    left = bar.left() + (bar.width() - (across - 1) * step) / 2
    for row in range(int(bar.height() // step)):
        y = bar.bottom() - (row + 0.7) * step
        for column in range(across):
            yield QPointF(left + column * step, y)


def _lines(bar: QRectF, step: int, pattern: Pattern) -> Iterator[QLineF]:
    left, right, bottom = bar.left(), bar.right(), bar.bottom()
    width, height = bar.width(), bar.height()
    if pattern is Pattern.LEVEL:
        for row in range(1, int(height // step) + 1):
            yield QLineF(left, bottom - row * step, right, bottom - row * step)
        return
    for number in range(1, int((height + width) // step) + 1):
        # How far the slanting line has come up the left side; what lies below or above the bar is cut off.
        rise = number * step
        start, end = max(0.0, rise - height), min(width, float(rise))
        # It rises from the lower side to the right, or falls.
        yield QLineF(right - end, bottom - rise + end, right - start, bottom - rise + start)
        if pattern is Pattern.CROSSED:
            yield QLineF(left + end, bottom - rise + end, left + start, bottom - rise + start)


def swatch(look: Look, size: QSize, ratio: float = 1.0, *, is_off: bool = False) -> QPixmap:
    """A small picture of the look for a legend; only its edge where the month is hidden."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    area = QRectF(QRect(0, 0, size.width(), size.height()))
    if is_off:
        painter.setPen(QPen(QColor(look.edge), 1))
        painter.drawRect(area.adjusted(0.5, 0.5, -1.5, -1.5))
    else:
        paint(painter, [area], look)
    painter.end()
    return picture
