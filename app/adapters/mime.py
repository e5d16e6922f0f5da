"""Reading a mail's bytes: whatever they are, a `Letter` comes of it."""

import codecs
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from email import policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr
from functools import partial
from typing import TypeVar

from app.domain.mail import page
from app.domain.mail.incoming import (
    BODY_LENGTH,
    FILE_SIZE,
    FILES_AT_MOST,
    FILES_TOGETHER,
    MARKS,
    Attached,
    Bounce,
    LeftOut,
    Letter,
    cut,
    distinct,
)

__all__ = ["read_letter"]

T = TypeVar("T")

_PARTS_AT_MOST = 1000
_NESTS_AT_MOST = 60
_HEADER_LENGTH = 4000
_TEXT_BYTES = 400_000
_IDS_AT_MOST = 30
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, MessageError)
"""What the standard parser is known to raise for bytes nobody meant as a mail."""


def read_letter(raw: bytes, size: int | None = None) -> Letter:
    """The mail of these bytes; with `size`, they are only the beginning of one of so many bytes."""
    is_whole = size is None or len(raw) >= size
    message, is_readable = _parsed(raw)
    headers = _Headers(message)
    name, address = headers.sender()
    subject = cut(_line(headers.words("subject")), 500)
    contents = _contents(message) if is_readable else _Contents("", [], [])
    letter = Letter(
        from_address=address,
        from_name=cut(_line(name), 200),
        subject=subject,
        body=cut(contents.text, BODY_LENGTH),
        message_id=headers.ids("message-id")[:1][0] if headers.ids("message-id") else None,
        answers=_answers(headers),
        headers=headers.marks(),
        files=tuple(contents.files) if is_whole else (),
        left_out=tuple(contents.left_out) if is_whole else (),
        bounce=_bounce(message) if is_readable else None,
        is_receipt=_report_type(message) == "disposition-notification",
        size=len(raw) if size is None else size,
        is_whole=is_whole,
        is_readable=is_readable,
    )
    return letter if letter.message_id else replace(letter, message_id=_stand_in(letter, headers))


def _parsed(raw: bytes) -> tuple[Message, bool]:
    """The parts of a mail; of one that is nested beyond reason the headers alone."""
    if len(re.findall(rb"(?i)multipart/|message/", raw)) <= _NESTS_AT_MOST:
        try:
            return BytesParser(policy=policy.compat32).parsebytes(raw), True
        except _BROKEN:
            pass
    head = re.split(rb"\r?\n\r?\n", raw[:1_000_000], maxsplit=1)[0]
    try:
        return BytesHeaderParser(policy=policy.compat32).parsebytes(head + b"\r\n\r\n"), False
    except _BROKEN:
        return Message(), False


def _stand_in(letter: Letter, headers: "_Headers") -> str:
    """A name of its own for a mail that has none, the same each time it is read."""
    told = "\0".join([letter.from_address, headers.raw("date"), headers.raw("received"), letter.subject, letter.body])
    return f"<{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:40]}@nameless>"


# --- Headers


class _Headers:
    """The first header of each name, as text."""

    def __init__(self, message: Message) -> None:
        self._values: dict[str, str] = {}
        for name, value in message.raw_items():
            self._values.setdefault(str(name).lower(), str(value)[:_HEADER_LENGTH])

    def raw(self, name: str) -> str:
        """Its text as it was sent, bytes beyond ASCII guessed."""
        value = self._values.get(name, "")
        return _decoded(value.encode("utf-8", "surrogateescape"), None) if value else ""

    def words(self, name: str) -> str:
        """Its text with encoded words decoded."""
        return _words(self.raw(name))

    def ids(self, name: str) -> tuple[str, ...]:
        """The Message-IDs in it."""
        found = re.findall(r"<([^<>\s]{1,400})>", self.raw(name))
        return tuple(f"<{_clean(each)}>" for each in found[-_IDS_AT_MOST:])

    def sender(self) -> tuple[str, str]:
        """Name and address of who wrote it; no address where none can be one."""
        for header in ("from", "reply-to", "sender"):
            raw = self.raw(header)
            name, address = _guarded(partial(parseaddr, " ".join(raw.split())[:1000]), ("", ""))
            address = _clean(address).strip().lower()
            # The parser glues what it does not understand: only an address that stands there is one.
            if len(address) <= 254 and address in raw.lower() and _ADDRESS.fullmatch(address):
                return _words(name), address
        return "", ""

    def marks(self) -> dict[str, str]:
        """What tells machines from people."""
        return {name: _line(self.raw(name)).lower() for name in (*MARKS, "return-path") if name in self._values}


_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]_]+\.[^\s@<>\"(),;:\\\[\]_.]+")


def _answers(headers: _Headers) -> tuple[str, ...]:
    return distinct((*headers.ids("in-reply-to"), *reversed(headers.ids("references"))))


def _words(text: str) -> str:
    if "=?" not in text:
        return _clean(text)
    try:
        # Lines are joined first: a folded encoded word is one with its neighbour.
        found = decode_header(" ".join(text.split()))
    except (HeaderParseError, *_BROKEN):
        return _clean(text)
    return _clean("".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in found))


def _line(text: str) -> str:
    return " ".join(text.split())


# --- Text

_ALIASES = {"iso-8859-8-i": "windows-1255", "iso-8859-8-e": "windows-1255", "iso-8859-8": "windows-1255"}
_ALIASES |= {"visual": "windows-1255", "logical": "windows-1255", "us-ascii": "utf-8", "ascii": "utf-8"}
_ALIASES |= {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "latin1": "windows-1252"}
_NEVER = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HEBREW_BYTES = frozenset(range(0xE0, 0xFB))


def _decoded(content: bytes, charset: str | None) -> str:
    """Bytes as text: by the charset that is named if it fits, else as UTF-8, else by what the letters look like."""
    wanted = (charset or "").strip().strip("\"'").lower()
    for name in (_ALIASES.get(wanted, wanted), "utf-8"):
        try:
            if name and codecs.lookup(name).name not in _NEVER:
                return content.decode(name)
        except (LookupError, ValueError, TypeError):
            continue
    high = [byte for byte in content[:20_000] if byte >= 0x80]
    is_hebrew = bool(high) and sum(byte in _HEBREW_BYTES for byte in high) > 0.8 * len(high)
    return content.decode("windows-1255" if is_hebrew else "windows-1252", "replace")


def _clean(text: str) -> str:
    """Without what no database and no screen takes."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _squeezed(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", _clean(text)).strip()


# --- Parts


@dataclass(slots=True)
class _Contents:
    text: str
    files: list[Attached]
    left_out: list[LeftOut]


def _contents(message: Message) -> _Contents:
    """Text and files of all parts: plain text first, a page where there is none."""
    plain: list[str] = []
    pages: list[str] = []
    found = _Contents("", [], [])
    for number, part in enumerate(_parts(message)):
        kind = _kind(part)
        is_text = kind in {"text/plain", "text/html"} and not _is_attached(part)
        if is_text and sum(map(len, plain)) <= BODY_LENGTH:
            text = _decoded(_content(part)[:_TEXT_BYTES], _guarded(part.get_content_charset, None))
            (plain if kind == "text/plain" else pages).append(text)
        elif not is_text:
            _attach(found, part, kind, number)
    text = "\n\n".join(filter(None, (_squeezed(each) for each in plain)))
    found.text = text or "\n\n".join(filter(None, (_squeezed(page.text_of(each)) for each in pages[:5])))
    return found


def _parts(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order; a mail inside the mail is one of them."""
    waiting, seen = [message], 0
    while waiting and seen < _PARTS_AT_MOST:
        part = waiting.pop()
        inner = _inner(part)
        if inner and _kind(part).startswith("multipart/"):
            waiting.extend(reversed(inner))
        else:
            seen += 1
            yield part


def _attach(found: _Contents, part: Message, kind: str, number: int) -> None:
    content = _content(part)
    name = _file_name(part, kind, number)
    if not content or (kind.startswith("message/") and kind != "message/rfc822"):
        return
    together = sum(len(each.content) for each in found.files) + len(content)
    if len(content) > FILE_SIZE or together > FILES_TOGETHER or len(found.files) >= FILES_AT_MOST:
        found.left_out.append(LeftOut(name, len(content)))
    else:
        found.files.append(Attached(name, kind, content))


def _content(part: Message) -> bytes:
    if inner := _inner(part):
        return _guarded(lambda: b"\n".join(each.as_bytes() for each in inner), b"")
    content: object = _guarded(lambda: part.get_payload(decode=True), None)
    return content if isinstance(content, bytes) else b""


def _kind(part: Message) -> str:
    return _clean(_guarded(part.get_content_type, "text/plain"))[:120]


def _is_attached(part: Message) -> bool:
    return _guarded(part.get_content_disposition, None) == "attachment" or bool(_guarded(part.get_filename, None))


_OVERRIDES = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _file_name(part: Message, kind: str, number: int) -> str:
    """A name without folders and without letters that make it look like another."""
    raw = str(_guarded(part.get_filename, None) or "").encode("utf-8", "surrogateescape")
    name = re.split(r"[/\\]", _OVERRIDES.sub("", _line(_words(_decoded(raw, None)))))[-1].strip(" .")
    if not name:
        ending = "eml" if kind == "message/rfc822" else re.sub(r"[^a-z0-9]", "", kind.partition("/")[2])[:8] or "bin"
        return f"{number + 1}.{ending}"
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 120 else f"{stem[:100]}{dot}{ending[:19]}"


# --- Reports of mail servers


def _report_type(message: Message) -> str:
    if _kind(message) != "multipart/report":
        return ""
    return str(_guarded(lambda: message.get_param("report-type"), None) or "").lower()


def _bounce(message: Message) -> Bounce | None:
    """What a mail server says about a mail of ours that it could not deliver."""
    reports = [part for part in _parts(message) if _kind(part) == "message/delivery-status"]
    if _report_type(message) != "delivery-status" and not reports:
        return None
    blocks = [_Headers(each) for part in reports for each in _inner(part)]
    actions = {block.words("action").strip().lower() for block in blocks} - {""}
    told = (_line(block.words("diagnostic-code") or block.words("status")) for block in blocks)
    reason = next(filter(None, told), "")
    return Bounce(
        _original(message), cut(reason.partition(";")[2].strip() or reason, 500), is_final="failed" in actions
    )


def _original(message: Message) -> str | None:
    for part in _parts(message):
        kind = _kind(part)
        if kind == "message/rfc822":
            heads = _inner(part)
        elif kind == "text/rfc822-headers":
            content = _content(part)[:100_000]
            heads = [_guarded(partial(BytesHeaderParser().parsebytes, content), Message())]
        else:
            continue
        for head in heads:
            if ids := _Headers(head).ids("message-id"):
                return ids[0]
    return None


def _inner(part: Message) -> Sequence[Message]:
    inner = part.get_payload() if part.is_multipart() else []
    return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []


def _guarded(ask: Callable[[], T], otherwise: T) -> T:
    """An answer of the standard parser, which raises for some of what it is asked about."""
    try:
        return ask()
    except _BROKEN:
        return otherwise
