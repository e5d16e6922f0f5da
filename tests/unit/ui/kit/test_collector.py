"""Garbage is collected on the GUI thread and nowhere else."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.kit import collector
from ui.kit.collector import Collector


class Ring:
    """Garbage that only the collector finds; says which thread found it."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        self.me = self

    def __del__(self) -> None:
        self.found.append(threading.current_thread().name)


@pytest.fixture
def home() -> Iterator[QObject]:
    """What the collector belongs to."""
    yield QObject()
    gc.unfreeze()


def test_a_worker_leaves_garbage_to_the_gui_thread(
    qtbot: QtBot, home: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "PERIOD_MS", 10)
    Collector(home)
    found: list[str] = []

    def litter() -> None:
        for _ in range(3 * collector.YOUNG):
            Ring(found)

    worker = threading.Thread(target=litter, name="worker")
    worker.start()
    worker.join()
    assert found == []
    qtbot.waitUntil(lambda: len(found) == 3 * collector.YOUNG)
    assert set(found) == {threading.main_thread().name}


def test_every_generation_has_its_turn(home: QObject) -> None:
    kept = Collector(home)
    looked: list[int] = []

    def note(phase: str, facts: dict[str, int]) -> None:
        if phase == "start":
            looked.append(facts["generation"])

    gc.callbacks.append(note)
    try:
        keep = []
        for _ in range((collector.OLD + 2) * 3):
            keep.append([[] for _ in range(collector.YOUNG + 1)])
            kept.look()
    finally:
        gc.callbacks.remove(note)
    assert {0, 1} <= set(looked)
