"""The navigation at the window's start edge: one button a screen, icon over text."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import icons, theme
from ui.kit.screen import Screen
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["Rail"]


class Rail(QWidget):
    """Signals: `wanted(screen_id)` when a person goes elsewhere, `preferences_wanted()` by the button at the foot."""

    wanted = Signal(str)
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
        preferences = self._button("preferences", N_("Preferences"))
        preferences.clicked.connect(self.preferences_wanted)
        self._layout.addWidget(preferences)
        # As wide as its longest word: "Pianificazione" needs more than "Planner".
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme.news.changed.connect(self._resize)
        self._resize()

    def add(self, screen: Screen) -> None:
        """Give the screen its button."""
        button = self._button(screen.icon, screen.text)
        button.setCheckable(True)
        button.clicked.connect(partial(self.wanted.emit, screen.id))
        self._group.addButton(button)
        self._buttons[screen.id] = button
        self._layout.insertWidget(len(self._buttons), button)

    def mark(self, screen_id: str) -> None:
        """Show where we are."""
        self._buttons[screen_id].setChecked(True)

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
