"""What became of a mail that came in: how it was read, whether a person wrote it, and which ticket it is about."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.domain.words import N_, Message, counted, message

__all__ = [
    "BODY_LENGTH",
    "FILES_AT_MOST",
    "FILES_TOGETHER",
    "FILE_SIZE",
    "LETTERS_AN_HOUR",
    "MAIL_SIZE",
    "OUTCOMES",
    "REOPENED_WITHIN",
    "Attached",
    "Bounce",
    "LeftOut",
    "Letter",
    "Outcome",
    "MARKS",
    "automatic",
    "cut",
    "distinct",
    "from_machine",
    "is_hebrew",
    "pack",
    "remarks",
    "unpack",
]

MAIL_SIZE = 25 * 1024 * 1024
"""A bigger mail is not fetched whole: its beginning is read, its files stay in the mailbox."""
FILE_SIZE = 10 * 1024 * 1024
FILES_TOGETHER = 25 * 1024 * 1024
FILES_AT_MOST = 50
BODY_LENGTH = 100_000
LETTERS_AN_HOUR = 20
"""What one sender may write in an hour before it counts as a loop."""
REOPENED_WITHIN = timedelta(days=14)
"""A reply to a ticket closed longer ago than that opens a new one."""
_NAMED = 10


class Outcome(StrEnum):
    """What became of a mail."""

    OPENED = "opened"
    CONTINUED = "continued"
    LOOP = "loop"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    REPEATED = "repeated"
    REFUSED = "refused"


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.OPENED: N_("Opened a ticket"),
    Outcome.CONTINUED: N_("Continued a ticket"),
    Outcome.LOOP: N_("Loop"),
    Outcome.AUTO_REPLY: N_("Automatic reply"),
    Outcome.BOUNCE: N_("Came back"),
    Outcome.REPEATED: N_("Taken before"),
    Outcome.REFUSED: N_("Not taken"),
}
"""Each outcome in words of the catalogue."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was too much: its name and bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail of ours was not delivered; `is_final` unless the server goes on trying."""

    message_id: str | None
    reason: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it was read: clean text whatever its bytes were.

    `answers` are the Message-IDs it refers to, the nearest first. `headers` are the few that tell machines from
    people, in lower case. `size` is the mail's own; it is not whole where that was too much, and not `is_readable`
    where its parts could not be told apart.
    """

    from_address: str
    from_name: str = ""
    subject: str = ""
    body: str = ""
    message_id: str | None = None
    answers: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Attached, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    bounce: Bounce | None = None
    is_receipt: bool = False
    size: int = 0
    is_whole: bool = True
    is_readable: bool = True


MARKS = ("auto-submitted", "precedence", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "list-id")
"""The headers by which machines say that they are machines; `return-path` is looked at too."""

_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_DAEMONS = frozenset({"mailer-daemon", "postmaster"})


def automatic(letter: Letter) -> Message | None:
    """Why a mail was written by a machine, or None for a person's."""
    headers = letter.headers
    if letter.is_receipt:
        return message(N_("It is a receipt."))
    if headers.get("auto-submitted", "no").split(";")[0].strip() != "no":
        return message(N_("It says that it was sent automatically."))
    if headers.get("precedence", "").strip() in _BULK or "list-id" in headers:
        return message(N_("It was sent to many."))
    if {"x-auto-response-suppress", "x-autoreply", "x-autorespond"} & headers.keys():
        return message(N_("It says that it wants no automatic answer."))
    if headers.get("return-path", "").replace(" ", "") == "<>" or from_machine(letter):
        return message(N_("It comes from a mail server."))
    return None


def from_machine(letter: Letter) -> bool:
    """Whether a mail server wrote it."""
    return letter.from_address.partition("@")[0].lower() in _DAEMONS


def remarks(letter: Letter) -> tuple[Message, ...]:
    """What of a mail was not taken."""
    found = []
    if not letter.is_whole:
        found.append(
            message(
                N_("The mail has {size} MB; its beginning was read, its files are still in the mailbox."),
                size=_megabytes(letter.size),
            )
        )
    if not letter.is_readable:
        found.append(message(N_("Its parts could not be told apart; its files are still in the mailbox.")))
    found += [
        message(N_("Left in the mailbox: {name} ({size} MB)."), name=each.name, size=_megabytes(each.size))
        for each in letter.left_out[:_NAMED]
    ]
    if (more := len(letter.left_out) - _NAMED) > 0:
        found.append(counted("{count} more file was left.", "{count} more files were left.", more))
    return tuple(found)


def _megabytes(size: int) -> float:
    """A number, not a text: its decimal point is the reader's."""
    return round(size / 1024 / 1024, 1)


# --- Sentences that lie in the database


def pack(messages: Iterable[Message]) -> str:
    """Sentences as they are kept, so that each reader gets them in his own language; nothing for none."""
    kept = [_packed(each) for each in messages]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def unpack(kept: str) -> tuple[Message, ...]:
    """The sentences again; a text that is none of ours is shown as it is."""
    if not kept:
        return ()
    try:
        found = json.loads(kept)
        return tuple(_unpacked(each) for each in found)
    except (ValueError, TypeError, KeyError, AttributeError):
        return (message("{text}", text=kept),)


def _packed(said: Message) -> dict[str, object]:
    fields = {
        name: _packed(value) if isinstance(value, Message) else value if isinstance(value, int | float) else str(value)
        for name, value in said.fields.items()
    }
    packed: dict[str, object] = {"text": said.text, "fields": fields}
    return packed if said.plural is None else packed | {"plural": said.plural, "count": said.count}


def _unpacked(kept: Mapping[str, object]) -> Message:
    fields = kept["fields"]
    if not isinstance(fields, dict) or not isinstance(kept["text"], str):
        raise TypeError("not a sentence")
    values = {name: _unpacked(value) if isinstance(value, dict) else value for name, value in fields.items()}
    plural, count = kept.get("plural"), kept.get("count")
    return Message(
        kept["text"], values, plural if isinstance(plural, str) else None, count if isinstance(count, int) else None
    )


def cut(text: str, length: int) -> str:
    """The text, or its beginning with a mark that there was more."""
    return text if len(text) <= length else f"{text[: length - 2].rstrip()} …"


def is_hebrew(text: str) -> bool:
    """Whether most of its letters are Hebrew."""
    hebrew = sum("\u05d0" <= letter <= "\u05ea" for letter in text)
    return hebrew > sum(letter.isascii() and letter.isalpha() for letter in text)


def distinct(ids: Sequence[str]) -> tuple[str, ...]:
    """Each id once, in their order."""
    return tuple(dict.fromkeys(ids))
