"""The panel of reminders that are due: told once, answered by keys and mouse, never in the way."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from sqlalchemy import select

from app.models.tickets import Reminder
from app.services.tickets import reminders
from app.services.tickets.reminders import ReminderDraft
from tests.kit.tasks_robot import TasksDesk
from ui.home.due import ReminderClock
from ui.home.due_panel import DuePanel
from ui.kit.bidi import bare
from ui.kit.commands import Command


class Reminded:
    """Dana's desktop with the clock of her reminders, and what was told outside the window."""

    def __init__(self, desk: TasksDesk) -> None:
        self.desk = desk
        self.outside: list[str] = []
        self.called: list[tuple[int | None, int]] = []
        call = Command("dialer.open_customer", "Call this customer", in_palette=False)
        desk.window.desk.commands.add(call, lambda *given: self.called.append(given))
        desk.window.show_screen("tasks")
        self.clock = ReminderClock(desk.window.desk, lambda _title, text: self.outside.append(bare(text)), desk.window)
        self.clock.start()
        self.wait()

    def wait(self) -> None:
        self.desk.qtbot.wait(300)
        self.desk.settle()

    def add(self, text: str, minutes: float = -1, customer: bool = False) -> int:
        """A reminder of Dana's."""
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        draft = ReminderDraft(at, text, customer_id=self.desk.office.rossi if customer else None)
        made = self.desk.backend.execute(reminders.add, draft)
        self.wait()
        return made

    @property
    def panel(self) -> DuePanel:
        panel = self.clock.panel
        assert panel is not None
        return panel

    def lines(self) -> list[str]:
        return [bare(line.text) for line in self.panel.view.model_.lines]

    def left(self, reminder_id: int) -> timedelta:
        """How far away a reminder is now."""
        with self.desk.database.reading() as session:
            return session.get_one(Reminder, reminder_id).at - datetime.now(UTC)


@pytest.fixture
def reminded(desk: TasksDesk) -> Reminded:
    return Reminded(desk)


@pytest.mark.row("R-D4")
def test_what_is_due_stands_in_a_panel_and_leaves_the_keyboard_where_it_is(reminded: Reminded, desk: TasksDesk):
    assert reminded.clock.panel is None
    field = desk.list.findChild(QLineEdit)
    assert field is not None
    desk.front()
    field.setFocus()
    reminded.add("Call Rossi", customer=True)
    reminded.add("Send the offer")
    reminded.add("much later", minutes=600)
    assert reminded.panel.isVisible()
    assert reminded.lines() == ["Call Rossi", "Send the offer"]
    assert reminded.panel.title.text() == "2 reminders are due."
    assert QApplication.focusWidget() is field
    assert not reminded.panel.isWindow()


@pytest.mark.row("R-D4")
def test_it_comes_when_its_time_comes_without_asking_the_database_before(
    reminded: Reminded, desk: TasksDesk, monkeypatch: pytest.MonkeyPatch
):
    reminder_id = reminded.add("soon", minutes=30)
    asked: list[object] = []
    with monkeypatch.context() as patched:
        patched.setattr(desk.tasks, "read", lambda *given: asked.append(given))
        reminded.clock._tick()
    assert (asked, reminded.clock.panel) == ([], None)
    assert 0 < reminded.clock._clock.interval() <= 60_000
    with desk.database.transaction() as session:
        session.get_one(Reminder, reminder_id).at -= timedelta(hours=1)
    reminded.clock._ahead = timedelta(hours=1)
    reminded.clock._tick()
    reminded.wait()
    assert reminded.lines() == ["soon"]


@pytest.mark.row("R-D4", "F7")
def test_keys_alone_go_there_put_off_tick_off_and_go_back(reminded: Reminded, desk: TasksDesk):
    first, second, third = (reminded.add(text) for text in ("one", "two", "three"))
    desk.front()
    desk.list.setFocus()
    before = QApplication.focusWidget()
    desk.press(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is reminded.panel.view
    desk.press(Qt.Key.Key_2)
    reminded.wait()
    assert timedelta(minutes=14) < reminded.left(first) <= timedelta(minutes=15)
    assert reminded.lines() == ["two", "three"]
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Delete)
    reminded.wait()
    assert reminded.lines() == ["two"]
    with desk.database.reading() as session:
        assert session.get_one(Reminder, third).done_at is not None
    desk.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before
    assert reminded.panel.isVisible(), "it stays until it is answered"
    assert reminded.left(second) < timedelta(0)


@pytest.mark.row("R-D4")
def test_a_moment_is_typed_as_people_say_it(reminded: Reminded, desk: TasksDesk):
    reminder_id = reminded.add("one")
    reminded.panel.moment.setFocus()
    QTest.keyClicks(reminded.panel.moment.line, "in 3 hours")
    QTest.keyClick(reminded.panel.moment.line, Qt.Key.Key_Return)
    reminded.wait()
    assert timedelta(minutes=178) < reminded.left(reminder_id) <= timedelta(hours=3)
    assert not reminded.panel.isVisible()


@pytest.mark.row("R-D4")
def test_calling_now_loads_the_customer_and_makes_room(reminded: Reminded, desk: TasksDesk):
    reminded.add("Call Rossi", customer=True)
    QTest.mouseClick(reminded.panel.call, Qt.MouseButton.LeftButton)
    assert reminded.called == [(None, desk.office.rossi)]
    assert reminded.panel.isVisible()
    assert not reminded.panel.view.isVisible()
    QTest.mouseClick(reminded.panel.fold, Qt.MouseButton.LeftButton)
    assert reminded.panel.view.isVisible()
    reminded.add("nobody to call", minutes=-2)
    reminded.panel.view.choose(reminded.panel._rows[0].id)
    assert not reminded.panel.call.isVisible()


@pytest.mark.row("R-D4")
def test_it_is_handed_to_a_colleague_from_a_menu(reminded: Reminded, desk: TasksDesk):
    reminder_id = reminded.add("Call Rossi", customer=True)
    QTest.mouseClick(reminded.panel.pass_on, Qt.MouseButton.LeftButton)
    desk.settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [bare(action.text()) for action in menu.actions()]
    assert names == ["Avi", "Noa", "Sara"]
    menu.setActiveAction(menu.actions()[0])
    QTest.keyClick(menu, Qt.Key.Key_Return)
    reminded.wait()
    with desk.database.reading() as session:
        asked = select(Reminder.user_id).where(Reminder.id == reminder_id)
        assert session.scalars(asked).one() == desk.office.avi
    assert not reminded.panel.isVisible()


@pytest.mark.row("R-D4")
def test_a_hidden_window_is_told_outside_once(reminded: Reminded, desk: TasksDesk):
    desk.window.hide()
    reminded.add("Call about the offer", customer=True)
    assert reminded.outside == ["Rossi: Call about the offer"]
    reminded.clock.look()
    reminded.wait()
    assert len(reminded.outside) == 1


def test_it_is_mirrored_with_the_language_and_stays_in_the_corner(reminded: Reminded, desk: TasksDesk):
    reminded.add("Call Rossi", customer=True)
    panel, window = reminded.panel, desk.window
    assert window.width() - panel.geometry().right() < 30
    desk.preferences.speak("he")
    QTest.qWait(50)
    assert panel.geometry().left() < 30
    desk.preferences.speak("en")
    window.resize(1000, 700)
    QTest.qWait(50)
    assert window.width() - panel.geometry().right() < 30
