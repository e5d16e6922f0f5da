"""The assistant's course: its pages in order, then the company is made, and filled where that was wished."""

from PySide6.QtCore import QObject, Signal, Slot

from app.bootstrap import Workplace
from app.domain.words import N_
from app.services.company.profile import set_up
from app.services.people.logins import entry
from app.services.people.me import Me
from ui.first_start.assistant import AdministratorPage, Begin, CompanyPage, LanguagePage, StartPage
from ui.first_start.page import Page, as_user_error
from ui.first_start.waiting import WaitingPage
from ui.first_start.window import EntranceWindow
from ui.kit.preferences import Preferences
from ui.kit.tasks import Job, Progress, Tasks

__all__ = ["FirstTime"]


def _load(progress: Progress, workplace: Workplace, language: str) -> None:
    from app.services.demo.loading import load_demo

    workplace.backend.execute(load_demo, language, progress)


class FirstTime(QObject):
    """Signal: `finished(Me)` with the administrator."""

    finished = Signal(object)

    def __init__(
        self, window: EntranceWindow, tasks: Tasks, workplace: Workplace, me: Me | None, preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._workplace = workplace
        self._me = me
        self.language = LanguagePage(preferences)
        self.company = CompanyPage()
        self.administrator = AdministratorPage()
        self.start = StartPage(is_server=workplace.is_server)
        people: tuple[Page, ...] = () if me else (self.administrator,)
        self.pages: tuple[Page, ...] = (self.language, self.company, *people, self.start)
        self._place = 0
        for page in self.pages:
            page.forward.connect(self._forward)
            page.back.connect(self._back)
        self._filling = WaitingPage(N_("Loading the demo company"), can_cancel=True)
        self._filling.back.connect(self._stop_filling)
        self._job: Job[None] | None = None
        self._show()

    def _show(self) -> None:
        self._window.show_page(self.pages[self._place], self._place + 1, len(self.pages))

    @Slot()
    def _forward(self) -> None:
        page = self.pages[self._place]
        if not page.check():
            return
        if page is self.start:
            self._make()
            return
        self._place += 1
        self._show()

    @Slot()
    def _back(self) -> None:
        self._place = max(0, self._place - 1)
        self._show()

    def _make(self) -> None:
        self.start.busy(on=True)
        if self._workplace.backend.actor is not None:
            # The company was made before something went wrong: what is left is to begin.
            self._made(None)
            return
        first = None if self._me else self.administrator.draft()
        backend = self._workplace.backend.acting_as(self._me.id if self._me else None)
        self._tasks.run(backend.execute, set_up, self.company.draft(), first).then(self._made, self._fail)

    @Slot(object)
    def _made(self, user_id: int | None) -> None:
        backend = self._workplace.backend
        backend.actor = self._me.id if self._me else user_id or backend.actor
        begin = self.start.choice()
        if begin is Begin.IMPORT:
            self._workplace.first_command = "go.imports"
        if begin is not Begin.DEMO:
            self._finish()
            return
        self._window.show_page(self._filling)
        language = self.company.draft().language
        self._job = self._tasks.long(N_("Loading the demo company"), _load, self._workplace, language)
        self._job.progress.connect(self._filling.advance)
        self._job.then(self._loaded, self._fail)
        self._job.ended.connect(self._ended)

    @Slot()
    def _stop_filling(self) -> None:
        if self._job is not None:
            self._filling.back_button.setEnabled(False)
            self._job.cancel()

    @Slot(object)
    def _loaded(self, _nothing: object) -> None:
        self._finish()

    @Slot()
    def _ended(self) -> None:
        if self._job is not None and self._job.is_cancelled:
            self._job = None
            self._finish()

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        self._window.show_page(self.start, len(self.pages), len(self.pages))
        self.start.fail(as_user_error(problem))

    def _finish(self) -> None:
        self._tasks.run(self._workplace.backend.execute, entry).then(self._know, self._fail)

    @Slot(object)
    def _know(self, found: object) -> None:
        me = self._me or getattr(found, "me", None)
        assert isinstance(me, Me)
        self.finished.emit(me)
