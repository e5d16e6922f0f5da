"""Events of the program on the GUI thread."""

import threading

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from app.bus import Bus, FeedState, RowsChanged
from ui.kit.bridge import Bridge, Connection


class Ear(QObject):
    """Listens like a screen."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []

    @Slot(str, object)
    def take(self, table: str, ids: object) -> None:
        assert QThread.currentThread() is self.thread()
        self.heard.append((table, ids))


@pytest.mark.row("R-X1")
def test_a_burst_from_a_worker_thread_is_one_refresh_a_table(qtbot: QtBot):
    bus, ear = Bus(), Ear()
    bridge = Bridge(bus)
    bridge.rows_changed.connect(ear.take)

    def publish() -> None:
        bus.publish(RowsChanged("visit", frozenset({1})))
        bus.publish(RowsChanged("visit", frozenset({2})))
        bus.publish(RowsChanged("ticket", None))
        bus.publish(RowsChanged("ticket", frozenset({5})))

    thread = threading.Thread(target=publish)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(ear.heard) == 2)
    assert ear.heard == [("visit", frozenset({1, 2})), ("ticket", None)]


def test_losing_the_server_is_told_and_the_last_reading_is_remembered(qtbot: QtBot):
    bus = Bus()
    bridge = Bridge(bus)
    with qtbot.waitSignal(bridge.synced):
        bus.publish(FeedState(is_online=True))
    last = bridge.last_sync
    with qtbot.waitSignal(bridge.connection_changed) as told:
        bus.publish(FeedState(is_online=False))
    assert told.args == [Connection.RECONNECTING]
    assert bridge.last_sync == last


@pytest.mark.row("U64")
def test_a_short_break_a_long_one_and_a_server_that_only_reads_are_different_states(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.kit.bridge.OFFLINE_AFTER", 30)
    bus = Bus()
    bridge = Bridge(bus)
    heard: list[Connection] = []
    bridge.connection_changed.connect(heard.append)
    bus.publish(FeedState(is_online=False))
    qtbot.waitUntil(lambda: len(heard) == 2)
    bus.publish(FeedState(is_online=True, is_read_only=True))
    bus.publish(FeedState(is_online=True))
    qtbot.waitUntil(lambda: len(heard) == 4)
    states = [Connection.RECONNECTING, Connection.OFFLINE, Connection.READ_ONLY, Connection.ONLINE]
    assert heard == states


@pytest.mark.row("F4")
def test_news_that_are_late_are_shown_calmly_before_they_are_an_alarm(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    heard: list[Connection] = []
    bridge.connection_changed.connect(heard.append)
    bus.publish(FeedState(is_online=True, is_late=True))
    bus.publish(FeedState(is_online=True, is_late=True, is_held_back=True))
    bus.publish(FeedState(is_online=True))
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == [Connection.LATE, Connection.HELD_BACK, Connection.ONLINE]
    assert all(each.takes_changes for each in heard)
