"""Rehearsal: what a change of profiles or of a process would have made of last month's automatic hand-overs."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.processes.rehearsal import Calendar, Difference, Known, Move, Outcome, Replay
from app.domain.processes.routing import AUTOMATIC, Candidate
from app.domain.words import Message, counted
from app.models.people import User
from app.models.planner import Absence, Holiday, WorkingHours
from app.models.processes import Process, Stage, UserLoad, UserProfile
from app.models.tickets import Task, TaskStep, Ticket
from app.services.context import now, reads
from app.services.processes.routing import Settings, administrator, settings_of

_SOME = 500
"""How many steps are replayed between two words about the progress."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be tried: the worker profiles some users would hold, the profile some stages would have."""

    profiles: Mapping[int, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    stages: Mapping[int, int | None] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RehearsedStep:
    """One automatic hand-over: who got the task, who would have got it, by which rule then and now."""

    step_id: int
    task_id: int
    task: str
    process: str
    stage: str
    at: datetime
    had_id: int | None
    had: str
    would_id: int | None
    would: str
    rule_then: str
    rule_now: str
    is_replayed: bool

    @property
    def is_moved(self) -> bool:
        """Whether somebody else would have got it."""
        return self.had_id != self.would_id


@dataclass(frozen=True, slots=True)
class PersonShift:
    """How many automatic hand-overs somebody got, and would have got."""

    user_id: int
    name: str
    had: int
    would: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The answer: every automatic hand-over of the time, what it adds up to, and what cannot be told."""

    since: datetime
    until: datetime
    time_zone: str
    steps: tuple[RehearsedStep, ...]
    people: tuple[PersonShift, ...]
    left_out: tuple[Message, ...]

    @property
    def moved(self) -> tuple[RehearsedStep, ...]:
        """The hand-overs that somebody else would have got."""
        return tuple(step for step in self.steps if step.is_moved)


@reads
def rehearse(
    session: Session, change: Change, *, days: int = 30, progress: Callable[[int, int], object] | None = None
) -> Rehearsal:
    """Choose the automatic hand-overs of these days again as if the change had been made before; nothing is written."""
    until = now(session)
    since = until - timedelta(days=days)
    rules = settings_of(session)
    books = _Books(session)
    rows = session.execute(_steps(since)).all()
    moves = [books.move(row) for row in rows]
    difference = books.difference(change)
    replay = Replay(
        difference,
        people=_known(session, books.concerned(difference), moves, rules, since),
        holders=books.holders,
        administrator_id=administrator(session),
        keeps_absent=rules.keeps_absent,
    )
    outcomes = []
    for place, (row, move) in enumerate(zip(rows, moves, strict=True)):
        outcome = replay.take(move)
        if outcome is not None:
            outcomes.append((row, outcome))
        if progress is not None and place % _SOME == 0:
            progress(place, len(moves))
    steps = tuple(books.told(row, outcome) for row, outcome in outcomes)
    return Rehearsal(since, until, rules.time_zone, steps, books.people(steps), _left_out(outcomes))


def _steps(since: datetime) -> Any:
    """Every step of the time with its task, in the order in which they were taken."""
    step = TaskStep
    title = func.coalesce(func.nullif(Task.title, ""), Ticket.subject, "")
    return (
        select(
            step.id, step.task_id, step.at, step.rule, step.reason, step.from_stage_id, step.to_stage_id,
            step.from_user_id, step.to_user_id, step.closes, Task.customer_id,
            title.label("title"),
        )
        .join(Task, Task.id == step.task_id)
        .outerjoin(Ticket, Ticket.id == Task.ticket_id)
        .where(step.at >= since)
        .order_by(step.at, step.id)
    )  # fmt: skip


class _Books:
    """Names and settings as they are now, read once."""

    def __init__(self, session: Session) -> None:
        self._users: dict[int, str] = dict(session.execute(select(User.id, User.name)).all())
        stages = select(Stage.id, Stage.name, Stage.profile_id, Process.name).join(
            Process, Process.id == Stage.process_id
        )
        self._stages = {row[0]: (row[1], row[2], row[3]) for row in session.execute(stages)}
        held: defaultdict[int, set[int]] = defaultdict(set)
        for profile_id, user_id in session.execute(select(UserProfile.profile_id, UserProfile.user_id)):
            held[profile_id].add(user_id)
        self.holders = {profile_id: frozenset(users) for profile_id, users in held.items()}

    def move(self, row: Any) -> Move:
        """A stored step as the replay reads it."""
        is_choice = row.rule in AUTOMATIC
        return Move(
            row.id,
            row.task_id,
            row.at,
            row.rule,
            row.from_stage_id,
            row.to_stage_id,
            row.from_user_id,
            row.to_user_id,
            closes=row.closes,
            customer_id=row.customer_id,
            is_linked=bool(row.reason.get("is_linked")),
            profile_id=row.reason.get("profile_id") if is_choice else None,
            candidates=_candidates(row.reason) if is_choice else None,
        )

    def _profile_of(self, stage_id: int | None) -> int | None:
        return self._stages[stage_id][1] if stage_id is not None and stage_id in self._stages else None

    def difference(self, change: Change) -> Difference:
        """What the change says otherwise than the database does now."""
        joins: defaultdict[int, set[int]] = defaultdict(set)
        leaves: defaultdict[int, set[int]] = defaultdict(set)
        for user_id, wanted in change.profiles.items():
            held = {profile_id for profile_id, users in self.holders.items() if user_id in users}
            for profile_id in wanted - held:
                joins[profile_id].add(user_id)
            for profile_id in held - wanted:
                leaves[profile_id].add(user_id)
        stages = {
            stage_id: profile_id
            for stage_id, profile_id in change.stages.items()
            if stage_id in self._stages and profile_id != self._profile_of(stage_id)
        }
        return Difference(_frozen(joins), _frozen(leaves), stages)

    def concerned(self, difference: Difference) -> frozenset[int]:
        """Who may be chosen where the records never looked at him."""
        profiles = {profile_id for profile_id in difference.stages.values() if profile_id is not None}
        holding = [self.holders.get(profile_id, frozenset()) for profile_id in profiles]
        return frozenset().union(*difference.joins.values(), *holding)

    def told(self, row: Any, outcome: Outcome) -> RehearsedStep:
        """A hand-over in names."""
        stage, _profile, process = self._stages.get(row.to_stage_id, ("", None, ""))
        had, would = row.to_user_id, outcome.would
        names = self._users.get(had, ""), self._users.get(would, "") if would is not None else ""
        return RehearsedStep(
            row.id, row.task_id, row.title, process, stage, row.at, had, names[0], would, names[1], row.rule,
            str(outcome.rule), outcome.is_replayed,
        )  # fmt: skip

    def people(self, steps: Iterable[RehearsedStep]) -> tuple[PersonShift, ...]:
        """How many each got and would have got, by name."""
        had: Counter[int] = Counter()
        would: Counter[int] = Counter()
        for step in steps:
            if step.had_id is not None:
                had[step.had_id] += 1
            if step.would_id is not None:
                would[step.would_id] += 1
        named = sorted((self._users.get(user, ""), user) for user in had.keys() | would.keys())
        return tuple(PersonShift(user, name, had[user], would[user]) for name, user in named)


def _frozen(found: Mapping[int, set[int]]) -> dict[int, frozenset[int]]:
    return {key: frozenset(users) for key, users in found.items()}


def _candidates(reason: Mapping[str, Any]) -> tuple[Candidate, ...] | None:
    """The facts stored with a step; None where it has none."""
    if "candidates" not in reason:
        return None
    return tuple(
        Candidate(
            each["user"],
            each["name"],
            each["open"],
            # Most are None: a call for each would be a third of the time.
            each["chosen_at"] and _instant(each["chosen_at"]),
            each["handled_at"] and _instant(each["handled_at"]),
            each["served_at"] and _instant(each["served_at"]),
            each["active"],
            each["absent"],
        )
        for each in reason["candidates"]
    )


_instant = lru_cache(4096)(datetime.fromisoformat)
"""One choice of the machine is remembered in many reasons."""


def _known(
    session: Session, users: frozenset[int], moves: Sequence[Move], rules: Settings, since: datetime
) -> dict[int, Known]:
    """Who is not among the stored facts: his loads and memories before the first step, and when he is away."""
    if not users:
        return {}
    since_then: Counter[int] = Counter()
    for move in moves:
        for user, by in move.loads():
            since_then[user] += by
    loads = (
        select(User.id, User.name, User.is_active, UserLoad.open_tasks, UserLoad.waiting_tasks)
        .join(UserLoad, UserLoad.user_id == User.id)
        .where(User.id.in_(users))
    )
    calendars = _calendars(session, users, rules, since)
    chosen, handled, served = _memories(session, users, since)
    return {
        user: Known(
            name,
            is_active,
            max(0, open_tasks - (0 if rules.counts_waiting else waiting) - since_then[user]),
            chosen.get(user),
            calendars[user],
            handled[user],
            served[user],
        )
        for user, name, is_active, open_tasks, waiting in session.execute(loads)
    }


def _calendars(session: Session, users: frozenset[int], rules: Settings, since: datetime) -> dict[int, Calendar]:
    """When they are away, by the rules of handing over."""
    away: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    absences = select(Absence.user_id, Absence.starts_at, Absence.ends_at)
    for user, start, end in session.execute(absences.where(Absence.user_id.in_(users), Absence.ends_at > since)):
        away[user].append((start, end))
    week: defaultdict[int, list[Any]] = defaultdict(list)
    if rules.heeds_hours:
        hours = select(WorkingHours.user_id, WorkingHours.weekday, WorkingHours.starts, WorkingHours.ends)
        for user, weekday, starts, ends in session.execute(hours.where(WorkingHours.user_id.in_(users))):
            week[user].append((weekday, starts, ends))
        holidays = session.execute(select(Holiday.starts_at, Holiday.ends_at).where(Holiday.ends_at > since))
        for start, end in holidays:
            for user in week:
                away[user].append((start, end))
    zone = ZoneInfo(rules.time_zone)
    return {user: Calendar(tuple(away[user]), tuple(week[user]), zone) for user in users}


def _memories(
    session: Session, users: frozenset[int], since: datetime
) -> tuple[dict[int, datetime], dict[int, dict[int, datetime]], dict[int, dict[int, datetime]]]:
    """When the machine last chose them before, and when they last had each task and customer."""
    step = TaskStep
    ours = (step.to_user_id.in_(users), step.at < since)
    last = func.max(step.at)
    asked = select(step.to_user_id, last).where(*ours, step.is_automatic).group_by(step.to_user_id)
    chosen = {user: at for user, at in session.execute(asked) if user is not None}
    handled: dict[int, dict[int, datetime]] = {user: {} for user in users}
    served: dict[int, dict[int, datetime]] = {user: {} for user in users}
    of_task = (
        select(step.to_user_id, step.task_id, last)
        .where(*ours, _is_replayed_later(since))
        .group_by(step.to_user_id, step.task_id)
    )
    for user, task_id, at in session.execute(of_task):
        if user is not None:
            handled[user][task_id] = at
    of_customer = (
        select(step.to_user_id, Task.customer_id, last)
        .join(Task, Task.id == step.task_id)
        .where(*ours, Task.customer_id.is_not(None))
        .group_by(step.to_user_id, Task.customer_id)
    )
    for user, customer_id, at in session.execute(of_customer):
        if user is not None and customer_id is not None:
            served[user][customer_id] = at
    return chosen, handled, served


def _is_replayed_later(since: datetime) -> Any:
    return TaskStep.task_id.in_(select(TaskStep.task_id).where(TaskStep.at >= since))


def _left_out(outcomes: Iterable[tuple[Any, Outcome]]) -> tuple[Message, ...]:
    """What cannot be told, and why."""
    left = [outcome.move for _row, outcome in outcomes if not outcome.is_replayed]
    bare = sum(move.candidates is None for move in left)
    found = []
    if bare:
        found.append(
            counted(
                "{count} hand-over has no reasons stored and stays as it was.",
                "{count} hand-overs have no reasons stored and stay as they were.",
                bare,
            )
        )
    if len(left) > bare:
        found.append(
            counted(
                "{count} hand-over cannot be worked out from its stored facts and stays as it was.",
                "{count} hand-overs cannot be worked out from their stored facts and stay as they were.",
                len(left) - bare,
            )
        )
    return tuple(found)
