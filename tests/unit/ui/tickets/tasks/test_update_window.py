"""The update window by the keyboard: advance, hand over, note, close, and what happens when it cannot be."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app.domain.processes.routing import Rule
from app.models.people import User
from app.models.processes import ActivityType
from app.models.tickets import CustomField, HoursEntry, Layout, Note
from app.services.tickets.why import why
from tests.kit.tasks_robot import TasksDesk, soon
from ui.tickets.tasks.update import UpdateWindow
from ui.tickets.tasks.why import WhyWindow

CTRL = Qt.KeyboardModifier.ControlModifier


def opened(desk: TasksDesk, task_id: int) -> UpdateWindow:
    """The window of a task, everything read."""
    desk.window.desk.commands.run("tasks.open", task_id)
    desk.settle()
    window = desk.window_of(UpdateWindow)
    window.activateWindow()
    return window


def save(desk: TasksDesk) -> None:
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()


def stages(window: UpdateWindow) -> list[str]:
    """What the list of next stages offers."""
    goals = window.advance.goals
    return [goals.item(row).text().strip("\u2068\u2069") for row in range(goals.count())]


@pytest.mark.row("R-F19", "R-F20", "R-F21", "R-F8")
def test_a_task_is_advanced_by_keys_alone_and_the_machine_finds_its_next_handler(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    assert [each.replace("\u2068", "").replace("\u2069", "") for each in stages(window)] == [
        "Stays at Intake",
        "Quote",
        "Secret",
        "Close the task",
    ]
    assert not window.save_button.isEnabled()
    assert QApplication.focusWidget() is window.advance.goals
    desk.press(Qt.Key.Key_Down)
    assert "Advance to" in window.save_button.text()
    assert window.advance.handler.currentText() == "Automatic"
    filled = window.advance.due.value()
    assert filled is not None
    assert abs(filled - soon(48)) < timedelta(minutes=2)
    window.advance.note.setFocus()
    desk.type("Wants an offer")
    save(desk)
    task = desk.offer(task_id).task
    assert (task.stage, task.user, task.is_by_hand) == ("Quote", "Noa", False)
    assert task.due_at is not None
    assert abs(task.due_at - filled) < timedelta(minutes=1)
    assert desk.said_last() == "It went to Noa: the only one who is in."
    step = desk.backend.execute(why, task_id)[0]
    assert (step.rule, step.note, step.by) == (Rule.ONLY_ONE, "Wants an offer", "Dana")
    assert not [each for each in desk.window.findChildren(UpdateWindow) if each.isVisible()]


@pytest.mark.row("R-F21")
def test_the_due_date_stays_editable_to_the_hour(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    desk.press(Qt.Key.Key_Down)
    before = window.advance.due.value()
    assert before is not None
    window.advance.due.time.setFocus()
    # A day has no hour after 23.
    desk.press(Qt.Key.Key_Down if window.advance.due.time.time().hour() == 23 else Qt.Key.Key_Up)
    save(desk)
    due = desk.offer(task_id).task.due_at
    assert due is not None
    assert abs((due - before).total_seconds()) == 3600


@pytest.mark.row("R-F16", "R-F8")
def test_somebody_can_be_named_by_hand_at_any_update(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    window.advance.handler.setFocus()
    window.advance.handler.lineEdit().selectAll()
    desk.type("Sara")
    desk.press(Qt.Key.Key_Tab)
    assert window.save_button.text() == "Hand over"
    save(desk)
    task = desk.offer(task_id).task
    assert (task.stage, task.user, task.is_by_hand) == ("Intake", "Sara", True)
    assert desk.said_last() == "It went to Sara: named by hand."


def test_a_note_alone_is_saved_and_the_task_stays_where_it_is(desk: TasksDesk):
    task_id = desk.hand("Pump")
    with desk.database.transaction() as session:
        before = session.query(Note).filter_by(is_alert=True).count()
    window = opened(desk, task_id)
    window.advance.note.setFocus()
    desk.type("Called, no answer")
    assert window.save_button.text() == "Save note"
    save(desk)
    task = desk.offer(task_id).task
    assert (task.stage, task.user) == ("Intake", "Dana")
    with desk.database.transaction() as session:
        assert session.query(Note).filter_by(task_id=task_id).one().text == "Called, no answer"
        assert session.query(Note).filter_by(is_alert=True).count() == before


@pytest.mark.row("R-F24")
def test_a_note_of_the_kind_alert_rings_the_bell_of_its_customer(desk: TasksDesk):
    with desk.database.transaction() as session:
        for note in session.query(Note).all():
            note.dismissed_at = soon(0)
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    assert window._bell.isHidden()
    alert = next(kind.id for kind in desk.offer(task_id).note_kinds if kind.flag)
    window.advance.note.setPlainText("Beware of the dog")
    window.advance.kind.set_value(alert)
    save(desk)
    assert desk.offer(task_id).task.has_alert
    assert not opened(desk, task_id)._bell.isHidden()


def test_a_later_stage_without_a_profile_is_refused_in_words_and_a_named_handler_goes_through(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    assert "names no profile" in window.advance.remark.text()
    window.advance.note.setPlainText("kept")
    save(desk)
    assert window.isVisible()
    assert window._wrong.isVisible()
    assert window.advance.note.toPlainText() == "kept"
    assert desk.offer(task_id).task.stage == "Intake"
    window.advance.handler.set_value(desk.office.avi)
    window.advance._take_handler(None)
    save(desk)
    assert (desk.offer(task_id).task.stage, desk.offer(task_id).task.user) == ("Secret", "Avi")


def test_the_second_of_two_who_advance_at_once_is_told_and_keeps_what_he_typed(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    window.advance.note.setPlainText("my words")
    desk.bridge.close()  # the change feed is late
    desk.move(task_id, stage_id=desk.office.way.stages["Quote"], is_automatic=True)
    window.save_button.click()
    desk.settle()
    assert "Avi moved this task in the meantime." in window._wrong.text()
    assert window.advance.note.toPlainText() == "my words"
    assert "Quote" in window.advance.stage.text()
    window.save_button.click()
    desk.settle()
    assert desk.backend.execute(why, task_id)[0].note == "my words"


def test_what_somebody_else_does_shows_in_the_open_window_and_the_typed_note_stays(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    window.advance.note.setPlainText("my words")
    desk.move(task_id, stage_id=desk.office.way.stages["Quote"], user_id=desk.office.dana)
    desk.settle()
    assert "Quote" in window.advance.stage.text()
    assert window.advance.note.toPlainText() == "my words"
    assert window.line.isVisible()


def test_who_is_no_longer_active_is_refused_and_the_task_stays(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    with desk.database.transaction() as session:
        session.get_one(User, desk.office.noa).is_active = False
    window.advance.handler.set_value(desk.office.noa)
    window.advance._take_handler(None)
    window.save_button.click()
    desk.settle()
    assert window._wrong.isVisible()
    assert window._wrong.text()
    assert desk.offer(task_id).task.user == "Dana"


def test_a_close_asks_for_the_fields_its_kind_needs_and_marks_them(desk: TasksDesk):
    with desk.database.transaction() as session:
        field = CustomField(name="Serial", kind="text")
        kind = ActivityType(name="Repair", is_schedulable=False)
        session.add_all([field, kind])
        session.flush()
        code = f"custom.{field.id}"
        session.add(Layout(kind="task", activity_type_id=kind.id, fields=[code], required=[code]))
        session.flush()
        kind_id, field_id = kind.id, field.id
    task_id = desk.open_task("Pump", user_id=desk.office.dana, activity_type_id=kind_id).task_id
    window = opened(desk, task_id)
    desk.press(Qt.Key.Key_End)
    assert window.save_button.text() == "Close task"
    save(desk)
    assert window.tabs.currentWidget() is window.details
    focused = QApplication.focusWidget()
    assert isinstance(focused, QLineEdit)
    desk.type("A-1")
    save(desk)
    task = desk.offer(task_id).task
    assert task.closed_at is not None
    assert task.custom == {str(field_id): "A-1"}
    assert desk.said_last() == "The task is closed."


def test_escape_keeps_what_was_typed_until_the_window_is_opened_again(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    window.advance.note.setFocus()
    desk.type("half a thought")
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert not window.isVisible()
    assert "kept" in desk.said_last()
    assert opened(desk, task_id).advance.note.toPlainText() == "half a thought"


@pytest.mark.row("F2", "U15")
def test_one_key_says_why_with_the_rule_and_everybody_who_was_looked_at(desk: TasksDesk):
    task_id = desk.open_task("Pump").task_id
    assert desk.offer(task_id).task.user == "Dana"
    listed = desk.list
    desk.settle()
    desk.front()
    listed.view.setFocus()
    listed.view.selectRow(0)
    desk.press(Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    window = desk.window_of(WhyWindow)
    assert window.sentence.text() == (
        "It went to Dana: fewest open tasks (0), 2 people with the profile “Service” are in."
    )
    assert "Rule: Fewest open tasks" in window.facts.text()
    model = window.candidates
    names = [model.index(row, 0).data().strip("\u2068\u2069") for row in range(model.rowCount())]
    assert names == ["Dana", "Avi"]
    assert model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is not None
    assert model.index(1, 0).data(Qt.ItemDataRole.DecorationRole) is None
    desk.move(task_id, stage_id=desk.office.way.stages["Quote"], is_automatic=True)
    desk.settle()
    assert window.steps.count() == 2
    window.steps.setFocus()
    desk.press(Qt.Key.Key_Home)
    assert window.sentence.text() == "It went to Noa: nobody else with the profile “Sales” is in."


@pytest.mark.row("R-F27")
def test_the_time_worked_is_reported_with_the_update_or_not_at_all(desk: TasksDesk):
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    window.advance.worked.setFocus()
    window.advance.worked.selectAll()
    desk.type("45")
    desk.press(Qt.Key.Key_Tab)
    save(desk)
    assert [step.rule for step in desk.backend.execute(why, task_id)] == ["by_hand"], "no move, no step"
    assert hours_of(desk, task_id) == [(45, "")]
    window = opened(desk, task_id)
    window.advance.worked.set_value(30)
    window.advance.note.setPlainText("Quoted")
    window.advance.goals.setCurrentRow(2)
    save(desk)
    assert window.isVisible(), "no profile: refused"
    assert hours_of(desk, task_id) == [(45, "")]
    window.advance.goals.setCurrentRow(1)
    save(desk)
    assert hours_of(desk, task_id) == [(45, ""), (30, "Quoted")]


def hours_of(desk: TasksDesk, task_id: int) -> list[tuple[int, str]]:
    with desk.database.reading() as session:
        rows = session.query(HoursEntry).filter_by(task_id=task_id, user_id=desk.office.dana).order_by(HoursEntry.id)
        return [(row.minutes, row.note) for row in rows]
