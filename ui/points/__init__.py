"""Points: the monthly chart at home, and the summary among the reports."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.screen import Desk, Tab

__all__ = ["TABS"]


def _report(desk: Desk) -> QWidget:
    from ui.points.report.page import PointsReport

    return PointsReport(desk)


TABS: tuple[Tab, ...] = (
    Tab("reports", "points.report", N_("Task points summary"), "points", _report, Permission.SEE_POINTS),
)
"""The pages of points, each in the screen of its host."""
