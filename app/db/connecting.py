"""The first word with a database: what it is, or in plain words why it does not answer."""

import re
import sqlite3
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.db.database import Database
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


_NOT_CHANGED = message(N_("Nothing was changed."))

# What libpq says, server and client side; it gives no codes for a connection that never came to be.
_REASONS: tuple[tuple[str, Message, Message], ...] = (
    (
        r"could not translate host name|Name or service not known|nodename nor servname|failed to resolve host",
        message(N_("There is no server of that name.")),
        message(N_("Check the server's address and that this computer is on the network.")),
    ),
    (
        r"Connection refused|could not connect to server|No such file or directory",
        message(N_("Nothing answers at that address.")),
        message(N_("Check the address and the port, and that the server is running.")),
    ),
    (
        r"timeout expired|timed out|No route to host|Network is unreachable",
        message(N_("The server does not answer in time.")),
        message(N_("Check that this computer is on the network, then try again.")),
    ),
    (
        r"password authentication failed|no password supplied|role \S+ does not exist|not permitted to log in",
        message(N_("The log-in or the password is wrong, or the log-in is disabled.")),
        message(N_("Type both again, or ask your administrator.")),
    ),
    (
        r'database "[^"]*" does not exist',
        message(N_("The server has no database of that name.")),
        message(N_("Check the name, or ask your administrator.")),
    ),
    (
        r"permission denied for database|no pg_hba.conf entry",
        message(N_("The server does not let this log-in into that database.")),
        message(N_("Ask your administrator.")),
    ),
    (
        r"too many connections|remaining connection slots",
        message(N_("The server takes no more connections now.")),
        message(N_("Close Callboard on other computers or try again in a moment.")),
    ),
    (
        r"SSL|certificate",
        message(N_("The server's identity could not be checked.")),
        message(N_("Ask your administrator about the server's certificate.")),
    ),
)


def meet(database: Database) -> Facts:
    """Connect once and say what is there; a `DatabaseUnavailable` says why it cannot be done."""
    try:
        with database.engine.connect() as connection:
            if database.is_sqlite:
                return Facts("SQLite", sqlite3.sqlite_version, database.url.database or "", "", "")
            row = connection.execute(
                text(
                    "SELECT current_setting('server_version_num')::int, current_setting('server_version'), "
                    "current_database(), session_user, datctype FROM pg_database WHERE datname = current_database()"
                )
            ).one()
    except DBAPIError as error:
        raise explain_failure(str(error.orig)) from error
    if row[0] < OLDEST_POSTGRESQL:
        raise DatabaseUnavailable(
            message(N_("This server is too old: Callboard needs PostgreSQL 15 or later.")), _NOT_CHANGED
        )
    return Facts("PostgreSQL", str(row[1]), str(row[2]), str(row[3]), str(row[4]))


def explain_failure(said: str) -> DatabaseUnavailable:
    """The reason in a person's words."""
    for pattern, what, hint in _REASONS:
        if re.search(pattern, said):
            return DatabaseUnavailable(what, hint)
    if "file is not a database" in said:
        return DatabaseUnavailable(message(N_("This file is not a Callboard database.")), _NOT_CHANGED)
    return DatabaseUnavailable(
        message(N_("The database does not answer.")), message(N_("Check the connection, then try again."))
    )


def without_password(url: URL) -> str:
    """The address as it may be shown, kept and logged."""
    # URL.set(password=None) would leave the password as it is.
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)
