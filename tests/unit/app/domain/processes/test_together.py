"""Two people draw one process: what goes together by itself, and what somebody has to choose."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.merging import differing, merge
from app.domain.processes.flow import ProcessDraft, StageDraft
from app.domain.processes.together import as_fields, put_fields, with_fields
from ui.processes.drafting import add_stage, change_stage, move_stage, remove_stage, set_next

BASE = ProcessDraft(
    "Requests",
    (
        StageDraft(1, "Enquiry", is_intake=True, next=(2,)),
        StageDraft(2, "Quote", due_hours=24, next=(3, 4)),
        StageDraft(3, "Order", next=(4,)),
        StageDraft(4, "Done", is_final=True),
    ),
    id=7,
)


def together(mine: ProcessDraft, theirs: ProcessDraft) -> tuple[ProcessDraft, set[str]]:
    """Mine over theirs, and the fields to choose."""
    fields = as_fields(BASE, mine, theirs)
    clashes = {clash.field for clash in merge(*fields).clashes}
    return with_fields(theirs, mine, differing(fields[0], fields[1])), clashes


def saved(draft: ProcessDraft, key: int) -> ProcessDraft:
    """The new stage with the id it got."""
    known = {-1: key}
    return replace(
        draft,
        stages=tuple(
            replace(each, key=known.get(each.key, each.key), next=tuple(known.get(to, to) for to in each.next))
            for each in draft.stages
        ),
    )


@pytest.mark.row("F4")
def test_fields_of_one_stage_ways_and_other_stages_go_together() -> None:
    mine = set_next(change_stage(BASE, 2, name="Offer"), 1, (2, 3))
    theirs = replace(change_stage(change_stage(BASE, 2, due_hours=5), 3, profile_id=9), description="Theirs")
    both, clashes = together(mine, theirs)
    assert clashes == set()
    assert both.stage(2) == replace(BASE.stages[1], name="Offer", due_hours=5)
    assert both.stages[0].next == (2, 3)
    assert (both.stages[2].profile_id, both.description) == (9, "Theirs")


@pytest.mark.row("F4")
def test_both_add_a_stage() -> None:
    mine, _key = add_stage(BASE, 2, "Mine")
    added, _key = add_stage(BASE, 3, "Theirs")
    both, clashes = together(mine, saved(added, 11))
    assert clashes == set()
    assert [stage.name for stage in both.stages] == ["Enquiry", "Quote", "Mine", "Order", "Theirs", "Done"]
    for drawn in (mine, saved(added, 11)):
        for stage in drawn.stages:
            kept = both.stage(stage.key)
            assert kept is not None
            if stage.key in (-1, 11):
                assert set(stage.next) <= set(kept.next)


@pytest.mark.row("F4")
def test_a_stage_one_takes_out_goes_unless_the_other_worked_on_it() -> None:
    mine = remove_stage(BASE, 3)
    both, clashes = together(mine, change_stage(BASE, 2, due_hours=5))
    assert clashes == set()
    assert [stage.key for stage in both.stages] == [1, 2, 4]
    assert both.stages[1].next == (4,)
    changed = change_stage(BASE, 3, name="Purchase")
    both, clashes = together(mine, changed)
    assert clashes == {"stage.3"}
    assert both.stage(3) is None, "mine stands until it is chosen"
    theirs = as_fields(BASE, mine, changed)[2]["stage.3"]
    back = put_fields(both, {"stage.3": theirs})
    assert [stage.name for stage in back.stages] == ["Enquiry", "Quote", "Purchase", "Done"]
    assert 3 in back.stages[1].next
    assert together(mine, set_next(BASE, 1, (2, 3)))[1] == {"stage.3"}, "somebody leads to it now"


@pytest.mark.row("F4")
@pytest.mark.parametrize(
    ("mine", "theirs", "clash"),
    [
        (lambda d: change_stage(d, 2, name="A"), lambda d: change_stage(d, 2, name="B"), {"stage.2.name"}),
        (lambda d: change_stage(d, 2, is_intake=True), lambda d: change_stage(d, 3, is_intake=True), {"intake"}),
        (lambda d: move_stage(d, 2, 1), lambda d: move_stage(d, 1, 1), {"order"}),
        (lambda d: move_stage(d, 2, 1), lambda d: add_stage(d, 3, "New")[0], set()),
        (lambda d: replace(d, name="A"), lambda d: replace(d, name="B"), {"name"}),
        (lambda d: set_next(d, 2, (3,)), lambda d: set_next(d, 2, (1, 3, 4)), set()),
        (lambda d: d, lambda d: remove_stage(d, 2), set()),
    ],
)
def test_only_the_same_is_asked_about(
    mine: Callable[[ProcessDraft], ProcessDraft], theirs: Callable[[ProcessDraft], ProcessDraft], clash: set[str]
) -> None:
    both, clashes = together(mine(BASE), theirs(BASE))
    assert clashes == clash
    keys = {stage.key for stage in both.stages}
    assert all(set(stage.next) <= keys for stage in both.stages)
    assert sum(stage.is_intake for stage in both.stages) == 1
    if mine(BASE) == BASE:
        assert both == theirs(BASE)
