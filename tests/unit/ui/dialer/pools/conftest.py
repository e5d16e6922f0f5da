from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.db.database import Database
from tests.kit.pools_robot import PoolsDesk, opened


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[PoolsDesk]:
    """A desktop on either engine."""
    with opened(database, tmp_path, qtbot) as made:
        yield made
