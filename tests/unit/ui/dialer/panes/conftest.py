from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.db.database import Database
from tests.kit.card_robot import CardDesk, card_desk


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[CardDesk]:
    """The panes of the dial desk, on either engine."""
    with card_desk(database, tmp_path, qtbot) as made:
        yield made
