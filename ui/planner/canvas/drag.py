"""Dragging across board and list with a mouse grab of its own: no QDrag, so Ctrl is read at every event."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ui.planner.canvas.board import Board
from ui.planner.canvas.drops import Carried, Drop, Judge, PayloadSource


class DragController(QObject):
    """Carries calls from the list to the board, bars over the board, and bars back to the list while Ctrl is held.

    `judge` answers every move, `drop` takes what was released on an allowed place, `unschedule` what was released on
    the list with Ctrl. Signals: `started(Carried)`, `ended()`, `hinted(str)`: a word for the status line while
    dragging, empty when there is nothing to say; `refused(Drop, Verdict)`: released where it may not be.
    """

    started = Signal(object)
    ended = Signal()
    hinted = Signal(str)
    refused = Signal(object, object)

    def __init__(
        self,
        board: Board,
        pane: PayloadSource | None,
        *,
        judge: Judge,
        drop: Callable[[Drop], None],
        unschedule: Callable[[Carried], None],
        allowed_rows: Callable[[Carried], frozenset[int] | None] = lambda carried: None,
    ) -> None:
        super().__init__(board)

    def is_dragging(self) -> bool:
        """Whether something is in the air."""
        return False

    def cancel(self) -> None:
        """Put everything back."""
