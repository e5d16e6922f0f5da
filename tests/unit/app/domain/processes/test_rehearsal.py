"""The rehearsal against an office that is run again from the start under the other rules: both must say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.processes.rehearsal import Calendar, Difference, Known, Move, Outcome, Replay
from app.domain.processes.routing import Candidate, Rule, choose

START = datetime(2031, 11, 3, 8, tzinfo=UTC)
BOSS = 99
USERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Act:
    """Something that happens to a task: it opens, goes on, is given by hand, or is closed."""

    kind: str
    task: int
    stage: int
    customer: int
    user: int
    is_linked: bool


@dataclass
class Office:
    """An office that hands over by `choose`, and writes down what the program writes down."""

    holders: Mapping[int, frozenset[int]]
    profiles: Mapping[int, int]
    hands: dict[int, int] = field(default_factory=dict)
    stage: dict[int, int] = field(default_factory=dict)
    had: dict[tuple[int, int], datetime] = field(default_factory=dict)
    served: dict[tuple[int, int], datetime] = field(default_factory=dict)
    chosen: dict[int, datetime] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def weigh(self, act: Act, *, is_linked: bool) -> tuple[Candidate, ...]:
        """The facts of one choice."""
        return tuple(
            Candidate(
                user,
                f"U{user}",
                sum(holder == user for holder in self.hands.values()),
                self.chosen.get(user),
                self.had.get((act.task, user)),
                self.served.get((act.customer, user)) if is_linked else None,
            )
            for user in sorted(self.holders.get(self.profiles[act.stage], frozenset()))
        )

    def do(self, number: int, act: Act) -> None:
        """Carry it out."""
        was = self.hands.get(act.task)
        if (act.kind == "open") == (was is not None) or (act.kind == "open" and act.task in self.stage):
            return
        at, before = START + timedelta(minutes=number), self.stage.get(act.task)
        is_linked = act.is_linked and act.kind == "open"
        candidates = None
        if act.kind == "close":
            rule, got, stage = Rule.CLOSED, was, before
        elif act.kind == "by hand":
            rule, got, stage = Rule.BY_HAND, act.user, act.stage
        else:
            candidates = self.weigh(act, is_linked=is_linked)
            choice = choose(candidates, is_linked=is_linked)
            rule, got, stage = choice.rule, choice.user_id or BOSS, act.stage
            self.chosen[got] = at
        self.had[act.task, got] = at
        self.served[act.customer, got] = at
        self.hands[act.task], self.stage[act.task] = got, stage
        if act.kind == "close":
            del self.hands[act.task]
        profile = self.profiles[stage]
        self.moves.append(
            Move(
                number, act.task, at, rule, before, stage, was, got, closes=act.kind == "close",
                customer_id=act.customer, is_linked=is_linked, profile_id=profile, candidates=candidates,
            )
        )  # fmt: skip


def run(acts: list[Act], holders: Mapping[int, frozenset[int]], profiles: Mapping[int, int]) -> Office:
    """The office after all of it."""
    office = Office(holders, profiles)
    for number, act in enumerate(acts):
        # A task is of one customer, and stays open under one number.
        office.do(number, Act(act.kind, act.task, act.stage, act.task % 3, act.user, act.is_linked))
    return office


def rehearse(office: Office, difference: Difference, **values: object) -> list[Outcome]:
    """The office's records under the difference."""
    people = {user: Known(f"U{user}") for user in (*USERS, BOSS)}
    replay = Replay(difference, people=people, holders=office.holders, administrator_id=BOSS, **values)
    return [outcome for outcome in map(replay.take, office.moves) if outcome is not None]


_acts = st.lists(
    st.builds(
        Act,
        st.sampled_from(["open", "open", "open", "go on", "go on", "by hand", "close"]),
        st.integers(1, 12),
        st.integers(1, 3),
        st.just(0),
        st.sampled_from(USERS),
        st.booleans(),
    ),
    max_size=60,
)
_groups = st.frozensets(st.sampled_from(USERS), min_size=1)
_holders = st.fixed_dictionaries({1: _groups, 2: _groups})
_profiles = st.fixed_dictionaries({1: st.integers(1, 2), 2: st.integers(1, 2), 3: st.integers(1, 2)})


@settings(max_examples=300)
@given(_acts, _holders, _profiles)
def test_with_nothing_changed_nothing_moves(acts, holders, profiles):
    outcomes = rehearse(run(acts, holders, profiles), Difference())
    assert all(each.is_replayed and not each.is_moved and each.rule == each.move.rule for each in outcomes)


@settings(max_examples=500)
@given(_acts, _holders, _holders, _profiles, _profiles)
def test_the_rehearsal_says_what_the_other_office_does(acts, holders, others, profiles, stages):
    records = run(acts, holders, profiles)
    wanted = {move.id: (move.got, move.rule) for move in run(acts, others, stages).moves if move.is_choice}
    difference = Difference(
        joins={profile: others[profile] - holders[profile] for profile in holders},
        leaves={profile: holders[profile] - others[profile] for profile in holders},
        stages={stage: profile for stage, profile in stages.items() if profile != profiles[stage]},
    )
    assert {each.move.id: (each.would, each.rule) for each in rehearse(records, difference)} == wanted


def choice(number: int, task: int, rule: Rule, got: int, *candidates: Candidate, **values: object) -> Move:
    """One recorded choice of profile 1 at stage 1."""
    known = {"was": None, "from_stage_id": None, "stage_id": 1, "profile_id": 1, **values}
    return Move(number, task, START + timedelta(minutes=number), rule, got=got, candidates=candidates, **known)


def replayed(moves: list[Move], difference: Difference, people: Mapping[int, Known], **values: object) -> list[Outcome]:
    """These moves under the difference."""
    replay = Replay(difference, people=people, holders={1: frozenset({1})}, administrator_id=BOSS, **values)
    return [outcome for outcome in map(replay.take, moves) if outcome is not None]


def test_a_waiting_task_that_somebody_would_have_had_is_not_given_again():
    moves = [
        choice(1, 7, Rule.NOBODY, BOSS, Candidate(1, "A", 0, is_absent=True)),
        choice(2, 7, Rule.ONLY_ONE, 1, Candidate(1, "A", 0), was=BOSS, from_stage_id=1),
    ]
    first, again = replayed(moves, Difference(joins={1: frozenset({2})}), {2: Known("B")})
    assert (first.would, first.rule) == (2, Rule.ONLY_ONE)
    assert (again.would, again.rule) == (2, Rule.KEPT)


def test_who_joins_is_passed_over_while_he_is_away():
    away = Calendar(((START, START + timedelta(minutes=5)),))
    moves = [choice(number, number, Rule.ONLY_ONE, 1, Candidate(1, "A", number)) for number in (4, 5)]
    outcomes = replayed(moves, Difference(joins={1: frozenset({2})}), {2: Known("B", calendar=away)})
    assert [each.would for each in outcomes] == [1, 2]


def test_hours_that_are_heeded_are_wall_clock_hours():
    calendar = Calendar(week=((0, time(8), time(12)),))
    assert not calendar.is_away(START)
    assert calendar.is_away(START + timedelta(hours=4))
    assert calendar.is_away(START + timedelta(days=1))


def test_a_stage_that_loses_its_profile_leaves_intakes_to_the_administrator_and_others_where_they_are():
    moves = [
        choice(1, 7, Rule.ONLY_ONE, 1, Candidate(1, "A", 0)),
        choice(2, 8, Rule.ONLY_ONE, 1, Candidate(1, "A", 1), was=5, from_stage_id=3),
    ]
    intake, later = replayed(moves, Difference(stages={1: None}), {})
    assert (intake.would, intake.rule) == (BOSS, Rule.NO_PROFILE)
    assert (later.would, later.rule) == (5, Rule.KEPT)


def test_an_intake_without_profile_finds_the_holders_of_the_one_it_gets():
    move = choice(1, 7, Rule.NO_PROFILE, BOSS, profile_id=None)
    (outcome,) = replayed([move], Difference(stages={1: 1}), {1: Known("A")})
    assert (outcome.would, outcome.rule) == (1, Rule.ONLY_ONE)
    (same,) = replayed([move], Difference(stages={4: 1}), {1: Known("A")})
    assert not same.is_moved


@pytest.mark.parametrize("keeps_absent", [True, False])
def test_a_choice_made_under_the_other_setting_of_continuity_stands(keeps_absent):
    away = Candidate(1, "A", 3, handled_at=START, is_absent=True)
    there = Candidate(2, "B", 0), Candidate(3, "C", 1)
    moves = [choice(1, 7, Rule.EARLIER_HANDLER, 1, away, *there), choice(2, 8, Rule.FEWEST, 2, away, *there)]
    outcomes = replayed(moves, Difference(), {}, keeps_absent=keeps_absent)
    assert not any(each.is_moved for each in outcomes)
    assert all(each.is_replayed for each in outcomes)


def test_what_its_facts_do_not_explain_stays_and_says_so():
    strange = choice(1, 7, Rule.FEWEST, 2, Candidate(1, "A", 0), Candidate(2, "B", 5))
    bare = Move(2, 8, START, Rule.FEWEST, None, 1, None, 2, profile_id=1)
    outcomes = replayed([strange, bare], Difference(leaves={1: frozenset({2})}), {})
    assert [(each.would, each.is_replayed) for each in outcomes] == [(2, False), (2, False)]
