"""The window of a what-if: what last month would have given under the points as they are drawn."""

from decimal import Decimal

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from app.domain.errors import UserError
from app.domain.processes.flow import ProcessDraft
from app.domain.words import N_
from app.i18n import _, _n, format_date, format_points, say
from app.services.points.what_if import WhatIf, what_if
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Executor, Job, Progress
from ui.processes.scoring.shifts import BARS, ShiftBars, ShiftTable, signed
from ui.widgets.beside import BesideWindow
from ui.widgets.busy import BusyStrip
from ui.widgets.empty import EmptyState
from ui.widgets.styled import plain, secondary, styled
from ui.widgets.table import TableView

__all__ = ["WhatIfWindow", "show_what_if"]

_TEXT = N_("Scoring last month again")
_AFTER_TYPING = 400
_PATIENCE = 500
"""Milliseconds: before what is typed is tried, and before somebody who waits is told how far it is."""


def show_what_if(desk: Desk, draft: ProcessDraft) -> "WhatIfWindow":
    """Try this draft in the window that is open or a new one."""
    window = WhatIfWindow.of(desk)
    window.show_draft(draft)
    window.come()
    return window


def _ask(progress: Progress, backend: Executor, draft: ProcessDraft) -> WhatIf:
    return backend.execute(what_if, draft, progress=progress)


class WhatIfWindow(BesideWindow):
    """It follows the changes of the drawing."""

    name, key, size_at_first = N_("What if"), "processes.what_if", (760, 520)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._draft: ProcessDraft | None = None
        self._job: Job[WhatIf] | None = None
        self._again = False
        self._problem: UserError | None = None
        self.answer: WhatIf | None = None
        self._typed, self._waited = QTimer(self), QTimer(self)
        for timer, wait, slot in ((self._typed, _AFTER_TYPING, self.ask), (self._waited, _PATIENCE, self._tell)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(slot)
        self._build()
        self.texts.redo(self._say, key="say")

    # --- Putting together

    def _build(self) -> None:
        column = self.body
        self.about = secondary()
        column.addWidget(self.about)
        column.addLayout(self._build_figures())
        self.model, self.table = ShiftTable(self), TableView()
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(BARS, ShiftBars(self.table))
        self.table.remember(self._desk.memory, "processes.what_if", (190, 110, 110, 110, 160))
        self.texts.bind(self.table.setAccessibleName, N_("Points by worker"))
        self.nothing = EmptyState("check", "", "")
        self.stopped = EmptyState("waiting", N_("Stopped"), N_("The month was not scored to its end."), N_("Try again"))
        self.stopped.chosen.connect(self.ask)
        self.pages = QStackedWidget()
        for page in (self.table, self.nothing, self.stopped):
            self.pages.addWidget(page)
        column.addWidget(self.pages, 1)
        self.note = styled(plain(), "note-box")
        self.note.setWordWrap(True)
        self.note.hide()
        column.addWidget(self.note)
        self.busy = BusyStrip()
        self.foot.insertWidget(0, self.busy, 1)

    def _build_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.scale(24))
        grid.setVerticalSpacing(0)
        self.workers, self.customers = styled(plain(), "figure"), styled(plain(), "figure")
        self.workers_before, self.customers_before = secondary(), secondary()
        for place, (name, figure, before) in enumerate(
            (
                (N_("Workers"), self.workers, self.workers_before),
                (N_("Customers"), self.customers, self.customers_before),
            )
        ):
            for line, label in enumerate((secondary(name), figure, before)):
                label.setWordWrap(False)
                grid.addWidget(label, line, place)
            self.texts.bind(figure.setAccessibleName, name)
        grid.setColumnStretch(2, 1)
        return grid

    # --- Asking

    def show_draft(self, draft: ProcessDraft) -> None:
        """Try this draft at once."""
        self._draft = draft
        self.ask()

    def follow(self, draft: ProcessDraft) -> None:
        """The drawing may have changed: try it a moment after the last letter."""
        if draft != self._draft:
            self._draft = draft
            self._typed.start()

    @Slot()
    def ask(self) -> None:
        """Score last month by the draft; an answer still to come is not wanted any more."""
        if self._draft is None or self._desk.tasks.is_closed:
            return
        self._typed.stop()
        self.texts.bind(self.title.setText, N_("What if: {name}"), name=isolate(self._draft.name))
        if self._job is not None:
            self._again = True
            self._job.cancel()
            return
        self.answer = self._problem = None
        job = self._desk.tasks.long(_TEXT, _ask, self._desk.backend, self._draft)
        self._job = job.then(self._take, self._fail)
        job.ended.connect(self._end)
        self._waited.start()

    @Slot()
    def _tell(self) -> None:
        if self._job is not None:
            self.busy.follow(self._job, _TEXT)

    @Slot(object)
    def _take(self, answer: WhatIf) -> None:
        self.answer = answer

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self._problem = problem
        else:
            self._desk.messages.show_error(problem)

    @Slot()
    def _end(self) -> None:
        self._job = None
        self._waited.stop()
        if self._again and self.isVisible():
            self._again = False
            self.ask()
        else:
            self._again = False
            self._say()

    def done(self, result: int) -> None:
        """Nobody waits for the answer any more."""
        self._typed.stop()
        if self._job is not None:
            self._job.cancel()
        super().done(result)

    # --- Showing

    def _say(self) -> None:
        answer = self.answer
        self._say_note()
        if answer is None:
            self.about.setText("")
            self.model.show_shifts(())
            if self._problem is not None:
                self.nothing.say(N_("Not tried"), N_("These points could not be saved either."))
                self.pages.setCurrentWidget(self.nothing)
            elif self._job is None and self._draft is not None:
                self.pages.setCurrentWidget(self.stopped)
            return
        month = format_date(answer.first, "month")
        self.about.setText(
            _(
                "The points of this process in {month}, scored again as it is drawn here. Nothing is saved, and what"
                " was reversed is left out.",
                month=isolate(month),
            )
        )
        self.model.show_shifts(answer.workers)
        self._show_figures(answer)
        if answer.workers or answer.customers_before or answer.customers_after or not answer.is_same:
            self.pages.setCurrentWidget(self.table)
        else:
            self.nothing.say(N_("Nothing was scored"), N_("No task came to a stage with points last month."))
            self.pages.setCurrentWidget(self.nothing)

    def _show_figures(self, answer: WhatIf) -> None:
        before = sum((each.before for each in answer.workers), start=Decimal(0))
        after = sum((each.after for each in answer.workers), start=Decimal(0))
        for figure, line, had, has in (
            (self.workers, self.workers_before, before, after),
            (self.customers, self.customers_before, answer.customers_before, answer.customers_after),
        ):
            figure.setText(isolate(format_points(has)))
            text = _("{before} before, {difference}", before=format_points(had), difference=isolate(signed(has - had)))
            line.setText(text if has != had else _("As it was"))

    def _say_note(self) -> None:
        lines = []
        if self._problem is not None:
            lines.append(say(self._problem.what))
        elif self.answer is not None:
            if self.answer.is_same:
                lines.append(_("Nothing would be different."))
            if self.answer.refused:
                lines.append(
                    _n(
                        "{count} redemption would have been refused: the balance would not have held it.",
                        "{count} redemptions would have been refused: the balance would not have held them.",
                        self.answer.refused,
                    )
                )
            if self.answer.nobody:
                lines.append(
                    _n(
                        "{count} step would have been refused: its task has no customer who could spend points.",
                        "{count} steps would have been refused: their tasks have no customer who could spend points.",
                        self.answer.nobody,
                    )
                )
        is_calm = self.answer is not None and not (self.answer.refused or self.answer.nobody)
        styled(self.note, "error-box" if self._problem is not None else "secondary" if is_calm else "note-box")
        self.note.setText("\n".join(lines))
        self.note.setVisible(bool(lines))
