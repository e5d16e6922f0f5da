"""Rows of the ledger as a Qt model: ten columns, points as they are, and what was taken back in a quiet colour."""

from datetime import tzinfo
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.i18n import _, format_date, format_datetime, format_points
from app.services.points.report import COLUMNS, ReportRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import Index, PagedModel
from ui.widgets.table import NUMBERS

__all__ = ["NOTE", "NOTE_WIDTH", "WIDTHS", "RowsModel"]

WIDTHS = (84, 88, 108, 84, 88, 96, 80, 110, 100, 100)
"""How wide the columns are where there is too little room; the note takes what is left, so much at the least."""
NOTE, NOTE_WIDTH = 7, 110

_STAGE, _DAY, _POINTS = 4, 5, (8, 9)
_LEADING = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter


class RowsModel(PagedModel):
    """The newest row first; `zone` is the company's clock."""

    headers = COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = None

    def place(self, row: ReportRow) -> tuple[int, int]:
        """The newest day first, and of a day the newest row."""
        return -row.day.toordinal(), -row.id

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns, those of points over their points."""
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return NUMBERS if section in _POINTS else _LEADING
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Points stand at the end of their column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _POINTS:
            return NUMBERS
        return super().data(index, role)

    def cell(self, row: ReportRow, column: int, role: int) -> Any:
        """The value in words; a reversal has its sign at the stage, and says what it is to who points at it."""
        if not 0 <= column < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(_text(row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._hint(row, column))
        return _marks(row, column, role)

    def _hint(self, row: ReportRow, column: int) -> str:
        if column == _DAY:
            return format_datetime(row.at, self.zone, "medium")
        told = row.note if column == NOTE else _text(row, column)
        standing = _standing(row)
        return "\n".join(filter(None, (told, standing if column in (_STAGE, *_POINTS) else "")))


def _text(row: ReportRow, column: int) -> str:
    values = (
        row.first_name, row.last_name, row.mobile, row.process, row.stage, format_date(row.day, "short"), row.worker,
        " ".join(row.note.split()), format_points(row.customer_points), format_points(row.worker_points),
    )  # fmt: skip
    return values[column]


def _marks(row: ReportRow, column: int, role: int) -> Any:
    if role == Qt.ItemDataRole.ForegroundRole and _standing(row):
        return theme.tokens().color("muted")
    if role == Qt.ItemDataRole.DecorationRole and column == _STAGE and row.reverses_id is not None:
        return icons.icon("undo")
    if role == Qt.ItemDataRole.AccessibleDescriptionRole and column == _STAGE:
        return _standing(row)
    return None


def _standing(row: ReportRow) -> str:
    """What became of a row, or of which it is the other half."""
    if row.reverses_id is not None:
        return _("This row reverses another one.")
    return _("These points were reversed.") if row.reversed_id is not None else ""
