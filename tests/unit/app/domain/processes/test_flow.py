"""What has to be right about a process, as pure functions."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.processes.flow import (
    Holders,
    OtherStage,
    ProcessDraft,
    StageDraft,
    has_few_decimals,
    problems,
    skeleton,
    walk_round,
    warnings,
)
from app.i18n import say


def codes(draft: ProcessDraft, others: tuple[OtherStage, ...] = ()) -> list[str]:
    """What keeps the draft from being saved, by code."""
    return [finding.code for finding in problems(draft, others)]


def words(draft: ProcessDraft, others: tuple[OtherStage, ...] = ()) -> list[str]:
    """The same in English."""
    return [say(finding.what) for finding in problems(draft, others)]


def chain(*names: str) -> ProcessDraft:
    """Stages one after the other, from the intake to the final one."""
    last = len(names) - 1
    stages = [
        StageDraft(at, name, is_intake=not at, is_final=at == last, next=() if at == last else (at + 1,))
        for at, name in enumerate(names)
    ]
    return ProcessDraft("Requests", tuple(stages))


def with_stage(draft: ProcessDraft, key: int, **changes: object) -> ProcessDraft:
    """The draft with one stage changed."""
    stages = [replace(stage, **changes) if stage.key == key else stage for stage in draft.stages]  # type: ignore[arg-type]
    return replace(draft, stages=tuple(stages))


@st.composite
def graphs(draw: st.DrawFn) -> ProcessDraft:
    """Any process of up to six stages, with one intake."""
    count = draw(st.integers(2, 6))
    keys = range(count)
    final = draw(st.sets(st.integers(1, count - 1), max_size=2))
    ways = [draw(st.sets(st.sampled_from([k for k in keys if k != key]), max_size=3)) for key in keys]
    opens = [draw(st.sets(st.sampled_from(list(keys)), max_size=2)) for key in keys]
    stages = (
        StageDraft(
            key, f"S{key}", is_intake=key == 0, is_final=key in final, next=tuple(ways[key]), opens=tuple(opens[key])
        )
        for key in keys
    )
    return ProcessDraft("Any", tuple(stages))


def closure(ways: dict[int, tuple[int, ...]]) -> dict[int, set[int]]:
    """Where one can come to in one step or more, by the slow and sure way."""
    found = {key: set(leads) for key, leads in ways.items()}
    for _turn in found:
        for key, leads in found.items():
            found[key] = leads | {far for near in leads for far in found[near]}
    return found


@given(graphs())
@pytest.mark.row("R-F2")
def test_a_process_is_refused_just_when_a_task_could_be_caught_in_it(draft: ProcessDraft) -> None:
    reach = closure({stage.key: stage.next for stage in draft.stages})
    ends = {stage.key for stage in draft.stages if stage.is_final}
    caught = [stage for stage in draft.stages if not stage.is_final and not reach[stage.key] & ends]
    found = set(codes(draft)) & {"STUCK", "FINAL"}
    assert bool(found) == bool(caught)


@given(graphs())
def test_openings_are_refused_just_when_one_leads_back_to_itself(draft: ProcessDraft) -> None:
    reach = closure({stage.key: stage.opens for stage in draft.stages})
    assert ("LOOP" in codes(draft)) == any(key in leads for key, leads in reach.items())


@given(st.integers(2, 7), st.data())
def test_going_back_is_always_allowed(count: int, data: st.DataObject) -> None:
    draft = chain(*(f"S{number}" for number in range(count)))
    for key in range(1, count - 1):
        earlier = data.draw(st.sets(st.integers(0, key - 1)))
        draft = with_stage(draft, key, next=(key + 1, *earlier))
    assert not problems(draft)


@given(st.decimals(allow_nan=True, allow_infinity=True, places=None))
def test_points_are_exact_to_four_decimals_and_not_beyond_a_milliard(points: Decimal) -> None:
    is_good = points.is_finite() and abs(points) <= 10**9 and points * 10000 == int(points * 10000)
    assert ("POINTS" not in codes(with_stage(chain("In", "Done"), 0, worker_points=points))) == is_good


def test_four_decimals_are_enough_whatever_zeros_follow() -> None:
    assert has_few_decimals(Decimal("1.00010000"))
    assert not has_few_decimals(Decimal("1.00011"))


def test_the_skeleton_of_a_new_process_can_be_saved() -> None:
    assert not problems(skeleton("Requests", "Intake", "Done"))


def test_a_loop_without_a_way_out_names_its_stages() -> None:
    draft = with_stage(chain("In", "Quote", "Order", "Done"), 2, next=(1,))
    assert words(draft) == [
        "There is no way out of “Quote” → “Order” → “Quote”. Add a way from one of them to a final stage."
    ]


def test_a_dead_end_is_named_once_and_not_what_leads_to_it() -> None:
    draft = with_stage(chain("In", "Quote", "Order", "Done"), 2, next=())
    assert words(draft) == ["“Order” leads nowhere. Give it a next stage, or make it final."]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({0: {"is_intake": False}}, "INTAKE"),
        ({1: {"is_intake": True}}, "INTAKE"),
        ({0: {"is_final": True}}, "INTAKE"),
        ({2: {"is_final": False}}, "FINAL"),
        ({1: {"name": " "}}, "STAGE_NAME"),
        ({1: {"name": "in "}}, "STAGE_NAME"),
        ({1: {"due_hours": 0}}, "DUE"),
        ({1: {"next": (2, 9)}}, "NEXT"),
        ({1: {"next": (1, 2)}}, "NEXT"),
        ({1: {"opens": (77,)}}, "OPENS"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[int, dict[str, object]], code: str) -> None:
    draft = chain("In", "Work", "Done")
    for key, values in changes.items():
        draft = with_stage(draft, key, **values)
    assert codes(draft) == [code]


def test_openings_through_other_processes_are_followed_to_their_end() -> None:
    draft = replace(with_stage(chain("In", "Work", "Done"), 1, opens=(50,)), id=1)
    goods = OtherStage(50, "Parts", 2, "Purchase", opens=(51,))
    fine = OtherStage(51, "Pay", 3, "Accounts")
    assert not problems(draft, (goods, fine))
    back = replace(fine, opens=(1,))
    assert words(draft, (goods, back)) == [
        "“Work” → “Purchase: Parts” → “Accounts: Pay” → “Work” would open each other's tasks without end."
    ]
    # What is kept of this very process is what is being changed: the draft counts.
    kept = OtherStage(0, "In", 1, "Requests", opens=(1,))
    assert not problems(draft, (goods, fine, kept))


@pytest.mark.row("R-F2")
def test_what_may_be_left_empty_is_warned_about() -> None:
    draft = chain("In", "Work", "Check", "Done")
    draft = with_stage(with_stage(draft, 0, profile_id=1), 1, profile_id=2)
    draft = replace(draft, stages=(*draft.stages, StageDraft(9, "Lost", profile_id=1, next=(3,))))
    said = [say(each.what) for each in warnings(draft, {1: Holders("Service", 2), 2: Holders("Sales", 0)})]
    assert said == [
        "Nobody holds the profile “Sales”. Tasks of “Work” go to the administrator.",
        "“Check” has no profile. Automatic hand-overs to it are refused.",
        "No stage leads to “Lost”.",
    ]
    assert [say(each.what) for each in warnings(chain("In", "Done"), {})] == [
        "“In” has no profile. Its tasks go to the administrator."
    ]


def test_the_shortest_way_round_is_found() -> None:
    assert walk_round(1, {1: (2, 3), 2: (3,), 3: (4, 1), 4: (1,)}) == (1, 3)
    assert walk_round(1, {1: (2,), 2: (3,)}) == ()
