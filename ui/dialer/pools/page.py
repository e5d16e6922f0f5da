"""The pools of a campaign: how they stand, who works on them and in what order, and who is in each."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.words import N_, counted, message
from app.services.dialer import pools
from app.services.dialer.pools import PoolRow, Worker
from ui.dialer.pools.entries_pane import EntriesPane
from ui.dialer.pools.pool_list import PoolList
from ui.dialer.pools.pool_window import OrderWindow, PoolWindow
from ui.kit import theme
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.chips import flowing
from ui.widgets.empty import EmptyState
from ui.widgets.standing import StandingLine
from ui.widgets.styled import icon_button, primary_button, push_button, tool_row

__all__ = ["PoolsPage"]

_CONTEXT = "campaigns"
NEW = Command("pools.new", N_("New pool"), "new", "Alt+P", _CONTEXT)
EDIT = Command("pools.edit", N_("Change the pool"), "edit", "F2", _CONTEXT)
UP = Command("pools.up", N_("Move the pool up"), "sort-up", "Alt+Up", _CONTEXT)
DOWN = Command("pools.down", N_("Move the pool down"), "sort-down", "Alt+Down", _CONTEXT)
ORDER = Command("pools.order", N_("An agent’s own order"), "sort", "", _CONTEXT)
_ABOUT = N_("Agents get their customers out of pools: their own books first, then those of the campaign.")


class PoolsPage(QWidget):
    """Pools above, the customers of the chosen one below."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._campaign: int | None = None
        self._rows: tuple[PoolRow, ...] = ()
        self._workers: tuple[Worker, ...] = ()
        self._reading, self._people = Latest(desk.tasks), Latest(desk.tasks)
        self.list = PoolList()
        self.customers = EntriesPane(desk)
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
        split.addWidget(self.customers)
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
        acts, flow = flowing()
        self.up_button, self.down_button = (
            icon_button("sort-up", N_("Move up")),
            icon_button("sort-down", N_("Move down")),
        )
        self.order_button = push_button(N_("Agent’s own order"), "sort")
        self.edit_button, self.remove_button = push_button(N_("Change"), "edit"), push_button(N_("Remove"), "delete")
        self.new_button = primary_button(NEW.text, "new")
        for button in (self.edit_button, self.remove_button, self.order_button, self.up_button, self.down_button):
            flow.addWidget(button)
        row.addWidget(acts, 1)
        row.addWidget(self.new_button)
        return holder

    def _add_commands(self) -> None:
        add = self._desk.commands.add

        def has_pool() -> bool:
            return self.row is not None

        add(NEW, self.new, owner=self, enabled=lambda: self._campaign is not None)
        add(EDIT, self.edit, owner=self, enabled=has_pool)
        add(UP, self.up, owner=self, enabled=has_pool)
        add(DOWN, self.down, owner=self, enabled=has_pool)
        add(ORDER, self.agents_order, owner=self, enabled=lambda: bool(self._workers))

    def _connect(self) -> None:
        for button, act in (
            (self.new_button, self.new),
            (self.edit_button, self.edit),
            (self.remove_button, self._ask_remove),
            (self.up_button, self.up),
            (self.down_button, self.down),
            (self.order_button, self.agents_order),
            (self.sure, self._remove),
            (self.keep, self._keep),
        ):
            button.clicked.connect(act)
        self.nothing.chosen.connect(self.new)
        self.list.currentItemChanged.connect(self._turn)
        self.list.ordered.connect(self._order)
        self.list.opened.connect(self.edit)
        self.customers.changed.connect(self._read_pools)
        self._desk.bridge.rows_changed.connect(self._hear)

    # --- What the screen asks for

    @property
    def row(self) -> PoolRow | None:
        """The pool that is chosen."""
        chosen = self.list.chosen()
        return next((row for row in self._rows if row.id == chosen), None)

    def show_campaign(self, campaign_id: int) -> None:
        """Show the pools of this campaign."""
        self._campaign, self._rows = campaign_id, ()
        self.list.show_rows(())
        self.customers.show_pool(None, ())
        self.customers.search.clear()
        self.refresh()

    def refresh(self) -> None:
        """Read pools and customers anew."""
        if self._campaign is None or self._desk.tasks.is_closed:
            return
        self._people.read(pools.workers, self._campaign).then(self._take_workers, self._desk.messages.show_error)
        self._read_pools()
        self.customers.read()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        self.customers.search.setFocus()

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
        self.customers.show_pool(self.list.chosen(), self._rows)
        self._allow()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if not self.isVisible():
            return
        if table in ("pools", "pool_users", "campaign_users"):
            self.refresh()
        elif table in ("pool_entries", "call_attempts", "do_not_call", "register_batches", "consents"):
            self._read_pools()
            self.customers.follow()

    @Slot()
    def _allow(self) -> None:
        for button in (self.edit_button, self.remove_button, self.up_button, self.down_button):
            button.setEnabled(self.row is not None)
        self.order_button.setEnabled(bool(self._workers))
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
