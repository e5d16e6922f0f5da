"""Points: the monthly chart at home, and the summary among the reports."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.screen import Desk, Tab
from ui.kit.tasks import Job

__all__ = ["TABS"]


def _report(desk: Desk) -> QWidget:
    from ui.points.report.page import PointsReport

    return PointsReport(desk)


def _chart(desk: Desk) -> QWidget:
    from ui.points.home.page import PointsHome

    return PointsHome(desk)


def _is_offered(desk: Desk) -> Job[bool]:
    from app.services.points.access import is_offered

    return desk.tasks.read(is_offered)


TABS: tuple[Tab, ...] = (
    Tab(
        "home",
        "points",
        N_("Points"),
        "points",
        _chart,
        asks=_is_offered,
        follows=frozenset({"profiles", "user_profiles", "users", "roles"}),
    ),
    Tab("reports", "points.report", N_("Task points summary"), "points", _report, Permission.SEE_POINTS),
)
"""The pages of points, each in the screen of its host."""
