"""A PostgreSQL database as `callboard server init` makes it, with log-ins of its own; gone after the test.

All the steps of the schema are taken once per process: a test gets a copy of that database, and the roles that own it,
renamed for as long as it lasts. Making it ready once more then gives the copy what belongs to a database and not to its
content.
"""

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.adapters import throwaway
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
    """Drop a database and all roles that were made for it; roles that were lent go back."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        lent = next((each for each in _ORIGINALS if each.lent_to == name), None)
        _drop(connection, name, keep=_PARTS if lent else ())
        if lent is None:
            return
        lent.lent_to = ""
        _rename(connection, name, lent.name)
        if _look_of(connection, lent.name) != lent.look:
            # The test has changed what the next one would get.
            _ORIGINALS.remove(lent)
            _drop(connection, lent.name)


def _drop(connection: psycopg.Connection, name: str, keep: Sequence[str] = ()) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [f"{name}\\_%"]).fetchall()
    roles = [role for (role,) in found if role not in {f"{name}_{part}" for part in keep}]
    for role in roles:
        connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
    for role in sorted(roles, key=lambda role: role == f"{name}_logins"):
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def server(postgres_server: str, server_name: str) -> Server:
    """A server made ready, with its first administrator."""
    return make_ready(postgres_server, server_name)


def make_ready(postgres_server: str, name: str) -> Server:
    """A server with its first administrator; `remove` it afterwards."""
    url = database_at(postgres_server, name)
    original = _lend(postgres_server, name)
    assert not initialise(url).is_new
    database = Database(url)
    try:
        Backend(database).execute(add_first_administrator, FirstAdministrator("Dana Levi", "dana", PASSWORD), "he")
    finally:
        database.close()
    return Server(name, url, original.migrator_password)


_PARTS = ("owner", "logins", "migrator", "users")


@dataclass
class _Original:
    """A database that was made ready once, what its roles were then, and the name of the copy they are lent to."""

    name: str
    migrator_password: str
    look: list[Any]
    lent_to: str = ""


_ORIGINALS: list[_Original] = []


@pytest.fixture(scope="session", autouse=True)
def _no_original_stays() -> Iterator[None]:
    """A server of the run's own goes with all that is on it; one that was lent to it is left as it was."""
    yield
    if lent := os.environ.get(throwaway.SERVER_VARIABLE):
        with psycopg.connect(lent, autocommit=True) as connection:
            for original in _ORIGINALS:
                _drop(connection, original.name)
    _ORIGINALS.clear()


def _lend(postgres_server: str, name: str) -> _Original:
    """A copy of a database that nobody has a copy of now, under this name, and its roles."""
    original = next((each for each in _ORIGINALS if not each.lent_to), None) or _made(postgres_server)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(original.name)))
        original.lent_to = name
        _rename(connection, original.name, name)
    return original


def _made(postgres_server: str) -> _Original:
    name = f"original_{uuid.uuid4().hex[:12]}"
    prepared = initialise(database_at(postgres_server, name))
    assert prepared.migrator_password is not None
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        _ORIGINALS.append(_Original(name, prepared.migrator_password, _look_of(connection, name)))
    return _ORIGINALS[-1]


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    for part in _PARTS:
        names = map(sql.Identifier, (f"{old}_{part}", f"{new}_{part}"))
        connection.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(*names))


def _look_of(connection: psycopg.Connection, name: str) -> list[Any]:
    """What the roles of a database are, whose members they are and who are theirs."""
    return connection.execute(
        "SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication,"
        " r.rolconnlimit, r.rolbypassrls, r.rolvaliduntil, r.rolpassword,"
        " array(SELECT m.roleid::regrole || ' ' || m.member::regrole || ' ' || m.admin_option"
        " FROM pg_auth_members AS m WHERE r.oid IN (m.roleid, m.member) ORDER BY 1),"
        " array(SELECT s::text FROM pg_db_role_setting AS s WHERE s.setrole = r.oid ORDER BY 1)"
        " FROM pg_authid AS r WHERE r.rolname = ANY(%s) ORDER BY 1",
        [[f"{name}_{part}" for part in _PARTS]],
    ).fetchall()
