"""The bell: who is told of a new task, how, and what is no news."""

from datetime import timedelta

import pytest

from app.domain.errors import NotFound
from app.models.processes import ActivityType
from app.models.tickets import Reminder
from app.services.tickets import reminders
from app.services.tickets.reminders import ReminderDraft
from app.settings import Settings
from tests.kit.tasks_robot import TasksDesk, soon
from ui.home.watch import Watch


class Bell:
    """A watch on Dana's desktop, with what it told outside the window."""

    def __init__(self, desk: TasksDesk) -> None:
        self.desk = desk
        self.outside: list[tuple[str, str]] = []
        self.watch = Watch(desk.window.desk, self.tell, desk.window)
        self.watch.counted.connect(desk.window.rail.set_badge)
        desk.window.rail.marked.connect(self.watch.see)
        desk.window.show_screen("tickets")
        self.watch.start()
        self.wait()

    def tell(self, title: str, text: str) -> bool:
        self.outside.append((title, text.replace("\u2068", "").replace("\u2069", "")))
        return True

    def wait(self) -> None:
        self.desk.qtbot.wait(320)
        self.desk.settle()

    def badge(self, screen: str = "tasks") -> str:
        return self.desk.window.rail.badge(screen)

    def told(self) -> list[str]:
        return [notice.words().replace("\u2068", "").replace("\u2069", "") for notice in self.desk.said]


@pytest.fixture
def bell(desk: TasksDesk) -> Bell:
    desk.hand("was there before")
    return Bell(desk)


@pytest.mark.row("R-T42")
def test_a_task_that_is_given_to_me_is_told_and_counted_until_i_look(bell: Bell, desk: TasksDesk):
    assert (bell.told(), bell.badge()) == ([], "")
    task_id = desk.hand("Pump")
    bell.wait()
    assert bell.told() == ["New task for you: Pump (Rossi)"]
    assert bell.badge() == "1"
    desk.move(task_id, note="a note of Avi's")
    bell.wait()
    assert len(bell.told()) == 1, "it was mine already"
    desk.move(task_id, user_id=desk.office.noa)
    bell.wait()
    assert bell.badge() == "", "it is no longer mine"
    desk.move(task_id, user_id=desk.office.dana)
    bell.wait()
    assert bell.told() == ["New task for you: Pump (Rossi)"] * 2
    assert bell.badge() == "1"
    assert desk.list.isVisible()
    assert bell.badge() == ""
    offer = desk.said[-1].offer
    assert offer is not None


@pytest.mark.row("R-T42")
def test_several_at_once_are_one_message_and_my_own_and_silent_ones_are_none(bell: Bell, desk: TasksDesk):
    for title in ("one", "two", "three"):
        desk.hand(title)
    bell.wait()
    assert bell.told() == ["3 new tasks for you."]
    before = len(bell.told())
    with desk.database.transaction() as session:
        kind = ActivityType(name="Silent", notifies=False, is_schedulable=False)
        session.add(kind)
        session.flush()
        kind_id = kind.id
    desk.open_task("quiet", user_id=desk.office.dana, activity_type_id=kind_id)
    desk.open_task("own", by=desk.backend, user_id=desk.office.dana)
    bell.wait()
    assert len(bell.told()) == before


@pytest.mark.row("R-T42")
def test_a_window_that_is_not_in_front_is_told_of_outside_unless_one_does_not_want_it(bell: Bell, desk: TasksDesk):
    desk.front()
    desk.hand("seen")
    bell.wait()
    assert bell.outside == []
    desk.window.setWindowState(desk.window.windowState())
    desk.window.hide()
    bell.wait()
    desk.hand("Pump")
    bell.wait()
    assert bell.outside == [("New task", "New task for you: Pump (Rossi)")]
    desk.preferences.put(Settings.notify_tasks, False)
    before = len(bell.told())
    desk.hand("another")
    bell.wait()
    assert (len(bell.outside), len(bell.told())) == (1, before)
    assert bell.badge() == "3"


def test_a_reminder_whose_time_has_come_is_told_and_counted(bell: Bell, desk: TasksDesk):
    reminder_id = desk.backend.execute(reminders.add, ReminderDraft(soon(5), "Call"))
    bell.wait()
    assert bell.badge("home") == ""
    with desk.database.transaction() as session:
        session.get_one(Reminder, reminder_id).at -= timedelta(hours=6)
    bell.watch._minute.timeout.emit()
    bell.wait()
    assert bell.badge("home") == "1"
    bell.watch.reminders.look()
    bell.wait()
    panel = bell.watch.reminders.panel
    assert panel is not None
    assert panel.isVisible()
    assert bell.told() == [], "the panel says it"


def test_a_question_that_fails_is_asked_again_with_the_next_change(bell: Bell, desk: TasksDesk):
    desk.hand("one")
    bell.watch._leave(NotFound.__new__(NotFound))
    desk.hand("two")
    bell.wait()
    assert bell.badge() == "2"
