"""The packed rows against a plain dictionary of visits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ui.planner.canvas.rows import BoardModel, GroupLines, TechnicianLine, VisitBar, seconds

START = datetime(2026, 11, 24, tzinfo=UTC)
PEOPLE = (1, 2, 3)


def visit(number: int, technician: int, first: int, last: int) -> VisitBar:
    start, end = (START + timedelta(minutes=minute) for minute in (first, last))
    return VisitBar(
        number, technician, start, end, f"customer {number}", "type", "#77AADD", "", "", number % 2 == 0, number
    )


def board(visits: list[VisitBar]) -> BoardModel:
    return BoardModel([GroupLines("all", tuple(TechnicianLine(each, f"T{each}") for each in PEOPLE))], visits)


@st.composite
def plans(draw: st.DrawFn) -> list[VisitBar]:
    found: list[VisitBar] = []
    for technician in PEOPLE:
        cuts = sorted(draw(st.sets(st.integers(0, 300), max_size=10)))
        for first, last in zip(cuts[::2], cuts[1::2], strict=False):
            found.append(visit(len(found) + 1, technician, first, last))
    return draw(st.permutations(found))


moves = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(PEOPLE), st.integers(0, 300), st.integers(1, 60)), max_size=8
)


@given(plans(), moves)
@settings(max_examples=150)
def test_moves_stand_or_change_nothing(plan: list[VisitBar], wishes: list[tuple[int, int, int, int]]) -> None:
    model, truth = board(plan), {each.visit_id: each for each in plan}
    for number, technician, first, length in wishes:
        wish = visit(number, technician, first, first + length)
        clear = not any(
            other.technician_id == technician and other.start < wish.end and wish.start < other.end
            for other in truth.values()
            if other.visit_id != number
        )
        strips = model.move(number, technician, wish.start, wish.end)
        assert (strips is not None) == (number in truth and clear)
        if strips is not None:
            old = truth[number]
            truth[number] = replace(old, technician_id=technician, start=wish.start, end=wish.end)
            assert [(s.line, s.start, s.end) for s in strips] == [
                (model.line_of(each.technician_id), seconds(each.start), seconds(each.end))
                for each in (old, truth[number])
            ]
    assert {each.visit_id: each for each in model.bars()} == truth
    for number in range(1, 14):
        assert model.bar(number) == truth.get(number)


@given(plans(), plans(), st.sets(st.integers(1, 12)))
@settings(max_examples=100)
def test_refresh_brings_exactly_the_state_given(plan: list[VisitBar], fresh: list[VisitBar], gone: set[int]) -> None:
    """As the change feed does it: whatever was known, what is told stands, and what is told gone is gone."""
    told = {each.visit_id for each in fresh}
    kept = [each for each in plan if each.visit_id not in told | gone]
    model = board(plan)
    model.replace_visits(fresh, gone - told)
    expected = {each.visit_id: each for each in (*kept, *fresh)}
    assert {each.visit_id: each for each in model.bars()} == expected
    for row in (model.row(technician) for technician in PEOPLE):
        assert row is not None
        assert list(row.starts) == sorted(row.starts)


@given(plans(), st.integers(0, 300), st.integers(1, 60))
def test_what_lies_between_two_seconds(plan: list[VisitBar], first: int, length: int) -> None:
    model = board(plan)
    start, end = (seconds(START) + minute * 60 for minute in (first, first + length))
    for technician in PEOPLE:
        row = model.row(technician)
        assert row is not None
        own = {
            v.visit_id
            for v in plan
            if v.technician_id == technician and seconds(v.start) < end and seconds(v.end) > start
        }
        assert {row.ids[position] for position in row.between(start, end)} == own
        assert row.is_free(start, end) == (not own)


def test_visits_of_technicians_not_shown_leave_the_board() -> None:
    model = board([visit(1, 1, 0, 60)])
    strips = model.replace_visits([visit(1, 99, 0, 60)])
    assert len(strips) == 1
    assert model.bar(1) is None


def test_who_is_in_two_groups_stands_under_the_first() -> None:
    line = TechnicianLine(1, "Avi")
    model = BoardModel([GroupLines("North", (line,)), GroupLines("South", (line,))])
    assert [type(each).__name__ for each in model.lines] == ["Heading", "TechnicianRow", "Heading"]
