"""Where the program's events become Qt signals on the GUI thread: changed rows and the state of the connection."""

from datetime import UTC, datetime
from enum import Enum

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.bus import Bus, ClockOffset, FeedState, RowsChanged, Settled
from app.domain.words import N_

__all__ = ["OFFLINE_AFTER", "Bridge", "Connection"]

OFFLINE_AFTER = 30_000
"""Milliseconds without the server until the window stops calling it a short interruption."""


class Connection(Enum):
    """How the database is reached; the value is catalogue text."""

    ONLINE = N_("Connected")
    RECONNECTING = N_("Trying again")
    LATE = N_("Waiting for changes of others")
    HELD_BACK = N_("Changes of others are late")
    READ_ONLY = N_("Read only")
    OFFLINE = N_("Offline, drafts are kept")

    @property
    def takes_changes(self) -> bool:
        """Whether the database answers, and writes."""
        return self in (Connection.ONLINE, Connection.LATE, Connection.HELD_BACK)


class Bridge(QObject):
    """Signals, all on the GUI thread: `rows_changed(table, ids)` with a frozenset of ids or None for everything;
    `connection_changed(Connection)`; `synced(datetime)` now and then while the feed is read; `settled(bool)` when it
    is known whether what was under way when the server was lost is saved; `clock_told(float)` by how many seconds the
    server's clock is ahead.
    """

    rows_changed = Signal(str, object)
    connection_changed = Signal(object)
    synced = Signal(object)
    settled = Signal(bool)
    clock_told = Signal(float)
    _heard = Signal(str, object)
    _state_heard = Signal(object)

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._endings = [
            bus.subscribe(RowsChanged, self.hear_rows),
            bus.subscribe(FeedState, self.hear_state),
            bus.subscribe(Settled, self.hear_settled),
            bus.subscribe(ClockOffset, self.hear_clock),
        ]
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
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(OFFLINE_AFTER)
        self._patience.timeout.connect(self._give_up)
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

    def hear_settled(self, event: Settled) -> None:
        """Take in what became of a change, from any thread."""
        self.settled.emit(event.was_saved)

    def hear_clock(self, event: ClockOffset) -> None:
        """Take in how far the clocks are apart, from any thread."""
        self.clock_told.emit(event.seconds)

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
        self._was_online = state.is_online
        self._note_sync()
        if not state.is_online:
            if self.connection is not Connection.OFFLINE:
                self._patience.start()
                self._change(Connection.RECONNECTING)
            return
        self._patience.stop()
        if state.is_read_only:
            self._change(Connection.READ_ONLY)
        else:
            late = Connection.LATE if state.is_late else Connection.ONLINE
            self._change(Connection.HELD_BACK if state.is_held_back else late)

    @Slot()
    def _give_up(self) -> None:
        self._change(Connection.OFFLINE)

    def _change(self, connection: Connection) -> None:
        if connection is not self.connection:
            self.connection = connection
            self.connection_changed.emit(connection)

    @Slot()
    def _note_sync(self) -> None:
        if self._was_online:
            self.last_sync = datetime.now(UTC)
            self.synced.emit(self.last_sync)
