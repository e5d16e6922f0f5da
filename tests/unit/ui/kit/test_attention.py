"""Whether somebody sits at the desktop."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ui.kit import attention
from ui.kit.attention import Attention


@pytest.mark.row("R-X1")
def test_the_first_touch_after_a_while_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "HALF_MS", 20)
    field = QLineEdit()
    qtbot.addWidget(field)
    told: list[bool] = []
    watch = Attention(told.append, field)
    qtbot.waitUntil(lambda: told == [False], timeout=30_000)
    watch._timer.setInterval(3_600_000)
    QTest.keyClick(field, Qt.Key.Key_A)
    assert told == [False, True]
    assert field.text() == "a"
    QTest.keyClick(field, Qt.Key.Key_B)
    assert told == [False, True]


def test_who_works_is_never_left_alone(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    told: list[bool] = []
    watch = Attention(told.append, field)
    for _minute in range(3):
        watch._look()
        QTest.keyClick(field, Qt.Key.Key_A)
    watch._look()
    # What the program does by itself is no touch.
    QCoreApplication.sendEvent(field, QEvent(QEvent.Type.StyleChange))
    watch._look()
    assert told == [False]
    QObject.deleteLater(watch)
