"""A standby that does not hold commits up is promoted: what it had not heard is lost, whole, and counted."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Semaphore

import psycopg
import pytest

from app.db import schema
from app.db.database import Database
from tests.faults.test_failover import final_of
from tests.kit.databases import database_at
from tests.kit.fault_storm import PEOPLE, Person
from tests.kit.history_check import History, broken, half_done, lost_writes
from tests.kit.proxy import Proxy
from tests.kit.standby import cluster
from tests.kit.whole_office import furnish

ACTS, HEARD, UNHEARD = 60, 100, 40


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.row("F4", "U64")
def test_what_an_asynchronous_standby_had_not_heard_is_lost_whole(capsys: pytest.CaptureFixture[str]) -> None:
    done = Semaphore(0)
    with cluster() as made, Proxy(made.primary.url) as between, ThreadPoolExecutor(len(PEOPLE)) as pool:
        with psycopg.connect(made.primary.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE office")
        with closing(Database(database_at(made.primary.url, "office"))) as database:
            schema.upgrade(database)
            names = furnish(database, customers=40, calls=8)
        made.add_standby(is_synchronous=False, by_port=between.port)
        url = made.url_of_both("office")
        people = [Person(name, url, names, place, done) for place, name in enumerate(PEOPLE)]
        working = [pool.submit(person.work, ACTS) for person in people]
        for count, then in ((HEARD, between.black_hole), (UNHEARD, lambda: made.primary.stop("immediate"))):
            for _each in range(count):
                assert done.acquire(timeout=120), "nobody works"
            then()
        made.standby.promote()
        for each in working:
            each.result()
        history = History.of(*(person.recorder.events for person in people))
        final = final_of(database_at(made.standby.url, "office"))
    lost = lost_writes(history, final)
    with capsys.disabled():
        sys.stdout.write(
            f"\nasynchronous promotion: {len(history.acknowledged())} acknowledged, {len(lost)} of them lost\n"
        )
    assert lost, "the standby heard everything: this showed nothing"
    assert broken(final) + half_done(history, final) == []
