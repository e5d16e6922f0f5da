"""The table of a what-if: worker by worker, with bars of before and after on both sides of nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.words import N_
from app.i18n import _, format_points
from app.services.points.what_if import WorkerShift
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.processes.rows import Index, Rows

__all__ = ["BARS", "ShiftBars", "ShiftTable", "signed"]

BARS = 4
"""The column in which the bars are."""


def signed(points: Decimal) -> str:
    """A difference, with its plus where it is one."""
    return f"+{format_points(points)}" if points > 0 else format_points(points)


class ShiftTable(Rows):
    """Workers, the greatest difference first."""

    names = (N_("Worker"), N_("Before"), N_("After"), N_("Difference"), N_("Before and after"))
    numbers = frozenset({1, 2, 3})

    def show_shifts(self, shifts: Sequence[WorkerShift]) -> None:
        """Show these."""
        self.show_rows(sorted(shifts, key=lambda each: (-abs(each.difference), each.name, each.user_id)))

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """The least and the greatest number there is; nothing is always between them."""
        numbers = [Decimal(0), *(number for row in self.rows for number in (row.before, row.after))]
        return min(numbers), max(numbers)

    def cell(self, row: WorkerShift, column: int, role: int) -> Any:
        """The texts of a worker; the bars are painted by their delegate, and said by a text for who does not see."""
        if role == Qt.ItemDataRole.DisplayRole:
            texts = row.name, format_points(row.before), format_points(row.after), signed(row.difference), ""
            return isolate(texts[column]) if 0 <= column < BARS else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole) and column == BARS:
            return _("{before} before, {after} after", before=format_points(row.before), after=format_points(row.after))
        if role == Qt.ItemDataRole.FontRole and column in (2, 3) and row.difference:
            return theme.font(10, strong=True)
        if role == Qt.ItemDataRole.ForegroundRole and not row.difference:
            return theme.tokens().color("muted")
        return None


class ShiftBars(QStyledItemDelegate):
    """Two bars from where nothing is, against the way the language reads where they are below it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the bars over the ground of the row."""
        super().paint(painter, option, index)
        table = index.model()
        if not isinstance(table, ShiftTable) or index.row() >= len(table.rows):
            return
        least, most = table.ends
        if least == most:
            return
        row: WorkerShift = table.rows[index.row()]
        area = option.rect.adjusted(theme.scale(8), 0, -theme.scale(8), 0)
        thick = max(3, theme.scale(6))
        top = area.top() + (area.height() - 2 * thick - 2) // 2
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        look = theme.tokens()
        zero = _place(Decimal(0), least, most, area.width())
        for place, (points, colour) in enumerate(((row.before, "outline"), (row.after, "accent"))):
            end = _place(points, least, most, area.width())
            length = max(abs(end - zero), 2 if points else 0)
            bar = QRect(area.left() + min(zero, end), top + place * (thick + 2), length, thick)
            painter.fillRect(
                QStyle.visualRect(option.direction, area, bar), look.color("on_accent" if is_chosen else colour)
            )
        line = QRect(area.left() + zero, top - 2, 1, 2 * thick + 6)
        painter.fillRect(QStyle.visualRect(option.direction, area, line), look.color("muted"))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for two bars."""
        return super().sizeHint(option, index).expandedTo(QSize(theme.scale(120), theme.row_height()))


def _place(points: Decimal, least: Decimal, most: Decimal, width: int) -> int:
    return round((points - least) * (width - 1) / (most - least))
