"""A list of mails with the one that is chosen beside it: what outbox and incoming mail have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QObject, Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QSplitter, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _, format_number
from app.services.company.profile import company
from app.services.company.rows import CompanyRow
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.empty import EmptyState
from ui.widgets.paged import PagedModel, PagedView, Pages
from ui.widgets.pane import DetailPane
from ui.widgets.search import SearchField
from ui.widgets.styled import styled, tool_row

__all__ = ["Kind", "MailList", "MailModel"]


@dataclass(frozen=True)
class Kind:
    """Which mails are listed: the services that read them, the states they can be in, and what is said of none.

    `states` are codes with catalogue texts, `tables` those whose changes concern the list.
    """

    key: str
    icon: str
    title: str
    about: str
    states: Sequence[tuple[str, str]]
    tables: frozenset[str]
    page: Callable[..., Any]
    counts: Callable[..., dict[str, int]]
    load: Callable[..., Any]
    widths: tuple[int, ...]


class MailModel(PagedModel):
    """Mails, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone: ZoneInfo | None = None

    def place(self, row: Any) -> tuple[int, ...]:
        """By age."""
        return (-row.id,)


class MailList(QWidget):
    """Chips of the states, a search, the list and the mail; what others change shows while the choice stays."""

    def __init__(self, desk: Desk, kind: Kind, model: MailModel, letter: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self._kind = kind
        self._letter = letter
        self.model = model
        self.state: str | None = None
        self.opened: Any | None = None
        self._wanted: int | None = None
        self.pages = Pages(model, self._ask, lambda row: row.id, self)
        self._reading, self._counting, self._loading, self._company = (Latest(desk.tasks) for _number in range(4))
        self._counts: dict[str, int] = {}
        self._build()
        self._connect()
        self._company.read(company).then(self._take_company)
        self.refresh()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        self.view = PagedView(self.model)
        self.view.setSortingEnabled(False)
        self.nothing = EmptyState(self._kind.icon, self._kind.title, self._kind.about)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.nothing)
        self.pane = DetailPane()
        self.pane.show_widget(self._letter)
        self.pane.hide()
        self.pane.setMinimumWidth(theme.scale(340))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._stack)
        split.addWidget(self.pane)
        split.setStretchFactor(0, 1)
        split.setCollapsible(0, False)
        split.setCollapsible(1, False)
        split.setSizes([theme.scale(720), theme.scale(520)])
        column.addWidget(split, 1)
        self._desk.memory.splitter(split, f"mail.{self._kind.key}")
        self.view.remember(self._desk.memory, f"mail.{self._kind.key}", self._kind.widths)
        Texts(self.view).bind(self.view.setAccessibleName, self._kind.title)
        self.setFocusProxy(self.view)

    def _tool_row(self) -> QWidget:
        holder, row = tool_row()
        self.search = SearchField(N_("Address or subject"))
        self.search.setMinimumWidth(theme.scale(140))
        self.search.setMaximumWidth(theme.scale(260))
        row.addWidget(self.search, 2)
        chips, flow = flowing()
        self.chips: dict[str | None, QToolButton] = {}
        group = QButtonGroup(self)
        for code, _text in ((None, ""), *self._kind.states):
            chip = styled(QToolButton(), "segment")
            chip.setCheckable(True)
            chip.setChecked(code is None)
            chip.clicked.connect(partial(self.show_state, code))
            group.addButton(chip)
            flow.addWidget(chip)
            self.chips[code] = chip
        row.addWidget(chips, 5)
        return holder

    def _connect(self) -> None:
        Texts(self).redo(self._name_chips)
        self.pages.started.connect(self._show_start)
        self.pages.failed.connect(self._desk.messages.show_error)
        self.search.searched.connect(self.pages.restart)
        self.view.opened.connect(self._open_index)
        self.view.clicked.connect(self._open_index)
        self.view.chosen.connect(self._follow)
        self.view.start_wanted.connect(self.pages.restart)
        self.pane.closed.connect(self._leave)
        self._desk.bridge.rows_changed.connect(self._hear)

    def _name_chips(self) -> None:
        texts: dict[str | None, str] = {None: N_("All mail"), **dict(self._kind.states)}
        for code, chip in self.chips.items():
            # Every mail is in one state; what is held is counted among the waiting ones too.
            total = sum(count for state, count in self._counts.items() if state != "held")
            count = total if code is None else self._counts.get(code, 0)
            name = _(texts[code])
            chip.setText(_("{name} {count}", name=name, count=format_number(count)) if count else name)
            chip.updateGeometry()

    # --- Reading

    def refresh(self) -> None:
        """Read the list anew."""
        self.pages.restart()
        self._count()

    def show_state(self, state: str | None) -> None:
        """List the mails of a state, or all."""
        self.chips[state].setChecked(True)
        self.state = state
        self.pages.restart()

    def open(self, row_id: int) -> None:
        """Show one mail, whatever the list shows."""
        self._wanted = row_id
        self.pane.show()
        self._loading.read(self._kind.load, row_id).then(self._take, self._desk.messages.show_error)
        row = self.model.row_of(row_id)
        if row is not None and self.view.chosen_rows() != [row]:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))

    def show_letter(self, card: Any) -> None:
        """Show what was read of the mail that is open."""
        raise NotImplementedError

    def _ask(self, after: int | None = None, before: object = None, at_end: bool = False) -> Job[Any]:
        return self._desk.tasks.read(self._kind.page, state=self.state, search=self.search.text(), before=after)

    def _count(self) -> None:
        self._counting.read(self._kind.counts).then(self._take_counts)

    def _take_counts(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._name_chips()

    def _take_company(self, found: CompanyRow | None) -> None:
        if found is not None:
            self.model.zone = ZoneInfo(found.time_zone)
            self.model.redress()

    def _take(self, card: Any) -> None:
        self.opened = card
        self.show_letter(card)
        self._desk.commands.refresh()

    @Slot()
    def _show_start(self) -> None:
        if not self.model.rows and (self.state is not None or self.search.text().strip()):
            self.nothing.say(N_("Nothing found"), N_("No mail fits the search and the state."))
        elif not self.model.rows:
            self.nothing.say(self._kind.title, self._kind.about)
        self._stack.setCurrentWidget(self.view if self.model.rows else self.nothing)
        row = self.model.row_of(self._wanted) if self._wanted is not None else None
        if row is not None:
            self.view.selectRow(row)

    # --- What others change

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table not in self._kind.tables:
            return
        limit = max(100, min(len(self.model.rows), 1000))
        job = self._reading.read(self._kind.page, state=self.state, search=self.search.text(), limit=limit)
        job.then(self._take_page)
        self._count()
        if self._wanted is not None and (ids is None or self._wanted in ids):
            self._loading.read(self._kind.load, self._wanted).then(self._take, self._gone)

    def _take_page(self, page: Any) -> None:
        oldest = page.rows[-1].id if page.rows and page.has_after else 0
        self.model.take(page.rows, {row.id for row in self.model.rows if row.id >= oldest})
        self._show_start()

    def _gone(self, _problem: Exception) -> None:
        self.pane.dismiss()

    # --- The mail that is open

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self.open(self.model.rows[index.row()].id)

    @Slot()
    def _follow(self) -> None:
        """An open mail follows the arrow keys; rows that come and go by themselves do not change it."""
        rows = self.view.chosen_rows()
        if rows and self.view.hasFocus() and self.pane.isVisible() and not self.model.is_changing:
            found = self.model.rows[rows[0]].id
            if found != self._wanted:
                self.open(found)

    @Slot()
    def _leave(self) -> None:
        self._wanted = self.opened = None
        self.view.setFocus()
        self._desk.commands.refresh()
