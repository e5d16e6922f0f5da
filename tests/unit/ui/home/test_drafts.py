"""What was typed and never saved: kept by every form, offered in the next, listed in one window."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.kit.tasks_robot import TasksDesk
from ui.home.reminder import ReminderWindow
from ui.home.unsaved import UnsavedNotice
from ui.kit.drafts import drafts_of
from ui.widgets.drafts_window import DraftsWindow


def reminder(desk: TasksDesk) -> ReminderWindow:
    desk.window.desk.commands.run("home.remind")
    desk.settle()
    window = desk.window_of(ReminderWindow)
    window.activateWindow()
    return window


@pytest.mark.row("F5")
@pytest.mark.row("U64")
def test_a_form_keeps_what_is_typed_and_the_next_one_offers_it(desk: TasksDesk) -> None:
    drafts = drafts_of(desk.window.desk)
    window = reminder(desk)
    assert drafts.typed == (), "what the program fills in is nobody's text"
    window.text.setFocus()
    QTest.keyClicks(window.text, "Call Coh")
    (draft,) = drafts.typed
    assert draft.typed == {"text": "Call Coh"}
    window.reject()
    assert drafts.typed == (), "left on purpose"
    drafts.take_back(replace(draft, run="dead"))
    window = reminder(desk)
    assert window.form_draft is not None
    assert window.form_draft.line.isVisible()
    window.form_draft.line.restore_button.click()
    assert window.text.text() == "Call Coh"
    assert (drafts.left, len(drafts.typed)) == ((), 1)
    window.save_button.click()
    desk.settle()
    assert drafts.typed == ()
    other = replace(draft, base={"text": "of another row"}, run="other")
    drafts.take_back(other)
    begun_otherwise = reminder(desk).form_draft
    assert begun_otherwise is not None
    assert not begun_otherwise.line.isVisible(), "it is another row's"


def test_all_of_them_are_listed_told_once_and_opened_copied_or_let_go(desk: TasksDesk) -> None:
    drafts = drafts_of(desk.window.desk)
    task_id = desk.hand("Pump")
    window = reminder(desk)
    window.text.setFocus()
    QTest.keyClicks(window.text, "x")
    (draft,) = drafts.typed
    window.reject()
    drafts.take_back(replace(draft, run="a", typed={"text": "Half a wo"}, title="<b>Cohen</b>"))
    drafts.take_back(replace(draft, record=f"UpdateWindow:{task_id}", run="b", title="Pump"))
    notice = UnsavedNotice(desk.window.desk, desk.window)
    assert "2 texts" in desk.said_last()
    offer = desk.said[-1].offer
    assert offer is not None
    offer.do()
    listed = desk.window_of(DraftsWindow)
    assert [each.title for each in listed.shown] == ["Pump", "<b>Cohen</b>"]
    listed.copy(listed.shown[1])
    assert QGuiApplication.clipboard().text() == "Half a wo"
    listed.open_card(listed.shown[0])
    desk.settle()
    listed.discard(listed.shown[1])
    assert [each.title for each in listed.shown] == ["Pump"]
    notice.deleteLater()
