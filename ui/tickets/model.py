"""The list of tickets as a Qt model over frozen rows."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from app.domain.tickets.names import PRIORITIES, shown_number, status_name
from app.domain.tickets.order import SortBy
from app.domain.words import N_, Message
from app.i18n import _, format_date, format_datetime, say
from app.services.tickets.listing import TicketRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import PagedModel

__all__ = ["SORTS", "WIDTHS", "Column", "TicketTable", "in_words"]


class Column(IntEnum):
    """The columns from the first to the last."""

    NUMBER = 0
    PRIORITY = 1
    SUBJECT = 2
    CUSTOMER = 3
    STATUS = 4
    DUE = 5
    HANDLER = 6
    TYPE = 7
    SITE = 8
    RESPONSIBLE = 9
    OPENED = 10


WIDTHS = (92, 90, 178, 136, 84, 166, 140, 170, 110, 140, 130)
SORTS = {
    Column.NUMBER: SortBy.NUMBER,
    Column.PRIORITY: SortBy.PRIORITY,
    Column.STATUS: SortBy.STATUS,
    Column.DUE: SortBy.DUE,
    Column.HANDLER: SortBy.HANDLER,
    Column.TYPE: SortBy.TYPE,
    Column.OPENED: SortBy.OPENED,
}
_TEXTS: dict[Column, Callable[[TicketRow], str]] = {
    Column.NUMBER: lambda row: shown_number(row.id, row.number),
    Column.PRIORITY: lambda row: say(PRIORITIES[row.priority]),
    Column.SUBJECT: lambda row: row.subject,
    Column.CUSTOMER: lambda row: row.customer or "",
    Column.STATUS: lambda row: in_words(status_name(row.status_code, row.status_name)),
    Column.HANDLER: lambda row: _person(row.handler, is_active=row.is_handler_active),
    Column.TYPE: lambda row: row.type or "",
    Column.SITE: lambda row: row.site or "",
    Column.RESPONSIBLE: lambda row: row.responsible or "",
}


def in_words(name: str | Message) -> str:
    """A name as the data has it, or of the catalogue."""
    return say(name) if isinstance(name, Message) else name


class TicketTable(PagedModel):
    """Rows read so far; sorting is the database's, so a click on a header only asks for it."""

    headers = (
        N_("Number"),
        N_("Priority"),
        N_("Subject"),
        N_("Customer"),
        N_("State"),
        N_("Due"),
        N_("Handler"),
        N_("Type"),
        N_("Site"),
        N_("Responsible"),
        N_("Opened"),
    )
    sortable = frozenset(int(column) for column in SORTS)

    def __init__(self, parent: QObject | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = None
        self.unsaved: frozenset[int] = frozenset()
        self._now = now

    def place(self, row: TicketRow) -> tuple[float, ...]:
        """Where the ticket stands in the order it was read in."""
        return row.place

    def cell(self, row: TicketRow, column: int, role: int) -> Any:
        """Texts, marks and colours of a ticket."""
        place = Column(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._text(row, place))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._mark(row, place)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, place)
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._text(row, place))
        return self._aloud(row, place) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def _aloud(self, row: TicketRow, column: Column) -> str | None:
        """What a mark means, for who cannot see it."""
        if column is Column.DUE and self._is_overdue(row):
            return _("Overdue: {date}", date=self._text(row, column))
        if column is Column.CUSTOMER and row.has_alert:
            return _("{name}, with an alert", name=self._text(row, column))
        return None

    def _text(self, row: TicketRow, column: Column) -> str:
        if column is Column.DUE:
            return "" if row.due_at is None else format_datetime(row.due_at, self.zone)
        if column is Column.OPENED:
            return format_date(row.opened_at.astimezone(self.zone).date(), "short")
        return _TEXTS[column](row)

    def _mark(self, row: TicketRow, column: Column) -> Any:
        if column is Column.NUMBER and row.id in self.unsaved:
            return icons.icon("edit", "warning")
        if column is Column.CUSTOMER and row.has_alert:
            return icons.icon("alert", "warning")
        if column is Column.PRIORITY and row.priority < 2:
            return icons.icon("priority", "danger" if row.priority == 0 else "warning")
        if column is Column.DUE and self._is_overdue(row):
            return icons.icon("overdue", "danger")
        return None

    def _colour(self, row: TicketRow, column: Column) -> QColor | None:
        if column is Column.DUE and self._is_overdue(row):
            return theme.tokens().color("danger")
        is_quiet = row.closed_at is not None or (column is Column.HANDLER and row.is_handler_active is False)
        return theme.tokens().color("muted") if is_quiet else None

    def _is_overdue(self, row: TicketRow) -> bool:
        return row.closed_at is None and row.due_at is not None and row.due_at < self._now()


def _person(name: str | None, *, is_active: bool | None) -> str:
    if name is None:
        return ""
    return name if is_active else _("{name} (not active)", name=name)
