"""The list of tasks as a Qt model over frozen rows."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from app.domain.tickets.names import shown_number
from app.domain.words import N_
from app.i18n import _, format_datetime
from app.services.tickets.task_rows import Mark, SortBy, TaskRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import PagedModel

__all__ = ["SORTS", "WIDTHS", "Column", "TaskTable"]


class Column(IntEnum):
    """The columns from the first to the last."""

    NUMBER = 0
    TITLE = 1
    CUSTOMER = 2
    PROCESS = 3
    STAGE = 4
    HANDLER = 5
    DUE = 6
    SINCE = 7
    TICKET = 8


WIDTHS = (84, 240, 170, 130, 150, 140, 160, 150, 90)
SORTS = {Column.NUMBER: SortBy.NUMBER, Column.DUE: SortBy.DUE}
_MARKS = {Mark.STUCK: "stuck", Mark.BOUNCING: "bouncing"}
_TEXTS: dict[Column, Callable[[TaskRow], str]] = {
    Column.NUMBER: lambda row: row.number or str(row.id),
    Column.TITLE: lambda row: row.title,
    Column.CUSTOMER: lambda row: row.customer or "",
    Column.PROCESS: lambda row: row.process or row.activity or "",
    Column.STAGE: lambda row: row.stage or "",
    Column.TICKET: lambda row: "" if row.ticket_id is None else shown_number(row.ticket_id, row.ticket_number),
}


class TaskTable(PagedModel):
    """Rows read so far, in the order of the database."""

    headers = (
        N_("Number"),
        N_("Task"),
        N_("Customer"),
        N_("Process"),
        N_("Stage"),
        N_("Handler"),
        N_("Due"),
        N_("Since"),
        N_("Ticket"),
    )
    sortable = frozenset(int(column) for column in SORTS)

    def __init__(self, parent: QObject | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = None
        self._now = now

    def place(self, row: TaskRow) -> tuple[float, ...]:
        """Where the task stands in the order it was read in."""
        return row.place

    def cell(self, row: TaskRow, column: int, role: int) -> Any:
        """Texts, marks and colours of a task."""
        place = Column(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._text(row, place))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._mark(row, place)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, place)
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._told(row, place) or self._text(row, place))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = self._told(row, place)
            return _("{text}: {mark}", text=self._text(row, place), mark=told) if told else None
        return None

    def _text(self, row: TaskRow, column: Column) -> str:
        if column is Column.DUE:
            return "" if row.due_at is None else format_datetime(row.due_at, self.zone)
        if column is Column.SINCE:
            return format_datetime(row.since, self.zone)
        if column is Column.HANDLER:
            return _person(row)
        return _TEXTS[column](row)

    def _told(self, row: TaskRow, column: Column) -> str:
        """What a mark means, for the hint and for screen readers."""
        if column is Column.CUSTOMER and row.has_alert:
            return _("This customer has an alert")
        if column is Column.DUE and self._is_overdue(row):
            return _("Overdue")
        if column is Column.STAGE and row.mark is Mark.STUCK:
            return _("Stands still for too long")
        if column is Column.STAGE and row.mark is Mark.BOUNCING:
            return _("Goes back and forth between people")
        return ""

    def _mark(self, row: TaskRow, column: Column) -> Any:
        if column is Column.CUSTOMER and row.has_alert:
            return icons.icon("alerts", "warning")
        if column is Column.DUE and self._is_overdue(row):
            return icons.icon("overdue", "danger")
        if column is Column.STAGE and row.mark is not None:
            return icons.icon(_MARKS[row.mark], "warning")
        return None

    def _colour(self, row: TaskRow, column: Column) -> QColor | None:
        if column is Column.DUE and self._is_overdue(row):
            return theme.tokens().color("danger")
        is_quiet = row.closed_at is not None or (column is Column.HANDLER and row.is_handler_active is False)
        return theme.tokens().color("muted") if is_quiet else None

    def _is_overdue(self, row: TaskRow) -> bool:
        return row.closed_at is None and row.due_at is not None and row.due_at < self._now()


def _person(row: TaskRow) -> str:
    if row.handler is None:
        return row.group or ""
    return row.handler if row.is_handler_active else _("{name} (not active)", name=row.handler)
