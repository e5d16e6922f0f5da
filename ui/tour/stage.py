"""Where the tour is performed: an own folder and database, the entrance, the window, and a colleague's window."""

import logging
import os
import tempfile
from pathlib import Path
from typing import cast

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app import bootstrap
from app.services.people.logins import remembered
from app.services.people.me import Me
from app.services.people.users import list_users
from app.settings import Settings
from ui.application import Desktop, log_qt, set_up
from ui.first_start.entrance import Entrance
from ui.kit.preferences import Preferences
from ui.planner.screen import PlannerScreen
from ui.tour.board import PlannerHands
from ui.tour.hands import wait

SIZE = (1500, 940)


class Stage:
    """Everything of one tour; `close()` leaves nothing behind but the pictures."""

    def __init__(self, language: str, theme: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="callboard-tour-")
        self.folder = Path(self._folder.name)
        os.environ["CALLBOARD_DATA"] = self._folder.name
        # What the off-screen platform cannot do (raise a window, grab a key) belongs in the log.
        bootstrap.start_logs()
        qInstallMessageHandler(log_qt)
        self.url = f"sqlite:///{self.folder / 'tour.sqlite'}"
        self.language = language
        app = set_up()
        app.setQuitOnLastWindowClosed(False)
        self.app: QApplication = app
        self.preferences = Preferences(Settings(self.folder / "settings.json"), app)
        self.preferences.put(Settings.theme, theme)
        self.preferences.put(Settings.language, "en")
        self.preferences.dress()
        self.preferences.speak("en")
        self.entrance = Entrance(self.preferences, self.url)
        self.entrance.came_in.connect(self._come_in)
        self._desktops: list[Desktop] = []

    def _come_in(self, workplace: bootstrap.Workplace, me: Me) -> None:
        self._open_window(workplace, me, self.folder)

    def _open_window(self, workplace: bootstrap.Workplace, me: Me, folder: Path) -> None:
        desktop = Desktop(workplace, me, self.preferences, folder)
        self._desktops.append(desktop)
        desktop.window.resize(*SIZE)
        desktop.show()

    @property
    def desktop(self) -> Desktop:
        """The window the tour works in."""
        return self._desktops[0]

    @property
    def is_open(self) -> bool:
        """Whether somebody came in."""
        return bool(self._desktops)

    def open_second(self) -> Desktop:
        """A colleague's window: another connection, another feed, the same database."""
        folder = self.folder / "second"
        folder.mkdir()
        workplace = bootstrap.open_desktop(self.url)
        run = workplace.backend.execute
        users = run(list_users)
        colleague = next(user for user in users if user.role_code == "back_office" and user.is_active)
        me = run(remembered, colleague.login)
        assert me is not None
        self._open_window(workplace, me, folder)
        return self._desktops[1]

    def open_on(self, workplace: bootstrap.Workplace, me: Me, name: str) -> Desktop:
        """A window on another database, with a folder of its own of this name."""
        folder = self.folder / name
        folder.mkdir()
        self._open_window(workplace, me, folder)
        return self._desktops[-1]

    def planner(self, desktop: Desktop) -> PlannerHands:
        """Hands on a window's planner, once it has been read."""
        self.turn_to(desktop)
        screen = cast(PlannerScreen, desktop.window.show_screen("planner"))
        wait(lambda: screen.is_whole and desktop.tasks.is_idle, "the planner to be read")
        return PlannerHands(screen)

    def turn_to(self, desktop: Desktop) -> None:
        """Bring a window to the front: keys go there."""
        if not desktop.window.isActiveWindow():
            desktop.window.activateWindow()
            wait(desktop.window.isActiveWindow, "the window to come to the front")

    def said(self, desktop: Desktop) -> str:
        """What the message bar of a window shows."""
        history = desktop.window.message_bar.history
        return history[-1].words() if history else ""

    def close(self) -> None:
        """Close the windows and take the folder away."""
        for desktop in self._desktops:
            desktop.window.hide()
            desktop.close()
        qInstallMessageHandler(None)
        logging.shutdown()
        self._folder.cleanup()
