"""The navigation at the window's start edge: one button a screen, icon over text."""

from enum import IntEnum
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QSizePolicy, QStyle, QToolButton, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _n
from ui.kit import icons, theme
from ui.kit.screen import Screen
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["Rail"]


class Badge(QLabel):
    """A number at the upper end corner of a button."""

    def __init__(self, button: QToolButton) -> None:
        super().__init__(button)
        styled(self, "badge")
        self._button = button
        self._number = 0
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        button.installEventFilter(self)
        self.hide()

    def show_number(self, number: int) -> None:
        """Show this number, or nothing for 0."""
        self._number = number
        self.setText(str(number) if number < 100 else "99+")
        self.setVisible(number > 0)
        self._say()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The badge follows its button."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutDirectionChange, QEvent.Type.StyleChange):
            self._place()
        return super().eventFilter(watched, event)

    def _say(self) -> None:
        said = _n("{count} new", "{count} new", self._number) if self._number else ""
        self._button.setAccessibleDescription(said)

    def _place(self) -> None:
        self.adjustSize()
        size, area = self.size(), self._button.rect()
        inner = QRect(area.center().x() + theme.scale(4), theme.scale(3), size.width(), size.height())
        self.setGeometry(QStyle.visualRect(self._button.layoutDirection(), area, inner))


class Room(IntEnum):
    """How much height the buttons are given: a low window takes the air away first, then the words."""

    AIRY = 0
    TIGHT = 1
    BARE = 2


class Rail(QWidget):
    """Signals: `wanted(screen_id)` when a person goes elsewhere, `preferences_wanted()` by the button at the foot,
    `marked(screen_id)` when a screen has come to the front.
    """

    wanted = Signal(str)
    marked = Signal(str)
    preferences_wanted = Signal()

    def __init__(self, mark: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "rail-ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(*[theme.scale(6)] * 4)
        self._layout.setSpacing(theme.scale(4))
        picture = QLabel()
        picture.setPixmap(mark.pixmap(QSize(30, 30)))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setFixedHeight(theme.scale(44))
        self._picture = picture
        self._layout.addWidget(picture)
        self._layout.addStretch(1)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        self._badges: dict[str, Badge] = {}
        self._room = Room.AIRY
        self._needs: dict[Room, int] = {}
        preferences = self._button("preferences", N_("Preferences"))
        preferences.clicked.connect(self.preferences_wanted)
        self._layout.addWidget(preferences)
        # As wide as its longest word: "Pianificazione" needs more than "Planner".
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._preferences = preferences
        theme.news.changed.connect(self._resize)
        self._resize()
        Texts(self).redo(self._hint, key="hints")

    def add(self, screen: Screen) -> None:
        """Give the screen its button."""
        button = self._button(screen.icon, screen.text)
        button.setCheckable(True)
        button.clicked.connect(partial(self.wanted.emit, screen.id))
        self._group.addButton(button)
        self._buttons[screen.id] = button
        self._layout.insertWidget(len(self._buttons), button)
        self._needs.clear()

    def let(self, screen_id: str, *, on: bool) -> None:
        """Offer the screen, or leave it out."""
        button = self._buttons[screen_id]
        if button.isHidden() is on:
            button.setVisible(on)
            self._needs.clear()
            self._fit()

    def mark(self, screen_id: str) -> None:
        """Show where we are."""
        self._buttons[screen_id].setChecked(True)
        self.marked.emit(screen_id)

    @Slot(str, int)
    def set_badge(self, screen_id: str, number: int) -> None:
        """Put a number beside the icon of a screen, or take it away with 0."""
        button = self._buttons.get(screen_id)
        if button is None:
            return
        badge = self._badges.get(screen_id)
        if badge is None:
            badge = self._badges[screen_id] = Badge(button)
        badge.show_number(number)

    def badge(self, screen_id: str) -> str:
        """The number that stands beside the icon of a screen; empty for none."""
        badge = self._badges.get(screen_id)
        return badge.text() if badge is not None and not badge.isHidden() else ""

    def button(self, screen_id: str) -> QToolButton:
        """The button of a screen, for keyboard order and tests."""
        return self._buttons[screen_id]

    def _button(self, icon: str, text: str) -> QToolButton:
        button = styled(QToolButton(), "rail")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(22, 22))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        texts = Texts(button)
        texts.bind(button.setText, text)
        texts.bind(button.setAccessibleName, text)
        return button

    @Slot()
    def _resize(self) -> None:
        # Not of the rail itself: that would allow words to be cut in a narrow window.
        self._picture.setMinimumWidth(theme.scale(80))
        self._needs.clear()
        self._fit()

    # --- A low window

    @property
    def room(self) -> Room:
        """How the buttons stand."""
        return self._room

    def minimumSizeHint(self) -> QSize:
        """As wide as the words; a low window is no reason to grow."""
        return QSize(super().minimumSizeHint().width(), theme.scale(200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand closer in a low window."""
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """By then every screen has its button."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self.isVisible():
            return
        for room in Room:
            if room not in self._needs:
                self._stand(room)
                self._needs[room] = self._layout.totalSizeHint().height()
            if self._needs[room] <= self.height():
                break
        self._stand(room)

    def _stand(self, room: Room) -> None:
        if room is self._room:
            return
        self._room = room
        self._layout.setSpacing(theme.scale(4) if room is Room.AIRY else 0)
        self._picture.setVisible(room is Room.AIRY)
        below, alone = Qt.ToolButtonStyle.ToolButtonTextUnderIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in (*self._buttons.values(), self._preferences):
            button.setProperty("tight", room is not Room.AIRY)
            button.setToolButtonStyle(alone if room is Room.BARE else below)
            button.style().unpolish(button)
            button.style().polish(button)
            button.updateGeometry()
        self._hint()

    def _hint(self) -> None:
        for button in (*self._buttons.values(), self._preferences):
            button.setToolTip(button.text() if self._room is Room.BARE else "")
