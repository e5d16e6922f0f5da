"""The window of callbacks: lists, and what its buttons and keys do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from sqlalchemy import delete

from app.bus import RowsChanged
from app.db.database import Database
from app.models.dialer import CallWindow, QueuedCall
from app.models.people import User
from app.services.dialer import callbacks
from app.services.dialer.callbacks import Whose
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_group
from tests.kit.tasks_robot import TasksDesk, opened
from ui.dialer.callbacks.window import CallbacksWindow, open_callbacks
from ui.kit.bidi import bare
from ui.kit.commands import Command

NOW = datetime.now(UTC)


class Promises:
    """Dana's window of callbacks in a campaign of Dana and Avi that shares reminders."""

    def __init__(self, desk: TasksDesk) -> None:
        self.desk = desk
        self.called: list[tuple[int, int]] = []
        with desk.database.transaction() as session:
            dana, avi = session.get_one(User, desk.office.dana), session.get_one(User, desk.office.avi)
            add_group(session, "Team", dana, avi)
            campaign = add_campaign(session, "Spring", dana, avi, reminds_caller_only=False)
            pool = add_pool(session, campaign)
            self.campaign = campaign.id
            self.entries = {
                name: add_entry(
                    session,
                    pool,
                    add_customer(session, name),
                    zone="UTC",
                    state="callback" if minutes < 0 else "waiting",
                    is_callback=True,
                    due_at=NOW + timedelta(minutes=minutes),
                    callback_user_id=owner,
                ).id
                for name, minutes, owner in (
                    ("Rossi Anna", -5, dana.id),
                    ("Bianchi", 90, dana.id),
                    ("Verdi", -2, None),
                    ("Neri", 30, avi.id),
                )
            }
        call = Command("dialer.open_customer", "Call this customer", in_palette=False)
        desk.window.desk.commands.add(call, lambda *given: self.called.append(given))
        open_callbacks(desk.window.desk)
        self.window = desk.window_of(CallbacksWindow)
        desk.settle()

    def shown(self) -> list[str]:
        """The customers of the list."""
        return [row[2] for row in self.window.model.texts]

    def choose(self, whose: Whose, customer: str) -> None:
        """One row of a list."""
        QTest.mouseClick(self.window.tabs[whose], Qt.MouseButton.LeftButton)
        self.desk.settle()
        self.window.table.selectRow(self.shown().index(customer))

    def place(self, customer: str) -> tuple[int | None, datetime | None]:
        """Whose a callback is, and when."""
        with self.desk.database.reading() as session:
            found = session.get_one(QueuedCall, self.entries[customer])
            return found.callback_user_id, found.due_at

    def pick(self, number: int) -> list[str]:
        """Take an entry of the menu that has opened."""
        self.desk.settle()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        names = [bare(action.text()) for action in menu.actions() if action.text()]
        menu.setActiveAction([action for action in menu.actions() if action.text()][number])
        QTest.keyClick(menu, Qt.Key.Key_Return)
        self.desk.settle()
        return names


@pytest.fixture
def promises(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[Promises]:
    with opened(database, tmp_path, qtbot) as desk:
        yield Promises(desk)


@pytest.mark.row("R-D4", "R-D16")
def test_mine_anyones_and_my_groups_are_lists_of_their_own(promises: Promises):
    assert promises.shown() == ["Rossi Anna", "Bianchi"]
    assert promises.window.model.warned == {0}, "what is due is marked"
    promises.choose(Whose.ANYONE, "Verdi")
    assert promises.shown() == ["Verdi"]
    promises.choose(Whose.GROUP, "Neri")
    assert promises.shown() == ["Neri"]


@pytest.mark.row("R-D4")
def test_enter_calls_the_chosen_customer(promises: Promises):
    promises.window.table.setFocus()
    QTest.keyClick(promises.window.table, Qt.Key.Key_Down)
    QTest.keyClick(promises.window.table, Qt.Key.Key_Return)
    with promises.desk.database.reading() as session:
        customer_id = session.get_one(QueuedCall, promises.entries["Bianchi"]).customer_id
    assert promises.called == [(promises.campaign, customer_id)]
    assert not promises.window.isVisible()


@pytest.mark.row("R-D4")
def test_a_callback_is_moved_to_a_moment_typed_as_people_say_it(promises: Promises):
    promises.choose(Whose.MINE, "Rossi Anna")
    QTest.keyClicks(promises.window.moment.line, "in 3 hours")
    QTest.keyClick(promises.window.moment.line, Qt.Key.Key_Return)
    promises.desk.settle()
    owner, at = promises.place("Rossi Anna")
    assert owner == promises.desk.office.dana
    assert at is not None
    assert timedelta(minutes=170) < at - datetime.now(UTC) <= timedelta(hours=3)
    assert promises.shown() == ["Bianchi", "Rossi Anna"]


@pytest.mark.row("R-D4", "R-D16")
def test_one_is_taken_over_another_given_and_all_of_mine_handed_on(promises: Promises):
    promises.choose(Whose.GROUP, "Neri")
    QTest.mouseClick(promises.window.take, Qt.MouseButton.LeftButton)
    promises.desk.settle()
    assert promises.place("Neri")[0] == promises.desk.office.dana
    promises.choose(Whose.MINE, "Rossi Anna")
    assert not promises.window.take.isEnabled()
    QTest.mouseClick(promises.window.give, Qt.MouseButton.LeftButton)
    assert promises.pick(1) == ["Anyone", "Avi"]
    assert promises.place("Rossi Anna")[0] == promises.desk.office.avi
    promises.window.table.selectRow(0)
    QTest.mouseClick(promises.window.give_all, Qt.MouseButton.LeftButton)
    promises.pick(0)
    assert [promises.place(each)[0] for each in ("Bianchi", "Neri")] == [None, None]
    assert promises.desk.said_last() == "2 callbacks were handed over."
    assert promises.window.stack.currentWidget() is promises.window.nothing


def test_who_was_faster_is_told_and_the_list_is_read_anew(promises: Promises):
    promises.choose(Whose.ANYONE, "Verdi")
    at = NOW - timedelta(minutes=2)
    promises.desk.elsewhere.execute(callbacks.take_over, promises.entries["Verdi"], None, at)
    QTest.mouseClick(promises.window.take, Qt.MouseButton.LeftButton)
    promises.desk.settle()
    assert "Somebody else has moved this callback" in promises.desk.said_last()
    assert promises.shown() == []
    promises.desk.bus.publish(RowsChanged("reminders", None))
    promises.desk.settle()
    assert promises.window.nothing.isVisible()


@pytest.mark.row("R-D4", "F8")
def test_a_moment_outside_the_calling_hours_is_warned_of(promises: Promises):
    with promises.desk.database.transaction() as session:
        session.execute(delete(CallWindow).where(CallWindow.zone == "UTC"))
        day = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(10):
            opens = day + timedelta(days=number, hours=9)
            window = CallWindow(
                campaign_id=promises.campaign, zone="UTC", opens_at=opens, closes_at=opens + timedelta(hours=8)
            )
            session.add(window)
    promises.window._hours._of = None
    promises.choose(Whose.MINE, "Rossi Anna")
    promises.desk.settle()
    QTest.keyClicks(promises.window.moment.line, "tomorrow 23:00")
    assert promises.window.moment.shown.property("look") == "warning"
    assert "Nobody may be called there at that time" in promises.window.moment.shown.text()
    assert promises.window.shift.isEnabled()
    promises.window.moment.set_text("tomorrow 12:30")
    assert promises.window.moment.shown.property("look") == "body"
