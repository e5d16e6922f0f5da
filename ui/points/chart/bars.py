"""The bars one points at and walks over: hover tells, a click or Enter picks, the wheel and the keys scroll."""

from datetime import date

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar, QToolTip, QVBoxLayout, QWidget

from app.domain.points.board import Board
from app.i18n import _, _n, format_date, format_points
from ui.kit import theme
from ui.kit.bidi import by_line
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.points.chart.marks import By, Mark, Marks
from ui.points.chart.plot import Plot

__all__ = ["Bars", "describe"]

_Mark = tuple[int | None, date]


def describe(mark: Mark) -> str:
    """A bar in words: whose, which month, how many points."""
    month, points = format_date(mark.month, "month"), format_points(mark.points)
    if not mark.name:
        return _("{month}: {points} points", month=month, points=points)
    return _("{name}, {month}: {points} points", name=mark.name, month=month, points=points)


class Bars(QWidget):
    """Signal: `picked(worker_id | None, month)`; the focus is on the whole, the cursor on one bar."""

    picked = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot()
        self.bar = QScrollBar(Qt.Orientation.Horizontal)
        self.marks: Marks | None = None
        self._pressed: int | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.plot, 1)
        column.addWidget(self.bar)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(theme.scale(240), theme.scale(160))
        self.bar.valueChanged.connect(self._scrolled)
        self.plot.fitted.connect(self._fit_scroll)
        theme.news.changed.connect(self._dress)
        Texts(self).redo(self._speak)
        self._dress()

    # --- What is shown

    def show_board(self, board: Board, by: By = "worker", hidden: frozenset[date] = frozenset()) -> None:
        """Show these numbers; the cursor stays on its bar, the part in view stays where it was."""
        before, here = self.marks, self._here()
        self.marks = Marks(board, by, hidden)
        self._show(None if here is None else self.marks.place(*here))
        if before is None or (before.by, before.board.months) != (by, board.months):
            # Months end with the newest, and that one comes first.
            self.bar.setValue(self.bar.maximum() if by == "month" else 0)
        self._tell()

    def _show(self, cursor: int | None) -> None:
        text, marks = "", self.marks
        if marks is not None and not len(marks):
            text = _("All months are hidden.") if marks.board.lines else _("No points yet.")
        # The one place of the chart that asks for a direction.
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.plot.show_marks(marks, text, cursor, mirrored=mirrored)
        self._fit_scroll()

    @property
    def cursor_mark(self) -> Mark | None:
        """The bar the keyboard is on."""
        place = self.plot.cursor_place
        return None if place is None or self.marks is None else self.marks.mark(place)

    def _here(self) -> _Mark | None:
        mark = self.cursor_mark
        return None if mark is None else (mark.worker_id, mark.month)

    @Slot()
    def _dress(self) -> None:
        self.plot.dress()

    def _speak(self) -> None:
        self._show(self.plot.cursor_place)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        """The direction may have turned with the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._show(self.plot.cursor_place)

    # --- Scrolling

    @Slot()
    def _fit_scroll(self) -> None:
        self.bar.setPageStep(self.plot.room)
        self.bar.setSingleStep(max(1, round(self.plot.slots.group)))
        self.bar.setRange(0, self.plot.farthest)
        self.bar.setVisible(self.plot.farthest > 0)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        self.plot.set_offset(value)

    def show_place(self, place: int) -> None:
        """Scroll as little as it takes to see the bar whole, with the name of its group where that fits."""
        plot = self.plot
        group = plot.slots.group_span(place // plot.slots.each)
        start, end = group if group[1] - group[0] <= plot.room else plot.slots.span(place)
        if start < plot.offset:
            self.bar.setValue(int(start))
        elif end > plot.offset + plot.room:
            self.bar.setValue(round(end + 0.5) - plot.room)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel goes along the bars; where all are in view it belongs to the page around."""
        if not self.plot.farthest:
            event.ignore()
            return
        turn = event.angleDelta()
        forward = -turn.y() if turn.y() else (turn.x() if self.plot.mirrored else -turn.x())
        self.bar.setValue(self.bar.value() + round(forward * theme.scale(96) / 120))
        event.accept()

    # --- The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbour and to the same month of the next worker, pages by what is in view."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self.marks is None or not len(self.marks):
            super().keyPressEvent(event)
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick()
            return
        place = self._walked(key)
        if place is None:
            super().keyPressEvent(event)
            return
        self.go_to(place)

    def _walked(self, key: Qt.Key) -> int | None:
        assert self.marks is not None
        last, each, plot = len(self.marks) - 1, self.plot.slots.each, self.plot
        page = max(1, int(plot.room // plot.slots.group)) * each
        here = plot.cursor_place
        step = {
            Qt.Key.Key_Left: 1 if plot.mirrored else -1,
            Qt.Key.Key_Right: -1 if plot.mirrored else 1,
            Qt.Key.Key_Up: -each,
            Qt.Key.Key_Down: each,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }.get(key)
        if key == Qt.Key.Key_Home:
            return 0
        if key == Qt.Key.Key_End:
            return last
        if step is None:
            return None
        if here is None:
            return min(plot.slots.seen(plot.offset, plot.offset + plot.room).start, last)
        return self._within(here, step, each)

    def _within(self, here: int, step: int, each: int) -> int:
        """Where a step leads; from worker to worker the month stays, at the ends too."""
        assert self.marks is not None
        last = len(self.marks) - 1
        if abs(step) < each or each == 1:
            return max(0, min(here + step, last))
        group = max(0, min((here + step) // each, self.marks.groups - 1))
        return group * each + here % each

    def go_to(self, place: int) -> None:
        """Put the cursor on a bar, bring it into view and tell it."""
        self.plot.cursor_place = place
        self.show_place(place)
        self.plot.repaint_bars()
        self._tell(aloud=True)

    def _tell(self, *, aloud: bool = False) -> None:
        mark = self.cursor_mark
        text, count = "" if mark is None else describe(mark), 0 if self.marks is None else len(self.marks)
        self.setAccessibleName(_n("Points, {count} bar", "Points, {count} bars", count))
        self.setAccessibleDescription(text)
        if aloud and text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _pick(self) -> None:
        mark = self.cursor_mark
        if mark is not None:
            self.picked.emit(mark.worker_id, mark.month)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is seen while the keyboard is here; by Tab one arrives on the first bar in view."""
        super().focusInEvent(event)
        self.plot.has_ring = True
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self.plot.cursor_place is None and self.marks is not None and len(self.marks):
            self.go_to(self.plot.seen().start)
        self.plot.repaint_bars()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes with the keyboard."""
        super().focusOutEvent(event)
        self.plot.has_ring = False
        self.plot.repaint_bars()

    # --- The mouse

    def hint_at(self, point: QPointF) -> str:
        """What hovering here tells: the bar, or the whole name beneath a group."""
        if self.marks is None:
            return ""
        place = self.plot.place_at(point)
        if place is not None:
            return describe(self.marks.mark(place))
        group = self.plot.slots.group_at(self.plot.along(point.x()))
        if self.marks.by == "worker" and group is not None and point.y() > self.plot.area().bottom():
            return self.marks.board.lines[group].name
        return ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the bar beneath the pointer and tell it at once."""
        point = event.position()
        self._point(self.plot.place_at(point))
        text = self.hint_at(point)
        if text:
            QToolTip.showText(event.globalPosition().toPoint(), hint(by_line(text)) or "", self, self._near(point))
        else:
            QToolTip.hideText()

    def _near(self, point: QPointF) -> QRect:
        """How far the pointer may go with the same hint."""
        place = self.plot.place_at(point)
        if place is None:
            return QRect(point.toPoint() - QPoint(2, 2), point.toPoint() + QPoint(2, 2))
        return self.plot.slot_rect(place).translated(self.plot.area().topLeft()).toRect()

    def _point(self, place: int | None) -> None:
        if place != self.plot.pointed:
            self.plot.pointed = place
            shape = Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor
            self.setCursor(shape)
            self.plot.repaint_bars()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A bar is picked where the button goes down and up on it."""
        self._pressed = self.plot.place_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if self._pressed is not None:
            self.go_to(self._pressed)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick what was pressed."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and self.plot.place_at(event.position()) == pressed:
            self._pick()
