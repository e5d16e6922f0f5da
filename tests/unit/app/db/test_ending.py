"""A question nobody wants any more ends on the server and in the file at once, and nothing else does."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.stopping import Stop, Stopped, Underway, stoppable
from app.services.context import reads, writes
from tests.kit.factory import add_site
from tests.kit.proxy import Proxy

_FOR_MINUTES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(100)",
}


@reads
def _ask_for_minutes(session: Session, begun: Event) -> None:
    engine = session.connection().dialect.name
    begun.set()
    session.execute(text(_FOR_MINUTES[engine]))


@reads
def _ask_quickly(session: Session) -> int:
    return int(session.execute(text("SELECT 7")).scalar_one())


def _asked(pool: ThreadPoolExecutor, stop: Stop, ask: Callable[[], object]) -> "Future[object]":
    def run() -> object:
        with stoppable(stop):
            return ask()

    return pool.submit(run)


@pytest.mark.row("R-X1", "F4")
def test_a_question_that_takes_minutes_ends_soon_and_is_not_asked_again(database: Database) -> None:
    backend, stop, begun = Backend(database), Stop(), Event()
    with ThreadPoolExecutor(1) as pool:
        answer = _asked(pool, stop, lambda: backend.execute(_ask_for_minutes, begun))
        assert begun.wait(60)
        stop.stop()
        with pytest.raises(Stopped):
            answer.result(timeout=60)
        with pytest.raises(Stopped):
            _asked(pool, stop, lambda: backend.execute(_ask_quickly)).result(timeout=60)
    assert backend.execute(_ask_quickly) == 7


@pytest.mark.row("F4")
def test_a_change_is_carried_out_although_its_question_was_taken_back(database: Database) -> None:
    stop = Stop()

    @writes
    def build(session: Session) -> int:
        stop.stop()
        time_taken = text("SELECT pg_sleep(0.5)" if not database.is_sqlite else "SELECT 1")
        session.execute(time_taken)
        return add_site(session, "North").id

    with ThreadPoolExecutor(1) as pool:
        site = _asked(pool, stop, lambda: Backend(database).execute(build)).result(timeout=60)
    with database.reading() as session:
        assert session.execute(text("SELECT id FROM sites WHERE name = 'North'")).scalar() == site


@pytest.mark.row("F4")
def test_the_next_question_of_a_connection_is_never_hit(database: Database) -> None:
    """Questions are taken back at every moment of their short lives; what comes after them is answered."""
    backend = Backend(database)
    with ThreadPoolExecutor(1) as pool:
        for turn in range(60):
            stop = Stop()
            answer = _asked(pool, stop, lambda: [backend.execute(_ask_quickly) for _turn in range(3)])
            time.sleep(turn * 0.0001)
            stop.stop()
            after = pool.submit(backend.execute, _ask_quickly)
            assert after.result(timeout=60) == 7
            assert isinstance(answer.exception(), Stopped | None)


def test_a_connection_is_not_given_back_while_somebody_is_stopping_it() -> None:
    ending, may_end, finished = Event(), Event(), Event()

    def end() -> bool:
        ending.set()
        return may_end.wait(60)

    underway = Underway(end)
    underway.stop(0)
    assert ending.wait(60)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: (underway.finish(), finished.set()))
        assert not finished.wait(0.1)
        may_end.set()
        assert finished.wait(60)
    assert not underway.is_unsure


def test_a_question_with_patience_is_let_answer() -> None:
    ends: list[int] = []
    stop = Stop()
    with stop.over(lambda: bool(ends.append(1)) or True):
        stop.stop(after=30)
        assert stop.is_stopped
    assert ends == []


@pytest.mark.row("F4")
def test_a_connection_that_a_late_request_might_hit_is_thrown_away(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request to stop got no answer: nobody knows whether it still comes."""
    monkeypatch.setattr("app.db.ending._PATIENCE", 0.2)
    with (
        closing(Database(postgresql_url)) as owner,
        Proxy(postgresql_url) as proxy,
        closing(Database(proxy.url)) as far,
    ):
        stop = Stop()
        with ThreadPoolExecutor(1) as pool, stoppable(stop), far.reading() as session:
            mine = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            proxy.refuse(cut=False)
            (underway,) = stop._underway
            stop.stop()
            pool.submit(_until, lambda: underway.is_unsure).result(timeout=60)
        proxy.restore()
        with far.reading() as session:
            assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() != mine
        with owner.reading() as session:
            assert session.execute(text("SELECT 1")).scalar_one() == 1


def _until(holds: Callable[[], bool]) -> None:
    pause = Event()
    while not holds():
        pause.wait(0.02)
