"""What clients asked and were told, and whether that and what the database holds keep the promises of the program.

A recorder writes each request down when it is made and when its end is known: `ok`, `fail` (a refusal: nothing was
written) or `unknown` (the line was lost: it may have been written or not). The checkers look at this history and at
what the database holds in the end; each gives the violations it finds, in words. The invariants bear the numbers of
the reliability paper: I1 to I12; I13 is tests/faults/test_upgrade.py's.
"""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from app.domain.errors import DatabaseUnavailable, UserError
from tests.kit.final_state import Ask, Final, Hold, moment

__all__ = [
    "NOTHING", "Ask", "Asked", "Ban", "Dial", "Event", "Final", "History", "Hold", "Recorder", "broken",
    "crossed_visits", "forbidden_dials", "half_done", "lost_notes", "lost_writes", "moment", "not_once", "read_events",
    "silent_overwrites", "stray_tasks", "two_with_one", "unaudited", "undone_refusals", "uneven_routing", "unheard",
    "wrong_deliveries", "wrong_loads", "wrong_points",
]  # fmt: skip

NOTHING = "nothing"
"""The answer of a request that found nothing to do, such as that for the next customer."""


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


# --- The checkers


def two_with_one(final: Final) -> list[str]:
    """I1: nobody is held by two agents at once, locks included."""
    found = []
    for person, holds in final.holds.items():
        for one, other in combinations(sorted(holds), 2):
            if one.disturbs(other):
                found.append(f"I1 {person}: {one.key} until {one.end} and {other.key} from {other.start}")
    return found


@dataclass
class Ban:
    """From when to when nobody may dial this person, or anybody in this campaign; by the database's clock."""

    since: datetime
    person: str | None = None
    campaign_id: int | None = None
    until: datetime | None = None

    def forbids(self, dial: "Dial") -> bool:
        """Whether this call was dialled while it stood."""
        return (
            self.since < dial.at
            and (self.until is None or dial.at < self.until)
            and self.person in (None, dial.person)
            and self.campaign_id in (None, dial.campaign_id)
        )


@dataclass(frozen=True, slots=True)
class Dial:
    """A permit to dial that was given, by the database's clock."""

    at: datetime
    person: str | None
    campaign_id: int | None
    key: str


def forbidden_dials(bans: Iterable[Ban], dials: Iterable[Dial]) -> list[str]:
    """I2: nobody is dialled outside the hours, against a wish or without a consent, as rules stood in that moment.

    A ban stands from when its writer was told that it is saved until he asks for its end: what was under way in
    between may have been either before or after it.
    """
    standing = list(bans)
    met = [(dial, ban) for dial in dials for ban in standing if ban.forbids(dial)]
    return [f"I2 {dial.key}: {dial.person} at {dial.at}, {ban}" for dial, ban in met]


def wrong_deliveries(states: Mapping[str, str], taken: Iterable[str], crashed: Iterable[str] = ()) -> list[str]:
    """I7: each mail that is sent was taken by the mail server, once and once more for each crash in between.

    `states` are the outbox's by Message-ID; `crashed` names a mail once for each time its sender was gone, or its line,
    between the server's taking it and the sender's writing that down.
    """
    times, excused = Counter(taken), Counter(crashed)
    sent = [key for key, state in states.items() if state == "sent"]
    found = [f"I7 {key} is sent and never arrived" for key in sent if not times[key]]
    found += [f"I7 {key} is nobody's" for key in times.keys() - states.keys()]
    often = [key for key, count in times.items() if count > 1 + excused[key]]
    return found + [f"I7 {key} arrived {times[key]} times, {excused[key]} crashes" for key in often]


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


def half_done(history: History, final: Final) -> list[str]:
    """What a request was to leave is there if and only if its key is: also of those that a failover lost."""
    titles = {row[1] for row in final.tasks}
    found = []
    for key, event in history.asked().items():
        if event.action not in ("note", "sell"):
            continue
        is_there = event.value in titles if event.action == "sell" else final.notes[event.value] > 0
        if is_there != (key in final.keys):
            found.append(f"half done: {event.action} {key} is {'there' if is_there else 'gone'}, its key is not so")
    return found


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
