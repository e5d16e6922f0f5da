"""PostgreSQL's protocol as far as a proxy must know it: where a message ends, what kind it is, who waits for whom."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_ASKS_FOR_ENCRYPTION = (80877103, 80877104)
_CANCEL = 80877102


class Side(Enum):
    """Who sends."""

    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `kind` is the protocol's letter, or "startup", "cancel", "ssl"; `data` is all of it.

    `is_starting` until the server has taken the log-in; `is_commit` where it asks for a commit, and at the Sync that
    ends the messages of one.
    """

    side: Side
    kind: str
    data: bytes
    is_starting: bool = False
    is_commit: bool = False

    def says(self, *words: bytes) -> bool:
        """Whether the message is a statement that contains all of these."""
        return self.kind in "QP" and all(word in self.data for word in words)


def commits(message: Message) -> bool:
    """Whether the front end asks for a commit with this message."""
    return message.is_commit


class Conversation:
    """Cuts both directions of one connection into messages and counts how often the front end had to wait.

    A round trip begins with the message that makes the server answer, when nothing it was asked before is still on
    its way: statements sent together are one.
    """

    def __init__(self) -> None:
        self.round_trips = 0
        self._rests = {Side.FRONT: b"", Side.BACK: b""}
        self._is_open = False
        self._is_starting = True
        self._is_encrypted = False
        self._awaits_byte = 0
        self._unanswered = 0
        self._is_heard = True
        self._is_unsynced = False
        self._is_committing = False

    def messages(self, side: Side, data: bytes) -> Iterator[Message]:
        """The messages that are whole with this piece."""
        self._rests[side] += data
        while found := self._next(side):
            kind, size = found
            whole, self._rests[side] = self._rests[side][:size], self._rests[side][size:]
            message = Message(side, kind, whole, self._is_starting, self._is_commit(side, kind, whole))
            self._count(message)
            yield message

    def _is_commit(self, side: Side, kind: str, whole: bytes) -> bool:
        if side is Side.BACK or kind not in "PQS":
            return False
        if kind == "S":
            was, self._is_committing = self._is_committing, False
            return was
        is_commit = b"COMMIT" in whole
        self._is_committing = self._is_committing or (is_commit and kind == "P")
        return is_commit

    def _next(self, side: Side) -> tuple[str, int] | None:
        rest = self._rests[side]
        if not rest:
            return None
        if self._is_encrypted:
            return "?", len(rest)
        if side is Side.BACK and self._awaits_byte:
            self._awaits_byte -= 1
            self._is_encrypted = rest[:1] in (b"S", b"G")
            return "ssl", 1
        if side is Side.FRONT and not self._is_open:
            return self._opening(rest)
        if len(rest) < 5:
            return None
        size = 1 + struct.unpack_from("!I", rest, 1)[0]
        return (chr(rest[0]), size) if len(rest) >= size else None

    def _opening(self, rest: bytes) -> tuple[str, int] | None:
        if len(rest) < 8:
            return None
        size, code = struct.unpack_from("!II", rest)
        if len(rest) < size:
            return None
        if code in _ASKS_FOR_ENCRYPTION:
            self._awaits_byte += 1
            return "ssl", size
        self._is_open = True
        return ("cancel" if code == _CANCEL else "startup"), size

    def _count(self, message: Message) -> None:
        if message.side is Side.BACK:
            self._is_heard = True
            if message.kind == "Z":
                self._is_starting = False
                self._unanswered = max(0, self._unanswered - 1)
            elif message.kind == "G":  # the server waits for the rows of a COPY
                self._unanswered = 0
            return
        if message.kind == "H" and not self._is_unsynced:
            return  # nothing was asked since the Sync before it
        self._is_unsynced = message.kind in "PBDE"
        if message.kind in ("Q", "S", "F", "H", "c", "p", "startup", "ssl"):
            if self._unanswered == 0 and self._is_heard:
                self.round_trips += 1
                self._is_heard = False
            if message.kind in ("Q", "S", "F", "c"):
                self._unanswered += 1
