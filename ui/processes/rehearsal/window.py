"""The window of a rehearsal: what would move, from whom to whom, and what it makes of everybody's load."""

from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from app.domain.processes.flow import ProcessDraft
from app.domain.words import N_
from app.i18n import _n, say
from app.services.processes.rehearsal import Change, Rehearsal, rehearse
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Executor, Job, Progress
from ui.processes.rehearsal.tables import BARS, BarDelegate, PeopleTable, StepTable
from ui.widgets.beside import BesideWindow
from ui.widgets.busy import BusyStrip
from ui.widgets.empty import EmptyState
from ui.widgets.styled import heading, secondary, styled
from ui.widgets.table import TableView

__all__ = ["RehearsalWindow", "show_rehearsal"]

DAYS = (7, 30, 90)


def change_of(wanted: Change | ProcessDraft) -> Change:
    """What a process draft changes; its new stages have no past."""
    if isinstance(wanted, Change):
        return wanted
    return Change(stages={stage.key: stage.profile_id for stage in wanted.stages if stage.key > 0})


def show_rehearsal(desk: Desk, wanted: Change | ProcessDraft, name: str = "") -> "RehearsalWindow":
    """Show what this would change, in the window that is open or a new one."""
    window = RehearsalWindow.of(desk)
    window.show_change(change_of(wanted), wanted.name if isinstance(wanted, ProcessDraft) else name)
    window.come()
    return window


def _rehearse(progress: Progress, backend: Executor, change: Change, days: int) -> Rehearsal:
    return backend.execute(rehearse, change, days=days, progress=progress)


class RehearsalWindow(BesideWindow):
    """Beside the work, so that the change can be tried, altered and tried again."""

    name, key, size_at_first = N_("Rehearsal"), "processes.rehearsal", (1280, 640)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._change = Change()
        self._name = ""
        self._job: Job[Rehearsal] | None = None
        self.answer: Rehearsal | None = None
        self._build()

    # --- Putting together

    def _build(self) -> None:
        column = self.body
        column.addWidget(
            secondary(
                N_("Past automatic hand-overs, chosen again as if this change had been made before. Nothing is saved.")
            )
        )
        column.addLayout(self._build_tools())
        self.figure = styled(heading(), "figure")
        column.addWidget(self.figure)
        self.pages = QStackedWidget()
        self.nothing = EmptyState("check", N_("Nothing would move"), N_("Everybody would have had the same tasks."))
        self.pages.addWidget(self._build_tables())
        self.pages.addWidget(self.nothing)
        column.addWidget(self.pages, 1)
        self.left_out = styled(secondary(), "note-box")
        self.left_out.hide()
        column.addWidget(self.left_out)

    def _build_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(4))
        self.periods = QButtonGroup(self)
        for days in DAYS:
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            button.setChecked(days == 30)
            self.texts.redo(partial(_name_days, button, days))
            self.periods.addButton(button, days)
            row.addWidget(button)
        self.periods.idClicked.connect(self._ask_period)
        row.addSpacing(theme.scale(12))
        self.all_box = QCheckBox()
        self.texts.bind(self.all_box.setText, N_("Show what stays too"))
        self.all_box.toggled.connect(self._fill)
        row.addWidget(self.all_box)
        row.addStretch(1)
        self.busy = BusyStrip()
        row.addWidget(self.busy)
        return row

    def _build_tables(self) -> QWidget:
        self.people, self.steps = PeopleTable(self), StepTable(self)
        self.people_view, self.steps_view = TableView(several=False), TableView()
        self.people_view.setModel(self.people)
        self.people_view.setItemDelegateForColumn(BARS, BarDelegate(self.people_view))
        self.people_view.remember(self._desk.memory, "rehearsal.people", (120, 72, 64, 130))
        self.texts.bind(self.people_view.setAccessibleName, N_("Hand-overs by person"))
        self.steps_view.setModel(self.steps)
        self.steps_view.remember(self._desk.memory, "rehearsal.steps", (140, 150, 110, 105, 110, 190, 190))
        self.texts.bind(self.steps_view.setAccessibleName, N_("Hand-overs"))
        self.steps_view.opened.connect(self._open_task)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.people_view)
        splitter.addWidget(self.steps_view)
        splitter.setSizes([theme.scale(400), theme.scale(850)])
        self._desk.memory.splitter(splitter, "rehearsal")
        return splitter

    # --- Asking

    def show_change(self, change: Change, name: str) -> None:
        """Rehearse this change; `name` is whom or what it concerns."""
        self._change, self._name = change, name
        if name:
            self.texts.bind(self.title.setText, N_("What would change: {name}"), name=isolate(name))
        else:
            self.texts.bind(self.title.setText, N_("What would change?"))
        self._ask_period(self.periods.checkedId())

    @Slot(int)
    def _ask_period(self, days: int) -> None:
        if self._job is not None:
            self._job.cancel()
        text = N_("Rehearsing the hand-overs")
        job = self._desk.tasks.long(text, _rehearse, self._desk.backend, self._change, days)
        self._job = job.then(self._show, self._fail)
        self.busy.follow(job, text)

    @Slot(object)
    def _show(self, answer: Rehearsal) -> None:
        self._job = None
        self.answer = answer
        self.steps.zone = ZoneInfo(answer.time_zone)
        self.texts.redo(self._say, key="say")
        self._fill()

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        self._job = None
        self._desk.messages.show_error(problem)

    def done(self, result: int) -> None:
        """Nobody waits for the answer any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        super().done(result)

    # --- Showing

    @Slot()
    def _fill(self) -> None:
        if self.answer is None:
            return
        moved = self.answer.moved
        steps = self.answer.steps if self.all_box.isChecked() else moved
        self.steps.show_rows(steps)
        self.people.show_people(self.answer.people)
        self.pages.setCurrentIndex(0 if steps else 1)

    def _say(self) -> None:
        if self.answer is None:
            return
        moved, total = len(self.answer.moved), len(self.answer.steps)
        said = _n(
            "{count} of {total} hand-overs would go to somebody else",
            "{count} of {total} hand-overs would go to somebody else",
            moved,
            total=total,
        )
        self.figure.setText(said)
        self.left_out.setText("\n".join(say(line) for line in self.answer.left_out))
        self.left_out.setVisible(bool(self.answer.left_out))
        if total:
            self.nothing.say(N_("Nothing would move"), N_("Everybody would have had the same tasks."))
        else:
            self.nothing.say(N_("No hand-overs"), N_("Nothing was handed over automatically in these days."))

    @Slot(QModelIndex)
    def _open_task(self, index: QModelIndex) -> None:
        if index.row() < len(self.steps.rows):
            self._desk.commands.run("tasks.open", self.steps.rows[index.row()].task_id)


def _name_days(button: QToolButton, days: int) -> None:
    button.setText(_n("{count} day", "{count} days", days))
