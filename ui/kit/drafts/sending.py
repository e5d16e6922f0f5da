"""Saves that are carried out once, however often they have to be sent: without the server they wait for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend import Backend, Request
from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.domain.words import N_
from ui.kit.bridge import Connection
from ui.kit.messages import Notice
from ui.kit.screen import Desk
from ui.kit.tasks import Job

__all__ = ["Sending"]

P = ParamSpec("P")
R = TypeVar("R")

_AGAIN_MS = 5000


@dataclass(eq=False)
class _Post:
    """One save: how it is sent, and who wants to know; `is_waiting` while no server takes it."""

    send: Callable[[], Job[Any]]
    show: Callable[[Any], object]
    fail: Callable[[Exception], object]
    is_waiting: bool = False


class Sending(QObject):
    """The saves of one card. What no server took is sent again as it was, under the same key.

    Signal: `waiting(bool)` when the first of them begins to wait for the server, and when none does any more.
    """

    waiting = Signal(bool)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._posts: list[_Post] = []
        self._notice: Notice | None = None
        self._is_unknown = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AGAIN_MS)
        self._timer.timeout.connect(self.try_again)
        desk.bridge.connection_changed.connect(self._hear)

    def write(
        self,
        show: Callable[[R], object],
        fail: Callable[[Exception], object],
        service: Callable[Concatenate[Any, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> str:
        """Save by this service; gives the key of the request. `fail` is not told of a server that does not answer."""
        op_id = str(uuid4())
        # One request for all attempts: it knows whether there may be an answer to look for.
        request = Request(cast(Backend, self._desk.backend), op_id, is_new=True, resends=True)
        change = self._desk.tasks.change
        post = _Post(lambda: change(lambda: request.execute(service, *args, **kwargs)), show, fail)
        self._posts.append(post)
        self._send(post)
        return op_id

    @property
    def is_waiting(self) -> bool:
        """Whether a save waits for the server."""
        return any(post.is_waiting for post in self._posts)

    @Slot()
    def try_again(self) -> None:
        """Send what waits, now."""
        self._timer.stop()
        for post in [each for each in self._posts if each.is_waiting]:
            if not self._desk.tasks.is_closed:
                self._send(post)

    def _send(self, post: _Post) -> None:
        post.send().then(partial(self._done, post), partial(self._failed, post))

    @Slot(object)
    def _hear(self, connection: Connection) -> None:
        if connection.takes_changes:
            self.try_again()

    def _done(self, post: _Post, answer: Any) -> None:
        self._end(post)
        post.show(answer)

    def _failed(self, post: _Post, problem: Exception) -> None:
        if not isinstance(problem, DatabaseUnavailable):
            self._end(post)
            post.fail(problem)
            return
        was_waiting, post.is_waiting = self.is_waiting, True
        self._timer.start()
        self._tell(problem, is_first=not was_waiting)
        if not was_waiting:
            self.waiting.emit(True)

    def _tell(self, problem: DatabaseUnavailable, *, is_first: bool) -> None:
        """Once while it lasts; that nobody knows whether it was saved is said even after it was said to be unsaved."""
        messages, is_unknown = self._desk.messages, isinstance(problem, OutcomeUnknown)
        if not is_first and (self._is_unknown or not is_unknown):
            return
        if self._notice is not None:
            messages.withdraw(self._notice)
        self._is_unknown = is_unknown
        if is_unknown:
            self._notice = messages.warning(problem.what, problem.hint)
        else:
            self._notice = messages.warning(
                N_("Not saved yet: the database does not answer."),
                N_("What you typed is kept on this computer. It is saved as soon as the database is back."),
            )

    def _end(self, post: _Post) -> None:
        was_waiting = self.is_waiting
        self._posts.remove(post)
        if was_waiting and not self.is_waiting:
            self._timer.stop()
            if self._notice is not None:
                self._desk.messages.withdraw(self._notice)
            self.waiting.emit(False)
