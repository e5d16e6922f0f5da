"""The robot on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db.database import Database
from tests.kit.planner_robot import PlannerRobot


@pytest.fixture
def planner(qapp: object, database: Database, tmp_path: Path) -> Iterator[PlannerRobot]:
    """A planner that is closed at the end, with Levi and Noa there from 8 to 17 once it is opened by the test."""
    robot = PlannerRobot(database, tmp_path)
    yield robot
    robot.close()
