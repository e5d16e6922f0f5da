"""The line in which messages appear: over the top row, so nothing below moves when one comes or goes."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import icons, theme, translate
from ui.kit.hints import hint
from ui.kit.messages import Kind, Messages, Notice
from ui.widgets.styled import icon_button, styled

__all__ = ["MessageBar"]

KEPT = 50


class MessageBar(QFrame):
    """Shows the newest message; when it ends, an older one that still stands comes back.

    Signals: `appeared()`, `emptied()`, `history_changed()`.
    """

    appeared = Signal()
    emptied = Signal()
    history_changed = Signal()

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history: list[Notice] = []
        self._standing: list[Notice] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scale(10), 0, theme.scale(10), 0)
        row.setSpacing(theme.scale(8))
        self._picture = QLabel()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text.setWordWrap(True)
        self._offer = styled(QToolButton(), "offer")
        self._offer.clicked.connect(self._take_offer)
        self._close = icon_button("close", N_("Close the message"))
        self._close.clicked.connect(self.dismiss)
        for widget, stretch in ((self._picture, 0), (self._text, 1), (self._offer, 0), (self._close, 0)):
            row.addWidget(widget, stretch)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        messages.posted.connect(self.take)
        messages.withdrawn.connect(self.drop)
        translate.news.switched.connect(self._show)
        theme.news.changed.connect(self._show)
        self.hide()

    @property
    def current(self) -> Notice | None:
        """The message shown."""
        return self._standing[-1] if self._standing else None

    def has_current(self) -> bool:
        """Whether a message stands."""
        return bool(self._standing)

    @Slot(object)
    def take(self, notice: Notice) -> None:
        """Show this message before the others."""
        self.history = [*self.history, notice][-KEPT:]
        self.history_changed.emit()
        # What was only for information has been seen by now; warnings and errors wait their turn.
        self._standing = [old for old in self._standing if old.kind in (Kind.WARNING, Kind.ERROR)][-9:]
        self._standing.append(notice)
        self._show()
        event = QAccessibleEvent(self._text, QAccessible.Event.Alert)
        QAccessible.updateAccessibility(event)

    @Slot(object)
    def drop(self, notice: Notice) -> None:
        """Forget a message that is no longer true."""
        self._standing = [old for old in self._standing if old.number != notice.number]
        self._show()

    @Slot()
    def dismiss(self) -> None:
        """End the message shown."""
        if self._standing:
            self._standing.pop()
        self._show()

    @Slot()
    def take_offer(self) -> None:
        """What the action's button does; also a command."""
        self._take_offer()

    def _take_offer(self) -> None:
        notice = self.current
        if notice is None or notice.offer is None:
            return
        self.drop(notice)
        notice.offer.do()

    @Slot()
    def _show(self) -> None:
        notice = self.current
        if notice is None:
            self._timer.stop()
            self.hide()
            self.emptied.emit()
            return
        role = "danger" if notice.kind is Kind.ERROR else notice.kind.value
        look = theme.tokens()
        back, edge = getattr(look, f"{role}_soft"), getattr(look, role)
        self.setStyleSheet(f"MessageBar {{ background: {back}; border: 1px solid {edge}; border-radius: 6px; }}")
        self._picture.setPixmap(icons.icon(notice.kind.value, role).pixmap(18, 18))
        self._picture.setAccessibleName(notice.kind.value)
        self._text.setText(notice.words())
        self._text.setToolTip(hint(notice.words()) or "")
        self._offer.setVisible(notice.offer is not None)
        self._offer.setText(_(notice.offer.text) if notice.offer else "")
        self._fit()
        self.show()
        self.raise_()
        self.appeared.emit()
        if notice.seconds:
            self._timer.start(notice.seconds * 1000)
        else:
            self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow bar says long messages in small letters on two lines."""
        super().resizeEvent(event)
        self._fit()

    def wanted_width(self) -> int:
        """What the message needs to stand on one line."""
        metrics = QFontMetrics(theme.font(10))
        rest = self._offer.sizeHint().width() if not self._offer.isHidden() else 0
        return metrics.horizontalAdvance(self._text.text()) + rest + theme.scale(110)

    def _fit(self) -> None:
        is_long = self.width() < self.wanted_width()
        styled(self._text, "message-small" if is_long else "message")
