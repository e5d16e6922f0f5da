"""A window with the telephone of somebody who dials."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import i18n
from app.backend import Backend
from app.bus import Bus
from app.db.database import Database
from app.domain.dialer.calls import CallState, Stage
from app.domain.people import ROLES
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.services.dialer.lines import LineDraft, my_line, save_line
from app.settings import Settings
from tests.kit.factory import add_user
from ui.dialer.phone import phone_for
from ui.dialer.phone.phone import Phone
from ui.kit.bridge import Bridge
from ui.kit.messages import Notice
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person, Screen
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow


class PhoneDesk:
    """Ada, an agent in Rome, and Dana, a customer who calls."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, *screens: Screen) -> None:
        self.database, self.qtbot = database, qtbot
        i18n.use("en")
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IT", time_zone="Europe/Rome", language="en"))
            session.flush()
            self.me = add_user(session, "Ada", "administrator").id
            dana = Customer(name="Dana Rossi", search="dana rossi")
            dana.phones = [CustomerPhone(raw="06 1234 5678", e164="+390612345678")]
            session.add(dana)
            session.flush()
            self.dana = dana.id
        bus = Bus()
        self.backend = Backend(database, bus, self.me)
        preferences = Preferences(Settings(folder / "settings.json"))
        preferences.speak("en")
        self.tasks, self.bridge = Tasks(self.backend), Bridge(bus)
        person = Person(self.me, "Ada", frozenset(ROLES["administrator"]))
        memory = Memory(folder / "layout.ini")
        self.window = MainWindow(self.backend, self.tasks, self.bridge, preferences, memory, person)
        self.window.register(screens)
        self.desk = self.window.desk
        self.said: list[Notice] = []
        self.desk.messages.posted.connect(self.said.append)
        self.states: list[CallState] = []
        qtbot.addWidget(self.window)

    def use(self, draft: LineDraft) -> Phone:
        """The telephone of this kind, ready."""
        self.backend.execute(save_line, draft, version=self.backend.execute(my_line).version)
        phone = phone_for(self.desk)
        self.wait(lambda: phone.line is not None and phone.line.draft == draft)
        phone.changed.connect(self.states.append)
        return phone

    def wait(self, until: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(until, timeout=60_000)

    def stages(self) -> list[Stage]:
        """How far the call has come, step by step."""
        return [state.stage for state in self.states]


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[PhoneDesk]:
    """The desk, closed at the end as the program closes it."""
    made = PhoneDesk(database, tmp_path, qtbot)
    yield made
    made.tasks.close()
    made.bridge.close()
    made.window.close()
    QTest.qWait(1)
