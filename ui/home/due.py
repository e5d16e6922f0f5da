"""Reminders whose time has come: watched by the clock here, asked of the database only when one is due or changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.domain.words import N_, counted, message
from app.i18n import say
from app.services.tickets import reminders
from app.services.tickets.reminders import DueReminders
from ui.kit.bidi import isolate
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Latest

if TYPE_CHECKING:
    from ui.home.due_panel import DuePanel

__all__ = ["GO", "ReminderClock"]

GO = Command("home.due_reminders", N_("Go to the reminders that are due"), "reminder", "Ctrl+Shift+B")
_PAUSE_MS = 250
_LONGEST_MS = 60_000
"""So often the clock here is looked at: a computer that slept may have jumped."""


class ReminderClock(QObject):
    """Shows what is due in a panel that stays until it is answered, and tells it where the window is not in front."""

    def __init__(self, desk: Desk, tell_outside: Callable[[str, str], object], window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window, self._tell_outside = desk, window, tell_outside
        self._reading = Latest(desk.tasks)
        self._told: set[int] = set()
        self._next_at: datetime | None = None
        self._ahead = timedelta(0)
        self.panel: DuePanel | None = None
        self._pause = _single_shot(self, self.look)
        self._pause.setInterval(_PAUSE_MS)
        self._clock = _single_shot(self, self._tick)
        desk.commands.add(GO, self.go, enabled=self._is_shown)

    def start(self) -> None:
        """Learn what is due, and listen from now on."""
        self._desk.bridge.rows_changed.connect(self._hear)
        self.look()

    def now(self) -> datetime:
        """This moment by the database's clock."""
        return datetime.now(UTC) + self._ahead

    @Slot()
    def look(self) -> None:
        """Ask what is due."""
        self._reading.read(reminders.due).then(self._take, self._fail)

    @Slot()
    def go(self) -> None:
        """Put the cursor into the panel."""
        if self.panel is not None:
            self.panel.begin()

    def _is_shown(self) -> bool:
        return self.panel is not None and self.panel.isVisible()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table == "reminders":
            self._pause.start()

    @Slot()
    def _tick(self) -> None:
        """Ask when the next one has come; wait on otherwise."""
        if self._next_at is None or self._next_at <= self.now():
            self.look()
        else:
            self._wait()

    def _wait(self) -> None:
        if self._next_at is not None:
            left = int((self._next_at - self.now()) / timedelta(milliseconds=1)) + 1
            self._clock.start(max(0, min(left, _LONGEST_MS)))

    def _fail(self, _problem: Exception) -> None:
        """Nobody asked for it: it is tried again later."""
        self._clock.start(_LONGEST_MS)

    def _take(self, found: DueReminders) -> None:
        self._ahead, self._next_at = found.now - datetime.now(UTC), found.next_at
        self._clock.stop()
        self._wait()
        fresh = [row for row in found.rows if row.id not in self._told]
        self._told = {row.id for row in found.rows}
        if found.rows and self.panel is None:
            from ui.home.due_panel import DuePanel

            self.panel = DuePanel(self._desk, self._window, self.now)
        if self.panel is not None:
            self.panel.show_due(found, is_news=bool(fresh))
        if fresh and not self._window.isActiveWindow():
            text = say(counted("{count} reminder is due.", "{count} reminders are due.", len(fresh)))
            if len(fresh) == 1:
                text = ": ".join(filter(None, [isolate(fresh[0].about), isolate(fresh[0].text)]))
            self._tell_outside(say(message(N_("Reminder"))), text)
        self._desk.commands.refresh()


def _single_shot(owner: QObject, run: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(run)
    return timer
