"""Python's cycle collector on the GUI thread only: run elsewhere it would destroy Qt objects under Qt's feet."""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

__all__ = ["Collector"]

PERIOD_MS = 1000
YOUNG, OLD, ALL = 5000, 20, 40
"""New objects that make a look worth while; looks at the young before one at the old, and at the old before all."""


class Collector(QObject):
    """From its making on garbage is collected here, between two events, and never on a worker thread.

    What is there already stays for good and is put aside, so that no look walks through it again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect the generations that have grown."""
        young, middle, old = gc.get_count()
        if young < YOUNG:
            return
        if old >= ALL:
            gc.collect(2)
        elif middle >= OLD:
            gc.collect(1)
        else:
            gc.collect(0)
