"""What hangs under a customer: tickets, tasks, points, the notes from everywhere they were written, and the calls."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.tickets.order import Cursor, Sort, SortBy, TicketFilter
from app.domain.words import N_
from app.i18n import _, format_points
from app.services.points.of_customer import Balance, balance
from app.services.tickets import listing, of_customer
from app.services.tickets.listing import TicketRow
from app.services.tickets.lists import Lists
from app.services.tickets.of_customer import TaskKey, TaskRow
from ui.customers.model import TasksOfCustomer, TicketsOfCustomer
from ui.customers.notes import NotesOfCustomer
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.chips import Flow, flowing
from ui.widgets.paged import PagedView, Pages
from ui.widgets.styled import push_button, styled

if TYPE_CHECKING:
    from ui.customers.calls import CallsOfCustomer
    from ui.customers.points import PointsOfCustomer

__all__ = ["CustomerWork"]

_TICKETS, _TASKS, _NOTES, _CALLS, _POINTS, _LENT = range(6)
_PARTS = {
    _TICKETS: N_("Tickets"),
    _TASKS: N_("Tasks"),
    _POINTS: N_("Points"),
    _NOTES: N_("Note trail"),
    _CALLS: N_("Calls"),
}
"""The parts in the order of their buttons."""
_HEARD = {"tasks": _TASKS, "notes": _NOTES, "call_attempts": _CALLS, "do_not_call": _CALLS}
"""Which part follows the changes of a table."""


class CustomerWork(QWidget):
    """Parts behind a button each, that of the points with the balance; the calls for those who call or run campaigns.

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
        self.points: PointsOfCustomer | None = None
        self._balance: Balance | None = None
        self._balances = Latest(desk.tasks)
        self._is_stale = False
        self._part = _TICKETS
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
        for place, text in _PARTS.items():
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            self.parts.addButton(button, place)
            row.addWidget(button)
            if place != _POINTS:
                Texts(button).bind(button.setText, text)
        Texts(self).redo(self._name_points)
        self.new_ticket = push_button(N_("New ticket"), "new")
        self.new_task = push_button(N_("New task"), "new")
        self.call = push_button(N_("Call the customer"), "call")
        self.new_ticket.clicked.connect(self.ticket_wanted)
        self.call.clicked.connect(self._call)
        self.new_task.clicked.connect(self._begin_task)
        row.addWidget(self.new_ticket)
        row.addWidget(self.new_task)
        row.addWidget(self.call)
        self._lend(row)
        column.addWidget(holder)
        self._stack = QStackedWidget()
        self._shown: dict[int, QWidget] = {}
        for place, widget in ((_TICKETS, self.tickets_view), (_TASKS, self.tasks_view), (_NOTES, self.notes)):
            self._add(place, widget)
        self._stack.setMinimumHeight(theme.scale(220))
        column.addWidget(self._stack, 1)
        self.parts.idClicked.connect(self.show_part)
        self._desk.person.news.changed.connect(self._permit)
        self.show_part(_TICKETS)

    def _lend(self, row: Flow) -> None:
        """A part each that other features lend to the card; they follow `turn_to(table, id)`."""
        self._tabs = dict(enumerate(self._desk.tabs_of("customers.card"), start=_LENT))
        for place, tab in self._tabs.items():
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            self.parts.addButton(button, place)
            row.addWidget(button)
            Texts(button).bind(button.setText, tab.text)

    def _add(self, place: int, widget: QWidget) -> None:
        self._shown[place] = widget
        self._stack.addWidget(widget)

    @Slot(int)
    def show_part(self, place: int) -> None:
        """Show the tickets (0), the tasks (1), the notes (2), the calls (3), the points (4) or what is lent."""
        if place in self._tabs and place not in self._shown:
            self._add(place, self._tabs[place].factory(self._desk))
        if place == _CALLS and self.calls is None:
            self._make_calls()
        if place == _POINTS and self.points is None:
            self._make_points()
        self._part = place
        self.parts.button(place).setChecked(True)
        self._stack.setCurrentWidget(self._shown[place])
        self._permit()
        self._read()

    @Slot()
    def _permit(self) -> None:
        """Offer what this person may do in the part that is shown."""
        may, place = self._desk.person.may, self._part
        self.parts.button(_CALLS).setVisible(may(Permission.DIAL) or may(Permission.RUN_CAMPAIGNS))
        self.new_ticket.setVisible(place == _TICKETS and may(Permission.EDIT_TICKETS))
        self.new_task.setVisible(place == _TASKS and may(Permission.WORK_TASKS))
        self.call.setVisible(place == _CALLS and may(Permission.DIAL))

    def _make_calls(self) -> None:
        """The tables of calls are mapped for those who look at them."""
        from ui.customers.calls import CallsOfCustomer

        self.calls = CallsOfCustomer(self._desk)
        self.calls.keep_time(self.tickets.zone)
        self._add(_CALLS, self.calls)

    def _make_points(self) -> None:
        from ui.customers.points import PointsOfCustomer

        self.points = PointsOfCustomer(self._desk)
        self.points.changed.connect(self._ask_balance)
        self._add(_POINTS, self.points)

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
            self._balance = None
            self._name_points()
            self._ask_balance()
            self._read()

    def hear_tickets(self) -> None:
        """Tickets were changed."""
        self._read()

    def _read(self) -> None:
        if self._part in (_TICKETS, _TASKS):
            (self.pages if self._part == _TICKETS else self.task_pages).restart()
        elif self._part == _CALLS and self.calls is not None:
            self.calls.turn_to(self._number or None)
        elif self._part == _POINTS and self.points is not None:
            self.points.turn_to(self._number, self._balance or Balance())
        elif self._part in self._tabs:
            if self._number and callable(turn := getattr(self._shown[self._part], "turn_to", None)):
                turn("customers", self._number)
        elif self._number:
            self.notes.reload()

    # --- What the points come to

    @Slot()
    def _ask_balance(self) -> None:
        self._balances.cancel()
        if self._number and not self._desk.tasks.is_closed:
            self._balances.read(balance, self._number).then(self._take_balance, self._desk.messages.show_error)

    def showEvent(self, event: QShowEvent) -> None:
        """What was scored meanwhile shows."""
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self._ask_balance()

    def _take_balance(self, found: Balance) -> None:
        # Points are scored all the time; only those of this customer let his rows be read anew.
        if found != self._balance:
            self._balance = found
            self._name_points()
            if self._part == _POINTS:
                self._read()

    def _name_points(self) -> None:
        """The total stands on the button, so that nobody has to open the part to see it."""
        points = None if self._balance is None else isolate(format_points(self._balance.balance))
        text = _(_PARTS[_POINTS]) if points is None else _("Points: {balance}", balance=points)
        self.parts.button(_POINTS).setText(text)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table == "points_entries":
            # Points are scored all day long; a card nobody looks at asks when it is looked at again.
            self._is_stale = not self.isVisible()
            if not self._is_stale:
                self._ask_balance()
        elif _HEARD.get(table) == self._part:
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
