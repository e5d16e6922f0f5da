"""The rehearsal's window over a real database: what it says, and that it only looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app import i18n
from app.backend import Backend
from app.bus import Bus
from app.db.database import Database
from app.domain.people import ROLES
from app.domain.processes.flow import ProcessDraft, StageDraft
from app.models.company import Company
from app.services.processes.profiles import profiles_of_user
from app.services.processes.rehearsal import Change
from app.services.tickets.tasks import NewTask, create
from app.settings import Settings
from tests.kit.factory import add_process, add_profile, add_user, at
from ui.kit.bridge import Bridge
from ui.kit.commands import Command
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow
from ui.processes.rehearsal import REHEARSAL
from ui.processes.rehearsal.tables import PeopleTable, StepTable
from ui.processes.rehearsal.window import RehearsalWindow


@dataclass
class Hands:
    """Somebody who tries a change out."""

    qtbot: QtBot
    window: MainWindow
    tasks: Tasks
    backend: Backend
    preferences: Preferences
    people: dict[str, int]
    profiles: dict[str, int]
    stage: int

    def ask(self, *words: object) -> RehearsalWindow:
        """Run the command and wait for the answer."""
        assert self.window.desk.commands.run("processes.rehearse", *words)
        found = self.window.findChild(RehearsalWindow)
        assert found is not None
        self.qtbot.waitUntil(lambda: self.tasks.is_idle and found.answer is not None, timeout=60_000)
        return found


@pytest.fixture
def hands(qtbot: QtBot, qapp: QApplication, database: Database, tmp_path: Path) -> Iterator[Hands]:
    """An office in which Dana and Avi have taken in six enquiries."""
    moment: list[datetime] = [at(8)]
    with database.transaction() as session:
        session.add(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
        users = {name: add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa")}
        users["Root"] = add_user(session, "Root", "administrator")
        service, sales = add_profile(session, "Service", users["Dana"], users["Avi"]), add_profile(session, "Sales")
        stage = add_process(session, "Enquiry", Intake=service)["Intake"].id
        people, profiles = {name: user.id for name, user in users.items()}, {"Service": service.id, "Sales": sales.id}
    bus = Bus()
    backend = Backend(database, bus, actor=people["Root"], clock=lambda: moment[0])
    for number in range(6):
        moment[0] += timedelta(hours=1)
        backend.execute(create, NewTask(f"Enquiry {number}", stage_id=stage))
    preferences = Preferences(Settings(tmp_path / "settings.json"))
    preferences.dress()
    preferences.speak("en")
    tasks, bridge, memory = Tasks(backend), Bridge(bus), Memory(tmp_path / "memory.ini")
    person = Person(people["Root"], "Root", frozenset(ROLES["administrator"]))
    window = MainWindow(backend, tasks, bridge, preferences, memory, person)
    window.desk.commands.add(REHEARSAL.command, partial(REHEARSAL.do, window.desk))
    window.show()
    yield Hands(qtbot, window, tasks, backend, preferences, people, profiles, stage)
    for close in (window.close, tasks.close, bridge.close):
        close()
    for each in (window, tasks, bridge, preferences, memory):
        shiboken6.delete(each)
    i18n.use("en")


def said(table: StepTable | PeopleTable) -> list[list[str]]:
    """The table in words."""
    return [
        [str(table.index(row, column).data()).strip("\u2068\u2069") for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


@pytest.mark.row("F10")
def test_it_says_who_would_have_got_what_and_changes_nothing(hands: Hands):
    shown = hands.ask(Change({hands.people["Noa"]: frozenset({hands.profiles["Service"]})}), "Noa")
    assert shown.title.text().replace("\u2068", "").replace("\u2069", "") == "What would change: Noa"
    assert shown.figure.text() == "4 of 6 hand-overs would go to somebody else"
    first = said(shown.steps)[0]
    assert first[0].startswith("24/11/2031") or "2031" in first[0]
    assert "13:00" in first[0] or "1:00" in first[0]
    assert first[1:] == ["Enquiry 2", "Intake", "Dana", "Noa", "Fewest open tasks", "Fewest open tasks"]
    assert [row[:3] for row in said(shown.people)] == [["Noa", "0", "2"], ["Avi", "3", "2"], ["Dana", "3", "2"]]
    assert hands.backend.execute(profiles_of_user, hands.people["Noa"]) == ()


@pytest.mark.row("F10")
def test_a_process_draft_is_tried_with_its_stages(hands: Hands):
    stages = (StageDraft(hands.stage, "Intake", None, is_intake=True), StageDraft(-1, "New", hands.profiles["Sales"]))
    shown = hands.ask(ProcessDraft("Enquiry", stages))
    assert shown.figure.text() == "6 of 6 hand-overs would go to somebody else"
    assert {row[4] for row in said(shown.steps)} == {"Root"}
    assert {row[5] for row in said(shown.steps)} == {"The stage names no profile"}


def test_where_nothing_moves_it_says_so_and_shows_what_stays_on_request(hands: Hands):
    shown = hands.ask(Change())
    assert shown.pages.currentWidget() is shown.nothing
    hands.qtbot.mouseClick(shown.all_box, Qt.MouseButton.LeftButton, pos=shown.all_box.rect().center())
    shown.all_box.setChecked(True)
    assert shown.pages.currentIndex() == 0
    assert shown.steps.rowCount() == 6


def test_a_shorter_time_is_asked_anew_in_the_same_window(hands: Hands):
    change = Change({hands.people["Noa"]: frozenset({hands.profiles["Service"]})})
    shown = hands.ask(change, "Noa")
    before = shown.answer
    hands.qtbot.mouseClick(shown.periods.button(7), Qt.MouseButton.LeftButton)
    hands.qtbot.waitUntil(lambda: shown.answer is not before, timeout=60_000)
    assert (shown.answer.until - shown.answer.since).days == 7
    assert hands.ask(Change(), "") is shown
    hands.qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_a_row_opens_its_task(hands: Hands):
    opened: list[int] = []
    hands.window.desk.commands.add(Command("tasks.open", "Open the task"), opened.append)
    shown = hands.ask(Change({hands.people["Dana"]: frozenset()}))
    shown.steps_view.selectRow(0)
    hands.qtbot.keyClick(shown.steps_view, Qt.Key.Key_Return)
    assert opened == [shown.answer.moved[0].task_id]


@pytest.mark.parametrize("language", ["en", "he", "it"])
def test_it_paints_and_speaks_in_every_language(hands: Hands, language: str):
    shown = hands.ask(Change({hands.people["Noa"]: frozenset({hands.profiles["Service"]})}), "Noa")
    hands.preferences.speak(language)
    picture = shown.grab()
    assert not picture.isNull()
    assert shown.isRightToLeft() == (language == "he")


def test_the_models_keep_qts_rules(hands: Hands, qtmodeltester: ModelTester):
    shown = hands.ask(Change({hands.people["Noa"]: frozenset({hands.profiles["Service"]})}), "Noa")
    for model in (shown.steps, shown.people):
        qtmodeltester.check(model)
