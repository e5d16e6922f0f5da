"""The chart's surface: axes by pyqtgraph, and one item that paints the bars in view and is given new ones.

pyqtgraph is never mirrored by Qt: it would lose its axes. In Hebrew this surface turns by itself: the axis of points
stands at the right, and workers and months run from right to left, so that the chart, its legend and the table of the
same numbers are read in one direction. Numbers and their signs stay as they are written.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QVBoxLayout, QWidget

from app.i18n import format_points
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.points.chart.lettering import write
from ui.points.chart.marks import Marks, steps
from ui.points.chart.naming import month_labels, wrapped
from ui.points.chart.palette import look_of, paint
from ui.points.chart.slots import Slots

__all__ = ["Plot"]

_LEAST_GROUP = 84
_TICK_EVERY = 52
_SLIVER = 2
_BARS_WIDE = 3
"""A number may be as wide as so many bars where its neighbours leave it the room."""
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Plot(QWidget):
    """Paints the part of the bars from `offset` on; `look` fixes the theme, for pictures."""

    fitted = Signal()

    def __init__(self, look: theme.Tokens | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._beside: list[tuple[float, str]] = []
        self._beneath: list[tuple[float, str]] = []
        self.marks: Marks | None = None
        self.message = ""
        self.mirrored = False
        self.offset = 0
        self.slots = Slots.fit(0, 0, 0)
        self.pointed: int | None = None
        self.cursor_place: int | None = None
        self.has_ring = False
        self._is_fitting = False
        self.canvas = pyqtgraph.PlotWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self._set_up()
        self._layer = _Layer(self)
        self._layer.setParentItem(self._box)
        self._box.sigResized.connect(self._resized)

    def _set_up(self) -> None:
        item = self.canvas.getPlotItem()
        self._item, self._box = item, item.getViewBox()
        for part in (self.canvas, item):
            part.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.canvas.setFrameShape(pyqtgraph.PlotWidget.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Its own mouse would pan and zoom; the widget around it does what the mouse says.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.disableAutoRange()
        item.setContentsMargins(0, 0, 0, 0)
        self._names = item.getAxis("bottom")
        for side in ("left", "right", "bottom"):
            axis = item.getAxis(side)
            axis.setStyle(tickLength=0, autoExpandTextSpace=False)
            axis.setZValue(-1000)
        # A mark of no length is a dot; names need none.
        self._names.setStyle(tickAlpha=0)
        self._turn(False)

    @property
    def look(self) -> theme.Tokens:
        """The colours it is painted in."""
        return self._look or theme.tokens()

    def dress(self) -> None:
        """Take the colours and sizes in use."""
        look = self.look
        self.canvas.setBackground(look.color("surface"))
        for axis in (self._names, self._item.getAxis("left"), self._item.getAxis("right")):
            axis.setTextPen(look.color("muted"))
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(look.color("border"))
            axis.setTickFont(theme.font(9))
        self._fit()

    def show_marks(
        self, marks: Marks | None, message: str = "", cursor: int | None = None, *, mirrored: bool = False
    ) -> None:
        """Show these bars with the cursor on one of them, or the message where there are none."""
        self.marks, self.message, self.cursor_place = marks, message, cursor
        if marks is None or self.pointed is None or self.pointed >= len(marks):
            self.pointed = None
        if mirrored != self.mirrored:
            self._turn(mirrored)
        self._fit()

    def _turn(self, mirrored: bool) -> None:
        self.mirrored = mirrored
        self._values = self._item.getAxis("right" if mirrored else "left")
        self._item.showAxis("left", not mirrored)
        self._item.showAxis("right", mirrored)
        self._item.getAxis("left").setGrid(False)
        self._item.getAxis("right").setGrid(False)
        self._values.setGrid(255)
        self._box.invertX(mirrored)

    # --- Where things are

    @property
    def room(self) -> int:
        """How many pixels along are in view."""
        return max(1, round(float(self._box.width())))

    @property
    def farthest(self) -> int:
        """The offset at which the last bar is in view."""
        return max(0, self.slots.length - self.room)

    def area(self) -> QRectF:
        """Where bars are painted, in this widget."""
        return QRectF(self._box.sceneBoundingRect())

    def along(self, x: float) -> float:
        """How far along the bars a point of this widget is."""
        inside = x - self.area().left()
        return (self.room - inside if self.mirrored else inside) + self.offset

    def place_at(self, point: QPointF) -> int | None:
        """The bar whose slot is at a point of this widget, from the top to the bottom of the area."""
        return self.slots.at(self.along(point.x())) if self.area().contains(point) else None

    def slot_rect(self, place: int) -> QRectF:
        """The slot of a bar, from the top to the bottom, in the area's own pixels."""
        start, end = self.slots.span(place)
        left, right = round(start) - self.offset, round(end) - self.offset
        if self.mirrored:
            left, right = self.room - right, self.room - left
        return QRectF(left, 0, right - left, self._box.height())

    def bar_rect(self, place: int) -> QRectF:
        """The bar in the area's own pixels; a zero is flat, and what is not zero is never nothing."""
        assert self.marks is not None
        points = self.marks.mark(place).points
        slot = self.slot_rect(place).adjusted(1, 0, -1, 0)
        zero, end = round(self._y(0.0)), round(self._y(float(points)))
        if points:
            end = min(end, zero - _SLIVER) if points > 0 else max(end, zero + _SLIVER)
        return QRectF(QPointF(slot.left(), min(zero, end)), QPointF(slot.right(), max(zero, end)))

    def _y(self, value: float) -> float:
        return float(self._box.height()) * (self._top - value) / (self._top - self._bottom)

    # --- Fitting

    @Slot()
    def _resized(self) -> None:
        if not self._is_fitting:
            self._fit()

    def _fit(self) -> None:
        self._is_fitting = True
        try:
            self._fit_values()
            marks, size = self.marks, theme.scale(100) / 100
            least = 0.0
            if marks is not None and marks.by == "worker":
                least = theme.scale(_LEAST_GROUP)
            groups, each = (marks.groups, marks.each) if marks is not None else (0, 0)
            self.slots = Slots.fit(groups, each, self.room, size=size, least=least)
        finally:
            self._is_fitting = False
        self.set_offset(self.offset)
        self.fitted.emit()

    def _fit_values(self) -> None:
        metrics = QFontMetricsF(theme.font(9))
        line = metrics.height() + 4
        low, high = self.marks.extent() if self.marks is not None else (Decimal(0), Decimal(0))
        self._names.setHeight(round(2 * metrics.height() + 8))
        height = max(1.0, float(self._box.height()))
        ticks = steps(low, high, int(height / theme.scale(_TICK_EVERY)))
        self._beside = labels = [(float(tick), format_points(tick)) for tick in ticks]
        # A picture writes them itself; the lines of the grid are the axis's.
        self._values.setTicks([labels if self._look is None else [(tick, "") for tick, _text in labels]])
        widest = max((metrics.horizontalAdvance(text) for _tick, text in labels), default=0)
        self._values.setWidth(round(widest + 14))
        self._item.layout.activate()
        # Half a line at least: the axis leaves out a number that does not fit in whole.
        above, below = line if high else line / 2, line if low else line / 2
        unit = (float(high - low) or 1.0) / max(1.0, float(self._box.height()) - above - below)
        self._bottom, self._top = float(low) - below * unit, (float(high) or float(not low)) + above * unit
        self._box.setYRange(self._bottom, self._top, padding=0)

    def set_offset(self, offset: int) -> None:
        """Show the bars from here on."""
        self.offset = max(0, min(offset, self.farthest))
        self._box.setXRange(self.offset, self.offset + self.room, padding=0)
        self._beneath = self._labels()
        self._names.setTicks([self._beneath if self._look is None else []])
        self._layer.show_seen()

    def seen(self) -> range:
        """The bars in view, a part of them at least."""
        return self.slots.seen(self.offset, self.offset + self.room)

    def _labels(self) -> list[tuple[float, str]]:
        marks, metrics = self.marks, QFontMetricsF(theme.font(9))
        seen = self.slots.groups_seen(self.offset, self.offset + self.room - 1)
        if marks is None or not seen:
            return []
        if marks.by == "month":
            return [
                ((self.slots.group * (2 * group + 1)) / 2, text)
                for group, text in month_labels(marks.months, seen, self.slots.group, metrics)
            ]
        found = []
        for group in seen:
            # The name stays in view as long as something of its group does.
            first, last = self.slots.group_span(group)
            start, end = max(first, float(self.offset)), min(last, float(self.offset + self.room))
            found.append(((start + end) / 2, wrapped(marks.board.lines[group].name, end - start - 8, metrics)))
        return found

    def lettered(self) -> Iterator[tuple[QRectF, str, Qt.AlignmentFlag]]:
        """What stands at the axes, and where in this widget: for pictures, which leave it out of the surface."""
        area, line = self.area(), QFontMetricsF(theme.font(9)).height()
        side = Qt.AlignmentFlag.AlignLeft if self.mirrored else Qt.AlignmentFlag.AlignRight
        left = area.right() + 6 if self.mirrored else area.left() - 106
        for value, text in self._beside:
            yield QRectF(left, area.top() + self._y(value) - line / 2, 100, line), text, side | _MIDDLE
        for along, text in self._beneath:
            seen = along - self.offset
            centre = area.left() + (self.room - seen if self.mirrored else seen)
            yield QRectF(centre - 200, area.bottom() + 4, 400, 2 * line), text, Qt.AlignmentFlag.AlignHCenter

    def repaint_bars(self) -> None:
        """Paint again what is in view: the pointer or the cursor moved."""
        self._layer.update()


class _Layer(QGraphicsItem):
    """The bars in view, in pixels of the area, so that edges are sharp and patterns alike at every size."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self._plot = plot
        self._months: dict[date, list[QRectF]] = {}
        self._zeros: list[tuple[date, QPointF]] = []
        self._values: list[tuple[QRectF, str]] = []
        self._digit = 0.0

    def boundingRect(self) -> QRectF:
        """The whole area."""
        return QRectF(0, 0, self._plot.room, self._plot.area().height())

    def show_seen(self) -> None:
        """Take the bars that are in view now."""
        self._months, self._zeros, self._values = {}, [], []
        plot, marks = self._plot, self._plot.marks
        self.prepareGeometryChange()
        if marks is not None:
            metrics = QFontMetricsF(theme.font(9))
            self._digit = metrics.horizontalAdvance("0")
            bars = {place: plot.bar_rect(place) for place in plot.seen()}
            numbers: dict[int, QRectF] = {}
            wide: list[tuple[Decimal, int, QRectF, str]] = []
            for place, bar in bars.items():
                self._take(place, bar, metrics, numbers, wide)
            self._take_wide(bars, numbers, wide)
        self.update()

    def _take(
        self,
        place: int,
        bar: QRectF,
        metrics: QFontMetricsF,
        numbers: dict[int, QRectF],
        wide: list[tuple[Decimal, int, QRectF, str]],
    ) -> None:
        plot, marks = self._plot, self._plot.marks
        assert marks is not None
        mark = marks.mark(place)
        if mark.points:
            self._months.setdefault(mark.month, []).append(bar)
        else:
            self._zeros.append((mark.month, bar.center()))
        room = plot.slots.group - 4 if plot.slots.each == 1 else plot.slots.bar - 3
        most = max(room, plot.slots.bar * _BARS_WIDE) if mark.points else room
        # Most numbers are seen to be too long before they are written.
        digits = max(1, mark.points.adjusted() + 1) if mark.points else 1
        if most < digits * self._digit:
            return
        text = format_points(mark.points)
        width, height = metrics.horizontalAdvance(text), metrics.height()
        if width > most:
            return
        top = bar.bottom() + 2 if mark.points < 0 else bar.top() - height - (2 if mark.points else 5)
        area = QRectF(bar.center().x() - width / 2, top, width, height)
        if width <= room:
            numbers[place] = area
            self._values.append((area, text))
        else:
            wide.append((abs(mark.points), place, area, text))

    def _take_wide(
        self, bars: dict[int, QRectF], numbers: dict[int, QRectF], wide: list[tuple[Decimal, int, QRectF, str]]
    ) -> None:
        """Numbers wider than their bar stand where no bar and no other number is, the greatest first."""
        for _points, place, area, text in sorted(wide, key=lambda each: each[0], reverse=True):
            near = [at for at in range(place - _BARS_WIDE, place + _BARS_WIDE + 1) if at != place]
            taken = [numbers[at].adjusted(-2, 0, 2, 0) for at in near if at in numbers]
            # What is zero is a mark on the line.
            taken += [
                bars[at].adjusted(0, -5, 0, 5) if not bars[at].height() else bars[at] for at in near if at in bars
            ]
            seen = area.left() >= 0 and area.right() <= self._plot.room
            if seen and not any(each.intersects(area.adjusted(-1, 0, 1, 0)) for each in taken):
                numbers[place] = area
                self._values.append((area, text))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Band under the pointer, bars month by month, the zero line, numbers, and the ring of the keyboard."""
        plot, look = self._plot, self._plot.look
        area = self.boundingRect()
        if plot.pointed is not None:
            painter.fillRect(plot.slot_rect(plot.pointed), look.color("alternate"))
        for month, bars in self._months.items():
            paint(painter, bars, look_of(month, look))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        zero = round(plot._y(0.0))
        painter.setPen(QPen(look.color("outline"), 1))
        if plot.marks is not None and len(plot.marks):
            painter.drawLine(QPointF(area.left(), zero + 0.5), QPointF(area.right(), zero + 0.5))
        self._paint_zeros(painter, zero)
        painter.setPen(look.color("text"))
        for place, text in self._values:
            write(painter, place, text, theme.font(9))
        if plot.message and not self._months and not self._zeros:
            painter.setPen(look.color("muted"))
            painter.setFont(theme.font(10))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(area, flags, isolate(plot.message))
        self._paint_ring(painter)

    def _paint_zeros(self, painter: QPainter, zero: float) -> None:
        plot = self._plot
        half = max(2.0, min(plot.slots.bar / 2 - 1, theme.scale(4)))
        for month, centre in self._zeros:
            look = look_of(month, plot.look)
            painter.setPen(QPen(QColor(look.edge), 1))
            painter.setBrush(QColor(look.fill))
            middle = QPointF(centre.x(), zero + 0.5)
            painter.drawPolygon([middle + QPointF(*each) for each in ((-half, 0), (0, -half), (half, 0), (0, half))])

    def _paint_ring(self, painter: QPainter) -> None:
        plot = self._plot
        if plot.cursor_place is None or not plot.has_ring:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(plot.look.color("accent"), 2))
        bar = plot.bar_rect(plot.cursor_place)
        grown = bar.adjusted(-3, -3, 3, 3) if bar.height() else bar.adjusted(-3, -8, 3, 8)
        painter.drawRoundedRect(grown, 3, 3)
