"""The pools of a campaign: how they stand, who works on them and in what order, and who is in each."""

from typing import Any, cast

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.i18n import _
from app.services.dialer import entries, entry_list, pools
from app.services.dialer.entries import Moved
from app.services.dialer.entry_list import STATES, EntryPage, EntryRow
from app.services.dialer.pools import PoolRow, Worker
from ui.dialer.pools.adding import AddWindow
from ui.dialer.pools.entry_model import PRIORITIES, WIDTHS, EntryTable
from ui.dialer.pools.pool_list import PoolList
from ui.dialer.pools.pool_window import OrderWindow, PoolWindow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.paged import PagedView, Pages
from ui.widgets.picker import Choice, Picker
from ui.widgets.search import SearchField
from ui.widgets.standing import StandingLine
from ui.widgets.styled import heading, primary_button, push_button, tool_row

__all__ = ["PoolsPage"]

_CONTEXT = "campaigns"
NEW = Command("pools.new", N_("New pool"), "new", "Alt+P", _CONTEXT)
EDIT = Command("pools.edit", N_("Change the pool"), "edit", "F2", _CONTEXT)
UP = Command("pools.up", N_("Move the pool up"), "sort-up", "Alt+Up", _CONTEXT)
DOWN = Command("pools.down", N_("Move the pool down"), "sort-down", "Alt+Down", _CONTEXT)
ORDER = Command("pools.order", N_("An agent’s own order"), "sort", "", _CONTEXT)
ADD = Command("pools.add_found", N_("Add customers to the pool"), "add", "", _CONTEXT)
FILE = Command("pools.add_file", N_("Add customers from a file"), "import", "", _CONTEXT)
TAKE_OUT = Command("pools.take_out", N_("Take out of the pool"), "delete", "Del", _CONTEXT)
_ABOUT = N_("Agents get their customers out of pools: their own books first, then those of the campaign.")
_STATE_TEXTS = {
    "callable": N_("Callable"),
    "waiting": N_("Waiting"),
    "blocked": N_("Blocked"),
    "done": N_("Done"),
}


class PoolsPage(QWidget):
    """Pools above, the customers of the chosen one below."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._campaign: int | None = None
        self._rows: tuple[PoolRow, ...] = ()
        self._workers: tuple[Worker, ...] = ()
        self._shown_pool: int | None = None
        self._reading, self._people = Latest(desk.tasks), Latest(desk.tasks)
        self.list = PoolList()
        self.model = EntryTable(self)
        self.view = PagedView(self.model, several=True)
        self.view.setSortingEnabled(False)
        self.search = SearchField(N_("Name, phone, address, e-mail"))
        self.state, self.priority = Picker(nothing=N_("In any state")), Picker(nothing=N_("Set the priority"))
        self.pages = Pages(self.model, self._ask, _key, self)
        self._build()
        self._add_commands()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        upper = QWidget()
        lines = QVBoxLayout(upper)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self._pool_row())
        self.sure, self.keep = push_button(N_("Remove"), look="danger"), push_button(N_("Keep"))
        self.question = StandingLine(self.sure, self.keep)
        lines.addWidget(self.question)
        lines.addWidget(self.list, 1)
        self.nothing = EmptyState("people", N_("No pools yet"), _ABOUT, NEW.text)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(upper)
        split.addWidget(self._entries())
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([theme.scale(260), theme.scale(420)])
        self._desk.memory.splitter(split, "pools")
        self.whole = QStackedWidget()
        self.whole.addWidget(split)
        self.whole.addWidget(self.nothing)
        column.addWidget(self.whole)
        self.setFocusProxy(self.list)

    def _pool_row(self) -> QWidget:
        holder, row = tool_row(spacing=8)
        row.addWidget(heading(N_("Pools")))
        row.addStretch(1)
        self.up_button, self.down_button = (
            push_button(N_("Move up"), "sort-up"),
            push_button(N_("Move down"), "sort-down"),
        )
        self.order_button = push_button(N_("Agent’s own order"), "sort")
        self.edit_button, self.remove_button = push_button(N_("Change"), "edit"), push_button(N_("Remove"), "delete")
        self.new_button = primary_button(NEW.text, "new")
        for button in (
            self.up_button, self.down_button, self.order_button, self.edit_button, self.remove_button, self.new_button,
        ):  # fmt: skip
            row.addWidget(button)
        return holder

    def _entries(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, row = tool_row(spacing=8)
        self.add_button, self.file_button = (
            push_button(N_("Add customers"), "add"),
            push_button(N_("From a file"), "import"),
        )
        self.take_out_button = push_button(N_("Take out"), "delete")
        row.addWidget(self.search)
        row.addWidget(self.state)
        row.addStretch(1)
        for widget in (self.priority, self.take_out_button, self.add_button, self.file_button):
            row.addWidget(widget)
        if not self._desk.person.may(Permission.IMPORT):
            self.file_button.hide()
        column.addWidget(holder)
        column.addWidget(self.view, 1)
        self.view.remember(self._desk.memory, "pools.entries", WIDTHS)
        return page

    def _add_commands(self) -> None:
        add = self._desk.commands.add

        def has_pool() -> bool:
            return self.row is not None

        add(NEW, self.new, owner=self, enabled=lambda: self._campaign is not None)
        add(EDIT, self.edit, owner=self, enabled=has_pool)
        add(UP, self.up, owner=self, enabled=has_pool)
        add(DOWN, self.down, owner=self, enabled=has_pool)
        add(ORDER, self.agents_order, owner=self, enabled=lambda: bool(self._workers))
        add(ADD, self.add_customers, owner=self, enabled=has_pool)
        add(FILE, self.add_file, owner=self, enabled=has_pool)
        add(TAKE_OUT, self.take_out, owner=self.view, enabled=lambda: bool(self.view.chosen_rows()))

    def _connect(self) -> None:
        texts = Texts(self)
        texts.redo(self._speak)
        texts.bind(self.view.setAccessibleName, N_("Customers of the pool"))
        texts.bind(self.state.setAccessibleName, N_("State"))
        texts.bind(self.priority.setAccessibleName, N_("Priority"))
        for button, act in (
            (self.new_button, self.new),
            (self.edit_button, self.edit),
            (self.remove_button, self._ask_remove),
            (self.up_button, self.up),
            (self.down_button, self.down),
            (self.order_button, self.agents_order),
            (self.add_button, self.add_customers),
            (self.file_button, self.add_file),
            (self.take_out_button, self.take_out),
            (self.sure, self._remove),
            (self.keep, self._keep),
        ):
            button.clicked.connect(act)
        self.nothing.chosen.connect(self.new)
        self.list.currentItemChanged.connect(self._turn)
        self.list.ordered.connect(self._order)
        self.list.opened.connect(self.edit)
        self.search.searched.connect(self._ask_anew)
        self.state.changed.connect(self._ask_anew)
        self.priority.changed.connect(self._rank)
        self.view.chosen.connect(self._allow)
        self.view.start_wanted.connect(self.pages.restart)
        self.view.end_wanted.connect(self.pages.to_end)
        self.view.opened.connect(self._open_customer)
        self.view.menu_wanted.connect(self.offer_moves)
        self.pages.failed.connect(self._desk.messages.show_error)
        self.pages.started.connect(self._allow)
        self._desk.bridge.rows_changed.connect(self._hear)

    def _speak(self) -> None:
        self.state.offer([Choice(state, _(_STATE_TEXTS[state])) for state in STATES])
        self.priority.offer([Choice(place, _(text)) for place, text in enumerate(PRIORITIES)])

    # --- What the screen asks for

    @property
    def row(self) -> PoolRow | None:
        """The pool that is chosen."""
        chosen = self.list.chosen()
        return next((row for row in self._rows if row.id == chosen), None)

    def show_campaign(self, campaign_id: int) -> None:
        """Show the pools of this campaign."""
        self._campaign, self._rows, self._shown_pool = campaign_id, (), None
        self.list.show_rows(())
        self.search.clear()
        self.refresh()

    def refresh(self) -> None:
        """Read pools and customers anew."""
        if self._campaign is None or self._desk.tasks.is_closed:
            return
        self._people.read(pools.workers, self._campaign).then(self._take_workers, self._desk.messages.show_error)
        self._read_pools()
        self._ask_anew()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        self.search.setFocus()

    # --- Reading

    def _read_pools(self) -> None:
        if self._campaign is not None and not self._desk.tasks.is_closed:
            self._reading.read(pools.list_pools, self._campaign).then(self._take, self._desk.messages.show_error)

    def _take(self, rows: tuple[PoolRow, ...]) -> None:
        if any(row.campaign_id != self._campaign for row in rows):
            return
        self._rows = rows
        self.list.show_rows(rows)
        self.whole.setCurrentIndex(0 if rows else 1)
        self._turn()

    def _take_workers(self, rows: tuple[Worker, ...]) -> None:
        self._workers = rows
        self._allow()

    @Slot()
    def _turn(self) -> None:
        self.question.say(None)
        chosen = self.list.chosen()
        if chosen != self._shown_pool:
            self._shown_pool = chosen
            self._ask_anew()
        self._allow()

    def _ask(self, **where: Any) -> Job[EntryPage]:
        assert self._shown_pool is not None
        state = cast("str | None", self.state.value())
        return self._desk.tasks.read(
            entry_list.page, self._shown_pool, self.search.text().strip(), state=state, **where
        )

    @Slot()
    def _ask_anew(self) -> None:
        if self._shown_pool is not None and not self._desk.tasks.is_closed:
            self.pages.restart()
        elif self._shown_pool is None:
            self.model.start(EntryPage((), has_before=False, has_after=False))

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if not self.isVisible():
            return
        if table in ("pools", "pool_users", "campaign_users"):
            self.refresh()
        elif table in ("pool_entries", "call_attempts", "do_not_call", "register_batches", "consents"):
            self._read_pools()
            if not self.model.has_before and len(self.model.rows) <= entry_list.PAGE:
                self._ask_anew()

    @Slot()
    def _allow(self) -> None:
        has_pool, has_chosen = self.row is not None, bool(self.view.chosen_rows())
        for button in (
            self.edit_button, self.remove_button, self.up_button, self.down_button, self.add_button, self.file_button,
        ):  # fmt: skip
            button.setEnabled(has_pool)
        self.order_button.setEnabled(bool(self._workers))
        self.take_out_button.setEnabled(has_chosen)
        self.priority.setEnabled(has_chosen)
        self._desk.commands.refresh()

    # --- Pools

    @Slot()
    def new(self) -> None:
        """Ask what a new pool is called and who works on it."""
        self._open_window(None)

    @Slot()
    def edit(self) -> None:
        """Change the chosen pool."""
        if self.row is not None:
            self._open_window(self.row)

    def _open_window(self, known: PoolRow | None) -> None:
        if self._campaign is not None:
            self.window_shown = PoolWindow(self._desk, self._campaign, self._workers, self, known)
            self.window_shown.accepted.connect(self._read_pools)
            self.window_shown.open()

    @Slot()
    def agents_order(self) -> None:
        """Put the pools of one agent in his own order."""
        if self._campaign is not None:
            self.order_shown = OrderWindow(self._desk, self._campaign, self._workers, self)
            self.order_shown.open()

    @Slot()
    def up(self) -> None:
        """Move the chosen pool one place up."""
        self._order(self.list.moved(-1))

    @Slot()
    def down(self) -> None:
        """Move the chosen pool one place down."""
        self._order(self.list.moved(1))

    @Slot(object)
    def _order(self, order: list[int] | None) -> None:
        if order is not None and self._campaign is not None:
            job = self._desk.tasks.write(pools.set_order, self._campaign, order)
            job.then(self._ordered, self._fail)

    def _ordered(self, _nothing: None) -> None:
        self._read_pools()

    @Slot()
    def _ask_remove(self) -> None:
        if (row := self.row) is not None:
            self.question.say(
                counted(
                    "Remove the pool with its {count} customer? Whoever is being called now is finished.",
                    "Remove the pool with its {count} customers? Whoever is being called now is finished.",
                    row.total,
                )
            )
            self.keep.setFocus()

    @Slot()
    def _remove(self) -> None:
        if (row := self.row) is not None:
            self._desk.tasks.write(pools.remove_pool, row.id, row.version).then(self._removed, self._fail)
        self.question.say(None)

    def _removed(self, _nothing: None) -> None:
        self._desk.messages.success(message(N_("The pool is removed.")))
        self._read_pools()

    @Slot()
    def _keep(self) -> None:
        self.question.say(None)

    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self._read_pools()

    # --- Customers

    @Slot()
    def add_customers(self) -> None:
        """Look for customers and put them in."""
        if (row := self.row) is not None:
            self.adding = AddWindow(self._desk, row.id, self)
            self.adding.accepted.connect(self.refresh)
            self.adding.open()

    @Slot()
    def add_file(self) -> None:
        """Import customers from a file into the pool."""
        if (row := self.row) is not None:
            self._desk.commands.run("imports.into_pool", row.id)

    def _chosen(self) -> list[int]:
        return [self.model.rows[row].id for row in self.view.chosen_rows()]

    @Slot()
    def take_out(self) -> None:
        """Take the chosen customers out of the pool."""
        if chosen := self._chosen():
            self._desk.tasks.write(entries.remove, chosen).then(self._taken_out, self._fail)

    def _taken_out(self, count: int) -> None:
        self._desk.messages.success(
            counted(
                "{count} customer was taken out of the pool.", "{count} customers were taken out of the pool.", count
            )
        )
        self.refresh()

    @Slot(QPoint)
    def offer_moves(self, place: QPoint) -> QMenu | None:
        """The menu of the pools that the chosen customers can go to."""
        others = [row for row in self._rows if row.id != self._shown_pool]
        if not others or not self._chosen():
            return None
        menu = QMenu(self)
        for row in others:
            menu.addAction(_("Move to {pool}", pool=isolate(row.name))).setData(row.id)
        menu.triggered.connect(self._move)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
        return menu

    @Slot(QAction)
    def _move(self, action: QAction) -> None:
        if chosen := self._chosen():
            self._desk.tasks.write(entries.move, chosen, action.data()).then(self._moved, self._fail)

    def _moved(self, moved: Moved) -> None:
        said = counted("{count} customer was moved.", "{count} customers were moved.", moved.count)
        if moved.folded:
            stayed = counted(
                "{count} customer stayed: the other pool has that person.",
                "{count} customers stayed: the other pool has those people.",
                moved.folded,
            )
            self._desk.messages.warning(said, stayed)
        else:
            self._desk.messages.success(said)
        self.refresh()

    @Slot(object)
    def _rank(self, priority: int | None) -> None:
        chosen = self._chosen()
        self.priority.set_value(None)
        if priority is not None and chosen:
            self._desk.tasks.write(entries.set_priority, chosen, priority).then(self._ranked, self._fail)

    def _ranked(self, _count: int) -> None:
        self._ask_anew()

    @Slot(object)
    def _open_customer(self, index: Any) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self._desk.commands.run("customers.open", self.model.rows[index.row()].customer_id)


def _key(row: EntryRow) -> int:
    return row.customer_id
