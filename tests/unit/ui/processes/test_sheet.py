"""A process two people draw, as it is kept beside what is drawn."""

from dataclasses import replace

from app.domain.processes.flow import ProcessDraft, StageDraft
from ui.processes.sheet import ProcessEditing

FIRST, SECOND, THIRD = (
    StageDraft(1, "Intake", is_intake=True, next=(2,)),
    StageDraft(2, "Visit", next=(3,)),
    StageDraft(3, "Invoice", opens=(2, 99)),
)


def test_a_stage_kept_by_choice_opens_no_task_at_one_that_goes() -> None:
    base = ProcessDraft("Requests", stages=(FIRST, SECOND, THIRD))
    editing = ProcessEditing(base, 1)
    editing.draft = replace(base, stages=(replace(FIRST, next=()),))
    theirs = replace(base, stages=(FIRST, SECOND, replace(THIRD, name="Bill")))
    assert editing.meet(theirs, 2) == {"stage.3"}
    (clash,) = editing.ask()
    assert editing.settle({clash.field: clash.theirs})
    assert [stage.key for stage in editing.draft.stages] == [1, 3]
    assert editing.draft.stages[1].opens == (99,), "one of another process stays"
