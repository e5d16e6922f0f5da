"""The proxy of the tests: it counts what went over the cable, and what it does to it, both sides feel."""

import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import psycopg
import pytest

from tests.kit.proxy import Proxy, Side, commits


@pytest.fixture
def proxy(postgres_server: str) -> Iterator[Proxy]:
    """A cable to the server."""
    with Proxy(postgres_server) as made:
        yield made


@pytest.fixture
def table(postgres_server: str) -> Iterator[str]:
    """A table to write into."""
    with psycopg.connect(postgres_server, autocommit=True) as direct:
        direct.execute("CREATE TABLE proxied (n int)")
        yield "proxied"
        direct.execute("DROP TABLE proxied")


def _rows(server: str) -> list[int]:
    with psycopg.connect(server, autocommit=True) as direct:
        return [n for (n,) in direct.execute("SELECT n FROM proxied ORDER BY n").fetchall()]


def test_statements_sent_together_are_one_round_trip(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url) as connection:
        with proxy.counted() as seen:
            connection.execute("SELECT 1")
            connection.execute("SELECT %s", [2])
            connection.commit()
        assert seen.round_trips == 4, "BEGIN, two statements, COMMIT"
        with proxy.counted() as seen:
            connection.execute("SELECT 1; SELECT 2")
        assert seen.round_trips == 2, "BEGIN, two statements in one"


@pytest.mark.parametrize(("before", "kept"), [(True, []), (False, [1])])
def test_a_commit_is_cut_off_before_or_after_it_arrives(
    proxy: Proxy, postgres_server: str, table: str, before: bool, kept: list[int]
) -> None:
    trap = proxy.cut(when=commits, before=before)
    with psycopg.connect(proxy.url) as connection:
        connection.execute("INSERT INTO proxied VALUES (1)")
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    assert trap.sprung.wait(60)
    with psycopg.connect(postgres_server) as direct:
        direct.execute("LOCK TABLE proxied")  # the other session has ended once this is granted
    assert _rows(postgres_server) == kept


def test_the_nth_message_of_either_side_is_cut(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        proxy.cut(at=3)
        connection.execute("SELECT 1")
        connection.execute("SELECT 2")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 3")
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        proxy.cut(side=Side.BACK, reset=False)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_slow_line_costs_each_round_trip_both_ways(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        proxy.delay = 0.02
        begun = time.monotonic()
        for _ in range(3):
            connection.execute("SELECT 1")
        assert time.monotonic() - begun >= 0.12


def test_a_frozen_line_hands_everything_on_afterwards_and_a_black_hole_nothing(
    proxy: Proxy, postgres_server: str, table: str
) -> None:
    def write(n: int) -> None:
        with suppress(psycopg.OperationalError):
            connection.execute("INSERT INTO proxied VALUES (%s)", [n])

    connection = psycopg.connect(proxy.url, autocommit=True)
    proxy.freeze()
    writer = Thread(target=write, args=(1,))
    writer.start()
    assert _rows(postgres_server) == []
    proxy.restore()
    writer.join()
    assert _rows(postgres_server) == [1]
    proxy.black_hole()
    writer = Thread(target=write, args=(2,))
    writer.start()
    proxy.restore()
    with psycopg.connect(proxy.url, autocommit=True) as other:
        other.execute("INSERT INTO proxied VALUES (3)")
    assert _rows(postgres_server) == [1, 3]
    proxy.cut_all()
    writer.join()


def test_refused_connections_come_through_again(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        proxy.refuse()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(proxy.url)
    proxy.restore()
    psycopg.connect(proxy.url).close()
