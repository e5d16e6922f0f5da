"""The colour band over the desk: what is going on, since when, what to do next, and the buttons for it."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStyle, QWidget

from app.domain.words import Message
from app.i18n import _, say
from ui.dialer.desk.words import Look
from ui.kit import icons, theme
from ui.kit.bidi import isolate, sided
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.widgets.history_words import clock
from ui.widgets.styled import heading, styled

__all__ = ["ActButton", "Band"]

_TONES = {"primary": "on_accent", "danger": "danger", "quiet": "accent"}
_SOFT = {"info": "info_soft", "warning": "warning_soft", "success": "success_soft", "danger": "danger_soft"}


class ActButton(QPushButton):
    """A button for the action of a command: its word and its key, there only while the act is possible."""

    def __init__(self, action: QAction, icon: str, look: str = "") -> None:
        super().__init__()
        self._action = action
        self._other = ""
        self._has_key = True
        if look:
            styled(self, look)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self.setIcon(icons.icon(icon, _TONES.get(look, "muted")))
        self._follow()

    def rename(self, text: str) -> None:
        """Call the act otherwise for now; `text` is catalogue text, an empty one is the command's own word."""
        self._other = text
        self._follow()

    def full_width(self) -> int:
        """How wide it is with its key."""
        key = self._action.shortcut().toString(self._action.shortcut().SequenceFormat.NativeText)
        missing = self.fontMetrics().horizontalAdvance(f"  {key}") if key and not self._has_key else 0
        return self.sizeHint().width() + missing

    def show_key(self, *, on: bool) -> None:
        """With its key, or only the word where there is no room."""
        if on != self._has_key:
            self._has_key = on
            self._follow()

    def _follow(self) -> None:
        word = _(self._other) if self._other else self._action.text()
        key = self._action.shortcut().toString(self._action.shortcut().SequenceFormat.NativeText)
        self.setText(f"{word}  {isolate(key)}" if key and self._has_key else word)
        self.setToolTip(f"{word}  {key}" if key and not self._has_key else "")
        self.setAccessibleName(word)
        self.setAccessibleDescription(key)
        self.setEnabled(self._action.isEnabled())


class Band(QFrame):
    """`say_state` with every event, `tick` with every second; the buttons are given by the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._step: Message | None = None
        self._said = ""
        self._has_step = True
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(each) for each in (20, 8, 16, 8)])
        row.setSpacing(theme.scale(12))
        self._picture = QLabel()
        self.word = heading()
        self.timer = styled(QLabel(), "figure")
        self.timer.setTextFormat(Qt.TextFormat.PlainText)
        self.step = QLabel()
        self.step.setTextFormat(Qt.TextFormat.PlainText)
        self.step.setWordWrap(True)
        self.step.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.scale(8))
        for widget in (self._picture, self.word, self.timer):
            row.addWidget(widget)
        row.addWidget(self.step, 1)
        row.addLayout(self.buttons)
        self.setFixedHeight(theme.scale(56))
        self._texts = Texts(self)
        theme.news.changed.connect(self._dress)

    def add(self, *widgets: QWidget) -> None:
        """Put buttons at the end."""
        for widget in widgets:
            self.buttons.addWidget(widget)

    def say_state(self, look: Look, step: Message | None, seconds: int | None) -> None:
        """Show this; a new word is announced to those who do not see it."""
        is_new = look != self._look
        self._look, self._step = look, step
        if is_new:
            self._dress()
        self.tick(seconds, step)
        self._texts.redo(self._say, key="say")

    def tick(self, seconds: int | None, step: Message | None) -> None:
        """Show the clock and what comes next."""
        self.timer.setText(clock(seconds) if seconds is not None else "")
        self.timer.setVisible(seconds is not None)
        if step != self._step:
            self._step = step
            self._say()

    def _say(self) -> None:
        if self._look is None:
            return
        word, step = say(self._look.word), say(self._step) if self._step is not None else ""
        self.word.setText(word)
        self.step.setText(sided(step) if self._has_step else "")
        self.setToolTip(hint(step) or "")
        self.setAccessibleName(_("{state}. {step}", state=word, step=step) if step else word)
        said = f"{word} {self._look.tone}"
        if said != self._said and self.isVisible():
            self._said = said
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))

    def event(self, event: QEvent) -> bool:
        """Buttons came, went or were called otherwise: the keys are shown where all of them fit."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return done

    def _fit(self) -> None:
        held = (self.buttons.itemAt(place) for place in range(self.buttons.count()))
        buttons = [each for item in held if item is not None and (each := item.widget()) and not each.isHidden()]
        others = [each for each in (self._picture, self.word, self.timer) if not each.isHidden()]
        taken = theme.scale(36) + theme.scale(12) * (len(others) + 1) + theme.scale(8) * max(0, len(buttons) - 1)
        free = self.width() - taken - sum(each.sizeHint().width() for each in others)
        acts = [each for each in buttons if isinstance(each, ActButton)]
        wanted = sum(each.sizeHint().width() for each in buttons if not isinstance(each, ActButton))
        has_keys = wanted + sum(each.full_width() for each in acts) <= free
        for each in acts:
            each.show_key(on=has_keys)
        has_step = free - wanted - sum(each.sizeHint().width() for each in acts) >= theme.scale(96)
        if has_step != self._has_step:
            self._has_step = has_step
            self._say()

    def _dress(self) -> None:
        self.setFixedHeight(theme.scale(56))
        if self._look is not None:
            size = QSize(theme.scale(22), theme.scale(22))
            self._picture.setPixmap(icons.icon(self._look.icon, self._look.tone).pixmap(size))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground in the soft colour of the state, its strong one as a stripe at the start and a line below."""
        painter = QPainter(self)
        tokens = theme.tokens()
        tone = self._look.tone if self._look is not None else "muted"
        soft = _SOFT.get(tone) or ("accent_soft" if tone == "accent" else "surface")
        painter.fillRect(event.rect(), tokens.color(soft))
        strong: QColor = tokens.color("outline" if tone == "muted" else tone)
        line = max(1, theme.scale(2))
        painter.fillRect(QRect(0, self.height() - line, self.width(), line), strong)
        stripe = QRect(0, 0, theme.scale(6), self.height())
        painter.fillRect(QStyle.visualRect(self.layoutDirection(), self.rect(), stripe), strong)
        painter.end()
