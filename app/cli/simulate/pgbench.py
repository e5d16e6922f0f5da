"""What the server can do at all: PostgreSQL's own `pgbench -N`, or the same written by hand where it is missing."""

import random
import re
import subprocess
import threading
import time
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app.adapters.backup import tools
from app.domain.errors import Refused

__all__ = ["Baseline", "measure", "program"]

_DATABASE = "callboard_pgbench"


Baseline = tuple[float, str]
"""Transactions a second, and by what they were measured."""


def measure(server: str, seconds: float, clients: int = 20, *, scale: int = 10) -> Baseline:
    """Simple updates a second in a database of its own on this server, logged in as its superuser."""
    url = make_url(server).set(database=_DATABASE)
    address = url.render_as_string(hide_password=False)
    name = sql.Identifier(_DATABASE)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        found = program(server)
        if found is None:
            return _by_hand(address, seconds, clients, scale * 10_000), "psycopg"
        environment = tools.environment(url)
        words = [str(found), tools.address(url)]
        subprocess.run([*words, "-i", "-q", "-s", str(scale)], env=environment, check=True, capture_output=True)
        told = subprocess.run(
            [*words, "-N", "-n", "-c", str(clients), "-j", "2", "-T", str(max(round(seconds), 1))],
            env=environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        rate = re.search(r"tps = ([0-9.]+)", told)
        return float(rate[1]) if rate else 0.0, "pgbench -N"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def program(server: str) -> Path | None:
    """pgbench beside the server's own programs where they are on this computer, or wherever else it is found."""
    with psycopg.connect(server, autocommit=True) as connection:
        version = connection.info.server_version
        row = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchone()
    beside = Path(str(row[0])) / "pgbench" if row else None
    if beside is not None and beside.exists():
        return beside
    try:
        return tools.find("pgbench", version)
    except Refused:
        return None


def _by_hand(address: str, seconds: float, clients: int, rows: int) -> float:
    """The same transaction over the driver: an update by key, a look at it, and a row of history."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))")
        connection.execute("CREATE TABLE history (tid int, bid int, aid int, delta int, at timestamp, filler char(22))")
        connection.execute("INSERT INTO accounts SELECT n, 1, 0, '' FROM generate_series(1, %s) AS n", [rows])
        connection.execute("VACUUM (ANALYZE) accounts")
    counts = [0] * clients
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        chance = random.Random(number)
        with psycopg.connect(address, autocommit=True) as connection:
            while time.monotonic() < until:
                aid, delta = chance.randint(1, rows), chance.randint(-5000, 5000)
                with connection.transaction():
                    connection.execute("UPDATE accounts SET abalance = abalance + %s WHERE aid = %s", [delta, aid])
                    connection.execute("SELECT abalance FROM accounts WHERE aid = %s", [aid])
                    connection.execute("INSERT INTO history VALUES (1, 1, %s, %s, now(), '')", [aid, delta])
                counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds
