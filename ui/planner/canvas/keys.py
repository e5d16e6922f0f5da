"""The board's keys: each does what the mouse can do."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider

from app.domain.planner import Edge, Interval, resized
from ui.planner.canvas import walking
from ui.planner.canvas.drops import Drop, Zone
from ui.planner.canvas.rows import TechnicianRow

if TYPE_CHECKING:
    from ui.planner.canvas.board import Board

_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
_CTRL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def handle(board: "Board", event: QKeyEvent) -> bool:
    """Act on a key; False when it means nothing here."""
    key = Qt.Key(event.key())
    held = event.modifiers() & (_CTRL | _SHIFT | _ALT)
    if key in _ARROWS:
        return _arrow(board, key, held)
    if held and not (held == _CTRL and key in {Qt.Key.Key_Home, Qt.Key.Key_End}):
        return False
    if key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
        return _edge(board, last=key == Qt.Key.Key_End, of_all=held == _CTRL)
    act = _ACTS.get(key)
    return act is not None and act(board)


def _unschedule(board: "Board") -> bool:
    wanted = board.selected()
    if wanted:
        board.unschedule_requested.emit(wanted)
    return bool(wanted)


def _page_up(board: "Board") -> bool:
    board.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderPageStepSub)
    return True


def _page_down(board: "Board") -> bool:
    board.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd)
    return True


def enter(board: "Board") -> bool:
    """Put the cursor on the first item in sight."""
    scene = board.scene
    for line in scene.lines.between(scene.top, scene.top + max(scene.height, 1)):
        row = walking.items(scene, line)
        if row:
            seen = scene.scale.t_along(scene.scale.offset)
            board.set_cursor(next((each for each in row if each.start >= seen), row[-1]))
            return True
    return False


def _arrow(board: "Board", key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
    scene = board.scene
    upright = key in {Qt.Key.Key_Up, Qt.Key.Key_Down}
    forward = key == Qt.Key.Key_Down if upright else scene.scale.later(key == Qt.Key.Key_Right)
    steps = 1 if forward else -1
    if held == _CTRL and not upright:
        board.day_wanted.emit(steps)
        return True
    if held == _ALT | _SHIFT or (held == _CTRL | _SHIFT and not upright):
        return _nudge(board, steps, upright=upright, resizes=bool(held & _CTRL))
    if held:
        return False
    cursor = scene.cursor
    if cursor is None:
        return enter(board)
    found = walking.updown(scene, cursor, steps) if upright else walking.along(scene, cursor, steps)
    if found is not None:
        board.set_cursor(found)
    return True


def _open(board: "Board") -> bool:
    spot = board.spot()
    if spot is None:
        return False
    if spot.visit_id is not None:
        board.visit_opened.emit(spot.visit_id)
    else:
        board.slot_opened.emit(spot)
    return True


def _edge(board: "Board", *, last: bool, of_all: bool) -> bool:
    cursor = board.scene.cursor
    if cursor is None:
        return enter(board)
    if of_all:
        row = walking.items(board.scene, cursor.line)
        found = (row[-1] if last else row[0]) if row else None
    else:
        found = walking.edge(board.scene, cursor, last=last)
    if found is not None:
        board.set_cursor(found)
    return True


def _nudge(board: "Board", steps: int, *, upright: bool, resizes: bool) -> bool:
    """Move the bar under the cursor by one snap step or to the next technician, or pull its end."""
    cursor = board.scene.cursor
    carried = board.carried(cursor.visit_id) if cursor and cursor.visit_id is not None else None
    if cursor is None or carried is None or carried.start is None or carried.technician_id is None:
        return False
    span = Interval(carried.start, carried.start + carried.length)
    step = timedelta(minutes=board.snap.minutes) * steps
    technician_id = carried.technician_id
    zone = Zone.BODY
    if upright:
        row = _neighbour(board, cursor.line, steps)
        if row is None:
            return True
        technician_id = row.technician_id
    elif resizes:
        zone = Zone.END
        span = resized(span, Edge.END, span.end + step, board.snap)
    else:
        start = board.snap.near(span.start + step)
        span = Interval(start, start + span.length)
    board.nudged.emit(Drop(carried, technician_id, span.start, span.end, zone))
    return True


def _neighbour(board: "Board", line: int, steps: int) -> TechnicianRow | None:
    line += steps
    while 0 <= line < len(board.model.lines):
        row = board.model.row_at(line)
        if row is not None:
            return row
        line += steps
    return None


_ACTS: dict[Qt.Key, Callable[["Board"], bool]] = {
    Qt.Key.Key_Return: _open,
    Qt.Key.Key_Enter: _open,
    Qt.Key.Key_Delete: _unschedule,
    Qt.Key.Key_PageUp: _page_up,
    Qt.Key.Key_PageDown: _page_down,
}
