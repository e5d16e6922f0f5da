"""A report's rows as a Qt model, read page by page, each value shown as its column says."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt

from app.domain.words import Message
from app.i18n import format_date, format_datetime, format_number, say
from app.services.dialer.report_rows import Cell, Row
from app.services.dialer.reports import Report
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import PagedModel

__all__ = ["ReportModel", "shown"]

_NUMBERS = frozenset({Cell.NUMBER, Cell.SECONDS, Cell.PERCENT})
_LEADING = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
_TRAILING = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


def _text(value: Any, _zone: ZoneInfo) -> str:
    return say(value) if isinstance(value, Message) else str(value)


def _moment(value: datetime, zone: ZoneInfo) -> str:
    return format_datetime(value, zone)


def _day(value: date, _zone: ZoneInfo) -> str:
    return format_date(value, "short")


def _number(value: float, _zone: ZoneInfo) -> str:
    return format_number(value)


def _seconds(value: int, _zone: ZoneInfo) -> str:
    minutes, seconds = divmod(value, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _percent(value: float, _zone: ZoneInfo) -> str:
    return f"{format_number(value, 1)} %"


_SHOWN: Mapping[Cell, Callable[[Any, ZoneInfo], str]] = MappingProxyType(
    {
        Cell.TEXT: _text,
        Cell.MOMENT: _moment,
        Cell.DAY: _day,
        Cell.NUMBER: _number,
        Cell.SECONDS: _seconds,
        Cell.PERCENT: _percent,
    }
)


def shown(cell: Cell, value: Any, zone: ZoneInfo) -> str:
    """A value as the screen shows it; times by the company's clock."""
    return "" if value is None or value == "" else _SHOWN[cell](value, zone)


class ReportModel(PagedModel):
    """The rows of one report; what an inspector would mark is in the colour of danger."""

    def __init__(self, report: Report, parent: QObject | None = None) -> None:
        self.report = report
        self.headers = tuple(column.title for column in report.columns)
        self._numbers = {place for place, column in enumerate(report.columns) if column.cell in _NUMBERS}
        self.zone = ZoneInfo("UTC")
        super().__init__(parent)

    def place(self, row: Row) -> int:
        """Rows come in the order they are read in."""
        return row.id

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns, those of numbers over their numbers."""
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return _TRAILING if section in self._numbers else _LEADING
        return super().headerData(section, orientation, role)

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Numbers stand at the end of their column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self._numbers:
            return _TRAILING
        return super().data(index, role)

    def cell(self, row: Row, column: int, role: int) -> Any:
        """The value in words."""
        if not 0 <= column < len(row.cells):
            return None
        if role == Qt.ItemDataRole.ForegroundRole and row.is_wrong:
            return theme.tokens().color("danger")
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = " ".join(shown(self.report.columns[column].cell, row.cells[column], self.zone).split())
        return isolate(text) if role == Qt.ItemDataRole.DisplayRole else hint(text)
