"""The window of callbacks: who is to be called back, by whom and when, and what one can do about it."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.people import Permission
from app.domain.words import N_, counted
from app.i18n import _, format_date, format_time
from app.services.dialer import callbacks
from app.services.dialer.callbacks import CallbackRow, Colleague, Handed, Whose
from app.services.planner.company import company
from app.services.planner.rows import Company
from ui.dialer.callbacks.hours import HoursBeside
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.moment_field import MomentField
from ui.widgets.styled import push_button, styled
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["CallbacksWindow", "open_callbacks"]

_TABS: tuple[tuple[Whose, str], ...] = (
    (Whose.MINE, N_("Mine")),
    (Whose.ANYONE, N_("Anyone's")),
    (Whose.GROUP, N_("My group's")),
    (Whose.ALL, N_("All")),
)
_HEADERS = (N_("When"), N_("Customer's time"), N_("Customer"), N_("Campaign"), N_("Who calls back"))


class CallbacksWindow(QDialog):
    """Not modal; what others change is read again. Enter calls the chosen customer."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._whose = Whose.MINE
        self._rows: tuple[CallbackRow, ...] = ()
        self._asked: tuple[CallbackRow, bool] | None = None
        self._zone: tzinfo = UTC
        self._reading = Latest(desk.tasks)
        Texts(self).bind(self.setWindowTitle, N_("Callbacks"))
        self.resize(theme.scale(900), theme.scale(520))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(16)] * 4)
        column.setSpacing(theme.scale(12))
        column.addLayout(self._choice())
        column.addWidget(self._list(), 1)
        column.addLayout(self._acts())
        Texts(self).redo(self._fill)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(250)
        self._pause.timeout.connect(self.read)
        desk.bridge.rows_changed.connect(self._hear)
        desk.tasks.read(company).then(self._take_company)
        self.read()

    # --- Putting together

    def _choice(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(4))
        group = QButtonGroup(self)
        self.tabs: dict[Whose, QToolButton] = {}
        for whose, text in _TABS:
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            button.setChecked(whose is self._whose)
            Texts(button).bind(button.setText, text)
            button.clicked.connect(partial(self.show_whose, whose))
            group.addButton(button)
            self.tabs[whose] = button
            row.addWidget(button)
        shown_to(self._desk.person, Permission.RUN_CAMPAIGNS, self.tabs[Whose.ALL])
        row.addStretch(1)
        return row

    def _list(self) -> QWidget:
        self.model = TextTable(_HEADERS, self)
        self.table = TableView(several=False)
        self.table.setModel(self.model)
        self.table.remember(self._desk.memory, "callbacks")
        Texts(self.table).bind(self.table.setAccessibleName, N_("Callbacks"))
        self.table.opened.connect(self._call_row)
        self.table.chosen.connect(self._follow)
        for section, width in enumerate((150, 120, 220, 150)):
            self.table.setColumnWidth(section, theme.scale(width))
        self.nothing = EmptyState(
            "reminder", N_("Nobody is to be called back"), N_("A promise made in a call stands here until it is kept.")
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        return self.stack

    def _acts(self) -> QVBoxLayout:
        self.call = push_button(N_("Call now"), "call", "primary")
        self.take = push_button(N_("Take over"), "chosen", "quiet")
        self.give = push_button(N_("Give to…"), "hand-over", "quiet")
        self.give_all = push_button(N_("Give all of mine to…"), "people", "quiet")
        self._name_all = Texts(self.give_all)
        self.moment = MomentField(optional=True)
        self._hours = HoursBeside(self._desk.tasks, self.moment)
        self.shift = push_button(N_("Move"), "clock")
        self.moment.submitted.connect(self.move_it)
        self.moment.changed.connect(self._follow)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.scale(8))
        acts: tuple[tuple[QPushButton, Callable[[], object]], ...] = (
            (self.call, self.call_now),
            (self.take, self.take_over),
            (self.give, partial(self._ask, is_all=False)),
            (self.give_all, partial(self._ask, is_all=True)),
        )
        for button, act in acts:
            button.setAutoDefault(False)
            button.clicked.connect(partial(_without_checked, act))
            buttons.addWidget(button)
        buttons.addStretch(1)
        moving = QHBoxLayout()
        moving.setSpacing(theme.scale(8))
        moving.addWidget(self.moment, 1)
        moving.addWidget(self.shift, 0, Qt.AlignmentFlag.AlignTop)
        self.shift.setAutoDefault(False)
        self.shift.clicked.connect(self.move_it)
        QShortcut(QKeySequence("F5"), self, self.read)
        whole = QVBoxLayout()
        whole.setSpacing(theme.scale(8))
        whole.addLayout(buttons)
        whole.addLayout(moving)
        return whole

    # --- Reading

    def show_whose(self, whose: Whose, _checked: bool = False) -> None:
        """List mine, anyone's, the group's or all."""
        self._whose = whose
        self.tabs[whose].setChecked(True)
        self.read()

    @Slot()
    def read(self) -> None:
        """Read the list anew."""
        self._reading.read(callbacks.list_callbacks, self._whose).then(self._take)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in ("reminders", "call_queue", "call_attempts", "campaigns", "group_members"):
            self._pause.start()

    def _take_company(self, found: Company) -> None:
        self._zone = found.zone
        self._fill()

    def _take(self, rows: tuple[CallbackRow, ...]) -> None:
        chosen = self.chosen()
        self._rows = rows
        self._fill()
        kept = next((at for at, row in enumerate(rows) if chosen and row.entry_id == chosen.entry_id), 0)
        if rows:
            self.table.selectRow(kept)
        self._follow()

    def _fill(self) -> None:
        self.model.show_rows(
            [self._texts_of(row) for row in self._rows], [at for at, row in enumerate(self._rows) if row.is_due]
        )
        self.stack.setCurrentWidget(self.table if self._rows else self.nothing)

    def _texts_of(self, row: CallbackRow) -> tuple[str, ...]:
        here, there = row.due_at.astimezone(self._zone), row.due_at.astimezone(ZoneInfo(row.zone))
        when = _("{day}, {time}", day=format_date(here.date(), "day"), time=format_time(here))
        with_whom = row.user or _("Anyone")
        return when, format_time(there), row.customer, row.campaign, with_whom

    def chosen(self) -> CallbackRow | None:
        """The one the buttons are about."""
        at = self.table.currentIndex().row()
        return self._rows[at] if 0 <= at < len(self._rows) and self.table.selectionModel().hasSelection() else None

    @Slot()
    def _follow(self) -> None:
        row = self.chosen()
        for button in (self.call, self.give, self.take, self.shift, self.moment):
            button.setEnabled(row is not None)
        if row is None:
            self.give_all.hide()
            return
        is_mine = row.user_id == self._desk.person.id
        self.take.setEnabled(not is_mine)
        runs = self._desk.person.may(Permission.RUN_CAMPAIGNS)
        self.give_all.setVisible(row.user_id is not None and (is_mine or runs))
        self._name_all.bind(self.give_all.setText, N_("Give all of mine to…") if is_mine else N_("Give all of his to…"))
        self.shift.setEnabled(self.moment.value() is not None)
        self._hours.follow(row.campaign_id, row.zone)
        self.moment.set_zones(self._zone, ZoneInfo(row.zone), means_there=self.moment.theirs.isChecked())

    # --- Doing

    @Slot(QModelIndex)
    def _call_row(self, _index: QModelIndex) -> None:
        self.call_now()

    @Slot()
    def call_now(self) -> None:
        """Load the customer at the dial desk."""
        row = self.chosen()
        if row is not None and self._desk.commands.run("dialer.open_customer", row.campaign_id, row.customer_id):
            self.close()

    @Slot()
    def take_over(self) -> None:
        """The chosen callback is mine."""
        row = self.chosen()
        if row is not None:
            self._write(self._desk.tasks.write(callbacks.take_over, row.entry_id, row.user_id, row.due_at))

    @Slot()
    def move_it(self) -> None:
        """The chosen callback is for the moment that was typed."""
        row, at = self.chosen(), self.moment.value()
        if row is not None and at is not None:
            self._write(self._desk.tasks.write(callbacks.move, row.entry_id, row.user_id, row.due_at, at))
            self.moment.clear()

    def _ask(self, *, is_all: bool) -> None:
        row = self.chosen()
        if row is not None:
            self._asked = (row, is_all)
            self._desk.tasks.read(callbacks.colleagues, row.campaign_id).then(self._offer)

    def _offer(self, found: Sequence[Colleague]) -> None:
        if self._asked is None:
            return
        (row, is_all), self._asked = self._asked, None
        button = self.give_all if is_all else self.give
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(_("Anyone")).triggered.connect(partial(self._give, row, is_all, None))
        menu.addSeparator()
        for colleague in found:
            if colleague.id != row.user_id:
                name = isolate(colleague.name)
                shown = _("{name} (away)", name=name) if colleague.is_away else name
                action = menu.addAction(shown.replace("&", "&&"))
                action.triggered.connect(partial(self._give, row, is_all, colleague.id))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _give(self, row: CallbackRow, is_all: bool, to: int | None, _checked: bool = False) -> None:
        write = self._desk.tasks.write
        if is_all and row.user_id is not None:
            write(callbacks.hand_over, row.user_id, to).then(self._say_handed, self._fail)
        else:
            self._write(write(callbacks.give, row.entry_id, row.user_id, row.due_at, to))

    def _say_handed(self, handed: Handed) -> None:
        count = handed.given + handed.to_anyone
        self._desk.messages.success(
            counted("{count} callback was handed over.", "{count} callbacks were handed over.", count)
        )
        self.read()

    def _write(self, job: Job[Any]) -> None:
        job.then(self._done, self._fail)

    def _done(self, _nothing: object) -> None:
        self.read()

    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self.read()


def _without_checked(act: Callable[[], object], _checked: bool = False) -> None:
    act()


def open_callbacks(desk: Desk) -> None:
    """Show the window; the one that is open comes to the front."""
    parent = desk.commands.parent()
    assert isinstance(parent, QWidget)
    window = next((each for each in parent.findChildren(CallbacksWindow) if each.isVisible()), None)
    if window is None:
        window = CallbacksWindow(desk, parent)
        window.finished.connect(window.deleteLater)
        window.show()
    window.activateWindow()
    window.table.setFocus(Qt.FocusReason.OtherFocusReason)
