"""An administrator tries a change before saving it, on the real desktop: first on a user, then in a process."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app import bootstrap
from app.backend import Backend
from app.db.database import Database
from app.domain.people import Permission
from app.models.company import Company
from app.services.people.me import Me
from app.services.processes.profiles import profiles_of_user
from app.services.tickets.tasks import NewTask, create
from app.settings import Settings
from tests.kit.factory import add_process, add_profile, add_user
from ui.admin.screen import SetupScreen
from ui.admin.view import SectionView
from ui.application import Desktop
from ui.kit.preferences import Preferences
from ui.processes.rehearsal.window import RehearsalWindow
from ui.processes.screen import ProcessesScreen


class Desk:
    """The desktop of Root, who administers; Dana and Avi took six enquiries in this morning."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot) -> None:
        moment = [datetime.now(UTC) - timedelta(hours=8)]
        with database.transaction() as session:
            session.add(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
            people = {name: add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa")}
            root = add_user(session, "Root", "administrator")
            service = add_profile(session, "Service", people["Dana"], people["Avi"])
            add_profile(session, "Sales", people["Noa"])
            stages = add_process(session, "Enquiry", Intake=service, Done=None)
            self.people, self.stage = {name: user.id for name, user in people.items()}, stages["Intake"].id
            self.process, self.root = stages["Intake"].process_id, root.id
        self.backend = Backend(database, actor=self.root, clock=lambda: moment[0])
        for number in range(6):
            moment[0] += timedelta(hours=1)
            self.backend.execute(create, NewTask(f"Enquiry {number}", stage_id=self.stage))
        self.qtbot = qtbot
        self.preferences = Preferences(Settings(folder / "settings.json"))
        self.preferences.dress()
        self.preferences.speak("en")
        me = Me(self.root, "root", "Root", "en", "administrator", tuple(Permission))
        self.desktop = Desktop(bootstrap.Workplace(database), me, self.preferences, folder)
        self.window = self.desktop.window
        self.desktop.show()
        self.settle()

    def settle(self, is_so: Callable[[], bool] = lambda: True) -> None:
        """Wait until it is so and every answer has come."""
        self.qtbot.waitUntil(lambda: is_so() and self.desktop.tasks.is_idle, timeout=60_000)

    def rehearsal(self) -> RehearsalWindow:
        """The window that opened, with its answer."""
        found = self.window.findChild(RehearsalWindow)
        assert found is not None
        self.settle(lambda: found.answer is not None)
        return found


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desktop, on either engine."""
    monkeypatch.setenv("CALLBOARD_DATA", str(tmp_path))
    made = Desk(database, tmp_path, qtbot)
    yield made
    made.window.hide()
    made.desktop.close()


@pytest.mark.row("F10", "R-F17")
def test_a_profile_is_tried_on_the_user_before_it_is_saved(desk: Desk) -> None:
    screen = desk.window.show_screen("admin")
    assert isinstance(screen, SetupScreen)
    screen.show_entry("users")
    desk.settle(lambda: isinstance(screen.stack.currentWidget(), SectionView))
    view = screen.stack.currentWidget()
    assert isinstance(view, SectionView)
    desk.settle(lambda: view.model.first() is not None)
    line = view.model.line_of(desk.people["Noa"])
    assert line is not None
    view.table.selectRow(line)
    box = view.form.parts["profiles"].widget
    box.add_button.setFocus()
    QTest.keyClick(box.add_button, Qt.Key.Key_Space)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    QTest.mouseClick(view.form.findChild(QPushButton, "rehearse"), Qt.MouseButton.LeftButton)
    shown = desk.rehearsal()
    assert shown.figure.text() == "4 of 6 hand-overs would go to somebody else"
    assert {row.name: (row.had, row.would) for row in shown.people.rows} == {
        "Noa": (0, 2),
        "Avi": (3, 2),
        "Dana": (3, 2),
    }
    assert [each.name for each in desk.backend.execute(profiles_of_user, desk.people["Noa"])] == ["Sales"]
    shown.close()
    view.save()
    desk.settle(lambda: not view.form.is_changed)
    assert len(desk.backend.execute(profiles_of_user, desk.people["Noa"])) == 2


@pytest.mark.row("F10")
def test_a_process_is_tried_before_it_is_saved(desk: Desk) -> None:
    assert desk.window.desk.commands.run("processes.open", desk.process)
    screen = desk.window.current_screen
    assert isinstance(screen, ProcessesScreen)
    desk.settle(lambda: screen.editor.sheet is not None)
    desk.settle(lambda: screen.rehearse_button.isVisible() and screen.rehearse_button.isEnabled())
    QTest.mouseClick(screen.rehearse_button, Qt.MouseButton.LeftButton)
    shown = desk.rehearsal()
    assert "Enquiry" in shown.title.text()
    assert shown.figure.text() == "0 of 6 hand-overs would go to somebody else"
