"""`callboard simulate intake`: many enquiries at once, each in one pair of hands; and no choice by hand undone.

The first part takes in enquiries over many connections. The second does so again while a manager hands out tasks by
hand. What happened is then read back from the database and checked by rules of its own: the counts are rebuilt from
the steps alone, in the order in which they were written behind the locks.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count

import click
from sqlalchemy import func, select

from app.backend import Backend
from app.cli.options import json_option, tell
from app.cli.simulate.office import Office, office
from app.db.database import Database
from app.domain.errors import Conflict
from app.domain.processes.routing import Rule
from app.models.mail import OutboxMessage
from app.models.processes import UserLoad
from app.models.tickets import Task, TaskStep, Ticket
from app.services.tickets.advancing import Update, advance
from app.services.tickets.intake import Intake, accept


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; every figure but `spread` (at most 1), `mails` (one for each enquiry) and the rates is 0.

    `unhandled`: enquiries of the first part whose task is in nobody's hands; `double`: those with more than one, or
    counted twice; `spread`: the difference between the busiest and the idlest. Of the second part,
    `manual_overwritten`: choices by hand that the machine changed; `wrong_choice`: automatic choices of somebody who
    had not the fewest. `mails`: messages to handlers written in the first part.
    """

    unhandled: int
    double: int
    spread: int
    manual_overwritten: int
    wrong_choice: int
    mails: int
    by_hand: int
    per_second: float

    @property
    def is_right(self) -> bool:
        """Whether every promise was kept."""
        wrong = self.unhandled + self.double + self.manual_overwritten + self.wrong_choice
        return not wrong and self.spread <= 1


@click.command()
@click.option("--count", "enquiries", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--connections", default=20, show_default=True, type=click.IntRange(1, 90))
@click.option("--workers", default=7, show_default=True, type=click.IntRange(2, 500), help="People with the profile.")
@click.option("--server", metavar="URL", help="A PostgreSQL to use instead of a throw-away one, as its superuser.")
@json_option
def intake(enquiries: int, connections: int, workers: int, server: str | None, *, as_json: bool) -> None:
    """Take in many enquiries at once and check that each is in exactly one pair of hands."""
    with office(server, workers) as simulated:
        report = run(simulated, enquiries, connections)
    lines = [f"{name}: {getattr(report, name)}" for name in report.__dataclass_fields__]
    tell(report, as_json=as_json, text="\n".join(lines))
    if not report.is_right:
        sys.exit(1)


def run(simulated: Office, enquiries: int, connections: int) -> Report:
    """Both parts, and what they left behind."""
    desktops = [Database(simulated.url) for _ in range(connections)]
    auditor = Database(simulated.url)
    try:
        started = time.perf_counter()
        _take_in(simulated, desktops, range(enquiries))
        seconds = time.perf_counter() - started
        unhandled, double, spread, mails = _first_part(auditor, simulated, enquiries)
        by_hand = _second_part(simulated, desktops, enquiries)
        overwritten, wrong = _audit(auditor, simulated)
    finally:
        for database in (*desktops, auditor):
            database.close()
    return Report(unhandled, double, spread, overwritten, wrong, mails, by_hand, round(enquiries / seconds, 1))


def _take_in(simulated: Office, desktops: list[Database], numbers: Iterable[int]) -> None:
    """Each connection takes the next number as long as there is one."""
    waiting = iter(tuple(numbers))

    def work(database: Database) -> None:
        backend = Backend(database, actor=simulated.administrator_id)
        for number in waiting:
            enquiry = Intake("Boiler leaks", email=f"c{number}@example.org", external_key=f"simulated-{number}")
            backend.execute(accept, enquiry)

    _together([partial(work, database) for database in desktops])


def _together(works: list[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(work) for work in works]:
            future.result()


def _first_part(auditor: Database, simulated: Office, enquiries: int) -> tuple[int, int, int, int]:
    with auditor.reading() as session:
        tasks = session.execute(select(Task.ticket_id, Task.user_id).where(Task.closed_at.is_(None))).all()
        tickets = session.scalar(select(func.count()).select_from(Ticket)) or 0
        kept = {row[0]: row[1] for row in session.execute(select(UserLoad.user_id, UserLoad.open_tasks))}
        mails = session.scalar(select(func.count()).where(OutboxMessage.event == "task_given")) or 0
    of_ticket = Counter(ticket_id for ticket_id, _user in tasks)
    hands = Counter(user_id for _ticket, user_id in tasks)
    held = [hands[user_id] for user_id in simulated.worker_ids]
    unhandled = enquiries - sum(1 for _ticket, user_id in tasks if user_id in simulated.worker_ids)
    double = sum(many - 1 for many in of_ticket.values()) + abs(tickets - enquiries)
    double += sum(abs(kept.get(user_id, 0) - hands[user_id]) for user_id in kept)
    return max(unhandled, 0), double, max(held) - min(held), mails


def _second_part(simulated: Office, desktops: list[Database], enquiries: int) -> int:
    """Enquiries go on coming in while the manager hands out what lies about; how often he did."""
    chance = random.Random(11)
    manager = Backend(desktops[0], actor=simulated.manager_id)
    done = count()
    is_over = [False]

    def hand_out() -> None:
        while not is_over[0]:
            with desktops[0].reading() as session:
                asked = select(Task.id, Task.version).where(Task.is_by_hand.is_(False), Task.closed_at.is_(None))
                rows = session.execute(asked.order_by(Task.id.desc()).limit(20)).all()
            if not rows:
                continue
            task_id, version = chance.choice(rows)
            try:
                manager.execute(advance, task_id, version, Update(user_id=chance.choice(simulated.worker_ids)))
            except Conflict:
                continue
            next(done)

    def take_in() -> None:
        try:
            _take_in(simulated, desktops[1:] or desktops, range(enquiries, 2 * enquiries))
        finally:
            is_over[0] = True

    _together([hand_out, take_in])
    return next(done)


def _audit(auditor: Database, simulated: Office) -> tuple[int, int]:
    """Replay the steps: whoever was chosen had the fewest at that moment, and what was given by hand stayed."""
    with auditor.reading() as session:
        steps = session.execute(
            select(TaskStep.task_id, TaskStep.from_user_id, TaskStep.to_user_id, TaskStep.rule).order_by(TaskStep.id)
        ).all()
        holders = {row[0]: row[1] for row in session.execute(select(Task.id, Task.user_id))}
    loads: Counter[int] = Counter(dict.fromkeys(simulated.worker_ids, 0))
    by_hand: dict[int, int] = {}
    wrong = 0
    for task_id, giver, taker, rule in steps:
        if rule == Rule.FEWEST and loads[taker or 0] > min(loads[user_id] for user_id in simulated.worker_ids):
            wrong += 1
        loads[giver or 0] -= 1
        loads[taker or 0] += 1
        if rule in (Rule.BY_HAND, Rule.KEPT):
            by_hand[task_id] = taker or 0
    overwritten = sum(holders[task_id] != user_id for task_id, user_id in by_hand.items())
    return overwritten, wrong
