"""A desktop that stays open while its database is upgraded writes nothing more, and is told why."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import SchemaMismatch
from app.services.context import writes
from app.services.dialer import claiming
from app.services.planner import placing
from app.services.tickets import notes
from tests.kit.databases import Fill
from tests.kit.factory import at
from tests.kit.history_check import Final
from tests.kit.standby import until
from tests.kit.whole_office import backends, furnish, names_of

Furnished = Callable[[Fill], Database]


def final_of(database: Database) -> Final:
    with database.reading() as session:
        connection = session.connection()
        return Final.read(lambda question: [tuple(row) for row in connection.exec_driver_sql(question)])


def stands_at(database: Database, step: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})


@pytest.mark.row("R-X1", "U64")
@pytest.mark.parametrize("step", ["0001", "9999"], ids=["older", "newer"])
def test_whoever_is_open_over_another_schema_is_refused_by_name(furnished: Furnished, step: str) -> None:
    database = furnished(furnish)
    names = names_of(database)
    hands = backends(database, names)
    hands["Dana"].execute(notes.write, "Before.", customer_id=1)
    task_id, version = _call_on(database)
    before = final_of(database)
    stands_at(database, step)
    for ask in (
        lambda: hands["Dana"].execute(notes.write, "After.", customer_id=1),
        lambda: hands["Dana"].execute(claiming.next_customer, names.campaign),
        lambda: hands["Boss"].execute(placing.schedule, task_id, version, names.users["Tom"], at(9)),
    ):
        for _again in range(2):
            with pytest.raises(SchemaMismatch):
                ask()
    assert final_of(database) == before
    assert hands["Dana"].execute(notes.trail, 1) is not None, "what is there can be read"


def _call_on(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        found = session.execute(text("SELECT id, version FROM tasks WHERE group_id IS NOT NULL ORDER BY id")).first()
    assert found is not None
    return int(found[0]), int(found[1])


@pytest.mark.row("R-X1", "U64")
def test_an_upgrade_waits_for_whoever_writes_and_lets_nobody_in_after_it(postgresql_url: str) -> None:
    reached, go_on = Event(), Event()

    @writes
    def slowly(session: Session, words: str) -> bool:
        notes.write(session, words, customer_id=1)
        session.flush()
        reached.set()
        assert go_on.wait(60)
        return True

    def upgrade() -> None:
        with psycopg.connect(postgresql_url) as connection:
            connection.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
            connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with closing(Database(postgresql_url)) as database, ThreadPoolExecutor(3) as pool:
        furnish(database)
        dana = Backend(database, actor=names_of(database).users["Dana"])
        first, second = str(uuid4()), str(uuid4())
        written = pool.submit(dana.execute, slowly, first)
        try:
            assert reached.wait(60)
            upgraded = pool.submit(upgrade)
            with psycopg.connect(postgresql_url, autocommit=True) as watch:
                waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
                here = [database.url.database]
                until(lambda: watch.execute(waits, here).fetchone() == (1,), "the upgrade waits for him")
                late = pool.submit(dana.execute, notes.write, second, customer_id=1)
                until(lambda: watch.execute(waits, here).fetchone() == (2,), "the next waits for the upgrade")
        finally:
            go_on.set()
        assert written.result(60)
        upgraded.result(60)
        with pytest.raises(SchemaMismatch):
            late.result(60)
        found = final_of(database).notes
        assert (found[first], found[second]) == (1, 0)
