"""A main window over nothing: no database, two small screens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.bus import Bus
from app.settings import Settings
from ui.kit.bridge import Bridge
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Desk, Person, Screen
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow


class Plain:
    """Runs a service without any database."""

    def execute(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call it with no session."""
        return service(None, *args, **kwargs)


class Form(QLineEdit):
    """A screen in which one types."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def shown(self) -> None:
        """Told at each show."""
        self.calls.append("shown")

    def refresh(self) -> None:
        """Told by F5."""
        self.calls.append("refresh")


@dataclass
class Office:
    """The window and what stands around it."""

    window: MainWindow
    tasks: Tasks
    bus: Bus
    preferences: Preferences
    made: list[str] = field(default_factory=list)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of this test alone."""
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def office(qtbot: QtBot, qapp: QApplication, tmp_path: Path, settings: Settings) -> Iterator[Office]:
    """A shown window with the screens "planner" and "tickets"."""
    preferences = Preferences(settings)
    preferences.dress()
    i18n.use("en")
    preferences.speak("en")
    tasks, bus = Tasks(Plain()), Bus()
    bridge = Bridge(bus)
    window = MainWindow(
        Plain(), tasks, bridge, preferences, Memory(tmp_path / "layout.ini"), Person(1, "Dana Levi"), database="office"
    )
    office = Office(window, tasks, bus, preferences)

    def make(name: str) -> Callable[[Desk], QWidget]:
        def factory(_desk: Desk) -> QWidget:
            office.made.append(name)
            return Form()

        return factory

    window.register(
        [
            Screen("planner", "Planner", "planner", make("planner")),
            Screen("tickets", "Tickets", "tickets", make("tickets")),
        ]
    )
    qtbot.addWidget(window)
    window.show()
    window.open_first()
    yield office
    tasks.close()
    bridge.close()
    if settings.language not in ("", "en"):
        preferences.put(Settings.language, "en")
