"""A person's desktop in the real window, and the hands that the robots of all screens share."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.backend import Backend, Clock
from app.bus import Bus, RowsChanged
from app.db.database import Database
from app.settings import Settings
from ui.kit.bridge import Bridge
from ui.kit.messages import Notice
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person, Screen
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow
from ui.widgets.picker import Picker

NO_KEY = Qt.KeyboardModifier.NoModifier


class Desktop:
    """One desktop on a database; `elsewhere` is `other`'s, whose writes are told as the feed tells them."""

    size = (1400, 860)
    turns, breath = 2, 30
    """Turns of so many milliseconds: a pause that is at most as long as all of them together is waited out."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        qtbot: QtBot,
        person: Person,
        screens: Sequence[Screen],
        other: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.database, self.qtbot = database, qtbot
        self.bus = Bus()
        self.backend = Backend(database, self.bus, person.id, clock)
        feed = Bus()
        feed.subscribe(RowsChanged, self.bus.publish)
        self.elsewhere = Backend(database, feed, other)
        self.preferences = Preferences(Settings(folder / "settings.json"))
        self.preferences.dress()
        i18n.use("en")
        self.preferences.speak("en")
        self.tasks, self.bridge = Tasks(self.backend), Bridge(self.bus)
        memory = Memory(folder / "layout.ini")
        self.window = MainWindow(self.backend, self.tasks, self.bridge, self.preferences, memory, person)
        self.window.register(screens)
        self.said: list[Notice] = []
        self.window.desk.messages.posted.connect(self.said.append)
        qtbot.addWidget(self.window)
        self.window.resize(*self.size)
        self.window.show()
        self.window.activateWindow()

    def settle(self) -> None:
        """Wait until every answer has been shown and every change heard, and no pause before a question runs."""
        started, idle = QElapsedTimer(), QElapsedTimer()
        started.start()
        idle.start()
        patience, quiet = self.turns * self.breath + 20, 0
        # What a write has changed is told, read and shown by several threads one after the other.
        while quiet < 6:
            # Not QTest.qWait, which keeps the interpreter's lock: background work would stand still meanwhile.
            self.qtbot.wait(2)
            if not self.tasks.is_idle:
                # A pause begins with the answer, and on a busy machine that may be long in coming.
                idle.start()
            # One pause may follow on another, each begun as late as the machine comes to it.
            waits = idle.elapsed() < 4 * patience and self._is_about_to_ask(patience)
            quiet = 0 if waits or not self.tasks.is_idle else quiet + 1
            assert started.elapsed() < 60_000, "background work does not end"

    def _is_about_to_ask(self, patience: int) -> bool:
        """Whether a timer runs that fires once, soon: a burst of changes or of keys is answered after a pause."""
        timers = [timer for owner in (self.bridge, self.window) for timer in owner.findChildren(QTimer)]
        return any(timer.isActive() and timer.isSingleShot() and timer.interval() <= patience for timer in timers)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """One key, where the keyboard is: a list or a menu that has dropped down comes first."""
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifiers)

    def ctrl(self, key: Qt.Key) -> None:
        """One key with Ctrl."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def click(self, widget: QWidget) -> None:
        """The left button in the middle of it; of a box to tick, on the box."""
        place = widget.rect().center()
        if isinstance(widget, QCheckBox):
            beside = widget.width() - 9 if widget.isRightToLeft() else 9
            place = QPoint(beside, place.y())
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def pick(self, picker: Picker, text: str) -> None:
        """Type part of a name and take what is offered."""
        picker.setFocus()
        line = picker.lineEdit()
        assert isinstance(line, QLineEdit)
        line.selectAll()
        QTest.keyClicks(line, text)
        self.press(Qt.Key.Key_Return)
        # Off the screen nobody gives the window back what its drop-down took.
        self.window.activateWindow()
        picker.setFocus()
        self.settle()

    def said_last(self) -> str:
        """The words of the last message."""
        return self.said[-1].words()

    def close(self) -> None:
        """End background work."""
        self.tasks.close()
        self.bridge.close()
