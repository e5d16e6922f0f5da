"""Dragging across board and list with a mouse grab of its own: no QDrag, so Ctrl is read at every event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.planner import Edge, Interval, moved, resized
from app.i18n import _
from ui.planner.canvas.board import Board
from ui.planner.canvas.drops import Carried, Drop, Judge, PayloadSource, Verdict, Zone
from ui.planner.canvas.rows import instant
from ui.planner.canvas.telling import announce

_BAND = 40  # pixels from an edge in which the board scrolls by itself
_TICK_MS = 16
_FASTEST = 26  # pixels a tick, in the last pixel of the band
_EDGES = {Zone.START: Edge.START, Zone.END: Edge.END}


@dataclass(slots=True)
class _Press:
    """What was pressed, before and while it moves."""

    source: QWidget
    at: QPoint  # in the source widget
    carried: Carried
    zone: Zone = Zone.BODY
    grabbed: datetime | None = None  # the instant of the bar that is under the pointer
    with_ctrl: bool = False


class DragController(QObject):
    """Carries calls from the list to the board, bars over the board, and bars back to the list while Ctrl is held.

    `judge` answers every move, `drop` takes what was released on an allowed place, `unschedule` what was released on
    the list with Ctrl, `allowed_rows` names the technicians whose rows stay clear meanwhile (None: all). Signals:
    `started(Carried)`, `ended()`, `hinted(str)`: a word for the status line while dragging, empty when there is
    nothing to say; `refused(Drop, Verdict)`: released where it may not be; `kept(Carried)`: a bar released on the
    list without Ctrl, which leaves it where it is.
    """

    started = Signal(object)
    ended = Signal()
    hinted = Signal(str)
    refused = Signal(object, object)
    kept = Signal(object)

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
        self._board, self._pane = board, pane
        self._judge, self._drop, self._unschedule = judge, drop, unschedule
        self._allowed_rows = allowed_rows
        self._press: _Press | None = None
        self._flying = False
        self._target: tuple[Drop, Verdict] | None = None
        self._hint = ""
        self._spoken = ""
        self._last = QPoint()
        self._held = Qt.KeyboardModifier.NoModifier
        self._scroller = QTimer(self)
        self._scroller.setInterval(_TICK_MS)
        self._scroller.timeout.connect(self._scroll)
        board.horizontalScrollBar().valueChanged.connect(self.refresh)
        board.verticalScrollBar().valueChanged.connect(self.refresh)
        board.viewport().installEventFilter(self)
        if pane is not None:
            pane.viewport().installEventFilter(self)

    def is_dragging(self) -> bool:
        """Whether something is in the air."""
        return self._flying

    def refresh(self) -> None:
        """Judge again under a still pointer: after a scroll, or when somebody else changed the board."""
        if self._flying:
            self._target = None
            self._follow()

    def cancel(self) -> None:
        """Put everything back."""
        was_flying, self._press, self._flying, self._target = self._flying, None, False, None
        if not was_flying:
            return
        self._scroller.stop()
        _application().removeEventFilter(self)
        self._board.hide_ghost()
        self._board.set_dragging(None, None)
        QApplication.restoreOverrideCursor()
        self._say("")
        self.ended.emit()

    # --- Events --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch presses on both panes; while dragging, everything."""
        kind = event.type()
        if isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            if kind == QEvent.Type.MouseButtonPress:
                return self._pressed(watched, event)
            if kind == QEvent.Type.MouseMove and self._press is not None and watched is self._press.source:
                return self._moved(event)
            if kind == QEvent.Type.MouseButtonRelease and self._press is not None and watched is self._press.source:
                return self._released(event)
        elif self._flying:
            if isinstance(event, QKeyEvent) and kind in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}:
                return self._key(event, is_press=kind == QEvent.Type.KeyPress)
            if kind in {QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate}:
                self.cancel()
        return False

    def _pressed(self, source: QWidget, event: QMouseEvent) -> bool:
        if self._flying:
            if source in self._sources() and event.button() != Qt.MouseButton.LeftButton:
                self.cancel()
            return True
        if event.button() != Qt.MouseButton.LeftButton or source not in self._sources():
            return False
        pos = event.position().toPoint()
        self._press = self._take_bar(pos) if source is self._board.viewport() else self._take_call(source, pos)
        if self._press is not None:
            self._press.with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return False

    def _sources(self) -> list[QWidget]:
        return [self._board.viewport(), *([self._pane.viewport()] if self._pane is not None else [])]

    def _take_bar(self, pos: QPoint) -> _Press | None:
        hit = self._board.hit(pos)
        carried = self._board.carried(hit.visit_id) if hit.visit_id is not None else None
        if carried is None:
            return None
        return _Press(self._board.viewport(), pos, carried, hit.zone, instant(hit.second))

    def _take_call(self, source: QWidget, pos: QPoint) -> _Press | None:
        carried = self._pane.payload_at(pos) if self._pane is not None else None
        return _Press(source, pos, carried) if carried is not None else None

    def _moved(self, event: QMouseEvent) -> bool:
        press = self._press
        assert press is not None
        pos = event.position().toPoint()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self.cancel()
            return False
        if not self._flying:
            if (pos - press.at).manhattanLength() < QApplication.startDragDistance():
                return press.source is not self._board.viewport()  # no rubber band in the list meanwhile
            self._start(press)
        self._last, self._held = press.source.mapToGlobal(pos), event.modifiers()
        self._follow()
        return True

    def _start(self, press: _Press) -> None:
        self._flying = True
        self._board.set_dragging(press.carried.visit_id, self._allowed_rows(press.carried))
        _application().installEventFilter(self)
        edges = press.zone is not Zone.BODY
        QApplication.setOverrideCursor(Qt.CursorShape.SizeHorCursor if edges else Qt.CursorShape.ClosedHandCursor)
        self._scroller.start()
        self.started.emit(press.carried)

    def _released(self, event: QMouseEvent) -> bool:
        press = self._press
        if press is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        if not self._flying:
            self._press = None
            if press.with_ctrl and press.carried.visit_id is not None and press.source is self._board.viewport():
                self._board.toggle(press.carried.visit_id)
            return False
        self._last, self._held = press.source.mapToGlobal(event.position().toPoint()), event.modifiers()
        self._follow()
        target, over_list = self._target, self._over_list(self._last)
        unschedules = over_list and self._means_unschedule(press)
        self.cancel()
        if unschedules:
            self._unschedule(press.carried)
        elif target is not None and not over_list:
            self._land(press, *target)
        elif over_list and press.carried.visit_id is not None and press.zone is Zone.BODY:
            self.kept.emit(press.carried)
        return True

    def _land(self, press: _Press, drop: Drop, verdict: Verdict) -> None:
        carried = press.carried
        if not verdict.is_allowed:
            self.refused.emit(drop, verdict)
        elif (drop.technician_id, drop.start, drop.end - drop.start) != (
            carried.technician_id,
            carried.start,
            carried.length,
        ):
            self._drop(drop)

    def _key(self, event: QKeyEvent, *, is_press: bool) -> bool:
        """Esc puts everything back; Ctrl and Shift change what a release would mean."""
        key = Qt.Key(event.key())
        if is_press and key == Qt.Key.Key_Escape:
            self.cancel()
            return True
        flags = {
            Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
            Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
        }
        if key in flags:
            self._held = self._held | flags[key] if is_press else self._held & ~flags[key]
            self._follow()
        return True  # no other key reaches a widget while something is in the air

    # --- Following the pointer -----------------------------------------------------------------------------------

    def _follow(self) -> None:
        press = self._press
        if press is None or not self._flying:
            return
        drop = self._drop_at(press, self._last)
        if drop is None:
            self._target = None
            self._board.hide_ghost()
            self._say(self._list_hint(press))
            return
        if self._target is None or self._target[0] != drop:
            self._target = (drop, self._judge(drop))
        verdict = self._target[1]
        self._board.show_ghost(drop, verdict)
        self._say(verdict.reason)

    def _drop_at(self, press: _Press, at: QPoint) -> Drop | None:
        """Where it would land; None away from the rows."""
        view = self._board.viewport()
        pos = view.mapFromGlobal(at)
        carried = press.carried
        snap = self._board.snap
        if self._held & Qt.KeyboardModifier.ShiftModifier:
            snap = snap.free()
        if press.zone is not Zone.BODY and carried.start is not None and carried.technician_id is not None:
            pointer = instant(self._board.hit(QPoint(pos.x(), 0)).second)
            span = resized(Interval(carried.start, carried.start + carried.length), _EDGES[press.zone], pointer, snap)
            return Drop(carried, carried.technician_id, span.start, span.end, press.zone)
        if not view.rect().contains(pos):
            return None
        hit = self._board.hit(pos)
        if not hit.technician_id:
            return None
        pointer = instant(hit.second)
        if carried.start is not None and press.grabbed is not None:
            span = moved(Interval(carried.start, carried.start + carried.length), press.grabbed, pointer, snap)
        else:
            start = snap.floor(pointer)
            span = Interval(start, start + carried.length)
        return Drop(carried, hit.technician_id, span.start, span.end)

    def _over_list(self, at: QPoint) -> bool:
        if self._pane is None:
            return False
        view = self._pane.viewport()
        return view.isVisible() and view.rect().contains(view.mapFromGlobal(at))

    def _means_unschedule(self, press: _Press) -> bool:
        is_bar = press.carried.visit_id is not None and press.zone is Zone.BODY
        return is_bar and bool(self._held & Qt.KeyboardModifier.ControlModifier)

    def _list_hint(self, press: _Press) -> str:
        if press.carried.visit_id is None or press.zone is not Zone.BODY or not self._over_list(self._last):
            return ""
        if self._means_unschedule(press):
            return _("Release to unschedule")
        return _("Hold Ctrl to unschedule")

    def _say(self, text: str) -> None:
        if text != self._hint:
            self._hint = text
            self.hinted.emit(text)
            announce(self._board, text)

    def _scroll(self) -> None:
        """Scroll the board while the pointer stays near its edge, the faster the deeper."""
        view = self._board.viewport()
        pos = view.mapFromGlobal(self._last)
        if not view.rect().adjusted(-_BAND, -_BAND, _BAND, _BAND).contains(pos):
            return
        across, down = _pull(pos.x(), view.width()), _pull(pos.y(), view.height())
        if self._over_list(self._last):
            across = down = 0
        bars = self._board.horizontalScrollBar(), self._board.verticalScrollBar()
        bars[0].setValue(bars[0].value() - self._board.scene.scale.shift(across))
        bars[1].setValue(bars[1].value() + down)


def _application() -> QCoreApplication:
    running = QApplication.instance()
    assert running is not None
    return running


def _pull(position: int, size: int) -> int:
    """Pixels to scroll in this tick: 0 in the middle, up to the fastest at and beyond the edges."""
    band = min(_BAND, size // 4)
    deep = max(band - position, 0)
    far = max(position - (size - 1 - band), 0)
    depth = far or -deep
    share = min(abs(depth) / max(band, 1), 1.0)
    speed = round(share * share * _FASTEST)
    return speed if depth > 0 else -speed
