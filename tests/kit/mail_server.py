"""A real SMTP server for tests: takes mail, and does what a test tells it to, from refusing to hanging up."""

import ssl
import threading
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailServer:
    """What came in, in order, and how the next commands are answered.

    `to` answers a recipient, `at_data` the whole mail (by recipient). Instead of an answer, "drop" hangs up, "drop
    after" takes the mail first, "drop midway" hangs up while the mail is being handed over. `mood` answers the mails
    that `at_data` says nothing about. `dropped` are the Message-IDs it hung up over after taking them.
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)
    to: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    mood: Callable[[], str] | None = None
    password: str | None = None
    dropped: list[str] = field(default_factory=list)
    logged_in: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ids(self) -> list[str]:
        """Message-IDs in the order they came."""
        return [str(mail["Message-ID"]) for mail in self.taken]

    async def recipient(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer a recipient."""
        answer = self.to.get(address)
        if answer == "drop":
            hang_up(server)
            return "421 gone"
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def whole(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer a whole mail."""
        reader = str(envelope.rcpt_tos[0])
        answer = self.at_data.get(reader) or (self.mood() if self.mood else "")
        if answer == "drop":
            hang_up(server)
            return "421 gone"
        if answer and not answer.startswith("drop"):
            return answer
        content = cast("bytes", envelope.original_content)
        with self._lock:
            self.taken.append(message_from_bytes(content, policy=policy.default))
            self.readers.append(reader)
            self.senders.append(str(envelope.mail_from))
            self.peers.add(session.peer)
            if answer == "drop after":
                self.dropped.append(self.ids[-1])
        if answer == "drop after":
            hang_up(server)
        return "250 OK"

    def log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, known: LoginPassword
    ) -> AuthResult:
        """Answer a log-in."""
        is_right = known.password == (self.password or "").encode()
        if is_right:
            self.logged_in.append(known.login.decode())
        return AuthResult(success=is_right, handled=is_right)


def hang_up(server: SMTP) -> None:
    """End the connection without a word."""
    cast("WriteTransport", server.transport).abort()


def _smtp(mails: MailServer) -> type[SMTP]:
    async def data(server: Any, arg: str) -> None:
        reader = next(iter(server.envelope.rcpt_tos), "")
        if mails.at_data.get(reader) != "drop midway":
            await SMTP.smtp_DATA(server, arg)
            return
        await server.push("354 go on")
        await server._reader.readuntil(b"\r\n")
        hang_up(server)

    return type("Smtp", (SMTP,), {"smtp_DATA": data})


class _Controller(Controller):
    def __init__(self, mails: MailServer, **options: Any) -> None:
        self._mails = mails
        handler = SimpleNamespace(handle_RCPT=mails.recipient, handle_DATA=mails.whole)
        super().__init__(handler, hostname="127.0.0.1", port=0, **options)

    def factory(self) -> SMTP:
        """One connection."""
        made = _smtp(self._mails)(self.handler, **self.SMTP_kwargs)
        # Said to the constructor it would warn of what is safe within one computer.
        made._auth_required = self._mails.password is not None
        return made

    def _trigger_server(self) -> None:
        # The port was drawn by the system: the first connection goes there.
        self.port = cast("Any", self.server).sockets[0].getsockname()[1]
        cast("Any", super())._trigger_server()


@contextmanager
def mail_server(
    *, password: str | None = None, tls: ssl.SSLContext | None = None, **options: Any
) -> Iterator[MailServer]:
    """A server that runs on a port of its own: with a password it asks for a log-in, with `tls` it knows STARTTLS."""
    mails = MailServer(password=password)
    if password is not None:
        options |= {"authenticator": mails.log_in, "auth_require_tls": False}
    controller = _Controller(mails, enable_SMTPUTF8=options.pop("smtputf8", False), tls_context=tls, **options)
    controller.start()
    try:
        mails.port = controller.port
        yield mails
    finally:
        controller.stop()
