"""The desktop program: what has to be so before any window, and the way from entrance to main window and back."""

import faulthandler
import logging
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType

# ui.kit comes in first: it sees to it that the others come in quickly.
from ui.kit.bridge import Bridge

# isort: split
from PySide6.QtCore import (
    QLocale,
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import bootstrap
from app.i18n import LANGUAGES, N_
from app.services.people.me import Me
from app.settings import Settings, data_folder
from ui.kit.attention import Attention
from ui.kit.collector import Collector
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person, Screen
from ui.kit.tasks import Tasks
from ui.main_window.beginning import Bell, Mail, Telephone, Unsaved
from ui.main_window.clearing import Clearing
from ui.main_window.daily_backup import DailyBackup
from ui.main_window.horizon import Horizon
from ui.main_window.screens import SCREENS
from ui.main_window.server_safety import ServerSafety
from ui.main_window.standing import Standing
from ui.main_window.window import MARK, MainWindow

__all__ = ["Desktop", "log_qt", "run", "set_up"]

log = logging.getLogger(__name__)

_COLLECTOR_RESTS_MS = 1500
_LOOKS_AHEAD_MS = 5000
_WATCHES_MS = 3000
_DRAFTS_MS = 1200
_MAIL_BEGINS_MS = 4000
_BACKS_UP_MS = 7000
_TELEPHONE_BEGINS_MS = 4500

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Desktop:
    """One person at work on one open database: the window and everything that works for it."""

    def __init__(
        self,
        workplace: bootstrap.Workplace,
        me: Me,
        preferences: Preferences,
        folder: Path,
        screens: Sequence[Screen] = SCREENS,
    ) -> None:
        self._workplace = workplace
        self.tasks = Tasks(workplace.backend)
        self.bridge = Bridge(workplace.bus)
        workplace.enter(me.id)
        self.window = MainWindow(
            workplace.backend,
            self.tasks,
            self.bridge,
            preferences,
            Memory(folder / "layout.ini"),
            Person(me.id, me.name, frozenset(me.permissions)),
            database=_name(workplace),
            log_file=str(folder / "callboard.log"),
        )
        self.window.try_again = workplace.try_again
        self.window.own_password.url = workplace.url if workplace.is_server else ""
        self.window.register(screens)
        self.standing = Standing(self.window)
        self.horizon = Horizon(self.tasks, self.window, self.window.desk.person)
        self.bell = Bell(self.tasks, self.window)
        self.mail = Mail(workplace, self.window)
        self.telephone = Telephone(self.tasks, self.window)
        self.unsaved = Unsaved(self.tasks, self.window)
        self.backup = DailyBackup(self.window.desk, self.window)
        self.safety = ServerSafety(self.window.desk, self.window)
        self.attention = Attention(workplace.attend, self.window)

    def show(self) -> None:
        """Open the window at the screen of the last time."""
        self.window.open_first()
        self.window.show()
        if self._workplace.first_command:
            self.window.desk.commands.run(self._workplace.first_command)
        QTimer.singleShot(_LOOKS_AHEAD_MS, self.horizon.begin)
        QTimer.singleShot(_MAIL_BEGINS_MS, self.mail.begin)
        QTimer.singleShot(_WATCHES_MS, self.bell.begin)
        QTimer.singleShot(_DRAFTS_MS, self.unsaved.begin)
        looking = self.safety.begin if self._workplace.is_server else self.backup.begin
        QTimer.singleShot(_BACKS_UP_MS, looking)
        Clearing(self.window.desk, self.window).begin()
        QTimer.singleShot(_TELEPHONE_BEGINS_MS, self.telephone.begin)

    def close(self) -> None:
        """Carry out what was clicked, hear nothing more, give the connections back."""
        self.mail.end()
        self.tasks.close()
        self.bridge.close()
        self._workplace.close()
        self.window.deleteLater()


def _name(workplace: bootstrap.Workplace) -> str:
    """How the status row calls the database: name and server, or this computer."""
    if not workplace.is_server:
        return N_("This computer")
    address = bootstrap.parts_of(workplace.url)
    return f"{address.database}@{address.host or 'localhost'}"


def set_up(argv: Sequence[str] = ()) -> QApplication:
    """The one QApplication, with its names and its mark; the one there is when a test has made it."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([sys.argv[0], *argv])
    app.setApplicationName("callboard")
    app.setApplicationDisplayName("Callboard")
    app.setDesktopFileName("callboard")
    app.setWindowIcon(QIcon(str(MARK)))
    return app


def system_language() -> str:
    """The language of the desktop, where the program speaks it."""
    code = QLocale.system().name()[:2]
    return code if code in LANGUAGES else "en"


def run(url: str | None = None, argv: Sequence[str] = ()) -> int:
    """Open the desktop and stay until the person quits; the exit status."""
    folder = data_folder()
    bootstrap.start_logs()
    app = set_up(argv)
    with _crash_log(folder):
        catch = _Net(app)
        preferences = _preferences(app)
        ask = False
        while (desktop := _enter(preferences, url, folder, ask=ask)) is not None:
            catch.caught.connect(desktop.window.show_crash)
            desktop.window.ended.connect(app.quit)
            desktop.show()
            QTimer.singleShot(_COLLECTOR_RESTS_MS, partial(Collector, desktop.window))
            app.exec()
            ask = desktop.window.is_logging_out
            catch.caught.disconnect(desktop.window.show_crash)
            desktop.close()
            if not ask:
                break
        catch.close()
    return 0


def _preferences(app: QApplication) -> Preferences:
    preferences = Preferences(Settings.of_this_user(), app)
    preferences.dress()
    preferences.speak(system_language())
    return preferences


def _enter(preferences: Preferences, url: str | None, folder: Path, *, ask: bool) -> Desktop | None:
    from ui.first_start.entrance import enter

    came_in = enter(preferences, url, ask=ask)
    if came_in is None:
        return None
    workplace, me = came_in
    if not preferences.settings.language:
        preferences.put(Settings.language, me.language)
    return Desktop(workplace, me, preferences, folder)


@contextmanager
def _crash_log(folder: Path) -> Iterator[None]:
    """While inside, a crash of the interpreter itself leaves its stack in the data folder."""
    with (folder / "crash.log").open("a", encoding="utf-8") as file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()


class _Net(QObject):
    """Catches what nobody caught, on every thread, and what Qt has to say; logs it, and shows what is an error.

    Signal: `caught(exception)`.
    """

    caught = Signal(object)
    _fallen = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._fallen.connect(self._show, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._take
        threading.excepthook = self._take_thread
        sys.unraisablehook = self._take_unraisable
        qInstallMessageHandler(log_qt)
        # Ctrl+C in the terminal ends the program; Python's own handler would wait for the next event.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def close(self) -> None:
        """Let the hooks be what they were."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(None)

    def _take(self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        log.error("nobody caught this", exc_info=(kind, problem, trace))
        self._fallen.emit(problem)

    def _take_thread(self, fallen: threading.ExceptHookArgs) -> None:
        if fallen.exc_value is not None:
            self._take(fallen.exc_type, fallen.exc_value, fallen.exc_traceback)

    def _take_unraisable(self, fallen: "sys.UnraisableHookArgs") -> None:
        log.error("nobody could catch this", exc_info=fallen.exc_value)

    @Slot(object)
    def _show(self, problem: BaseException) -> None:
        self.caught.emit(problem)


def log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Write what Qt has to say into the log, for `qInstallMessageHandler`."""
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.INFO), "%s", text)
