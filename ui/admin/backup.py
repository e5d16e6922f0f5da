"""The backup as an entry of Set-up; its page comes in when it is first opened."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.admin.section import Workspace
from ui.kit.screen import Desk

__all__ = ["BACKUP"]

TEXT = N_("Backup")
ABOUT = N_("Everything as it stood at a moment, in one file, and the way back to it.")


def _view(desk: Desk) -> QWidget:
    from ui.admin.backup_view import BackupView

    return BackupView(desk, TEXT, ABOUT)


BACKUP = Workspace("backup", TEXT, "database", ABOUT, _view)
"""Copies of everything."""
