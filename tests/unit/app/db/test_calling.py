"""A call keeps its connection, and outlives the loss of it."""

from contextlib import closing

import psycopg
import pytest

from app.backend import Backend
from app.db.calling import call
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable, Refused
from app.services.context import calls
from tests.kit.proxy import Proxy


@calls
def _server_process(session) -> int:
    row = call(session, "SELECT pg_backend_pid()", ())
    assert row is not None
    return row[0]


@calls
def _refused(session) -> None:
    call(session, "DO $$ BEGIN RAISE EXCEPTION 'callboard:NOTE' USING ERRCODE = '23514'; END $$", ())


def test_calls_one_after_the_other_use_one_connection(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        backend = Backend(database)
        assert len({backend.execute(_server_process) for _ in range(3)}) == 1


def test_a_refusal_is_told_in_words_and_keeps_the_connection(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        backend = Backend(database)
        before = backend.execute(_server_process)
        with pytest.raises(Refused) as refusal:
            backend.execute(_refused)
        assert refusal.value.code == "NOTE"
        assert backend.execute(_server_process) == before


def test_a_connection_the_server_ended_is_made_anew(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        backend = Backend(database)
        before = backend.execute(_server_process)
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))
        assert backend.execute(_server_process) != before


def test_sessions_kept_for_calls_do_not_outlive_their_server(postgresql_url: str) -> None:
    """The first call after a restart, or of a user who was let in again, goes out on a new line."""
    with Proxy(postgresql_url) as proxy, closing(Database(proxy.url)) as database:
        for _ in range(2):
            with database.calling() as one, database.calling() as two:
                assert call(one, "SELECT 1", ()) == call(two, "SELECT 1", ()) == (1,)
        proxy.cut_all()
        with pytest.raises(DatabaseUnavailable), database.calling() as session:
            call(session, "SELECT 1", ())
        for _ in range(3):
            with database.calling() as session:
                assert call(session, "SELECT 1", ()) == (1,)
