"""The screen: what can be set up on the one side, the chosen list with its form on the other."""

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.admin.entries import ENTRIES
from ui.admin.page import PageView
from ui.admin.section import Elsewhere, Section, Workspace
from ui.admin.view import SectionView
from ui.kit import icons, theme
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.styled import styled

__all__ = ["SetupScreen"]

_CONTEXT = "admin"
NEW = Command("admin.new", N_("New entry"), "new", "Ctrl+Shift+N", _CONTEXT)
SAVE = Command("admin.save", N_("Save"), "save", "Ctrl+S Ctrl+Return", _CONTEXT)
CANCEL = Command("admin.cancel", N_("Cancel"), "cancel", "Esc", _CONTEXT)

_LAST = "admin/section"


class SetupScreen(QWidget):
    """Every entry has its page, made when it is first shown and kept with what is typed in it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._pages: dict[str, QWidget] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.list = self._build_list()
        row.addWidget(self.list)
        self.stack = QStackedWidget()
        row.addWidget(self.stack, 1)
        self.setFocusProxy(self.list)
        add = desk.commands.add
        add(NEW, self._new, owner=self, enabled=lambda: self._view is not None and bool(self._view.section.new))
        add(SAVE, self._save, owner=self, enabled=lambda: self._front is not None)
        add(CANCEL, self._cancel, owner=self, enabled=lambda: self._front is not None and self._front.can_cancel)
        self.list.currentItemChanged.connect(self._show_current)
        self.list.itemActivated.connect(self._activate)
        Texts(self).redo(self._name)
        theme.news.changed.connect(self._resize)
        self._resize()
        self.show_entry(desk.memory.get(_LAST) or "users")

    def _build_list(self) -> QListWidget:
        entries = styled(QListWidget(), "sections")
        entries.setIconSize(QSize(18, 18))
        entries.setFrameShape(QListWidget.Shape.NoFrame)
        entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title, members in ENTRIES:
            heading = QListWidgetItem()
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setData(Qt.ItemDataRole.UserRole + 1, title)
            entries.addItem(heading)
            for entry in members:
                item = QListWidgetItem(icons.icon(entry.icon), "")
                item.setData(Qt.ItemDataRole.UserRole, entry.key)
                item.setData(Qt.ItemDataRole.UserRole + 1, entry.text)
                entries.addItem(item)
        return entries

    def show_entry(self, key: str) -> None:
        """Go to an entry by its key; one that is not there leaves the place as it is."""
        for item in self._items():
            if item.data(Qt.ItemDataRole.UserRole) == key:
                self.list.setCurrentItem(item, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return
        if self.list.currentItem() is None:
            self.list.setCurrentRow(1)

    def show_backup(self) -> None:
        """Go to the backups."""
        self.show_entry("backup")

    def refresh(self) -> None:
        """Read the list in front anew."""
        if self._front is not None:
            self._front.refresh()

    def start_search(self) -> None:
        """Put the cursor into the search field of the list in front."""
        if self._view is not None:
            self._view.start_search()

    # --- Inside

    @property
    def _view(self) -> SectionView | None:
        page = self.stack.currentWidget()
        return page if isinstance(page, SectionView) else None

    @property
    def _front(self) -> SectionView | PageView | None:
        page = self.stack.currentWidget()
        return page if isinstance(page, SectionView | PageView) else None

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    @Slot()
    def _show_current(self) -> None:
        key = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        if key is None:
            return
        if key not in self._pages:
            self._pages[key] = self._page(_entry(key))
            self.stack.addWidget(self._pages[key])
        self.stack.setCurrentWidget(self._pages[key])
        self._desk.memory.put(_LAST, key)
        self._desk.commands.refresh()

    def _page(self, entry: Section[Any] | Elsewhere | Workspace) -> QWidget:
        if isinstance(entry, Section):
            return SectionView(self._desk, entry)
        if isinstance(entry, Workspace):
            return entry.make(self._desk)
        page = EmptyState(entry.icon, entry.text, entry.about, entry.button)
        page.chosen.connect(self._open_elsewhere)
        return page

    @Slot()
    def _activate(self) -> None:
        """Enter goes into the list of a section, or opens the window."""
        view = self._front
        if view is None:
            self._open_elsewhere()
        elif isinstance(view, PageView):
            view.setFocus(Qt.FocusReason.OtherFocusReason)
        elif view.section.is_single:
            view.form.focus()
        else:
            view.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _open_elsewhere(self) -> None:
        entry = _entry(self.list.currentItem().data(Qt.ItemDataRole.UserRole))
        if not isinstance(entry, Elsewhere):
            return
        commands = self._desk.commands
        if not commands.has(entry.command):
            # A screen brings its commands when it is first shown.
            self._desk.go(entry.screen)
            self._desk.go(self.objectName())
        if not commands.run(entry.command):
            self._desk.messages.warning(N_("This window cannot be opened now."))

    def _new(self) -> None:
        if self._view is not None:
            self._view.new()

    def _save(self) -> None:
        if self._front is not None:
            self._front.save()

    def _cancel(self) -> None:
        if self._front is not None:
            self._front.cancel()

    def _name(self) -> None:
        self.list.setAccessibleName(_("Set-up"))
        for item in self._items():
            item.setText(_(item.data(Qt.ItemDataRole.UserRole + 1)))
        self._resize()

    @Slot()
    def _resize(self) -> None:
        small = theme.font(9, strong=True)
        for item in self._items():
            is_heading = item.data(Qt.ItemDataRole.UserRole) is None
            item.setFont(small if is_heading else QFont())
            if is_heading:
                item.setForeground(theme.tokens().color("muted"))
        # As wide as its longest name, up to a limit: what is longer is cut.
        needed = self.list.sizeHintForColumn(0) + self.list.verticalScrollBar().sizeHint().width() + theme.scale(20)
        self.list.setFixedWidth(min(max(theme.scale(196), needed), theme.scale(252)))


def _entry(key: str) -> Section[Any] | Elsewhere | Workspace:
    return next(entry for _title, members in ENTRIES for entry in members if entry.key == key)
