"""The home page: every part filled, opened by Enter, kept up to date, and reminders ticked off and taken back."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from app.models.people import User
from app.services.tickets import reminders
from app.services.tickets.reminders import ReminderDraft
from tests.kit.factory import add_presence, add_visit
from tests.kit.tasks_robot import TasksDesk, soon
from ui.home.part import Part
from ui.home.reminder import ReminderWindow
from ui.home.words import greeting, when
from ui.tickets.tasks.update import UpdateWindow
from ui.tickets.tasks.why import WhyWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def lines(part: Part) -> list[str]:
    return [line.text.replace("\u2068", "").replace("\u2069", "") for line in part.view.model_.lines]


@pytest.mark.row("R-T35", "R-F5")
def test_my_tasks_visits_and_what_others_moved_stand_there_overdue_in_red(desk: TasksDesk):
    home = desk.home
    desk.settle()
    assert home.tasks._stack.currentWidget() is home.tasks._nothing
    desk.hand("tomorrow", due_at=soon(20))
    desk.hand("late", due_at=soon(-2))
    with desk.database.transaction() as session:
        dana = session.get_one(User, desk.office.dana)
        add_presence(session, dana, soon(-1), soon(9))
        add_visit(session, dana, soon(1), soon(2), title="Boiler")
    home.refresh()
    desk.settle()
    assert lines(home.tasks) == ["late", "tomorrow"]
    late, tomorrow = home.tasks.view.model_.lines
    assert (late.tone, tomorrow.tone) == ("danger", "muted")
    assert late.icon == "alerts", "the customer's bell"
    assert lines(home.visits) == ["Boiler"]
    assert lines(home.changes) == ["late: given to you", "tomorrow: given to you"]
    assert "1 overdue" in home.summary.text()


@pytest.mark.row("F2")
def test_enter_opens_a_task_and_one_key_says_why_it_is_mine(desk: TasksDesk):
    task_id = desk.open_task("Pump").task_id
    home = desk.home
    desk.settle()
    desk.front()
    home.tasks.view.setFocus()
    desk.press(Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert desk.window_of(WhyWindow).task_id == task_id
    desk.window_of(WhyWindow).close()
    desk.front()
    home.tasks.view.setFocus()
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.window_of(UpdateWindow).task_id == task_id


def test_a_reminder_is_typed_in_ticked_off_by_a_key_and_taken_back(desk: TasksDesk):
    home = desk.home
    desk.settle()
    desk.front()
    desk.press(Qt.Key.Key_R, CTRL | SHIFT)
    desk.settle()
    window = desk.window_of(ReminderWindow)
    window.activateWindow()
    tomorrow = window.at.value()
    assert (tomorrow.hour, tomorrow.minute) == (10, 0)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert window._text_field.has_error
    window.text.setFocus()
    desk.type("Send the offer")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert lines(home.reminders) == ["Send the offer"]
    row = desk.backend.execute(reminders.mine)[0]
    assert row.at.astimezone(UTC).hour in (7, 8), "ten o'clock in Jerusalem"
    desk.front()
    home.reminders.view.setFocus()
    desk.press(Qt.Key.Key_D, CTRL)
    desk.settle()
    assert lines(home.reminders) == []
    assert desk.said_last() == "Done: Send the offer"
    offer = desk.said[-1].offer
    assert offer is not None
    offer.do()
    desk.settle()
    assert lines(home.reminders) == ["Send the offer"]


def test_a_change_under_another_screen_is_read_when_home_comes_to_the_front(desk: TasksDesk):
    home = desk.home
    desk.settle()
    assert desk.list.isVisible()
    desk.hand("Pump")
    desk.settle()
    assert lines(home.tasks) == []
    assert desk.home is home
    desk.settle()
    assert lines(home.tasks) == ["Pump"]


def test_a_reminder_of_a_task_opens_it(desk: TasksDesk):
    task_id = desk.hand("Pump")
    desk.backend.execute(reminders.add, ReminderDraft(soon(-1), "Call", task_id=task_id))
    home = desk.home
    desk.settle()
    home.reminders.view.setFocus()
    assert home.reminders.view.model_.lines[0].tone == "danger"
    home.reminders.view.opened.emit(home.reminders.view.model_.lines[0].key)
    desk.settle()
    assert desk.window_of(UpdateWindow).task_id == task_id


def test_moments_are_said_as_one_says_them_today():
    now = datetime(2031, 11, 24, 9, tzinfo=UTC)
    said = [when(now.replace(day=day, hour=10), now, UTC) for day in (23, 24, 25, 27)]
    assert said == ["Yesterday 10:00", "Today 10:00", "Tomorrow 10:00", "Thu 27 Nov 10:00"]
    assert [greeting("Dana", now.replace(hour=hour)).split(",")[0] for hour in (9, 13, 20)] == [
        "Good morning",
        "Good afternoon",
        "Good evening",
    ]


def test_the_update_window_notes_down_a_reminder_of_its_task(desk: TasksDesk):
    task_id = desk.hand("Pump")
    desk.window.desk.commands.run("tasks.open", task_id)
    desk.settle()
    desk.window_of(UpdateWindow)._remind.click()
    desk.settle()
    window = desk.window_of(ReminderWindow)
    window.text.setText("Call")
    window.save_button.click()
    desk.settle()
    row = desk.backend.execute(reminders.mine)[0]
    assert (row.task_id, row.about) == (task_id, "Pump")
