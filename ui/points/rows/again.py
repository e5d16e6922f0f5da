"""When a question about many rows is asked again: after changes, and as seldom as its answers are slow."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

__all__ = ["Again"]

_PAUSE_MS = 300
_BREATHS = 4
"""So many times the length of the last question pass before it is asked again."""


class Again(QObject):
    """Signal: `wanted()` when it is time. Who asks says when a question is asked and when its answer is there."""

    wanted = Signal()

    def __init__(self, parent: QObject, pause_ms: int = _PAUSE_MS) -> None:
        super().__init__(parent)
        self._pause_ms = pause_ms
        self._since = QElapsedTimer()
        self._length = 0
        self._is_stale = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.wanted)

    @Slot()
    def asked(self) -> None:
        """A question is under way, which knows of everything until now."""
        self._timer.stop()
        self._is_stale = False
        self._since.start()

    @Slot()
    def answered(self) -> None:
        """Its answer is there, or none will come."""
        self._length = self._since.elapsed() if self._since.isValid() else 0
        self._since.invalidate()
        if self._is_stale:
            self.call()

    @Slot()
    def call(self) -> None:
        """Something was changed."""
        if self._since.isValid():
            self._is_stale = True
        elif not self._timer.isActive():
            self._timer.start(max(self._pause_ms, _BREATHS * self._length))
