"""PostgreSQL servers of a test's own that may be stopped, killed and promoted: a primary and its streaming standby."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app.adapters import throwaway
from app.db.address import ServerAddress
from tests.kit import memory
from tests.kit.proxy import kept_place

_SETTINGS = """
listen_addresses = '127.0.0.1'
wal_level = replica
max_wal_senders = 4
hot_standby = on
wal_keep_size = 64MB
max_connections = 250
shared_buffers = 32MB
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 100ms
synchronous_commit = on
fsync = off
autovacuum = off
password_encryption = scram-sha-256
scram_iterations = 64
timezone = 'Asia/Jerusalem'
"""

# The server ends with whoever holds the pipe open, as in app.adapters.throwaway; it may be stopped before that.
_WATCH = """
exec 3>"$1/gone"
"$2/postgres" -D "$4" -p "$3" -k "$1" >>"$4.log" 2>&1 &
read -r line <"$1/alive"
kill -QUIT $! 2>/dev/null
wait
"""


class Server:
    """One data folder with the server over it."""

    def __init__(self, cluster: "Cluster", name: str) -> None:
        self._cluster = cluster
        self.data = cluster.run.data.parent / f"{cluster.run.data.name}-{name}"
        self._place = kept_place()
        self.port: int = self._place.getsockname()[1]

    @property
    def url(self) -> str:
        """The superuser's address."""
        return f"postgresql://postgres:{self._cluster.password}@127.0.0.1:{self.port}/postgres"

    def start(self, *, waits: bool = True) -> None:
        """Start it; with `waits` until it answers."""
        account = self._cluster.account
        started = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "sh", self._cluster.run.home, self._cluster.binaries, str(self.port), self.data],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            start_new_session=True, user=account, extra_groups=[] if account else None,
        )  # fmt: skip
        started.returncode = 0  # the shell outlives this process on purpose: nobody here waits for it
        if waits:
            self.wait()

    def wait(self) -> None:
        """Until it answers."""
        assert throwaway._answers(self.url, self._cluster.run.home), Path(f"{self.data}.log").read_text()

    def stop(self, mode: str = "immediate") -> None:
        """Stop it as `pg_ctl stop -m` does."""
        self._cluster.pg("pg_ctl", "-D", self.data, "-m", mode, "stop")

    def leave(self) -> None:
        """Remove everything; it is stopped."""
        self._place.close()
        shutil.rmtree(self.data, ignore_errors=True)
        Path(f"{self.data}.log").unlink(missing_ok=True)

    def promote(self) -> None:
        """Make a standby the primary; back when it takes writes."""
        self._cluster.pg("pg_ctl", "-D", self.data, "promote")


class Cluster:
    """A primary and, once asked for, its standby; both are gone after `close`."""

    def __init__(self, settings: str = "") -> None:
        self.run = throwaway.Run()
        self.account = throwaway._account()
        self.binaries = throwaway._binaries(self.run.home, self.account)
        self.password = "only-for-tests"
        folder = memory.FOLDER or self.run.home
        self.run.data = folder / f"callboard-fault-{os.getpid()}-{self.run.home.name}"
        self.primary, self.standby = Server(self, "one"), Server(self, "two")
        throwaway._make_cluster(
            self.run.home, self.primary.data, self.binaries, self.account, self.password, _SETTINGS + settings
        )
        with (self.primary.data / "pg_hba.conf").open("a") as file:
            file.write("host replication postgres 127.0.0.1/32 scram-sha-256\n")
        self.primary.start()

    def pg(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs as the account of the servers."""
        done = subprocess.run(
            [self.binaries / program, *map(str, arguments)],
            user=self.account, extra_groups=[] if self.account else None, cwd="/", check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PGPASSWORD": self.password},
        )  # fmt: skip
        assert done.returncode == 0, f"{program} {arguments} failed"

    def add_standby(self, *, is_synchronous: bool = True, by_port: int = 0) -> None:
        """Copy the primary and let the copy follow it, over a cable at `by_port` if there is one.

        Back when it follows and, if it is synchronous, every commit waits for it.
        """
        base = f"host=127.0.0.1 port={self.primary.port} user=postgres application_name=second"
        source = base.replace(f"port={self.primary.port}", f"port={by_port or self.primary.port}")
        self.pg("pg_basebackup", "-D", self.standby.data, "-d", base, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        with (self.standby.data / "postgresql.auto.conf").open("a") as file:
            file.write(f"primary_conninfo = '{source} password={self.password}'\n")
        self.standby.start()
        with psycopg.connect(self.primary.url, autocommit=True) as connection:
            wanted = "streaming"
            if is_synchronous:
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'second'")
                connection.execute("SELECT pg_reload_conf()")
                wanted = "sync"
            until(lambda: wanted in _followers(connection), "the standby follows")

    def url_of_both(self, database: str) -> str:
        """The address of both servers, as the connect dialog makes it."""
        second = f"127.0.0.1:{self.standby.port}"
        return ServerAddress("127.0.0.1", database, "postgres", self.primary.port, second).url(self.password)

    def close(self) -> None:
        """Stop both and remove everything."""
        self.run.close()
        for server in (self.primary, self.standby):
            server.leave()


@contextmanager
def cluster(settings: str = "") -> Iterator[Cluster]:
    """A primary for the time of the block."""
    made = Cluster(settings)
    try:
        yield made
    finally:
        made.close()


def _followers(connection: psycopg.Connection) -> set[str]:
    found = connection.execute("SELECT state, sync_state FROM pg_stat_replication").fetchall()
    return {word for row in found for word in row}


def until(holds: object, what: str, within: float = 60.0) -> float:
    """Wait until a condition holds, which is asked again and again; the seconds it took."""
    assert callable(holds)
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < within, f"not within {within:.0f} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - started
