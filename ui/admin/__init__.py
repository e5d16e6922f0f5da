"""Set-up: the lists everything else is made of - people, kinds of work, places, the company."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen

__all__ = ["SCREEN"]


def _make(desk: Desk) -> QWidget:
    from ui.admin.screen import SetupScreen

    return SetupScreen(desk)


BACKUP = Command("admin.backup", N_("Backup"), "database")

SCREEN = Screen(
    "admin",
    N_("Set-up"),
    "settings",
    _make,
    needs=Permission.ADMINISTER,
    doors=(Door(BACKUP, "show_backup", Permission.ADMINISTER),),
)
"""Set-up's entry in the navigation."""
