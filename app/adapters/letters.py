"""A mail as bytes: headers nobody can break out of, the language it is in, its direction."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Protocol

from app.domain.mail.failures import Failure
from app.domain.mail.rendering import one_line, plain

LARGEST = 25 * 1024 * 1024
"""Bytes of a whole mail; what is larger most servers refuse, after having taken all of it."""


class Undelivered(Exception):
    """A mail that did not leave; `failure` says why and `detail` is the server's own word."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure.value} {detail}".strip())
        self.failure = failure
        self.detail = one_line(detail)[:300]


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one reader; `reply_to` where answers go to somebody else than the sender."""

    from_address: str
    from_name: str
    to_address: str
    to_name: str
    language: str
    is_rtl: bool
    subject: str
    body: str
    message_id: str
    written_at: datetime
    in_reply_to: str | None = None
    reply_to: str = ""
    reply_to_name: str = ""


class Transport(Protocol):
    """A way for letters out of the house."""

    def deliver(self, letter: Letter) -> None:
        """Hand one over; `Undelivered` says why it could not be."""

    def close(self) -> None:
        """Nothing more goes this way."""


def sent_to(address: str) -> str:
    """The address as it travels: a domain in another script in its ASCII form."""
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Undelivered(Failure.ADDRESS) from error


def is_international(letter: Letter) -> bool:
    """Whether a name before the @ needs a server that knows SMTPUTF8."""
    return not all(sent_to(address).isascii() for address in (letter.from_address, letter.to_address))


def packed(letter: Letter) -> bytes:
    """The letter as it is handed over; one that is too large is refused before anything is sent."""
    if len(letter.body) > LARGEST:
        raise _too_large(len(letter.body))
    rules = policy.SMTPUTF8 if is_international(letter) else policy.SMTP
    data = compose(letter).as_bytes(policy=rules)
    if len(data) > LARGEST:
        raise _too_large(len(data))
    return data


def _too_large(size: int) -> Undelivered:
    megabytes = 1024 * 1024
    return Undelivered(Failure.TOO_LARGE, f"{-(-size // megabytes)} MB > {LARGEST // megabytes} MB")


def compose(letter: Letter) -> EmailMessage:
    """The letter as a message: plain text, and beside it a page that says its direction where it runs leftwards."""
    found = EmailMessage(policy=policy.SMTP)
    found["From"] = _person(letter.from_name, letter.from_address)
    found["To"] = _person(letter.to_name, letter.to_address)
    if letter.reply_to:
        found["Reply-To"] = _person(letter.reply_to_name, letter.reply_to)
    found["Subject"] = one_line(letter.subject)
    found["Date"] = format_datetime(letter.written_at)
    found["Message-ID"] = one_line(letter.message_id)
    if letter.in_reply_to:
        found["In-Reply-To"] = found["References"] = one_line(letter.in_reply_to)
    # Absence notes and other machines keep quiet about mail that a machine wrote.
    found["Auto-Submitted"] = "auto-generated"
    found["X-Auto-Response-Suppress"] = "All"
    body = plain(letter.body)
    found.set_content(body, charset="utf-8")
    if letter.is_rtl:
        found.add_alternative(_page(letter, body), subtype="html", charset="utf-8")
    # Last: what is about the content moves into the first part when a second one comes.
    found["Content-Language"] = letter.language
    return found


def _person(name: str, address: str) -> Address:
    local, _at, domain = sent_to(address).rpartition("@")
    try:
        return Address(one_line(name)[:200], local, domain)
    except (ValueError, IndexError) as error:
        raise Undelivered(Failure.ADDRESS) from error


def _page(letter: Letter, body: str) -> str:
    lines = "<br>\n".join(escape(line) for line in body.split("\n"))
    return (
        f'<!DOCTYPE html>\n<html dir="rtl" lang="{letter.language}">\n<head><meta charset="utf-8">'
        f'<title>{escape(letter.subject)}</title></head>\n<body dir="rtl">\n{lines}\n</body>\n</html>\n'
    )
