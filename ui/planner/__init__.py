"""The planner: technicians' days above, calls to plan below; drag one onto the other."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen

__all__ = ["SCREEN", "SHOW"]


def _make(desk: Desk) -> QWidget:
    from ui.planner.screen import PlannerScreen

    return PlannerScreen(desk)


SHOW = Command("planner.show", N_("Show on the planner"), "planner", in_palette=False)

SCREEN = Screen("planner", N_("Planner"), "planner", _make, doors=(Door(SHOW, "show_visit"),))
"""The planner's entry in the navigation; `planner.show` takes the id of a visit."""
