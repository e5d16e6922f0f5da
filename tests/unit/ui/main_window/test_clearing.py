"""A desktop has old logs cleared by itself, seldom, at moments of its own, and ends with the window."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot
from sqlalchemy import func, insert, select

from app.backend import Backend
from app.db.database import Database
from app.models.changes import ChangeLog
from ui.kit.tasks import Tasks
from ui.main_window.clearing import Clearing

HOUR = 60 * 60 * 1000


@pytest.mark.row("R-X1", "F4")
def test_an_hour_and_some_minutes_lie_between_two_clearings(qtbot: QtBot, database: Database) -> None:
    with database.transaction() as session:
        old = {"table_name": "sites", "row_id": 1, "xid": 3, "at": datetime.now(UTC) - timedelta(hours=50)}
        session.execute(insert(ChangeLog), [old])
    holder, backend = QObject(), Backend(database)
    desk: Any = SimpleNamespace(tasks=Tasks(backend), backend=backend)
    clearing = Clearing(desk, holder)
    (timer,) = clearing.findChildren(QTimer)
    clearing.begin()
    assert HOUR / 20 <= timer.interval() <= HOUR / 2
    clearing.look()
    assert HOUR <= timer.interval() <= 1.25 * HOUR
    qtbot.waitUntil(lambda: desk.tasks.is_idle, timeout=60_000)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChangeLog).where(ChangeLog.xid == 3)) == 0
    desk.tasks.close()
    assert not timer.isActive()
    clearing.look()
