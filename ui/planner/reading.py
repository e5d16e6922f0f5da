"""Keeping the board up to date: read whole when asked, by the row when rows change, never under a running drag."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bus import RowsChanged
from ui.kit.bridge import Bridge
from ui.kit.tasks import Latest, Tasks
from ui.planner.model import BoardQuery, Loaded, Plan, VisitsRead, load_board, load_visits

__all__ = ["BoardReading"]

_WHOLE = frozenset(
    {
        "presences", "absences", "holidays", "users", "groups", "group_members", "activity_types", "activity_states",
        "enablements", "sites", "company",
    }
)  # fmt: skip
_CALLS = frozenset({"tasks", "tickets", "customers", "visits", "sites", "activity_types"})
_MANY = 500


class BoardReading(QObject):
    """Signals: `loaded(Loaded)` a whole board; `visits_read(VisitsRead)` single visits; `calls_changed()` when
    the list of calls has to be read again; `to_fix(count)`; `groups_changed()`.
    """

    loaded = Signal(object)
    visits_read = Signal(object)
    calls_changed = Signal()
    groups_changed = Signal()
    to_fix = Signal(int)

    def __init__(self, tasks: Tasks, bridge: Bridge, is_busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._is_busy = is_busy
        self._boards, self._counts = Latest(tasks), Latest(tasks)
        self._wanted: BoardQuery | None = None
        self._plan: Plan | None = None
        self._is_reading = False
        self._meanwhile: set[int] = set()
        self._ahead = timedelta(0)
        self._whole = self._timer(150, self._read_when_free)
        self._counting = self._timer(300, self._count)
        bridge.rows_changed.connect(self._hear)

    def _timer(self, pause: int, act: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(act)
        return timer

    def clock(self) -> datetime:
        """The database's time, as far as this desktop knows it."""
        return datetime.now(UTC) + self._ahead

    @property
    def wanted(self) -> BoardQuery | None:
        """The board asked for last."""
        return self._wanted

    # --- Whole boards --------------------------------------------------------------------------------------------

    def want(self, query: BoardQuery) -> None:
        """Read this board; an answer to an older wish is dropped."""
        self._wanted = query
        self._read()

    @Slot()
    def reload(self) -> None:
        """Read the same board again, once nothing is being dragged."""
        self._whole.start()

    @Slot()
    def _read_when_free(self) -> None:
        if self._is_busy():
            self._whole.start()
        else:
            self._read()

    def _read(self) -> None:
        if self._wanted is None:
            return
        self._is_reading = True
        self._meanwhile.clear()
        self._boards.read(load_board, self._wanted).then(self._take, self._give_up)

    def _take(self, loaded: Loaded) -> None:
        self._is_reading = False
        if loaded.query != self._wanted:
            return
        # A later reading of the same wish must not lead to another day.
        self._wanted = replace(loaded.query, first=loaded.period.first)
        self._ahead = loaded.rows.now - datetime.now(UTC)
        self._plan = Plan(loaded, self.clock)
        self.loaded.emit(loaded)
        # What changed while the board was read may be missing from it.
        if self._meanwhile:
            self._read_visits(frozenset(self._meanwhile))
        self._counting.start()

    def _give_up(self, problem: Exception) -> None:
        """The board stays as it was; the failure is told like any other."""
        self._is_reading = False
        self._tasks.unhandled.emit(problem)

    @property
    def plan(self) -> Plan | None:
        """The state of the board read last."""
        return self._plan

    # --- Changes -------------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        event = RowsChanged(table, ids)
        if table in _CALLS:
            self.calls_changed.emit()
        if table in _WHOLE:
            self._whole.start()
            if table in {"users", "groups", "group_members"}:
                self.groups_changed.emit()
        elif table in {"visits", "tasks", "tickets"}:
            self._refresh(event)

    def _refresh(self, event: RowsChanged) -> None:
        if event.ids is None or len(event.ids) > _MANY:
            self._whole.start()
            return
        if event.table == "visits":
            self._read_visits(event.ids)
        elif self._plan is not None:
            shown = self._plan.visits.values()
            if event.table == "tasks":
                self._read_visits(frozenset(visit.id for visit in shown if visit.task_id in event.ids))
            else:
                self._read_visits(frozenset(visit.id for visit in shown if visit.ticket_id in event.ids))

    def _read_visits(self, ids: frozenset[int]) -> None:
        if self._is_reading:
            self._meanwhile |= ids
        elif ids:
            self._tasks.read(load_visits, ids).then(self._show_visits)
            self._counting.start()

    def _show_visits(self, read: VisitsRead) -> None:
        self.visits_read.emit(read)

    @Slot()
    def _count(self) -> None:
        from app.services.planner.conflicts import to_fix_count

        self._counts.read(to_fix_count).then(self._tell_count)

    def _tell_count(self, count: int) -> None:
        self.to_fix.emit(count)
