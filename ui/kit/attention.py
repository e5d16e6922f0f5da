"""Whether somebody sits at the desktop: what is done for him at every moment may be done more rarely without him."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot

__all__ = ["HALF_MS", "Attention"]

HALF_MS = 60_000
"""Milliseconds; a desktop nobody touched for one to two times as long counts as left alone."""

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
        QEvent.Type.DragMove,
        QEvent.Type.ApplicationActivate,
        QEvent.Type.WindowActivate,
    }
)


class Attention(QObject):
    """Calls `tell(False)` when nobody has touched the program for a while, and `tell(True)` at the first touch."""

    def __init__(self, tell: Callable[[bool], object], parent: QObject) -> None:
        super().__init__(parent)
        self._tell = tell
        self._is_watching = self._is_alone = False
        self._timer = QTimer(self)
        self._timer.setInterval(HALF_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        if self._is_watching:
            self._is_alone = True
            self._timer.stop()
            self._tell(False)
        elif (program := QCoreApplication.instance()) is not None:
            # Only while nobody touches anything: the first touch ends it, so that work is not slowed down by it.
            program.installEventFilter(self)
            self._is_watching = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice a touch, and let it pass."""
        if self._is_watching and event.type() in _TOUCHES:
            self._is_watching = False
            if (program := QCoreApplication.instance()) is not None:
                program.removeEventFilter(self)
            self._timer.start()
            if self._is_alone:
                self._is_alone = False
                self._tell(True)
        return False
