"""Fixtures that hand out databases with the schema at head: one per test, on either engine.

The schema is built once per process and engine; a test gets a copy of it (a file copy on SQLite, a template database on
PostgreSQL), which takes some 15 ms.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from app.adapters import throwaway
from app.db import schema
from app.db.database import Database
from tests.kit import memory

Fill = Callable[[Database], object]
"""What writes the rows that every test of a module begins with."""


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
    with _fresh(_maker, "template0") as name:
        yield database_at(postgres_server, name)


@pytest.fixture
def postgresql_url(postgres_server: str, _maker: psycopg.Connection, _postgresql_template: str) -> Iterator[str]:
    """A PostgreSQL database of this test alone, schema at head."""
    with _fresh(_maker, _postgresql_template) as name:
        yield database_at(postgres_server, name)


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


@dataclass
class _Originals:
    """What was filled for the tests of one module: names of databases by engine and by what filled them."""

    ending: ExitStack
    names: dict[tuple[str, Fill], str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def _originals() -> Iterator[_Originals]:
    with ExitStack() as ending:
        yield _Originals(ending)


@pytest.fixture(params=["sqlite", "postgresql"])
def furnished(
    request: pytest.FixtureRequest, _originals: _Originals, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[Callable[[Fill], Database]]:
    """A database of this test alone, on each engine in turn: a copy of one that is filled once for the module."""
    engine = str(request.param)
    with ExitStack() as ending:

        def copy_of(name: str, lasting: ExitStack, folder: Path) -> str:
            if engine == "sqlite":
                path = folder / "callboard.sqlite"
                shutil.copyfile(name, path)
                return str(path)
            made = _fresh(request.getfixturevalue("_maker"), name)
            return lasting.enter_context(made)

        def opened(name: str) -> Database:
            if engine == "sqlite":
                return Database(f"sqlite:///{name}")
            return Database(database_at(request.getfixturevalue("postgres_server"), name))

        def furnish(fill: Fill) -> Database:
            if (engine, fill) not in _originals.names:
                template = str(request.getfixturevalue(f"_{engine}_template"))
                original = copy_of(template, _originals.ending, tmp_path_factory.mktemp("furnished"))
                with closing(opened(original)) as database:
                    fill(database)
                _originals.names[engine, fill] = original
            database = opened(copy_of(_originals.names[engine, fill], ending, tmp_path))
            ending.callback(database.close)
            return database

        yield furnish


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
    with _fresh(_maker, "template0") as name:
        _upgrade(database_at(postgres_server, name))
        yield name


def _upgrade(url: str) -> None:
    with closing(Database(url)) as database:
        schema.upgrade(database)


@contextmanager
def _fresh(maker: psycopg.Connection, template: str, name: str = "") -> Iterator[str]:
    """The name of a new copy of a database, which nobody may have open; gone after the block."""
    name = name or f"callboard_{uuid.uuid4().hex}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    maker.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield name
    finally:
        maker.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
