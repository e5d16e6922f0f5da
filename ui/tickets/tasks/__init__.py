"""Tasks: the list, the window that moves one on, and why a task went to whom it did."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk, Screen

__all__ = ["NEW", "OPEN", "SCREEN", "WHY"]

OPEN = Command("tasks.open", N_("Open the task"), "task", in_palette=False)
NEW = Command("tasks.new", N_("New task"), "new", "Ctrl+Shift+T")
WHY = Command("tasks.why", N_("Why this handler?"), "why", "Alt+W")


def _make(desk: Desk) -> QWidget:
    from ui.tickets.tasks.screen import TasksScreen

    return TasksScreen(desk)


def _open(desk: Desk, task_id: int | None = None) -> None:
    from ui.tickets.tasks.windows import open_update

    open_update(desk, task_id)


def _new(desk: Desk, ticket_id: int | None = None, customer_id: int | None = None, about: str = "") -> None:
    from ui.tickets.tasks.windows import open_new

    open_new(desk, ticket_id, customer_id, about)


def _why(desk: Desk, task_id: int | None = None, step_id: int | None = None) -> None:
    from ui.tickets.tasks.windows import open_why

    open_why(desk, task_id, step_id)


SCREEN = Screen(
    "tasks",
    N_("Tasks"),
    "tasks",
    _make,
    acts=(Act(OPEN, _open), Act(NEW, _new, Permission.WORK_TASKS), Act(WHY, _why)),
)
"""The tasks' entry in the navigation.

`tasks.open` and `tasks.why` take a task's id; without one, `tasks.why` is about the task at hand: the one that the
widget with the keyboard, or one around it, names by its method `task_at_hand()`. `tasks.new` takes a ticket's id, a
customer's, and what it is for in words.
"""
