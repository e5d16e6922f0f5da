"""What the window says of its connection to the database, in whole sentences, and for how long."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot

from app.domain.words import Message, message
from app.i18n import N_, format_time
from ui.kit.bridge import Connection
from ui.kit.messages import Notice, Offer
from ui.kit.screen import Desk

__all__ = ["ConnectionNews"]


class ConnectionNews(QObject):
    """A lost database, or one that takes no changes, stays told until that is over."""

    def __init__(self, desk: Desk, way_back: Callable[[], Callable[[], object] | None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._way_back = way_back
        self._told: Notice | None = None
        self._rests = False
        queued = Qt.ConnectionType.QueuedConnection
        desk.bridge.connection_changed.connect(self._tell)
        desk.bridge.settled.connect(self._tell_settled, queued)
        desk.bridge.clock_told.connect(self._tell_clock, queued)

    def rest(self, *, on: bool) -> None:
        """Say nothing while something else says why nothing goes on."""
        self._rests = on
        if on and self._told is not None:
            self._desk.messages.withdraw(self._told)
            self._told = None
        elif not on:
            self._tell(self._desk.bridge.connection)

    @Slot(object)
    def _tell(self, connection: Connection) -> None:
        if self._rests:
            return
        messages = self._desk.messages
        if self._told is not None:
            messages.withdraw(self._told)
            self._told = None
            if connection.takes_changes:
                messages.success(N_("The database answers again."))
        if connection is Connection.READ_ONLY:
            self._told = messages.error(
                N_("The server takes no changes now; what is there can be read."),
                N_("What you type is kept on this computer until it can be saved."),
            )
        elif connection is Connection.HELD_BACK:
            messages.warning(
                N_("Changes of others come late."),
                N_("Another program keeps a transaction open on the server. Nothing is lost; tell your administrator."),
            )
        elif connection in (Connection.RECONNECTING, Connection.OFFLINE):
            way = self._way_back()
            offer = Offer(N_("Try again"), way) if way else None
            self._told = messages.error(
                N_("The database does not answer."), self._age(is_long=connection is Connection.OFFLINE), offer=offer
            )

    def _age(self, *, is_long: bool) -> Message:
        """From when what is shown is, and what becomes of what is typed."""
        seen = self._desk.bridge.last_sync
        if seen is None:
            return message(N_("What you see may be old. Callboard keeps trying."))
        at = format_time(seen.astimezone())
        if is_long:
            return message(N_("What you see is as of {time}; what you type is kept on this computer."), time=at)
        return message(N_("What you see is as of {time}. Callboard keeps trying."), time=at)

    @Slot(bool)
    def _tell_settled(self, was_saved: bool) -> None:
        messages = self._desk.messages
        if was_saved:
            messages.success(N_("What was under way when the server was lost is saved."))
        else:
            messages.warning(
                N_("What was under way when the server was lost is not saved."),
                N_("Nothing was changed. Save it again."),
            )

    @Slot(float)
    def _tell_clock(self, seconds: float) -> None:
        """Nothing here goes by this computer's clock; other programs do."""
        if abs(seconds) > 2:
            self._desk.messages.warning(
                N_("This computer's clock is wrong."), N_("Callboard goes by the server's clock. Set this one right.")
            )
