"""The plan's state on the screen: judged like in the database, changed by the row."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.planner import EnabledType, Interval, Run, Segment, Snap, compute_runs, utilisation
from app.services.planner.rows import BoardRows, Company, GroupRow, TechnicianRow, VisitRow
from tests.kit.factory import MONDAY, at
from ui.planner.canvas.drops import Carried, Drop
from ui.planner.canvas.periods import Period
from ui.planner.canvas.rows import BoardModel, GroupLines, TechnicianLine, seconds
from ui.planner.model import BoardQuery, Loaded, Plan, bar_of, percent_booked

LEVI, NOA = 1, 2
ZONE = ZoneInfo("UTC")


def visit(number: int, start: float, hours: float = 1, technician: int = LEVI, **values: object) -> VisitRow:
    return VisitRow(number, 1, technician, at(start), at(start + hours), customer=f"Visit {number}", **values)  # type: ignore[arg-type]


@pytest.fixture
def plan() -> Plan:
    """Levi and Noa are there from 8 to 16; Levi is enabled for type 5 and has a visit at 9."""
    white = (Run(at(8), at(16), site_ids=frozenset({7})),)
    technicians = (TechnicianRow(LEVI, "Levi", white, (EnabledType(5),)), TechnicianRow(NOA, "Noa", white, ()))
    visits = (visit(1, 9, task_id=3, type_id=5),)
    rows = BoardRows(
        at(0),
        Company("UTC", "IL"),
        at(0),
        at(24),
        (GroupRow(1, "North", (LEVI, NOA)),),
        technicians,
        visits,
        {5: "Gas"},
    )
    lines = tuple(TechnicianLine(row.id, row.name, row.runs) for row in technicians)
    model = BoardModel([GroupLines("", lines)], [bar_of(each) for each in visits])
    period = Period(MONDAY.date(), 1, ZONE)
    return Plan(Loaded(BoardQuery(None, MONDAY.date(), 1), MONDAY.date(), rows, model, period, ()), lambda: at(0))


CALL = Carried("Rossi", timedelta(hours=1), task_id=9, activity_type_id=5, site_id=7)


def drop(start: float, technician: int = LEVI, carried: Carried = CALL) -> Drop:
    return Drop(carried, technician, at(start), at(start) + carried.length)


def judged(plan: Plan, wanted: Drop) -> tuple[bool, str]:
    verdict = plan.judge(wanted, Snap(ZONE))
    return verdict.is_allowed, verdict.reason


@pytest.mark.row("R-T31", "U63")
def test_a_drop_is_judged_with_its_reason_and_where_it_would_fit(plan: Plan) -> None:
    assert judged(plan, drop(11)) == (True, "")
    assert judged(plan, drop(9.5)) == (False, "09:00 is taken by Visit 1")
    assert plan.judge(drop(9.5), Snap(ZONE)).nearest == at(10)
    assert judged(plan, drop(11, NOA)) == (False, "Noa is not enabled for Gas")
    assert plan.allowed_rows(CALL) == frozenset({LEVI})
    assert plan.allowed_rows(Carried("x", timedelta(hours=9), task_id=1)) == frozenset()
    assert plan.allowed_rows(Carried("x", timedelta(hours=1), task_id=1)) is None


def test_the_first_fit_is_the_earliest_of_all(plan: Plan) -> None:
    found = plan.first_fit(CALL, Snap(ZONE), at(8.25))
    assert found is not None
    assert (found.technician_id, found.start) == (LEVI, at(10))
    assert plan.first_fit(CALL, Snap(ZONE), at(15.25)) is None


@pytest.mark.row("R-X1")
def test_changes_by_the_row_change_what_is_judged(plan: Plan) -> None:
    bars, removed = plan.take([visit(2, 11)])
    plan.model.replace_visits(bars, removed)
    lines = plan.settle()
    assert [(line.technician_id, line.utilisation) for line in lines] == [(LEVI, 25)]
    assert judged(plan, drop(11)) == (False, "11:00 is taken by Visit 2")
    bars, removed = plan.take([], asked={2})
    plan.model.replace_visits(bars, removed)
    plan.settle()
    assert (bars, removed) == ([], [2])
    assert judged(plan, drop(11)) == (True, "")


def test_an_older_row_does_not_undo_a_newer_one(plan: Plan) -> None:
    newer = visit(1, 12, task_id=3)
    plan.take([VisitRow(**{**{name: getattr(newer, name) for name in VisitRow.__slots__}, "version": 4})])
    bars, removed = plan.take([visit(1, 9, task_id=3)])
    assert (bars, removed) == ([], [])
    assert plan.visits[1].starts_at == at(12)


def test_visits_that_leave_the_board_are_removed(plan: Plan) -> None:
    for gone in (visit(1, 9, technician=99), visit(1, 33), visit(1, 9, is_active=False)):
        plan.visits[1] = visit(1, 9)
        assert plan.take([gone])[1] == [1]


def test_a_moved_appointment_needs_no_enablement_but_a_moved_call_does(plan: Plan) -> None:
    bar = plan.visits[1]
    carried = Carried("Visit 1", timedelta(hours=1), visit_id=1, technician_id=LEVI, start=bar.starts_at, version=1)
    assert judged(plan, drop(12, NOA, carried)) == (False, "Noa is not enabled for Gas")
    plan.visits[1] = visit(1, 9, type_id=5)
    assert judged(plan, drop(12, NOA, carried)) == (True, "")


def test_a_stretch_that_ends_before_it_starts_is_not_allowed(plan: Plan) -> None:
    wrong = Drop(CALL, LEVI, at(10), at(10))
    assert not plan.judge(wrong, Snap(ZONE)).is_allowed


@given(
    st.lists(st.tuples(st.integers(0, 46), st.integers(1, 8)), max_size=6),
    st.lists(st.integers(0, 47), max_size=6, unique=True),
    st.integers(0, 20),
    st.integers(21, 48),
)
def test_the_load_of_a_line_is_what_the_rule_says(
    present: list[tuple[int, int]], booked: list[int], start: int, end: int
) -> None:
    runs = compute_runs([Segment(Interval(at(first), at(first + length))) for first, length in present])
    visits = [visit(number + 1, hour) for number, hour in enumerate(booked)]
    model = BoardModel([GroupLines("", (TechnicianLine(LEVI, "Levi", runs),))], [bar_of(each) for each in visits])
    line = model.row(LEVI)
    assert line is not None
    spans = [Interval(each.starts_at, each.ends_at) for each in visits]
    wanted = utilisation(runs, spans, Interval(at(start), at(end)))
    assert percent_booked(line, seconds(at(start)), seconds(at(end))) == wanted
