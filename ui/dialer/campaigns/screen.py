"""The screen: campaigns at the start side, the one at work beside them, in tabs."""

from typing import Any, cast

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidgetItem,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.dialer.rules import CampaignDraft
from app.domain.words import N_
from app.i18n import _
from app.services.dialer.campaigns import (
    CampaignCard,
    CampaignRow,
    copy_campaign,
    list_campaigns,
    save,
)
from ui.dialer.campaigns.head import CampaignHead
from ui.dialer.campaigns.naming import NamingLine
from ui.dialer.campaigns.page import CampaignPage
from ui.dialer.campaigns.tabs import TABS
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.start_list import StartList

__all__ = ["CampaignsScreen"]

_CONTEXT = "campaigns"
NEW = Command("campaigns.new", N_("New campaign"), "new", "Alt+N", _CONTEXT)
SAVE = Command("campaigns.save", N_("Save"), "save", "Ctrl+S Ctrl+Return", _CONTEXT)
CANCEL = Command("campaigns.cancel", N_("Cancel"), "cancel", "Esc", _CONTEXT)
COPY = Command("campaigns.copy", N_("Copy the campaign"), "copy", "", _CONTEXT)
START = Command("campaigns.start", N_("Start the campaign"), "campaign", "", _CONTEXT)
CLOSE = Command("campaigns.close", N_("Close the campaign"), "close", "", _CONTEXT)

_ABOUT = N_(
    "A campaign says whom the agents at the dial desk call, in which order and by which rules. It begins with results,"
    " keys and safe rules; add people and customers, then start it."
)
_SHAPED = frozenset({"campaigns", "campaign_users"})
_ID = Qt.ItemDataRole.UserRole


class CampaignsScreen(QWidget):
    """What is changed and not saved stays with its campaign while others are looked at."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: tuple[CampaignRow, ...] = ()
        self._is_read = False
        self._wanted: int | None = None
        self._reading = Latest(desk.tasks)
        self.pages: dict[str, QWidget] = {}
        self._shown: dict[str, int] = {}
        self._build()
        self._add_commands()
        self._connect()
        self._show_current()
        self.refresh()

    # --- Putting together

    def _build(self) -> None:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.start = StartList(NEW.text, 196)
        self.list, self.new_button = self.start.list, self.start.new_button
        row.addWidget(self.start)
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head, self.naming = CampaignHead(self._desk), NamingLine()
        self.head.lines.addWidget(self.naming)
        column.addWidget(self.head)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for tab in TABS:
            holder = QWidget()
            holder.setObjectName(tab.key)
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, "")
        column.addWidget(self.tabs, 1)
        column.addStretch()
        row.addWidget(work, 1)
        self.empty = EmptyState("campaign", N_("No campaigns yet"), _ABOUT, NEW.text)
        self.stack = QStackedWidget()
        self.stack.addWidget(page)
        self.stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self.setFocusProxy(self.list)

    def _add_commands(self) -> None:
        add = self._desk.commands.add
        add(NEW, self.new, owner=self)
        add(SAVE, self._save, owner=self, enabled=lambda: self.naming.is_asking or self._page_can_save)
        add(CANCEL, self._cancel, owner=self, enabled=lambda: self._has_question or self._page_can_save)
        add(COPY, self._ask_copy, owner=self, enabled=lambda: self.row is not None)
        add(START, self.head.ask_start, owner=self, enabled=lambda: self.row is not None and not self.row.is_open)
        add(CLOSE, self.head.ask_close, owner=self, enabled=lambda: self.row is not None and self.row.is_open)

    def _connect(self) -> None:
        Texts(self).redo(self._name_all)
        self.list.currentItemChanged.connect(self._show_current)
        self.tabs.currentChanged.connect(self._change_tab)
        self.new_button.clicked.connect(self.new)
        self.empty.chosen.connect(self.new)
        self.head.copy_wanted.connect(self._ask_copy)
        self.head.cancelled.connect(self._cancel)
        self.head.turned.connect(self.refresh)
        self.naming.named.connect(self._add)
        self.naming.dropped.connect(self._cancel)
        self.head.history_button.clicked.connect(self._ask_history)
        self._desk.bridge.rows_changed.connect(self._hear)

    # --- What the frame and other screens ask for

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The campaign in front."""
        return ("campaigns", self.row.id, self.row.name) if self.row is not None else None

    @Slot()
    def _ask_history(self) -> None:
        if (card := self.card_at_hand()) is not None:
            self._desk.commands.run("history.open", *card)

    @property
    def row(self) -> CampaignRow | None:
        """The campaign in front."""
        number = self.list.currentIndex().data(_ID)
        return next((row for row in self._rows if row.id == number), None)

    def shown(self) -> None:
        """Others may have changed something meanwhile."""
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """What F5 does; what is changed and not saved stays."""
        if self._desk.tasks.is_closed:
            return
        self._reading.read(list_campaigns).then(self._take)
        for page in self.pages.values():
            cast(Any, page).refresh()

    def open_campaign(self, campaign_id: int) -> None:
        """Show a campaign by its id."""
        self._wanted = campaign_id
        if self._is_read:
            self._fill()

    def show_tab(self, key: str) -> QWidget:
        """Bring a page to the front; it is made now if it was never shown."""
        self.tabs.setCurrentIndex([tab.key for tab in TABS].index(key))
        self._turn()
        return self.pages[key]

    # --- The list

    @Slot(object)
    def _take(self, rows: tuple[CampaignRow, ...]) -> None:
        self._rows, self._is_read = rows, True
        self._fill()

    def _fill(self) -> None:
        current = self.list.currentIndex().data(_ID)
        wanted = self._wanted if self._wanted is not None else current
        self._wanted = None
        numbers = [row.id for row in self._rows]
        if wanted not in numbers:
            wanted = numbers[0] if numbers else None
        with QSignalBlocker(self.list):
            self.list.clear()
            for row in self._rows:
                item = QListWidgetItem(icons.icon("campaign" if row.is_open else "pause"), "")
                item.setData(_ID, row.id)
                self.list.addItem(item)
                if row.id == wanted:
                    self.list.setCurrentItem(item, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.stack.setCurrentIndex(0 if numbers or not self._is_read or self.naming.is_asking else 1)
        self._name_lines()
        self._show_current()

    def _name_lines(self) -> None:
        for place, row in enumerate(self._rows):
            item = self.list.item(place)
            name = isolate(row.name)
            is_dirty = any(isinstance(page, CampaignPage) and page.is_dirty(row.id) for page in self.pages.values())
            item.setText(f"• {name}" if is_dirty else name)
            item.setToolTip(_("Not saved yet") if is_dirty else "")
            item.setForeground(theme.tokens().color("text" if row.is_open else "muted"))

    @Slot()
    def _show_current(self) -> None:
        row = self.row
        self.head.show_row(row)
        self.tabs.setVisible(row is not None)
        self._turn()

    @Slot()
    def _change_tab(self) -> None:
        """A page that was not in front may have missed news."""
        row, key = self.row, TABS[self.tabs.currentIndex()].key
        was_shown = row is not None and self._shown.get(key) == row.id
        self._turn()
        if was_shown and not self._desk.tasks.is_closed:
            cast(Any, self.pages[key]).refresh()

    @Slot()
    def _turn(self) -> None:
        """Show the campaign in front on the page in front."""
        row = self.row
        if row is not None:
            tab = TABS[self.tabs.currentIndex()]
            page = self.pages.get(tab.key)
            if page is None:
                page = self.pages[tab.key] = tab.make(self._desk)
                holder = self.tabs.currentWidget().layout()
                assert holder is not None
                holder.addWidget(page)
                if isinstance(page, CampaignPage):
                    page.changed.connect(self._follow)
            if self._shown.get(tab.key) != row.id:
                self._shown[tab.key] = row.id
                cast(Any, page).show_campaign(row.id)
        self._desk.commands.refresh()

    @property
    def page(self) -> CampaignPage | None:
        """The page in front, where it saves by the screen's keys."""
        found = self.pages.get(TABS[self.tabs.currentIndex()].key)
        return found if isinstance(found, CampaignPage) else None

    @property
    def _page_can_save(self) -> bool:
        return self.page is not None and self.page.can_save

    @property
    def _has_question(self) -> bool:
        return self.naming.is_asking or self.head.has_question

    # --- Acts

    @Slot()
    def new(self) -> None:
        """Ask for the name of a new campaign."""
        self._ask_name("", None)

    @Slot()
    def _ask_copy(self) -> None:
        row = self.row
        if row is not None:
            self._ask_name(_("Copy of {name}", name=row.name), row.id)

    def _ask_name(self, name: str, copied: int | None) -> None:
        self.stack.setCurrentIndex(0)
        self.head.drop()
        self.naming.ask(name, copied)
        self._desk.commands.refresh()

    @Slot(str, object)
    def _add(self, name: str, copied: int | None) -> None:
        tasks = self._desk.tasks
        if copied is None:
            tasks.write(save, CampaignDraft(name)).then(self._added, self._refused)
        else:
            tasks.write(copy_campaign, copied, name).then(self._added, self._refused)

    @Slot(object)
    def _added(self, card: CampaignCard) -> None:
        self.naming.answered(is_made=True)
        self._wanted = card.id
        self._reading.read(list_campaigns).then(self._take)
        self.show_first()

    def show_first(self) -> None:
        """A new campaign begins with its rules."""
        self.tabs.setCurrentIndex(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _refused(self, problem: Exception) -> None:
        self.naming.answered(is_made=False)
        self._desk.messages.show_error(problem)
        self._reading.read(list_campaigns).then(self._take)

    def _save(self) -> None:
        focused = QApplication.focusWidget()
        if self.naming.is_asking and focused is not None and self.naming.isAncestorOf(focused):
            self.naming.add()
        elif self.page is not None and self.page.can_save:
            self.page.save()

    @Slot()
    def _cancel(self) -> None:
        if self._has_question:
            self.naming.hide()
            self.head.drop()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self._fill()
        elif self.page is not None:
            self.page.cancel()
        self._desk.commands.refresh()

    # --- Following

    @Slot()
    def _follow(self) -> None:
        self._name_lines()
        self._desk.commands.refresh()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _SHAPED and not self._desk.tasks.is_closed:
            self._reading.read(list_campaigns).then(self._take)

    def _name_all(self) -> None:
        for place, tab in enumerate(TABS):
            self.tabs.setTabText(place, _(tab.text))
        self.list.setAccessibleName(_("Campaigns"))
        self._name_lines()
