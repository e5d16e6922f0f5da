"""Processes: the stages work goes through, drawn, and the profiles that handle them."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen
from ui.processes.rehearsal import REHEARSAL

__all__ = ["OPEN", "RUN_REHEARSAL", "SCREEN"]

OPEN = Command("processes.open", N_("Open the process"), "process", in_palette=False)
RUN_REHEARSAL = "processes.rehearse"
"""The command that tries a draft over last month's tasks; it takes the unsaved draft."""


def _make(desk: Desk) -> QWidget:
    from ui.processes.screen import ProcessesScreen

    return ProcessesScreen(desk)


SCREEN = Screen(
    "processes",
    N_("Processes"),
    "process",
    _make,
    needs=Permission.ADMINISTER,
    doors=(Door(OPEN, "open_process", Permission.ADMINISTER),),
    acts=(REHEARSAL,),
)
"""The processes' entry in the navigation; `processes.open` takes a process's id."""
