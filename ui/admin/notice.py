"""A line in a form about the row itself, with what can be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.words import Message
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import push_button, styled

__all__ = ["NoticeStrip"]


class NoticeStrip(QWidget):
    """Hidden until it has something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        self.text = styled(QLabel(), "error-box")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        column.addWidget(self.text)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        column.addLayout(self._row)
        self._texts = Texts(self)
        self._buttons: list[QWidget] = []
        self.hide()

    def say(
        self, text: Message, buttons: Sequence[tuple[str, str, Callable[[], object]]], *, danger: bool = False
    ) -> None:
        """Say this in place of what was said; a button is its name, its catalogue text and what it does."""
        self.clear()
        styled(self.text, "error-box" if danger else "note-box")
        self._texts.say(self.text.setText, text)
        for place, (name, label, do) in enumerate(buttons):
            button = push_button(label, look="danger" if danger and not place else "")
            button.setObjectName(name)
            button.clicked.connect(lambda _on=False, do=do: do())
            self._row.addWidget(button)
            self._buttons.append(button)
        self.show()
        if danger and self._buttons:
            self._buttons[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Say nothing."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        self.hide()
