"""Puts what is typed on the disk, soon and again and again, and takes it off when the server has it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.bootstrap import place_of
from app.domain.words import N_
from ui.dialer.desk.contact import Contact, to_entry
from ui.dialer.desk.journal import Journal
from ui.kit.screen import Desk

__all__ = ["KEEP_AFTER_MS", "Keeper"]

KEEP_AFTER_MS = 300
"""So long after the first key since the last time the text goes to the disk, however long the typing goes on."""


class Keeper(QObject):
    """Keeps the contact that `current` names while there is one.

    The disk has a thread of its own: questions to a database that does not answer hold nothing up here.
    """

    _fell = Signal(object)

    def __init__(self, desk: Desk, current: Callable[[], Contact | None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._current = current
        self._is_told = self._is_closed = False
        self._thread = ThreadPoolExecutor(1, "callboard-journal")
        self._fell.connect(self._failed, Qt.ConnectionType.QueuedConnection)
        settings = desk.preferences.settings
        self.journal = Journal(settings.path.parent / "calls", f"{desk.person.id}@{place_of(settings.last_database)}")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.now)
        desk.tasks.closing.connect(self.close)

    def soon(self) -> None:
        """Something was typed."""
        if self._current() is not None and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def now(self) -> None:
        """Put it on the disk without waiting."""
        self._timer.stop()
        contact = self._current()
        if contact is not None:
            number, entry = self.journal.ticket(), to_entry(contact)
            self._submit(lambda: self.journal.keep(contact.key, number, entry))

    def drop(self, key: str) -> None:
        """The server has it."""
        self._timer.stop()
        self._submit(lambda: self.journal.drop(key))

    @Slot()
    def close(self) -> None:
        """The desktop is closed: the last words go to the disk at once."""
        if self._timer.isActive():
            self.now()
        self._is_closed = True
        self._thread.shutdown(wait=True)

    def _submit(self, work: Callable[[], object]) -> None:
        if not self._is_closed:
            self._thread.submit(work).add_done_callback(self._look)

    def _look(self, done: Future[object]) -> None:
        """Runs on the thread of the disk; only a signal leaves it."""
        problem = done.exception()
        if problem is not None:
            self._fell.emit(problem)

    @Slot(object)
    def _failed(self, problem: Exception) -> None:
        if not isinstance(problem, OSError):
            self._desk.messages.show_error(problem)
        elif not self._is_told:
            self._is_told = True
            self._desk.messages.warning(
                N_("The note cannot be kept on this computer: its disk takes nothing."),
                N_("It is saved with the result."),
            )
