"""What is to be put right on a server is told to who can do it, and not at each start."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.backend import Backend
from app.db.database import Database
from app.domain.people import ROLES
from app.domain.words import Message
from tests.kit.factory import add_user
from ui.kit.remember import Memory
from ui.kit.screen import Person
from ui.kit.tasks import Tasks
from ui.main_window.server_safety import ServerSafety


@pytest.mark.row("R-X3", "F3")
def test_an_administrator_is_told_once_a_week(qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        dana = add_user(session, "Dana", "administrator").id
    tasks, holder = Tasks(Backend(database, actor=dana)), QObject()
    memory, told = Memory(tmp_path / "layout.ini"), []

    def look(role: str) -> list[str]:
        told.clear()
        person = Person(dana, "Dana", frozenset(ROLES[role]))
        messages: Any = SimpleNamespace(warning=lambda text, hint: told.append(text))
        desk: Any = SimpleNamespace(tasks=tasks, person=person, memory=memory, messages=messages)
        ServerSafety(desk, holder).begin()
        qtbot.waitUntil(lambda: tasks.is_idle, timeout=60_000)
        assert all(isinstance(each, Message) for each in told)
        return [each.text for each in told]

    assert look("manager") == []
    first = look("administrator")
    assert look("administrator") == [], "told this week"
    tasks.close()
    if database.is_sqlite:
        assert first == []
    else:
        assert "TLS is off" in first[0], "the test's server has none"
