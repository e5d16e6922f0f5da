"""The row of results: one big button each, with its colour and its digit."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QStyle, QWidget

from app.domain.dialer.statuses import call_status_name
from app.i18n import _
from app.services.dialer.card import CardStatus
from ui.dialer.panes.words import in_words
from ui.kit import theme
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.widgets.chips import Flow

__all__ = ["ResultButton", "ResultRow"]

MOST_ROWS = 3


class ResultButton(QAbstractButton):
    """One result; the stripe at its start is its colour, the digit beside the name the key that gives it."""

    def __init__(self, status: CardStatus) -> None:
        super().__init__()
        self.status = status
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._is_low = False
        self._texts = Texts(self)
        self._texts.redo(self._say)
        theme.news.changed.connect(self._say)

    def _say(self) -> None:
        name = in_words(call_status_name(self.status.code, self.status.name))
        self.setText(name)
        key = self.status.key
        self.setAccessibleName(_("{result}, Alt+{key}", result=name, key=key) if key else name)
        self.setToolTip(hint(self.accessibleName()) or "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for stripe, digit and name."""
        width = self._metrics().horizontalAdvance(self.text()) + theme.scale(52 if self.status.key else 24)
        return QSize(width, theme.scale(34 if self._is_low else 48))

    def set_low(self, *, on: bool) -> None:
        """Take less of the height, where there are many rows."""
        if on != self._is_low:
            self._is_low = on
            self.updateGeometry()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self.font())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, stripe, digit and name, mirrored with the layout."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, scale = theme.tokens(), theme.scale
        area = self.rect().adjusted(1, 1, -1, -1)
        is_near = self.isEnabled() and (self.underMouse() or self.isDown())
        has_focus = self.hasFocus()
        painter.setPen(QPen(tokens.color("accent" if has_focus else "outline"), 2 if has_focus else 1))
        painter.setBrush(tokens.color("border" if self.isDown() else "alternate" if is_near else "surface"))
        painter.drawRoundedRect(area, scale(6), scale(6))
        self._stripe(painter, area)
        inner = area.adjusted(scale(12), 0, -scale(8), 0)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            inner = area.adjusted(scale(8), 0, -scale(12), 0)
        if self.status.key:
            inner = self._digit(painter, inner)
        painter.setFont(self.font())
        painter.setPen(tokens.color("text" if self.isEnabled() else "outline"))
        side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        name = self._metrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), name)
        painter.end()

    def _stripe(self, painter: QPainter, area: QRect) -> None:
        scale = theme.scale
        stripe = QRect(area.left() + scale(4), area.top() + scale(8), scale(4), area.height() - scale(16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.status.color)
        painter.drawRoundedRect(QStyle.visualRect(self.layoutDirection(), area, stripe), scale(2), scale(2))

    def _digit(self, painter: QPainter, inner: QRect) -> QRect:
        """Paint the digit; what is left for the name."""
        scale, tokens = theme.scale, theme.tokens()
        size = scale(22)
        box = QRect(inner.left(), inner.center().y() - size // 2, size, size)
        painter.setPen(QPen(tokens.color("border"), 1))
        painter.setBrush(tokens.color("alternate"))
        place = QStyle.visualRect(self.layoutDirection(), inner, box)
        painter.drawRoundedRect(place, scale(4), scale(4))
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(tokens.color("text" if self.isEnabled() else "outline"))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), self.status.key or "")
        rest = inner.adjusted(size + scale(6), 0, 0, 0)
        return QStyle.visualRect(self.layoutDirection(), inner, rest)


class ResultRow(QWidget):
    """The results of the campaign in their order, one row where they fit. Signal: `given(id)`."""

    given = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[ResultButton] = []
        self._statuses: tuple[CardStatus, ...] = ()
        self._flow = Flow(self)

    def show_statuses(self, statuses: Sequence[CardStatus]) -> None:
        """Show these; the same ones stay as they are."""
        if tuple(statuses) == self._statuses:
            return
        self._statuses = tuple(statuses)
        for old in self.buttons:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.buttons = [ResultButton(each) for each in statuses]
        for button in self.buttons:
            button.clicked.connect(partial(self._give, button.status.id))
            self._flow.addWidget(button)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Buttons came, went or are called otherwise: one row where the names fit, else some more."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return done

    def _fit(self) -> None:
        """Never more than three rows, the third takes no more height than two: names are cut short before that."""
        in_a_row = max(1, -(-len(self.buttons) // MOST_ROWS))
        widest = (self.width() - self._flow.gap * (in_a_row - 1)) // in_a_row
        for button in self.buttons:
            button.setMaximumWidth(widest)
        is_low = self._flow.rows(self.width()) >= MOST_ROWS
        for button in self.buttons:
            button.set_low(on=is_low)
        # Said outright: the stack of pages knows nothing of a height that follows from the width.
        self.setFixedHeight(self._flow.heightForWidth(self.width()))

    def by_key(self, key: str) -> CardStatus | None:
        """The result a digit gives."""
        return next((each for each in self._statuses if each.key == key), None)

    def _give(self, status_id: int) -> None:
        self.given.emit(status_id)
