"""What an empty place says: what it is for, and the first step as a button."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.words import Message, message
from ui.kit import icons, theme
from ui.kit.translate import Texts
from ui.widgets.styled import heading, primary_button, secondary, styled

__all__ = ["EmptyState"]


class EmptyState(QWidget):
    """Signal: `chosen()` when the first step is taken. All texts are catalogue texts."""

    chosen = Signal()

    def __init__(
        self, icon: str, title: str | Message, text: str | Message, button: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        styled(self, "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.scale(8))
        layout.addStretch(2)
        self._texts = Texts(self)
        self._icon = icons.icon(icon, "outline")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._picture)
        self._title = heading()
        self._text = secondary()
        self.say(title, text)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignCenter)
        # A wrapped label knows its height only inside a layout of its own width.
        middle = QHBoxLayout()
        self._text.setMaximumWidth(theme.scale(420))
        middle.addStretch(1)
        middle.addWidget(self._text, 8)
        middle.addStretch(1)
        layout.addLayout(middle)
        if button:
            self.button = primary_button(button)
            self.button.clicked.connect(self.chosen)
            layout.addSpacing(theme.scale(8))
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)
        theme.news.changed.connect(self._repaint)
        self._repaint()

    def say(self, title: str | Message, text: str | Message) -> None:
        """Say something else, such as that a search found nothing; a str is catalogue text."""
        for label, said in ((self._title, title), (self._text, text)):
            self._texts.say(label.setText, message(said) if isinstance(said, str) else said)

    def words(self) -> str:
        """What it says."""
        return f"{self._title.text()} {self._text.text()}"

    def _repaint(self) -> None:
        size = theme.scale(40)
        self._picture.setPixmap(self._icon.pixmap(QSize(size, size)))
