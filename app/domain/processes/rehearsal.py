"""What would have come of it: recorded hand-overs chosen again under other rules, each with the facts of its moment.

The facts are those stored with each step. Where the rehearsal gave an earlier task to somebody else, loads and memories
follow: who would have had it has one more, who had it one less, until the task leaves those hands. With nothing changed
nothing moves. Requirement: first F10.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from types import MappingProxyType

from app.domain.processes.routing import AUTOMATIC, Candidate, Choice, Rule, choose

_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """One recorded step of a task; `candidates` None when the step tells nothing about its choice."""

    id: int
    task_id: int
    at: datetime
    rule: str
    from_stage_id: int | None
    stage_id: int | None
    was: int | None
    got: int | None
    closes: bool = False
    customer_id: int | None = None
    is_linked: bool = False
    profile_id: int | None = None
    candidates: tuple[Candidate, ...] | None = None

    @property
    def is_choice(self) -> bool:
        """Whether the machine gave the task to somebody here."""
        return self.rule in AUTOMATIC and self.got is not None

    def loads(self) -> tuple[tuple[int, int], ...]:
        """Whose number of open tasks it changes, and by how much."""
        after = None if self.closes else self.got
        if self.was == after:
            return ()
        return tuple((user, by) for user, by in ((self.was, -1), (after, 1)) if user is not None)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody is away: stretches of time, and the hours outside his week where he has one that is heeded.

    The week is by weekday (Monday 0), in the wall-clock time of the zone.
    """

    away: tuple[tuple[datetime, datetime], ...] = ()
    week: tuple[tuple[int, time, time], ...] = ()
    zone: tzinfo = UTC

    def is_away(self, at: datetime) -> bool:
        """Whether he was away at this moment."""
        if any(start <= at < end for start, end in self.away):
            return True
        local = at.astimezone(self.zone)
        clock = local.time()
        return bool(self.week) and not any(
            weekday == local.weekday() and starts <= clock < ends for weekday, starts, ends in self.week
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody whom a step did not look at; the loads and memories are those before the first step."""

    name: str
    is_active: bool = True
    open_tasks: int = 0
    chosen_at: datetime | None = None
    calendar: Calendar = Calendar()
    handled: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))
    served: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be tried: who joins and leaves a profile, and which stages get another profile (or none)."""

    joins: Mapping[int, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    leaves: Mapping[int, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    stages: Mapping[int, int | None] = field(default_factory=lambda: MappingProxyType({}))

    def holders(self, profile_id: int, now: frozenset[int]) -> frozenset[int]:
        """Who would hold a profile that `now` is held by these."""
        return (now | self.joins.get(profile_id, _NOBODY)) - self.leaves.get(profile_id, _NOBODY)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One recorded choice and what would have come of it; `is_replayed` False when it cannot be told."""

    move: Move
    would: int | None
    rule: str
    is_replayed: bool = True

    @property
    def is_moved(self) -> bool:
        """Whether somebody else would have got the task."""
        return self.would != self.move.got


class _Memory:
    """When somebody last had something, in the records and in the rehearsal."""

    def __init__(self) -> None:
        self._had: dict[tuple[int, int], datetime] = {}
        self._would: dict[tuple[int, int], datetime] = {}
        self._before: dict[tuple[int, int], datetime | None] = {}

    def note(self, key: int, move: Move, would: int | None, before: Mapping[int, datetime | None]) -> None:
        """A step gave it to one in the records and to another in the rehearsal; `before` are the facts it knew."""
        if move.got is not None:
            place = key, move.got
            if place not in self._had:
                self._before[place] = before.get(move.got)
            self._had[place] = move.at
        if would is not None:
            self._would[key, would] = move.at

    def of(self, key: int, user: int, recorded: datetime | None) -> datetime | None:
        """What the rehearsal knows where the step knew `recorded`."""
        had, would = self._had.get((key, user)), self._would.get((key, user))
        if had == would:
            return recorded
        return would if would is not None else self._before.get((key, user))

    def told(self, key: int, user: int, before: datetime | None) -> datetime | None:
        """What the rehearsal knows of somebody whom no step looked at."""
        return self._would.get((key, user), before)


class Replay:
    """The state of a rehearsal between two steps. Steps are given in the order in which they were taken."""

    def __init__(
        self,
        difference: Difference,
        *,
        people: Mapping[int, Known],
        holders: Mapping[int, frozenset[int]],
        administrator_id: int | None = None,
        keeps_absent: bool = False,
    ) -> None:
        self._difference = difference
        self._people = people
        self._holders = holders
        self._administrator_id = administrator_id
        self._keeps_absent = keeps_absent
        self._level = {user: known.open_tasks for user, known in people.items()}
        self._shift: defaultdict[int, int] = defaultdict(int)
        self._apart: dict[int, tuple[int | None, int | None]] = {}
        self._given: dict[int, int | None] = {}
        self._handled, self._served, self._chosen = _Memory(), _Memory(), _Memory()

    def take(self, move: Move) -> Outcome | None:
        """The next step; an outcome where the machine had chosen."""
        outcome = self._outcome(move) if move.is_choice else None
        for each in move.candidates or ():
            self._level[each.user_id] = each.open_tasks
        would = outcome.would if outcome is not None else self._follow(move)
        self._given.pop(move.task_id, None)
        if outcome is not None and move.rule == Rule.NOBODY and outcome.rule != Rule.NOBODY:
            self._given[move.task_id] = move.stage_id
        self._settle(move, would)
        return outcome

    # --- Who would get it

    def _outcome(self, move: Move) -> Outcome:
        if move.candidates is None:
            return Outcome(move, move.got, move.rule, is_replayed=False)
        if self._given.get(move.task_id, 0) == move.stage_id:
            # The records gave away what had waited; here somebody has it already.
            return Outcome(move, self._holder(move), Rule.KEPT)
        profile_id = self._profile_of(move)
        if profile_id is None:
            return self._without_profile(move)
        then = self._as_it_was(move)
        if then is None:
            return Outcome(move, move.got, move.rule, is_replayed=False)
        is_linked, keeps_absent = then
        now = choose(self._candidates(move, profile_id), is_linked=is_linked, keeps_absent=keeps_absent)
        if now.rule == Rule.NOBODY:
            kept = move.got if move.rule in (Rule.NOBODY, Rule.NO_PROFILE) else self._administrator_id
            return Outcome(move, kept, now.rule)
        return Outcome(move, now.user_id, now.rule)

    def _profile_of(self, move: Move) -> int | None:
        if move.stage_id is not None and move.stage_id in self._difference.stages:
            return self._difference.stages[move.stage_id]
        return move.profile_id

    def _without_profile(self, move: Move) -> Outcome:
        """An intake goes to the administrator; at a later stage the task stays where it is."""
        if move.rule == Rule.NO_PROFILE:
            return Outcome(move, move.got, move.rule)
        if move.was is None:
            return Outcome(move, self._administrator_id, Rule.NO_PROFILE)
        return Outcome(move, self._holder(move), Rule.KEPT)

    def _as_it_was(self, move: Move) -> tuple[bool, bool] | None:
        """The settings under which the recorded facts give the recorded choice; None when none do."""
        if move.rule == Rule.NO_PROFILE:
            return move.is_linked, self._keeps_absent
        wanted = Choice(Rule(move.rule), None if move.rule == Rule.NOBODY else move.got)
        for is_linked in (move.is_linked, not move.is_linked):
            for keeps_absent in (self._keeps_absent, not self._keeps_absent):
                if choose(move.candidates or (), is_linked=is_linked, keeps_absent=keeps_absent) == wanted:
                    return is_linked, keeps_absent
        return None

    def _candidates(self, move: Move, profile_id: int) -> list[Candidate]:
        recorded = {each.user_id: each for each in move.candidates or ()}
        if profile_id == move.profile_id:
            ids = self._difference.holders(profile_id, frozenset(recorded))
        else:
            ids = self._difference.holders(profile_id, self._holders.get(profile_id, _NOBODY))
        return [
            self._adjusted(move, recorded[user]) if user in recorded else self._told(move, user) for user in sorted(ids)
        ]

    def _adjusted(self, move: Move, candidate: Candidate) -> Candidate:
        """A candidate of the records as the rehearsal would have met him."""
        user = candidate.user_id
        return Candidate(
            user,
            candidate.name,
            candidate.open_tasks + self._shift.get(user, 0),
            self._chosen.of(0, user, candidate.chosen_at),
            self._handled.of(move.task_id, user, candidate.handled_at),
            self._served.of(move.customer_id or 0, user, candidate.served_at),
            candidate.is_active,
            candidate.is_absent,
        )

    def _told(self, move: Move, user: int) -> Candidate:
        """Somebody the step did not look at, from what else is known of him."""
        known = self._people.get(user, Known(""))
        customer = move.customer_id or 0
        return Candidate(
            user,
            known.name,
            self._level.get(user, 0) + self._shift.get(user, 0),
            self._chosen.told(0, user, known.chosen_at),
            self._handled.told(move.task_id, user, known.handled.get(move.task_id)),
            self._served.told(customer, user, known.served.get(customer)),
            is_active=known.is_active,
            is_absent=known.calendar.is_away(move.at),
        )

    # --- What follows from it

    def _holder(self, move: Move) -> int | None:
        """Who has the task in the rehearsal before this step."""
        return self._apart[move.task_id][1] if move.task_id in self._apart else move.was

    def _follow(self, move: Move) -> int | None:
        """A step the machine did not choose: what a person named stays named, what stayed stays."""
        stays = move.rule in (Rule.KEPT, Rule.CLOSED) and move.got == move.was
        return self._holder(move) if stays else move.got

    def _settle(self, move: Move, would: int | None) -> None:
        """Loads and memories after the step."""
        for user, by in move.loads():
            if user in self._level:
                self._level[user] += by
        self._part(move.task_id, (None, None) if move.closes else (move.got, would))
        if move.is_choice:
            known = {each.user_id: each for each in move.candidates or ()}
            self._chosen.note(0, move, would, {user: each.chosen_at for user, each in known.items()})
        else:
            known = {}
        handled = {user: each.handled_at for user, each in known.items()}
        self._handled.note(move.task_id, move, would, handled)
        if move.customer_id is not None:
            self._served.note(move.customer_id, move, would, {user: each.served_at for user, each in known.items()})

    def _part(self, task_id: int, hands: tuple[int | None, int | None]) -> None:
        before = self._apart.pop(task_id, (None, None))
        for (had, would), by in ((before, 1), (hands, -1)):
            if had != would:
                if had is not None:
                    self._shift[had] += by
                if would is not None:
                    self._shift[would] -= by
        if hands[0] != hands[1]:
            self._apart[task_id] = hands
