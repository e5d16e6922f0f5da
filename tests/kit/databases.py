"""Fixtures that hand out databases with the schema at head: one per test, on either engine.

The schema is built once per process and engine; a test gets a copy of it (a file copy on SQLite, a template database on
PostgreSQL), which takes some 15 ms.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from app.adapters import throwaway
from app.db import schema
from app.db.database import Database
from tests.kit import memory


def database_at(server: str, name: str) -> str:
    """The same log-in on another database of the server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def _run() -> Iterator[throwaway.Run]:
    run = throwaway.Run(memory=memory.FOLDER)
    yield run
    run.close()


@pytest.fixture(scope="session")
def postgres_server(_run: throwaway.Run) -> str:
    """The administrator's URL of a real PostgreSQL (database `postgres`) of this process."""
    return _run.url


@pytest.fixture
def empty_postgresql_url(postgres_server: str, _maker: psycopg.Connection) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    yield from _fresh(postgres_server, _maker, "template0")


@pytest.fixture
def postgresql_url(postgres_server: str, _maker: psycopg.Connection, _postgresql_template: str) -> Iterator[str]:
    """A PostgreSQL database of this test alone, schema at head."""
    yield from _fresh(postgres_server, _maker, _postgresql_template)


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file of this test alone, schema at head."""
    path = tmp_path / "callboard.sqlite"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database on each engine in turn, schema at head."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _sqlite_template(_run: throwaway.Run) -> Path:
    path = _run.home / "template.sqlite"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _maker(postgres_server: str) -> Iterator[psycopg.Connection]:
    """The connection that makes and drops databases, between tests; no transaction ever stays open on it."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def _postgresql_template(postgres_server: str, _maker: psycopg.Connection) -> Iterator[str]:
    name = f"callboard_template_{uuid.uuid4().hex}"
    _create(_maker, name, "template0")
    _upgrade(database_at(postgres_server, name))
    yield name
    _drop(_maker, name)


def _upgrade(url: str) -> None:
    with closing(Database(url)) as database:
        schema.upgrade(database)


def _fresh(server: str, maker: psycopg.Connection, template: str) -> Iterator[str]:
    name = f"callboard_{uuid.uuid4().hex}"
    _create(maker, name, template)
    yield database_at(server, name)
    _drop(maker, name)


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
