"""What the database holds in the end, as far as promises are about it, read straight through a driver."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
"""Puts a question to the database, straight through a driver."""


@dataclass(frozen=True, slots=True, order=True)
class Hold:
    """A person with an agent, the lock after the call included; an exclusive one keeps every other agent away."""

    start: datetime
    end: datetime
    is_exclusive: bool
    user_id: int | None
    key: str

    def disturbs(self, other: "Hold") -> bool:
        """Whether another agent had the person in that time although one of them should have had him alone."""
        is_at_once = self.start < other.end and other.start < self.end
        return is_at_once and (self.is_exclusive or other.is_exclusive) and self.user_id != other.user_id


@dataclass
class Final:
    """What the database holds, as far as promises are about it."""

    holds: dict[str, list[Hold]] = field(default_factory=dict)
    visits: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    white: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    ledger: dict[int, Any] = field(default_factory=dict)
    balances: dict[int, Any] = field(default_factory=dict)
    earned: dict[tuple[int, Any], Any] = field(default_factory=dict)
    days: dict[tuple[int, Any], Any] = field(default_factory=dict)
    scored_steps: list[int] = field(default_factory=list)
    tasks: list[tuple[Any, ...]] = field(default_factory=list)
    steps: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    loads: dict[int, int] = field(default_factory=dict)
    open_tasks: dict[int, int] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    changes: set[tuple[str, int]] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, ask: Ask) -> "Final":
        """Look at everything."""
        final = cls()
        _read_holds(final, ask)
        _read_plan(final, ask)
        _read_points(final, ask)
        _read_tasks(final, ask)
        final.notes = Counter(row[0] for row in ask("SELECT text FROM notes"))
        for question in ("SELECT op_id FROM operations", "SELECT op_id FROM call_attempts",
                         "SELECT request_id FROM call_attempts", "SELECT request_id FROM claims"):  # fmt: skip
            final.keys |= {row[0] for row in ask(question) if row[0]}
        final.changes = {(row[0], row[1]) for row in ask("SELECT DISTINCT table_name, row_id FROM change_log")}
        for table in ("tasks", "visits", "customers", "tickets"):
            final.versions |= {f"{table}:{row[0]}": row[1] for row in ask(f"SELECT id, version FROM {table}")}
        return final


def _read_holds(final: Final, ask: Ask) -> None:
    held: dict[str, list[Hold]] = defaultdict(list)
    lease = timedelta(seconds=int(ask("SELECT lease_seconds FROM dial_rules")[0][0]))
    for key, kind, person, user_id, claimed, dialled, finished, lock in ask(
        "SELECT a.op_id, a.kind, a.person, a.user_id, a.claimed_at, a.dialled_at, a.finished_at, c.lock_minutes"
        " FROM call_attempts AS a JOIN campaigns AS c ON c.id = a.campaign_id"
        " WHERE a.was_held AND a.claimed_at IS NOT NULL AND a.kind <> 'inbound' AND a.person IS NOT NULL"
    ):
        end = moment(finished) + timedelta(minutes=lock if kind == "call" else 0)
        if kind == "lost":
            # One that was lost ended a lease after the last sign, whenever it was found.
            end = min(end, moment(dialled or claimed) + lease)
        held[person].append(Hold(moment(claimed), end, lock > 0, user_id, key))
    for key, person, user_id, claimed, until, is_exclusive in ask(
        "SELECT request_id, person, user_id, claimed_at, until_at, is_exclusive FROM claims WHERE status = 'open'"
    ):
        held[person].append(Hold(moment(claimed), moment(until), bool(is_exclusive), user_id, key))
    final.holds = dict(held)


def _read_plan(final: Final, ask: Ask) -> None:
    visits: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for technician, start, end in ask("SELECT technician_id, starts_at, ends_at FROM visits WHERE is_active"):
        visits[technician].append((moment(start), moment(end)))
    white: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for technician, start, end in ask("SELECT user_id, starts_at, ends_at FROM presences"):
        white[technician].append((moment(start), moment(end)))
    final.visits, final.white = dict(visits), dict(white)


def _read_points(final: Final, ask: Ask) -> None:
    ledger: dict[int, Any] = defaultdict(int)
    earned: dict[tuple[int, Any], Any] = defaultdict(int)
    for step, customer, worker, day, of_customer, of_worker, reverses in ask(
        "SELECT step_id, customer_id, worker_id, day, customer_points, worker_points, reverses_id FROM points_entries"
    ):
        if reverses is None:
            final.scored_steps.append(step)
        if customer is not None:
            ledger[customer] += of_customer
        if worker is not None:
            earned[worker, str(day)] += of_worker
    final.ledger, final.earned = dict(ledger), {key: points for key, points in earned.items() if points}
    final.balances = {row[0]: row[1] for row in ask("SELECT customer_id, balance FROM customer_balances")}
    days = ask("SELECT user_id, day, points FROM worker_days WHERE day IS NOT NULL")
    final.days = {(row[0], str(row[1])): row[2] for row in days if row[2]}


def _read_tasks(final: Final, ask: Ask) -> None:
    final.tasks = list(ask("SELECT id, title, user_id, group_id, stage_id, closed_at FROM tasks"))
    steps: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for task, *row in ask(
        "SELECT task_id, from_stage_id, to_stage_id, from_user_id, to_user_id FROM task_steps ORDER BY task_id, id"
    ):
        steps[task].append(tuple(row))
    final.steps = dict(steps)
    final.loads = {row[0]: row[1] for row in ask("SELECT user_id, open_tasks FROM user_loads WHERE open_tasks <> 0")}
    held = Counter(row[2] for row in final.tasks if row[2] is not None and row[5] is None)
    final.open_tasks = dict(held)


def moment(value: Any) -> datetime:
    """A time as either driver gives it."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    assert isinstance(value, datetime)
    return value.astimezone(UTC)
