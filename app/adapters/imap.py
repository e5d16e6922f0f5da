"""Reading a mailbox by IMAP: sizes first, nothing marked, nothing deleted."""

import contextlib
import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from app.domain.errors import Refused
from app.domain.words import N_, Message, message

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

__all__ = ["Envelope", "Mailbox", "OpenMailbox", "open_mailbox", "try_mailbox"]

logger = logging.getLogger(__name__)

TIMEOUT = 20.0
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail is read: the server, the log-in and the folder."""

    host: str
    port: int
    security: str
    login: str
    password: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail that lies there: its number, its bytes and when it came."""

    uid: int
    size: int
    received_at: datetime


class OpenMailbox:
    """A folder that is open for reading only."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client
        self.uid_validity = _number(client, "UIDVALIDITY")
        self.next_uid = _number(client, "UIDNEXT")

    def after(self, uid: int, since: date | None = None) -> tuple[Envelope, ...]:
        """The mails behind this number in their order, those that came since a day where one is given."""
        wanted = f"{uid + 1}:*"
        asked = ["UID", wanted] + (["SINCE", _imap_day(since)] if since else [])
        found = b" ".join(each for each in self._uid("SEARCH", *asked) if isinstance(each, bytes)).split()
        # "n:*" names the last mail even where its number is lower.
        numbers = sorted(number for number in map(int, found) if number > uid)
        envelopes: list[Envelope] = []
        for start in range(0, len(numbers), 200):
            chosen = ",".join(map(str, numbers[start : start + 200]))
            answer = self._uid("FETCH", chosen, "(UID RFC822.SIZE INTERNALDATE)")
            envelopes += [each for each in map(_envelope, answer) if each is not None]
        if since is not None:
            envelopes = [each for each in envelopes if each.received_at.date() >= since]
        return tuple(sorted(envelopes, key=lambda each: each.uid))

    def fetch(self, uid: int, limit: int | None = None) -> bytes | None:
        """A mail's bytes, its first `limit` ones only if asked so; None for one that is gone."""
        part = "BODY.PEEK[]" if limit is None else f"BODY.PEEK[]<0.{limit}>"
        for each in self._uid("FETCH", str(uid), f"(UID {part})"):
            if isinstance(each, tuple) and len(each) > 1:
                return bytes(each[1])
        return None

    def _uid(self, command: str, *args: str) -> list[object]:
        with _told():
            status, answer = self._client.uid(command, *args)
        if status != "OK":
            raise _trouble("ANSWER", message(N_("The mail server refuses to show the mailbox.")))
        return list(answer)


def _number(client: imaplib.IMAP4, name: str) -> int:
    told = client.response(name)[1][-1]
    return int(told) if isinstance(told, bytes) and told.isdigit() else 0


def _envelope(answer: object) -> Envelope | None:
    line = answer[0] if isinstance(answer, tuple) else answer
    if not isinstance(line, bytes) or not (uid := _UID.search(line)):
        return None
    size = _SIZE.search(line)
    came = imaplib.Internaldate2tuple(line)
    received = datetime(*came[:6]).astimezone(UTC) if came else datetime.now(UTC)
    return Envelope(int(uid[1]), int(size[1]) if size else 0, received)


def _imap_day(day: date) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02d}-{months[day.month - 1]}-{day.year}"


@contextmanager
def open_mailbox(where: Mailbox, context: ssl.SSLContext | None = None) -> Iterator[OpenMailbox]:
    """Log in and open the folder; a `Refused` says in words why that cannot be done."""
    import imap_tools  # only who reads mail needs it

    with _told(where):
        box = _connect(where, context or ssl.create_default_context())
    try:
        with _told(where):
            _log_in(box, where)
            _look_into(box, where)
        yield OpenMailbox(box.client)
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError):
            box.logout()


def try_mailbox(where: Mailbox, context: ssl.SSLContext | None = None) -> None:
    """Log in, open the folder and leave."""
    with open_mailbox(where, context):
        pass


def _connect(where: Mailbox, context: ssl.SSLContext) -> "BaseMailBox":
    import imap_tools

    if where.security == "tls":
        return imap_tools.MailBox(where.host, where.port, TIMEOUT, ssl_context=context)
    box = imap_tools.MailBoxUnencrypted(where.host, where.port, TIMEOUT)
    if where.security == "starttls":
        try:
            box.client.starttls(context)
        except (imaplib.IMAP4.error, OSError) as error:
            box.client.shutdown()
            if isinstance(error, OSError):
                raise
            raise _insecure() from error
    return box


def _log_in(box: "BaseMailBox", where: Mailbox) -> None:
    from imap_tools import MailboxLoginError

    is_plain = where.login.isascii() and where.password.isascii()
    try:
        (box.login if is_plain else box.login_utf8)(where.login, where.password, None)
    except imaplib.IMAP4.abort:
        raise
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        raise _trouble("LOGIN", message(N_("The mail server does not accept this log-in and password."))) from error


def _look_into(box: "BaseMailBox", where: Mailbox) -> None:
    """Open the folder for reading only."""
    from imap_tools import ImapToolsError

    try:
        box.folder.set(where.folder, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise _trouble("FOLDER", message(N_("There is no folder “{name}”."), name=where.folder)) from error


@contextmanager
def _told(where: Mailbox | None = None) -> Iterator[None]:
    """What the network and the server raise, in words."""
    host = where.host if where else ""
    try:
        yield
    except socket.gaierror as error:
        raise _trouble("HOST", message(N_("There is no mail server called “{name}”."), name=host)) from error
    except ssl.SSLCertVerificationError as error:
        what = message(N_("The mail server cannot prove that it is “{name}”: {reason}"), name=host, reason=error.reason)
        raise _trouble("CERTIFICATE", what) from error
    except ssl.SSLError as error:
        raise _insecure() from error
    except TimeoutError as error:
        raise _trouble("TIMEOUT", message(N_("The mail server does not answer."))) from error
    except (imaplib.IMAP4.error, OSError) as error:
        logger.info("the mail server: %s", error)
        raise _trouble("LOST", message(N_("No connection to the mail server, or it was lost."))) from error


def _insecure() -> Refused:
    what = message(N_("No secure connection to the mail server. Another port or another security may be needed."))
    return _trouble("SECURITY", what)


def _trouble(code: str, what: Message) -> Refused:
    return Refused(code, what, message(N_("Nothing was read. It is tried again in a while.")))
