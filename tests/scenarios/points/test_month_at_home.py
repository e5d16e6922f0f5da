"""Points come home: a profile shows them, a task advanced by keys scores, the month grows, a bar leads to its row."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import bootstrap
from app.backend import Backend
from app.bus import Bus
from app.db.database import Database
from app.domain.people import Permission
from app.models.processes import Profile, Stage
from app.services.people.me import Me
from app.services.tickets import tasks
from app.services.tickets.tasks import NewTask
from app.settings import Settings
from tests.kit.points_factory import add_setting
from tests.kit.tasks_robot import TaskOffice, furnish
from ui.application import Desktop
from ui.home.screen import HomeScreen
from ui.kit.bidi import bare
from ui.kit.preferences import Preferences
from ui.points.home.page import PointsHome
from ui.tickets.tasks.update import UpdateWindow

SECONDS = 60_000


class Seat:
    """Dana's whole desktop, with the feed of what others change."""

    def __init__(self, url: str, office: TaskOffice, folder: Path, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        preferences = Preferences(Settings(folder / "settings.json"))
        preferences.dress()
        preferences.speak("en")
        me = Me(office.dana, "dana", "Dana", "en", "agent", (Permission.WORK_TASKS, Permission.EDIT_TICKETS))
        self.desktop = Desktop(bootstrap.open_desktop(url), me, preferences, folder)
        self.window = self.desktop.window
        self.window.resize(1300, 820)
        self.window.show()
        home = self.window.show_screen("home")
        assert isinstance(home, HomeScreen)
        self.home = home
        self.settle()

    def settle(self) -> None:
        for _turn in range(3):
            QTest.qWait(100)
            self.qtbot.waitUntil(lambda: self.desktop.tasks.is_idle, timeout=SECONDS)

    def front(self) -> None:
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClick(target, key, modifiers)

    def month(self) -> str:
        """The number of the month."""
        page = self.home.tabs.page
        return bare(page.head.month.figure.text()) if isinstance(page, PointsHome) else ""


@pytest.fixture
def office(database: Database) -> TaskOffice:
    made = furnish(database)
    with database.transaction() as session:
        add_setting(session, session.get_one(Stage, made.way.stages["Quote"]), 0, "12.5")
    return made


@pytest.fixture
def seat(database_url: str, office: TaskOffice, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[Seat]:
    made = Seat(database_url, office, tmp_path / "dana", qtbot)
    yield made
    made.window.hide()
    made.desktop.close()


@pytest.mark.row("R-P16", "R-P17", "R-P1")
def test_what_a_task_scores_stands_at_home_and_leads_to_its_row(seat: Seat, office: TaskOffice, database: Database):
    home = seat.home
    assert not home.tabs.bar.isVisible()
    with database.transaction() as session:
        session.get_one(Profile, office.service).sees_own_points = True
    seat.qtbot.waitUntil(home.tabs.bar.isVisible, timeout=SECONDS)
    noa = Backend(database, Bus(), office.noa)
    noa.execute(tasks.create, NewTask(title="Pump", customer_id=office.rossi), process_id=office.way.id)
    seat.qtbot.waitUntil(lambda: bool(home.tasks.view.model_.lines), timeout=SECONDS)
    home.tabs.choose("points")
    seat.qtbot.waitUntil(lambda: seat.month() == "0", timeout=SECONDS)
    home.tabs.bar.setCurrentIndex(0)
    seat.front()
    home.tasks.view.setFocus()
    seat.press(Qt.Key.Key_Return)
    seat.settle()
    window = seat.window.findChild(UpdateWindow)
    assert window is not None
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    seat.press(Qt.Key.Key_Down)
    seat.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seat.settle()
    home.tabs.choose("points")
    seat.qtbot.waitUntil(lambda: seat.month() == "12.5", timeout=SECONDS)
    page = home.tabs.page
    assert isinstance(page, PointsHome)
    seat.front()
    page.chart.setFocus()
    seat.press(Qt.Key.Key_End)
    seat.press(Qt.Key.Key_Return)
    seat.settle()
    found = [(row.entry.stage, row.entry.worker_points) for row in page.rows.model.rows]
    assert found == [("Quote", Decimal("12.5"))]
