"""The box of a stage: a button one can reach by mouse, keyboard and screen reader, painted at the drawing's scale."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.domain.processes.flow import StageDraft
from app.i18n import _, _n, format_number
from ui.kit import icons, theme
from ui.kit.hints import hint
from ui.processes.dues import due_words

__all__ = ["StageBox", "StageFacts"]


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What a box tells of its stage; `wrong` and `warned` when something was found about it."""

    stage: StageDraft
    profile: str = ""
    next: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    open_tasks: int = 0
    is_wrong: bool = False
    is_warned: bool = False

    def spoken(self) -> str:
        """The stage in one sentence each, as a screen reader says it."""
        stage = self.stage
        said = [stage.name]
        said += [_("Intake")] if stage.is_intake else []
        said += [_("Final")] if stage.is_final else []
        said += [_("Profile: {name}", name=self.profile)] if self.profile else []
        said += [_("Due after {time}", time=due_words(stage.due_hours))] if stage.due_hours else []
        said += [_("Next: {names}", names=", ".join(self.next))] if self.next else []
        said += [_("Opens: {names}", names=", ".join(self.opens))] if self.opens else []
        said += [_n("{count} open task", "{count} open tasks", self.open_tasks)] if self.open_tasks else []
        return ". ".join(said)


class StageBox(QAbstractButton):
    """Signals: `stepped(key, event key)` for an arrow key, `opened(key)` on Enter or a double click.

    `reached(key)` when the keyboard came to it by Tab.
    """

    stepped = Signal(int, object)
    opened = Signal(int)
    reached = Signal(int)

    def __init__(self, facts: StageFacts, parent: QWidget) -> None:
        super().__init__(parent)
        self.facts = facts
        self.zoom = 1.0
        self.is_chosen = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.tell(facts)

    def tell(self, facts: StageFacts) -> None:
        """Show these facts."""
        self.facts = facts
        self.setText(facts.stage.name)
        self.setAccessibleName(facts.spoken())
        self.setToolTip(hint(facts.spoken()) or "")
        self.update()

    def sizeHint(self) -> QSize:
        """The drawing gives its size."""
        return self.size()

    def mark(self, *, on: bool) -> None:
        """Show that it is the chosen one, or not."""
        self.is_chosen = on
        self.setAccessibleDescription(_("Selected") if on else "")
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab chooses the first box where none was chosen."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.reached.emit(self.facts.stage.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to other stages, Enter into the fields; the rest is nobody's."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                event.ignore()
                return
            self.stepped.emit(self.facts.stage.key, event.key())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.opened.emit(self.facts.stage.key)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Into the fields."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.facts.stage.key)

    # --- Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, name, profile and due time, with marks for what the stage is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.zoom, self.zoom)
        area = QRectF(0, 0, self.width() / self.zoom, self.height() / self.zoom)
        self._paint_ground(painter, area)
        pad = theme.scale(10)
        inside = area.adjusted(pad, theme.scale(7), -pad, -theme.scale(7))
        line = inside.height() / 3
        self._paint_head(painter, QRectF(inside.left(), inside.top(), inside.width(), line))
        look = theme.tokens()
        stage = self.facts.stage
        needs_profile = not stage.is_final
        tone = "warning" if needs_profile and (not self.facts.profile or self.facts.is_warned) else "muted"
        words = self.facts.profile or (_("No profile") if needs_profile else "")
        icon = ("warning" if tone == "warning" else "profile") if words else ""
        self._paint_line(painter, QRectF(inside.left(), inside.top() + line, inside.width(), line), icon, words, tone)
        due = due_words(stage.due_hours) if stage.due_hours else ""
        low = QRectF(inside.left(), inside.top() + 2 * line, inside.width(), line)
        self._paint_line(painter, low, "clock" if due else "", due, "muted")
        if self.facts.open_tasks:
            painter.setFont(theme.font(9))
            painter.setPen(look.color("muted"))
            count = _n("{count} open task", "{count} open tasks", self.facts.open_tasks)
            room = low.width() - QFontMetricsF(painter.font()).horizontalAdvance(due) - theme.scale(30)
            if QFontMetricsF(painter.font()).horizontalAdvance(count) > room:
                count = format_number(self.facts.open_tasks)
            painter.drawText(low, self._aligned(Qt.AlignmentFlag.AlignRight), count)

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        look = theme.tokens()
        is_chosen = self.is_chosen
        border = "danger" if self.facts.is_wrong else "accent" if is_chosen else "outline"
        width = 2.0 if is_chosen or self.facts.is_wrong else 1.0
        painter.setPen(QPen(look.color(border), width))
        painter.setBrush(look.color("accent_soft" if is_chosen else "alternate" if self.underMouse() else "surface"))
        painter.drawRoundedRect(area.adjusted(1.5, 1.5, -1.5, -1.5), 8, 8)
        if is_chosen and self.hasFocus():
            painter.setPen(QPen(look.color("accent"), 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(5, 5, -5, -5), 5, 5)

    def _paint_head(self, painter: QPainter, line: QRectF) -> None:
        stage = self.facts.stage
        mark = "intake" if stage.is_intake else "final" if stage.is_final else ""
        self._paint_line(painter, line, mark, stage.name, "text", "accent" if stage.is_intake else "success")

    def _paint_line(
        self, painter: QPainter, line: QRectF, icon: str, words: str, tone: str, icon_tone: str = ""
    ) -> None:
        """An icon at the start side and words beside it, cut where the room ends."""
        look = theme.tokens()
        is_head = tone == "text"
        size = theme.scale(17 if is_head else 14)
        is_rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        rest = QRectF(line)
        if icon:
            left = line.right() - size if is_rtl else line.left()
            place = QRectF(left, line.center().y() - size / 2, size, size)
            icons.paint(painter, place, icon, look.color(icon_tone or tone))
            room = size + theme.scale(6)
            rest.adjust(0 if is_rtl else room, 0, -room if is_rtl else 0, 0)
        painter.setFont(theme.font(10, strong=True) if is_head else theme.font(9))
        painter.setPen(look.color(tone))
        cut = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, self._aligned(Qt.AlignmentFlag.AlignLeft), cut)

    def _aligned(self, side: Qt.AlignmentFlag) -> Qt.AlignmentFlag:
        """The side in the reader's direction; QPainter knows left and right only."""
        is_rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        side = (right if side == left else left) if is_rtl else side
        return side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
