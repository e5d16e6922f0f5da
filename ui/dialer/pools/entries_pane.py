"""The customers of a pool: looked for, put in, ranked, moved, taken out; a page at a time out of a million."""

from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_, counted
from app.i18n import _
from app.services.dialer import entries, entry_list
from app.services.dialer.entries import Moved
from app.services.dialer.entry_list import STATES, EntryPage, EntryRow
from app.services.dialer.pools import PoolRow
from ui.dialer.pools.adding import AddWindow
from ui.dialer.pools.entry_model import PRIORITIES, WIDTHS, EntryTable
from ui.kit.bidi import isolate
from ui.kit.commands import Command
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.paged import PagedView, Pages
from ui.widgets.picker import Choice, Picker
from ui.widgets.search import SearchField
from ui.widgets.styled import push_button, tool_row

__all__ = ["EntriesPane"]

_CONTEXT = "campaigns"
ADD = Command("pools.add_found", N_("Add customers to the pool"), "add", "", _CONTEXT)
FILE = Command("pools.add_file", N_("Add customers from a file"), "import", "", _CONTEXT)
TAKE_OUT = Command("pools.take_out", N_("Take out of the pool"), "delete", "Del", _CONTEXT)
_STATE_TEXTS = {
    "callable": N_("Callable"),
    "waiting": N_("Waiting"),
    "blocked": N_("Blocked"),
    "done": N_("Finished"),
}


class EntriesPane(QWidget):
    """Signal: `changed()` when customers came, went or moved by what is done here."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.pool: int | None = None
        self._others: Sequence[PoolRow] = ()
        self.model = EntryTable(self)
        self.view = PagedView(self.model, several=True)
        self.view.setSortingEnabled(False)
        self.search = SearchField(N_("Name, phone, address, e-mail"))
        self.state, self.priority = Picker(nothing=N_("In any state")), Picker(nothing=N_("Set the priority"))
        self.pages = Pages(self.model, self._ask, _key, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, row = tool_row(spacing=8)
        self.add_button, self.file_button = (
            push_button(N_("Add customers"), "add"),
            push_button(N_("From a file"), "import"),
        )
        self.take_out_button = push_button(N_("Take out"), "delete")
        chosen, flow = flowing()
        for picker in (self.state, self.priority):
            picker.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        acts = (self.add_button, self.file_button, self.priority, self.take_out_button)
        for widget in (self.search, self.state, *acts):
            flow.addWidget(widget)
        row.addWidget(chosen, 1)
        shown_to(self._desk.person, Permission.IMPORT, self.file_button)
        column.addWidget(holder)
        column.addWidget(self.view, 1)
        self.view.remember(self._desk.memory, "pools.entries", WIDTHS)

    def _connect(self) -> None:
        texts = Texts(self)
        texts.redo(self._speak)
        texts.bind(self.view.setAccessibleName, N_("Customers of the pool"))
        texts.bind(self.state.setAccessibleName, N_("State"))
        texts.bind(self.priority.setAccessibleName, N_("Priority"))
        self.add_button.clicked.connect(self.add_customers)
        self.file_button.clicked.connect(self.add_file)
        self.take_out_button.clicked.connect(self.take_out)
        self.search.searched.connect(self.read)
        self.state.changed.connect(self.read)
        self.priority.changed.connect(self._rank)
        self.view.chosen.connect(self._allow)
        self.view.start_wanted.connect(self.pages.restart)
        self.view.end_wanted.connect(self.pages.to_end)
        self.view.opened.connect(self._open_customer)
        self.view.menu_wanted.connect(self.offer_moves)
        self.pages.failed.connect(self._desk.messages.show_error)
        self.pages.started.connect(self._allow)

        def has_pool() -> bool:
            return self.pool is not None

        add = self._desk.commands.add
        add(ADD, self.add_customers, owner=self, enabled=has_pool)
        add(FILE, self.add_file, owner=self, enabled=has_pool)
        add(TAKE_OUT, self.take_out, owner=self.view, enabled=lambda: bool(self.view.chosen_rows()))

    def _speak(self) -> None:
        self.state.offer([Choice(state, _(_STATE_TEXTS[state])) for state in STATES])
        self.priority.offer([Choice(place, _(text)) for place, text in enumerate(PRIORITIES)])

    # --- What the page asks for

    def show_pool(self, pool_id: int | None, pools: Sequence[PoolRow]) -> None:
        """Show the customers of this pool; the others are where they can be moved to."""
        self._others = pools
        if pool_id != self.pool:
            self.pool = pool_id
            self.read()
        self._allow()

    def follow(self) -> None:
        """Others changed something: a short list is read again, a long one stays where it is."""
        if not self.model.has_before and len(self.model.rows) <= entry_list.PAGE:
            self.read()

    @Slot()
    def read(self) -> None:
        """Read from the start."""
        if self.pool is not None and not self._desk.tasks.is_closed:
            self.pages.restart()
        elif self.pool is None:
            self.model.start(EntryPage((), has_before=False, has_after=False))

    def _ask(self, **where: Any) -> Job[EntryPage]:
        assert self.pool is not None
        state = cast("str | None", self.state.value())
        return self._desk.tasks.read(entry_list.page, self.pool, self.search.text().strip(), state=state, **where)

    @Slot()
    def _allow(self) -> None:
        has_chosen = bool(self.view.chosen_rows())
        self.add_button.setEnabled(self.pool is not None)
        self.file_button.setEnabled(self.pool is not None)
        self.take_out_button.setEnabled(has_chosen)
        self.priority.setEnabled(has_chosen)
        self._desk.commands.refresh()

    def _changed(self) -> None:
        self.read()
        self.changed.emit()

    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self.read()

    # --- Acts

    @Slot()
    def add_customers(self) -> None:
        """Look for customers and put them in."""
        if self.pool is not None:
            self.adding = AddWindow(self._desk, self.pool, self)
            self.adding.accepted.connect(self._changed)
            self.adding.open()

    @Slot()
    def add_file(self) -> None:
        """Import customers from a file into the pool."""
        if self.pool is not None:
            self._desk.commands.run("imports.into_pool", self.pool)

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
        self._changed()

    @Slot(QPoint)
    def offer_moves(self, place: QPoint) -> QMenu | None:
        """The menu of the pools that the chosen customers can go to."""
        others = [row for row in self._others if row.id != self.pool]
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
        self._changed()

    @Slot(object)
    def _rank(self, priority: int | None) -> None:
        chosen = self._chosen()
        self.priority.set_value(None)
        if priority is not None and chosen:
            self._desk.tasks.write(entries.set_priority, chosen, priority).then(self._ranked, self._fail)

    def _ranked(self, _count: int) -> None:
        self.read()

    @Slot(object)
    def _open_customer(self, index: Any) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self._desk.commands.run("customers.open", self.model.rows[index.row()].customer_id)


def _key(row: EntryRow) -> int:
    return row.customer_id
