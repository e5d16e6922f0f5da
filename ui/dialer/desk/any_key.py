"""Hears every key and every click of the program while somebody wants to know."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

__all__ = ["AnyKey"]


class AnyKey(QObject):
    """Signal: `pressed()`. A key that is held down since before is none."""

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_on = False

    def listen(self, *, on: bool) -> None:
        """Hear, or hear no more."""
        app = QCoreApplication.instance()
        if on == self._is_on or app is None:
            return
        self._is_on = on
        if on:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every event goes on to whom it is for."""
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if not getattr(event, "isAutoRepeat", bool)():
                self.pressed.emit()
        elif kind == QEvent.Type.MouseButtonPress:
            self.pressed.emit()
        return super().eventFilter(watched, event)
