"""The planner: technicians' days above, calls to plan below; drag one onto the other."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.kit.screen import Desk, Screen

__all__ = ["SCREEN"]


def _make(desk: Desk) -> QWidget:
    from ui.planner.screen import PlannerScreen

    return PlannerScreen(desk)


SCREEN = Screen("planner", N_("Planner"), "planner", _make)
"""The planner's entry in the navigation."""
