"""The first word with a database: what it is, or in plain words why it does not answer."""

import os
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.db.database import Database, never_bare
from app.domain.errors import DatabaseUnavailable
from app.domain.words import N_, Message, message

OLDEST_POSTGRESQL = 150000


@dataclass(frozen=True, slots=True)
class Facts:
    """What support asks about a database first; `ctype` decides whether Hebrew is found by trigram."""

    engine: str
    version: str
    name: str
    login: str
    ctype: str
    tls: str = ""
    is_local: bool = True

    @property
    def is_open(self) -> bool:
        """Whether others on the network could read what is said: the line leaves this computer and is not encrypted."""
        return not self.tls and not self.is_local


_NOT_CHANGED = message(N_("Nothing was changed."))
_ASK = message(N_("Ask your administrator."))

# What libpq says, server and client side; it gives no codes for a connection that never came to be. Of two servers
# each may say something else: what tells the person more stands first.
_REASONS: tuple[tuple[str, Message, Message], ...] = (
    (
        r"not permitted to log in",
        message(N_("This log-in is disabled.")),
        message(N_("Ask your administrator to enable it.")),
    ),
    (
        r"password authentication failed|autenticazione con password fallita|role \S+ does not exist",
        message(N_("The log-in or the password is wrong, or the log-in is disabled.")),
        message(N_("Type both again, or ask your administrator.")),
    ),
    (
        r"no password supplied",
        message(N_("The server asks for a password.")),
        message(N_("Type the password.")),
    ),
    (
        r'database "[^"]*" does not exist|il database "[^"]*" non esiste',
        message(N_("The server has no database of that name.")),
        message(N_("Check the name, or ask your administrator.")),
    ),
    (
        r"no pg_hba.conf entry.*no encryption",
        message(N_("The server takes no line that is not encrypted.")),
        message(N_("Choose an encrypted line, then try again.")),
    ),
    (
        r"permission denied for database|no pg_hba.conf entry|pg_hba.conf rejects",
        message(N_("The server does not let this log-in into that database.")),
        message(N_("It may be let in from other computers only. Ask your administrator.")),
    ),
    (
        r"too many connections|remaining connection slots",
        message(N_("The server takes no more connections now.")),
        message(N_("Close Callboard on other computers or try again in a moment.")),
    ),
    (
        r"does not support SSL|SSL connection has been requested but|server does not support TLS",
        message(N_("The server offers no encrypted line.")),
        message(N_("Ask your administrator to turn TLS on at the server.")),
    ),
    (
        r"does not match host name|hostname mismatch|IP address mismatch",
        message(N_("The server's certificate is for another name than the one you typed.")),
        message(N_("Type the name the certificate is for, or ask your administrator.")),
    ),
    (
        r"root certificate file|could not read root certificate|no certificate or crl found",
        message(N_("The file with the company's certificate cannot be read.")),
        message(N_("Choose the file your administrator gave you; it begins with BEGIN CERTIFICATE.")),
    ),
    (
        r"certificate has expired|certificate is not yet valid",
        message(N_("The server's certificate is out of date.")),
        message(N_("Check this computer's date, then ask your administrator.")),
    ),
    (
        r"certificate verify failed|self.signed certificate|unable to get (local )?issuer",
        message(N_("This computer does not trust the server's certificate.")),
        message(N_("Choose the file with the company's certificate; your administrator has it.")),
    ),
    (
        r"channel binding",
        message(N_("The server did not prove that it knows this password.")),
        message(N_("Somebody may stand between you and the server. Ask your administrator.")),
    ),
    (
        r"invalid response to SSL negotiation|expected authentication request|unsupported frontend protocol",
        message(N_("What answers at that address is no PostgreSQL server.")),
        message(N_("Check the address and the port.")),
    ),
    (r"SSL|certificate|TLS", message(N_("The server's identity could not be checked.")), _ASK),
    (
        r"session is read-only|in hot standby mode|the database system is starting up|the database system is shutting",
        message(N_("The server takes no changes now: it is a second server, or it is just starting.")),
        message(N_("Try again in a moment, or ask your administrator.")),
    ),
    (
        r"timeout expired|timed out|No route to host|Network is unreachable",
        message(N_("The server does not answer in time.")),
        message(N_("Check that this computer is on the network, then try again.")),
    ),
    (
        r"Connection refused|could not connect to server|No such file or directory|server closed the connection",
        message(N_("Nothing answers at that address.")),
        message(N_("Check the address and the port, and that the server is running.")),
    ),
    (
        r"could not translate host name|Name or service not known|nodename nor servname|failed to resolve host",
        message(N_("There is no server of that name.")),
        message(N_("Check the server's address and that this computer is on the network.")),
    ),
)


_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def find_roots(url: URL) -> None:
    """Let the system's certificates be found: the OpenSSL that comes with the driver looks where no system has them."""
    if url.query.get("sslrootcert") != "system" or "SSL_CERT_FILE" in os.environ:
        return
    import ssl  # Only for a line that is checked by the system's certificates.

    found = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
    bundle = next((path for path in found if path and Path(path).is_file()), None)
    if bundle is not None:
        os.environ["SSL_CERT_FILE"] = bundle


def meet(database: Database) -> Facts:
    """Connect once and say what is there; a `DatabaseUnavailable` says why it cannot be done."""
    find_roots(database.url)
    try:
        with database.engine.connect() as connection:
            if database.is_sqlite:
                return Facts("SQLite", sqlite3.sqlite_version, database.url.database or "", "", "")
            row = connection.execute(
                text(
                    "SELECT current_setting('server_version_num')::int, current_setting('server_version'), "
                    "current_database(), session_user, datctype, "
                    "coalesce((SELECT s.version FROM pg_stat_ssl AS s WHERE s.pid = pg_backend_pid()), ''), "
                    "coalesce(inet_client_addr() = inet_server_addr(), true) "
                    "FROM pg_database WHERE datname = current_database()"
                )
            ).one()
    except DBAPIError as error:
        raise explain_failure(str(error.orig)) from error
    refuse_old(row[0])
    return Facts("PostgreSQL", str(row[1]), str(row[2]), str(row[3]), str(row[4]), str(row[5]), bool(row[6]))


def refuse_old(version: int) -> None:
    """Stop before a server of an older PostgreSQL than the program needs."""
    if version < OLDEST_POSTGRESQL:
        raise DatabaseUnavailable(
            message(N_("This server is too old: Callboard needs PostgreSQL 15 or later.")), _NOT_CHANGED
        )


def explain_failure(said: str) -> DatabaseUnavailable:
    """The reason in a person's words."""
    for pattern, what, hint in _REASONS:
        if re.search(pattern, said, re.DOTALL | re.IGNORECASE):
            return DatabaseUnavailable(what, hint)
    if "file is not a database" in said:
        return DatabaseUnavailable(message(N_("This file is not a Callboard database.")), _NOT_CHANGED)
    return DatabaseUnavailable(
        message(N_("The database does not answer.")), message(N_("Check the connection, then try again."))
    )


def driver_words(url: URL) -> dict[str, str]:
    """The address by the words of PostgreSQL's driver and programs, the password too; of two servers both are named."""
    _none, words = url.get_dialect()().create_connect_args(url)
    return never_bare(url) | {key: str(value) for key, value in words.items()}


def without_password(url: URL) -> str:
    """The address as it may be shown, kept and logged."""
    # URL.set(password=None) would leave the password as it is.
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)
