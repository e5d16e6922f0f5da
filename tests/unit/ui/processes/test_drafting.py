"""What the editor does to a draft, and where its boxes stand."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import i18n
from app.domain.processes.flow import ProcessDraft, StageDraft, problems, skeleton
from ui.processes.drafting import add_stage, change_stage, fresh_name, move_stage, remove_stage, renumbered
from ui.processes.layout import Drawing, Measures, Rect, arrange
from ui.processes.points import points_of
from ui.processes.sheet import Sheet

SKELETON = skeleton("Requests", "Intake", "Done")


def leads(draft: ProcessDraft) -> dict[str, list[str]]:
    """Which stages each stage leads to, by name."""
    names = {stage.key: stage.name for stage in draft.stages}
    return {stage.name: [names[key] for key in stage.next] for stage in draft.stages}


def test_a_new_stage_is_joined_on_both_sides() -> None:
    draft, quote = add_stage(SKELETON, -1, "Quote")
    assert leads(draft) == {"Intake": ["Quote", "Done"], "Quote": ["Done"], "Done": []}
    draft, _order = add_stage(draft, quote, "Order")
    assert leads(draft)["Quote"] == ["Order", "Done"]
    draft, _last = add_stage(draft, -2, "Check")
    assert [stage.name for stage in draft.stages] == ["Intake", "Quote", "Order", "Check", "Done"]
    assert (leads(draft)["Order"], leads(draft)["Check"]) == (["Check", "Done"], ["Done"])


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "move"]), st.integers(0, 20)), max_size=12))
def test_adding_removing_and_moving_keep_a_process_that_can_be_saved(acts: list[tuple[str, int]]) -> None:
    draft = SKELETON
    for act, number in acts:
        stage = draft.stages[number % len(draft.stages)]
        if act == "add":
            draft, _key = add_stage(draft, stage.key, fresh_name(draft, "New stage"))
        elif act == "move":
            draft = move_stage(draft, stage.key, number - 10)
        elif not stage.is_final and not stage.is_intake:
            draft = remove_stage(draft, stage.key)
        assert not problems(draft)


def test_who_led_to_a_removed_stage_leads_on() -> None:
    draft, quote = add_stage(SKELETON, -1, "Quote")
    only = change_stage(draft, -1, next=(quote,), opens=(quote,))
    assert leads(remove_stage(only, quote)) == {"Intake": ["Done"], "Done": []}
    assert not remove_stage(only, quote).stages[0].opens
    without = remove_stage(only, -1)
    assert [stage.is_intake for stage in without.stages] == [True, False]


def test_there_is_one_intake_whichever_is_marked() -> None:
    draft, quote = add_stage(SKELETON, -1, "Quote")
    assert [stage.is_intake for stage in change_stage(draft, quote, is_intake=True).stages] == [False, True, False]


def test_ids_come_wherever_a_key_stood() -> None:
    draft, quote = add_stage(SKELETON, -1, "Quote")
    draft = change_stage(draft, quote, opens=(-1, 70), next=(-2, -1))
    known = renumbered(draft, 5, {-1: 11, quote: 12, -2: 13})
    assert (known.id, [stage.key for stage in known.stages]) == (5, [11, 12, 13])
    assert (known.stages[1].next, known.stages[1].opens) == ((13, 11), (11, 70))


def test_changes_are_taken_back_one_by_one_and_typing_at_once() -> None:
    sheet = Sheet(-1, SKELETON)
    for name in ("R", "Re", "Req"):
        sheet.change(replace(sheet.draft, name=name), "name")
    sheet.change(add_stage(sheet.draft, -1, "Quote")[0])
    sheet.undo()
    assert (sheet.draft.name, len(sheet.draft.stages)) == ("Req", 2)
    sheet.undo()
    assert sheet.draft == SKELETON
    assert not sheet.can_undo
    sheet.redo()
    sheet.redo()
    assert len(sheet.draft.stages) == 3
    sheet.undo()
    sheet.change(replace(sheet.draft, name="Other"))
    assert not sheet.can_redo


def test_what_is_drawn_while_saving_is_kept() -> None:
    sheet = Sheet(-1, SKELETON)
    sheet.chosen, sent = -2, sheet.draft
    sheet.change(change_stage(sheet.draft, -2, name="End"))
    sheet.saved(9, 1, sent, (21, 22))
    assert (sheet.number, sheet.chosen, sheet.is_dirty) == (9, 22, True)
    assert (sheet.draft.stages[1].name, sheet.draft.stages[0].next) == ("End", (22,))
    assert sheet.editing.base.stages[1].name == "Done"


# --- The drawing

SIZES = Measures()


def chain(ways: dict[int, tuple[int, ...]], **opens: tuple[int, ...]) -> ProcessDraft:
    """Stages by number with their ways; the first is the intake, the last is final."""
    return ProcessDraft(
        "Any",
        tuple(
            StageDraft(key, str(key), is_intake=key == 0, is_final=key == len(ways) - 1, next=leads,
                       opens=opens.get(f"s{key}", ()))
            for key, leads in ways.items()
        ),
    )  # fmt: skip


def crosses(box: Rect, drawing: Drawing) -> list[tuple[int, int]]:
    """The arrows with a bend inside a box."""
    return [
        (arrow.start, arrow.end)
        for arrow in drawing.arrows
        for x, y in arrow.points
        if box.x < x < box.x + box.width and box.y < y < box.y + box.height
    ]


def test_a_process_reads_from_its_intake_to_its_end() -> None:
    drawing = arrange(chain({0: (1, 3), 1: (2,), 2: (3, 1), 3: ()}), SIZES)
    assert [box.x for box in drawing.boxes.values()] == sorted(box.x for box in drawing.boxes.values())
    assert len({box.x for box in drawing.boxes.values()}) == 4
    kinds = {(arrow.start, arrow.end): arrow.kind for arrow in drawing.arrows}
    assert kinds == {(0, 1): "next", (0, 3): "next", (1, 2): "next", (2, 3): "next", (2, 1): "back"}


def test_an_end_nothing_leads_to_yet_stands_at_the_end() -> None:
    drawing = arrange(chain({0: (1,), 1: (0,), 2: ()}), SIZES)
    assert drawing.boxes[2].x == drawing.boxes[1].x > drawing.boxes[0].x


def test_chips_stand_under_the_stage_that_opens_elsewhere() -> None:
    drawing = arrange(chain({0: (1,), 1: (2,), 2: ()}, s1=(2, 77, 78)), SIZES)
    box, chips = drawing.boxes[1], drawing.chips
    assert set(chips) == {(1, 77), (1, 78)}
    assert all(chip.y >= box.y + box.height for chip in chips.values())
    assert [arrow.kind for arrow in drawing.arrows if (arrow.start, arrow.end) == (1, 2)] == ["next", "opens"]


@given(
    st.integers(1, 7).flatmap(
        lambda count: st.fixed_dictionaries(
            {
                key: st.sets(st.sampled_from([k for k in range(count) if k != key] or [key]), max_size=3).map(tuple)
                for key in range(count)
            }
        )
    )
)
def test_no_box_covers_another_and_no_arrow_bends_inside_one(ways: dict[int, tuple[int, ...]]) -> None:
    drawing = arrange(chain(ways), SIZES)
    boxes = list(drawing.boxes.values())
    assert len(boxes) == len(ways)
    for place, one in enumerate(boxes):
        assert one.x >= 0
        assert one.y >= 0
        assert one.x + one.width <= drawing.width
        assert one.y + one.height <= drawing.height
        assert not crosses(one, drawing)
        for other in boxes[place + 1 :]:
            assert one.x != other.x or abs(one.y - other.y) >= SIZES.height
    drawn = sorted((arrow.start, arrow.end) for arrow in drawing.arrows)
    assert drawn == sorted((key, end) for key, leading in ways.items() for end in leading if end != key)


# --- Points


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "", "0"),
        ("en", "2.5", "2.5"),
        ("en", "2,5", "2.5"),
        ("en", "1,234", "1234"),
        ("en", "1,234,567.5", "1234567.5"),
        ("it", "1.234", "1234"),
        ("it", "1.5", "1.5"),
        ("it", "-1.234,5", "-1234.5"),
        ("he", "\u200e-3.25", "-3.25"),
    ],
)
def test_points_are_typed_as_people_write_them(language: str, text: str, value: str) -> None:
    i18n.use(language)
    assert points_of(text) == Decimal(value)
    i18n.use("en")


@pytest.mark.parametrize("text", ["x", "1e5", "1.2.3", "--1", "NaN", "."])
def test_what_is_no_number_is_told_apart(text: str) -> None:
    assert points_of(text) is None
