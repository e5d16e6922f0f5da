"""The board as people use it: pointing, selecting, walking by keyboard, and the ghost of what is being dragged."""

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from ui.planner.canvas import accessible, keys, overlays, telling, walking
from ui.planner.canvas.drops import Carried, Drop, Hit, Spot, Verdict, Zone
from ui.planner.canvas.pointing import hit_at
from ui.planner.canvas.rows import BoardModel, VisitBar, instant
from ui.planner.canvas.scale import Window
from ui.planner.canvas.scene import Cursor, Ghost
from ui.planner.canvas.surface import Surface, View

__all__ = ["Board", "View"]

_MARGIN = 40  # pixels left beside what is scrolled into sight
_ZOOM_STEP = 1.2
_BY_TAB = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class Board(Surface):
    """Technicians' rows over time.

    Signals carry ids and places, never widgets: `visit_opened(visit_id)`, `slot_opened(Spot)` (Enter or double click
    on an empty place), `menu_requested(Spot)`, `unschedule_requested(tuple of visit ids)`, `selection_changed(tuple
    of visit ids)`, `day_wanted(-1 or 1)`, and `nudged(Drop)` when a bar is moved or resized by keyboard.
    `describe` may be replaced to say more about a visit in tooltips and to screen readers.
    """

    visit_opened = Signal(int)
    slot_opened = Signal(object)
    menu_requested = Signal(object)
    unschedule_requested = Signal(object)
    selection_changed = Signal(object)
    day_wanted = Signal(int)
    nudged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.describe: Callable[[VisitBar], str] = self._describe
        self.complete: Callable[[Carried], Carried] = lambda carried: carried
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        telling.introduce(self)
        accessible.install()

    # --- Selection and cursor ------------------------------------------------------------------------------------

    def set_model(self, model: BoardModel, extra: Iterable[Window] = ()) -> None:
        """Show other lines; scroll, selection and cursor stay where their technicians and visits still are."""
        super().set_model(model, extra)
        self._keep()

    def replace_visits(self, changed: Iterable[VisitBar], removed: Iterable[int] = ()) -> None:
        """Bring visits to the state given and paint only the strips they leave and enter."""
        super().replace_visits(changed, removed)
        self._keep()

    def move_visit(self, visit_id: int, technician_id: int, start: datetime, end: datetime) -> bool:
        """Move one bar; False, and nothing is changed, where another one is in its way."""
        was_moved = super().move_visit(visit_id, technician_id, start, end)
        if was_moved and self.scene.cursor is not None:
            self._keep()
        return was_moved

    def select(self, visit_ids: Iterable[int], *, reveal: bool = False) -> None:
        """Select these visits; with `reveal` scroll the first into sight."""
        known = [each for each in visit_ids if self.model.find(each) is not None]
        if known:
            self.scene.cursor = walking.of_visit(self.scene, known[0])
        self._set_selected(set(known))
        if reveal and known and self.scene.cursor is not None:
            self._reveal(self.scene.cursor)

    def selected(self) -> tuple[int, ...]:
        """The selected visits."""
        return tuple(sorted(self.scene.selected))

    def spot(self) -> Spot | None:
        """Where the keyboard is."""
        cursor = self.scene.cursor
        row = self.model.row_at(cursor.line) if cursor else None
        if cursor is None or row is None:
            return None
        rect = overlays.bar_rect(self.scene, cursor.line, cursor.start, cursor.end)
        point = self.viewport().mapToGlobal(rect.intersected(self.viewport().rect()).center())
        return Spot(row.technician_id, instant(cursor.start), cursor.visit_id, point)

    def set_cursor(self, cursor: Cursor) -> None:
        """Put the keyboard there, select what stands there, and scroll it into sight."""
        self.scene.cursor = cursor
        self._set_selected(set() if cursor.visit_id is None else {cursor.visit_id})
        self._reveal(cursor)
        telling.say_cursor(self)

    def _keep(self) -> None:
        """Let selection and cursor follow their visits, or end with them."""
        cursor = self.scene.cursor
        if cursor is not None and cursor.visit_id is not None:
            self.scene.cursor = walking.of_visit(self.scene, cursor.visit_id)
        elif cursor is not None and self.model.row_at(cursor.line) is None:
            self.scene.cursor = None
        alive = {each for each in self.scene.selected if self.model.find(each) is not None}
        if alive != self.scene.selected:
            self._set_selected(alive)

    def _set_selected(self, wanted: set[int]) -> None:
        changed = wanted != self.scene.selected
        self.scene.selected = wanted
        self.viewport().update()
        if changed:
            self.selection_changed.emit(self.selected())

    def _reveal(self, cursor: Cursor) -> None:
        scale, lines = self.scene.scale, self.scene.lines
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        first, last = scale.along(cursor.start), scale.along(cursor.end)
        if last > scale.offset + scale.width:
            across.setValue(min(last - scale.width + _MARGIN, first - _MARGIN))
        if first < scale.offset:
            across.setValue(first - _MARGIN)
        top, bottom = lines.top(cursor.line), lines.top(cursor.line) + lines.height(cursor.line)
        if bottom > self.scene.top + self.scene.height:
            down.setValue(bottom - self.scene.height)
        if top < self.scene.top:
            down.setValue(top)

    # --- Dragging ------------------------------------------------------------------------------------------------

    def hit(self, pos: QPoint) -> Hit:
        """What lies under a point of the viewport."""
        return hit_at(self.scene, pos)

    def carried(self, visit_id: int) -> Carried | None:
        """A visit of the board as something to carry."""
        bar = self.model.bar(visit_id)
        if bar is None:
            return None
        carried = Carried(
            bar.title,
            bar.end - bar.start,
            bar.subtitle,
            bar.fill,
            visit_id=bar.visit_id,
            technician_id=bar.technician_id,
            start=bar.start,
            version=bar.version,
        )
        return self.complete(carried)

    def show_ghost(self, drop: Drop, verdict: Verdict) -> None:
        """Show where something would land and whether it may."""
        line = self.model.line_of(drop.technician_id)
        if line is None:
            self.hide_ghost()
            return
        self.viewport().update(self._ghost_area())
        self.scene.ghost = Ghost(drop, verdict, line)
        self.viewport().update(self._ghost_area())
        self._names.aim(line)

    def hide_ghost(self) -> None:
        """Take the ghost away."""
        self.viewport().update(self._ghost_area())
        self.scene.ghost = None
        self._names.aim(-1)

    def set_dragging(self, visit_id: int | None, allowed: frozenset[int] | None) -> None:
        """Fade the bar that is in the air and dim all rows but the allowed ones; None and None lift it."""
        self.scene.faint, self.scene.allowed = visit_id, allowed
        self.viewport().update()
        self._names.update()

    # --- Mouse ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is pressed; Ctrl adds and takes away on release, because Ctrl also drags back to the list."""
        if event.button() not in {Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton}:
            return
        hit = self.hit(event.position().toPoint())
        if hit.visit_id is None:
            self._put_cursor(hit)
            self._set_selected(set())
        elif not event.modifiers() & Qt.KeyboardModifier.ControlModifier and hit.visit_id not in self.scene.selected:
            self.select((hit.visit_id,))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the release from the windows behind, which know nothing of the press."""
        event.accept()

    def toggle(self, visit_id: int) -> None:
        """Add a visit to the selection or take it away: what a click with Ctrl does."""
        self._set_selected(self.scene.selected ^ {visit_id})
        self.scene.cursor = walking.of_visit(self.scene, visit_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the visit, or ask for a new appointment."""
        pos = event.position().toPoint()
        hit = self.hit(pos)
        if hit.visit_id is not None:
            self.visit_opened.emit(hit.visit_id)
        elif hit.technician_id:
            self.slot_opened.emit(self._spot_at(hit, pos))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the pointer's shape where an edge can be pulled."""
        hit = self.hit(event.position().toPoint())
        on_edge = hit.visit_id is not None and hit.zone is not Zone.BODY
        self.viewport().setCursor(Qt.CursorShape.SizeHorCursor if on_edge else Qt.CursorShape.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu where the pointer or the keyboard is."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            spot = self.spot()
        else:
            hit = self.hit(event.pos())
            spot = self._spot_at(hit, event.pos()) if hit.technician_id else None
        if spot is not None:
            self.menu_requested.emit(spot)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom about the pointer, with Shift scroll through time."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and turn:
            factor = _ZOOM_STEP ** (turn / 120)
            self.set_zoom(self.scene.scale.px_per_min * factor, round(event.position().x()))
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.angleDelta().y():
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - event.angleDelta().y())
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say in a tooltip everything a bar has no room for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.hit(event.pos())
            bar = self.model.bar(hit.visit_id) if hit.visit_id is not None else None
            if bar is None:
                QToolTip.hideText()
            else:
                area = overlays.visit_rect(self.scene, bar.visit_id)
                QToolTip.showText(event.globalPos(), telling.plain(self.describe(bar)), self.viewport(), area)
            return True
        return super().viewportEvent(event)

    def _put_cursor(self, hit: Hit) -> None:
        row = walking.items(self.scene, hit.line)
        self.scene.cursor = walking.at(row, hit.second) if row else None

    def _spot_at(self, hit: Hit, pos: QPoint) -> Spot:
        moment = self.snap.floor(instant(hit.second))
        return Spot(hit.technician_id, moment, hit.visit_id, self.viewport().mapToGlobal(pos))

    def _describe(self, bar: VisitBar) -> str:
        row = self.model.row(bar.technician_id)
        return telling.describe(bar, row.name if row else "", self.scene.zone)

    # --- Keyboard ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do by key what the mouse does; what means nothing here goes on to the window."""
        if not keys.handle(self, event):
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.scene.has_focus = True
        if self.scene.cursor is None and event.reason() in {
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        }:
            keys.enter(self)
        self._repaint_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.scene.has_focus = False
        self._repaint_cursor()

    def _repaint_cursor(self) -> None:
        cursor = self.scene.cursor
        if cursor is not None:
            rect = overlays.bar_rect(self.scene, cursor.line, cursor.start, cursor.end)
            self.viewport().update(rect.adjusted(-4, -4, 4, 4))

    def nudge(self, visit_id: int, drop: Drop) -> None:
        """Ask the screen to move a bar as if it had been dragged."""
        if self.model.find(visit_id) is not None:
            self.nudged.emit(drop)
