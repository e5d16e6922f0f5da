"""Opening the windows about tasks, each task's once."""

from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.words import N_
from ui.kit.screen import Desk

__all__ = ["open_new", "open_update", "open_why", "task_at_hand"]

D = TypeVar("D", bound=QDialog)


def open_update(desk: Desk, task_id: int | None = None) -> None:
    """The update window of a task."""
    from ui.tickets.tasks.update import UpdateWindow

    wanted = task_id or task_at_hand(desk)
    if wanted is None:
        desk.messages.info(N_("Choose a task first."))
        return
    _show(_there(desk, UpdateWindow, wanted) or UpdateWindow(desk, wanted, _home(desk)))


def open_new(desk: Desk, ticket_id: int | None = None, customer_id: int | None = None, about: str = "") -> None:
    """The window of a new task; `about` names the ticket or the customer it is for."""
    from ui.tickets.tasks.new import NewTaskWindow

    _show(NewTaskWindow(desk, _home(desk), ticket_id=ticket_id, customer_id=customer_id, about=about))


def open_why(desk: Desk, task_id: int | None = None, step_id: int | None = None) -> None:
    """The window that says why a task went to whom it did."""
    from ui.tickets.tasks.why import WhyWindow

    if task_id is None and callable(tell := getattr(getattr(_home(desk), "current_screen", None), "tell_why", None)):
        tell()  # a screen that has an answer of its own, such as why this customer
        return
    wanted = task_id or task_at_hand(desk)
    if wanted is None:
        desk.messages.info(N_("Choose a task first."))
        return
    window = _there(desk, WhyWindow, wanted) or WhyWindow(desk, wanted, _home(desk))
    window.choose(step_id)
    _show(window)


def task_at_hand(desk: Desk) -> int | None:
    """The task that the widget with the keyboard is about, or else the screen in front."""
    widget = QApplication.focusWidget()
    while widget is not None:
        if (found := _named(widget)) is not None:
            return found
        widget = widget.parentWidget()
    screen = getattr(_home(desk), "current_screen", None)
    return _named(screen) if isinstance(screen, QWidget) else None


def _named(widget: QWidget) -> int | None:
    ask = getattr(widget, "task_at_hand", None)
    found = ask() if callable(ask) else None
    return found if isinstance(found, int) else None


def _home(desk: Desk) -> QWidget:
    window = desk.commands.parent()
    assert isinstance(window, QWidget)
    return window


def _there(desk: Desk, kind: type[D], task_id: int) -> D | None:
    open_ones = _home(desk).findChildren(kind)
    return next((each for each in open_ones if getattr(each, "task_id", None) == task_id), None)


def _show(window: QDialog) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
