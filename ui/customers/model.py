"""The list of customers, and the tickets of one, as Qt models over frozen rows."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.domain.processes.kinds import state_name
from app.domain.tickets.names import shown_number, status_name
from app.domain.words import N_, Message
from app.i18n import format_date, say
from app.services.customers.listing import CustomerRow
from app.services.tickets.listing import TicketRow
from app.services.tickets.of_customer import TaskRow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import PagedModel

__all__ = ["WIDTHS", "Column", "CustomerTable", "TasksOfCustomer", "TicketsOfCustomer"]


class Column(IntEnum):
    """The columns from the first to the last."""

    NAME = 0
    PHONE = 1
    ADDRESS = 2
    SITE = 3
    EMAIL = 4


WIDTHS = (230, 150, 240, 120, 220)
_TEXTS: dict[Column, Callable[[CustomerRow], str | None]] = {
    Column.NAME: lambda row: row.label,
    Column.PHONE: lambda row: row.phone,
    Column.ADDRESS: lambda row: row.address,
    Column.SITE: lambda row: row.site,
    Column.EMAIL: lambda row: row.email,
}


class CustomerTable(PagedModel):
    """Customers by name."""

    headers = (N_("Name"), N_("Phone"), N_("Address"), N_("Site"), N_("E-mail"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.unsaved: frozenset[int] = frozenset()

    def place(self, row: CustomerRow) -> tuple[str, int]:
        """Where the customer stands in the order of names."""
        return row.name, row.id

    def cell(self, row: CustomerRow, column: int, role: int) -> Any:
        """The texts of a customer."""
        text = _TEXTS[Column(column)](row) or ""
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(text)
        return None


class TicketsOfCustomer(PagedModel):
    """What a customer has asked for, the newest first."""

    headers = (N_("Number"), N_("Subject"), N_("State"), N_("Opened"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = None

    def place(self, row: TicketRow) -> tuple[float, ...]:
        """Where the ticket stands."""
        return row.place

    def cell(self, row: TicketRow, column: int, role: int) -> Any:
        """The texts of a ticket; closed ones are quiet."""
        if role == Qt.ItemDataRole.DisplayRole:
            status = status_name(row.status_code, row.status_name)
            opened = format_date(row.opened_at.astimezone(self.zone).date(), "short")
            said = say(status) if isinstance(status, Message) else status
            return isolate((shown_number(row.id, row.number), row.subject, said, opened)[column])
        if role == Qt.ItemDataRole.ForegroundRole and row.closed_at is not None:
            return theme.tokens().color("muted")
        return None


class TasksOfCustomer(PagedModel):
    """What is being done for a customer and what was: the open tasks first, then the newest."""

    headers = (N_("Task"), N_("Stage"), N_("Handler"), N_("State"), N_("Due"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = None

    def place(self, row: TaskRow) -> tuple[bool, int]:
        """Where the task stands."""
        return row.key

    def cell(self, row: TaskRow, column: int, role: int) -> Any:
        """The texts of a task; closed ones are quiet, overdue ones loud."""
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._texts(row)[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._texts(row)[column])
        if role == Qt.ItemDataRole.ForegroundRole:
            is_late = row.closed_at is None and row.due_at is not None and row.due_at < datetime.now(UTC)
            if row.closed_at is not None:
                return theme.tokens().color("muted")
            return theme.tokens().color("danger") if is_late and column == 4 else None
        return None

    def _texts(self, row: TaskRow) -> tuple[str, ...]:
        state = state_name(row.state_code, row.state_name)
        due = "" if row.due_at is None else format_date(row.due_at.astimezone(self.zone).date(), "short")
        return (
            row.title or row.activity or "",
            f"{row.process} › {row.stage}" if row.stage else row.activity or "",
            row.person or row.group or "",
            say(state) if isinstance(state, Message) else state,
            due,
        )
