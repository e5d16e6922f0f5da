"""Fixtures that hand out databases with the schema at head: one per test, on either engine.

The schema is built once per run and engine; a test gets a copy of it (a file copy on SQLite, a template database on
PostgreSQL), which takes some 15 ms.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from app.db.database import Database
from tests.kit import postgres

_HOME = pytest.StashKey[Path]()
_RUN = pytest.StashKey[postgres.Run]()
_TEMPLATE = "callboard_template"


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the directory of the run; xdist's workers are told of it."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        config.stash[_RUN] = postgres.Run()
        config.stash[_HOME] = config.stash[_RUN].home
    else:
        config.stash[_HOME] = Path(worker["databases_home"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of xdist where the run lives."""
    node.workerinput["databases_home"] = str(node.config.stash[_HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process ends what the run has started."""
    run = config.stash.get(_RUN, None)
    if run is not None:
        if server := os.environ.get(postgres.SERVER_VARIABLE):
            with psycopg.connect(server, autocommit=True) as connection:
                _drop(connection, _template_name(run.home))
        run.close()


def database_at(server: str, name: str) -> str:
    """The same log-in on another database of the server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """The administrator's URL of a real PostgreSQL (database `postgres`), one for the whole run."""
    return postgres.server_url(request.config.stash[_HOME])


@pytest.fixture
def empty_postgresql_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    yield from _fresh(postgres_server, "template0")


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database of this test alone, schema at head."""
    yield from _fresh(postgres_server, _postgresql_template(request.config.stash[_HOME], postgres_server))


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A SQLite file of this test alone, schema at head."""
    path = tmp_path / "callboard.sqlite"
    shutil.copyfile(_sqlite_template(request.config.stash[_HOME]), path)
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


def _sqlite_template(home: Path) -> Path:
    path = home / "template.sqlite"
    with postgres.locked(home):
        if not path.exists():
            making = home / "making.sqlite"
            _upgrade(f"sqlite:///{making}")
            making.rename(path)
    return path


def _postgresql_template(home: Path, server: str) -> str:
    name, made = _template_name(home), home / "template.made"
    with postgres.locked(home):
        if not made.exists():
            with psycopg.connect(server, autocommit=True) as connection:
                _drop(connection, name)
                _create(connection, name, "template0")
                _upgrade(database_at(server, name))
            made.touch()
    return name


def _upgrade(url: str) -> None:
    from app.db import schema

    with closing(Database(url)) as database:
        schema.upgrade(database)


def _template_name(home: Path) -> str:
    return f"{_TEMPLATE}_{home.name.rpartition('-')[2]}"


def _fresh(server: str, template: str) -> Iterator[str]:
    name = f"callboard_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        _create(connection, name, template)
    yield database_at(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        _drop(connection, name)


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
