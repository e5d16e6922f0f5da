"""A GUI thread that stands still is noticed, with what it did; one that works in small pieces is not."""

from threading import Event

from pytestqt.qtbot import QtBot

from tests.kit.stall import StallWatch


def test_a_stall_is_measured_and_shown(qtbot: QtBot) -> None:
    with StallWatch() as watch:
        qtbot.wait(50)
        assert watch.worst < 0.1
        Event().wait(0.3)
        qtbot.wait(20)
    assert watch.worst > 0.1
    assert "Event().wait(0.3)" in watch.where
