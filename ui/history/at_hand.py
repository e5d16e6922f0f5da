"""Which card a person has in front of him."""

from PySide6.QtWidgets import QApplication, QWidget

from ui.kit.screen import Desk

__all__ = ["card_at_hand"]

Card = tuple[str, int, str]
"""A table, a row's id, and what the row is called."""


def card_at_hand(desk: Desk) -> Card | None:
    """The card that the widget with the keyboard is about, or else the screen in front."""
    widget = QApplication.focusWidget()
    while widget is not None:
        if (found := _named(widget)) is not None:
            return found
        widget = widget.parentWidget()
    screen = getattr(desk.commands.parent(), "current_screen", None)
    return _named(screen) if isinstance(screen, QWidget) else None


def _named(widget: QWidget) -> Card | None:
    ask = getattr(widget, "card_at_hand", None)
    found = ask() if callable(ask) else None
    if isinstance(found, tuple):
        return found
    ask = getattr(widget, "task_at_hand", None)
    task_id = ask() if callable(ask) else None
    return ("tasks", task_id, "") if isinstance(task_id, int) else None
