"""The home screen: my tasks, my visits of the coming days, my reminders, and what has changed since yesterday."""

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import _n, format_date
from app.services.tickets import home, reminders
from app.services.tickets.home import ChangeRow, MyTasks, VisitRow
from app.services.tickets.reminders import ReminderRow
from ui.home import REMIND
from ui.home.lines import Line
from ui.home.part import Part
from ui.home.tabs import HomeTabs, call
from ui.home.unsaved import UnsavedTexts
from ui.home.words import change_line, greeting, group_line, reminder_line, task_line, visit_line
from ui.kit import theme
from ui.kit.bidi import sided
from ui.kit.commands import Command
from ui.kit.messages import Offer
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.styled import plain, primary_button, push_button, secondary, styled

if TYPE_CHECKING:
    from app.services.dialer.reminding import GroupReminder

__all__ = ["HomeScreen"]

DONE = Command("home.done", N_("Tick the reminder off"), "check", "Ctrl+D", "home")
_PARTS = {
    "tasks": ("tasks", "changes"),
    "tickets": ("tasks", "changes"),
    "visits": ("visits",),
    "reminders": ("reminders",),
    "notes": ("tasks",),
    "stages": ("tasks", "changes"),
}


class HomeScreen(QWidget):
    """Every part is read by itself, in the background, when something of it has changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._zone: tzinfo = UTC
        self._tasks: MyTasks | None = None
        self._visits: tuple[VisitRow, ...] = ()
        self._reminders: tuple[ReminderRow, ...] = ()
        self._group: tuple[GroupReminder, ...] = ()
        self._changes: tuple[ChangeRow, ...] = ()
        self._asked = {name: Latest(desk.tasks) for name in ("tasks", "visits", "reminders", "changes")}
        self._stale: set[str] = set()
        self._is_fresh = True
        self._build()
        self._connect()
        self.refresh()

    # --- Putting together

    def _build(self) -> None:
        self._day = QWidget()
        column = QVBoxLayout(self._day)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 16)])
        column.setSpacing(theme.scale(12))
        column.addLayout(self._head())
        self.unsaved = UnsavedTexts(self._desk)
        column.addWidget(self.unsaved)
        self.tasks = Part(N_("My tasks"), N_("Nothing waits for you."))
        self.visits = Part(N_("My visits"), N_("No visits in the coming days."))
        self.reminders = self._reminders_part()
        self.changes = Part(N_("Since yesterday"), N_("Nothing of yours has been moved by others."))
        grid = QGridLayout()
        grid.setSpacing(theme.scale(12))
        grid.addWidget(self.tasks, 0, 0, 2, 1)
        grid.addWidget(self.visits, 0, 1)
        grid.addWidget(self.reminders, 1, 1)
        grid.addWidget(self.changes, 2, 0, 1, 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        for row, stretch in enumerate((4, 4, 3)):
            grid.setRowStretch(row, stretch)
        column.addLayout(grid, 1)
        self._day.setFocusProxy(self.tasks)
        self.tabs = HomeTabs(self._desk, self._day)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.tabs)
        self.setFocusProxy(self.tabs)

    def _reminders_part(self) -> Part:
        remind = push_button(N_("Add"), "add", "quiet")
        remind.clicked.connect(self._add_reminder)
        self.done_button = push_button(N_("Done"), "check", "quiet")
        self.done_button.clicked.connect(self.tick_off)
        shown_to(self._desk.person, Permission.WORK_TASKS, remind)
        self.group_button = styled(QToolButton(), "segment")
        self.group_button.setCheckable(True)
        Texts(self.group_button).bind(self.group_button.setText, N_("My group's"))
        shown_to(self._desk.person, Permission.DIAL, self.group_button)
        self.group_button.toggled.connect(self._switch_reminders)
        self.take_button = push_button(N_("Take over"), "chosen", "quiet")
        self.take_button.clicked.connect(self.take_over)
        self.take_button.hide()
        text = N_("No reminders. Add one for what you must not forget.")
        part = Part(N_("Reminders"), text, self.group_button, self.take_button, self.done_button, remind)
        self._permit()
        self._desk.person.news.changed.connect(self._permit)
        return part

    @Slot()
    def _permit(self) -> None:
        """Whose reminders are shown says what can be done with them, and what the person may do."""
        may, of_group = self._desk.person.may, self.group_button.isChecked()
        if of_group and not may(Permission.DIAL):
            self.group_button.setChecked(False)
            return
        for button, is_there in (
            (self.take_button, of_group),
            (self.done_button, not of_group and may(Permission.WORK_TASKS)),
        ):
            if button.isHidden() is is_there:
                button.setVisible(is_there)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(12))
        words = QVBoxLayout()
        words.setSpacing(0)
        self.greeting = styled(plain(), "figure")
        self.summary = secondary()
        self.summary.setWordWrap(False)
        words.addWidget(self.greeting)
        words.addWidget(self.summary)
        row.addLayout(words, 1)
        self.new_button = primary_button(N_("New task"), "new")
        self.new_button.clicked.connect(self._begin_task)
        shown_to(self._desk.person, Permission.WORK_TASKS, self.new_button)
        row.addWidget(self.new_button, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _connect(self) -> None:
        self.tasks.view.opened.connect(self._open_task)
        self.visits.view.opened.connect(self._open_visit)
        self.reminders.view.opened.connect(self._open_reminder)
        self.changes.view.opened.connect(self._open_change)
        self.reminders.view.selectionModel().currentChanged.connect(self._follow)
        self.tabs.turned.connect(self.shown)
        self._desk.bridge.rows_changed.connect(self._hear)
        self._desk.commands.add(DONE, self.tick_off, owner=self.reminders, enabled=self._can_tick)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.setInterval(120)
        self._reading.timeout.connect(self._read_stale)
        self._clock = QTimer(self)
        self._clock.setInterval(60_000)
        self._clock.timeout.connect(self._say)
        self._clock.start()

    # --- What the frame asks for

    def refresh(self) -> None:
        """What F5 does: a lent page knows itself how to read anew."""
        self._stale |= set(self._asked)
        if self.tabs.page is self._day:
            self._read_stale()
        else:
            call(self.tabs.page, "refresh")

    @Slot()
    def shown(self) -> None:
        """What changed while it was covered is read when it comes to the front."""
        if self.tabs.page is self._day:
            self._read_stale()
        else:
            call(self.tabs.page, "shown")

    def task_at_hand(self) -> int | None:
        """The task of the line with the cursor; none while another page covers the lines."""
        if self.tabs.page is not self._day:
            return None
        parts = (self.tasks, self.changes, self.reminders, self.visits)
        focused = next((part for part in parts if part.view.hasFocus()), self.tasks)
        return focused.view.task_at_hand()

    # --- Reading

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _PARTS:
            self._stale |= set(_PARTS[table])
            self._reading.start()

    @Slot()
    def _read_stale(self) -> None:
        if not self._day.isVisible() and not self._is_fresh:
            return
        self._is_fresh = False
        stale, self._stale = self._stale, set()
        if "tasks" in stale:
            self._asked["tasks"].read(home.tasks).then(self._take_tasks)
        if "visits" in stale:
            self._asked["visits"].read(home.visits).then(self._take_visits)
        if "reminders" in stale:
            self._read_reminders()
        if "changes" in stale:
            self._asked["changes"].read(home.changes).then(self._take_changes)

    def _take_tasks(self, found: MyTasks) -> None:
        self._tasks, self._zone = found, ZoneInfo(found.time_zone)
        self._say()

    def _read_reminders(self) -> None:
        asked = self._asked["reminders"]
        if not self.group_button.isChecked():
            asked.read(reminders.mine).then(self._take_reminders)
            return
        from app.services.dialer import reminding  # The dial desk is mapped only where it is used.

        asked.read(reminding.of_group).then(self._take_group)

    @Slot()
    def _switch_reminders(self) -> None:
        """Show what my group's campaigns share, or mine again."""
        self._reminders, self._group = (), ()
        self._permit()
        self._read_reminders()

    def _take_group(self, found: "tuple[GroupReminder, ...]") -> None:
        self._group = found
        self.reminders.is_read = True
        self._say()

    def _take_visits(self, found: tuple[VisitRow, ...]) -> None:
        self._visits = found
        self.visits.is_read = True
        self._say()

    def _take_reminders(self, found: tuple[ReminderRow, ...]) -> None:
        self._reminders = found
        self.reminders.is_read = True
        self._say()

    def _take_changes(self, found: tuple[ChangeRow, ...]) -> None:
        self._changes = found
        self.changes.is_read = True
        self._say()

    # --- Saying

    @Slot()
    def _say(self) -> None:
        now = datetime.now(UTC)
        local = now.astimezone(self._zone)
        self.greeting.setText(sided(greeting(self._desk.person.name, local)))
        if self._tasks is not None:
            rows = self._tasks.rows
            self.tasks.show_lines([task_line(row, now, self._zone) for row in rows], has_more=self._tasks.has_more)
            self.summary.setText(self._summary(now, local))
        if self.visits.is_read:
            self.visits.show_lines([visit_line(row, now, self._zone) for row in self._visits])
        if self.reminders.is_read:
            mine = [reminder_line(row, now, self._zone) for row in self._reminders]
            self.reminders.show_lines(mine + [group_line(row, now, self._zone) for row in self._group])
        if self.changes.is_read:
            self.changes.show_lines([change_line(row, now, self._zone) for row in self._changes])
        self._follow()

    def _summary(self, now: datetime, local: datetime) -> str:
        rows = self._tasks.rows if self._tasks else ()
        overdue = sum(row.due_at is not None and row.due_at < now for row in rows)
        parts = [format_date(local.date(), "full"), _n("{count} open task", "{count} open tasks", len(rows))]
        if overdue:
            parts.append(_n("{count} overdue", "{count} overdue", overdue))
        return sided("  ·  ".join(parts))

    # --- Doing

    @Slot(int)
    def _open_task(self, task_id: int) -> None:
        self._desk.commands.run("tasks.open", task_id)

    @Slot(int)
    def _open_visit(self, visit_id: int) -> None:
        row = next((each for each in self._visits if each.id == visit_id), None)
        if row is not None:
            self._open(row.task_id, row.ticket_id)

    @Slot(int)
    def _open_reminder(self, reminder_id: int) -> None:
        shared = next((each for each in self._group if each.id == reminder_id), None)
        if shared is not None and shared.customer_id is not None:
            self._desk.commands.run("customers.open", shared.customer_id)
            return
        row = next((each for each in self._reminders if each.id == reminder_id), None)
        if row is not None and not self._open(row.task_id, row.ticket_id) and row.customer_id is not None:
            self._desk.commands.run("customers.open", row.customer_id)

    @Slot(int)
    def _open_change(self, step_id: int) -> None:
        row = next((each for each in self._changes if each.id == step_id), None)
        if row is not None:
            self._open(row.task_id, row.ticket_id)

    def _open(self, task_id: int | None, ticket_id: int | None) -> bool:
        run = self._desk.commands.run
        if task_id is not None:
            return run("tasks.open", task_id)
        return ticket_id is not None and run("tickets.open", ticket_id)

    @Slot()
    def _begin_task(self) -> None:
        self._desk.commands.run("tasks.new")

    @Slot()
    def _add_reminder(self) -> None:
        self._desk.commands.run(REMIND.id)

    @Slot()
    def _follow(self) -> None:
        self.done_button.setEnabled(self._can_tick())
        self.take_button.setEnabled(self.reminders.view.chosen() is not None)
        self._desk.commands.refresh()

    def _can_tick(self) -> bool:
        return self._desk.person.may(Permission.WORK_TASKS) and self._ticked() is not None

    def _ticked(self) -> ReminderRow | None:
        line: Line | None = self.reminders.view.chosen()
        return next((row for row in self._reminders if line is not None and row.id == line.key), None)

    @Slot()
    def take_over(self) -> None:
        """The chosen reminder of a colleague is mine, and the callback with it."""
        from app.services.dialer import reminding

        line: Line | None = self.reminders.view.chosen()
        row = next((each for each in self._group if line is not None and each.id == line.key), None)
        if row is not None:
            self._desk.tasks.write(reminding.take, row.id, row.version).then(self._taken, self._not_taken)

    def _taken(self, _version: int) -> None:
        self._desk.messages.success(N_("It is yours now."))
        self._read_reminders()

    def _not_taken(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self._read_reminders()

    @Slot()
    def tick_off(self) -> None:
        """The chosen reminder is done."""
        row = self._ticked()
        if row is not None:
            _Tick(self._desk, row, self).start()


class _Tick(QObject):
    """One reminder ticked off, with the way back."""

    def __init__(self, desk: Desk, row: ReminderRow, screen: HomeScreen) -> None:
        super().__init__(screen)
        self._desk, self._row, self._screen = desk, row, screen
        self._version = row.version

    def start(self) -> None:
        """Tick it off."""
        self._desk.tasks.write(reminders.finish, self._row.id, self._row.version).then(self._ticked, self._fail)

    def _ticked(self, version: int) -> None:
        self._version = version
        done = message(N_("Done: {text}"), text=self._row.text)
        self._desk.messages.success(done, offer=Offer(N_("Undo"), self._undo))

    def _undo(self) -> None:
        self._desk.tasks.write(reminders.take_back, self._row.id, self._version).then(self._end, self._fail)

    def _end(self, _version: int) -> None:
        self.deleteLater()

    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self._screen.refresh()
        self.deleteLater()
