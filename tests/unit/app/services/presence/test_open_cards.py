"""Cards that are open on desktops."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.backend import Backend
from app.db.changes import latest, since
from app.db.database import Database
from app.domain.errors import UserError
from app.services.people.logins import set_password
from app.services.presence.open_cards import LIFE, Shown, others, put_away, show, sweep
from tests.kit import factory
from tests.kit.servers import PASSWORD, Server

CARD = Shown("tickets", 7)
WRITING = Shown("tickets", 7, is_editing=True)


class Desks:
    """Two people at one database whose clock stands still until it is moved."""

    def __init__(self, database: Database) -> None:
        self.now = datetime(2031, 1, 2, 9, tzinfo=UTC)
        with database.transaction() as session:
            self.dana = factory.add_user(session, "Dana", role="administrator").id
            self.avi = factory.add_user(session, "Avi", role="agent").id
        everybody = Backend(database, clock=lambda: self.now)
        self.of_dana, self.of_avi = everybody.acting_as(self.dana), everybody.acting_as(self.avi)

    def seen_by_avi(self) -> list[tuple[str, bool]]:
        return [(each.name, each.is_editing) for each in self.of_avi.execute(others, "tickets", 7)]


@pytest.fixture
def desks(database: Database) -> Desks:
    return Desks(database)


@pytest.mark.row("F4")
def test_who_has_the_card_open_is_seen_by_others_until_it_is_closed(desks: Desks) -> None:
    desks.of_dana.execute(show, "d1", (CARD, Shown("tickets", 8)))
    assert desks.seen_by_avi() == [("Dana", False)]
    assert desks.of_dana.execute(others, "tickets", 7) == (), "nobody is told of himself"
    desks.of_dana.execute(show, "d1", (WRITING,))
    assert desks.seen_by_avi() == [("Dana", True)]
    desks.of_dana.execute(show, "d2", (CARD,))
    assert desks.seen_by_avi() == [("Dana", True)], "two windows of one person are one person, who writes in one"
    desks.of_dana.execute(put_away, "d1", WRITING)
    assert desks.seen_by_avi() == [("Dana", False)]
    desks.of_dana.execute(put_away, "d2")
    assert desks.seen_by_avi() == []


def test_a_desktop_that_died_is_forgotten_by_the_databases_clock(desks: Desks, database: Database) -> None:
    desks.of_dana.execute(show, "d1", (CARD,))
    desks.now += LIFE - timedelta(seconds=1)
    assert desks.seen_by_avi() == [("Dana", False)]
    desks.now += timedelta(seconds=1)
    assert desks.seen_by_avi() == []
    desks.of_dana.execute(show, "d1", (CARD,))
    assert desks.seen_by_avi() == [("Dana", False)], "a sign of life brings it back"
    desks.now += timedelta(minutes=7)
    desks.of_avi.execute(sweep)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM open_cards")) == 0


def test_the_feed_names_the_card_and_says_nothing_of_mere_signs_of_life(desks: Desks, database: Database) -> None:
    def heard() -> dict[str, frozenset[int] | None]:
        nonlocal mark
        changes = since(database, mark)
        mark = changes.mark
        return changes.tables

    mark = latest(database)
    desks.of_dana.execute(show, "d1", (CARD,))
    assert heard() == {"open_tickets": frozenset({7})}
    desks.of_dana.execute(show, "d1", (CARD,))
    assert heard() == {}
    desks.of_dana.execute(show, "d1", (WRITING,))
    assert heard() == {"open_tickets": frozenset({7})}
    desks.of_dana.execute(put_away, "d1")
    assert heard() == {"open_tickets": frozenset({7})}


def test_who_is_alone_tells_nobody(database: Database) -> None:
    with database.transaction() as session:
        dana = factory.add_user(session, "Dana", role="administrator").id
    mark = latest(database)
    Backend(database, actor=dana).execute(show, "d1", (CARD,))
    assert since(database, mark).tables == {}


@pytest.mark.row("R-X1")
def test_on_a_server_one_speaks_for_oneself_only(server: Server) -> None:
    with server.as_administrator() as dana:
        with closing(Database(server.url)) as owner, owner.transaction() as session:
            avi = factory.add_user(session, "Avi", role="agent").id
        dana.execute(set_password, avi, PASSWORD)
        dana.execute(show, "d1", (CARD,))
        with server.as_user(f"{server.name}_u{avi}") as of_avi:
            assert [each.name for each in of_avi.execute(others, "tickets", 7)] == ["Dana Levi"]
            of_avi.execute(show, "d2", (WRITING,))
            assert [each.is_editing for each in dana.execute(others, "tickets", 7)] == [True]
            added = "INSERT INTO open_cards (user_id, desk, table_name, row_id, since, seen_at, is_editing) VALUES "
            for attack in (
                f"{added} ({dana.actor}, 'x', 'tickets', 9, now(), now(), true)",
                f"{added} ({avi}, 'x', 'tickets', 9, now(), now() + interval '1 day', true)",
                "UPDATE open_cards SET row_id = 8",
            ):
                with pytest.raises((DBAPIError, UserError, psycopg.Error)), of_avi.database.transaction() as session:
                    session.execute(text(attack))
            with of_avi.database.transaction() as session:
                session.execute(text("DELETE FROM open_cards WHERE desk = 'd1'"))
                session.execute(text("UPDATE open_cards SET is_editing = true WHERE desk = 'd1'"))
            assert [each.is_editing for each in of_avi.execute(others, "tickets", 7)] == [False]
