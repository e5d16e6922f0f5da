"""Import: a file of technicians, customers or calls, looked at, mapped, tried and brought in."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.kit.screen import Desk, Screen

__all__ = ["SCREEN"]


def _make(desk: Desk) -> QWidget:
    from ui.imports.screen import ImportScreen

    return ImportScreen(desk)


SCREEN = Screen("imports", N_("Import"), "import", _make)
"""The entry of the navigation, for who may import."""
