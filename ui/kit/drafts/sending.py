"""A save that is carried out once, however often it has to be sent: without the server it waits for it."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend import Backend, Request
from app.domain.errors import DatabaseUnavailable
from app.domain.words import N_
from ui.kit.bridge import Connection
from ui.kit.messages import Notice
from ui.kit.screen import Desk
from ui.kit.tasks import Job

__all__ = ["Sending"]

P = ParamSpec("P")
R = TypeVar("R")

_AGAIN_MS = 5000


class Sending(QObject):
    """Sends one save after the other for a card; what no server took is sent again as it was, under the same key.

    Signal: `waiting(bool)` when a save begins or ends to wait for the server.
    """

    waiting = Signal(bool)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._send: Callable[[], Job[Any]] | None = None
        self._show: Callable[[Any], object] = bool
        self._fail: Callable[[Exception], object] = bool
        self._is_waiting = False
        self._notice: Notice | None = None
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
        request = Request(cast(Backend, self._desk.backend), op_id, is_new=True)
        self._show, self._fail = show, fail
        self._send = lambda: self._desk.tasks.change(lambda: request.execute(service, *args, **kwargs))
        self._send().then(self._done, self._failed)
        return op_id

    @property
    def is_waiting(self) -> bool:
        """Whether a save waits for the server."""
        return self._is_waiting

    @Slot()
    def try_again(self) -> None:
        """Send it again now."""
        if self._is_waiting and self._send is not None and not self._desk.tasks.is_closed:
            self._timer.stop()
            self._send().then(self._done, self._failed)

    @Slot(object)
    def _hear(self, connection: Connection) -> None:
        if connection in (Connection.ONLINE, Connection.HELD_BACK):
            self.try_again()

    @Slot(object)
    def _done(self, answer: object) -> None:
        self._end()
        self._show(answer)

    @Slot(object)
    def _failed(self, problem: Exception) -> None:
        if not isinstance(problem, DatabaseUnavailable):
            self._end()
            self._fail(problem)
            return
        self._timer.start()
        if not self._is_waiting:
            self._is_waiting = True
            self._notice = self._desk.messages.warning(
                N_("Not saved yet: the database does not answer."),
                N_("What you typed is kept on this computer. It is saved as soon as the database is back."),
            )
            self.waiting.emit(True)

    def _end(self) -> None:
        self._send = None
        self._timer.stop()
        if self._is_waiting:
            self._is_waiting = False
            if self._notice is not None:
                self._desk.messages.withdraw(self._notice)
            self.waiting.emit(False)
