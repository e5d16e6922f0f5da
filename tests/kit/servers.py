"""A PostgreSQL database as `callboard server init` makes it, with log-ins of its own; gone after the test."""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.backend import Backend
from app.bootstrap import open_database
from app.db.database import Database
from app.db.server import initialise
from app.services.company.profile import add_first_administrator
from app.services.company.rows import FirstAdministrator
from app.services.people.logins import entry
from tests.kit.databases import database_at

PASSWORD = "correct-horse-7"


@dataclass
class Server:
    """The database, its superuser's address and its first administrator's."""

    name: str
    url: str
    migrator_password: str

    def url_of(self, login: str, password: str = PASSWORD) -> str:
        """The address for another log-in."""
        return make_url(self.url).set(username=login, password=password).render_as_string(hide_password=False)

    @contextmanager
    def as_user(self, login: str, password: str = PASSWORD) -> Iterator[Backend]:
        """The backend of somebody who has logged in by himself."""
        opened = open_database(self.url_of(login, password))
        try:
            backend = Backend(opened)
            me = backend.execute(entry).me
            backend.actor = me.id if me else None
            yield backend
        finally:
            opened.close()

    def as_administrator(self) -> AbstractContextManager[Backend]:
        """The backend of the first administrator."""
        return self.as_user(f"{self.name}_u1")


@pytest.fixture
def server_name(postgres_server: str) -> Iterator[str]:
    """A name no database has; what the test makes under it is dropped."""
    name = f"t{uuid.uuid4().hex[:12]}"
    yield name
    remove(postgres_server, name)


def remove(postgres_server: str, name: str) -> None:
    """Drop a database and all roles that were made for it."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [f"{name}\\_%"]).fetchall()
        for (role,) in roles:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        for (role,) in sorted(roles, key=lambda found: found[0] == f"{name}_logins"):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def server(postgres_server: str, server_name: str) -> Server:
    """A server made ready, with its first administrator."""
    return make_ready(postgres_server, server_name)


def make_ready(postgres_server: str, name: str) -> Server:
    """A server with its first administrator; `remove` it afterwards."""
    url = database_at(postgres_server, name)
    prepared = initialise(url)
    assert prepared.migrator_password is not None
    database = Database(url)
    try:
        Backend(database).execute(add_first_administrator, FirstAdministrator("Dana Levi", "dana", PASSWORD), "he")
    finally:
        database.close()
    return Server(name, url, prepared.migrator_password)
