"""A connection that is kept up by a thread of its own: it connects, lets a conversation speak, and tries again."""

import contextlib
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["Conversation", "Wire", "connected"]


PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
GREETING = 10.0


class Conversation(Protocol):
    """What is said over a wire, without a socket: it is told what came, and asked what to send."""

    @property
    def is_ready(self) -> bool:
        """Whether the other side has let us in."""

    @property
    def is_over(self) -> bool:
        """Whether trying again is of no use."""

    def opened(self) -> None:
        """There is a connection."""

    def received(self, data: bytes) -> None:
        """These bytes came; a ValueError ends the connection."""

    def lost(self, problem: Exception | None) -> None:
        """There is no connection, or no longer."""

    def to_send(self) -> bytes:
        """What is to be sent now."""


def connected(host: str, port: int, *, tls: bool = False) -> socket.socket:
    """A connection to a server; with `tls` it must prove its name."""
    made = socket.create_connection((host, port), timeout=GREETING)
    if tls:
        import ssl

        made = ssl.create_default_context().wrap_socket(made, server_hostname=host)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return made


class Wire:
    """Everything of a conversation happens on its thread, so a conversation needs no locks."""

    def __init__(
        self,
        conversation: Conversation,
        connect: Callable[[], socket.socket],
        *,
        pauses: Sequence[float] = PAUSES,
        greeting: float = GREETING,
    ) -> None:
        self._conversation = conversation
        self._connect = connect
        self._pauses = pauses
        self._greeting = greeting
        self._wanted: deque[Callable[[], object]] = deque()
        self._is_closing = threading.Event()
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="callboard-telephone", daemon=True)
        self._thread.start()

    def do(self, what: Callable[[], object]) -> None:
        """Let the conversation do this, on its thread, in the order of asking."""
        self._wanted.append(what)
        self._wake()

    def close(self, wait: float = 2.0) -> None:
        """Send what is still to be sent and end; nothing is told after that."""
        self._is_closing.set()
        self._wake()
        self._thread.join(wait)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send(b".")

    def _run(self) -> None:
        failures = 0
        while not self._is_closing.is_set():
            problem: Exception | None = None
            try:
                with self._connect() as line:
                    self._conversation.opened()
                    problem = self._talk(line)
            except (OSError, ValueError) as error:
                problem = error
            if self._is_closing.is_set():
                break
            failures = 0 if self._conversation.is_ready else failures
            self._conversation.lost(problem)
            pause = self._pauses[min(failures, len(self._pauses) - 1)]
            failures += 1
            self._rest(None if self._conversation.is_over else pause)
        self._ear.close()
        self._bell.close()

    def _talk(self, line: socket.socket) -> Exception | None:
        """Until the line is cut, with what cut it."""
        deadline = time.monotonic() + self._greeting
        while True:
            self._serve()
            if data := self._conversation.to_send():
                line.sendall(data)
            if self._is_closing.is_set() or self._conversation.is_over:
                return None
            if not self._conversation.is_ready and time.monotonic() > deadline:
                return TimeoutError()
            # What TLS has read ahead does not show on the socket.
            ahead = getattr(line, "pending", lambda: 0)()
            heard, _, _ = select.select([line, self._ear], [], [], 0 if ahead else 0.5)
            if line in heard or ahead:
                data = line.recv(65536)
                if not data:
                    return None
                self._conversation.received(data)

    def _rest(self, seconds: float | None) -> None:
        """Wait before the next attempt, or for good; what is asked meanwhile is answered."""
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            self._serve()
            # Asked after the bell was emptied: whoever rings later wakes the wait below.
            if self._is_closing.is_set():
                return
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return
            select.select([self._ear], [], [], left)

    def _serve(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(4096):
                pass
        while self._wanted:
            self._wanted.popleft()()
