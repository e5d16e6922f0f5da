"""The chart as a picture to paste, keep and print: on white, with its title, its date and its legend."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QByteArray, QIODevice, QRect, QRectF, QSaveFile, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QStyle

from app.domain.errors import UserError
from app.domain.points.board import Board
from app.domain.words import N_, message
from app.i18n import _, format_date, format_points
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.points.chart.lettering import write
from ui.points.chart.marks import By, Marks
from ui.points.chart.palette import look_of, paint
from ui.points.chart.plot import Plot

__all__ = ["KINDS", "Picture", "copy", "image", "save"]

KINDS = {".png": "PNG", ".svg": "SVG", ".pdf": "PDF"}
_WIDTH, _WIDEST, _HEIGHT = 1200, 2400, 440
_EDGE, _SWATCH, _RATIO = 24, 14, 2


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows: a board as the chart does, under a title, as it was on a day.

    `first` is the group it begins with where all would be too many for one picture.
    """

    board: Board
    by: By
    title: str
    day: date
    hidden: frozenset[date] = frozenset()
    first: int = 0
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight


class _Sheet:
    """A picture laid out: the sizes of its parts, and how they are painted on anything."""

    def __init__(self, picture: Picture, widest: int = _WIDEST) -> None:
        self._asked, self._widest = picture, widest
        self._head, self._small = theme.font(14, strong=True), theme.font(9)
        self._plot = Plot(theme.LIGHT)
        # A widget lays itself out when it is shown; this one is shown nowhere.
        self._plot.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._part = self._fit()
        self._line = QFontMetricsF(self._small).height() + 6
        self._legend_top = _EDGE + QFontMetricsF(self._head).height() + self._line + 8 + _HEIGHT + 12
        entries = list(self._entries())
        metrics = QFontMetricsF(self._small)
        cell = max(metrics.horizontalAdvance(name) + metrics.horizontalAdvance(total) for _m, name, total in entries)
        self._cell = cell + _SWATCH + 48
        self._columns = max(1, int((self._width - 2 * _EDGE) // self._cell))
        rows = -(-len(entries) // self._columns)
        self.size = QSize(self._width, round(self._legend_top + rows * self._line + _EDGE))

    def _fit(self) -> range:
        """The groups that go on one sheet, which is as wide as they need."""
        asked, mirrored = self._asked, self._asked.direction == Qt.LayoutDirection.RightToLeft
        marks = Marks(asked.board, asked.by, asked.hidden)
        self._width = _WIDTH
        self._plot.resize(_WIDTH - 2 * _EDGE, _HEIGHT)
        self._plot.show()
        self._plot.dress()
        self._plot.show_marks(marks, mirrored=mirrored)
        if self._plot.farthest:
            beside = self._plot.width() - self._plot.room
            slots = self._plot.slots
            most = max(1, int((self._widest - 2 * _EDGE - beside) // slots.group))
            first = max(0, min(asked.first, slots.groups - most))
            shown = range(first, min(slots.groups, first + most))
            self._plot.resize(round(len(shown) * slots.group) + beside, _HEIGHT)
            self._width = self._plot.width() + 2 * _EDGE
            self._plot.set_offset(round(first * slots.group))
            return shown
        return range(marks.groups)

    def _entries(self) -> Iterator[tuple[date | None, str, str]]:
        asked = self._asked
        shown = [
            each for each in zip(asked.board.months, asked.board.totals, strict=True) if each[0] not in asked.hidden
        ]
        for month, total in reversed(shown):
            yield month, format_date(month, "month"), format_points(total)
        yield None, _("Total"), format_points(sum((total for _month, total in shown), Decimal(0)))

    def paint(self, painter: QPainter) -> None:
        """Everything, from the top left corner of what is painted on, in pixels of the design."""
        look, width = theme.LIGHT, self._width - 2 * _EDGE
        painter.fillRect(QRect(0, 0, self.size.width(), self.size.height()), look.color("surface"))
        top: float = _EDGE
        painter.setPen(look.color("text"))
        height = QFontMetricsF(self._head).height()
        self._write(painter, QRectF(_EDGE, top, width, height), self._asked.title, self._head)
        painter.setPen(look.color("muted"))
        top += height
        self._write(painter, QRectF(_EDGE, top, width, self._line), self._told(), self._small)
        top += self._line + 8
        canvas = self._plot.canvas
        canvas.render(painter, QRectF(_EDGE, top, width, _HEIGHT), canvas.rect())
        painter.setPen(look.color("muted"))
        for area, text, side in self._plot.lettered():
            write(painter, area.translated(_EDGE, top), text, self._small, side)
        for number, entry in enumerate(self._entries()):
            self._paint_entry(painter, number, *entry)

    def _told(self) -> str:
        day, asked = format_date(self._asked.day, "long"), self._asked
        if asked.by == "month" or len(self._part) == len(asked.board.lines):
            return day
        return _(
            "{day}, workers {first} to {last} of {count}",
            day=day,
            first=self._part.start + 1,
            last=self._part.stop,
            count=len(asked.board.lines),
        )

    def _paint_entry(self, painter: QPainter, number: int, month: date | None, name: str, total: str) -> None:
        row, column = divmod(number, self._columns)
        area = QRectF(_EDGE + column * self._cell, self._legend_top + row * self._line, self._cell - 24, self._line)
        if month is not None:
            box = QRectF(area.left(), area.center().y() - _SWATCH / 2, _SWATCH, _SWATCH)
            paint(painter, [self._visual(box)], look_of(month, theme.LIGHT))
        painter.setPen(theme.LIGHT.color("text"))
        self._write(painter, area.adjusted(_SWATCH + 8, 0, 0, 0), name, self._small)
        self._write(painter, area, total, self._small, Qt.AlignmentFlag.AlignTrailing)

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        font: QFont,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeading,
    ) -> None:
        shown = QStyle.visualAlignment(self._asked.direction, side | Qt.AlignmentFlag.AlignVCenter)
        write(painter, self._visual(area), isolate(text), font, shown)

    def _visual(self, area: QRectF) -> QRectF:
        if self._asked.direction == Qt.LayoutDirection.LeftToRight:
            return area
        return QRectF(self._width - area.right(), area.top(), area.width(), area.height())

    def close(self) -> None:
        """The surface is needed no more."""
        self._plot.hide()
        self._plot.deleteLater()


def image(picture: Picture) -> QImage:
    """The picture in pixels, two for each of the design."""
    sheet = _Sheet(picture)
    made = QImage(sheet.size * _RATIO, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.scale(_RATIO, _RATIO)
    sheet.paint(painter)
    painter.end()
    sheet.close()
    return made


def copy(picture: Picture) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setImage(image(picture))


def save(picture: Picture, path: Path) -> Path:
    """Write the picture as the ending of the file says; an older file is replaced once the new one is whole."""
    file = QSaveFile(str(path))
    if file.open(QIODevice.OpenModeFlag.WriteOnly):
        kind = path.suffix.lower()
        if kind == ".svg":
            _write_svg(picture, file)
        elif kind == ".pdf":
            _write_pdf(picture, file)
        else:
            QImageWriter(file, QByteArray(b"PNG")).write(image(picture))
        if file.commit():
            return path
    raise UserError(
        message(N_("The file {name} cannot be written."), name=path.name),
        message(N_("Nothing was saved. Choose another folder.")),
    )


def _write_svg(picture: Picture, device: QIODevice) -> None:
    from PySide6.QtSvg import QSvgGenerator

    sheet = _Sheet(picture)
    svg = QSvgGenerator()
    svg.setOutputDevice(device)
    svg.setResolution(_dots())
    svg.setSize(sheet.size)
    svg.setViewBox(QRect(0, 0, sheet.size.width(), sheet.size.height()))
    svg.setTitle(picture.title)
    painter = QPainter(svg)
    sheet.paint(painter)
    painter.end()
    sheet.close()


def _write_pdf(picture: Picture, device: QIODevice) -> None:
    # What is wider than a page would be printed too small to read.
    sheet = _Sheet(picture, _WIDTH)
    pdf = QPdfWriter(device)
    pdf.setResolution(_dots())
    pdf.setTitle(picture.title)
    pdf.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    pdf.setPageOrientation(QPageLayout.Orientation.Landscape)
    painter = QPainter(pdf)
    page = QSizeF(pdf.width(), pdf.height())
    scale = min(page.width() / sheet.size.width(), page.height() / sheet.size.height())
    painter.scale(scale, scale)
    sheet.paint(painter)
    painter.end()
    sheet.close()


def _dots() -> int:
    """The screen's dots an inch, by which letters were measured."""
    return round(QGuiApplication.primaryScreen().logicalDotsPerInch())
