"""The feed: nothing missed, nothing invented, on both engines."""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.bus import Bus, ClockOffset, FeedState, RowsChanged
from app.db import changes
from app.db.database import Database
from app.db.feed import Feed
from app.models.people import Role
from app.models.places import Site
from tests.kit.factory import add_site
from tests.kit.proxy import Proxy
from tests.kit.servers import Server


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


def test_a_role_whose_permissions_alone_are_changed_is_told(database: Database) -> None:
    with database.transaction() as session:
        role, other = (Role(code=name, name=name) for name in ("Leads", "Others"))
        session.add_all((role, other))
        session.flush()
        first, second = role.id, other.id
    for statement, told in (
        ("INSERT INTO role_permissions (role_id, permission) VALUES (:one, 'dial'), (:one, 'plan')", {first}),
        ("UPDATE role_permissions SET permission = 'import' WHERE role_id = :one AND permission = 'plan'", {first}),
        ("UPDATE role_permissions SET role_id = :two WHERE role_id = :one", {first, second}),
        ("DELETE FROM role_permissions WHERE role_id = :two", {second}),
    ):
        mark = changes.latest(database)
        with database.transaction() as session:
            session.execute(text(statement), {"one": first, "two": second})
        assert changes.since(database, mark).tables == {"roles": frozenset(told)}


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
            assert online.heard.wait(60)
            with theirs.transaction() as session:
                add_site(session, "North")
            assert site.heard.wait(60)
        finally:
            feed.stop()


def test_a_lost_database_is_told_and_its_return_too(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(postgresql_url)) as database:
        bus = Bus()
        online = Listener(bus, FeedState, lambda state: state == FeedState(is_online=True))
        lost = Listener(bus, FeedState, lambda state: state == FeedState(is_online=False))
        back = Listener(bus, FeedState, lambda state: lost.heard.is_set() and state == FeedState(is_online=True))
        feed = Feed(database, bus, period=0.02)
        feed.start()
        try:
            assert online.heard.wait(60)
            with database.transaction() as session:
                session.execute(text("SELECT 1"))
            with closing(Database(postgresql_url)) as killer, killer.transaction() as session:
                _end_others(session)
            assert lost.heard.wait(60)
            assert back.heard.wait(60)
        finally:
            feed.stop()


def _end_others(session: Session) -> None:
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


@pytest.mark.row("R-X1")
def test_a_server_with_another_counting_is_read_anew(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(postgresql_url)) as database, Proxy(postgresql_url) as proxy:
        counted = [changes.epoch(database), "another"]
        monkeypatch.setattr("app.db.feed.epoch", lambda _database: counted.pop(0))
        bus = Bus()
        online = Listener(bus, FeedState, lambda state: isinstance(state, FeedState) and state.is_online)
        anew = Listener(bus, RowsChanged, lambda event: event == RowsChanged("sites", None))
        with closing(Database(proxy.url)) as far:
            feed = Feed(far, bus, period=0.02)
            feed.start()
            try:
                assert online.heard.wait(60)
                assert not anew.heard.is_set()
                proxy.cut_all()
                assert anew.heard.wait(60)
            finally:
                feed.stop()


@pytest.mark.row("R-X1")
def test_what_came_while_the_line_was_cut_is_told_on_return(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database, Proxy(postgresql_url) as proxy:
        bus = Bus()
        online = Listener(bus, FeedState, lambda state: isinstance(state, FeedState) and state.is_online)
        lost = Listener(bus, FeedState, lambda state: state == FeedState(is_online=False))
        site = Listener(bus, RowsChanged, lambda event: isinstance(event, RowsChanged) and event.table == "sites")
        with closing(Database(proxy.url)) as far:
            feed = Feed(far, bus, period=0.02)
            feed.start()
            try:
                assert online.heard.wait(60)
                proxy.refuse()
                assert lost.heard.wait(60)
                with database.transaction() as session:
                    add_site(session, "North")
                proxy.restore()
                assert site.heard.wait(60)
            finally:
                feed.stop()


def test_a_poll_is_one_statement_and_says_that_the_server_takes_no_changes(postgresql_url: str) -> None:
    with Proxy(postgresql_url) as proxy, closing(Database(proxy.url)) as far:
        mark = changes.latest(far)
        with proxy.counted() as seen:
            assert not changes.since(far, mark).is_read_only
        assert seen.round_trips == 1
        with closing(Database(postgresql_url)) as owner, owner.transaction() as session:
            name = session.scalar(text("SELECT current_database()"))
            session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        far.reconnect()
        assert changes.since(far, mark).is_read_only


def test_a_clock_that_is_wrong_is_told_once(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(postgresql_url)) as database:
        bus = Bus()
        told: list[ClockOffset] = []
        bus.subscribe(ClockOffset, told.append)
        feed = Feed(database, bus)
        true = time.time
        feed._poll()
        monkeypatch.setattr("app.db.feed.time.time", lambda: true() - 3600)
        feed._poll()
        feed._poll()
        assert [round(each.seconds, -1) for each in told] == [3600]


@pytest.mark.row("R-X1")
def test_a_log_in_of_the_office_may_ask_all_that_the_feed_asks(server: Server) -> None:
    with server.as_administrator() as backend:
        mark = changes.latest(backend.database)
        assert "/" in changes.epoch(backend.database)
        assert "sites" in changes.everything(backend.database)
        assert not changes.since(backend.database, mark).is_held_back
        with backend.database.transaction() as session:
            session.execute(text("SELECT pg_logical_emit_message(true, 'callboard', '')"))


@pytest.mark.row("R-X1", "F4")
def test_who_was_held_back_for_longer_than_the_log_reaches_reads_everything_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, when it is over: not at each poll before."""
    begun, bus, anew = datetime.now(UTC), Bus(), []
    bus.subscribe(RowsChanged, lambda event: anew.append(event) if event == RowsChanged("sites", None) else None)
    feed = Feed(database, bus)
    mark = changes.latest(database)
    days = [(0, False), (0.9, False), (1, True), (2.5, True), (2.6, False), (2.7, False)]
    told = []
    for day, is_held_back in days:
        found = changes.Changes(mark, {}, is_held_back, at=begun + timedelta(days=day))
        monkeypatch.setattr("app.db.feed.since", lambda *_asked, found=found, **_more: found)
        feed._poll()
        told.append(len(anew))
    assert told == [0, 0, 0, 0, 1, 1]
