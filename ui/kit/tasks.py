"""Background work: reads in parallel, writes in click order, long work with progress; answers on the GUI thread."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar

from PySide6.QtCore import QMetaMethod, QObject, Qt, Signal, Slot
from shiboken6 import isValid

from app.domain.stopping import Stop, Stopped, stoppable

__all__ = ["Cancelled", "Executor", "Job", "Latest", "Progress", "Tasks"]

R = TypeVar("R")
P = ParamSpec("P")

log = logging.getLogger(__name__)

_ENDS_AFTER = 0.3
"""Seconds a question may take although nobody wants it: most are answered by then; to end one costs a connection."""
_GIVES_WAY_AFTER = 1.0
"""Seconds a question may take after a newer one took its place."""


class Executor(Protocol):
    """What runs one service as one transaction: `app.backend.Backend`."""

    def execute(self, service: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the service and give back its answer."""
        ...


class Cancelled(Stopped):
    """Raised inside long work at its next progress step after somebody cancelled it."""


class Progress:
    """Handed to long work as its first argument: call it with (done, total) between steps; it stops cancelled work."""

    def __init__(self, tell: Callable[[int, int], object], job: "Job[Any]") -> None:
        self._tell = tell
        self._job = job
        self._told_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Report how far the work is; raise Cancelled when it is not wanted any more."""
        if self._job.is_cancelled:
            raise Cancelled
        moment = time.monotonic()
        # 20 reports a second are smooth to the eye and cost the GUI thread nothing.
        if done >= total or moment - self._told_at >= 0.05:
            self._told_at = moment
            self._tell(done, total)


def _while_there(show: Callable[[R], object]) -> Callable[[R], object]:
    """Qt itself forgets the methods of what has gone, but knows nothing of whose method a `partial` holds."""
    owner = getattr(show.func, "__self__", None) if isinstance(show, partial) else None
    if not isinstance(owner, QObject):
        return show

    def shown(answer: R) -> None:
        if isValid(owner):
            show(answer)

    return shown


class Job(QObject, Generic[R]):
    """One piece of background work, seen from the GUI thread.

    Signals: `done(answer)`, `failed(exception)`, `progress(done, total)`, `ended()` after either or after a cancel.
    A cancelled job tells neither `done` nor `failed`. A failure nobody connected goes to `Tasks.unhandled`.
    """

    done = Signal(object)
    failed = Signal(object)
    progress = Signal(int, int)
    ended = Signal()

    def __init__(self, tasks: "Tasks") -> None:
        super().__init__(tasks)
        self.stop = Stop()
        self._began = time.monotonic()

    def then(self, show: Callable[[R], object], fail: Callable[[Exception], object] | None = None) -> Self:
        """Connect what to do with the answer, and with a failure; typed, where the bare signals are not.

        What a window was to do with it is not done when the window has gone meanwhile.
        """
        self.done.connect(_while_there(show))
        if fail is not None:
            self.failed.connect(_while_there(fail))
        return self

    def cancel(self) -> None:
        """Drop the answer; work not yet begun is not begun, long work stops at its next step.

        What is asked of the database for it ends there too; a change that was begun is carried out.
        """
        self._stop_at(_ENDS_AFTER)

    def give_way(self) -> None:
        """Drop the answer for a newer one's sake: as `cancel`, with more patience."""
        self._stop_at(_GIVES_WAY_AFTER)

    def _stop_at(self, age: float) -> None:
        self.stop.stop(max(0.0, self._began + age - time.monotonic()))

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody cancelled this job."""
        return self.stop.is_stopped

    def tell(self, answer: R, failure: Exception | None) -> bool:
        """Tell what came of it, on the GUI thread; False when it was a failure and nobody wanted to know."""
        is_heard = True
        if not self.is_cancelled:
            if failure is None:
                self.done.emit(answer)
            elif self.isSignalConnected(QMetaMethod.fromSignal(self.failed)):
                self.failed.emit(failure)
            else:
                is_heard = False
        self.ended.emit()
        self.deleteLater()
        return is_heard


class Tasks(QObject):
    """Runs services and long work away from the GUI thread.

    Signals: `unhandled(exception)` for failures no one else shows; `waiting_changed(count)` of writes not yet answered;
    `saved()` after each write; `long_started(job, text)` when work with progress begins; `closing()` before the end,
    for whoever has threads of his own.
    """

    unhandled = Signal(object)
    waiting_changed = Signal(int)
    saved = Signal()
    long_started = Signal(object, object)
    closing = Signal()
    # Worker threads emit these, not the signals of a Job: a job is deleted as soon as its answer is told, and Qt does
    # not survive a sender that is deleted while another thread is still inside its emit.
    _answered = Signal(object, object, object)
    _advanced = Signal(object, int, int)

    def __init__(self, backend: Executor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._reads = ThreadPoolExecutor(4, "callboard-read")
        self._writes = ThreadPoolExecutor(1, "callboard-write")
        self._long = ThreadPoolExecutor(2, "callboard-long")
        self._running: set[Job[Any]] = set()
        self._waiting: set[Job[Any]] = set()
        self.is_closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._advanced.connect(self._tell_progress, Qt.ConnectionType.QueuedConnection)

    def read(self, service: Callable[Concatenate[Any, P], R], /, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Ask the database; several questions may be under way, their order is not promised."""
        return self._start(self._reads, lambda: self._backend.execute(service, *args, **kwargs))

    def write(self, service: Callable[Concatenate[Any, P], R], /, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Change the database; one change at a time, in the order of the calls."""
        return self._change(lambda: self._backend.execute(service, *args, **kwargs))

    def change(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Change the database by several services in a row, in the order of the other changes."""
        return self._change(lambda: work(*args, **kwargs))

    def run(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Any quick work that is not a service, such as reading the first lines of a file."""
        return self._start(self._reads, lambda: work(*args, **kwargs))

    def long(
        self, text: str, work: Callable[Concatenate[Progress, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> Job[R]:
        """Work over a second: `work(progress, ...)`; the status bar shows `text` (for the catalogue) and Cancel."""
        job: Job[R] = Job(self)
        progress = Progress(partial(self._advanced.emit, job), job)
        self._submit(self._long, job, lambda: work(progress, *args, **kwargs))
        self.long_started.emit(job, text)
        return job

    def _forget(self, job: Job[Any]) -> None:
        self._running.discard(job)
        if job in self._waiting:
            self._waiting.discard(job)
            self.waiting_changed.emit(len(self._waiting))

    @property
    def waiting(self) -> int:
        """How many changes are not answered yet."""
        return len(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._running

    def close(self) -> None:
        """End in order: changes already clicked are carried out, questions are dropped, no thread stays behind."""
        if not self.is_closed:
            self.closing.emit()
        for job in list(self._running - self._waiting):
            job.cancel()
        self._reads.shutdown(wait=True, cancel_futures=True)
        self._long.shutdown(wait=True, cancel_futures=True)
        self._writes.shutdown(wait=True)
        self.is_closed = True
        self._running.clear()
        self._waiting.clear()

    def _change(self, work: Callable[[], R]) -> Job[R]:
        job: Job[R] = Job(self)
        self._submit(self._writes, job, work, is_change=True)
        job.done.connect(self._announce_saved)
        self._waiting.add(job)
        self.waiting_changed.emit(len(self._waiting))
        return job

    def _start(self, pool: ThreadPoolExecutor, work: Callable[[], R]) -> Job[R]:
        job: Job[R] = Job(self)
        self._submit(pool, job, work)
        return job

    def _submit(self, pool: ThreadPoolExecutor, job: Job[R], work: Callable[[], R], *, is_change: bool = False) -> None:
        if self.is_closed:
            # A timer of a window on its way out: nobody is there for the answer.
            job.cancel()
            return
        self._running.add(job)
        begin = _unless_cancelled if is_change else _while_wanted
        pool.submit(begin, job, work).add_done_callback(partial(self._hand_over, job))

    def _hand_over(self, job: Job[R], future: "Future[R]") -> None:
        """Runs on the worker thread; only a signal leaves it."""
        problem = None if future.cancelled() else future.exception()
        if future.cancelled() or isinstance(problem, Stopped):
            job.cancel()
        is_whole = not future.cancelled() and problem is None
        self._answered.emit(job, future.result() if is_whole else None, problem)

    @Slot(object, object, object)
    def _deliver(self, job: Job[Any], answer: object, failure: Exception | None) -> None:
        if self.is_closed:
            return
        self._forget(job)
        if not job.tell(answer, failure):
            self.unhandled.emit(failure)

    @Slot(object, int, int)
    def _tell_progress(self, job: Job[Any], done: int, total: int) -> None:
        if not self.is_closed and not job.is_cancelled:
            job.progress.emit(done, total)

    @Slot()
    def _announce_saved(self) -> None:
        self.saved.emit()


def _unless_cancelled(job: Job[Any], work: Callable[[], R]) -> R:
    if job.is_cancelled:
        raise Cancelled
    return work()


def _while_wanted(job: Job[Any], work: Callable[[], R]) -> R:
    with stoppable(job.stop):
        return _unless_cancelled(job, work)


class Latest:
    """One question asked again and again: only the answer to the newest asking is told."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._job: Job[Any] | None = None

    def read(self, service: Callable[Concatenate[Any, P], R], /, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Ask; the answer to the question before is dropped when it has not come yet."""
        if self._job is not None:
            self._job.give_way()
        job = self._tasks.read(service, *args, **kwargs)
        self._job = job
        return job

    def cancel(self) -> None:
        """Drop the answer still to come."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
