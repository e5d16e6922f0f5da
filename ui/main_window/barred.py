"""What stands in place of the office when the log-in may not go on: why, what became of the work, and the way out."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget
from shiboken6 import isValid

from app.domain.words import N_, Message
from ui.main_window.window import MainWindow
from ui.widgets.empty import EmptyState

__all__ = ["Barred"]

_PASSING = frozenset({Qt.WindowType.Popup, Qt.WindowType.ToolTip})
_LEFT = (
    "window.log_out",
    "window.quit",
    "window.about",
    "window.help",
    "window.larger",
    "window.smaller",
    "window.normal_text",
    "window.full_screen",
)


class Barred(QObject):
    """Takes everything of the office out of sight, and out of reach of the keys, until its end; nothing is closed.

    Signal: `leaving()` by the button.
    """

    leaving = Signal()

    def __init__(self, window: MainWindow, whole: QStackedWidget, what: Message, hint: Message) -> None:
        super().__init__(window)
        self._window, self._whole = window, whole
        self.page = EmptyState("lock", what, hint, N_("Log out"))
        self.page.chosen.connect(self.leaving)
        self._others: list[QWidget] = []
        for other in window.findChildren(QWidget):
            if not (other.isWindow() and other.isVisible()):
                continue
            other.hide()
            # A menu that was open is none to come back to.
            if other.windowType() not in _PASSING:
                self._others.append(other)
        whole.addWidget(self.page)
        whole.setCurrentWidget(self.page)
        window.desk.commands.leave(_LEFT)
        self.page.button.setFocus()

    def end(self) -> None:
        """Everything is there again as it was left."""
        self._whole.removeWidget(self.page)
        self.page.deleteLater()
        self._window.desk.commands.leave(None)
        for other in self._others:
            if isValid(other):
                other.show()
        self._window.places.focus()
        self.deleteLater()
