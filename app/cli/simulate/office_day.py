"""`callboard simulate office`: very many desktops on one server, each logged in as a person of its own.

Agents take customers and say what came of it, planners book and move, others hand tasks over, write notes, search and
read; every desktop listens to what the others change. What every desktop saw, and what the database wrote, is then held
against the promises. At the end the same server shows what it can do at all.
"""

import multiprocessing
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import click

from app.cli.options import json_option, tell
from app.cli.simulate import pgbench
from app.cli.simulate.dialer_audit import percentile
from app.cli.simulate.office_audit import violations, visible_after
from app.cli.simulate.office_desktop import Record, work_together
from app.cli.simulate.office_setting import Setting, setting

__all__ = ["Action", "Report", "office", "run"]

PROCESSES = 4
PACE = 10.0
_BASELINE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Action:
    """How often something was done, how often a rule said no, and how long it took."""

    done: int
    refused: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. Every figure of `violations` must be 0; `ratio` is actions a second over those of `baseline`."""

    desktops: int
    seconds: float
    actions_per_second: float
    actions: dict[str, Action]
    visible_p50_ms: float
    visible_p99_ms: float
    violations: dict[str, int]
    baseline: str
    baseline_per_second: float
    ratio: float
    failures: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether every promise was kept."""
        return not any(self.violations.values())


@click.command()
@click.option("--desktops", default=200, show_default=True, type=click.IntRange(2, 1000))
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(1, 36_000))
@click.option("--pace", default=PACE, show_default=True, help="Seconds between two actions of a person; 0: at once.")
@click.argument("url", required=False)
@json_option
def office(desktops: int, seconds: float, pace: float, url: str | None, *, as_json: bool) -> None:
    """Let a whole office work at once, and check that nothing is lost, doubled or late.

    URL is a PostgreSQL to use instead of a throw-away one, as its superuser; the database it makes there is removed.
    """
    with setting(url, desktops) as made:
        report = run(made, seconds, pace)
    tell(report, as_json=as_json, text=_words(report))
    if not report.is_right:
        sys.exit(1)


def run(made: Setting, seconds: float, pace: float = PACE, *, compares: bool = True) -> Report:
    """Everybody works for so long; without `compares` the server is not asked what it can do at all."""
    records = _records(made, seconds, pace)
    actions = _actions(records)
    waits, _missed = visible_after(records)
    done = sum(action.done for action in actions.values())
    baseline, by = pgbench.measure(made.url, _BASELINE_SECONDS) if compares else (0.0, "")
    rate = done / seconds
    return Report(
        len(made.seats),
        seconds,
        round(rate, 1),
        actions,
        percentile(waits, 0.50),
        percentile(waits, 0.99),
        violations(made.url, records),
        by,
        round(baseline, 1),
        round(rate / baseline, 4) if baseline else 0.0,
        tuple(sorted({failure for record in records for failure in record.failures})[:10]),
    )


def _records(made: Setting, seconds: float, pace: float) -> list[Record]:
    """A few processes with threads: an interpreter of Python uses one core at a time."""
    many = min(PROCESSES, len(made.seats))
    context = multiprocessing.get_context("spawn")
    with context.Manager() as shared, ProcessPoolExecutor(many, mp_context=context) as pool:
        ready = shared.Barrier(many)
        parts = [made.seats[number::many] for number in range(many)]
        futures = [pool.submit(work_together, made, part, ready, seconds, pace) for part in parts]
        return [record for future in futures for record in future.result()]


def _actions(records: Sequence[Record]) -> dict[str, Action]:
    times: dict[str, list[float]] = defaultdict(list)
    refused: dict[str, int] = defaultdict(int)
    for record in records:
        for done in record.done:
            times[done.action].append(done.took)
            refused[done.action] += done.is_refused
    return {
        name: Action(len(each), refused[name], percentile(each, 0.50), percentile(each, 0.99))
        for name, each in sorted(times.items())
    }


def _words(report: Report) -> str:
    lines = [f"{report.desktops} desktops, {report.seconds:g} s: {report.actions_per_second} actions/s"]
    lines += [
        f"  {name:<16}{action.done:>7}  refused {action.refused:>5}  p50 {action.p50_ms:>8.1f} ms"
        f"  p99 {action.p99_ms:>8.1f} ms"
        for name, action in report.actions.items()
    ]
    lines.append(
        f"a change is on the other desktops after p50 {report.visible_p50_ms} ms, p99 {report.visible_p99_ms} ms"
    )
    lines += [f"{name}: {count}" for name, count in report.violations.items()]
    lines.append(f"ratio to {report.baseline} ({report.baseline_per_second}/s): {report.ratio}")
    return "\n".join([*lines, *report.failures])
