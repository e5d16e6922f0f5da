"""Networks of the test's own, which take root: one whose cable is pulled out, one that loses 2 % of its packets."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from app.db import schema
from app.db.database import Database
from tests.faults.test_failover import final_of
from tests.kit.databases import database_at
from tests.kit.history_check import History, broken, lost_notes, lost_writes, read_events
from tests.kit.lossy import FAR, NEAR, lossy
from tests.kit.standby import Cluster, cluster
from tests.kit.whole_office import furnish

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0
"""Seconds: what a session may stand idle in a transaction, and some."""
CLIENTS, NOTES = 6, 60

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


def needs_root(what: str) -> None:
    """A soak that left something out would say that all is well."""
    assert os.geteuid() == 0, f"{what} takes root: run make soak as root"


def let_in(made: Cluster, network: str) -> None:
    """Let the server answer to a network."""
    with (made.primary.data / "pg_hba.conf").open("a") as file:
        file.write(f"host all all {network} scram-sha-256\n")
    with psycopg.connect(made.primary.url, autocommit=True) as watch:
        watch.execute("SELECT pg_reload_conf()")


@pytest.mark.row("R-X1", "U64", "F5")
def test_two_lost_packets_in_a_hundred_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs_root("a network of its own")
    with cluster("listen_addresses = '*'\n") as made:
        let_in(made, f"{FAR}/32")
        with psycopg.connect(made.primary.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE office")
        url = database_at(made.primary.url, "office")
        with closing(Database(url)) as database:
            schema.upgrade(database)
            names = furnish(database)
        far = f"postgresql://postgres:{made.password}@{NEAR}:{made.primary.port}/office?sslmode=disable"
        histories = [tmp_path / f"{number}.history" for number in range(CLIENTS)]
        with lossy(0.02, 0.1) as cable:
            words = [*cable.inside, sys.executable, "-m", "tests.kit.noting_client", far, str(names.users["Dana"])]
            clients = [subprocess.Popen([*words, str(NOTES), str(each)], cwd=ROOT) for each in histories]
            ends = [client.wait(900) for client in clients]
        assert ends == [0] * CLIENTS
        history, final = History.of(*map(read_events, histories)), final_of(url)
    assert len(history.acknowledged("note")) == CLIENTS * NOTES
    assert lost_writes(history, final) + lost_notes(history, final) + broken(final) == []
    assert cable.lost > 50
    begun = {event.op_id: event.at for event in reversed(history.events) if event.kind == "invoke"}
    took = sorted(event.at - begun[key] for key, event in history.acknowledged().items())
    again = sum(event.kind == "unknown" for event in history.events)
    with capsys.disabled():
        sys.stdout.write(
            f"\n2 % loss, 200 ms: {cable.lost} of {cable.carried} packets lost, {len(took)} notes acknowledged and"
            f" there once, {again} asked again; p50 {took[len(took) // 2]:.2f} s, p99 {took[-len(took) // 100]:.2f} s\n"
        )


@pytest.mark.row("R-X1", "U64")
def test_the_lock_of_a_client_whose_network_is_gone_is_free_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    needs_root("a network of its own")
    with cluster("listen_addresses = '*'\n") as made, network() as (inside, unplug):
        let_in(made, "10.213.7.0/24")
        with psycopg.connect(made.primary.url, autocommit=True) as watch:
            watch.execute("CREATE TABLE kept (id integer); INSERT INTO kept VALUES (1)")
            url = f"postgresql://postgres:{made.password}@10.213.7.1:{made.primary.port}/postgres"
            command = [*inside, sys.executable, "-c", _HOLDS, url]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, cwd=ROOT) as client:
                try:
                    assert client.stdout is not None
                    assert client.stdout.readline() == b"holds\n"
                    unplug()
                    started = time.monotonic()
                    watch.execute("UPDATE kept SET id = 2")
                    took = time.monotonic() - started
                finally:
                    client.kill()
    with capsys.disabled():
        sys.stdout.write(f"\na client whose network is gone keeps its lock for {took:.1f} s\n")
    assert took < PATIENCE


_HOLDS = """
import sys
from app.db.database import Database
with Database(sys.argv[1]).engine.connect() as connection:
    connection.exec_driver_sql("SELECT id FROM kept FOR UPDATE")
    sys.stdout.write("holds\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


@contextmanager
def network() -> Iterator[tuple[list[str], Callable[[], None]]]:
    """A network with one computer in it, as words before a command; what pulls its cable out."""
    name = f"cb{uuid4().hex[:6]}"

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True)

    ip("netns", "add", name)
    try:
        ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p")
        ip("link", "set", f"{name}p", "netns", name)
        ip("addr", "add", "10.213.7.1/24", "dev", name)
        ip("link", "set", name, "up")
        ip("-n", name, "addr", "add", "10.213.7.2/24", "dev", f"{name}p")
        ip("-n", name, "link", "set", f"{name}p", "up")
        yield ["ip", "netns", "exec", name], lambda: ip("-n", name, "link", "set", f"{name}p", "down")
    finally:
        ip("netns", "del", name)
