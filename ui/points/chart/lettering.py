"""Letters on a painter: as text, or as outlines where the reader of a file may lack the fonts and the order of bidi."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPaintEngine, QPainter, QPainterPath

__all__ = ["write"]

_CENTRE = Qt.AlignmentFlag.AlignCenter


def write(painter: QPainter, area: QRectF, text: str, font: QFont, side: Qt.AlignmentFlag = _CENTRE) -> None:
    """Write lines into the area in the painter's pen; `side` is absolute: left, right or the middle."""
    painter.setFont(font)
    if painter.paintEngine().type() != QPaintEngine.Type.SVG:
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignAbsolute), text)
        return
    metrics, lines = QFontMetricsF(font), text.split("\n")
    top = area.top()
    if side & Qt.AlignmentFlag.AlignVCenter:
        top = area.center().y() - metrics.height() * len(lines) / 2
    path = QPainterPath()
    for number, line in enumerate(lines):
        left, width = area.left(), metrics.horizontalAdvance(line)
        if side & Qt.AlignmentFlag.AlignRight:
            left = area.right() - width
        elif side & Qt.AlignmentFlag.AlignHCenter:
            left = area.center().x() - width / 2
        path.addText(left, top + number * metrics.height() + metrics.ascent(), font, line)
    painter.fillPath(path, painter.pen().color())
