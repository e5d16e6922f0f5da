"""A person's hands on the window: mouse and key events as Qt would get them, and patience for answers."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

PATIENCE_MS = 15_000

_NONE = Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton
_STEPS = 12


class TourError(Exception):
    """What the tour waited for did not come."""


def wait(condition: Callable[[], object], what: str, patience_ms: int = PATIENCE_MS) -> None:
    """Let the window live until the condition holds; `what` says what was waited for when it never does."""
    started = QElapsedTimer()
    started.start()
    while not condition():
        if started.elapsed() > patience_ms:
            raise TourError(f"waited in vain for: {what}")
        _live(10)


def settle() -> None:
    """Let everything that is ready be painted and delivered."""
    _live(60)


def _live(milliseconds: int) -> None:
    """Run the window for a moment. Not QTest.qWait: it keeps the interpreter's lock, and background work starves."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def click(widget: QWidget, at: QPoint | None = None, button: Qt.MouseButton = _LEFT) -> None:
    """One click, in the middle of the widget unless said otherwise."""
    QTest.mouseClick(widget, button, _NONE, at or widget.rect().center())


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
    """One key."""
    QTest.keyClick(widget, key, modifiers)


def write(widget: QWidget, text: str) -> None:
    """Type a text, replacing what the field holds."""
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for letter in text:
        # QTest knows the keys of a Latin keyboard only.
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, Qt.Key.Key_unknown, _NONE, letter))


class Drag:
    """One drag under way: pressed on the source, moved anywhere on the screen, released or given up.

    As on a real desktop the widget that was pressed keeps getting the events, wherever the pointer is.
    """

    def __init__(self, source: QWidget, at: QPoint, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        self._source = source
        self._modifiers = modifiers
        self._where = source.mapToGlobal(at)
        self._send(QEvent.Type.MouseButtonPress, _LEFT, _LEFT)

    def move(self, target: QWidget, at: QPoint) -> None:
        """Glide to a place on a widget."""
        goal = target.mapToGlobal(at)
        start = self._where
        for step in range(1, _STEPS + 1):
            self._where = start + (goal - start) * step / _STEPS
            self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, _LEFT)
        settle()

    def release(self) -> None:
        """Let go here."""
        self._send(QEvent.Type.MouseButtonRelease, _LEFT, Qt.MouseButton.NoButton)
        settle()

    def give_up(self) -> None:
        """Press Escape, then let go."""
        QTest.keyClick(self._source, Qt.Key.Key_Escape)
        self.release()

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        local = QPointF(self._source.mapFromGlobal(self._where))
        event = QMouseEvent(kind, local, QPointF(self._where), button, held, self._modifiers)
        QApplication.sendEvent(self._source, event)
