"""From an address to somebody at work: opens the database, asks what has to be asked, and no more."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from app import bootstrap
from app.bootstrap import Facts, Tls, Workplace
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.services.company.safety import is_line_open
from app.services.people.logins import entry, log_in, remembered
from app.services.people.me import Entry, Me
from app.settings import KnownDatabase, Settings
from ui.first_start.page import Page, as_user_error
from ui.kit.preferences import Preferences
from ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from ui.first_start.connect import ConnectPage
    from ui.first_start.window import EntranceWindow

__all__ = ["Entrance", "enter"]

PATIENCE = 400
"""Milliseconds after which somebody who waits is told for what."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A database that opened, how one comes in, and who stays logged in there."""

    workplace: Workplace
    entry: Entry
    staying: Me | None
    is_open: bool = False


def _open(url: str, staying: str, *, keep: bool | None) -> _Opened:
    workplace = bootstrap.open_desktop(url)
    try:
        found = workplace.backend.execute(entry)
        me = workplace.backend.execute(remembered, staying) if staying and found.is_set_up else None
        is_open = _is_open(workplace, url)
        if keep:
            bootstrap.keep_password(url)
        elif keep is False and workplace.is_server:
            bootstrap.forget_password(url)
    except BaseException:
        workplace.close()
        raise
    return _Opened(workplace, found, me, is_open)


def _is_open(workplace: Workplace, url: str) -> bool:
    """Whether others could read the line; asked only where it need not be encrypted."""
    if not workplace.is_server:
        return False
    address = bootstrap.parts_of(url)
    return address.tls is Tls.OFFERED and address.leaves and workplace.backend.execute(is_line_open)


def _find_key(url: str) -> tuple[str, bool]:
    return url, bootstrap.has_kept_password(url)


def _this_moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Nobody:
    """Stands where the backend will be: before a database is open there is no service to run."""

    def execute(self, service: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Nothing can be asked yet."""
        raise AssertionError(f"no database is open for {service}")


class Entrance(QObject):
    """The way in. Signals: `came_in(Workplace, Me)`, `left()` when the person goes away instead."""

    came_in = Signal(object, object)
    left = Signal()

    def __init__(self, preferences: Preferences, url: str | None = None, *, ask: bool = False) -> None:
        super().__init__()
        self.preferences = preferences
        self.settings: Settings = preferences.settings
        self.tasks = Tasks(Nobody(), self)
        self._given = url
        self._url = url or self.settings.last_database or bootstrap.default_url()
        self._ask = ask
        self._opened: _Opened | None = None
        self._is_over = False
        self._name = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._show_waiting)
        self._window: EntranceWindow | None = None
        self.assistant: QObject | None = None

    # --- Opening -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the address; somebody who has just logged out of a server is asked first."""
        if self._ask:
            self.settings.stay(bootstrap.shown_url(self._url), "")
            if bootstrap.is_server(self._url):
                self.show_connect()
                return
        self.open(self._url)

    def open(self, url: str, *, keep: bool | None = None) -> None:
        """Open this address in the background; `keep` says whether the key store keeps its password, None leaves it."""
        self._url = url
        staying = "" if self._ask else self.settings.staying_user(bootstrap.shown_url(url))
        self._patience.start()
        self.tasks.run(_open, url, staying, keep=keep).then(self._take_opened, self._take_failure)

    @Slot(object)
    def _take_opened(self, opened: _Opened) -> None:
        self._patience.stop()
        if self._is_over:
            opened.workplace.close()
            return
        self._opened = opened
        found = opened.entry
        if opened.is_open and not self.settings.takes_open_line(opened.workplace.url):
            self._ask_about_line(opened.workplace.url)
        elif opened.workplace.is_server:
            self._enter_server(opened.workplace, found)
        elif not found.is_set_up:
            self.show_assistant(opened.workplace, None)
        elif opened.staying is not None:
            self.finish(opened.staying)
        else:
            self.show_log_in()

    def _ask_about_line(self, url: str) -> None:
        """Nobody talks in the open without knowing; once it is known it is not asked again."""
        self._give_back()
        self.show_connect()
        self.settings.take_open_line(url)
        self._connect_page.warn_open()

    def _enter_server(self, workplace: Workplace, found: Entry) -> None:
        if found.me is None:
            self._refuse(message(N_("This log-in belongs to no user of this database.")))
        elif found.has_company:
            self.finish(found.me)
        elif found.me.may(Permission.ADMINISTER):
            self.show_assistant(workplace, found.me)
        else:
            self._refuse(message(N_("This company has not been set up yet: its administrator logs in first.")))

    def _refuse(self, what: Message) -> None:
        self._give_back()
        self._take_failure(Refused("ENTRY", what, message(N_("Ask your administrator."))))

    @Slot(object)
    def _take_failure(self, problem: Exception) -> None:
        self._patience.stop()
        if self._is_over:
            return
        told = as_user_error(problem)
        page: Page = self.show_connect() if bootstrap.is_server(self._url) else self._show_trouble()
        page.fail(told)

    # --- Pages ---------------------------------------------------------------------------------------------------

    @property
    def window(self) -> "EntranceWindow":
        """The window, made when there is something to ask."""
        from ui.first_start.window import EntranceWindow

        if self._window is None:
            self._window = EntranceWindow(self.preferences)
            self._window.left.connect(self.leave)
        return self._window

    @Slot()
    def _show_waiting(self) -> None:
        from ui.first_start.waiting import WaitingPage

        if self._window is None or not self.window.isVisible():
            self.window.show_page(WaitingPage(N_("Opening the database")))

    def _show_trouble(self) -> Page:
        from ui.first_start.waiting import TroublePage

        page = TroublePage()
        page.forward.connect(self._open_again)
        page.back.connect(self.leave)
        page.another_wanted.connect(self.show_connect)
        self.window.show_page(page)
        return page

    @Slot()
    def _open_again(self) -> None:
        self._busy_page(on=True)
        self.open(self._url)

    @Slot()
    def show_connect(self) -> Page:
        """Ask for a server."""
        from ui.first_start.connect import ConnectPage

        if self._window is not None and isinstance(self.window.page, ConnectPage):
            return self.window.page
        self._give_back()
        page = ConnectPage()
        page.forward.connect(self._connect)
        page.test_wanted.connect(self._test)
        page.alone_wanted.connect(self._open_file)
        page.forget_wanted.connect(self._forget)
        page.key_wanted.connect(self._look_for_key)
        page.offer(self.settings.databases)
        if bootstrap.is_server(self._url):
            page.show_url(self._url)
        self.window.show_page(page)
        return page

    def show_log_in(self) -> None:
        """Ask who is there."""
        from ui.first_start.log_in import LogInPage

        page = LogInPage()
        page.login.setText(self.settings.last_user(self._workplace.url))
        page.forward.connect(self._log_in)
        page.back.connect(self.show_connect)
        self.window.show_page(page)

    def show_assistant(self, workplace: Workplace, me: Me | None) -> None:
        """Ask for what a new company needs; `me` is the administrator a server knows already."""
        from ui.first_start.first_time import FirstTime

        assistant = FirstTime(self.window, self.tasks, workplace, me, self.preferences)
        assistant.finished.connect(self._come_in)
        self.assistant = assistant

    # --- Acting --------------------------------------------------------------------------------------------------

    @Slot()
    def _connect(self) -> None:
        page = self._connect_page
        if page.check():
            page.busy(on=True)
            self._ask = False
            self._name = page.name.text().strip()
            # What was kept and is wanted no longer is forgotten; what never was is left alone.
            keep = page.keep.isChecked() or (False if page.has_kept else None)
            self.open(page.url(), keep=keep)

    @Slot()
    def _test(self) -> None:
        page = self._connect_page
        if page.check():
            page.busy(on=True)
            self.tasks.run(bootstrap.try_connection, page.url()).then(self._tell_found, self._tell_failure)

    @Slot(object)
    def _tell_found(self, facts: Facts) -> None:
        self._connect_page.tell_found(facts)

    @Slot(str)
    def _forget(self, url: str) -> None:
        self.settings.forget_database(url)
        self.tasks.run(bootstrap.forget_password, url)

    @Slot(str)
    def _look_for_key(self, url: str) -> None:
        self.tasks.run(_find_key, url).then(self._tell_key, self._tell_failure)

    @Slot(object)
    def _tell_key(self, answer: tuple[str, bool]) -> None:
        from ui.first_start.connect import ConnectPage

        page = self._window.page if self._window is not None else None
        if isinstance(page, ConnectPage):
            page.tell_key(answer[0], is_kept=answer[1])

    @Slot(object)
    def _tell_failure(self, problem: Exception) -> None:
        page = self.window.page
        if isinstance(page, Page):
            page.fail(as_user_error(problem))

    @Slot()
    def _open_file(self) -> None:
        file = self._given if self._given and not bootstrap.is_server(self._given) else bootstrap.file_url()
        self._busy_page(on=True)
        self.open(file)

    @Slot()
    def _log_in(self) -> None:
        from ui.first_start.log_in import LogInPage

        page = self.window.page
        assert isinstance(page, LogInPage)
        if page.check():
            page.busy(on=True)
            name, password = page.login.text(), page.password.text()
            run = self._workplace.backend.execute
            self.tasks.run(run, log_in, name, password).then(self._logged_in, self._tell_failure)

    @Slot(object)
    def _logged_in(self, me: Me) -> None:
        from ui.first_start.log_in import LogInPage

        page = self.window.page
        stays = isinstance(page, LogInPage) and page.stay.isChecked()
        self.settings.stay(self._workplace.url, me.login if stays else "")
        self.finish(me)

    @Slot(object)
    def _come_in(self, me: Me) -> None:
        if not self._workplace.is_server:
            # One seat: whoever has just set it up is asked nothing at the next start.
            self.settings.stay(self._workplace.url, me.login)
        self.finish(me)

    def finish(self, me: Me) -> None:
        """Hand over to the main window."""
        workplace = self._workplace
        self._opened = None
        self.settings.remember_database(KnownDatabase(self._called(workplace), workplace.url, _this_moment()))
        self.settings.remember_user(workplace.url, me.login)
        self._end()
        self.came_in.emit(workplace, me)

    def _called(self, workplace: Workplace) -> str:
        """What the person calls it: as typed, as before, or by the database."""
        if not workplace.is_server:
            return ""
        known = next((each.name for each in self.settings.databases if each.url == workplace.url), "")
        return self._name or known or bootstrap.parts_of(workplace.url).database

    @Slot()
    def leave(self) -> None:
        """The person goes away."""
        if not self._is_over:
            self._end()
            self.left.emit()

    def _end(self) -> None:
        self._is_over = True
        self._patience.stop()
        if self._window is not None:
            self.window.hide()
            self.window.deleteLater()
        self._give_back()
        self.tasks.close()

    def _give_back(self) -> None:
        if self._opened is not None:
            self._opened.workplace.close()
            self._opened = None

    def _busy_page(self, *, on: bool) -> None:
        page = self.window.page
        if isinstance(page, Page):
            page.busy(on=on)

    @property
    def _workplace(self) -> Workplace:
        assert self._opened is not None
        return self._opened.workplace

    @property
    def _connect_page(self) -> "ConnectPage":
        from ui.first_start.connect import ConnectPage

        page = self.window.page
        assert isinstance(page, ConnectPage)
        return page


def enter(preferences: Preferences, url: str | None = None, *, ask: bool = False) -> tuple[Workplace, Me] | None:
    """Let somebody in, or None when he goes away; runs its own event loop, and ends it before the main window comes."""
    answer: list[tuple[Workplace, Me]] = []
    loop = QEventLoop()
    entrance = Entrance(preferences, url, ask=ask)
    entrance.came_in.connect(lambda workplace, me: answer.append((workplace, me)))
    entrance.came_in.connect(loop.quit)
    entrance.left.connect(loop.quit)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    # The entrance closes before the window opens: that is not the end of the program.
    app.setQuitOnLastWindowClosed(False)
    QTimer.singleShot(0, entrance.start)
    loop.exec()
    app.setQuitOnLastWindowClosed(True)
    entrance.deleteLater()
    return answer[0] if answer else None
