"""What a scheduler does to the plan: saved first, shown then, said in one line with an offer to undo."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from app import i18n
from app.domain.errors import Refused, UserError
from app.domain.planner import Seen
from app.domain.words import N_, Message, message
from app.services.planner import placing
from app.services.planner.rows import Place, Placed, VisitDraft, VisitRow
from ui.kit.messages import Messages, Offer
from ui.kit.tasks import Job, Tasks
from ui.kit.undo import Undo
from ui.planner.canvas.drops import Carried, Drop, Zone

__all__ = ["Acts"]

_UNSCHEDULED = message(N_("Back among the calls to plan."))
_REMOVED = message(N_("The appointment is taken off the plan."))


class Acts(QObject):
    """Sends what was done to the database, one at a time in click order, and keeps the way back.

    Signals: `placed(Placed)` once a change is saved; `refused(exception)` when one was not, after it was said.
    """

    placed = Signal(object)
    refused = Signal(object)

    def __init__(
        self, tasks: Tasks, messages: Messages, reload: Callable[[], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._messages = messages
        self._reload = reload
        self.undo = Undo(messages, reload, self)
        self._left: dict[int, VisitRow] = {}
        self.zone: tzinfo | None = None
        self.name_of: Callable[[int], str] = lambda technician_id: ""
        self.open_types: Callable[[], object] = lambda: None

    # --- Doing ---------------------------------------------------------------------------------------------------

    def drop(self, drop: Drop) -> None:
        """Carry out what was released on the board: a call is scheduled, a bar moved or pulled longer."""
        carried = drop.carried
        if carried.task_id is not None and carried.visit_id is None:
            asked = carried.task_id, carried.version or 0, drop.technician_id, drop.start
            self._send(placing.schedule, *asked, seen=carried.seen_call).then(self._scheduled)
        elif carried.visit_id is not None and drop.zone is not Zone.BODY:
            edges = carried.visit_id, carried.version or 0, drop.start, drop.end
            self._send(placing.resize, *edges, seen=carried.seen).then(self._resized)
        elif carried.visit_id is not None and not _is_same(drop):
            place = carried.visit_id, carried.version or 0, drop.technician_id, drop.start, drop.end
            self._send(placing.move, *place, seen=carried.seen).then(self._moved)

    def unschedule(self, visit_id: int, version: int, seen: Seen | None = None) -> None:
        """Take a visit off the plan."""
        self._send(placing.unschedule, visit_id, version, seen=seen).then(self._unscheduled)

    def appointment(self, draft: VisitDraft) -> Job[Placed]:
        """Put an appointment on the plan; what goes wrong is the dialog's to say."""
        job = self._tasks.write(
            placing.new_appointment,
            draft.technician_id, draft.start, draft.end, draft.title, draft.type_id,
            site_id=draft.site_id, notes=draft.notes,
        )  # fmt: skip
        return job.then(self._appointed)

    def changed(self, done: Placed) -> None:
        """The form of a visit was saved: said, with a way back where it moved."""
        if done.before != Place(done.visit.technician_id, done.visit.starts_at, done.visit.ends_at):
            self._moved(done)
            return
        self._take(done)
        self._messages.success(message(N_("The visit is saved.")))

    # --- Telling, and the way back -------------------------------------------------------------------------------

    def _scheduled(self, done: Placed) -> None:
        self._take(done)
        self._say(self._where(done, N_("Scheduled: {technician}, {date} {time}.")), done)
        self._keep(N_("Schedule"), self._take_off(done), self._put_back(done))

    def _appointed(self, done: Placed) -> None:
        self._take(done)
        self._say(message(N_("The appointment is on the plan.")), done)
        self._keep(N_("New appointment"), self._take_off(done), self._put_back(done))

    def _moved(self, done: Placed) -> None:
        self._take(done)
        if done.before is None:
            return
        text = self._where(done, N_("Moved to {technician}, {date} {time}."), N_("Moved to {time}."))
        self._say(text, done)
        now = Place(done.visit.technician_id, done.visit.starts_at, done.visit.ends_at)
        self._keep(N_("Move"), self._to(done, done.before), self._to(done, now))

    def _resized(self, done: Placed) -> None:
        self._take(done)
        if done.before is None:
            return
        start, end = self._clock(done.visit.starts_at), self._clock(done.visit.ends_at)
        self._say(message(N_("Now {start}–{end}."), start=start, end=end), done)
        now = Place(done.visit.technician_id, done.visit.starts_at, done.visit.ends_at)
        self._keep(N_("Change of length"), self._to(done, done.before), self._to(done, now))

    def _unscheduled(self, done: Placed) -> None:
        self._take(done)
        self._say(_UNSCHEDULED if done.visit.task_id is not None else _REMOVED, done)
        self._keep(N_("Unschedule"), self._put_back(done), self._take_off(done))

    def _take_off(self, done: Placed) -> Callable[[], Job[Placed]]:
        return partial(self._again, _unscheduled, done.visit.id)

    def _put_back(self, done: Placed) -> Callable[[], Job[Placed]]:
        return partial(self._again, _reinstated, done.visit.id)

    def _to(self, done: Placed, place: Place) -> Callable[[], Job[Placed]]:
        return partial(self._again, partial(_moved_to, place), done.visit.id)

    def _again(self, send: Callable[[Tasks, VisitRow], Job[Placed]], visit_id: int) -> Job[Placed]:
        """An undo or redo: a new request against what our own last act left."""
        return send(self._tasks, self._left[visit_id]).then(self._take)

    def _keep(self, text: str, undo: Callable[[], Job[Placed]], redo: Callable[[], Job[Placed]]) -> None:
        self.undo.saved(i18n._(text), undo=undo, redo=redo)

    def _take(self, done: Placed) -> None:
        self._left[done.visit.id] = done.visit
        self.placed.emit(done)

    def _say(self, text: Message, done: Placed) -> None:
        offer = Offer(N_("Undo"), self.undo.undo)
        if done.is_past:
            self._messages.warning(text, N_("That time is already past."), offer=offer)
        else:
            self._messages.success(text, offer=offer)

    def _where(self, done: Placed, far: str, near: str = "") -> Message:
        """Where it stands now; the time alone when only that has changed and `near` says so."""
        visit, before = done.visit, done.before
        local = visit.starts_at.astimezone(self.zone)
        stays = before is not None and before.technician_id == visit.technician_id
        if near and stays and before and before.starts_at.astimezone(self.zone).date() == local.date():
            return message(near, time=local.time())
        return message(far, technician=self.name_of(visit.technician_id), date=local.date(), time=local.time())

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%H:%M}"

    # --- Sending -------------------------------------------------------------------------------------------------

    def _send(self, service: Callable[..., Placed], *args: Any, **kwargs: Any) -> Job[Placed]:
        job = self._tasks.write(service, *args, **kwargs)
        job.failed.connect(self._fail)
        return job

    def _fail(self, problem: Exception) -> None:
        """Say why, and show how things are: somebody else may have been quicker."""
        if isinstance(problem, Refused) and problem.code == "NOT_ENABLED":
            self._messages.error(problem.what, problem.hint, offer=Offer(N_("Enabled types"), self._open_types))
        elif isinstance(problem, UserError):
            self._messages.warning(problem.what, problem.hint)
        else:
            self._messages.show_error(problem)
        self.refused.emit(problem)
        self._reload()

    def _open_types(self) -> None:
        self.open_types()


def _unscheduled(tasks: Tasks, row: VisitRow) -> Job[Placed]:
    return tasks.write(placing.unschedule, row.id, row.version, seen=row.seen)


def _reinstated(tasks: Tasks, row: VisitRow) -> Job[Placed]:
    return tasks.write(placing.reinstate, row.id, row.version)


def _moved_to(place: Place, tasks: Tasks, row: VisitRow) -> Job[Placed]:
    where = place.technician_id, place.starts_at, place.ends_at
    return tasks.write(placing.move, row.id, row.version, *where, seen=row.seen)


def _is_same(drop: Drop) -> bool:
    carried: Carried = drop.carried
    return carried.start == drop.start and carried.technician_id == drop.technician_id
