"""The tasks' screen: whose tasks, search and filters, and the list; Enter opens the update window."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QTimer, Slot
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import _, _n, format_number
from app.services.counting import Count
from app.services.tickets import task_list
from app.services.tickets.task_rows import Cursor, Page, Scope, Sort, TaskFilter, TaskLists, TaskRow
from ui.kit import theme
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.tickets.tasks import NEW, OPEN
from ui.tickets.tasks.filters import ScopeBar, TaskFilters
from ui.tickets.tasks.model import SORTS, WIDTHS, Column, TaskTable
from ui.widgets.empty import EmptyState
from ui.widgets.live import ChangedRows
from ui.widgets.paged import PagedView, Pages
from ui.widgets.search import SearchField
from ui.widgets.styled import primary_button, secondary, tool_row

__all__ = ["TasksScreen"]

_ABOUT = N_("Work that was handed to you stands here, the nearest first. New tasks come in by themselves.")
_LISTS = {"users", "processes", "stages", "activity_types", "company"}
_SHOWN = {"tickets", "customers", "notes", "stages", "users"}
_SCOPE_KEY = "tasks/scope"


class TasksScreen(QWidget):
    """The list; what others change shows while selection and scroll stay."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sort = Sort()
        self._count: Count | None = None
        self.model = TaskTable(self)
        self.view = PagedView(self.model)
        self.scope = ScopeBar()
        self.filters = TaskFilters()
        self.search = SearchField(N_("Task, ticket, customer"))
        self.pages = Pages(self.model, self._ask, _cursor, self)
        self.changed = ChangedRows(self.model, self._ask, self._ask_named, page=task_list.PAGE)
        self._lists, self._counts = Latest(desk.tasks), Latest(desk.tasks)
        self._build()
        self._take_scope(_remembered(desk))
        self._connect()
        self._read_lists()
        self._ask_anew()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        self._nothing = EmptyState("tasks", N_("Nothing waits for you"), _ABOUT, NEW.text)
        shown_to(self._desk.person, Permission.WORK_TASKS, self._nothing.button)
        self._nothing.chosen.connect(self._begin)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        column.addWidget(self._stack, 1)
        self.view.sort_shown(int(Column.DUE), descending=False)
        self.view.remember(self._desk.memory, "tasks", WIDTHS)
        Texts(self.view).bind(self.view.setAccessibleName, N_("Tasks"))
        self.setFocusProxy(self.view)

    def _tool_row(self) -> QWidget:
        holder, row = tool_row()
        self.search.setMinimumWidth(theme.scale(140))
        self.search.setMaximumWidth(theme.scale(260))
        self.count: QLabel = secondary()
        self.count.setWordWrap(False)
        self.new_button = primary_button(NEW.text, "new")
        self.new_button.clicked.connect(self._begin)
        shown_to(self._desk.person, Permission.WORK_TASKS, self.new_button)
        row.addWidget(self.scope)
        row.addWidget(self.search, 3)
        row.addWidget(self.filters, 1)
        row.addWidget(self.count)
        row.addWidget(self.new_button)
        return holder

    def _connect(self) -> None:
        self._texts = Texts(self)
        self._texts.redo(self._say_count, key="count")
        self.pages.started.connect(self._show_start)
        self.changed.taken.connect(self._settle)
        self.pages.failed.connect(self._desk.messages.show_error)
        self.scope.changed.connect(self._take_scope)
        self.filters.changed.connect(self._ask_anew)
        self.search.searched.connect(self._ask_anew)
        self.search.returnPressed.connect(self._enter_list)
        self.model.sort_wanted.connect(self._sort_by)
        self.view.start_wanted.connect(self.pages.restart)
        self.view.end_wanted.connect(self.pages.to_end)
        self.view.opened.connect(self._open_index)
        self._desk.bridge.rows_changed.connect(self._hear)
        self._clock = QTimer(self)
        self._clock.setInterval(60_000)
        self._clock.timeout.connect(self.model.redress)
        self._clock.start()

    # --- What the frame and other screens ask for

    def refresh(self) -> None:
        """What F5 does."""
        self._read_lists()
        self._ask_anew()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        self.search.setFocus()
        self.search.selectAll()

    def task_at_hand(self) -> int | None:
        """The chosen task."""
        row = self.view.currentIndex().row()
        return self.model.rows[row].id if 0 <= row < len(self.model.rows) else None

    # --- Reading

    @property
    def wanted(self) -> TaskFilter:
        """Which tasks are listed."""
        return replace(self.filters.value(), text=self.search.text().strip())

    def _ask(self, **where: Any) -> Job[Page]:
        return self._desk.tasks.read(task_list.page, self.wanted, self._sort, **where)

    def _ask_named(self, ids: Collection[int]) -> Job[tuple[TaskRow, ...]]:
        return self._desk.tasks.read(task_list.named, ids, self.wanted, self._sort)

    @Slot()
    def _ask_anew(self) -> None:
        self.changed.cancel()
        self.pages.restart()
        self._read_count()

    @Slot(object)
    def _take_scope(self, scope: Scope) -> None:
        self.scope.set_value(scope)
        self._desk.memory.put(_SCOPE_KEY, scope.value)
        self.filters.set_value(replace(self.filters.value(), scope=scope))

    @Slot(int, bool)
    def _sort_by(self, column: int, descending: bool) -> None:
        wanted = Sort(SORTS[Column(column)], descending)
        if wanted != self._sort:
            self._sort = wanted
            self.changed.cancel()
            self.pages.restart()

    def _read_count(self) -> None:
        self._counts.read(task_list.count, self.wanted).then(self._take_count)

    def _take_count(self, count: Count) -> None:
        self._count = count
        self._say_count()

    def _say_count(self) -> None:
        count = self._count
        if count is None:
            self.count.clear()
        elif count.is_exact:
            self.count.setText(_n("{count} task", "{count} tasks", count.number))
        else:
            self.count.setText(_("More than {count} tasks", count=format_number(count.number)))

    def _read_lists(self) -> None:
        self._lists.read(task_list.lists).then(self._take_lists)

    def _take_lists(self, found: TaskLists) -> None:
        self.model.zone = ZoneInfo(found.time_zone)
        self.model.redress()
        self.filters.offer(found)

    @Slot()
    def _show_start(self) -> None:
        is_empty = not self.model.rows
        if is_empty and self.wanted == TaskFilter():
            self._nothing.say(N_("Nothing waits for you"), _ABOUT)
        elif is_empty:
            self._nothing.say(N_("Nothing found"), N_("No task fits the search and the filters."))
        self._stack.setCurrentWidget(self._nothing if is_empty else self.view)
        if self.model.has_before and not self.model.has_after:
            self.view.scrollToBottom()

    # --- What others change

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table in _LISTS:
            self._read_lists()
        if table == "tasks":
            self._read_changed(ids)
        elif table in _SHOWN:
            self._read_changed(frozenset(row.id for row in self.model.rows))

    def _read_changed(self, ids: Collection[int] | None) -> None:
        self.changed.read(ids)
        self._read_count()

    @Slot()
    def _settle(self) -> None:
        if self.model.rows:
            self._stack.setCurrentWidget(self.view)
        else:
            self._show_start()

    # --- Doing

    @Slot()
    def _enter_list(self) -> None:
        if self.model.rows:
            self.view.setFocus()
            if not self.view.currentIndex().isValid():
                self.view.selectRow(0)

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self._desk.commands.run(OPEN.id, self.model.rows[index.row()].id)

    @Slot()
    def _begin(self) -> None:
        self._desk.commands.run(NEW.id)


def _cursor(row: TaskRow) -> Cursor:
    return row.cursor


def _remembered(desk: Desk) -> Scope:
    kept = desk.memory.get(_SCOPE_KEY)
    return next((scope for scope in Scope if scope.value == kept), Scope.MINE)
