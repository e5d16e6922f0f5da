"""Undo for a shared database: an undo is a new request; when it is refused the screen reloads and the stack clears."""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from ui.kit.messages import Messages
from ui.kit.tasks import Job

__all__ = ["Undo"]

V = TypeVar("V")


class _Change(QUndoCommand):
    """Pushed after the change was saved, so its first redo has nothing left to do; holds ids and values only."""

    def __init__(self, text: str, undo: Callable[[], Job[Any]], redo: Callable[[], Job[Any]], stack: "Undo") -> None:
        super().__init__(text)
        self._undo = undo
        self._redo = redo
        self._stack = stack
        self._is_first = True

    def redo(self) -> None:
        """Ask for the change once more."""
        if not self._is_first:
            self._stack.watch(self._redo())
        self._is_first = False

    def undo(self) -> None:
        """Ask for the opposite change."""
        self._stack.watch(self._undo())


class Undo(QUndoStack):
    """A screen's undo stack; `reload` is called when somebody else's change made an undo impossible."""

    def __init__(self, messages: Messages, reload: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._reload = reload
        self.setUndoLimit(100)

    def saved(self, text: str, *, undo: Callable[[], Job[Any]], redo: Callable[[], Job[Any]]) -> None:
        """Enter a change the database has already taken; both callables start a write and give back its job."""
        self.push(_Change(text, undo, redo, self))

    def watch(self, job: Job[Any]) -> None:
        """Clear and reload when the request is refused."""
        job.failed.connect(self._give_up)

    def _give_up(self, problem: Exception) -> None:
        self.clear()
        self._messages.show_error(problem)
        self._reload()
