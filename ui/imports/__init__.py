"""Import: a file of technicians, customers or calls, looked at, mapped, tried and brought in."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen

__all__ = ["INTO_POOL", "SCREEN"]

INTO_POOL = Command("imports.into_pool", N_("Import customers into a pool"), "import", in_palette=False)


def _make(desk: Desk) -> QWidget:
    from ui.imports.screen import ImportScreen

    return ImportScreen(desk)


SCREEN = Screen(
    "imports",
    N_("Import"),
    "import",
    _make,
    needs=Permission.IMPORT,
    doors=(Door(INTO_POOL, "open_for_pool", Permission.IMPORT),),
)
"""The entry of the navigation, for who may import; `imports.into_pool` takes a pool's id."""
