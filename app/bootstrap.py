"""The composition root: an address becomes an open database that fits this program, with its backend, bus and feed."""

import os
from pathlib import Path

from sqlalchemy.engine import URL

from app import logs
from app.adapters import secrets
from app.backend import Backend, Clock
from app.bus import Bus
from app.db import files, schema
from app.db.address import ServerAddress, Tls, split_host, taken_apart
from app.db.connecting import Facts, meet, without_password
from app.db.database import Database, normalise
from app.db.feed import Feed
from app.domain.errors import DatabaseUnavailable, UserError
from app.domain.words import N_, message
from app.settings import data_folder

__all__ = [
    "VARIABLE",
    "Facts",
    "ServerAddress",
    "Tls",
    "Workplace",
    "connect",
    "default_url",
    "file_url",
    "forget_password",
    "has_kept_password",
    "has_keyring",
    "is_server",
    "keep_password",
    "open_database",
    "open_desktop",
    "parts_of",
    "place_of",
    "renew_password",
    "shown_url",
    "split_host",
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


def parts_of(url: str) -> ServerAddress:
    """What to show of a known address."""
    return taken_apart(normalise(url))


def place_of(url: str) -> str:
    """What stays of an address when its line becomes safer or it gets a second server: which database it is."""
    if not url or not is_server(url):
        return url
    parts = parts_of(url)
    return f"{parts.host}:{parts.port or 5432}/{parts.database}"


def with_kept_password(url: str) -> str:
    """The address with the password this computer's keyring keeps for it, if any."""
    parsed = normalise(url)
    if parsed.get_backend_name() != "postgresql" or parsed.password is not None:
        return url
    kept = secrets.recall(_place(parsed))
    return parsed.set(password=kept).render_as_string(hide_password=False) if kept else url


def keep_password(url: str) -> bool:
    """Let the keyring keep the password of this address; False when there is no keyring."""
    parsed = normalise(url)
    password = str(parsed.password or "")
    return bool(password) and secrets.keep(_place(parsed), password)


def forget_password(url: str) -> None:
    """Ask for this address's password from now on."""
    secrets.forget(_place(normalise(url)))


def renew_password(url: str, password: str) -> None:
    """Where the keyring keeps a password for this address, let it keep this one."""
    if has_kept_password(url):
        secrets.keep(_place(normalise(url)), password)


def has_kept_password(url: str) -> bool:
    """Whether this computer's keyring keeps a password for this address."""
    return secrets.recall(_place(normalise(url))) is not None


def _place(url: URL) -> str:
    """Under what a password is kept: whoever makes the line safer need not type it again."""
    where = {key: value for key, value in url.query.items() if key in {"host", "port"}}
    return without_password(url.set(query=where))


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
    except BaseException as error:
        database.close()
        if database.is_sqlite and (told := _damage(database, error)) is not None:
            raise told from error
        raise
    return database


def _damage(database: Database, error: BaseException) -> UserError | None:
    """What to do about a file that SQLite finds damaged: the newest backup, where there is one."""
    if "malformed" not in str(error) and "not a database" not in str(error):
        return None
    from app.services.backup import seat
    from app.settings import Settings

    live = Path(str(database.url.database))
    hint = message(N_("There is no backup of it. Enter nothing more and ask for help."))
    if good := seat.sound(live, seat.folder_of(live, Settings.of_this_user().backup_folder)):
        hint = message(N_("Go back to the newest good backup by: callboard restore {name}"), name=str(good.path))
    return DatabaseUnavailable(message(N_("The database file is damaged.")), hint)


def try_connection(url: str) -> Facts:
    """Connect, look and leave, by the kept password where none is typed; a `UserError` says what is wrong."""
    database = connect(with_kept_password(url))
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
        # What was under way when the server was lost is looked up as soon as it answers.
        self._feed = Feed(database, self.bus, answered=self.backend.settle)

    def enter(self, user_id: int) -> None:
        """From now on this user acts, and the feed tells what others change."""
        self.backend.actor = user_id
        self._feed.start()

    def try_again(self) -> None:
        """Ask the database at once instead of at the next poll."""
        self._feed.wake()

    def attend(self, is_attended: bool) -> None:
        """Whether somebody uses this desktop; one that is left alone asks the database more rarely."""
        self._feed.attend(is_attended)

    def close(self) -> None:
        """End the feed and give the connections back."""
        self._feed.stop()
        self._database.close()


def open_desktop(url: str | None = None, *, clock: Clock | None = None) -> Workplace:
    """Open the address, or the usual place, for a desktop; whoever comes in is settled next."""
    return Workplace(open_database(with_kept_password(url or default_url())), clock)
