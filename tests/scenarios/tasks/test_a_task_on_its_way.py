"""A task on its way through two desktops: it comes in, rings, is advanced by keys, and says why it went on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import bootstrap
from app.db.database import Database
from app.domain.people import Permission
from app.services.people.me import Me
from app.services.tickets import tasks
from app.services.tickets.tasks import NewTask
from app.settings import Settings
from tests.kit.tasks_robot import TaskOffice, furnish
from ui.application import Desktop
from ui.home.screen import HomeScreen
from ui.kit.preferences import Preferences
from ui.tickets.tasks.update import UpdateWindow
from ui.tickets.tasks.why import WhyWindow

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def preferences(tmp_path: Path, qapp: object) -> Preferences:
    found = Preferences(Settings(tmp_path / "settings.json"))
    found.dress()
    found.speak("en")
    return found


class Seat:
    """One person's whole desktop on the shared database."""

    def __init__(self, url: str, user_id: int, name: str, preferences: Preferences, folder: Path, qtbot: QtBot) -> None:
        folder.mkdir()
        self.qtbot = qtbot
        me = Me(user_id, name.lower(), name, "en", "agent", (Permission.WORK_TASKS, Permission.EDIT_TICKETS))
        self.desktop = Desktop(bootstrap.open_desktop(url), me, preferences, folder)
        self.window = self.desktop.window
        self.window.resize(1300, 820)
        self.window.show_screen("home")
        self.window.show()
        self.desktop.bell.begin()
        self.settle()

    @property
    def home(self) -> HomeScreen:
        screen = self.window.show_screen("home")
        assert isinstance(screen, HomeScreen)
        return screen

    def settle(self) -> None:
        for _turn in range(3):
            QTest.qWait(150)
            self.qtbot.waitUntil(lambda: self.desktop.tasks.is_idle, timeout=60_000)

    def front(self) -> None:
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)

    def titles(self) -> list[str]:
        return [line.text.strip("\u2068\u2069") for line in self.home.tasks.view.model_.lines]


@pytest.fixture
def office(database: Database) -> TaskOffice:
    return furnish(database)


@pytest.fixture
def seats(
    database_url: str, office: TaskOffice, preferences: Preferences, tmp_path: Path, qtbot: QtBot
) -> Iterator[tuple[Seat, Seat]]:
    dana = Seat(database_url, office.dana, "Dana", preferences, tmp_path / "dana", qtbot)
    noa = Seat(database_url, office.noa, "Noa", preferences, tmp_path / "noa", qtbot)
    yield dana, noa
    for seat in (dana, noa):
        seat.window.hide()
        seat.desktop.close()


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, key, modifiers)


@pytest.mark.row("R-F5", "R-F8", "R-T42", "F2")
def test_a_task_rings_at_one_desk_is_advanced_by_keys_and_rings_at_the_next(
    seats: tuple[Seat, Seat], office: TaskOffice
):
    dana, noa = seats
    noa.window.show_screen("tickets")
    noa.desktop.tasks.write(tasks.create, NewTask(title="Pump", customer_id=office.rossi), process_id=office.way.id)
    dana.qtbot.waitUntil(lambda: dana.titles() == ["Pump"], timeout=60_000)
    dana.front()
    dana.home.tasks.view.setFocus()
    press(Qt.Key.Key_Return)
    dana.settle()
    window = dana.window.findChild(UpdateWindow)
    assert window is not None
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return, CTRL)
    dana.settle()
    assert dana.titles() == []
    noa.qtbot.waitUntil(lambda: noa.window.rail.badge("tasks") == "1", timeout=60_000)
    noa.qtbot.waitUntil(lambda: noa.titles() == ["Pump"], timeout=60_000)
    assert noa.window.rail.badge("tasks") == ""
    noa.front()
    noa.home.tasks.view.setFocus()
    press(Qt.Key.Key_W, ALT)
    noa.settle()
    why = noa.window.findChild(WhyWindow)
    assert why is not None
    assert why.sentence.text() == "It went to Noa: nobody else with the profile “Sales” is in."
    changes = [line.text.replace("\u2068", "").replace("\u2069", "") for line in noa.home.changes.view.model_.lines]
    assert changes[0] == "Pump: given to you"
