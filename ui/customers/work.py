"""What hangs under a customer: tickets, tasks, the notes from everywhere they were written, and the calls."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.tickets.order import Cursor, Sort, SortBy, TicketFilter
from app.domain.words import N_
from app.services.tickets import listing, of_customer
from app.services.tickets.listing import TicketRow
from app.services.tickets.lists import Lists
from app.services.tickets.of_customer import TaskKey, TaskRow
from ui.customers.model import TasksOfCustomer, TicketsOfCustomer
from ui.customers.notes import NotesOfCustomer
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.paged import PagedView, Pages
from ui.widgets.styled import push_button, styled

if TYPE_CHECKING:
    from ui.customers.calls import CallsOfCustomer

__all__ = ["CustomerWork"]

_PARTS = (N_("Tickets"), N_("Tasks"), N_("Note trail"), N_("Calls"))
_CALLS = 3
_HEARD = {"tasks": 1, "notes": 2, "call_attempts": _CALLS, "do_not_call": _CALLS}
"""Which part follows the changes of a table."""


class CustomerWork(QWidget):
    """Parts behind a button each; the calls for those who call or run campaigns.

    Signal: `ticket_wanted()` for a new ticket of the customer.
    """

    ticket_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._number = 0
        self.tickets, self.tasks = TicketsOfCustomer(self), TasksOfCustomer(self)
        self.pages = Pages(self.tickets, self._ask_tickets, _cursor, self)
        self.task_pages = Pages(self.tasks, self._ask_tasks, _key, self)
        self.tickets_view, self.tasks_view = PagedView(self.tickets), PagedView(self.tasks)
        self.tickets_view.remember(desk.memory, "customers.tickets", (100, 194, 100, 96))
        self.tasks_view.remember(desk.memory, "customers.tasks", (190, 150, 110, 100, 96))
        self.tasks_view.setSortingEnabled(False)
        Texts(self.tickets_view).bind(self.tickets_view.setAccessibleName, N_("Tickets of the customer"))
        Texts(self.tasks_view).bind(self.tasks_view.setAccessibleName, N_("Tasks of the customer"))
        self.notes = NotesOfCustomer(desk)
        self.calls: CallsOfCustomer | None = None
        self._build()
        self.tickets_view.opened.connect(self._open_ticket)
        self.tasks_view.opened.connect(self._open_task)
        desk.bridge.rows_changed.connect(self._hear)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        holder, row = flowing()
        self.parts = QButtonGroup(self)
        for place, text in enumerate(_PARTS):
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            Texts(button).bind(button.setText, text)
            self.parts.addButton(button, place)
            row.addWidget(button)
        self.new_ticket = push_button(N_("New ticket"), "new")
        self.new_task = push_button(N_("New task"), "new")
        self.call = push_button(N_("Call the customer"), "call")
        self.new_ticket.clicked.connect(self.ticket_wanted)
        self.call.clicked.connect(self._call)
        self.new_task.clicked.connect(self._begin_task)
        row.addWidget(self.new_ticket)
        row.addWidget(self.new_task)
        row.addWidget(self.call)
        may = self._desk.person.may
        self.parts.button(_CALLS).setVisible(may(Permission.DIAL) or may(Permission.RUN_CAMPAIGNS))
        column.addWidget(holder)
        self._stack = QStackedWidget()
        for widget in (self.tickets_view, self.tasks_view, self.notes):
            self._stack.addWidget(widget)
        self._stack.setMinimumHeight(theme.scale(220))
        column.addWidget(self._stack, 1)
        self.parts.idClicked.connect(self.show_part)
        self.show_part(0)

    @Slot(int)
    def show_part(self, place: int) -> None:
        """Show the tickets (0), the tasks (1), the notes (2) or the calls (3)."""
        if place == _CALLS and self.calls is None:
            self._make_calls()
        self.parts.button(place).setChecked(True)
        self._stack.setCurrentIndex(place)
        may = self._desk.person.may
        self.new_ticket.setVisible(place == 0 and may(Permission.EDIT_TICKETS))
        self.new_task.setVisible(place == 1 and may(Permission.WORK_TASKS))
        self.call.setVisible(place == _CALLS and may(Permission.DIAL))
        self._read()

    def _make_calls(self) -> None:
        """The tables of calls are mapped for those who look at them."""
        from ui.customers.calls import CallsOfCustomer

        self.calls = CallsOfCustomer(self._desk)
        self.calls.keep_time(self.tickets.zone)
        self._stack.addWidget(self.calls)

    def offer(self, lists: Lists) -> None:
        """The company's time and its kinds of notes."""
        self.tickets.zone = self.tasks.zone = ZoneInfo(lists.time_zone)
        self.notes.offer(lists)
        if self.calls is not None:
            self.calls.keep_time(self.tickets.zone)

    def turn_to(self, number: int | None) -> None:
        """Show what hangs under this customer; None for a new one."""
        is_other, self._number = (number or 0) != self._number, number or 0
        self.setEnabled(number is not None)
        self.notes.turn_to(self._number)
        if is_other:
            self._read()

    def hear_tickets(self) -> None:
        """Tickets were changed."""
        self._read()

    def _read(self) -> None:
        place = self._stack.currentIndex()
        if place < 2:
            (self.pages, self.task_pages)[place].restart()
        elif place == _CALLS and self.calls is not None:
            self.calls.turn_to(self._number or None)
        elif self._number:
            self.notes.reload()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if _HEARD.get(table) == self._stack.currentIndex():
            self._read()

    def _ask_tickets(
        self, after: Cursor | None = None, before: Cursor | None = None, at_end: bool = False
    ) -> Job[listing.Page]:
        asked = TicketFilter(customer_id=self._number)
        return self._desk.tasks.read(listing.page, asked, Sort(), after=after, before=before, at_end=at_end)

    def _ask_tasks(
        self, after: TaskKey | None = None, before: TaskKey | None = None, at_end: bool = False
    ) -> Job[of_customer.Page]:
        return self._desk.tasks.read(of_customer.tasks_of, self._number, after=after, before=before, at_end=at_end)

    @Slot()
    def _begin_task(self) -> None:
        self._desk.commands.run("tasks.new", None, self._number)

    @Slot()
    def _call(self) -> None:
        self._desk.commands.run("dialer.open_customer", None, self._number)

    @Slot(QModelIndex)
    def _open_ticket(self, index: QModelIndex) -> None:
        self._desk.commands.run("tickets.open", self.tickets.rows[index.row()].id)

    @Slot(QModelIndex)
    def _open_task(self, index: QModelIndex) -> None:
        self._desk.commands.run("tasks.open", self.tasks.rows[index.row()].id)


def _cursor(row: TicketRow) -> Cursor:
    return row.cursor(SortBy.NUMBER)


def _key(row: TaskRow) -> TaskKey:
    return row.key
