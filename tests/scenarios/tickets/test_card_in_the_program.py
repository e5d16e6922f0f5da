"""The card in the whole program on demo data: what hangs on it can be reached from it, with the mouse."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app import bootstrap
from app.backend import Backend
from app.db.database import Database
from app.domain.people import Permission
from app.models.people import User
from app.models.tickets import HoursEntry, Reminder, Ticket
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.demo.loading import load_demo
from app.services.people.me import Me
from app.settings import Settings
from tests.kit.factory import add_user
from ui.application import Desktop
from ui.home.reminder import ReminderWindow
from ui.kit.preferences import Preferences
from ui.reports.entry import EntryWindow
from ui.reports.screen import ReportsScreen
from ui.tickets.screen import TicketsScreen
from ui.tour.hands import wait

W = TypeVar("W", bound=QWidget)


class Program:
    """The administrator's window on the demo company."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database = Database(url)
        with self.database.transaction() as session:
            self.me = add_user(session, "Sara", "administrator", login="sara").id
        owner = Backend(self.database)
        owner.execute(set_up, CompanyDraft("Bridge", "IL", "Asia/Jerusalem", "en"))
        owner.execute(load_demo, "en")
        preferences = Preferences(Settings(folder / "settings.json"))
        preferences.dress()
        preferences.speak("en")
        me = Me(self.me, "sara", "Sara", "en", "administrator", tuple(Permission))
        self.desktop = Desktop(bootstrap.Workplace(self.database), me, preferences, folder)
        self.desktop.window.resize(1500, 940)
        self.desktop.show()
        self.settle()

    def settle(self) -> None:
        """Wait until every answer has come."""
        for _turn in range(3):
            QTest.qWait(20)
            wait(lambda: self.desktop.tasks.is_idle, "every answer")

    def click(self, button: QWidget) -> None:
        """Click what is there to be clicked."""
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def window(self, kind: type[W]) -> W:
        """The open window of this kind."""
        (found,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
        return found

    def card(self) -> tuple[int, TicketsScreen]:
        """A ticket of a customer, open on its card."""
        with self.database.reading() as session:
            asked = select(Ticket.id).where(Ticket.customer_id.is_not(None), Ticket.closed_at.is_(None))
            number = session.scalars(asked.order_by(Ticket.id).limit(1)).one()
        self.desktop.window.desk.commands.run("tickets.open", number)
        self.settle()
        screen = self.desktop.window.show_screen("tickets")
        assert isinstance(screen, TicketsScreen)
        return number, screen

    def close(self) -> None:
        """Leave nothing open."""
        self.desktop.window.hide()
        self.desktop.close()


@pytest.fixture
def program(sqlite_url: str, tmp_path: Path, qtbot: QtBot) -> Iterator[Program]:
    made = Program(sqlite_url, tmp_path)
    yield made
    made.close()


@pytest.mark.row("R-M2", "R-F27")
def test_a_reminder_and_hours_are_noted_from_the_card(program: Program) -> None:
    number, screen = program.card()
    program.click(screen.card.head.remind)
    reminder = program.window(ReminderWindow)
    QTest.keyClicks(reminder.text, "Call back")
    reminder.save_requested.emit()
    program.settle()
    program.click(screen.card.head.report)
    entry = program.window(EntryWindow)
    entry.minutes.setFocus()
    entry.minutes.set_value(45)
    entry.save_requested.emit()
    program.settle()
    with program.database.reading() as session:
        noted = session.scalars(select(Reminder).where(Reminder.text == "Call back")).one()
        assert (noted.user_id, noted.ticket_id) == (program.me, number)
        hours = session.scalars(select(HoursEntry).where(HoursEntry.user_id == program.me)).one()
        customer_id = session.get_one(Ticket, number).customer_id
        assert (hours.ticket_id, hours.minutes, hours.customer_id) == (number, 45, customer_id)
        assert session.get_one(User, program.me).is_active


@pytest.mark.row("R-M7", "R-M17", "R-M19")
def test_every_statistic_opens_with_its_table(program: Program) -> None:
    reports = program.desktop.window.show_screen("reports")
    assert isinstance(reports, ReportsScreen)
    program.settle()
    for number in range(reports.sections.count()):
        reports.sections.setCurrentRow(number)
        program.settle()
        assert reports.isVisible()
    words = [notice.words() for notice in program.desktop.window.message_bar.history]
    assert words == []
