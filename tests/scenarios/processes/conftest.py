"""A desktop on the processes' screen, on each engine in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.db.database import Database
from tests.kit.processes_robot import ProcessesDesk, opened


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot) -> Iterator[ProcessesDesk]:
    """With one process drawn."""
    with opened(database, tmp_path, qtbot) as desk:
        yield desk


@pytest.fixture
def bare_desk(database: Database, tmp_path: Path, qtbot: QtBot) -> Iterator[ProcessesDesk]:
    """With no process yet."""
    with opened(database, tmp_path, qtbot, drawn=False) as desk:
        yield desk
