"""The details beside a list: a pane with a title that can be closed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import theme
from ui.kit.bidi import sided
from ui.widgets.styled import heading, icon_button, styled

__all__ = ["DetailPane"]


class DetailPane(QWidget):
    """Signal: `closed()` when the person closes it, by its cross or by Escape; it hides itself."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(theme.scale(16), theme.scale(8), theme.scale(16), theme.scale(4))
        self._title = heading()
        head.addWidget(self._title, 1)
        close = icon_button("close", N_("Close the details"))
        close.clicked.connect(self.dismiss)
        head.addWidget(close)
        layout.addLayout(head)
        self._content = QVBoxLayout()
        self._content.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._content, 1)
        self._shown: QWidget | None = None

    @property
    def title(self) -> QLabel:
        """The label of the title, to bind a text to."""
        return self._title

    def set_title(self, text: str) -> None:
        """Show this title, already in words."""
        self._title.setText(sided(text))

    def show_widget(self, widget: QWidget) -> None:
        """Show this instead of what was there; the old one is deleted."""
        if self._shown is not None and self._shown is not widget:
            self._content.removeWidget(self._shown)
            self._shown.deleteLater()
        if self._shown is not widget:
            self._shown = widget
            self._content.addWidget(widget)
        self.show()

    def dismiss(self) -> None:
        """Hide the pane and tell so."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
