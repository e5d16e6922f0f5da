"""Nothing typed in the window of a task is lost, and nobody's words are overwritten without a look."""

import pytest
from PySide6.QtWidgets import QLineEdit

from app.backend import Backend
from app.models.processes import ActivityType
from app.models.tickets import CustomField, Layout, Task
from app.services.presence.open_cards import Shown, others, show
from app.services.tickets import updating
from app.services.tickets.advancing import Update
from tests.kit.factory import add_user
from tests.kit.tasks_robot import TasksDesk
from ui.kit.drafts import drafts_of
from ui.tickets.tasks.update import UpdateWindow
from ui.widgets.merge.window import BOTH


def opened(desk: TasksDesk, task_id: int) -> UpdateWindow:
    desk.window.desk.commands.run("tasks.open", task_id)
    desk.settle()
    window = desk.window_of(UpdateWindow)
    window.activateWindow()
    return window


def yael(desk: TasksDesk) -> Backend:
    with desk.database.transaction() as session:
        return Backend(desk.database, actor=add_user(session, "Yael", "administrator").id)


@pytest.mark.row("F5")
def test_a_note_is_in_the_journal_until_it_is_saved_and_offered_in_the_next_run(desk: TasksDesk) -> None:
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    drafts = drafts_of(desk.window.desk)
    window.advance.note.setFocus()
    desk.type("Half a wo")
    (draft,) = drafts.typed
    assert (draft.record, draft.typed) == (f"UpdateWindow:{task_id}", {"Advance.note": "Half a wo"})
    window.reject()
    assert drafts.typed == (draft,), "closed, it is still not saved"
    window = opened(desk, task_id)
    window.save_button.click()
    desk.settle()
    assert drafts.typed == ()
    drafts.take_back(draft)
    window = opened(desk, task_id)
    assert window.form_draft is not None
    window.form_draft.line.restore_button.click()
    assert window.advance.note.toPlainText() == "Half a wo"
    assert drafts.left == ()


@pytest.mark.row("F4")
def test_the_same_field_of_ones_own_changed_by_two_is_asked_about(desk: TasksDesk) -> None:
    with desk.database.transaction() as session:
        field, kind = CustomField(name="Serial", kind="text"), ActivityType(name="Repair", is_schedulable=False)
        session.add_all([field, kind])
        session.flush()
        key, code, kind_id = str(field.id), f"custom.{field.id}", kind.id
        session.add(Layout(kind="task", activity_type_id=kind_id, fields=[code], required=[]))
    task_id = desk.open_task("Pump", user_id=desk.office.dana, activity_type_id=kind_id).task_id
    window = opened(desk, task_id)
    window.tabs.setCurrentWidget(window.details)
    line = window.details._cells[code].widget
    assert isinstance(line, QLineEdit)
    line.setFocus()
    desk.type("Mine")
    hers = yael(desk)
    hers.execute(updating.update, task_id, desk.offer(task_id).task.version, Update(custom={key: "Theirs"}))
    window.reload()
    desk.qtbot.waitUntil(lambda: window.meeting.window is not None)
    asked = window.meeting.window
    assert asked is not None
    assert line.text() == "Mine"
    asked.choose(key, BOTH)
    asked.save_button.click()
    assert line.text() == "Mine / Theirs"
    window.save_button.click()
    desk.settle()
    with desk.database.reading() as session:
        assert session.get_one(Task, task_id).custom == {key: "Mine / Theirs"}


@pytest.mark.row("F4")
def test_who_else_has_the_task_open_stands_there(desk: TasksDesk) -> None:
    task_id = desk.hand("Pump")
    hers = yael(desk)
    hers.execute(show, "hers", (Shown("tasks", task_id),))
    window = opened(desk, task_id)
    assert "Yael has this card open" in window.present.words.text()
    desk.qtbot.waitUntil(lambda: len(hers.execute(others, "tasks", task_id)) == 1)
    window.reject()
    desk.qtbot.waitUntil(lambda: hers.execute(others, "tasks", task_id) == ())
