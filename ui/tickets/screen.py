"""The tickets' screen: search and filters, the list, and the card of the ticket that is open."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.tickets.kept import kept_of, of_kept
from app.domain.tickets.order import Cursor, Sort, SortBy, TicketFilter
from app.domain.words import N_
from app.i18n import _, _n, format_number
from app.services.counting import Count
from app.services.tickets import listing
from app.services.tickets.listing import Page, TicketRow
from app.services.tickets.lists import Lists, lists
from ui.kit import theme
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.tickets import NEW, commands
from ui.tickets.bulk import BulkWindow
from ui.tickets.card.view import TicketCardView
from ui.tickets.filters import Filters
from ui.tickets.kept import KeptFilters
from ui.tickets.model import SORTS, WIDTHS, Column, TicketTable
from ui.widgets.empty import EmptyState
from ui.widgets.live import ChangedRows
from ui.widgets.paged import PagedView, Pages
from ui.widgets.pane import DetailPane
from ui.widgets.search import SearchField
from ui.widgets.styled import icon_button, primary_button, secondary, tool_row

__all__ = ["TicketsScreen"]

_ABOUT = N_("What a customer asks for is taken in as a ticket, and all that is done for it hangs under its card.")
_LISTS = {
    "users", "ticket_types", "ticket_subtypes", "ticket_subtypes2", "ticket_statuses", "status_fields", "sites",
    "activity_types", "company", "products", "product_groups", "projects", "custom_fields", "layouts", "note_kinds",
}  # fmt: skip


class TicketsScreen(QWidget):
    """List and card side by side; what others change shows while selection, scroll and typed text stay."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sort = Sort()
        self._count: Count | None = None
        self._lists_known: Lists | None = None
        self.bulk: BulkWindow | None = None
        self.bulk_button = icon_button("edit", commands.BULK.text)
        self.model = TicketTable(self)
        self.view = PagedView(self.model, several=True)
        self.filters = Filters()
        self.kept = KeptFilters(desk, self._present, self._take_kept)
        self.search = SearchField(N_("Number, subject, customer, phone"))
        self.card = TicketCardView(desk)
        self.pane = DetailPane()
        self.pages = Pages(self.model, self._ask, self._cursor, self)
        self.changed = ChangedRows(self.model, self._ask, self._ask_named, page=listing.PAGE)
        self._lists, self._counts = Latest(desk.tasks), Latest(desk.tasks)
        self._build()
        self._connect()
        self._read_lists()
        self.pages.restart()
        self._read_count()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        self._nothing = EmptyState("tickets", N_("No tickets here"), _ABOUT, N_("New ticket"))
        shown_to(self._desk.person, Permission.EDIT_TICKETS, self._nothing.button)
        self._nothing.chosen.connect(self._begin)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._stack)
        split.addWidget(self.pane)
        self.pane.show_widget(self.card)
        self.pane.hide()
        split.setStretchFactor(0, 1)
        split.setCollapsible(0, False)
        split.setCollapsible(1, False)
        split.setSizes([theme.scale(700), theme.scale(640)])
        self.pane.setMinimumWidth(theme.scale(380))
        column.addWidget(split, 1)
        self._desk.memory.splitter(split, "tickets.card")
        self.view.sort_shown(int(Column.NUMBER), descending=True)
        self.view.remember(self._desk.memory, "tickets", WIDTHS)
        Texts(self.view).bind(self.view.setAccessibleName, N_("Tickets"))
        self.setFocusProxy(self.view)

    def _tool_row(self) -> QWidget:
        holder, row = tool_row()
        self.search.setMinimumWidth(theme.scale(140))
        self.search.setMaximumWidth(theme.scale(280))
        self.count: QLabel = secondary()
        self.count.setWordWrap(False)
        self.new_button = primary_button(NEW.text, "new")
        self.new_button.clicked.connect(self._begin)
        shown_to(self._desk.person, Permission.EDIT_TICKETS, self.new_button, self.bulk_button)
        self.bulk_button.clicked.connect(self.change_chosen)
        self.bulk_button.setEnabled(False)
        row.addWidget(self.search, 3)
        row.addWidget(self.kept)
        row.addWidget(self.filters, 1)
        row.addWidget(self.count)
        row.addWidget(self.bulk_button)
        row.addWidget(self.new_button)
        return holder

    def _connect(self) -> None:
        self._texts = Texts(self)
        self._texts.redo(self._say_count, key="count")
        self.pages.started.connect(self._show_start)
        self.changed.taken.connect(self._settle)
        self.pages.failed.connect(self._desk.messages.show_error)
        self.filters.changed.connect(self._ask_anew)
        self.search.searched.connect(self._ask_anew)
        self.search.returnPressed.connect(self._enter_list)
        self.model.sort_wanted.connect(self._sort_by)
        self.view.start_wanted.connect(self.pages.restart)
        self.view.end_wanted.connect(self.pages.to_end)
        self.view.opened.connect(self._open_index)
        self.view.clicked.connect(self._open_index)
        self.view.chosen.connect(self._follow_selection)
        self.card.titled.connect(self.pane.set_title)
        self.card.unsaved_changed.connect(self._mark_unsaved)
        self.pane.closed.connect(self._leave_card)
        self._desk.bridge.rows_changed.connect(self._hear)
        add = self._desk.commands.add
        add(commands.SAVE, self.card.save, owner=self, enabled=self.card.can_save)
        add(commands.CLOSE, self.card.close_ticket, owner=self, enabled=self._can_close)
        add(commands.MERGE, self.card.merge, owner=self, enabled=self.card.can_merge)
        add(commands.NOTE, self.card.history.write_note, owner=self, enabled=self.card.history.can_write)
        add(commands.ALERTS, self.card.head.bell.toggle, owner=self, enabled=self.card.head.bell.has_alerts)
        add(commands.BULK, self.change_chosen, owner=self, enabled=self._can_change_chosen)
        add(commands.REOPEN, self.card.reopen_ticket, owner=self, enabled=self._can_reopen)
        self._following = QTimer(self)
        self._followed: int | None = None
        self._following.setSingleShot(True)
        self._following.setInterval(150)
        self._following.timeout.connect(self._open_chosen)
        self._clock = QTimer(self)
        self._clock.setInterval(60_000)
        self._clock.timeout.connect(self.model.redress)
        self._clock.start()

    def _can_close(self) -> bool:
        return self.card.can_move(is_closed=True)

    def _can_reopen(self) -> bool:
        return self.card.can_move(is_closed=False)

    # --- What the frame and other screens ask for

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The ticket on the card, wherever on the screen the keyboard is."""
        return self.card.card_at_hand()

    def open_ticket(self, number: int) -> None:
        """Show a ticket's card, whatever the list shows."""
        self._following.stop()
        self.pane.show()
        self.card.open(number)
        row = self.model.row_of(number)
        if row is not None:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))
            self._following.stop()

    def new_ticket(self, customer_id: int | None = None, customer: str = "") -> None:
        """Begin a ticket, of a customer where one is given."""
        self._following.stop()
        self.pane.show()
        self.view.clearSelection()
        self.card.new(customer_id, customer)

    def show_customer(self, customer_id: int, customer: str) -> None:
        """List the tickets of one customer."""
        self.filters.set_value(TicketFilter(customer_id=customer_id), customer)

    def show_filtered(self, wanted: TicketFilter) -> None:
        """List these tickets, those opened last first; no search narrows them."""
        self.search.clear()
        self._sort = Sort(SortBy.OPENED)
        self.view.sort_shown(int(Column.OPENED), descending=True)
        if wanted == self.filters.value():
            self._ask_anew()
        self.filters.set_value(wanted)

    @Slot()
    def change_chosen(self) -> None:
        """Open the window that changes every chosen ticket."""
        rows = [self.model.rows[number] for number in self.view.chosen_rows()]
        if rows and self._lists_known is not None:
            window = BulkWindow(self._desk, self._lists_known, rows, self)
            window.left.connect(self._choose_again)
            window.open()
            self.bulk = window

    def _can_change_chosen(self) -> bool:
        return self._desk.person.may(Permission.EDIT_TICKETS) and bool(self.view.chosen_rows())

    @Slot(object)
    def _choose_again(self, numbers: Collection[int]) -> None:
        """The tickets that were refused stay chosen."""
        chosen = QItemSelection()
        for number in numbers:
            if (row := self.model.row_of(number)) is not None:
                chosen.select(self.model.index(row, 0), self.model.index(row, self.model.columnCount() - 1))
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _present(self) -> dict[str, Any]:
        """Search, filters and order as they are kept under a name."""
        return kept_of(self.wanted, self._sort)

    def _take_kept(self, stored: Mapping[str, Any]) -> None:
        wanted, self._sort = of_kept(stored)
        column = next(column for column, by in SORTS.items() if by is self._sort.by)
        self.view.sort_shown(int(column), descending=self._sort.descending)
        before = self.wanted
        self.search.setText(wanted.text)
        self.filters.set_value(replace(wanted, text=""))
        if self.wanted == replace(before, text=wanted.text):
            self._ask_anew()

    def refresh(self) -> None:
        """What F5 does."""
        self._read_lists()
        self._ask_anew()
        self.card.reload()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def _begin(self) -> None:
        self.new_ticket()

    # --- Reading

    @property
    def wanted(self) -> TicketFilter:
        """Which tickets are listed."""
        return replace(self.filters.value(), text=self.search.text().strip())

    def _ask(self, **where: Any) -> Job[Page]:
        return self._desk.tasks.read(listing.page, self.wanted, self._sort, **where)

    def _ask_named(self, ids: Collection[int]) -> Job[tuple[TicketRow, ...]]:
        return self._desk.tasks.read(listing.named, ids, self.wanted, self._sort)

    def _cursor(self, row: TicketRow) -> Cursor:
        return row.cursor(self._sort.by)

    @Slot()
    def _ask_anew(self) -> None:
        self.changed.cancel()
        self.pages.restart()
        self._read_count()

    @Slot(int, bool)
    def _sort_by(self, column: int, descending: bool) -> None:
        wanted = Sort(SORTS[Column(column)], descending)
        if wanted != self._sort:
            self._sort = wanted
            self.changed.cancel()
            self.pages.restart()

    def _read_count(self) -> None:
        self._counts.read(listing.count, self.wanted).then(self._take_count)

    def _take_count(self, count: Count) -> None:
        self._count = count
        self._say_count()

    def _say_count(self) -> None:
        count = self._count
        if count is None:
            self.count.clear()
        elif count.is_exact:
            self.count.setText(_n("{count} ticket", "{count} tickets", count.number))
        else:
            self.count.setText(_("More than {count} tickets", count=format_number(count.number)))

    def _read_lists(self) -> None:
        self._lists.read(lists).then(self._take_lists)

    def _take_lists(self, found: Lists) -> None:
        self._lists_known = found
        self.model.zone = ZoneInfo(found.time_zone)
        self.model.redress()
        self.filters.offer(found)
        self.card.offer(found)

    @Slot()
    def _show_start(self) -> None:
        is_empty = not self.model.rows
        is_all = self.wanted == TicketFilter(open_only=True) or self.wanted == TicketFilter()
        if is_empty and is_all:
            self._nothing.say(N_("No tickets here"), _ABOUT)
        elif is_empty:
            self._nothing.say(N_("Nothing found"), N_("No ticket fits the search and the filters."))
        self._stack.setCurrentWidget(self._nothing if is_empty else self.view)
        if self.model.has_before and not self.model.has_after:
            self.view.scrollToBottom()
        number = self.card.number
        row = self.model.row_of(number) if number else None
        if row is not None:
            self.view.selectRow(row)

    # --- What others change

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "tickets":
            self.card.hear(ids)
            self._read_changed(ids)
        elif table == "saved_filters":
            self.kept.read()
        elif table == "notes":
            self._read_changed({row.id for row in self.model.rows})
        elif table in {"tasks", "visits"}:
            self.card.reload_lines()
        elif table == "customers":
            named = None if ids is None else {row.id for row in self.model.rows if row.customer_id in ids}
            if named is None or named:
                self._read_changed(named)
        elif table in _LISTS:
            self._read_lists()
            self._read_changed({row.id for row in self.model.rows})

    def _read_changed(self, ids: Collection[int] | None) -> None:
        self.changed.read(ids)
        self._read_count()

    @Slot()
    def _settle(self) -> None:
        if self.model.rows:
            self._stack.setCurrentWidget(self.view)

    # --- The card

    @Slot()
    def _enter_list(self) -> None:
        """Enter in the search: to the list; a ticket's number opens that ticket."""
        typed = self.search.text().strip().removeprefix("#")
        number = int(typed) if typed.isdecimal() and len(typed) < 19 else None
        if number is not None and self.model.row_of(number) is not None:
            self.open_ticket(number)
        elif self.model.rows:
            self.view.setFocus()
            if not self.view.currentIndex().isValid():
                self.view.selectRow(0)

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.rows) and len(self.view.chosen_rows()) < 2:
            self.pane.show()
            self.card.open(self.model.rows[index.row()].id)

    @Slot()
    def _follow_selection(self) -> None:
        """An open card follows the arrow keys; rows that come and go by themselves do not change it."""
        rows = self.view.chosen_rows()
        self.bulk_button.setEnabled(self._can_change_chosen())
        self._desk.commands.refresh()
        if len(rows) == 1 and self.view.hasFocus() and self.pane.isVisible() and not self.model.is_changing:
            self._followed = self.model.rows[rows[0]].id
            self._following.start()

    @Slot()
    def _open_chosen(self) -> None:
        if self.pane.isVisible() and self._followed is not None:
            self.card.open(self._followed)

    @Slot()
    def _leave_card(self) -> None:
        self.card.leave()
        self.view.setFocus()

    @Slot()
    def _mark_unsaved(self) -> None:
        self.model.unsaved = self.card.unsaved
        self.model.redress()
