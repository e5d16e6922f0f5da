"""The home page: what waits for me today, and the bell for a new task."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk, Screen

__all__ = ["DRAFTS", "REMIND", "SCREEN"]

REMIND = Command("home.remind", N_("New reminder"), "reminder", "Ctrl+Shift+R")
DRAFTS = Command("home.drafts", N_("Unsaved texts"), "note")


def _make(desk: Desk) -> QWidget:
    from ui.home.screen import HomeScreen

    return HomeScreen(desk)


def _remind(desk: Desk, ticket_id: int | None = None, task_id: int | None = None, about: str = "") -> None:
    from ui.home.reminder import open_reminder

    open_reminder(desk, ticket_id=ticket_id, task_id=task_id, about=about)


def _show_drafts(desk: Desk) -> None:
    from ui.widgets.drafts_window import open_drafts

    open_drafts(desk)


SCREEN = Screen(
    "home", N_("Home"), "home", _make, acts=(Act(REMIND, _remind, Permission.WORK_TASKS), Act(DRAFTS, _show_drafts))
)
"""The home page's entry in the navigation.

`home.remind` takes the id of a ticket, or None and that of a task, and what it is called.
"""
