"""Placing by keyboard: what the mouse carries, the arrow keys carry, with the same ghost and the same judge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.i18n import _, format_time
from ui.planner.canvas import telling
from ui.planner.canvas.board import Board
from ui.planner.canvas.drops import Drop, Judge, Verdict
from ui.planner.canvas.rows import instant, seconds
from ui.planner.canvas.scene import Cursor

__all__ = ["KeyboardPlacing"]

_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right}
_ROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class KeyboardPlacing(QObject):
    """While it runs the arrows move the ghost by one step, with Ctrl by an hour, up and down to other technicians.

    Home goes to the nearest legal place, Enter drops, Escape gives up. Signals: `hinted(str)` a line that says which
    keys do what, empty at the end; `ended(bool)`: whether it was dropped; `refused(Drop, Verdict)` on Enter over a
    place where it may not be.
    """

    hinted = Signal(str)
    ended = Signal(bool)
    refused = Signal(object, object)

    def __init__(
        self,
        board: Board,
        *,
        judge: Judge,
        drop: Callable[[Drop], None],
        allowed_rows: Callable[..., frozenset[int] | None],
    ) -> None:
        super().__init__(board)
        self._board = board
        self._judge = judge
        self._drop_it = drop
        self._allowed_rows = allowed_rows
        self._drop: Drop | None = None
        self._verdict = Verdict(False)

    @property
    def is_running(self) -> bool:
        """Whether something is in the air."""
        return self._drop is not None

    def start(self, drop: Drop) -> None:
        """Take something up at a place."""
        self.cancel()
        self._board.installEventFilter(self)
        self._board.setFocus(Qt.FocusReason.OtherFocusReason)
        self._board.set_dragging(drop.carried.visit_id, self._allowed_rows(drop.carried))
        self.hinted.emit(_("Arrows move it, Enter puts it there, Home finds the nearest free time, Esc gives up"))
        self._show(drop)

    def cancel(self) -> None:
        """Put everything back."""
        if self._drop is not None:
            self._finish(is_dropped=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the board's keys while something is in the air; losing the focus gives up."""
        if self._drop is None:
            return False
        if event.type() == QEvent.Type.FocusOut:
            self.cancel()
        elif event.type() in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride} and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            steps = 1 if self._board.scene.scale.later(key == Qt.Key.Key_Right) else -1
            minutes = 60 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else self._board.snap.minutes
            self._shift(timedelta(minutes=minutes * steps))
        elif key in _ROWS:
            self._change_row(_ROWS[key])
        elif key == Qt.Key.Key_Home:
            self._to_nearest()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._put_down()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        return True

    def _shift(self, by: timedelta) -> None:
        assert self._drop is not None
        length = self._drop.end - self._drop.start
        start = self._drop.start + by
        scale = self._board.scene.scale
        if not scale.is_shown(seconds(start)):
            start = self._over_the_fold(start, later=by > timedelta(0), length=length)
        if scale.start <= seconds(start) < scale.end:
            self._show(replace(self._drop, start=start, end=start + length))

    def _over_the_fold(self, start: datetime, *, later: bool, length: timedelta) -> datetime:
        """The next hour that is shown, when a step leads into one that is folded away."""
        second = seconds(start)
        windows = self._board.scene.scale.windows
        if later:
            return next((instant(first) for first, _last in windows if first >= second), start)
        ends = [last for _first, last in windows if last <= second]
        return self._board.snap.floor(instant(ends[-1]) - length) if ends else start

    def _change_row(self, steps: int) -> None:
        assert self._drop is not None
        line = self._board.model.line_of(self._drop.technician_id)
        number = -1 if line is None else line + steps
        while 0 <= number < len(self._board.model.lines):
            row = self._board.model.row_at(number)
            if row is not None:
                self._show(replace(self._drop, technician_id=row.technician_id))
                return
            number += steps

    def _to_nearest(self) -> None:
        assert self._drop is not None
        near = self._verdict.nearest
        if near is not None:
            self._show(replace(self._drop, start=near, end=near + (self._drop.end - self._drop.start)))

    def _put_down(self) -> None:
        drop, verdict = self._drop, self._verdict
        assert drop is not None
        if not verdict.is_allowed:
            self.refused.emit(drop, verdict)
            return
        self._finish(is_dropped=True)
        self._drop_it(drop)

    def _show(self, drop: Drop) -> None:
        self._drop = drop
        self._verdict = self._judge(drop)
        board = self._board
        line = board.model.line_of(drop.technician_id)
        if line is not None:
            # The cursor goes along, so that the place is scrolled into sight.
            board.set_cursor(Cursor(line, seconds(drop.start), seconds(drop.end)))
        board.show_ghost(drop, self._verdict)
        row = board.model.row(drop.technician_id)
        place = f"{format_time(drop.start, board.scene.zone)} {row.name if row else ''}"
        telling.announce(board, f"{place} {self._verdict.reason}".strip())

    def _finish(self, *, is_dropped: bool) -> None:
        self._drop = None
        self._board.removeEventFilter(self)
        self._board.hide_ghost()
        self._board.set_dragging(None, None)
        self.hinted.emit("")
        self.ended.emit(is_dropped)
