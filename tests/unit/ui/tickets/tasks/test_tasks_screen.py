"""The tasks' screen: whose tasks, what is marked, what others change, and a new task by the keyboard."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app import i18n
from app.models.tickets import Task
from app.services.tickets.task_rows import Scope
from tests.kit.tasks import add_step
from tests.kit.tasks_robot import TasksDesk, soon
from ui.tickets.tasks.model import Column
from ui.tickets.tasks.new import NewTaskWindow
from ui.tickets.tasks.screen import TasksScreen
from ui.tickets.tasks.update import UpdateWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def titles(screen: TasksScreen) -> list[str]:
    return [row.title for row in screen.model.rows]


def cell(screen: TasksScreen, row: int, column: Column, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> object:
    found = screen.model.index(row, column).data(role)
    return found.strip("\u2068\u2069") if isinstance(found, str) else found


@pytest.mark.row("R-F5")
def test_what_comes_in_shows_at_once_and_selection_and_order_stay(desk: TasksDesk):
    later = desk.hand("later", due_at=soon(5))
    screen = desk.list
    desk.settle()
    screen.view.selectRow(0)
    desk.hand("sooner", due_at=soon(1))
    desk.settle()
    assert titles(screen) == ["sooner", "later"]
    assert screen.task_at_hand() == later
    assert screen.count.text() == "2 tasks"
    desk.move(later, user_id=desk.office.noa)
    desk.settle()
    assert titles(screen) == ["sooner"]


@pytest.mark.row("R-F24", "U19")
def test_overdue_bell_and_marks_are_seen_heard_and_drawn(desk: TasksDesk):
    task_id = desk.hand("Pump", due_at=soon(-1))
    with desk.database.transaction() as session:
        task = session.get_one(Task, task_id)
        for one, other in pairwise([desk.office.avi, desk.office.noa, desk.office.avi, desk.office.dana]):
            add_step(session, task, soon(-1), from_user_id=one, to_user_id=other)
    screen = desk.list
    desk.settle()
    decoration, spoken = Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.AccessibleTextRole
    assert cell(screen, 0, Column.DUE, Qt.ItemDataRole.ForegroundRole) is not None
    assert str(cell(screen, 0, Column.DUE, spoken)).endswith("Overdue")
    assert cell(screen, 0, Column.CUSTOMER, decoration) is not None
    assert str(cell(screen, 0, Column.CUSTOMER, spoken)).endswith("This customer has an alert")
    assert cell(screen, 0, Column.STAGE, decoration) is not None
    assert str(cell(screen, 0, Column.STAGE, spoken)).endswith("Goes back and forth between people")


def test_scope_and_filters_narrow_the_list_and_say_so(desk: TasksDesk):
    desk.hand("mine")
    desk.open_task("Noa's", user_id=desk.office.noa)
    screen = desk.list
    desk.settle()
    assert titles(screen) == ["mine"]
    screen.scope.buttons[Scope.ALL].click()
    desk.settle()
    assert sorted(titles(screen)) == ["Noa's", "mine"]
    screen.filters._take("handler_id", desk.office.noa)
    desk.settle()
    assert titles(screen) == ["Noa's"]
    screen.search.setText("rossi")
    desk.qtbot.wait(300)
    desk.settle()
    assert titles(screen) == ["Noa's"]
    screen.search.setText("nothing like it")
    desk.qtbot.wait(300)
    desk.settle()
    assert screen._stack.currentWidget() is screen._nothing


def test_enter_opens_the_update_window_and_a_switch_of_language_keeps_what_is_typed(desk: TasksDesk):
    desk.hand("Pump")
    screen = desk.list
    desk.settle()
    desk.front()
    screen.view.setFocus()
    screen.view.selectRow(0)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    window = desk.window_of(UpdateWindow)
    window.advance.goals.setCurrentRow(1)
    window.advance.note.setPlainText("typed")
    due = window.advance.due.value()
    desk.preferences.speak("he")
    desk.settle()
    assert window.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert (window.advance.note.toPlainText(), window.advance.due.value()) == ("typed", due)
    assert window.advance.goal().stage_id == desk.office.way.stages["Quote"]
    desk.preferences.speak("en")
    i18n.use("en")


@pytest.mark.row("R-F8", "R-F16")
def test_a_new_task_goes_automatically_or_to_the_one_who_was_named(desk: TasksDesk):
    assert desk.list.isVisible()
    desk.settle()
    desk.front()
    desk.press(Qt.Key.Key_T, CTRL | SHIFT)
    desk.settle()
    window = desk.window_of(NewTaskWindow)
    window.activateWindow()
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert window._fields["title"].has_error
    desk.type("Call Rossi")
    window.process.setFocus()
    window.process.lineEdit().selectAll()
    desk.type("Sale")
    desk.press(Qt.Key.Key_Tab)
    assert window.handler.currentText() == "Automatic"
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert desk.said_last().startswith("It went to Avi: fewest open tasks") or desk.said_last().startswith(
        "It went to Dana: fewest open tasks"
    )
    desk.window.desk.commands.run("tasks.new", None, desk.office.rossi, "Rossi")
    desk.settle()
    window = desk.window_of(NewTaskWindow)
    window.title.setText("For Dana")
    window.save_button.click()
    desk.settle()
    assert desk.said_last() == "It went to Dana: named by hand."
    assert "For Dana" in titles(desk.list)
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, NewTaskWindow) and each.isVisible()]
