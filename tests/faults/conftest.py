"""An office on PostgreSQL behind a cable that tests cut; one for each module, because every fault leaves it whole."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import psycopg
import pytest

from app.backend import Backend
from app.db.database import Database
from tests.kit.databases import _fresh, database_at
from tests.kit.fault_actions import Floor
from tests.kit.history_check import Final
from tests.kit.proxy import Proxy
from tests.kit.whole_office import Names, backends, furnish


@dataclass
class Cabled:
    """The office, the cable, and a line of the test's own beside it."""

    url: str
    names: Names
    proxy: Proxy
    watch: psycopg.Connection
    hands: dict[str, Backend]
    floor: Floor

    def final(self) -> Final:
        """What the database holds."""
        return Final.read(lambda question: self.watch.execute(question.encode()).fetchall())

    def stuck(self) -> list[tuple[object, ...]]:
        """Sessions that keep a transaction open."""
        return self.watch.execute(
            "SELECT pid, state, query FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%'"
        ).fetchall()


@pytest.fixture(scope="module")
def cabled(postgres_server: str, _maker: psycopg.Connection, _postgresql_template: str) -> Iterator[Cabled]:
    """A furnished office with its cable plugged in."""
    with ExitStack() as ending:
        url = database_at(postgres_server, ending.enter_context(_fresh(_maker, _postgresql_template)))
        database = ending.enter_context(closing(Database(url)))
        names = furnish(database, customers=30, calls=4)
        watch = ending.enter_context(psycopg.connect(url, autocommit=True))
        proxy = ending.enter_context(Proxy(url))
        hands = backends(database, names)
        yield Cabled(url, names, proxy, watch, hands, Floor(hands, names, watch))


@pytest.fixture(autouse=True)
def _plugged_in(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test finds the cable whole."""
    yield
    if "cabled" in request.fixturenames:
        cable = request.getfixturevalue("cabled").proxy
        cable.disarm()
        cable.restore()
    with warnings.catch_warnings():
        # A line that breaks over the first questions of a new connection leaves it to the collector: SQLAlchemy does
        # not close what it could not make ready.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
