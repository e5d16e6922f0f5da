"""The process drawn: boxes one can choose, arrows for the ways a task can go, zoomed to fit or as one likes."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollArea, QStyle, QWidget

from app.domain.processes.flow import ProcessDraft
from app.domain.words import N_
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.processes.boxes import StageBox, StageFacts
from ui.processes.layout import Arrow, Drawing, Measures, Rect, arrange

__all__ = ["FlowView"]

_SMALLEST, _READABLE, _LARGEST, _STEP = 0.3, 0.73, 2.0, 1.2


class _Canvas(QWidget):
    """Paints the arrows between the boxes, which are its children. Signal: `missed()` for a click beside them."""

    missed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.drawing = Drawing({}, {}, (), 0, 0)
        self.names: Mapping[int, str] = {}
        self.zoom = 1.0
        self.chosen: int | None = None

    def place(self, rect: Rect) -> QRect:
        """Where something of the drawing stands in the window, in the reader's direction."""
        z = self.zoom
        flat = QRect(round(rect.x * z), round(rect.y * z), round(rect.width * z), round(rect.height * z))
        return QStyle.visualRect(self.layoutDirection(), self.rect(), flat)

    def _at(self, point: tuple[float, float]) -> QPointF:
        flat = QPoint(round(point[0] * self.zoom), round(point[1] * self.zoom))
        return QPointF(QStyle.visualPos(self.layoutDirection(), self.rect(), flat))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The button goes down; what counts is where it comes up."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click beside the boxes is about the process itself."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.missed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Arrows of the chosen stage come last, over the others."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        arrows = sorted(self.drawing.arrows, key=lambda arrow: self.chosen in (arrow.start, arrow.end))
        for arrow in arrows:
            self._paint_arrow(painter, arrow)
        for (start, end), rect in self.drawing.chips.items():
            self._paint_chip(painter, self.drawing.boxes[start], rect, self.names.get(end, ""))

    def _paint_arrow(self, painter: QPainter, arrow: Arrow) -> None:
        points = [self._at(point) for point in arrow.points]
        path = self._curve(points) if arrow.is_curved else self._bends(points)
        colour = theme.tokens().color("accent" if self.chosen == arrow.start else "muted")
        self._stroke(painter, path, points[-1], colour, dashed=arrow.kind == "opens")

    def _stroke(self, painter: QPainter, path: QPainterPath, end: QPointF, colour: QColor, *, dashed: bool) -> None:
        pen = QPen(colour, max(1.2, 1.6 * self.zoom))
        pen.setStyle(Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        line = QLineF(path.pointAtPercent(0.999), end)
        head = max(6.0, theme.scale(8) * self.zoom)
        line = QLineF(end, end - QPointF(head, 0)) if line.isNull() else QLineF(end, line.p1())
        line.setLength(head)
        sides = []
        for turn in (24, -24):
            side = QLineF(line)
            side.setAngle(line.angle() + turn)
            sides.append(side.p2())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([end, *sides]))

    @staticmethod
    def _curve(points: Sequence[QPointF]) -> QPainterPath:
        """Level beside the boxes, bent in the gaps between them."""
        path = QPainterPath(points[0])
        for place in range(len(points) - 1):
            start, end = points[place], points[place + 1]
            if place % 2:
                path.lineTo(end)
            else:
                middle = (start.x() + end.x()) / 2
                path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
        return path

    def _bends(self, points: Sequence[QPointF]) -> QPainterPath:
        """Straight lines with round corners."""
        path = QPainterPath(points[0])
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            into, out = QLineF(corner, before), QLineF(corner, after)
            radius = min(theme.scale(8) * self.zoom, into.length() / 2, out.length() / 2)
            into.setLength(radius)
            out.setLength(radius)
            path.lineTo(into.p2())
            path.quadTo(corner, out.p2())
        path.lineTo(points[-1])
        return path

    def _paint_chip(self, painter: QPainter, box: Rect, rect: Rect, name: str) -> None:
        """A task that opens in another process."""
        look, area, owner = theme.tokens(), self.place(rect), self.place(box)
        is_rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        inset = round(box.width * 0.07 * self.zoom)
        x = owner.right() - inset if is_rtl else owner.left() + inset
        start, corner = QPointF(x, owner.bottom()), QPointF(x, area.center().y())
        end = QPointF(area.right() if is_rtl else area.left(), area.center().y())
        self._stroke(painter, self._bends([start, corner, end]), end, look.color("muted"), dashed=True)
        painter.setPen(QPen(look.color("outline"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(look.color("window"))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        font = theme.font(9)
        font.setPointSizeF(max(4.0, font.pointSizeF() * self.zoom))
        painter.setFont(font)
        painter.setPen(look.color("text"))
        size = round(area.height() * 0.6)
        mark = QRect(area.left() + size // 2, area.center().y() - size // 2, size, size)
        inside = area.adjusted(size * 2, 0, -size // 2, 0)
        icons.paint(painter, QStyle.visualRect(self.layoutDirection(), area, mark), "task", look.color("muted"))
        inside = QStyle.visualRect(self.layoutDirection(), area, inside)
        cut = painter.fontMetrics().elidedText(isolate(name), Qt.TextElideMode.ElideRight, inside.width())
        side = Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, cut)


class FlowView(QScrollArea):
    """Signals: `chosen(key or None)` by the person, `opened(key)` to go into its fields."""

    chosen = Signal(object)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = _Canvas()
        self.setWidget(self.canvas)
        self.canvas.setAutoFillBackground(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._boxes: dict[int, StageBox] = {}
        self._order: list[int] = []
        self._chosen: int | None = None
        self._is_fitting, self._least = True, _READABLE
        self._draft: ProcessDraft | None = None
        self.canvas.missed.connect(self._miss)
        Texts(self).bind(self.setAccessibleName, N_("Drawing of the process"))
        theme.news.changed.connect(self._arrange)

    @property
    def boxes(self) -> Mapping[int, StageBox]:
        """The boxes by stage."""
        return self._boxes

    @property
    def drawing(self) -> Drawing:
        """What is drawn."""
        return self.canvas.drawing

    @property
    def zoom(self) -> float:
        """How large it is drawn; 1 is the size of other words."""
        return self.canvas.zoom

    # --- What is shown

    def show_draft(self, draft: ProcessDraft, facts: Mapping[int, StageFacts], names: Mapping[int, str]) -> None:
        """Draw this; boxes that stay keep the focus."""
        self._draft = draft
        for key in self._boxes.keys() - facts.keys():
            gone = self._boxes.pop(key)
            gone.hide()
            gone.deleteLater()
        for key, fact in facts.items():
            box = self._boxes.get(key)
            if box is None:
                box = self._boxes[key] = StageBox(fact, self.canvas)
                box.pressed.connect(self._press)
                box.stepped.connect(self._step)
                box.opened.connect(self._open)
                box.reached.connect(self._tell)
                box.show()
            else:
                box.tell(fact)
        self._order = [stage.key for stage in draft.stages]
        self.canvas.names = names
        self._arrange()
        self.choose(self._chosen if self._chosen in self._boxes else None)

    def choose(self, key: int | None) -> None:
        """Mark this stage without telling."""
        self._chosen = self.canvas.chosen = key
        reached = self._order[0] if key is None and self._order else key
        for other, each in self._boxes.items():
            each.mark(on=other == key)
            # Tab comes to the chosen box only, or the first one; arrows go on from there.
            each.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other == reached else Qt.FocusPolicy.ClickFocus)
        if key is not None:
            box = self._boxes[key]
            margin = theme.scale(24)
            self.ensureVisible(box.geometry().center().x(), box.geometry().center().y(),
                               box.width() // 2 + margin, box.height() // 2 + margin)  # fmt: skip
        self.canvas.update()

    def focus_chosen(self) -> None:
        """Put the keyboard onto the chosen box, or the first."""
        if self._order:
            self._tell(self._order[0] if self._chosen is None else self._chosen)

    # --- Zoom

    @Slot()
    def fit(self) -> None:
        """So that the whole of it goes into the window, however small; never larger than other words."""
        self._is_fitting, self._least = True, _SMALLEST
        self._arrange()

    def fit_to_read(self) -> None:
        """The same, but no smaller than one can read."""
        self._is_fitting, self._least = True, _READABLE
        self._arrange()
        self.ensureVisible(self.canvas.width() if self.isRightToLeft() else 0, 0, 0, 0)

    def zoom_by(self, steps: int) -> None:
        """Larger or smaller; it then stays so until it is fitted."""
        self._is_fitting = False
        self._set_zoom(min(_LARGEST, max(_SMALLEST, self.zoom * _STEP**steps)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl with the wheel zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A drawing that was fitted stays so."""
        super().resizeEvent(event)
        if self._is_fitting:
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Turned around with the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._arrange()

    @Slot()
    def _arrange(self) -> None:
        if self._draft is None:
            return
        sizes = Measures(*(theme.scale(size) for size in (146, 80, 44, 28, 26, 14, 16)))
        self.canvas.drawing = arrange(self._draft, sizes)
        room, drawing = self.viewport().size(), self.canvas.drawing
        fitting = min(1.0, room.width() / max(1, drawing.width), room.height() / max(1, drawing.height))
        self._set_zoom(max(self._least, fitting) if self._is_fitting else self.zoom)

    def _set_zoom(self, zoom: float) -> None:
        canvas = self.canvas
        canvas.zoom = zoom
        size = QSize(int(canvas.drawing.width * zoom), int(canvas.drawing.height * zoom))
        canvas.resize(size)
        for key, box in self._boxes.items():
            box.zoom = zoom
            box.setGeometry(canvas.place(canvas.drawing.boxes[key]))
            box.update()
        canvas.update()

    # --- Mouse and keys

    @Slot()
    def _press(self) -> None:
        box = self.sender()
        if isinstance(box, StageBox):
            self._tell(box.facts.stage.key)

    @Slot()
    def _miss(self) -> None:
        self._tell(None)

    @Slot(int)
    def _open(self, key: int) -> None:
        self._tell(key)
        self.opened.emit(key)

    @Slot(int)
    def _tell(self, key: int | None) -> None:
        if key != self._chosen:
            self.choose(key)
            self.chosen.emit(key)
        if key is not None:
            self._boxes[key].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int, object)
    def _step(self, key: int, arrow: Qt.Key) -> None:
        """To the nearest box in that direction, as one sees it."""
        here = self._boxes[key].geometry().center()
        best: tuple[float, int] | None = None
        for other, box in self._boxes.items():
            there = box.geometry().center() - here
            along, aside = _in_direction(arrow, there)
            if other != key and along > 0 and aside <= along * 2:
                cost = along + 2.0 * aside
                best = min(best or (cost, other), (cost, other))
        if best is not None:
            self._tell(best[1])


def _in_direction(arrow: Qt.Key, way: QPoint) -> tuple[int, int]:
    """How far a way goes in the direction of an arrow key, and how far aside."""
    if arrow in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        return (way.x() if arrow == Qt.Key.Key_Right else -way.x()), abs(way.y())
    return (way.y() if arrow == Qt.Key.Key_Down else -way.y()), abs(way.x())
