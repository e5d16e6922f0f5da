"""A line inside a card that stays until it is answered, such as that somebody else changed what one is changing."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from app.domain.words import Message
from ui.kit import icons, theme
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["StandingLine"]


class StandingLine(QWidget):
    """Hidden until it has something to say; buttons are given by the card."""

    def __init__(self, *buttons: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row: QBoxLayout = QHBoxLayout(self)
        self._row.setContentsMargins(*[theme.scale(8)] * 4)
        self._row.setSpacing(theme.scale(8))
        self._picture = QLabel()
        self._row.addWidget(self._picture)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self._row.addWidget(self.words, 1)
        for button in buttons:
            self._row.addWidget(button)
        self._texts = Texts(self)
        theme.news.changed.connect(self._dress)
        self._dress()
        self.hide()

    def _dress(self) -> None:
        size = theme.scale(18)
        self._picture.setPixmap(icons.icon("warning", "warning").pixmap(QSize(size, size)))

    def say(self, text: Message | None) -> None:
        """Show this line, or none."""
        if text is not None:
            self._texts.say(self.words.setText, text)
        self.setVisible(text is not None)
