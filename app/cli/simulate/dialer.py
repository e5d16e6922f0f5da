"""`callboard simulate dialer`: very many agents, one queue, sudden deaths; nobody with two, nobody idle for nothing.

First the agents work at a person's pace, one contact in twenty seconds, in a campaign with very many customers: the
times of "next" are taken there. Then they fight for the customers of a very small campaign, where most go empty. With
`--kill` some of them are cut off in the middle of what they do. What every desk saw, and what the database wrote, is
then checked by rules of its own.
"""

import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import partial

import click

from app.backend import Backend
from app.cli.options import json_option, tell
from app.cli.simulate import by_hand
from app.cli.simulate.call_centre import FEW, CallCentre, call_centre
from app.cli.simulate.desk import Desk, Log
from app.cli.simulate.dialer_audit import double_holds, idle_while_eligible, max_release, percentile
from app.db.database import Database
from app.services.dialer.claiming import next_customer

LEASE = 20
PACE = 20.0
STORM_SECONDS = 10.0
_DEATHS = 8
"""Of a hundred contacts so many end with the desk's sudden death, with `--kill`."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `double_holds` and `idle_while_eligible` must be 0; times are those of "next" at a person's pace.

    `served`: customers given out; `max_release_s`: the longest a dead desk kept its customer; `ratio_to_sql`: claims a
    second over one connection, as a share of those of a statement written by hand in the bare driver.
    """

    served: int
    double_holds: int
    idle_while_eligible: int
    max_release_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    ratio_to_sql: float

    @property
    def is_right(self) -> bool:
        """Whether every promise was kept."""
        return not self.double_holds and not self.idle_while_eligible and self.max_release_s <= 60


@click.command()
@click.option("--agents", default=500, show_default=True, type=click.IntRange(2, 2000))
@click.option("--customers", default=1_000_000, show_default=True, type=click.IntRange(1000, 10_000_000))
@click.option("--minutes", default=1.0, show_default=True, type=click.FloatRange(0.05, 600))
@click.option("--kill", is_flag=True, help="Cut agents off in the middle of what they do.")
@click.option("--server", metavar="URL", help="A PostgreSQL to use instead of a throw-away one, as its superuser.")
@click.option("--embedded", is_flag=True, help="Use a SQLite file instead of a PostgreSQL.")
@json_option
def dialer(
    agents: int, customers: int, minutes: float, server: str | None, *, kill: bool, embedded: bool, as_json: bool
) -> None:
    """Let many agents ask for the next customer, and check that nobody was given to two."""
    with call_centre(server, agents, customers, lease=LEASE, embedded=embedded) as centre:
        report = run(centre, minutes * 60, kill=kill)
    lines = [f"{name}: {value}" for name, value in asdict(report).items()]
    tell(report, as_json=as_json, text="\n".join(lines))
    if not report.is_right:
        sys.exit(1)


def run(
    centre: CallCentre,
    seconds: float,
    *,
    kill: bool,
    progress: Progress | None = None,
    pace: float = PACE,
    compares: bool = True,
) -> Report:
    """Both parts, and what they left behind; `progress` is called each second and may raise to give up.

    Without `compares` the statement by hand is left out, and the ratio to it is 0.
    """
    log = Log()
    storm = min(STORM_SECONDS, seconds)
    if progress is not None:
        progress(0, int(seconds + storm) or 1)
    ratio = _ratio(centre) if compares else 0.0
    tick = _ticker(progress, seconds + storm)
    paced = [_desk(centre, agent_id, log, few=False, kill=kill) for agent_id in centre.agent_ids]
    works = [partial(_at_a_persons_pace, desk, seconds, pace, log, number) for number, desk in enumerate(paced)]
    fighters = min(len(centre.agent_ids), 2 * FEW)
    few = [_desk(centre, agent_id, log, few=True, kill=kill) for agent_id in centre.agent_ids[:fighters]]
    turn = sys.getswitchinterval()
    try:
        # Each desk is a computer of its own; here they share one interpreter and must not wait for each other's turn.
        sys.setswitchinterval(0.0005)
        # Everybody is at his desk when the clock starts: a connection makes its plans once a day.
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(Desk.sit_down, paced))
        _together(works, tick)
        _together([partial(_in_a_hurry, desk, storm, number) for number, desk in enumerate(few)], tick)
    finally:
        # Whoever ran this from the window goes on working in it.
        sys.setswitchinterval(turn)
        for desk in (*paced, *few):
            desk.close()
    auditor = Database(centre.url)
    try:
        return Report(
            len(log.holds),
            double_holds(auditor, log),
            idle_while_eligible(auditor, centre, log, LEASE),
            max_release(auditor, log),
            percentile(log.times, 0.50),
            percentile(log.times, 0.95),
            percentile(log.times, 0.99),
            ratio,
        )
    finally:
        auditor.close()


def _desk(centre: CallCentre, agent_id: int, log: Log, *, few: bool, kill: bool) -> Desk:
    campaign_id, status_id = (
        (centre.few_id, centre.few_status_id) if few else (centre.many_id, centre.many_status_id)
    )  # fmt: skip
    return Desk(centre.url, agent_id, campaign_id, status_id, log, dies=_DEATHS if kill else 0)


def _at_a_persons_pace(
    desk: Desk, seconds: float, pace: float, log: Log, number: int, is_over: threading.Event
) -> None:
    chance = random.Random(number)
    end = time.monotonic() + seconds
    contact = min(pace, seconds)
    due = time.monotonic() + chance.random() * contact
    while due < end and not is_over.wait(max(due - time.monotonic(), 0)):
        held = contact * (0.2 + 0.6 * chance.random())
        took = desk.contact(min(held, max(end - time.monotonic(), 0.1)), LEASE, skips=False)
        if took:
            log.times.append(took)
        due += pace


def _in_a_hurry(desk: Desk, seconds: float, number: int, is_over: threading.Event) -> None:
    chance = random.Random(number)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not is_over.is_set():
        desk.contact(0.02 + 0.08 * chance.random(), LEASE, skips=True)
        is_over.wait(0.05 * chance.random())


def _together(works: Sequence[Callable[[threading.Event], None]], tick: Callable[[], None]) -> None:
    is_over = threading.Event()
    with ThreadPoolExecutor(len(works)) as pool:
        under_way = {pool.submit(work, is_over) for work in works}
        try:
            while under_way:
                tick()
                done, under_way = wait(under_way, 1.0, FIRST_EXCEPTION)
                for each in done:
                    each.result()
        finally:
            is_over.set()


def _ticker(progress: Progress | None, total: float) -> Callable[[], None]:
    started = time.monotonic()

    def tick() -> None:
        if progress is not None:
            progress(int(min(time.monotonic() - started, total)), int(total) or 1)

    return tick


def _ratio(centre: CallCentre, rounds: int = 5, each: int = 100) -> float:
    """The rate of the service over that of the statement by hand, in turns on one connection each."""
    by_hand.prepare(centre)
    database = Database(centre.url)
    backend = Backend(database, actor=centre.agent_ids[0])

    def ours() -> object:
        return backend.execute(next_customer, centre.many_id)

    try:
        with by_hand.claimer(centre, centre.agent_ids[0]) as theirs:
            by_hand.rate(ours, each)
            by_hand.rate(theirs, each)
            ratios = [by_hand.rate(ours, each) / by_hand.rate(theirs, each) for _ in range(rounds)]
    finally:
        database.close()
    return round(statistics.median(ratios), 2)
