"""Telling somebody whose window is not in front: by the desktop's own notifications, where it has any."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

__all__ = ["Tray"]


class Tray(QObject):
    """The icon is made with the first thing to tell; a click on what it tells brings the window to the front."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None

    def tell(self, title: str, text: str) -> bool:
        """Tell it; False where the desktop has no place for it."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._window.windowIcon(), self)
            self._icon.messageClicked.connect(self._come)
            self._icon.activated.connect(self._come)
            self._icon.show()
        self._icon.showMessage(title, text, self._window.windowIcon())
        return True

    @Slot()
    def _come(self) -> None:
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()
