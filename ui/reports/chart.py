"""Bars that lie: a name, a bar as long as its number, and the number; drawn from the side the language reads from."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QToolTip, QWidget

from app.i18n import format_number
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.styled import secondary

__all__ = ["Bar", "BarChart", "ChartKey"]

_ROW = 28
_BAR = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called, how many, and how many of those are open."""

    name: str
    value: int
    open: int


class BarChart(QWidget):
    """Signals: `picked(row)` when a bar is clicked or Enter pressed on it; the part of the open ones is stronger."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._current = 0
        self._under_mouse = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.news.changed.connect(self.updateGeometry)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw these."""
        self._bars = tuple(bars)
        self._current = min(self._current, max(0, len(self._bars) - 1))
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    @property
    def bars(self) -> Sequence[Bar]:
        """The bars that are drawn."""
        return self._bars

    def sizeHint(self) -> QSize:
        """A row for each bar."""
        return QSize(theme.scale(360), max(1, len(self._bars)) * theme.scale(_ROW) + theme.scale(8))

    def row_at(self, y: int) -> int:
        """The bar at this height; -1 where there is none."""
        row = (y - theme.scale(4)) // theme.scale(_ROW)
        return row if 0 <= row < len(self._bars) else -1

    def bar_rect(self, row: int) -> QRect:
        """Where a bar is drawn."""
        most = max((bar.value for bar in self._bars), default=0)
        names, numbers = self._widths()
        room = max(1, self.width() - names - numbers)
        length = max(2, round(room * self._bars[row].value / most)) if most else 2
        height = theme.scale(_BAR)
        top = theme.scale(4) + row * theme.scale(_ROW) + (theme.scale(_ROW) - height) // 2
        return self._placed(QRect(names, top, length, height))

    def _widths(self) -> tuple[int, int]:
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(bar.name) for bar in self._bars), default=0) + theme.scale(16)
        numbers = max((metrics.horizontalAdvance(format_number(bar.value)) for bar in self._bars), default=0)
        return min(names, max(theme.scale(80), self.width() * 2 // 5)), numbers + theme.scale(16)

    def _placed(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, bars and numbers of the rows that show."""
        painter = QPainter(self)
        tokens = theme.tokens()
        names, numbers = self._widths()
        for row, bar in enumerate(self._bars):
            top = theme.scale(4) + row * theme.scale(_ROW)
            line = QRect(0, top, self.width(), theme.scale(_ROW))
            if not line.intersects(event.rect()):
                continue
            if row == self._under_mouse or (self.hasFocus() and row == self._current):
                painter.fillRect(line, tokens.color("accent_soft"))
            painter.setPen(tokens.color("text"))
            place = self._placed(QRect(0, top, names - theme.scale(8), theme.scale(_ROW)))
            shown = self.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | self._leading(), shown)
            self._paint_bar(painter, row)
            rect = self.bar_rect(row)
            is_rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            start = self.width() - rect.left() if is_rtl else rect.right()
            place = self._placed(QRect(start + theme.scale(8), top, numbers, theme.scale(_ROW)))
            painter.setPen(tokens.color("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | self._leading(), format_number(bar.value))

    def _paint_bar(self, painter: QPainter, row: int) -> None:
        bar, rect = self._bars[row], self.bar_rect(row)
        if not bar.value:
            return
        colour, whole = _shades()
        painter.fillRect(rect, whole)
        if bar.value and bar.open:
            length = max(1, round(rect.width() * bar.open / bar.value))
            part = QRect(rect.left(), rect.top(), length, rect.height())
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                part.moveRight(rect.right())
            painter.fillRect(part, colour)

    def _leading(self) -> Qt.AlignmentFlag:
        is_rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        flag = Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft
        return flag | Qt.AlignmentFlag.AlignAbsolute

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click picks a bar."""
        row = self.row_at(event.position().toPoint().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._current = row
            self.picked.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The bar under the pointer is marked."""
        row = self.row_at(event.position().toPoint().y())
        if row != self._under_mouse:
            self._under_mouse = row
            self.setCursor(Qt.CursorShape.PointingHandCursor if row >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self._under_mouse = -1
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the bars, Enter picks one."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._bars:
            self._current = max(0, min(len(self._bars) - 1, self._current + step))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._bars:
            self.picked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """A bar says its whole name and number."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self.row_at(event.pos().y())
            text = "" if row < 0 else hint(f"{isolate(self._bars[row].name)}: {format_number(self._bars[row].value)}")
            QToolTip.showText(event.globalPos(), text or "", self)
            return True
        return super().event(event)


class ChartKey(QWidget):
    """What the two shades of the bars say. Both texts are catalogue texts."""

    def __init__(self, part: str, whole: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(6))
        self._pictures: list[QLabel] = []
        for text in (part, whole):
            picture, name = QLabel(), secondary(text)
            name.setWordWrap(False)
            self._pictures.append(picture)
            row.addWidget(picture)
            row.addWidget(name)
            row.addSpacing(theme.scale(8))
        theme.news.changed.connect(self._paint)
        self._paint()

    @Slot()
    def _paint(self) -> None:
        for picture, colour in zip(self._pictures, _shades(), strict=True):
            shown = QPixmap(theme.scale(12), theme.scale(12))
            shown.fill(colour)
            picture.setPixmap(shown)


def _shades() -> tuple[QColor, QColor]:
    """The colours of a part and of the whole."""
    colour = theme.tokens().color("accent")
    whole = QColor(colour)
    whole.setAlphaF(0.45)
    return colour, whole
