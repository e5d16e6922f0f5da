"""Whether this person's log-in still stands, and what it may do, as the server says it now."""

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.domain.errors import LogInRefused, Refused
from app.domain.words import N_, Message, enumeration, message
from app.services.people.logins import who_am_i
from app.services.people.me import Me
from ui.kit.bridge import Connection
from ui.kit.screen import Screen
from ui.kit.tasks import Latest
from ui.main_window.window import MainWindow

__all__ = ["Standing"]

_DISABLED = message(N_("Your log-in was disabled."))
_KEPT = message(N_("What you typed and had not saved is kept on this computer. Ask your administrator."))
_SAID_OF_LOG_INS = frozenset({"ADDRESS", "FORBIDDEN"})
_AGAIN_MS = 5000
_TABLES = frozenset({"roles", "role_permissions"})
_AWAY = frozenset({Connection.RECONNECTING, Connection.OFFLINE})


class Standing(QObject):
    """Asks again when somebody has changed a user or a role, and when the line was lost: a server ends the sessions of
    a log-in that it lets do other things, or nothing more.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._desk = window, window.desk
        self._asking = Latest(self._desk.tasks)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.ask)
        self._desk.bridge.rows_changed.connect(self._hear)
        # After the window has told of the line: what became of the log-in says more.
        self._desk.bridge.connection_changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        is_me = table == "users" and (ids is None or self._desk.person.id in ids)
        if is_me or table in _TABLES:
            self.ask()

    @Slot(object)
    def _follow(self, _connection: Connection) -> None:
        self.ask()

    @Slot()
    def ask(self) -> None:
        """Find out in the background who this is and what he may do."""
        if not self._desk.tasks.is_closed:
            self._asking.read(who_am_i).then(self._take, self._take_refusal)

    def _take(self, me: Me | None) -> None:
        if me is None:
            self._window.bar_out(_DISABLED, _KEPT)
            return
        if self._desk.bridge.connection in _AWAY:
            return  # it is asked once more when the window has told that the line is back
        self._window.let_in()
        places, person = self._window.places, self._desk.person
        before = places.open
        if person.allow(me.permissions):
            self._desk.messages.warning(_told(before, places.open))

    def _take_refusal(self, problem: Exception) -> None:
        """A server that does not answer says nothing of the log-in; the next time the line changes it is asked."""
        if isinstance(problem, Refused) and problem.code in _SAID_OF_LOG_INS:
            # A log-in that is not let in from here says so; one that may not even read who it is has lost everything.
            self._window.bar_out(problem.what if problem.code == "ADDRESS" else _DISABLED, _KEPT)
        elif isinstance(problem, Refused):
            # Such as a server that is too busy: of the log-in it says nothing either, and no line will change.
            self._again.start()
        elif isinstance(problem, LogInRefused):
            self._window.bar_out(problem.what, _KEPT)


def _told(before: tuple[Screen, ...], now: tuple[Screen, ...]) -> Message:
    lost = enumeration([message(screen.text) for screen in before if screen not in now])
    won = enumeration([message(screen.text) for screen in now if screen not in before])
    if lost and won:
        text = N_("Your permissions were changed. You can no longer open {lost}, but you can open {won}.")
    elif lost:
        text = N_("Your permissions were changed. You can no longer open {lost}.")
    elif won:
        text = N_("Your permissions were changed. You can now open {won}.")
    else:
        text = N_("Your permissions were changed. What you may do on the screens is different now.")
    return message(text, lost=lost, won=won)
