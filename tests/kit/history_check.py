"""What clients asked and were told, and whether that and what the database holds keep the promises of the program.

A recorder writes each request down when it is made and when its end is known: `ok`, `fail` (a refusal: nothing was
written) or `unknown` (the line was lost: it may have been written or not). The checkers look at this history and at
what the database holds in the end; each gives the violations it finds, in words. The invariants bear the numbers of
the reliability paper: I1, I3 to I6, I8 to I12.
"""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from app.domain.errors import DatabaseUnavailable, UserError

NOTHING = "nothing"
"""The answer of a request that found nothing to do, such as that for the next customer."""
Ask = Callable[[str], Sequence[tuple[Any, ...]]]
"""Puts a question to the database, straight through a driver."""


# --- The history


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history; `at` is of the machine's monotonic clock, so that processes can be compared."""

    client: str
    action: str
    op_id: str
    kind: str
    at: float
    value: Any = None


@dataclass
class Asked:
    """A request under way."""

    answer: Any = None


class Recorder:
    """Writes events down as they come, from any thread; into a file where the client may be killed."""

    def __init__(self, client: str, path: Path | None = None) -> None:
        self.client, self.events = client, list[Event]()
        self._file = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._lock = threading.Lock()

    @contextmanager
    def asking(self, action: str, op_id: str, value: Any = None) -> Iterator[Asked]:
        """The time a request takes: its end is known by how the block is left; `answer` is what came back."""
        self.note(action, op_id, "invoke", value)
        asked = Asked()
        try:
            yield asked
        except DatabaseUnavailable:
            self.note(action, op_id, "unknown", value)
            raise
        except UserError as refusal:
            self.note(action, op_id, "fail", str(refusal))
            raise
        except BaseException:
            self.note(action, op_id, "unknown", value)
            raise
        self.note(action, op_id, "ok", value if asked.answer is None else asked.answer)

    def note(self, action: str, op_id: str, kind: str, value: Any = None) -> None:
        """Write one event down."""
        event = Event(self.client, action, op_id, kind, time.monotonic(), value)
        with self._lock:
            self.events.append(event)
            if self._file is not None:
                self._file.write(json.dumps(asdict(event)) + "\n")

    def close(self) -> None:
        """No more events."""
        if self._file is not None:
            self._file.close()


def read_events(path: Path) -> list[Event]:
    """What a client wrote down; the line it was killed over is left out."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [Event(**json.loads(line)) for line in lines if line.endswith("\n")]


@dataclass(frozen=True)
class History:
    """All events of all clients in the order of time."""

    events: tuple[Event, ...]

    @classmethod
    def of(cls, *recorded: Iterable[Event]) -> "History":
        """The histories of several clients as one."""
        return cls(tuple(sorted((event for each in recorded for event in each), key=lambda event: event.at)))

    def acknowledged(self, action: str | None = None) -> dict[str, Event]:
        """Requests that were told to be done, by key; one asked again after an unknown end counts once."""
        return {each.op_id: each for each in self.events if each.kind == "ok" and action in (None, each.action)}

    def refused(self, action: str | None = None) -> set[str]:
        """Requests that were told to have changed nothing, and were never told to be done."""
        told = {each.op_id for each in self.events if each.kind == "fail" and action in (None, each.action)}
        return told - set(self.acknowledged())

    def asked(self, action: str | None = None) -> dict[str, Event]:
        """Every request ever made, by key."""
        return {each.op_id: each for each in self.events if each.kind == "invoke" and action in (None, each.action)}


# --- What the database holds


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


# --- The checkers


def two_with_one(final: Final) -> list[str]:
    """I1: nobody is held by two agents at once, locks included."""
    found = []
    for person, holds in final.holds.items():
        for one, other in combinations(sorted(holds), 2):
            if one.disturbs(other):
                found.append(f"I1 {person}: {one.key} until {one.end} and {other.key} from {other.start}")
    return found


def crossed_visits(final: Final) -> list[str]:
    """I3: no two visits of one technician overlap, and none lies on grey."""
    found = []
    for technician, visits in final.visits.items():
        for (start, end), (later, _end) in pairwise(sorted(visits)):
            if later < end:
                found.append(f"I3 technician {technician}: {start} to {end} overlaps {later}")
        white = final.white.get(technician, ())
        for start, end in visits:
            if not any(opens <= start and end <= closes for opens, closes in white):
                found.append(f"I3 technician {technician}: {start} to {end} lies on grey")
    return found


def wrong_points(final: Final) -> list[str]:
    """I4: the ledger is the balance and the totals of the days, and a step scored once."""
    found = [f"I4 step {step} scored {count} times" for step, count in Counter(final.scored_steps).items() if count > 1]
    found += _unequal("customer", final.balances, final.ledger)
    return found + _unequal("worker and day", final.days, final.earned)


def _unequal(what: str, kept: Mapping[Any, Any], counted: Mapping[Any, Any]) -> list[str]:
    return [
        f"I4 {what} {key}: kept {kept.get(key, 0)}, the ledger says {counted.get(key, 0)}"
        for key in kept.keys() | counted.keys()
        if kept.get(key, 0) != counted.get(key, 0)
    ]


def stray_tasks(final: Final) -> list[str]:
    """I5: an open task has one handler or waits for one group, and its steps follow each other without a gap."""
    found = []
    for task, title, user_id, group_id, stage_id, closed_at in final.tasks:
        if closed_at is None and (user_id is None) == (group_id is None):
            found.append(f"I5 {title}: handler {user_id}, group {group_id}")
        steps = final.steps.get(task, [])
        for before, after in pairwise(steps):
            if (before[1], before[3]) != (after[0], after[2]):
                found.append(f"I5 {title}: a step led to {before[1::2]}, the next began at {after[0::2]}")
        if steps and (steps[-1][1], steps[-1][3]) != (stage_id, user_id):
            found.append(f"I5 {title}: the last step led to {steps[-1][1::2]}, it stands at {(stage_id, user_id)}")
    return found


def wrong_loads(final: Final) -> list[str]:
    """I6, the half that always holds: the counters routing goes by are what the tasks say."""
    return [
        f"I6 user {user}: counted {final.loads.get(user, 0)}, has {final.open_tasks.get(user, 0)}"
        for user in final.loads.keys() | final.open_tasks.keys()
        if final.loads.get(user, 0) != final.open_tasks.get(user, 0)
    ]


def uneven_routing(final: Final, holders: Iterable[int]) -> list[str]:
    """I6: after arrivals alone no holder of the profile has two tasks more than another."""
    loads = [final.open_tasks.get(user, 0) for user in holders]
    return [f"I6 open tasks of the holders: {loads}"] if max(loads) - min(loads) > 1 else []


def lost_notes(history: History, final: Final, drafts: Iterable[str] | None = None) -> list[str]:
    """I8: what was acknowledged is there once; with `drafts`, what was typed is there or among them."""
    kept, refused = history.acknowledged("note"), history.refused("note")
    shown = None if drafts is None else set(drafts)
    found = []
    for key, event in history.asked("note").items():
        count = final.notes[event.value]
        if key in kept and count == 0:
            found.append(f"I8 {event.value!r} was acknowledged and is gone")
        elif shown is not None and count == 0 and event.value not in shown and key not in refused:
            found.append(f"I8 {event.value!r} is neither written nor a draft")
        if count > 1:
            found.append(f"I8 {event.value!r} is there {count} times")
    return found


def lost_writes(history: History, final: Final) -> list[str]:
    """I9: what was acknowledged is there, whatever server answers now."""
    told = history.acknowledged().items()
    return [f"I9 {event.action} {key}" for key, event in told if key not in final.keys and event.value != NOTHING]


def undone_refusals(history: History, final: Final) -> list[str]:
    """What was refused has left nothing."""
    return [f"refused, and written: {key}" for key in history.refused() if key in final.keys]


def not_once(history: History, effects: Mapping[str, int]) -> list[str]:
    """One effect for each request that was acknowledged, at most one for every other; `effects` are counted by key."""
    told = history.acknowledged()
    found = []
    for key in history.asked():
        count = effects.get(key, 0)
        if count > 1 or (key in told and count != 1):
            found.append(f"{key} ({'acknowledged' if key in told else 'unknown'}): {count} effects")
    return found


def unaudited(changes: Iterable[tuple[str, int]], audit: Iterable[tuple[str, int, str]], who: str) -> list[str]:
    """I10: each changed row has a line in the audit (table, row, who), and the line names the session's user."""
    by_row: dict[tuple[str, int], set[str]] = defaultdict(set)
    for table, row_id, name in audit:
        by_row[table, row_id].add(name)
    found = []
    for change in changes:
        if change not in by_row:
            found.append(f"I10 {change} changed without a line")
        elif who not in by_row[change]:
            found.append(f"I10 {change}: {who} did it, the lines name {sorted(by_row[change])}")
    return found


def unheard(
    final: Final, heard: Mapping[str, Iterable[int] | None], since: Iterable[tuple[str, int]] = ()
) -> list[str]:
    """I11: the feed told of every changed row; None stands for too many rows of a table to name."""
    told = {table: None if ids is None else set(ids) for table, ids in heard.items()}
    found = []
    for table, row_id in final.changes - set(since):
        ids = told.get(table, set())
        if ids is not None and row_id not in ids:
            found.append(f"I11 nobody was told of {table} {row_id}")
    return found


def silent_overwrites(history: History, final: Final) -> list[str]:
    """I12: of those who saw one version only one saves; events named `edit` carry `{"row": ..., "seen": ...}`."""
    saved: dict[tuple[str, int], list[str]] = defaultdict(list)
    for key, event in history.acknowledged("edit").items():
        saved[event.value["row"], event.value["seen"]].append(key)
    found = [f"I12 {row} in version {seen}: {keys} all saved" for (row, seen), keys in saved.items() if len(keys) > 1]
    edits = Counter(row for row, _seen in saved)
    for row, count in edits.items():
        first = min(seen for each, seen in saved if each == row)
        if final.versions.get(row, first + count) < first + count:
            found.append(f"I12 {row}: {count} edits since version {first}, it is in version {final.versions[row]}")
    return found


def broken(final: Final) -> list[str]:
    """Every promise that needs no history."""
    return [
        *two_with_one(final), *crossed_visits(final), *wrong_points(final), *stray_tasks(final), *wrong_loads(final),
    ]  # fmt: skip
