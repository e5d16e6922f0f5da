"""The command by which somebody gives himself another password."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk

__all__ = ["OWN_PASSWORD", "OwnPassword"]

OWN_PASSWORD = Command("window.password", N_("Change my password"), "lock")


class OwnPassword(QObject):
    """Opens the window by its command. `url` is the server's address, where the key store may keep the old password."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self.url = ""
        desk.commands.add(OWN_PASSWORD, self.open)

    @Slot()
    def open(self) -> None:
        """Ask for the new password."""
        from ui.main_window.password_window import PasswordDialog  # No part of a start.

        dialog = PasswordDialog(self._desk, self.url, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
