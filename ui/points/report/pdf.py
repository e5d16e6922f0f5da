"""The summary on paper: pages painted in the background, row by row as they are read."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFile, QLineF, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen, QTextOption

from app.domain.points.asked import Asked, Slice
from app.i18n import _, _n, format_date, format_number, format_points, is_rtl
from app.services.points.export_rows import Take, Tell
from app.services.points.exporting import TITLE, Format, Heading, Reader, export_by, headings
from app.services.points.report import Totals

__all__ = ["export_pdf"]

_SIZE, _TITLE_SIZE = 7.5, 13.0
_MARGIN_MM = 12
_RESOLUTION = 600
_MOST_LINES, _MOST_LETTERS = 10.0, 2000
"""A longer note is cut: a page is for reading, the other files have every word."""
_WIDTHS = (10, 12, 12, 11, 11, 8, 12, 20, 8, 8)
"""The ten columns, in parts of the page."""
_INK, _QUIET, _RULE, _BAND = "#1A1E24", "#5A6470", "#858E9A", "#F3F5F7"


def export_pdf(
    tell: Tell, reader: Reader, asked: Asked, path: Path, face: QFont, by: Slice | None = None, about: str = ""
) -> tuple[Path, int]:
    """Write the rows asked for, or their sums by one thing, as pages with their totals at the end.

    `about` says in words what the rows are narrowed to besides the days; it stands under the title.

    Gives the path and how many rows there are; what `tell` raises leaves no file, and the one before as it was.
    """

    @contextmanager
    def opened(spare: Path, whole: Totals) -> Iterator[Take]:
        with _Pages(spare, headings(by), _period(asked), about, face, is_ten=by is None) as pages:
            yield pages.take
            twice = _("A worker counts in each of his groups; this line counts every row once.")
            pages.finish(whole, twice if by is Slice.GROUP else "")

    return export_by(opened, tell, reader, asked, path, by)


def _period(asked: Asked) -> str:
    if asked.first is None and asked.last is None:
        return ""
    first, last = (format_date(day, "short") if day else "…" for day in (asked.first, asked.last))
    return first if first == last else _("{first} – {last}", first=first, last=last)


class _Pages:
    """A table over pages: a heading on each, its number at the foot, from right to left where the language is."""

    def __init__(
        self, path: Path, columns: Sequence[Heading], period: str, about: str, face: QFont, *, is_ten: bool
    ) -> None:
        self._columns, self._period, self._about, self._is_rtl = columns, period, about, is_rtl()
        self._file = QFile(path)
        self._writer = QPdfWriter(self._file)
        self._writer.setTitle(_(TITLE))
        self._writer.setResolution(_RESOLUTION)
        sheet = QPageSize(QPageSize.PageSizeId.A4)
        turned = QPageLayout.Orientation.Landscape if is_ten else QPageLayout.Orientation.Portrait
        margin = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        self._writer.setPageLayout(QPageLayout(sheet, turned, margin, QPageLayout.Unit.Millimeter))
        self._plain, self._strong = _sized(face, _SIZE), _sized(face, _SIZE, strong=True)
        self._title = _sized(face, _TITLE_SIZE, strong=True)
        # What fits in the stronger face fits in the other.
        self._metrics = QFontMetricsF(self._strong, self._writer)
        self._line = self._metrics.height()
        self._gap = self._line * 0.5
        self._spans = self._placed(_WIDTHS if is_ten else [3 if each.format is Format.PLAIN else 1 for each in columns])
        self._options = [_option(each, is_rtl=self._is_rtl) for each in columns]
        self._painter = QPainter()
        self._page, self._y, self._row = 0, 0.0, 0

    def __enter__(self) -> "_Pages":
        if not self._file.open(QFile.OpenModeFlag.WriteOnly):
            raise OSError(self._file.errorString())
        self._painter.begin(self._writer)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._begin_page()
        return self

    def __exit__(self, *_ended: object) -> None:
        if self._painter.isActive():
            self._painter.end()
        self._file.close()

    def _look(self) -> None:
        # Qt itself says nothing of a full disk.
        if self._file.error() != QFile.FileError.NoError:
            raise OSError(self._file.errorString())

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        """Paint the next rows."""
        for row in rows:
            self._paint_row([_text(cell, column) for cell, column in zip(row, self._columns, strict=True)])
        self._look()

    def finish(self, whole: Totals, remark: str) -> None:
        """What all rows come to, under a line, and a remark on it."""
        cells = [""] * len(self._columns)
        cells[0] = _n("Total: {count} row", "Total: {count} rows", whole.rows)
        cells[-2:] = [format_points(whole.customer_points), format_points(whole.worker_points)]
        self._make_room(self._line * (4 if remark else 2))
        self._rule()
        self._painter.setFont(self._strong)
        # The words reach over the columns they leave empty.
        wide = self._spans[0].united(self._spans[len(cells) - 3])
        self._paint_cell(cells[0], wide, self._line, self._options[0])
        for place in (-2, -1):
            self._paint_cell(cells[place], self._spans[place], self._line, self._options[place])
        if remark:
            self._y += self._line * 1.5
            self._painter.setFont(self._plain)
            self._paint_cell(remark, QRectF(0, 0, self._writer.width(), 1), self._line, self._options[0])
        self._painter.end()
        self._file.flush()
        self._look()

    # --- Pages

    def _begin_page(self) -> None:
        if self._page:
            self._writer.newPage()
        self._page += 1
        self._y = 0.0
        self._row = 0
        if self._page == 1:
            self._paint_title()
        self._painter.setFont(self._strong)
        self._painter.setPen(QColor(_INK))
        titles, height = self._fitted([each.title for each in self._columns])
        for title, span, column in zip(titles, self._spans, self._columns, strict=True):
            self._paint_cell(title, span, height, _side(column, is_rtl=self._is_rtl))
        self._y += height
        self._rule()
        self._painter.setFont(self._plain)
        self._paint_foot()

    def _paint_title(self) -> None:
        height = QFontMetricsF(self._title, self._writer).height()
        line = QRectF(0, 0, self._writer.width(), height)
        start, end = (_aligned(at_end=at_end, is_rtl=self._is_rtl) for at_end in (False, True))
        self._painter.setPen(QColor(_INK))
        self._painter.setFont(self._title)
        self._painter.drawText(line, _(TITLE), start)
        self._painter.setFont(self._plain)
        self._painter.setPen(QColor(_QUIET))
        self._painter.drawText(line, self._period, end)
        self._y = height * 1.5
        if self._about:
            self._paint_cell(self._about, QRectF(0, 0, self._writer.width(), 1), self._line, self._options[0])
            self._y += self._line * 1.5

    def _paint_foot(self) -> None:
        self._painter.setPen(QColor(_QUIET))
        foot = QRectF(0, self._bottom + self._line * 0.6, self._writer.width(), self._line * 1.2)
        told = _("Page {number}", number=format_number(self._page))
        self._painter.drawText(foot, told, _aligned(at_end=True, is_rtl=self._is_rtl))
        self._painter.setPen(QColor(_INK))

    @property
    def _bottom(self) -> float:
        return float(self._writer.height()) - self._line * 1.8

    def _make_room(self, height: float) -> None:
        if self._y + height > self._bottom:
            self._begin_page()

    def _rule(self) -> None:
        self._painter.setPen(QPen(QColor(_RULE), self._line * 0.06))
        self._painter.drawLine(QLineF(QPointF(0, self._y), QPointF(self._writer.width(), self._y)))
        self._painter.setPen(QColor(_INK))
        self._y += self._line * 0.25

    # --- Rows

    def _paint_row(self, told: Sequence[str]) -> None:
        texts, height = self._fitted(told)
        self._make_room(height)
        self._row += 1
        if self._row % 2 == 0:
            self._painter.fillRect(QRectF(0, self._y, self._writer.width(), height), QColor(_BAND))
        for text, span, option in zip(texts, self._spans, self._options, strict=True):
            if text:
                self._paint_cell(text, span, height, option)
        self._y += height

    def _paint_cell(self, text: str, span: QRectF, height: float, option: QTextOption) -> None:
        within = QRectF(span.left(), self._y + self._line * 0.15, span.width(), height)
        self._painter.drawText(within, text, option)

    def _fitted(self, told: Sequence[str]) -> tuple[list[str], float]:
        """The texts, cut where they are too long for a page, and how high the highest of them is."""
        texts, most = list(told), 1.0
        for place, (text, span) in enumerate(zip(told, self._spans, strict=True)):
            if self._metrics.horizontalAdvance(text) > span.width() or "\n" in text:
                texts[place], lines = self._cut(text, span.width())
                most = max(most, lines)
        return texts, most * self._line + self._line * 0.3

    def _cut(self, text: str, width: float) -> tuple[str, float]:
        """As much of the text as fits into the most lines, and how many it takes."""
        lines = self._lines(text[:_MOST_LETTERS], width)
        if lines <= _MOST_LINES and len(text) <= _MOST_LETTERS:
            return text, lines
        longest = bisect_right(
            range(min(len(text), _MOST_LETTERS) + 1), _MOST_LINES, key=lambda end: self._lines(f"{text[:end]}…", width)
        )
        return f"{text[: longest - 1]}…", _MOST_LINES

    def _lines(self, text: str, width: float) -> float:
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        return self._metrics.boundingRect(QRectF(0, 0, width, 1e6), flags, text).height() / self._line

    def _placed(self, parts: Sequence[int]) -> list[QRectF]:
        """Where the columns stand, the first at the side where reading begins."""
        whole = float(self._writer.width())
        free = whole - self._gap * (len(parts) - 1)
        spans, at = [], 0.0
        for part in parts:
            wide = free * part / sum(parts)
            spans.append(QRectF(whole - at - wide if self._is_rtl else at, 0, wide, 1))
            at += wide + self._gap
        return spans


def _sized(face: QFont, points: float, *, strong: bool = False) -> QFont:
    font = QFont(face)
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return font


def _is_number(column: Heading) -> bool:
    return column.format is Format.POINTS


def _option(column: Heading, *, is_rtl: bool) -> QTextOption:
    option = _side(column, is_rtl=is_rtl)
    if column.format is not Format.PLAIN:
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    return option


def _side(column: Heading, *, is_rtl: bool) -> QTextOption:
    """Numbers stand at the right, whichever way the language reads: units under units."""
    return _aligned(at_end=_is_number(column) and not is_rtl, is_rtl=is_rtl)


def _aligned(*, at_end: bool, is_rtl: bool) -> QTextOption:
    side = Qt.AlignmentFlag.AlignRight if at_end is not is_rtl else Qt.AlignmentFlag.AlignLeft
    option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


def _text(cell: Any, column: Heading) -> str:
    if isinstance(cell, date):
        return format_date(cell, "short" if column.format is Format.DAY else "month")
    if isinstance(cell, Decimal | int):
        return _points(Decimal(cell))
    return str(cell)


_points = lru_cache(maxsize=2000)(format_points)
