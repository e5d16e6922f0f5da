"""The profile catalogue in its three sections, with who holds each profile; names are changed where they stand."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import i18n
from app.domain.errors import Conflict, NotFound
from app.domain.processes.naming import MAIN_PROFILES, listed
from app.domain.words import N_, message
from app.i18n import _, _n
from app.services.processes.profiles import WORKER, ProfileRow, delete_profile, list_profiles, save_profile
from ui.kit import icons, theme
from ui.kit.bidi import bare, isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.processes.profile_points import ProfilePoints, summary
from ui.widgets.standing import StandingLine
from ui.widgets.styled import primary_button, push_button, secondary, styled

__all__ = ["ProfilesPage"]

_ROW = Qt.ItemDataRole.UserRole
_ORDER = (WORKER, "customer", "supplier")
_ICONS = {WORKER: "people", "customer": "customer", "supplier": "company"}
_ABOUT = N_(
    "Tasks of a stage go to the workers who hold its profile. Profiles of customers and suppliers are tags for lists,"
    " reports and mail."
)


class _Tree(QTreeWidget):
    """Signal: `removal_wanted()` on Delete."""

    removal_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete asks; Enter edits as F2 does, unless it is the one that ended the editing."""
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() == Qt.Key.Key_Delete and not is_editing:
            self.removal_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_editing:
            item = self.currentItem()
            if item is not None and item.flags() & Qt.ItemFlag.ItemIsEditable:
                self.editItem(item, 0)
        else:
            super().keyPressEvent(event)


class ProfilesPage(QWidget):
    """The three main profiles and what hangs under them. Signal: `changed()` when the choice or the list has."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: tuple[ProfileRow, ...] = ()
        self._wanted: int | None = None
        self._reading = Latest(desk.tasks)
        styled(self, "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self.new_button.clicked.connect(self.new)
        self.delete_button.clicked.connect(self.ask_to_delete)
        self.confirm.clicked.connect(self._delete)
        self.keep.clicked.connect(self._keep)
        self.tree.removal_wanted.connect(self.ask_to_delete)
        self.tree.itemChanged.connect(self._take_name)
        self.tree.currentItemChanged.connect(self._follow)
        self.points.saved.connect(self.refresh)
        self.points.failed.connect(self._fail)
        Texts(self).redo(self._show)
        theme.news.changed.connect(self._show)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(16)] * 4)
        column.setSpacing(theme.scale(12))
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        row.addWidget(secondary(_ABOUT), 1)
        self.delete_button = push_button(N_("Delete"), "delete")
        self.new_button = primary_button(N_("New profile"), "new")
        row.addWidget(self.delete_button)
        row.addWidget(self.new_button)
        column.addLayout(row)
        self.confirm, self.keep = push_button(N_("Delete"), look="danger"), push_button(N_("Keep"))
        self.question = StandingLine(self.confirm, self.keep)
        column.addWidget(self.question)
        self.tree = _Tree()
        self.tree.setColumnCount(4)
        self.tree.setUniformRowHeights(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        for place, width in enumerate((240, 300, 80, 140)):
            header.resizeSection(place, theme.scale(width))
        column.addWidget(self.tree, 1)
        self.points = ProfilePoints(self._desk)
        self.points.hide()
        column.addWidget(self.points)
        self.setFocusProxy(self.tree)

    # --- Reading

    @Slot()
    def refresh(self) -> None:
        """Read the catalogue anew."""
        if not self._desk.tasks.is_closed:
            self._reading.read(list_profiles).then(self._take)

    @Slot(object)
    def _take(self, rows: tuple[ProfileRow, ...]) -> None:
        if rows != self._rows or self._wanted is not None or not self.tree.topLevelItemCount():
            self._rows = rows
            self._show()

    @Slot()
    def _show(self) -> None:
        if self.tree.state() == QAbstractItemView.State.EditingState:
            return
        chosen = self._wanted or (self.row.id if self.row else None)
        main = self.main
        self._wanted = None
        self.tree.setAccessibleName(_("Profiles"))
        with QSignalBlocker(self.tree):
            self.tree.clear()
            self.tree.setHeaderLabels([_("Profile"), _("Held by"), _("Stages"), _("Points")])
            for each in _ORDER:
                section = self._section(each)
                for row in (row for row in self._rows if row.main == each):
                    item = self._line(section, row)
                    if row.id == chosen:
                        self.tree.setCurrentItem(item)
                if chosen is None and each == main:
                    self.tree.setCurrentItem(section)
                if not section.childCount():
                    none = QTreeWidgetItem(section, [_("None yet")])
                    none.setFlags(Qt.ItemFlag.NoItemFlags)
                    none.setForeground(0, theme.tokens().color("muted"))
        self._follow()

    def _section(self, main: str) -> QTreeWidgetItem:
        section = QTreeWidgetItem(self.tree, [i18n.say(MAIN_PROFILES[main])])
        section.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        section.setData(0, _ROW, main)
        section.setIcon(0, icons.icon(_ICONS[main], "text"))
        section.setFont(0, theme.font(10, strong=True))
        section.setSizeHint(0, QSize(0, theme.row_height()))
        section.setExpanded(True)
        return section

    def _line(self, section: QTreeWidgetItem, row: ProfileRow) -> QTreeWidgetItem:
        if row.main == WORKER:
            names = listed([isolate(name) for name in row.held_by]) or _("Nobody")
            held = i18n.say(names) if not isinstance(names, str) else names
            stages = i18n.format_number(row.stages) if row.stages else ""
        else:
            held, stages = _n("{count} customer", "{count} customers", row.customers), ""
        item = QTreeWidgetItem(section, [row.name, held, stages, summary(row) if row.main == WORKER else ""])
        item.setData(0, _ROW, row)
        item.setSizeHint(0, QSize(0, theme.row_height()))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable)
        if row.main == WORKER and not row.held_by:
            item.setForeground(1, theme.tokens().color("warning" if row.stages else "muted"))
        return item

    # --- What is chosen

    @property
    def row(self) -> ProfileRow | None:
        """The chosen profile."""
        item = self.tree.currentItem()
        data = None if item is None else item.data(0, _ROW)
        return data if isinstance(data, ProfileRow) else None

    @property
    def main(self) -> str:
        """The section one is in."""
        item = self.tree.currentItem()
        data = None if item is None else item.data(0, _ROW)
        return data.main if isinstance(data, ProfileRow) else data if isinstance(data, str) else WORKER

    def item_of(self, name: str) -> QTreeWidgetItem | None:
        """The line of a profile or a section by its words."""
        found = self.tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive, 0)
        return found[0] if found else None

    @Slot()
    def _follow(self) -> None:
        row = self.row
        self.delete_button.setEnabled(row is not None)
        self.points.setVisible(row is not None and row.main == WORKER)
        if row is not None:
            self.points.show_profile(row)
        self.question.say(None)
        self.changed.emit()

    # --- Changing

    @Slot()
    def new(self) -> None:
        """A new line in the section one is in, its name to be typed."""
        main = self.main
        section = next(
            item
            for item in (self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount()))
            if item is not None and item.data(0, _ROW) == main
        )
        with QSignalBlocker(self.tree):
            item = QTreeWidgetItem(section, ["", "", "", ""])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable)
            item.setData(0, _ROW, main)
            item.setSizeHint(0, QSize(0, theme.row_height()))
            section.setExpanded(True)
            self.tree.setCurrentItem(item)
        self.tree.scrollToItem(item)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        self.tree.editItem(item, 0)
        self.tree.itemDelegate().closeEditor.connect(self._drop_empty, Qt.ConnectionType.UniqueConnection)

    @Slot()
    def _drop_empty(self) -> None:
        """A line that got no name was not meant."""
        item = self.tree.currentItem()
        section = None if item is None else item.parent()
        is_begun = item is not None and isinstance(item.data(0, _ROW), str)
        if item is not None and section is not None and is_begun and not item.text(0).strip():
            with QSignalBlocker(self.tree):
                section.removeChild(item)
                self.tree.setCurrentItem(section)
            self._follow()

    @Slot(QTreeWidgetItem, int)
    def _take_name(self, item: QTreeWidgetItem, _column: int) -> None:
        data, name = item.data(0, _ROW), bare(item.text(0))
        if isinstance(data, ProfileRow) and name != data.name:
            writing = self._desk.tasks.write(save_profile, name, data.main, row_id=data.id, version=data.version)
            writing.then(self._saved, self._fail)
        elif isinstance(data, str) and name.strip():
            self._desk.tasks.write(save_profile, name, data).then(self._saved, self._fail)

    @Slot(object)
    def _saved(self, row: ProfileRow) -> None:
        self._wanted = row.id
        self.refresh()

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self._rows = ()
        if isinstance(problem, Conflict | NotFound):
            self._wanted = None
        self.refresh()

    @Slot()
    def ask_to_delete(self) -> None:
        """Put the question."""
        if self.row is not None:
            self.question.say(message(N_("Delete {name}?"), name=self.row.name))
            self.keep.setFocus()

    @Slot()
    def _keep(self) -> None:
        self.question.say(None)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _delete(self) -> None:
        row = self.row
        self._keep()
        if row is not None:
            self._desk.tasks.write(delete_profile, row.id, row.version).then(self._deleted, self._fail)

    @Slot(object)
    def _deleted(self, _answer: object) -> None:
        self.refresh()
