"""The rows of a customer's points as Qt shows them."""

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont

from app.domain.words import N_
from app.i18n import format_date, format_points
from app.services.points.entries import EntryRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import PagedModel
from ui.widgets.points import row_note
from ui.widgets.table import NUMBERS

__all__ = ["PointsOfCustomerModel"]

_STAGE, _NOTES, _POINTS = 1, 4, 5


class PointsOfCustomerModel(PagedModel):
    """The newest first; reversed rows are struck out (but for their points, whose minus would be lost in the line), and
    a reversal names the row it takes back.
    """

    headers = (N_("Process"), N_("Stage"), N_("Date"), N_("Worker"), N_("Notes"), N_("Points"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._struck = QFont()
        self._struck.setStrikeOut(True)

    def place(self, row: EntryRow) -> int:
        """Where the row stands."""
        return -row.id

    def cell(self, row: EntryRow, column: int, role: int) -> Any:
        """The texts of a row; what was spent or taken is in the colour of a warning, with its minus."""
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._texts(row)[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._texts(row)[column])
        if role == Qt.ItemDataRole.FontRole and row.reversed_id is not None and column < _NOTES:
            return self._struck
        if role == Qt.ItemDataRole.DecorationRole and column == _STAGE:
            return _icon(row)
        return self._colour(row, column) if role == Qt.ItemDataRole.ForegroundRole else None

    @staticmethod
    def _colour(row: EntryRow, column: int) -> Any:
        if row.reversed_id is not None:
            return theme.tokens().color("muted")
        return theme.tokens().color("danger") if column == _POINTS and row.customer_points < 0 else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name of a column of numbers stands where they do."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section == _POINTS:
            return NUMBERS
        return super().headerData(section, orientation, role)

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Numbers stand at the far side of their column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.isValid() and index.column() == _POINTS:
            return NUMBERS
        return super().data(index, role)

    @staticmethod
    def _texts(row: EntryRow) -> tuple[str, ...]:
        return (
            row.process,
            row.stage,
            format_date(row.day, "short"),
            row.by or row.worker or "",
            row_note(row),
            format_points(row.customer_points),
        )


def _icon(row: EntryRow) -> Any:
    if row.reverses_id is not None:
        return icons.icon("undo")
    return icons.icon("redeem") if row.is_redemption else icons.icon("points")
