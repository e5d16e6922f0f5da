"""The feed: nothing missed, nothing invented, on both engines."""

from collections.abc import Callable
from contextlib import closing, suppress
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.bus import Bus, FeedState, RowsChanged
from app.db import changes
from app.db.database import Database
from app.db.feed import Feed
from app.models.places import Site
from tests.kit.factory import add_site


@pytest.mark.row("R-X1", "R-T41")
def test_every_road_of_a_change_is_told_once(database: Database) -> None:
    with database.transaction() as session:
        north = add_site(session, "North").id
    mark = changes.latest(database)
    with database.transaction() as session:
        south = add_site(session, "South").id
        session.execute(text("UPDATE sites SET name = 'Far north' WHERE id = :id"), {"id": north})
    first = changes.since(database, mark)
    assert first.tables == {"sites": frozenset({north, south})}
    assert changes.since(database, first.mark).tables == {}
    with database.transaction() as session:
        session.execute(text("DELETE FROM sites WHERE id = :id"), {"id": south})
    assert changes.since(database, first.mark).tables == {"sites": frozenset({south})}


def test_what_was_undone_is_not_told(database: Database) -> None:
    mark = changes.latest(database)
    with suppress(ZeroDivisionError), database.transaction() as session:
        add_site(session, "North")
        raise ZeroDivisionError
    assert changes.since(database, mark).tables == {}


@pytest.mark.row("R-X1")
def test_a_slow_writer_is_not_overtaken(postgresql_url: str) -> None:
    """A transaction that takes its number early and commits late is the one a mark by number would lose."""
    with closing(Database(postgresql_url)) as database:
        mark = changes.latest(database)
        with database.transaction() as slow:
            late = add_site(slow, "Late")
            with database.transaction() as quick:
                early = add_site(quick, "Early")
            seen = changes.since(database, mark)
            assert seen.tables == {}, "nothing is told while an older transaction may still come"
        seen = changes.since(database, seen.mark)
        assert seen.tables == {"sites": frozenset({late.id, early.id})}


def test_too_many_rows_are_told_by_table(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LIMIT", 3)
    mark = changes.latest(database)
    with database.transaction() as session:
        session.add_all(Site(name=f"Site {number}") for number in range(5))
    seen = changes.since(database, mark)
    assert seen.tables == {"sites": None}
    assert changes.since(database, seen.mark).tables == {}


class Listener:
    """Collects what the bus says and lets a test wait for it."""

    def __init__(self, bus: Bus, event: type, wanted: Callable[[object], bool]) -> None:
        self.heard = Event()
        self.wanted = wanted
        bus.subscribe(event, self.hear)

    def hear(self, event: object) -> None:
        if self.wanted(event):
            self.heard.set()


@pytest.mark.row("R-X1")
def test_a_second_desktop_hears_of_a_change(database_url: str) -> None:
    with closing(Database(database_url)) as mine, closing(Database(database_url)) as theirs:
        bus = Bus()
        online = Listener(bus, FeedState, lambda state: isinstance(state, FeedState) and state.is_online)
        site = Listener(bus, RowsChanged, lambda event: isinstance(event, RowsChanged) and event.table == "sites")
        feed = Feed(mine, bus, period=0.02)
        feed.start()
        try:
            assert online.heard.wait(5)
            with theirs.transaction() as session:
                add_site(session, "North")
            assert site.heard.wait(5)
        finally:
            feed.stop()


def test_a_lost_database_is_told_and_its_return_too(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(postgresql_url)) as database:
        bus = Bus()
        lost = Listener(bus, FeedState, lambda state: state == FeedState(is_online=False))
        back = Listener(bus, FeedState, lambda state: lost.heard.is_set() and state == FeedState(is_online=True))
        feed = Feed(database, bus, period=0.02)
        feed.start()
        try:
            with database.transaction() as session:
                session.execute(text("SELECT 1"))
            with closing(Database(postgresql_url)) as killer, killer.transaction() as session:
                _end_others(session)
            assert lost.heard.wait(5)
            assert back.heard.wait(5)
        finally:
            feed.stop()


def _end_others(session: Session) -> None:
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
