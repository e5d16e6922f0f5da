"""Reasons for a pause, by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from app.services.dialer.pauses import list_pauses
from tests.unit.ui.admin.conftest import Hands

BUILT_IN = ["Break", "Lunch", "Training", "Meeting", "Work after a call"]


def test_a_reason_is_added_ordered_and_taken_out(hands: Hands) -> None:
    hands.go("pause_reasons")
    assert hands.names() == BUILT_IN
    hands.choose("Lunch")
    assert not hands.view.form.findChild(QPushButton, "delete").isEnabled()
    hands.new()
    hands.type("name", "School run")
    hands.save()
    hands.wait(lambda: hands.names()[-1] == "School run")
    hands.click(hands.view.form.findChild(QToolButton, "up"))
    hands.wait(lambda: hands.names()[-2:] == ["School run", "Work after a call"])
    hands.qtbot.keyClick(hands.view.form.parts["is_active"].widget, Qt.Key.Key_Space)
    hands.save()
    hands.wait(lambda: not hands.backend.execute(list_pauses)[4].is_active)
    hands.click(hands.view.form.findChild(QPushButton, "delete"))
    hands.click(hands.view.form.strip.findChild(QPushButton, "confirm"))
    hands.wait(lambda: hands.names() == BUILT_IN)
