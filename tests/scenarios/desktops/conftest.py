"""Where two people meet who work on one database, each at a desktop in a process of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from app.models.people import User
from app.services.people.logins import set_password
from tests.kit.desktops import Desktop
from tests.kit.servers import PASSWORD, Server


@dataclass
class Place:
    """The database and the desktops on it, which are closed in the end."""

    database: Database
    url: str
    folder: Path
    server: Server | None
    ending: ExitStack

    def desktop_of(self, user: User, module: str, *, closes: bool = True) -> Desktop:
        """A desktop of this person's is started; its first answer says that the window stands."""
        desktop = Desktop(self._address_of(user), user.login, self.folder / user.login, module)
        if closes:
            self.ending.callback(desktop.close)
        return desktop

    def _address_of(self, user: User) -> str:
        if self.server is None:
            return self.url
        Backend(self.database).execute(set_password, user.id, PASSWORD)
        return self.server.url_of(f"{self.server.name}_u{user.id}")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """On PostgreSQL each desktop comes in by a log-in of its own."""
    server: Server | None = request.getfixturevalue("server") if request.param == "postgresql" else None
    url = server.url if server is not None else str(request.getfixturevalue("sqlite_url"))
    with closing(Database(url)) as database, ExitStack() as ending:
        with database.transaction() as session:
            if session.get(Company, 1) is None:
                session.add(Company(id=1, name="Callboard", country="IT", time_zone="UTC", language="en"))
        yield Place(database, url, tmp_path, server, ending)
