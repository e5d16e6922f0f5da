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
