"""A cable between a desktop and its PostgreSQL that a test can count on, slow down, cut, freeze and plug in again.

One thread carries all connections, message by message. Give the program `proxy.url` instead of the server's:

    with Proxy(server_url) as proxy:
        with proxy.counted() as seen: ...            # seen.round_trips, seen.front, seen.back
        proxy.cut(at=3)                              # the 3rd front-end message from now does not arrive
        proxy.cut(when=commits, before=False)        # a COMMIT arrives, its answer does not
        proxy.delay = 0.1                            # seconds in each direction: a round trip takes twice that
        proxy.freeze(); proxy.black_hole(); proxy.refuse(); proxy.restore()
"""

import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

from tests.kit.wire import Conversation, Message, Side, commits

__all__ = ["Counts", "Message", "Proxy", "Side", "Trap", "commits", "kept_place"]

_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class Counts:
    """What went over the cable: messages of either side (without those of log-ins), and how often one side waited."""

    front: int = 0
    back: int = 0
    round_trips: int = 0
    connections: int = 0
    messages: list[Message] = field(default_factory=list)


@dataclass
class Trap:
    """Cuts the connection at the n-th message of a side that fits; once."""

    side: Side
    left: int
    when: Callable[[Message], bool]
    is_before: bool
    is_reset: bool
    server_learns: bool
    and_then: Callable[[], None] | None = None
    sprung: threading.Event = field(default_factory=threading.Event)

    def springs(self, message: Message) -> bool:
        """Whether this is the message."""
        if self.sprung.is_set() or message.side is not self.side or not self.when(message):
            return False
        if self.when is commits and message.kind == ("S" if self.is_before else "P"):
            return False  # a commit is several messages: before the first, or after the last
        self.left -= 1
        return self.left <= 0


class Proxy:
    """Listens on a port of its own for one server; what it is told to do holds from the next message on."""

    def __init__(self, server_url: str) -> None:
        self._server_url = make_url(server_url)
        self._target = (self._server_url.host or "127.0.0.1", self._server_url.port or 5432)
        self.delay = 0.0
        self._place = kept_place()
        self.port: int = self._place.getsockname()[1]
        self._listener = _listening(self.port)
        self._selector = DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._lock = threading.RLock()
        self._lines: set[_Line] = set()
        self._traps: list[Trap] = []
        self._counting: list[Counts] = []
        self._is_frozen = self._is_swallowing = self._is_refusing = self._is_ended = False
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """The address of the server as seen through the proxy."""
        return self.seen_through(self._server_url.render_as_string(hide_password=False))

    def seen_through(self, url: str) -> str:
        """Any address of the server, led through the proxy; unencrypted, or nothing could be counted."""
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        made = make_url(url).set(host="127.0.0.1", port=self.port).update_query_dict(plain)
        return made.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        self._listener.setblocking(False)
        self._selector.register(self._woken, EVENT_READ)
        self._selector.register(self._listener, EVENT_READ)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_ended = True
        self._stir()
        self._thread.join()

    @property
    def open_lines(self) -> int:
        """How many connections there are now."""
        with self._lock:
            return sum(line.is_alive for line in self._lines)

    @contextmanager
    def counted(self) -> Iterator[Counts]:
        """What goes over the cable during the block."""
        seen = Counts()
        with self._lock:
            self._counting.append(seen)
        try:
            yield seen
        finally:
            with self._lock:
                self._counting = [each for each in self._counting if each is not seen]

    def cut(
        self,
        at: int = 1,
        *,
        side: Side = Side.FRONT,
        when: Callable[[Message], bool] | None = None,
        before: bool = True,
        reset: bool = True,
        server_learns: bool = True,
        and_refuse: bool = False,
    ) -> Trap:
        """Cut the connection whose message is the `at`-th from now, before or after it has been handed on.

        With `and_refuse` nobody gets in again until `restore`, however quickly he asks.
        Messages of log-ins do not count unless `when` asks for them. The client gets a reset (or a plain end); a
        server that does not learn of it keeps the session and its locks until the proxy ends.
        """
        refusing = self.refuse if and_refuse else None
        trap = Trap(side, at, when or _is_work, before, reset, server_learns, refusing)
        with self._lock:
            self._traps.append(trap)
        return trap

    def watch(self, each: Callable[[Message], object]) -> Trap:
        """Let something look at every message as it passes, until `disarm`; nothing is cut."""

        def look(message: Message) -> bool:
            each(message)
            return False

        trap = Trap(Side.FRONT, 1, look, is_before=True, is_reset=False, server_learns=True)
        with self._lock:
            self._traps.append(trap)
        return trap

    def cut_all(self, *, reset: bool = True, server_learns: bool = True) -> None:
        """Cut every connection now."""
        with self._lock:
            for line in self._lines:
                line.cut(is_reset=reset, server_learns=server_learns)
        self._stir()

    def disarm(self) -> None:
        """No cut is waited for any more."""
        with self._lock:
            self._traps.clear()

    def freeze(self) -> None:
        """Take everything, new connections too, and hand nothing on until `restore`; then it all arrives."""
        self._set(is_frozen=True)

    def black_hole(self) -> None:
        """Swallow everything; connections of this time stay mute for ever, later ones work after `restore`."""
        with self._lock:
            for line in self._lines:
                line.is_mute = True
        self._set(is_swallowing=True)

    def refuse(self, *, cut: bool = True) -> None:
        """Refuse new connections, and cut those there are."""
        with self._lock:
            self._is_refusing = True
        if cut:
            self.cut_all()
        self._set(is_refusing=True)

    def restore(self) -> None:
        """Everything is well again; cuts that are waited for stay."""
        self.delay = 0.0
        self._set()

    def lead_to(self, host: str, port: int) -> None:
        """From now on new connections go to another server."""
        self._target = (host, port)

    def _set(self, *, is_frozen: bool = False, is_swallowing: bool = False, is_refusing: bool = False) -> None:
        with self._lock:
            self._is_frozen, self._is_swallowing, self._is_refusing = is_frozen, is_swallowing, is_refusing
            if is_refusing and self._listener.fileno() >= 0:
                self._selector.unregister(self._listener)
                self._listener.close()
            elif not is_refusing and self._listener.fileno() < 0:
                self._listener = _listening(self.port)
                self._listener.setblocking(False)
                self._selector.register(self._listener, EVENT_READ)
        self._stir()

    def _stir(self) -> None:
        with suppress(OSError):
            self._wake.send(b".")

    def _run(self) -> None:
        wait: float | None = None
        while not self._is_ended:
            ready = self._selector.select(wait)
            with self._lock:
                for key, _events in ready:
                    self._take(key.fileobj, key.data)
                wait = None
                for line in list(self._lines):
                    due = line.hand_on(is_frozen=self._is_frozen)
                    wait = due if wait is None else min(wait, due if due is not None else wait)
                    if line.is_over:
                        self._lines.discard(line)
        with self._lock:
            for line in self._lines:
                line.end()
            for each in (self._listener, self._place, self._wake, self._woken, self._selector):
                each.close()

    def _take(self, source: object, line: "_Line | None") -> None:
        if source is self._woken:
            self._woken.recv(4096)
        elif source is self._listener:
            self._accept()
        elif line is not None and isinstance(source, socket.socket) and source.fileno() >= 0:
            for message in line.read(source):
                self._carry(line, message)

    def _accept(self) -> None:
        try:
            client, _address = self._listener.accept()
        except OSError:
            return
        try:
            server = socket.create_connection(self._target, timeout=5)
        except OSError:
            _reset(client)
            return
        line = _Line(client, server, self._selector)
        line.is_mute = self._is_swallowing
        self._lines.add(line)
        for counts in self._counting:
            counts.connections += 1

    def _carry(self, line: "_Line", message: Message) -> None:
        if not line.is_alive or line.is_mute:
            return
        waited = line.newly_waited()
        for counts in self._counting:
            counts.messages.append(message)
            counts.round_trips += waited
            counts.front += message.side is Side.FRONT and not message.is_starting
            counts.back += message.side is Side.BACK and not message.is_starting
        trap = next((each for each in self._traps if each.springs(message)), None)
        if trap is None or not trap.is_before:
            line.send(message, time.monotonic() + self.delay)
        if trap is not None:
            self._traps.remove(trap)
            line.send(trap, time.monotonic() + self.delay, message.side)


class _Line:
    """One connection: its two sockets, and what is on the way between them."""

    def __init__(self, client: socket.socket, server: socket.socket, selector: DefaultSelector) -> None:
        self._sockets = {Side.FRONT: client, Side.BACK: server}
        self._selector = selector
        self._talk = Conversation()
        self._on_the_way: dict[Side, deque[tuple[float, Message | Trap]]] = {side: deque() for side in Side}
        self._unsent = {Side.FRONT: b"", Side.BACK: b""}
        self._waited = 0
        self.is_mute = self.is_over = self._is_leaving = False
        self.is_alive = True
        for each in self._sockets.values():
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(each, EVENT_READ, self)

    def newly_waited(self) -> int:
        """Round trips begun since the last asking."""
        new, self._waited = self._talk.round_trips - self._waited, self._talk.round_trips
        return new

    def read(self, source: socket.socket) -> Iterator[Message]:
        """What came in, in messages; an end on either side ends the other."""
        side = Side.FRONT if source is self._sockets[Side.FRONT] else Side.BACK
        try:
            data = source.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            if self.is_alive and not self.is_mute:
                yield from self._talk.messages(side, data)
        elif side is Side.FRONT:
            self._push(side)
            self.cut(is_reset=False, server_learns=True)
        else:
            self._selector.unregister(source)
            self._is_leaving = True  # once its last words are handed on

    def send(self, item: Message | Trap, due: float, side: Side | None = None) -> None:
        """Put it on its way."""
        self._on_the_way[side or item.side].append((due, item))

    def hand_on(self, *, is_frozen: bool) -> float | None:
        """Hand on what is due; the seconds until the next."""
        waits: list[float] = []
        for side, items in self._on_the_way.items():
            while items and not is_frozen and not self.is_over:
                due, item = items[0]
                if (left := due - time.monotonic()) > 0:
                    waits.append(left)
                    break
                items.popleft()
                if isinstance(item, Trap):
                    self._push(side)
                    if item.and_then is not None:
                        item.and_then()
                    self.cut(is_reset=item.is_reset, server_learns=item.server_learns)
                    item.sprung.set()
                    items.clear()
                else:
                    self._unsent[side] += item.data
            self._push(side)
        if self._is_leaving and not self._on_the_way[Side.BACK] and not self._unsent[Side.BACK]:
            self.end()
        return min(waits, default=None)

    def _push(self, side: Side) -> None:
        target = self._sockets[Side.BACK if side is Side.FRONT else Side.FRONT]
        if target.fileno() < 0:
            return
        try:
            while self._unsent[side]:
                self._unsent[side] = self._unsent[side][target.send(self._unsent[side]) :]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent[side] = b""
        wanted = EVENT_READ | EVENT_WRITE if self._unsent[side] else EVENT_READ
        with suppress(KeyError):
            self._selector.modify(target, wanted, self)

    def cut(self, *, is_reset: bool, server_learns: bool) -> None:
        """End it for the client; the server reads what it was sent and then learns, or does not."""
        if not self.is_alive:
            return
        self.is_alive = False
        for items in self._on_the_way.values():
            items.clear()
        client, server = self._sockets[Side.FRONT], self._sockets[Side.BACK]
        with suppress(KeyError):
            self._selector.unregister(client)
        _reset(client) if is_reset else client.close()
        if server_learns:
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        """Close both."""
        self.is_alive, self.is_over = False, True
        for each in self._sockets.values():
            with suppress(KeyError, ValueError):
                self._selector.unregister(each)
            each.close()


def _is_work(message: Message) -> bool:
    return not message.is_starting


def kept_place() -> socket.socket:
    """A port that stays ours though nobody listens there: no outgoing line of anybody's is given it meanwhile.

    Whoever sets SO_REUSEADDR, as PostgreSQL does, may listen beside it.
    """
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    return made


def _listening(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen(1024)
    return made


def _reset(client: socket.socket) -> None:
    with suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    client.close()
