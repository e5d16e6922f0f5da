"""Sums over many rows are asked for again after changes, but never two at a time."""

import pytest
from PySide6.QtCore import QElapsedTimer, QObject
from PySide6.QtTest import QSignalSpy

from ui.points.rows.again import Again


@pytest.fixture
def again(qtbot):
    parent = QObject()
    made = Again(parent, pause_ms=20)
    yield made
    made.deleteLater()


def test_changes_while_a_question_is_under_way_ask_once_when_its_answer_is_there(qtbot, again):
    told = QSignalSpy(again.wanted)
    again.asked()
    for _change in range(5):
        again.call()
    qtbot.wait(60)
    assert told.count() == 0
    # The answer took 60 ms: the next question leaves room for others four times as long.
    since = QElapsedTimer()
    since.start()
    again.answered()
    qtbot.waitUntil(lambda: told.count() == 1, timeout=60_000)
    assert since.elapsed() > 200


def test_a_question_asked_anyhow_knows_of_the_changes_before(qtbot, again):
    told = QSignalSpy(again.wanted)
    again.call()
    again.asked()
    again.answered()
    qtbot.wait(60)
    assert told.count() == 0
    again.call()
    again.call()
    qtbot.waitUntil(lambda: told.count() == 1, timeout=60_000)
