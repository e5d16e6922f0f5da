"""The import screen over a database of its own, with nothing of the frame but what it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from app import i18n
from app.backend import Backend
from app.db.database import Database
from app.domain.people import Permission
from app.models.company import Company
from app.models.customers import Customer
from ui.imports.screen import ImportScreen
from ui.kit import theme
from ui.kit.commands import Commands
from ui.kit.messages import Messages, Notice
from ui.kit.remember import Memory
from ui.kit.screen import Desk, Person
from ui.kit.tasks import Tasks
from ui.kit.translate import apply_language


@dataclass
class Place:
    """The screen and what it stands on."""

    screen: ImportScreen
    tasks: Tasks
    database: Database
    qtbot: QtBot
    told: list[Notice] = field(default_factory=list)

    def open(self, path: Path, **options: str) -> None:
        """Open a file and wait until it is shown and its mappings are known."""
        self.screen.open(path, **options)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: self.tasks.is_idle)

    def customers(self) -> int:
        """How many there are."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Customer)) or 0


@pytest.fixture
def place(qtbot: QtBot, qapp: QApplication, sqlite_url: str, tmp_path: Path) -> Iterator[Place]:
    """A shown screen of somebody who may do everything."""
    theme.apply(qapp, "light")
    apply_language(qapp, "en")
    database = Database(sqlite_url)
    with database.transaction() as session:
        session.add(Company(id=1, name="Idro", country="IT", time_zone="Europe/Rome", language="it"))
    backend, window, messages = Backend(database), QMainWindow(), Messages()
    tasks = Tasks(backend)
    qtbot.addWidget(window)
    nothing = cast(Any, None)
    desk = Desk(
        backend, tasks, nothing, Commands(window), messages, nothing, Memory(tmp_path / "layout.ini"),
        Person(None, "Dana", frozenset(Permission)), lambda _screen: None,
    )  # fmt: skip
    tasks.unhandled.connect(messages.show_error)
    screen = ImportScreen(desk)
    window.setCentralWidget(screen)
    window.resize(1100, 700)
    window.show()
    made = Place(screen, tasks, database, qtbot)
    messages.posted.connect(made.told.append)
    yield made
    tasks.close()
    database.close()
    apply_language(qapp, "en")
    i18n.use("en")
