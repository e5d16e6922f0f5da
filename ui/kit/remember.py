"""Window places, splitters and columns, remembered in a file of their own between runs."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget
from shiboken6 import isValid

__all__ = ["Memory"]


class Memory(QObject):
    """Restores a layout when given a widget and keeps what the person makes of it; `reset()` forgets everything."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = QSettings(str(path), QSettings.Format.IniFormat)
        self._pending: dict[str, tuple[QWidget, Callable[[], QByteArray]]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(400)
        self._timer.timeout.connect(self.flush)

    def window(self, widget: QWidget, key: str) -> bool:
        """Put the window where it was (on a screen that is still there); False when it was never kept."""
        state = self._state(f"window/{key}")
        known = bool(state) and widget.restoreGeometry(state)
        widget.installEventFilter(_Closing(self, key, widget))
        return known

    def splitter(self, splitter: QSplitter, key: str) -> bool:
        """Divide as it was; False when it was never kept."""
        name = f"splitter/{key}"
        state = self._state(name)
        known = bool(state) and splitter.restoreState(state)
        splitter.splitterMoved.connect(lambda: self._later(name, splitter, splitter.saveState))
        return known

    def header(self, header: QHeaderView, key: str) -> bool:
        """Widths, order, hidden columns and sorting as they were; False when never kept or the columns have changed."""
        name = f"header/{key}/{header.count()}"
        state = self._state(name)
        known = bool(state) and header.restoreState(state)

        def keep() -> None:
            self._later(name, header, header.saveState)

        header.sectionResized.connect(keep)
        header.sectionMoved.connect(keep)
        header.sectionCountChanged.connect(keep)
        header.sortIndicatorChanged.connect(keep)
        return known

    def get(self, key: str, default: str = "") -> str:
        """A small choice of a screen, such as its last view."""
        return str(self._file.value(f"choice/{key}", default))

    def put(self, key: str, value: str) -> None:
        """Keep a small choice of a screen."""
        self._file.setValue(f"choice/{key}", value)

    def reset(self) -> None:
        """Forget every layout; it shows at the next start."""
        self._pending.clear()
        self._file.clear()

    def flush(self) -> None:
        """Write what has changed to the file."""
        for name, (widget, state) in self._pending.items():
            # A window that went at once took its columns with it.
            if isValid(widget):
                self._file.setValue(name, state())
        self._pending.clear()
        self._file.sync()

    def keep_window(self, key: str, widget: QWidget) -> None:
        """Keep where a window is."""
        self._file.setValue(f"window/{key}", widget.saveGeometry())

    def _state(self, name: str) -> QByteArray:
        value = self._file.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def _later(self, name: str, widget: QWidget, state: Callable[[], QByteArray]) -> None:
        self._pending[name] = widget, state
        self._timer.start()


class _Closing(QObject):
    """Keeps a window's place when it closes or hides."""

    def __init__(self, memory: Memory, key: str, window: QWidget) -> None:
        super().__init__(window)
        self._memory = memory
        self._key = key
        self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at closing and hiding, and let everything pass."""
        # A window that is destroyed unclosed hides once more, when there is nothing left of it to ask.
        if event.type() in (QEvent.Type.Close, QEvent.Type.Hide) and isValid(self._window):
            self._memory.keep_window(self._key, self._window)
        return False
