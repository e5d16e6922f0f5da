"""Charts by pyqtgraph, dressed in the theme; its import costs half a second, so only a chart that is shown asks for it.

A chart keeps its items and is given new numbers. It is never mirrored: pyqtgraph would lose its axes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.i18n import format_number
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.widgets.chips import flowing
from ui.widgets.styled import secondary

__all__ = ["Series", "StackedBars"]

_BAR = 0.68
_NAMES = 150
_ROW = 26


@dataclass(frozen=True, slots=True)
class Series:
    """One part of every bar: what it is called, its fill of LOOK.md, and its length in each bar."""

    name: str
    fill: str
    values: tuple[float, ...]


class StackedBars(QWidget):
    """Bars of several parts with a key of their colours: standing along time, or lying beside their names."""

    def __init__(self, *, lying: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lying = lying
        self.names: tuple[str, ...] = ()
        self.series: tuple[Series, ...] = ()
        self._bars: list[pyqtgraph.BarGraphItem] = []
        self._shades: list[QLabel] = []
        self._range: tuple[float, float] = (0, 0)
        self.plot = pyqtgraph.PlotWidget()
        self._set_up()
        key, self._flow = flowing()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        column.addWidget(key)
        column.addWidget(self.plot, 0 if lying else 1)
        if lying:
            column.addStretch(1)
        theme.news.changed.connect(self._dress)
        self._dress()

    def _set_up(self) -> None:
        item = self.plot.getPlotItem()
        for part in (self.plot, item):
            part.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(pyqtgraph.PlotWidget.Shape.NoFrame)
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.disableAutoRange()
        item.showGrid(x=self._lying, y=not self._lying, alpha=0.18)
        if self._lying:
            item.invertY(True)
        self._along = item.getAxis("left" if self._lying else "bottom")
        self._across = item.getAxis("bottom" if self._lying else "left")
        for axis in (self._along, self._across):
            axis.setStyle(tickLength=0)
            # Its grid stays behind the bars.
            axis.setZValue(-1000)

    def show_bars(self, names: Sequence[str], series: Sequence[Series]) -> None:
        """Show these numbers; the items that are there take them."""
        if (tuple(names), tuple(series)) == (self.names, self.series):
            return
        has_same_key = [(each.name, each.fill) for each in series] == [(each.name, each.fill) for each in self.series]
        self.names, self.series = tuple(names), tuple(series)
        self._match_items()
        starts = [0.0] * len(self.names)
        for bar, part in zip(self._bars, self.series, strict=True):
            self._place(bar, part, starts)
            starts = [start + value for start, value in zip(starts, part.values, strict=True)]
        self._fit(max(starts, default=0))
        self._name(starts)
        if not has_same_key:
            self._fill_key()
            self._dress()

    def _match_items(self) -> None:
        while len(self._bars) < len(self.series):
            bar = pyqtgraph.BarGraphItem(x0=[0], y0=[0], width=[0], height=[0])
            self.plot.addItem(bar, ignoreBounds=True)
            self._bars.append(bar)
        while len(self._bars) > len(self.series):
            self.plot.removeItem(self._bars.pop())

    def _place(self, bar: pyqtgraph.BarGraphItem, part: Series, starts: list[float]) -> None:
        bar.setVisible(bool(self.names))
        if not self.names:
            return
        edges = [place - _BAR / 2 for place in range(len(self.names))]
        thick, long = [_BAR] * len(self.names), list(part.values)
        if self._lying:
            bar.setOpts(x0=starts, y0=edges, width=long, height=thick)
        else:
            bar.setOpts(x0=edges, y0=starts, width=thick, height=long)

    def _fit(self, most: float) -> None:
        """Room for the longest bar; a little more than it needs, so that one more call does not move every bar."""
        top = max(5.0, most * 1.05)
        if not (self._range[0] == len(self.names) and most <= self._range[1] <= 1.6 * top):
            self._range = (len(self.names), 1.15 * top)
            along, across = (-0.6, max(0.6, len(self.names) - 0.4)), (0, self._range[1])
            x, y = (across, along) if self._lying else (along, across)
            self.plot.setRange(xRange=x, yRange=y, padding=0)

    def _name(self, totals: Sequence[float]) -> None:
        metrics = QFontMetrics(theme.font(9))
        shown = []
        for place, (name, total) in enumerate(zip(self.names, totals, strict=True)):
            text = name
            if self._lying:
                number = f"  {format_number(round(total))}"
                room = theme.scale(_NAMES) - metrics.horizontalAdvance(number) - theme.scale(8)
                # Apart, so that a Hebrew name does not pull its number to the other side.
                text = isolate(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)) + number
            shown.append((place, text))
        self._along.setTicks([shown])
        if self._lying:
            self.plot.setFixedHeight(theme.scale(_ROW) * len(self.names) + theme.scale(40))

    def _fill_key(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._shades = []
        for part in self.series:
            pair, shade, name = QWidget(), QLabel(), secondary()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme.scale(6))
            name.setText(part.name)
            name.setWordWrap(False)
            self._shades.append(shade)
            row.addWidget(shade)
            row.addWidget(name)
            self._flow.addWidget(pair)

    @Slot()
    def _dress(self) -> None:
        look = theme.tokens()
        self.plot.setBackground(look.color("surface"))
        for axis in (self._along, self._across):
            axis.setTextPen(look.color("muted"))
            axis.setPen(look.color("border"))
            axis.setTickFont(theme.font(9))
        if self._lying:
            self._along.setWidth(theme.scale(_NAMES))
        for bar, part in zip(self._bars, self.series, strict=True):
            outline = QColor(part.fill) if look.is_dark else QColor(part.fill).darker(150)
            bar.setOpts(brush=pyqtgraph.mkBrush(part.fill), pen=pyqtgraph.mkPen(outline, width=1))
        for label, part in zip(self._shades, self.series, strict=True):
            picture = QPixmap(QSize(theme.scale(12), theme.scale(12)))
            picture.fill(QColor(part.fill))
            label.setPixmap(picture)
