"""The next customer as one would write it by hand: one statement in the bare driver, over a queue of its own.

It picks, locks and moves one row, and nothing else: no law, no hold on the person, no reason. It is what the service is
measured against.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url

from app.cli.simulate.call_centre import CallCentre

CLAIM = """
    WITH c AS MATERIALIZED (SELECT id FROM by_hand WHERE pool_id = 1 AND state = 'ready'
        ORDER BY has_status, priority, tried_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE by_hand AS q SET state = 'held', lease_until = clock_timestamp() + interval '10 minutes', leased_by = %s
    FROM c WHERE q.id = c.id RETURNING q.id, q.customer_id
"""
_TABLE = """
    CREATE TABLE by_hand (id bigint PRIMARY KEY, customer_id bigint, pool_id bigint, state text, has_status boolean,
        priority integer, tried_at {moment}, due_at {moment}, lease_until {moment}, leased_by bigint) {room}
"""
_FILL = "INSERT INTO by_hand SELECT id, customer_id, 1, 'ready', false, 2, tried_at, NULL, NULL, NULL FROM call_queue"
_INDEXES = (
    "CREATE INDEX by_hand_ready ON by_hand (pool_id, has_status, priority, tried_at, id) WHERE state = 'ready'",
    "CREATE INDEX by_hand_held ON by_hand (lease_until) WHERE state = 'held'",
    "CREATE INDEX by_hand_due ON by_hand (due_at) WHERE state = 'callback'",
)
_CLAIM_SQLITE = """
    UPDATE by_hand SET state = 'held', lease_until = datetime('now', '+10 minutes'), leased_by = ?
    WHERE id = (SELECT id FROM by_hand WHERE pool_id = 1 AND state = 'ready'
        ORDER BY has_status, priority, tried_at, id LIMIT 1) RETURNING id, customer_id
"""


def prepare(centre: CallCentre) -> None:
    """Make the queue: as many rows, the same order."""
    if not centre.is_postgresql:
        with sqlite3.connect(make_url(centre.url).database or "") as file:
            file.execute(_TABLE.format(moment="text", room=""))
            file.execute(_FILL)
            for index in _INDEXES:
                file.execute(index)
            file.execute("ANALYZE by_hand")
        return
    with psycopg.connect(centre.url, autocommit=True) as connection:
        connection.execute(_TABLE.format(moment="timestamptz", room="WITH (fillfactor = 70)").encode())
        connection.execute(_FILL.encode())
        for index in _INDEXES:
            connection.execute(index.encode())
        connection.execute("VACUUM (ANALYZE) by_hand")


@contextmanager
def claimer(centre: CallCentre, agent_id: int) -> Iterator[Callable[[], object]]:
    """A connection of its own and what claims the next row over it."""
    if not centre.is_postgresql:
        file = sqlite3.connect(
            make_url(centre.url).database or "", isolation_level=None, timeout=10, check_same_thread=False
        )
        file.execute("PRAGMA synchronous=FULL")
        try:
            yield lambda: _in_transaction(file, agent_id)
        finally:
            file.close()
        return
    with psycopg.connect(centre.url, autocommit=True) as connection:
        statement = CLAIM.encode()
        yield lambda: connection.execute(statement, (agent_id,)).fetchone()


def _in_transaction(file: sqlite3.Connection, agent_id: int) -> object:
    file.execute("BEGIN IMMEDIATE")
    row = file.execute(_CLAIM_SQLITE, (agent_id,)).fetchone()
    file.execute("COMMIT")
    return row


def rate(act: Callable[[], object], times: int) -> float:
    """How often a second something is done, one after the other."""
    started = time.perf_counter()
    for _ in range(times):
        act()
    return times / (time.perf_counter() - started)
