"""What begins once the window stands, because no start waits for it: news, what was left unsaved, telephone, mail."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app import bootstrap
from app.domain.people import Permission
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow

if TYPE_CHECKING:
    from app.services.mail.rounds import SeatMail
    from ui.home.unsaved import UnsavedNotice
    from ui.home.watch import Watch

__all__ = ["Bell", "Mail", "Telephone", "Unsaved"]


class Bell(QObject):
    """Tells of new tasks from some seconds after the start on, which need not wait for it.

    A QObject below the window: a timer's call of anything else outlives the window and brings the process down.
    """

    def __init__(self, tasks: Tasks, window: MainWindow) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._window = window
        self.watch: Watch | None = None

    @Slot()
    def begin(self) -> None:
        """From now on."""
        from ui.home.watch import Watch
        from ui.main_window.tray import Tray

        if self.watch is None and not self._tasks.is_closed:
            self.watch = Watch(self._window.desk, Tray(self._window).tell, self._window)
            self.watch.counted.connect(self._window.rail.set_badge)
            self._window.rail.marked.connect(self.watch.see)
            self.watch.start()


class Unsaved(QObject):
    """Tells, shortly after the start, what was typed in an earlier run and never saved."""

    def __init__(self, tasks: Tasks, window: MainWindow) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._window = window
        self.notice: UnsavedNotice | None = None

    @Slot()
    def begin(self) -> None:
        """Look once the window stands."""
        from ui.home.unsaved import UnsavedNotice

        if self.notice is None and not self._tasks.is_closed:
            self.notice = UnsavedNotice(self._window.desk, self)


class Telephone(QObject):
    """Takes up the person's telephone after the start, so that callers are told before the dial desk is opened."""

    def __init__(self, tasks: Tasks, window: MainWindow) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._window = window

    @Slot()
    def begin(self) -> None:
        """From now on, or from when the person may dial."""
        self._window.desk.person.news.changed.connect(self._take_up)
        self._take_up()

    @Slot()
    def _take_up(self) -> None:
        from ui.dialer.phone import phone_for

        if not self._tasks.is_closed and self._window.desk.person.may(Permission.DIAL):
            phone_for(self._window.desk)


class Mail(QObject):
    """Sends and reads the mail of a single seat while its desktop is open; a server has its worker for that."""

    def __init__(self, workplace: bootstrap.Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._at_work: SeatMail | None = None
        self._has_ended = workplace.is_server

    @Slot()
    def begin(self) -> None:
        """Start once the window stands; nobody's start waits for mail."""
        if self._has_ended or self._at_work is not None:
            return
        from app.services.mail.rounds import SeatMail

        # Mail is the office's: it is sent and taken in whatever the one at the desk may do.
        self._at_work = SeatMail(self._workplace.backend.acting_as(None))
        self._at_work.start()

    def end(self) -> None:
        """Finish the mail in hand."""
        self._has_ended = True
        if self._at_work is not None:
            self._at_work.stop()
            self._at_work = None
