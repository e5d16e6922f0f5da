"""A search field that tells what is wanted once the typing pauses."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.kit import icons, theme
from ui.kit.translate import Texts

__all__ = ["SearchField"]


class SearchField(QLineEdit):
    """Signal: `searched(str)` after a pause of `delay_ms`, at once on Enter; Escape empties the field."""

    searched = Signal(str)

    def __init__(self, placeholder: str, *, delay_ms: int = 200, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        texts = Texts(self)
        texts.bind(self.setPlaceholderText, placeholder)
        texts.bind(self.setAccessibleName, placeholder)
        self.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(theme.scale(200))
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._tell)
        self.textChanged.connect(self._wait)
        self.returnPressed.connect(self._tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties a filled field; from an empty one it goes to whoever is above."""
        if event.matches(QKeySequence.StandardKey.Cancel) and self.text():
            self.clear()
            self._tell()
            return
        super().keyPressEvent(event)

    @Slot()
    def _wait(self) -> None:
        self._timer.start()

    @Slot()
    def _tell(self) -> None:
        self._timer.stop()
        wanted = self.text().strip()
        if wanted != self._told:
            self._told = wanted
            self.searched.emit(wanted)
