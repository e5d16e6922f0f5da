"""The tables of a rehearsal: hand-over by hand-over, and person by person with bars of before and after."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Any

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.processes.reasons import RULES
from app.domain.words import N_
from app.i18n import _, format_datetime, format_number, say
from app.services.processes.rehearsal import PersonShift, RehearsedStep
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.processes.rows import Index, Rows

__all__ = ["BARS", "BarDelegate", "PeopleTable", "StepTable"]

BARS = 3
"""The column of the people in which the bars are."""


class StepTable(Rows):
    """Hand-overs in the order of time; those that stay are quiet."""

    names = (N_("When"), N_("Task"), N_("Stage"), N_("Went to"), N_("Would go to"), N_("Reason now"), N_("Reason then"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo = UTC

    def cell(self, row: RehearsedStep, column: int, role: int) -> Any:
        """The texts of a hand-over."""
        if role == Qt.ItemDataRole.ToolTipRole and column == _STAGE and row.stage:
            return _("{process}: {stage}", process=row.process, stage=row.stage)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return isolate(_STEP_TEXTS[column](self, row))
        if role == Qt.ItemDataRole.ForegroundRole and not row.is_moved:
            return theme.tokens().color("muted")
        if role == Qt.ItemDataRole.FontRole and row.is_moved and column == _WOULD:
            return theme.font(10, strong=True)
        return None

    def when(self, row: RehearsedStep) -> str:
        """The moment, by the company's clock."""
        return format_datetime(row.at.astimezone(self.zone))


def _rule(code: str) -> str:
    return say(RULES[code]) if code in RULES else code


def _because(_table: StepTable, row: RehearsedStep) -> str:
    return _rule(row.rule_now) if row.is_replayed else _("Cannot be worked out")


_STAGE, _WOULD = 2, 4
_STEP_TEXTS: tuple[Callable[[StepTable, RehearsedStep], str], ...] = (
    lambda table, row: table.when(row),
    lambda _table, row: row.task,
    lambda _table, row: row.stage,
    lambda _table, row: row.had,
    lambda _table, row: row.would,
    _because,
    lambda _table, row: _rule(row.rule_then),
)


class PeopleTable(Rows):
    """People with their hand-overs before and after, the greatest change first."""

    names = (N_("Name"), N_("Before"), N_("After"), N_("Before and after"))
    numbers = frozenset({1, 2})

    def show_people(self, people: Sequence[PersonShift]) -> None:
        """Show these."""
        self.show_rows(sorted(people, key=lambda each: (-abs(each.would - each.had), each.name, each.user_id)))

    @property
    def most(self) -> int:
        """The greatest number there is."""
        return max((max(row.had, row.would) for row in self.rows), default=0)

    def cell(self, row: PersonShift, column: int, role: int) -> Any:
        """The texts of a person; the bars are painted by their delegate, and said by a text for who does not see."""
        if role == Qt.ItemDataRole.DisplayRole:
            return (isolate(row.name), format_number(row.had), format_number(row.would), "")[column]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole) and column == BARS:
            return _("{before} before, {after} after", before=row.had, after=row.would)
        if role == Qt.ItemDataRole.FontRole and column == 2 and row.had != row.would:
            return theme.font(10, strong=True)
        return None


class BarDelegate(QStyledItemDelegate):
    """Two bars from the side the language reads from: before in a quiet colour, after in the accent."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the bars over the ground of the row."""
        super().paint(painter, option, index)
        table = index.model()
        if not isinstance(table, PeopleTable) or not table.most or index.row() >= len(table.rows):
            return
        row: PersonShift = table.rows[index.row()]
        area = option.rect.adjusted(theme.scale(8), 0, -theme.scale(8), 0)
        thick = max(3, theme.scale(6))
        top = area.top() + (area.height() - 2 * thick - 2) // 2
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        look = theme.tokens()
        before = look.color("on_accent" if is_chosen else "outline")
        after = look.color("on_accent" if is_chosen else "accent")
        for place, (count, colour) in enumerate(((row.had, before), (row.would, after))):
            length = max(round(area.width() * count / table.most), 2 if count else 0)
            bar = QRect(area.left(), top + place * (thick + 2), length, thick)
            painter.fillRect(QStyle.visualRect(option.direction, area, bar), colour)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for two bars."""
        return super().sizeHint(option, index).expandedTo(QSize(theme.scale(120), theme.row_height()))
