"""The next customer over 1,000,000 customers, beside the statement one would write by hand in the bare driver.

The two take turns on one server that writes each commit to the disk, each over connections of its own: the service as a
desktop calls it, with a person held, the law asked and the reason kept; the statement by hand picks and moves one row.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

from app.backend import Backend
from app.cli.simulate import by_hand
from app.cli.simulate.call_centre import CallCentre, call_centre
from app.db.database import Database
from app.services.dialer.claiming import next_customer
from tests.bench.results import Result

CUSTOMERS = 1_000_000
ROUNDS = 5
SECONDS = 3.0
FLAT_SECONDS = 60.0

Act = Callable[[], object]


def run() -> Iterator[Result]:
    """Claims per second over those by hand at 1, 16 and 64 connections (asked: 0.6), and how flat they stay (0.9)."""
    with call_centre(None, 100, CUSTOMERS, lease=60, twice=0) as centre:
        by_hand.prepare(centre)
        for connections in (1, 16, 64):
            yield _beside(centre, connections)
        yield _flat(centre, 16)


def _beside(centre: CallCentre, connections: int) -> Result:
    with ExitStack() as stack:
        ours, theirs = _ours(centre, connections, stack), _theirs(centre, connections, stack)
        _storm(ours, 1.0)
        _storm(theirs, 1.0)
        rates = [(_rate(ours), _rate(theirs)) for _ in range(ROUNDS)]
    mine, others = (statistics.median(each) for each in zip(*rates, strict=True))
    ratio = statistics.median(mine / other for mine, other in rates)
    return Result(f"dialer.next_{connections}", mine, "1/s", others, ratio)


def _flat(centre: CallCentre, connections: int) -> Result:
    """The last third of a minute over its first."""
    with ExitStack() as stack:
        counts = _storm(_ours(centre, connections, stack), FLAT_SECONDS)
    third = len(counts) // 3
    first, last = sum(counts[:third]) / third, sum(counts[-third:]) / third
    return Result("dialer.next_flat", last, "1/s", first, last / first)


def _ours(centre: CallCentre, connections: int, stack: ExitStack) -> list[Act]:
    acts: list[Act] = []
    for number in range(connections):
        database = Database(centre.url)
        stack.callback(database.close)
        backend = Backend(database, actor=centre.agent_ids[number])
        acts.append(partial(backend.execute, next_customer, centre.many_id))
    return acts


def _theirs(centre: CallCentre, connections: int, stack: ExitStack) -> list[Act]:
    return [stack.enter_context(by_hand.claimer(centre, number)) for number in range(connections)]


def _rate(acts: list[Act]) -> float:
    counts = _storm(acts, SECONDS)
    return sum(counts) / len(counts)


def _storm(acts: list[Act], seconds: float) -> list[int]:
    """How many were done in each second by all of them at once."""
    end = time.monotonic() + seconds
    slots = [[0] * max(1, int(seconds)) for _ in acts]

    def work(act: Act, slot: list[int]) -> None:
        while (left := end - time.monotonic()) > 0:
            assert act() is not None, "nobody is left to be called"
            slot[min(len(slot) - 1, int(seconds - left))] += 1

    threads = [threading.Thread(target=work, args=each) for each in zip(acts, slots, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [sum(each) for each in zip(*slots, strict=True)]
