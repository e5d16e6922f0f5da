"""The time machine: the day as it stood at a past minute, in a window where nothing can be changed."""

import os
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from sqlalchemy import func, select

from app.models.audit import AuditLog
from tests.kit.planner_robot import PlannerRobot
from ui.planner import commands
from ui.planner.past.window import PastWindow
from ui.tour.hands import wait

pytestmark = pytest.mark.row("F9")


def opened(planner: PlannerRobot) -> PastWindow:
    """The window, opened by its command, everything read."""
    assert planner.window is not None
    planner.window.desk.commands.run(commands.AS_OF.id)
    found = planner.window.findChild(PastWindow)
    assert found is not None
    wait(lambda: found._past is not None and planner.tasks.is_idle, "the past")
    return found


def bars(window: PastWindow) -> dict[str, str]:
    """The visits of the board by name, with their starts on the company's clock."""
    assert window._past is not None
    zone = window._past.loaded.period.zone
    return {row.label: f"{row.starts_at.astimezone(zone):%H:%M}" for row in window._past.loaded.rows.visits}


def test_the_plan_of_a_past_minute(planner: PlannerRobot, monkeypatch: pytest.MonkeyPatch) -> None:
    planner.given_technicians("Levi", "Noa")
    planner.given_visits("Ana 9:00", "Bruno 11:00")
    planner.given_calls("Carla")
    planner.open()
    with planner.database.reading() as session:
        then = session.scalar(select(func.max(AuditLog.at)))
    assert then is not None
    wait(lambda: datetime.now(UTC).timestamp() > then.timestamp() + 0.01, "a later moment")
    planner.drag("Ana", onto="13:00", technician="Noa")
    planner.drag("Carla", onto="15:00", technician="Levi")
    planner.settle()
    window = opened(planner)
    assert bars(window) == {"Ana": "13:00", "Bruno": "11:00", "Carla": "15:00"}
    shot(window, "past_now")
    monkeypatch.setattr(window.moment, "value", lambda: then)
    window.reload()
    wait(lambda: window._past is not None and window._past.moment == then, "the moment")
    assert bars(window) == {"Ana": "09:00", "Bruno": "11:00"}
    assert [row.label for row in window.model.rows] == ["Carla"]
    assert window.banner.text().startswith("As it stood on ")
    shot(window, "past_then")
    # Nothing there takes a drop or a key.
    past = window._past
    assert past is not None
    bar = next(row for row in past.loaded.rows.visits if row.label == "Ana")
    window.board.select((bar.id,), reveal=True)
    QTest.keyClick(window.board, Qt.Key.Key_Delete)
    planner.settle()
    assert planner.where("Ana") == "Noa 13:00-14:00"
    window.close()


def shot(widget: QWidget, name: str) -> None:
    """A picture, where one is wanted."""
    if folder := os.environ.get("SHOTS"):
        widget.grab().save(f"{folder}/{name}.png")
