"""Where the program's events become Qt signals on the GUI thread: changed rows and the state of the connection."""

from datetime import UTC, datetime
from enum import Enum

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.bus import Bus, FeedState, RowsChanged
from app.domain.words import N_

__all__ = ["Bridge", "Connection"]


class Connection(Enum):
    """How the database is reached; the value is catalogue text."""

    ONLINE = N_("Connected")
    RECONNECTING = N_("Trying again")
    HELD_BACK = N_("Changes of others are late")


class Bridge(QObject):
    """Signals, all on the GUI thread: `rows_changed(table, ids)` with a frozenset of ids or None for everything;
    `connection_changed(Connection)`; `synced(datetime)` now and then while the feed is read.
    """

    rows_changed = Signal(str, object)
    connection_changed = Signal(object)
    synced = Signal(object)
    _heard = Signal(str, object)
    _state_heard = Signal(object)

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._endings = [bus.subscribe(RowsChanged, self.hear_rows), bus.subscribe(FeedState, self.hear_state)]
        self.destroyed.connect(self.close)
        self.connection = Connection.ONLINE
        self._was_online = False
        self.last_sync: datetime | None = None
        self._changed: dict[str, frozenset[int] | None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # One refresh for a burst: a change is told twice, by this desktop at once and by the feed soon after.
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._tell)
        # The feed tells its state when it changes; while it is online its last reading is never older than a second.
        self._minute = QTimer(self)
        self._minute.setInterval(20_000)
        self._minute.timeout.connect(self._note_sync)
        self._minute.start()
        queued = Qt.ConnectionType.QueuedConnection
        self._heard.connect(self._collect, queued)
        self._state_heard.connect(self._take_state, queued)

    def close(self) -> None:
        """Hear nothing more."""
        for end in self._endings:
            end()
        self._endings.clear()

    def hear_rows(self, event: RowsChanged) -> None:
        """Take in changed rows, from any thread."""
        self._heard.emit(event.table, event.ids)

    def hear_state(self, event: FeedState) -> None:
        """Take in how the feed is doing, from any thread."""
        self._state_heard.emit(event)

    @Slot(str, object)
    def _collect(self, table: str, ids: frozenset[int] | None) -> None:
        known = self._changed.get(table, frozenset())
        self._changed[table] = None if ids is None or known is None else known | ids
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _tell(self) -> None:
        changed, self._changed = self._changed, {}
        for table, ids in changed.items():
            self.rows_changed.emit(table, ids)

    @Slot(object)
    def _take_state(self, state: FeedState) -> None:
        connection = Connection.RECONNECTING
        self._was_online = state.is_online
        self._note_sync()
        if state.is_online:
            connection = Connection.HELD_BACK if state.is_held_back else Connection.ONLINE
        if connection is not self.connection:
            self.connection = connection
            self.connection_changed.emit(connection)

    @Slot()
    def _note_sync(self) -> None:
        if self._was_online:
            self.last_sync = datetime.now(UTC)
            self.synced.emit(self.last_sync)
