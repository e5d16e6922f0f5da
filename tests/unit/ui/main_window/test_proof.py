"""The proof of the dial desk from the menu: run, read, stopped; nothing of it stays."""

import tempfile
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.cli.simulate import proof as simulation
from app.domain.dialer.proof import Proof
from app.settings import Settings
from tests.unit.ui.main_window.conftest import Office
from ui.main_window import proof
from ui.main_window.proof import ProofWindow

KEPT = Proof(
    agents=20,
    is_postgresql=True,
    served=1351,
    double_holds=0,
    idle_while_eligible=0,
    max_release_s=20.0,
    p50_ms=3.4,
    p99_ms=30.0,
)


def opened(office: Office) -> ProofWindow:
    """The window, by its command."""
    assert office.window.desk.commands.run("window.proof")
    window = office.window.findChild(ProofWindow)
    assert window is not None
    return window


def small(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    run = partial(simulation.prove, agents=3, customers=100, seconds=seconds, pace=0.3, embedded=True)
    monkeypatch.setattr(proof, "prove", run)


@pytest.mark.row("F1")
def test_anybody_runs_the_proof_and_reads_what_was_found(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 0.6)
    window = opened(office)
    assert any(action.text() == "Proof of the dial desk" for action in office.window.user_menu.actions())
    assert window.verdict.isHidden()
    window.start.click()
    assert not window.start.isEnabled()
    assert window.strip.isVisible()
    qtbot.waitUntil(lambda: bool(window.sentences), timeout=60_000)
    assert window.verdict.text() == "Every promise was kept."
    said = [label.text() for label in window.sentences]
    assert said[0].endswith("given out to 3 agents.")
    assert said[1] == "Nobody was with two agents at once."
    assert said[-1].startswith("It ran on a SQLite file of its own")
    qtbot.waitUntil(window.start.isEnabled)
    assert window.strip.isHidden()


def test_a_proof_that_is_stopped_leaves_neither_threads_nor_a_database(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small(monkeypatch, 60.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(threading.enumerate())
    window = opened(office)
    window.start.click()
    qtbot.waitUntil(lambda: len(threading.enumerate()) > len(before) + 2, timeout=60_000)
    assert list(tmp_path.glob("callboard-*"))
    window.strip.cancel()
    qtbot.waitUntil(window.start.isEnabled, timeout=60_000)
    assert window.verdict.text() == "Stopped. Nothing was left behind."
    assert window.sentences == []
    assert list(tmp_path.glob("callboard-*")) == []
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert {name for name in left if not name.startswith("callboard-long")} == set()


def test_a_window_that_is_closed_stops_its_proof(qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, 60.0)
    window = opened(office)
    window.start.click()
    window.close()
    qtbot.waitUntil(lambda: office.tasks.is_idle, timeout=60_000)


@pytest.mark.parametrize(
    ("found", "first"),
    [
        (replace(KEPT, double_holds=2), "2 times somebody was with two agents at once. That must never be."),
        (replace(KEPT, idle_while_eligible=1), "1 time an agent was sent away empty while somebody could be called."),
        (
            replace(KEPT, max_release_s=75.2),
            "The customer of an agent who was cut off stayed with him for 75 seconds; 60",
        ),
        (replace(KEPT, served=0), "0 customers were given out to 20 agents."),
    ],
)
def test_the_promise_that_was_broken_comes_first(office: Office, found: Proof, first: str) -> None:
    window = opened(office)
    window.show_proof(found)
    assert window.verdict.text() == "A promise was broken."
    assert window.sentences[0].text().startswith(first)


def test_the_answer_speaks_the_readers_language(office: Office) -> None:
    window = opened(office)
    window.show_proof(KEPT)
    assert window.sentences[0].text() == "1,351 customers were given out to 20 agents."
    office.preferences.put(Settings.language, "it")
    assert "1.351" in window.sentences[0].text()
