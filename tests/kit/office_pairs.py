"""Pairs of offices for the machine: copies of one that is furnished once, on each engine."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from shutil import copyfile

import psycopg
import pytest

from app.db.database import Database
from tests.kit.clock import Clock, inject
from tests.kit.databases import _fresh, database_at
from tests.kit.office_machine import Pair, Pairs
from tests.kit.sides import File, Server
from tests.kit.whole_office import OPENED, furnish, names_of


@pytest.fixture
def pairs(
    _sqlite_template: Path,
    _postgresql_template: str,
    _maker: psycopg.Connection,
    postgres_server: str,
    tmp_path: Path,
) -> Iterator[Pairs]:
    """Makes a new pair of equal offices; the one before is over then."""
    with ExitStack() as ending, ExitStack() as last:
        file = copyfile(_sqlite_template, tmp_path / "office.sqlite")
        name = ending.enter_context(_fresh(_maker, _postgresql_template))
        url = database_at(postgres_server, name)
        with closing(Database(f"sqlite:///{file}")) as database:
            furnish(database)
        with closing(Database(url)) as database:
            furnish(database)
            names = names_of(database)
        with psycopg.connect(url, autocommit=True) as connection:
            inject(connection, OPENED)

        copy, copied = tmp_path / "copy.sqlite", f"{name}_copy"
        # One engine for all copies: what it has compiled stays compiled.
        database_of_file = ending.enter_context(closing(Database(f"sqlite:///{copy}")))
        database_of_server = ending.enter_context(closing(Database(database_at(postgres_server, copied))))

        def pair() -> Pair:
            last.close()
            copyfile(file, copy)
            last.enter_context(_fresh(_maker, name, copied))
            last.callback(_remove, copy)
            clock = Clock(OPENED)
            return (File(database_of_file, names, clock), Server(database_of_server, names, clock)), clock

        yield pair


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
