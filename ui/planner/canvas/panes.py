"""What stays while the board scrolls: the header of days and hours, the technicians' names, and their utilisation."""

from datetime import datetime

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.i18n import format_date, format_number
from ui.kit.bidi import isolate
from ui.planner.canvas.grid import DayMark
from ui.planner.canvas.rows import Heading, TechnicianRow
from ui.planner.canvas.scene import Scene

_LABEL_ROOM = 44  # pixels a label may reach beyond its mark
_FULL_DAY = 92
_SHORT_DAY = 46
_PAD = 8
_INDENT = 12


class _Pane(QWidget):
    """An opaque strip beside the viewport; the mouse goes through to the board's own handling of it."""

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class TimeHeader(_Pane):
    """Days above hours; the name of a day stays in sight as long as any of the day is."""

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self._left = 0
        self._written: dict[tuple[int, bool], str] = {}

    def place(self, left: int) -> None:
        """Where in the header the viewport begins; names of days are written anew."""
        self._left = left
        self._written.clear()
        self.update()

    def scroll_by(self, dx: int) -> None:
        """Move the hours with the board; days are painted again because their names stay in sight."""
        band = self._band()
        area = QRect(self._left, band, self._scene.scale.width, self.height() - band)
        self.scroll(dx, 0, area)
        self.update(self._left, 0, self._scene.scale.width, band)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is asked for."""
        scene, colours = self._scene, self._scene.colours
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.surface)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), colours.border)
        painter.setClipRect(QRect(self._left, 0, scene.scale.width, self.height()))
        painter.translate(self._left, 0)
        asked = event.rect().translated(-self._left, 0)
        if asked.bottom() >= self._band():
            self._paint_hours(painter, asked)
        if asked.top() < self._band():
            self._paint_days(painter)
        self._paint_now(painter)
        painter.end()

    def _band(self) -> int:
        return self.height() // 2

    def _paint_hours(self, painter: QPainter, asked: QRect) -> None:
        scene = self._scene
        scale, metrics = scene.scale, scene.cuts.metrics
        painter.setFont(scene.cuts.font)
        painter.setPen(scene.colours.muted)
        length = metrics.horizontalAdvance("00")
        base = self._band() + (self.height() - self._band() + metrics.ascent() - metrics.descent()) // 2
        first, last = scale.seen(asked.left() - _LABEL_ROOM, asked.right() + _LABEL_ROOM)
        for mark in scene.grid.marks_between(first, last):
            x = scale.x(mark.second)
            painter.fillRect(x, self.height() - 6, 1, 6, scene.colours.border)
            painter.drawText(scale.leading(x, x, length, 4), base, mark.label)

    def _paint_days(self, painter: QPainter) -> None:
        scene = self._scene
        scale = scene.scale
        for day in scene.grid.days_between(*scale.seen(0, scale.width)):
            left, right = scale.across(day.start, day.end)
            start = scale.x(day.start)
            painter.fillRect(start, 0, 1, self.height(), scene.colours.outline)
            self._paint_day(painter, day, max(left, 0), min(right, scale.width), right - left)

    def _paint_day(self, painter: QPainter, day: DayMark, left: int, right: int, width: int) -> None:
        scene = self._scene
        is_today = scene.now is not None and day.day == datetime.fromtimestamp(scene.now, scene.zone).date()
        metrics = scene.strong.metrics
        painter.setFont(scene.strong.font)
        painter.setPen(scene.colours.accent if is_today else scene.colours.text)
        text = self._name(day, width)
        length = metrics.horizontalAdvance(text)
        own_left, own_right = scene.scale.across(day.start, day.end)
        # The name keeps to what is seen of the day, and leaves with its end.
        x = scene.scale.leading(left, right, length, _PAD)
        x = max(min(x, own_right - length - 4), own_left + 4) if width > length + 8 else x
        base = (self._band() + metrics.ascent() - metrics.descent()) // 2 + 1
        painter.drawText(x, base, text)

    def _name(self, day: DayMark, width: int) -> str:
        """As much of the date as there is room for."""
        is_wide = width >= _FULL_DAY
        if not is_wide and width < _SHORT_DAY:
            return str(day.day.day)
        key = (day.start, is_wide)
        if key not in self._written:
            short = f"{isolate(format_date(day.day, 'weekday'))} {day.day.day}" if not is_wide else ""
            self._written[key] = short or format_date(day.day, "day")
        return self._written[key]

    def _paint_now(self, painter: QPainter) -> None:
        scene = self._scene
        if scene.now is None or not scene.scale.is_shown(scene.now):
            return
        x = scene.scale.x(scene.now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(scene.colours.danger)
        painter.drawEllipse(QRectF(x - 4, self.height() - 10, 10, 10))


class NameColumn(_Pane):
    """Group headings and technicians' names, in step with the rows."""

    target: int = -1

    def aim(self, line: int) -> None:
        """Light up the line a drag would land on; -1 for none."""
        if line != self.target:
            self.target = line
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the names of the lines asked for."""
        scene, colours = self._scene, self._scene.colours
        area = event.rect()
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        painter.fillRect(area, colours.surface)
        edge = _edge(self)
        for number in scene.lines.between(area.top() + scene.top, area.bottom() + 1 + scene.top):
            y, height = scene.lines.top(number) - scene.top, scene.lines.height(number)
            self._paint_line(painter, number, QRect(0, y, self.width(), height), edge)
        painter.fillRect(edge, area.top(), 1, area.height(), colours.border)
        painter.end()

    def _paint_line(self, painter: QPainter, number: int, rect: QRect, edge: int) -> None:
        colours = self._scene.colours
        line = self._scene.model.lines[number]
        if isinstance(line, Heading):
            painter.fillRect(rect, colours.window)
            cuts, color = self._scene.strong, colours.muted
        else:
            dimmed = self._scene.allowed is not None and line.technician_id not in self._scene.allowed
            if number == self.target:
                painter.fillRect(rect, colours.accent_soft)
            cuts, color = self._scene.names, colours.muted if dimmed else colours.text
        text, length = cuts.cut(line.name, "", rect.width() - 2 * _INDENT)
        x = _INDENT if edge else rect.width() - _INDENT - length  # the names begin away from the viewport
        painter.setFont(cuts.font)
        painter.setPen(color)
        painter.drawText(x, rect.top() + (rect.height() + cuts.ascent - cuts.descent) // 2, text)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colours.border)


class UtilisationColumn(_Pane):
    """How much of each technician's white time is booked."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the figures of the lines asked for."""
        scene, colours = self._scene, self._scene.colours
        area = event.rect()
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        painter.fillRect(area, colours.surface)
        painter.setFont(scene.cuts.font)
        for number in scene.lines.between(area.top() + scene.top, area.bottom() + 1 + scene.top):
            line = scene.model.lines[number]
            rect = QRect(0, scene.lines.top(number) - scene.top, self.width(), scene.lines.height(number))
            if isinstance(line, Heading):
                painter.fillRect(rect, colours.window)
            else:
                self._paint_figure(painter, line, rect)
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colours.border)
        painter.end()

    def _paint_figure(self, painter: QPainter, row: TechnicianRow, rect: QRect) -> None:
        colours = self._scene.colours
        if row.utilisation is None:
            return
        cuts = self._scene.cuts
        track = QRect(rect.left() + _PAD, rect.bottom() - 7, rect.width() - 2 * _PAD, 3)
        filled = track.width() * min(row.utilisation, 100) // 100
        start = self._scene.scale.leading(track.left(), track.left() + track.width(), filled)
        painter.fillRect(track, colours.alternate if not colours.is_dark else colours.border)
        painter.fillRect(QRect(start, track.top(), filled, track.height()), _load_color(self._scene, row.utilisation))
        painter.setPen(colours.text if row.utilisation else colours.muted)
        base = rect.top() + (rect.height() - 8 + cuts.ascent - cuts.descent) // 2 + 1
        text, length = cuts.cut(f"{format_number(row.utilisation)} %", "", rect.width())
        painter.drawText(rect.center().x() - length // 2, base, isolate(text))


def _load_color(scene: Scene, percent: int) -> QColor:
    return scene.colours.warning if percent >= 95 else scene.colours.success


def _edge(pane: QWidget) -> int:
    """The pixel column of a pane that touches the viewport."""
    logical = QRect(pane.width() - 1, 0, 1, 1)
    return pane.style().visualRect(pane.layoutDirection(), pane.rect(), logical).left()
