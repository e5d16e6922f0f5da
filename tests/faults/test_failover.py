"""The server is stopped, restarted, replaced by its standby: what was acknowledged is there, and work goes on."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Self
from uuid import uuid4

import psycopg
import pytest

from app.db import schema
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable
from app.services.tickets import notes
from tests.kit.databases import database_at
from tests.kit.history_check import Final, History, Recorder, broken, lost_notes, lost_writes
from tests.kit.standby import Cluster, cluster, until
from tests.kit.whole_office import Names, backends, furnish

WRITERS, BEFORE = 4, 40


@pytest.fixture
def servers() -> Iterator[tuple[Cluster, str, Names]]:
    """A primary with a furnished office in it."""
    with cluster() as made:
        url = database_at(made.primary.url, "office")
        with psycopg.connect(made.primary.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE office")
        with closing(Database(url)) as database:
            schema.upgrade(database)
            names = furnish(database)
        yield made, url, names


def final_of(url: str) -> Final:
    with psycopg.connect(url, autocommit=True) as connection:
        return Final.read(lambda question: connection.execute(question.encode()).fetchall())


class Writers:
    """People who write notes without a pause until they are told to stop; each keeps a history."""

    def __init__(self, database: Database, names: Names) -> None:
        self.over = threading.Event()
        self.recorders = [Recorder(str(uuid4())) for _each in range(WRITERS)]
        self._boss, self._customer = backends(database, names)["Boss"], 1
        self._pool = ThreadPoolExecutor(WRITERS)
        self._working = [self._pool.submit(self._write, recorder) for recorder in self.recorders]

    def _write(self, recorder: Recorder) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            key, text = str(uuid4()), f"{recorder.client}, note {number}"
            while True:
                try:
                    with recorder.asking("note", key, text):
                        self._boss.once(key).execute(notes.write, text, customer_id=self._customer)
                    break
                except DatabaseUnavailable:
                    # He presses Save again: the same request.
                    if self.over.is_set():
                        return

    def acknowledged(self, since: float = 0.0) -> list[float]:
        """When they were told that something is saved, from a moment on."""
        return [
            each.at for told in self.recorders for each in tuple(told.events) if each.kind == "ok" and each.at > since
        ]

    def wait_for(self, count: int) -> float:
        """Until so many have been told from now on that theirs is saved; the seconds until the first."""
        since = time.monotonic()
        until(lambda: len(self.acknowledged(since)) >= count, "they write")
        return min(self.acknowledged(since)) - since

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self._pool.shutdown()

    def end(self) -> History:
        self.over.set()
        for done in self._working:
            done.result(timeout=60)
        return History.of(*(recorder.events for recorder in self.recorders))


@pytest.mark.row("F4", "U64", "R-X1")
def test_a_restart_and_a_promotion_under_the_writers_lose_nothing_acknowledged(
    servers: tuple[Cluster, str, Names],
) -> None:
    made, url, names = servers
    with closing(Database(url)) as database, Writers(database, names) as writers:
        writers.wait_for(BEFORE)
        made.primary.stop("immediate")
        made.primary.start()
        writers.wait_for(WRITERS + 1)
        with psycopg.connect(made.primary.url, autocommit=True) as connection:
            # And one by one: the administrator ends every session of the office.
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'office'")
        writers.wait_for(2 * WRITERS)
        restarted = writers.end()
    made.add_standby()
    with closing(Database(made.url_of_both("office"))) as database, Writers(database, names) as writers:
        writers.wait_for(BEFORE)
        made.primary.stop("immediate")
        made.standby.promote()
        assert writers.wait_for(WRITERS) < 5.0, "a tenth of that where the machine is quiet"
        moved = writers.end()
    history = History.of(restarted.events, moved.events)
    assert len(history.acknowledged()) > 2 * BEFORE
    standing = database_at(made.standby.url, "office")
    final = final_of(standing)
    assert lost_writes(history, final) == []
    assert lost_notes(history, final) == []
    assert broken(final) == []
    with psycopg.connect(standing, autocommit=True) as connection:
        stuck = "SELECT 1 FROM pg_stat_activity WHERE datname = 'office' AND state LIKE 'idle in transaction%'"
        until(lambda: not connection.execute(stuck.encode()).fetchall(), "no session keeps a lock")
