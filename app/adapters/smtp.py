"""Mail handed to a server by SMTP: one connection for many mails, each failure named, no password told to anybody."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from app.adapters.letters import Letter, Undelivered, is_international, packed, sent_to
from app.domain.mail.failures import Failure

TIMEOUT = 30.0
"""Seconds a server may take for each of its answers."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in; `security` is none, starttls or tls; without a log-in nobody is asked for a password."""

    host: str
    port: int
    security: str
    login: str = ""


class Smtp:
    """A way out over one server, opened with the first mail and kept for the next."""

    def __init__(
        self,
        server: Server,
        password: str | None = None,
        *,
        timeout: float = TIMEOUT,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._password = password
        self._timeout = timeout
        self._context = context
        self._connection: smtplib.SMTP | None = None

    def deliver(self, letter: Letter) -> None:
        """Hand one mail over: it has left once the server has said so."""
        data = packed(letter)
        is_kept = self._connection is not None
        try:
            connection = self._begun(letter, data)
        except Undelivered as problem:
            # Servers end a connection after a while or a number of mails; nobody asks them beforehand, because
            # they count that too.
            if not is_kept or self._connection is not None or problem.failure not in {Failure.LOST, Failure.LATER}:
                raise
            connection = self._begun(letter, data)
        with self._named(connection):
            _expect(250, connection.rcpt(sent_to(letter.to_address)))
            _expect(250, connection.data(data))

    def greet(self) -> None:
        """Connect and log in, with nothing to hand over."""
        self._connection = self._connection or self._open()

    def close(self) -> None:
        """Say goodbye, to a server that still listens."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()

    def _begun(self, letter: Letter, data: bytes) -> smtplib.SMTP:
        """A connection on which the server has agreed to this mail's sender and size."""
        connection = self._connection = self._connection or self._open()
        with self._named(connection):
            _expect(250, connection.mail(sent_to(letter.from_address), _options(connection, letter, len(data))))
        return connection

    @contextmanager
    def _named(self, connection: smtplib.SMTP) -> Iterator[None]:
        """Whatever the server says or does inside has a name."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            raise self._answered(connection, error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise self._undelivered(Failure.LOST, error) from error

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if not server.host:
            raise Undelivered(Failure.NO_ACCOUNT)
        context = self._context or ssl.create_default_context()
        try:
            if server.security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=self._timeout, context=context
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        except ssl.SSLError as error:
            raise self._undelivered(Failure.ENCRYPTION, error) from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise self._undelivered(Failure.UNREACHABLE, error) from error
        try:
            self._come_in(connection, context)
        except BaseException:
            connection.close()
            raise
        return connection

    def _come_in(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        failure = Failure.UNREACHABLE
        try:
            connection.ehlo_or_helo_if_needed()
            if self._server.security == "starttls":
                failure = Failure.ENCRYPTION
                connection.starttls(context=context)
                connection.ehlo()
            if self._server.login:
                failure = Failure.LOGIN
                self._log_in(connection)
        except (OSError, smtplib.SMTPException) as error:
            raise self._undelivered(failure, error) from error

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if self._password is None:
            raise Undelivered(Failure.NO_SECRET, self._server.login)
        if self._server.security == "none" and not _is_here(self._server.host):
            raise Undelivered(Failure.ENCRYPTION, "no password without encryption")
        connection.login(self._server.login, self._password)

    def _answered(self, connection: smtplib.SMTP, code: int, words: bytes | str) -> Undelivered:
        """What a server's no means; the connection stays good for the next mail."""
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        try:
            if code == 421 or connection.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()
        return Undelivered(Failure.REFUSED if code >= 500 else Failure.LATER, self._discreet(f"{code} {said}"))

    def _undelivered(self, failure: Failure, error: Exception) -> Undelivered:
        return Undelivered(failure, self._discreet(_words_of(error)))

    def _discreet(self, words: str) -> str:
        """A server may repeat what it was told; nobody else shall read it."""
        return words.replace(self._password, "•••") if self._password else words


def _options(connection: smtplib.SMTP, letter: Letter, size: int) -> list[str]:
    """What the server has to know of the mail beforehand; one it would not take is not begun."""
    options = []
    if is_international(letter):
        if not connection.has_extn("smtputf8"):
            raise Undelivered(Failure.ADDRESS)
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    if connection.has_extn("size"):
        room = connection.esmtp_features["size"].strip()
        if room.isdigit() and 0 < int(room) < size:
            raise Undelivered(Failure.TOO_LARGE, f"{size} > {room}")
        options.append(f"SIZE={size}")
    return options


def _words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__


def _expect(code: int, answer: tuple[int, bytes]) -> None:
    """250 and 251 are a yes; 354 was asked for inside."""
    if answer[0] not in {code, code + 1}:
        raise smtplib.SMTPResponseException(answer[0], answer[1])


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
