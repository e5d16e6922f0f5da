"""The limit for the planner: a bare painter of bars, built as was found quickest.

A scrolled backing store, only the new strip painted, one picture per colour and width, texts cut beforehand and drawn
by `drawText(x, y, str)`, rows searched by bisection. It knows no grey, no grid, no state, no selection, no direction.
"""

from array import array
from bisect import bisect_left, bisect_right

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

NAMES, FIGURES, HEADER, ROW, BAR = 176, 60, 46, 32, 26


class BareRow:
    """One technician: pixels along the time line, colours and texts, sorted from the left."""

    __slots__ = ("colours", "lefts", "name", "rights", "titles")

    def __init__(
        self, name: str, lefts: "array[int]", rights: "array[int]", colours: "array[int]", titles: list[str]
    ) -> None:
        self.name, self.lefts, self.rights, self.colours, self.titles = name, lefts, rights, colours, titles


class _Pane(QWidget):
    """The header or the names, scrolled with the bars."""

    def __init__(self, board: "BareBoard", *, is_header: bool) -> None:
        super().__init__(board)
        self._board, self._is_header = board, is_header
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = event.rect()
        painter.fillRect(area, QColor("#FFFFFF"))
        painter.setPen(QColor("#56606D"))
        board = self._board
        if self._is_header:
            step = board.hour_px
            offset = board.offset
            for number in range((area.left() + offset) // step - 1, (area.right() + offset) // step + 1):
                painter.drawText(number * step - offset + 4, 36, board.hours[number % len(board.hours)])
        else:
            for number in range((area.top() + board.top) // ROW, (area.bottom() + board.top) // ROW + 1):
                if number < len(board.rows):
                    painter.drawText(12, number * ROW - board.top + 20, board.rows[number].name)
        painter.end()


class BareBoard(QAbstractScrollArea):
    """Bars over rows and nothing else."""

    def __init__(self, rows: list[BareRow], extent: int, colours: list[str], hour_px: int) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setViewportMargins(NAMES, HEADER, FIGURES, 0)
        self.rows, self.extent, self.hour_px = rows, extent, hour_px
        self.offset = self.top = 0
        self.hours = [f"{hour:02d}" for hour in range(24)]
        self._fills = [QColor(colour) for colour in colours]
        self._sprites: dict[tuple[int, int], QPixmap] = {}
        self._cut: dict[tuple[str, int], str] = {}
        self._metrics = QFontMetrics(self.font())
        self._header, self._names = _Pane(self, is_header=True), _Pane(self, is_header=False)

    def move_bar(self, number: int, position: int, delta: int) -> bool:
        """Move one bar within its gap and paint what it left and entered."""
        row = self.rows[number]
        left, right = row.lefts[position] + delta, row.rights[position] + delta
        first, last = bisect_right(row.rights, left), bisect_left(row.lefts, right)
        if any(other != position for other in range(first, last)):
            return False
        for x, end in ((row.lefts[position], row.rights[position]), (left, right)):
            self.viewport().update(x - self.offset, number * ROW - self.top, end - x, ROW)
        row.lefts[position], row.rights[position] = left, right
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        view = self.viewport()
        self.horizontalScrollBar().setRange(0, max(self.extent - view.width(), 0))
        self.verticalScrollBar().setRange(0, max(len(self.rows) * ROW - view.height(), 0))
        inside = view.geometry()
        self._header.setGeometry(inside.left(), 0, inside.width(), HEADER)
        self._names.setGeometry(0, inside.top(), NAMES, inside.height())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.offset, self.top = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self.viewport().scroll(dx, dy)
        if dx:
            self._header.scroll(dx, 0)
        if dy:
            self._names.scroll(0, dy)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setPen(QColor("#1A1E24"))
        for area in event.region():  # type: ignore[attr-defined]
            painter.setClipRect(area)
            painter.fillRect(area, QColor("#FFFFFF"))
            self._paint(painter, area)
        painter.end()

    def _paint(self, painter: QPainter, area: QRect) -> None:
        offset, top = self.offset, self.top
        left, right = area.left() + offset, area.right() + 1 + offset
        sprites, cut, fit = self._sprites, self._cut, self._fit
        draw_pixmap, draw_text = painter.drawPixmap, painter.drawText
        last_row = min((area.bottom() + top) // ROW + 1, len(self.rows))
        for number in range((area.top() + top) // ROW, last_row):
            row = self.rows[number]
            lefts, rights, colours, titles = row.lefts, row.rights, row.colours, row.titles
            y = number * ROW - top + 3
            for position in range(bisect_right(rights, left), bisect_left(lefts, right)):
                x = lefts[position]
                width = rights[position] - x - 1
                key = (colours[position], width)
                sprite = sprites.get(key)
                if sprite is None:
                    sprite = sprites[key] = self._sprite(*key)
                draw_pixmap(x - offset, y, sprite)
                if width >= 24:
                    wanted = (titles[position], width - 10)
                    text = cut.get(wanted)
                    if text is None:
                        text = cut[wanted] = fit(*wanted)
                    draw_text(x - offset + 8, y + 18, text)

    def _fit(self, text: str, room: int) -> str:
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def _sprite(self, colour: int, width: int) -> QPixmap:
        picture = QPixmap(width, BAR)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._fills[colour].darker(140))
        painter.setBrush(self._fills[colour])
        painter.drawRoundedRect(0, 0, width - 1, BAR - 1, 4, 4)
        painter.end()
        return picture
