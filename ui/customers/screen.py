"""The customers' screen: search, the list by name, and the card of the customer that is open."""

from collections.abc import Collection
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import _, _n, format_number
from app.services.counting import Count
from app.services.customers import listing
from app.services.customers.listing import CustomerKey, CustomerRow, Page
from app.services.tickets.lists import Lists, lists
from ui.customers import NEW
from ui.customers.card import CustomerCardView
from ui.customers.model import WIDTHS, CustomerTable
from ui.kit import theme
from ui.kit.bidi import bare
from ui.kit.commands import Command
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.live import MOST_SHOWN, ChangedRows
from ui.widgets.paged import PagedView, Pages
from ui.widgets.pane import DetailPane
from ui.widgets.picker import Choice, Picker
from ui.widgets.search import SearchField
from ui.widgets.styled import primary_button, push_button, secondary, tool_row

__all__ = ["CustomersScreen"]

SAVE = Command("customers.save", N_("Save"), "save", "Ctrl+S", "customers")
ADD_TO_POOL = Command("customers.add_to_pool", N_("Add to a pool"), "add", "Ctrl+Shift+P", "customers")
ALERTS = Command("customers.alerts", N_("Show the alerts"), "alert", "Ctrl+B", "customers")
_ON_THE_WAY = N_("Those you have work with stand here, with their phones and tickets.")
_ABOUT = N_("The people and companies you serve stand here, with their phones and tickets.")


class CustomersScreen(QWidget):
    """List and card side by side; what others change shows while selection, scroll and typed text stay."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._count: Count | None = None
        self.model = CustomerTable(self)
        self.view = PagedView(self.model, several=True)
        self.view.setSortingEnabled(False)
        self.search = SearchField(N_("Name, phone, address, e-mail"))
        self.profile = Picker(nothing=N_("Every profile"))
        self.profile.hide()
        Texts(self.profile).bind(self.profile.setAccessibleName, N_("Profile"))
        self.card = CustomerCardView(desk)
        self.pane = DetailPane()
        self.pages = Pages(self.model, self._ask, _key, self)
        self.changed = ChangedRows(self.model, self._ask, self._ask_named, page=listing.PAGE, known_only=True)
        self._lists, self._counts = Latest(desk.tasks), Latest(desk.tasks)
        self._build()
        self._connect()
        self._lists.read(lists).then(self._take_lists)
        self._ask_anew()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        self._nothing = EmptyState("customers", N_("No customers yet"), self._about(), NEW.text)
        shown_to(self._desk.person, Permission.EDIT_CUSTOMERS, self._nothing.button)
        self._nothing.chosen.connect(self.new_customer)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        self.pane.setMinimumWidth(theme.scale(380))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._stack)
        split.addWidget(self.pane)
        self.pane.show_widget(self.card)
        self.pane.hide()
        split.setStretchFactor(0, 1)
        split.setCollapsible(0, False)
        split.setCollapsible(1, False)
        split.setSizes([theme.scale(760), theme.scale(560)])
        column.addWidget(split, 1)
        self._desk.memory.splitter(split, "customers.card")
        self.view.remember(self._desk.memory, "customers", WIDTHS)
        Texts(self.view).bind(self.view.setAccessibleName, N_("Customers"))
        self.setFocusProxy(self.view)

    def _about(self) -> str:
        return _ON_THE_WAY if self._desk.person.sees_own_way_only else _ABOUT

    def _tool_row(self) -> QWidget:
        holder, row = tool_row()
        self.search.setMinimumWidth(theme.scale(140))
        self.search.setMaximumWidth(theme.scale(320))
        self.count: QLabel = secondary()
        self.count.setWordWrap(False)
        self.new_button = primary_button(NEW.text, "new")
        self.new_button.clicked.connect(self.new_customer)
        shown_to(self._desk.person, Permission.EDIT_CUSTOMERS, self.new_button)
        self.pool_button = push_button(N_("Add to a pool"), "add")
        self.pool_button.clicked.connect(self.add_to_pool)
        shown_to(self._desk.person, Permission.DIAL, self.pool_button)
        row.addWidget(self.search, 3)
        row.addWidget(self.profile, 1)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addWidget(self.pool_button)
        row.addWidget(self.new_button)
        return holder

    def _connect(self) -> None:
        self._texts = Texts(self)
        self._texts.redo(self._say_count, key="count")
        self.pages.started.connect(self._show_start)
        self.changed.taken.connect(self._settle)
        self.pages.failed.connect(self._desk.messages.show_error)
        self.search.searched.connect(self._ask_anew)
        self.profile.changed.connect(self._ask_anew)
        self.card.profiles_read.connect(self._offer_profiles)
        self.search.returnPressed.connect(self._enter_list)
        self.view.start_wanted.connect(self.pages.restart)
        self.view.end_wanted.connect(self.pages.to_end)
        self.view.opened.connect(self._open_index)
        self.view.clicked.connect(self._open_index)
        self.card.titled.connect(self.pane.set_title)
        self.pane.closed.connect(self._leave_card)
        self._desk.bridge.rows_changed.connect(self._hear)
        self._desk.commands.add(SAVE, self.card.save, owner=self, enabled=self.card.can_save)
        may_dial = partial(self._desk.person.may, Permission.DIAL)
        self._desk.commands.add(ADD_TO_POOL, self.add_to_pool, owner=self, enabled=may_dial)
        self._desk.commands.add(ALERTS, self.card.bell.toggle, owner=self, enabled=self.card.bell.has_alerts)

    # --- What the frame and other screens ask for

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The customer on the card, wherever on the screen the keyboard is."""
        number = self.card.number
        return None if number is None else ("customers", number, bare(self.pane.title.text()))

    def open_customer(self, customer_id: int) -> None:
        """Show a customer's card, whatever the list shows."""
        self.pane.show()
        self.card.open(customer_id)
        row = self.model.row_of(customer_id)
        if row is not None:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))

    @Slot()
    def new_customer(self) -> None:
        """Begin a customer."""
        self.pane.show()
        self.view.clearSelection()
        self.card.new()

    @Slot()
    def add_to_pool(self) -> None:
        """Put the chosen customers into a pool of a campaign, or all that are found where none is chosen."""
        chosen = [self.model.rows[row].id for row in self.view.chosen_rows()]
        self._desk.commands.run("pools.add_customers", chosen, self.search.text().strip(), self._profile_id())

    def refresh(self) -> None:
        """What F5 does."""
        self._lists.read(lists).then(self._take_lists)
        self._ask_anew()
        self.card.reload()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        self.search.setFocus()
        self.search.selectAll()

    # --- Reading

    def _ask(self, **where: Any) -> Job[Page]:
        typed, profile = self.search.text().strip(), self._profile_id()
        return self._desk.tasks.read(listing.page, typed, profile_id=profile, **where)

    def _ask_named(self, ids: Collection[int]) -> Job[tuple[CustomerRow, ...]]:
        return self._desk.tasks.read(listing.named, ids)

    def _profile_id(self) -> int | None:
        return cast("int | None", self.profile.value())

    @Slot()
    def _ask_anew(self) -> None:
        self.changed.cancel()
        self.pages.restart()
        self._read_count()

    def _read_count(self) -> None:
        typed, profile = self.search.text().strip(), self._profile_id()
        self._counts.read(listing.count, typed, profile_id=profile).then(self._take_count)

    def _take_count(self, count: Count) -> None:
        self._count = count
        self._say_count()

    def _say_count(self) -> None:
        count = self._count
        if count is None:
            self.count.clear()
        elif count.is_exact:
            self.count.setText(_n("{count} customer", "{count} customers", count.number))
        else:
            self.count.setText(_("More than {count} customers", count=format_number(count.number)))

    def _take_lists(self, found: Lists) -> None:
        self.card.offer(found)

    @Slot(object)
    def _offer_profiles(self, choices: list[Choice]) -> None:
        self.profile.offer(choices)
        self.profile.setVisible(bool(choices))
        if self.profile.value() is not None and all(each.id != self.profile.value() for each in choices):
            self.profile.set_value(None)
            self._ask_anew()

    @Slot()
    def _show_start(self) -> None:
        is_empty = not self.model.rows
        if is_empty and (self.search.text().strip() or self.profile.value() is not None):
            self._nothing.say(N_("Nothing found"), N_("No customer fits the search."))
        elif is_empty:
            self._nothing.say(N_("No customers yet"), self._about())
        self._stack.setCurrentWidget(self._nothing if is_empty else self.view)
        if self.model.has_before and not self.model.has_after:
            self.view.scrollToBottom()

    # --- What others change

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "tickets":
            self.card.hear_tickets()
        elif table == "sites":
            self._lists.read(lists).then(self._take_lists)
        elif table == "customer_profiles" and self.profile.value() is not None:
            self._ask_anew()
        elif table == "customers":
            self.card.hear(ids)
            self._read_changed(ids)

    def _read_changed(self, ids: frozenset[int] | None) -> None:
        """Changed customers that are shown, and as many rows as are shown for those who are new or renamed."""
        if self.model.has_before or len(self.model.rows) > MOST_SHOWN:
            self.changed.read_named({row.id for row in self.model.rows} if ids is None else ids)
        else:
            self.changed.read_shown()
        self._read_count()

    @Slot()
    def _settle(self) -> None:
        if self.model.rows:
            self._stack.setCurrentWidget(self.view)

    # --- The card

    @Slot()
    def _enter_list(self) -> None:
        if self.model.rows:
            self.view.setFocus()
            if not self.view.currentIndex().isValid():
                self.view.selectRow(0)

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self.pane.show()
            self.card.open(self.model.rows[index.row()].id)

    @Slot()
    def _leave_card(self) -> None:
        self.card.leave()
        self.view.setFocus()


def _key(row: CustomerRow) -> CustomerKey:
    return row.key
