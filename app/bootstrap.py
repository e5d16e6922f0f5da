"""The composition root: an address becomes an open database that fits this program, with its backend, bus and feed."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from app import logs
from app.adapters import secrets
from app.backend import Backend, Clock
from app.bus import Bus
from app.db import files, schema
from app.db.connecting import Facts, meet, without_password
from app.db.database import Database, normalise
from app.db.feed import Feed
from app.settings import data_folder

__all__ = [
    "VARIABLE",
    "Facts",
    "ServerAddress",
    "Workplace",
    "connect",
    "default_url",
    "file_url",
    "forget_password",
    "has_keyring",
    "is_server",
    "keep_password",
    "open_database",
    "open_desktop",
    "parts_of",
    "shown_url",
    "start_logs",
    "try_connection",
    "with_kept_password",
]

VARIABLE = "CALLBOARD_DATABASE"


def default_url() -> str:
    """The variable CALLBOARD_DATABASE, or the file in this user's data folder."""
    return os.environ.get(VARIABLE) or file_url()


def file_url() -> str:
    """The single seat's file in this user's data folder."""
    return str(URL.create("sqlite", database=str(data_folder() / "callboard.sqlite")))


def start_logs() -> Path:
    """Log into the data folder from now on; the file's path."""
    return logs.start(data_folder())


def shown_url(url: str) -> str:
    """The address as it may be shown and kept: without the password."""
    return without_password(normalise(url))


def is_server(url: str) -> bool:
    """Whether the address names a PostgreSQL server."""
    return normalise(url).get_backend_name() == "postgresql"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The parts of a server's address that a person types."""

    host: str
    database: str
    login: str
    port: int | None = None

    def url(self, password: str) -> str:
        """The whole address; a log-in may be typed as "u7", "7" or in full."""
        login = self.login.strip()
        digits = login.removeprefix("u")
        if digits.isdigit():
            login = f"{self.database}_u{digits}"
        made = URL.create("postgresql", login, password or None, self.host.strip(), self.port, self.database.strip())
        return made.render_as_string(hide_password=False)


def parts_of(url: str) -> ServerAddress:
    """What to show of a known address."""
    parsed = normalise(url)
    return ServerAddress(parsed.host or "", parsed.database or "", parsed.username or "", parsed.port)


def with_kept_password(url: str) -> str:
    """The address with the password this computer's keyring keeps for it, if any."""
    parsed = normalise(url)
    if parsed.get_backend_name() != "postgresql" or parsed.password is not None:
        return url
    kept = secrets.recall(without_password(parsed))
    return parsed.set(password=kept).render_as_string(hide_password=False) if kept else url


def keep_password(url: str) -> bool:
    """Let the keyring keep the password of this address; False when there is no keyring."""
    parsed = normalise(url)
    password = str(parsed.password or "")
    return bool(password) and secrets.keep(without_password(parsed), password)


def forget_password(url: str) -> None:
    """Ask for this address's password from now on."""
    secrets.forget(without_password(normalise(url)))


def has_keyring() -> bool:
    """Whether passwords can be kept on this computer."""
    return secrets.is_usable()


def connect(url: str) -> Database:
    """A database that answers, whatever its schema; a `UserError` says why it does not."""
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        files.prepare(Path(str(parsed.database)))
    database = Database(parsed)
    try:
        meet(database)
    except BaseException:
        database.close()
        raise
    return database


def open_database(url: str) -> Database:
    """A database whose schema fits this program: a file is brought up to date, a server must be already."""
    database = connect(url)
    try:
        if not database.is_sqlite:
            schema.refuse_newer(database)
            schema.refuse_older(database)
        elif not schema.status(database).is_current:
            schema.upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


def try_connection(url: str) -> Facts:
    """Connect, look and leave; a `UserError` says what is wrong."""
    database = connect(url)
    try:
        schema.refuse_newer(database)
        schema.refuse_older(database)
        return meet(database)
    finally:
        database.close()


class Workplace:
    """One open database for one desktop: its backend, the bus, and the feed of what others change."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.url = without_password(database.url)
        self.is_server = not database.is_sqlite
        self.bus = Bus()
        self.backend = Backend(database, self.bus, clock=clock)
        self.first_command = ""
        """What to do once the window is open: the first start may ask for the import."""
        self._database = database
        self._feed = Feed(database, self.bus)

    def enter(self, user_id: int) -> None:
        """From now on this user acts, and the feed tells what others change."""
        self.backend.actor = user_id
        self._feed.start()

    def try_again(self) -> None:
        """Ask the database at once instead of at the next poll."""
        self._feed.wake()

    def close(self) -> None:
        """End the feed and give the connections back."""
        self._feed.stop()
        self._database.close()


def open_desktop(url: str | None = None, *, clock: Clock | None = None) -> Workplace:
    """Open the address, or the usual place, for a desktop; whoever comes in is settled next."""
    return Workplace(open_database(with_kept_password(url or default_url())), clock)
