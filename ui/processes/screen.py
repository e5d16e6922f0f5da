"""The screen: the processes at the start side, the one at work beside them, and the profile catalogue behind a tab."""

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.words import N_
from app.i18n import _
from app.services.processes.flows import ProcessRow, list_processes
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.processes import RUN_REHEARSAL
from ui.processes.editor import ProcessEditor
from ui.processes.profiles_page import ProfilesPage
from ui.widgets.empty import EmptyState
from ui.widgets.start_list import StartList
from ui.widgets.styled import heading, icon_button, push_button, styled, tool

__all__ = ["ProcessesScreen"]

_CONTEXT = "processes"
NEW = Command("processes.new", N_("New process"), "new", "Alt+N", _CONTEXT)
SAVE = Command("processes.save", N_("Save"), "save", "Ctrl+S Ctrl+Return", _CONTEXT)
CANCEL = Command("processes.cancel", N_("Cancel"), "cancel", "Esc", _CONTEXT)
ADD = Command("processes.add_stage", N_("Add a stage"), "add", "Ins", _CONTEXT)
DELETE = Command("processes.delete_stage", N_("Delete the stage"), "delete", "Del", _CONTEXT)
EARLIER = Command("processes.earlier", N_("Stage one place earlier"), "sort-up", "Alt+Up", _CONTEXT)
LATER = Command("processes.later", N_("Stage one place later"), "sort-down", "Alt+Down", _CONTEXT)
UNDO = Command("processes.undo", N_("Undo"), "undo", "Ctrl+Z", _CONTEXT)
REDO = Command("processes.redo", N_("Redo"), "redo", "Ctrl+Y", _CONTEXT)
FIT = Command("processes.fit", N_("Fit the drawing"), "fit", "Alt+0", _CONTEXT)
ZOOM_IN = Command("processes.zoom_in", N_("Larger drawing"), "zoom-in", "Alt++ Alt+=", _CONTEXT)
HISTORY = Command("processes.points_history", N_("History of points…"), "history", "", _CONTEXT)
WHAT_IF = Command("processes.what_if", N_("What if…"), "reports", "", _CONTEXT)
ZOOM_OUT = Command("processes.zoom_out", N_("Smaller drawing"), "zoom-out", "Alt+-", _CONTEXT)

_ABOUT = N_(
    "A process is the way a kind of work goes, stage by stage, such as Request, Quote, Order, Done. Each stage names"
    " the profile that handles it, and tasks find the right person by themselves."
)
_SHAPED = frozenset({"processes", "stages", "stage_links", "stage_openings"})
_OFFERED = frozenset({"profiles", "user_profiles", "users", "mail_templates"})
_ID = Qt.ItemDataRole.UserRole


class ProcessesScreen(QWidget):
    """What is drawn and not saved stays with its process while others are looked at."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: tuple[ProcessRow, ...] = ()
        self._is_read = False
        self._wanted: int | None = None
        self._reading = Latest(desk.tasks)
        self.editor, self.profiles = ProcessEditor(desk), ProfilesPage(desk)
        self._build()
        self._add_commands()
        self._build_tools()
        self._connect()
        self.refresh()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        column.addWidget(self.tabs)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.start = StartList(NEW.text, 176)
        self.list, self.new_button = self.start.list, self.start.new_button
        row.addWidget(self.start)
        self.work = QWidget()
        self._work_column = QVBoxLayout(self.work)
        self._work_column.setContentsMargins(0, 0, 0, 0)
        self._work_column.setSpacing(0)
        row.addWidget(self.work, 1)
        self.empty = EmptyState("process", N_("No processes yet"), _ABOUT, N_("New process"))
        self.pages = QStackedWidget()
        self.pages.addWidget(page)
        self.pages.addWidget(self.empty)
        self.tabs.addTab(self.pages, "")
        self.tabs.addTab(self.profiles, "")
        self.setFocusProxy(self.list)

    def _build_tools(self) -> None:
        holder = styled(QWidget(), "toolrow")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(holder)
        row.setContentsMargins(*[theme.scale(each) for each in (16, 6, 16, 6)])
        row.setSpacing(theme.scale(4))
        self.title: QLabel = heading()
        self.title.setMinimumWidth(theme.scale(60))
        self.title.setWordWrap(True)
        row.addWidget(self.title, 1)
        for command in (ADD, DELETE, EARLIER, LATER, UNDO, REDO, ZOOM_OUT, FIT, ZOOM_IN):
            row.addWidget(tool(self._actions[command.id], with_text=command is ADD))
        row.addSpacing(theme.scale(8))
        self.history_button = icon_button("clock", N_("History"))
        self.history_button.clicked.connect(self._ask_history)
        row.addWidget(self.history_button)
        self.rehearse_button = push_button(N_("Rehearsal…"), "history")
        self.rehearse_button.clicked.connect(self._rehearse)
        row.addWidget(self.rehearse_button)
        self._work_column.addWidget(holder)
        self._work_column.addWidget(self.editor, 1)
        self._follow_commands()

    def _add_commands(self) -> None:
        editor, add = self.editor, self._desk.commands.add
        self._actions = {}

        def has_stage() -> bool:
            return self._is_in_front and editor.stage is not None

        for command, run, can in (
            (NEW, self.new, None),
            (SAVE, editor.save, lambda: self._is_in_front and editor.keeping.can_save()),
            (CANCEL, editor.keeping.discard, lambda: self._is_in_front and editor.keeping.can_save()),
            (ADD, editor.add_stage, lambda: self._is_in_front and editor.sheet is not None),
            (EARLIER, lambda: editor.move_stage(-1), has_stage),
            (LATER, lambda: editor.move_stage(1), has_stage),
            (UNDO, editor.undo, lambda: editor.sheet is not None and editor.sheet.can_undo),
            (REDO, editor.redo, lambda: editor.sheet is not None and editor.sheet.can_redo),
            (HISTORY, editor.show_history, lambda: has_stage() and editor.stage is not None and editor.stage.key > 0),
            (WHAT_IF, editor.show_what_if, lambda: self._is_in_front and editor.sheet is not None),
            (FIT, editor.graph.fit, None),
            (ZOOM_IN, lambda: editor.graph.zoom_by(1), None),
            (ZOOM_OUT, lambda: editor.graph.zoom_by(-1), None),
        ):
            self._actions[command.id] = add(command, run, owner=self, enabled=can)
        # Only where the drawing has the keyboard: in a field Delete takes a letter.
        self._actions[DELETE.id] = add(DELETE, editor.remove_stage, owner=editor.graph, enabled=has_stage)

    def _connect(self) -> None:
        Texts(self).redo(self._name)
        self.list.currentItemChanged.connect(self._show_current)
        self.new_button.clicked.connect(self.new)
        self.empty.chosen.connect(self.new)
        self.editor.changed.connect(self._follow)
        self.editor.keeping.saved.connect(self._take_saved)
        self.editor.keeping.removed.connect(self._take_removed)
        self.profiles.changed.connect(self._desk.commands.refresh)
        self.tabs.currentChanged.connect(self._turn)
        self._desk.bridge.rows_changed.connect(self._hear)
        self._desk.commands.changed.connect(self._follow_commands)

    # --- What the frame and other screens ask for

    def shown(self) -> None:
        """Counts of tasks may have changed meanwhile."""
        self.refresh()

    def refresh(self) -> None:
        """What F5 does; what is drawn stays."""
        if self._desk.tasks.is_closed:
            return
        self._reading.read(list_processes).then(self._take)
        self.editor.keeping.reload()
        self.editor.keeping.reload_offers()
        self.profiles.refresh()

    def open_process(self, process_id: int) -> None:
        """Show a process by its id."""
        self.tabs.setCurrentIndex(0)
        self._wanted = process_id
        if self._is_read:
            self._fill()

    @Slot()
    def new(self) -> None:
        """Begin a process, or on the other tab a profile."""
        if not self._is_in_front:
            self.profiles.new()
            return
        self._wanted = self.editor.keeping.new()
        self._fill()
        self.editor.process_form.focus_name()

    # --- The list

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The process in front, once it is saved."""
        number = self.list.currentIndex().data(_ID)
        row = next((each for each in self._rows if each.id == number), None)
        return ("processes", row.id, row.name) if row is not None else None

    @Slot()
    def _ask_history(self) -> None:
        if (card := self.card_at_hand()) is not None:
            self._desk.commands.run("history.open", *card)

    @property
    def _is_in_front(self) -> bool:
        return self.tabs.currentIndex() == 0

    @Slot(object)
    def _take(self, rows: tuple[ProcessRow, ...]) -> None:
        self._rows, self._is_read = rows, True
        self._fill()

    def _fill(self) -> None:
        """The list in its order, new ones first; the one at work stays chosen."""
        sheet = self.editor.sheet
        wanted = self._wanted if self._wanted is not None else sheet.number if sheet else None
        self._wanted = None
        numbers = [number for number in self.editor.keeping.sheets if number < 0] + [row.id for row in self._rows]
        if wanted not in numbers:
            wanted = numbers[0] if numbers else None
        with QSignalBlocker(self.list):
            self.list.clear()
            for number in numbers:
                item = QListWidgetItem(icons.icon("process"), "")
                item.setData(_ID, number)
                self.list.addItem(item)
                if number == wanted:
                    self.list.setCurrentItem(item, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.pages.setCurrentIndex(0 if numbers or not self._is_read else 1)
        self._name_lines()
        if wanted is not None and (sheet is None or sheet.number != wanted):
            self.editor.keeping.open(wanted)

    def _name_lines(self) -> None:
        rows = {row.id: row for row in self._rows}
        for place in range(self.list.count()):
            item = self.list.item(place)
            number = item.data(_ID)
            sheet, row = self.editor.keeping.sheets.get(number), rows.get(number)
            name = isolate(sheet.draft.name if sheet else row.name if row else "")
            is_active = sheet.draft.is_active if sheet else row is None or row.is_active
            name = name if is_active else _("{name} (not in use)", name=name)
            # The dot of an unsaved document, with words for those who do not see it.
            is_dirty = sheet is not None and sheet.is_dirty
            item.setText(f"• {name}" if is_dirty else name)
            item.setToolTip(_("Not saved yet") if is_dirty else "")
            item.setForeground(theme.tokens().color("text" if is_active else "muted"))

    @Slot()
    def _show_current(self) -> None:
        number = self.list.currentIndex().data(_ID)
        if isinstance(number, int):
            self.editor.keeping.open(number)

    @Slot(int)
    def _take_saved(self, number: int) -> None:
        self._wanted = number
        self._reading.read(list_processes).then(self._take)

    @Slot(int)
    def _take_removed(self, number: int) -> None:
        self.editor.keeping.forget(number)
        self._rows = tuple(row for row in self._rows if row.id != number)
        self._fill()
        self._reading.read(list_processes).then(self._take)

    # --- Following

    @Slot()
    def _follow(self) -> None:
        sheet = self.editor.sheet
        self.title.setText("" if sheet is None else isolate(sheet.draft.name))
        self._name_lines()
        self._desk.commands.refresh()

    @Slot()
    def _follow_commands(self) -> None:
        self.rehearse_button.setVisible(self._desk.commands.has(RUN_REHEARSAL))
        self.rehearse_button.setEnabled(self.editor.sheet is not None)

    @Slot()
    def _rehearse(self) -> None:
        if self.editor.sheet is not None:
            self._desk.commands.run(RUN_REHEARSAL, self.editor.sheet.draft)

    @Slot()
    def _turn(self) -> None:
        """The keyboard goes along."""
        (self.list if self._is_in_front else self.profiles).setFocus(Qt.FocusReason.OtherFocusReason)
        self._desk.commands.refresh()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _SHAPED:
            self._reading.read(list_processes).then(self._take)
            self.editor.keeping.reload()
        if table in _SHAPED | _OFFERED:
            self.editor.keeping.reload_offers()
            self.profiles.refresh()

    def _name(self) -> None:
        self.tabs.setTabText(0, _("Processes"))
        self.tabs.setTabText(1, _("Profiles"))
        self.list.setAccessibleName(_("Processes"))
        self._name_lines()
