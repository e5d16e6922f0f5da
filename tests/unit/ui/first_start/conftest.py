"""An entrance of this test's own: its data folder, its settings, cheap hashes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.adapters import passwords
from app.bootstrap import Workplace
from app.services.people.me import Me
from app.settings import Settings
from ui.first_start.entrance import Entrance
from ui.kit.preferences import Preferences

CameIn = list[tuple[Workplace, Me]]
Open = Callable[..., tuple[Entrance, CameIn]]


@pytest.fixture
def preferences(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preferences:
    """English, with nothing remembered."""
    monkeypatch.setenv("CALLBOARD_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(passwords, "cost", passwords.Cost(1, 8, 1))
    made = Preferences(Settings.of_this_user())
    made.dress()
    i18n.use("en")
    made.speak("en")
    return made


@pytest.fixture
def come(qtbot: QtBot, preferences: Preferences) -> Iterator[Open]:
    """Start an entrance; what came of it is appended to the list beside it."""
    opened: list[Entrance] = []
    came: CameIn = []

    def start(url: str | None = None, **values: bool) -> tuple[Entrance, CameIn]:
        entrance = Entrance(preferences, url, **values)
        entrance.came_in.connect(lambda workplace, me: came.append((workplace, me)))
        opened.append(entrance)
        entrance.start()
        return entrance, came

    yield start
    for entrance in opened:
        entrance.leave()
    for workplace, _me in came:
        workplace.close()
    i18n.use("en")
    preferences.put(Settings.language, "en")
