"""The windows that put customers into a pool: found and chosen here, or chosen elsewhere."""

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget

from app.domain.words import N_, Message, counted, message
from app.i18n import _, _n, format_number
from app.services.counting import Count
from app.services.customers import listing
from app.services.customers.listing import CustomerKey, CustomerRow, Page
from app.services.dialer import entries, pools
from app.services.dialer.entries import Added
from app.services.dialer.pools import FillablePool
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.paged import PagedModel, PagedView, Pages
from ui.widgets.picker import Choice, Picker
from ui.widgets.search import SearchField
from ui.widgets.styled import plain

__all__ = ["AddWindow", "ToPoolWindow", "add_chosen", "told"]


def told(added: Added) -> tuple[Message, Message]:
    """What became of the customers who were to go into a pool, in one line and its small print."""
    what = counted("{count} customer is in the pool now.", "{count} customers are in the pool now.", added.count)
    hint = message(
        N_("There already: {folded}. Without a number: {without_number}. In another pool: {refused}."),
        folded=added.folded,
        without_number=added.without_number,
        refused=added.refused,
    )
    return what, hint


class _Customers(PagedModel):
    """Customers to choose from."""

    headers = (N_("Name"), N_("Phone"), N_("Site"))

    def place(self, row: CustomerRow) -> tuple[str, int]:
        """By name."""
        return row.name, row.id

    def cell(self, row: CustomerRow, column: int, role: int) -> Any:
        """The texts of a customer."""
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate((row.label, row.phone, row.site or "")[column])
        return None


class AddWindow(FormDialog):
    """Customers looked for and chosen, or everybody who is found."""

    def __init__(self, desk: Desk, pool_id: int, parent: QWidget) -> None:
        super().__init__(N_("Add customers"), N_("Add"), messages=desk.messages, parent=parent)
        self._desk, self._pool_id = desk, pool_id
        self._count: Count | None = None
        self._counting = Latest(desk.tasks)
        self.search = SearchField(N_("Name, phone, address, e-mail"))
        self.model = _Customers(self)
        self.view = PagedView(self.model, several=True)
        self.view.setSortingEnabled(False)
        self.view.setMinimumHeight(theme.scale(300))
        self.setMinimumWidth(theme.scale(640))
        self.view.remember(desk.memory, "pools.adding", (260, 160, 120))
        Texts(self.view).bind(self.view.setAccessibleName, N_("Customers"))
        self.everybody = QCheckBox()
        for widget in (self.search, self.view, self.everybody):
            self.body.addWidget(widget)
        self.pages = Pages(self.model, self._ask, _key, self)
        self.pages.failed.connect(desk.messages.show_error)
        self.search.searched.connect(self._ask_anew)
        self.view.chosen.connect(self._allow)
        self.everybody.toggled.connect(self._allow)
        self.save_requested.connect(self._save)
        self._texts = Texts(self)
        self._texts.redo(self._say)
        self._ask_anew()
        self._allow()

    def _ask(self, **where: Any) -> Job[Page]:
        return self._desk.tasks.read(listing.page, self.search.text().strip(), **where)

    @Slot()
    def _ask_anew(self) -> None:
        self.pages.restart()
        self._counting.read(listing.count, self.search.text().strip()).then(self._take_count)

    def _take_count(self, count: Count) -> None:
        self._count = count
        self._say()

    def _say(self) -> None:
        count = self._count
        if count is None or count.is_exact:
            number = 0 if count is None else count.number
            self.everybody.setText(_n("Everybody who is found: {count}", "Everybody who is found: {count}", number))
        else:
            self.everybody.setText(_("Everybody who is found: more than {count}", count=format_number(count.number)))

    @Slot()
    def _allow(self) -> None:
        self.save_button.setEnabled(self.everybody.isChecked() or bool(self.view.chosen_rows()))

    @Slot()
    def _save(self) -> None:
        tasks = self._desk.tasks
        self.saving(on=True)
        if self.everybody.isChecked():
            job = tasks.write(entries.add_found, self._pool_id, self.search.text().strip())
        else:
            chosen = [self.model.rows[row].id for row in self.view.chosen_rows()]
            job = tasks.write(entries.add, self._pool_id, chosen)
        job.then(self._added, self.fail)

    def _added(self, added: Added) -> None:
        _tell(self._desk, added)
        self.accept()


class ToPoolWindow(FormDialog):
    """The pool that customers chosen elsewhere go into; no ids at all are everybody who holds what was typed."""

    def __init__(self, desk: Desk, ids: Collection[int], typed: str, profile_id: int | None, parent: QWidget) -> None:
        super().__init__(N_("Add to a pool"), N_("Add"), messages=desk.messages, parent=parent)
        self._desk, self._ids, self._typed, self._profile = desk, tuple(ids), typed, profile_id
        self.pool = Picker()
        self.whom = plain()
        form = Form()
        form.row(N_("Customers"), self.whom)
        form.row(N_("Pool"), self.pool)
        self.body.addWidget(form)
        self._texts = Texts(self)
        self._texts.redo(self._say)
        self.pool.changed.connect(self._allow)
        self.save_requested.connect(self._save)
        self._allow()
        desk.tasks.read(pools.fillable_pools).then(self._offer, desk.messages.show_error)

    def _say(self) -> None:
        if self._ids:
            self.whom.setText(_n("{count} customer", "{count} customers", len(self._ids)))
        else:
            self.whom.setText(_("Everybody in the list"))

    def _offer(self, rows: tuple[FillablePool, ...]) -> None:
        self.pool.offer([Choice(row.id, f"{row.campaign} › {row.name}") for row in rows])
        if rows:
            self.pool.set_value(rows[0].id)
        self._allow()

    @Slot()
    def _allow(self) -> None:
        self.save_button.setEnabled(self.pool.value() is not None)

    @Slot()
    def _save(self) -> None:
        chosen = self.pool.value()
        if chosen is None:
            return
        self.saving(on=True)
        tasks = self._desk.tasks
        if self._ids:
            job = tasks.write(entries.add, int(chosen), self._ids)
        else:
            job = tasks.write(entries.add_found, int(chosen), self._typed, profile_id=self._profile)
        job.then(self._added, self.fail)

    def _added(self, added: Added) -> None:
        _tell(self._desk, added)
        self.accept()


def _tell(desk: Desk, added: Added) -> None:
    what, hint = told(added)
    if added.folded or added.without_number or added.refused:
        desk.messages.warning(what, hint)
    else:
        desk.messages.success(what)


def add_chosen(desk: Desk, ids: Collection[int] = (), typed: str = "", profile_id: int | None = None) -> ToPoolWindow:
    """Ask for the pool that these customers go into."""
    window = ToPoolWindow(desk, ids, typed, profile_id, _front(desk))
    window.open()
    return window


def _front(desk: Desk) -> QWidget:
    parent = QApplication.activeWindow() or desk.commands.parent()
    assert isinstance(parent, QWidget)
    return parent


def _key(row: CustomerRow) -> CustomerKey:
    return row.key
