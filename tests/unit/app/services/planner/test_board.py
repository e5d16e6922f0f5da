"""What the two panes are fed with: board, waiting calls, visits to fix, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update

from app.backend import Backend
from app.domain.errors import Conflict, Refused
from app.models.customers import Customer
from app.models.planner import Absence
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.planner import placing
from app.services.planner.absences import absences, add_absences, change_absence, remove_absence
from app.services.planner.board import board, working_day
from app.services.planner.company import groups
from app.services.planner.conflicts import to_fix, to_fix_count
from app.services.planner.enablements import Holder, disable, enable, matrix
from app.services.planner.holidays import add_holiday, fill_holidays, holidays, remove_holiday, years_to_fill
from app.services.planner.visits import visits_named
from app.services.planner.waiting import WaitingFilter, WaitingSort, waiting, waiting_named, waiting_summary
from tests.kit.factory import add_call, add_group, add_presence, add_user, at
from tests.unit.app.services.planner.conftest import Small


@contextmanager
def statements(small: Small) -> Iterator[list[str]]:
    """The statements that go out meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.row("R-T26", "R-T30")
def test_a_board_is_read_with_the_same_few_statements_however_large(small: Small) -> None:
    with statements(small) as few:
        small.backend.execute(board, None, at(0), at(24))
    with small.database.transaction() as session:
        for number in range(40):
            user = add_user(session, f"Tech {number}")
            add_presence(session, user, at(8), at(16))
    with statements(small) as many:
        rows = small.backend.execute(board, None, at(0), at(24))
    assert len(many) == len(few) <= 14
    assert len(rows.technicians) == 42
    assert [len(group.technician_ids) for group in rows.groups] == [2, 40]


@pytest.mark.row("F3", "U21")
def test_a_technician_has_his_own_row_and_the_office_all(small: Small) -> None:
    with small.database.transaction() as session:
        tina, paul = (add_user(session, name, role).id for name, role in (("Tina", "technician"), ("Paul", "manager")))
    everybody = small.backend.acting_as(paul).execute(board, None, at(0), at(24)).technicians
    assert len(everybody) == 3
    alone = small.backend.acting_as(tina).execute(board, None, at(0), at(24))
    assert [technician.id for technician in alone.technicians] == [tina]
    assert [group.technician_ids for group in alone.groups] == [(tina,)]


@pytest.mark.row("R-T26")
def test_the_board_shows_the_groups_chosen_and_each_person_once(small: Small) -> None:
    with small.database.transaction() as session:
        from app.models.people import User

        south = add_group(session, "South", session.get_one(User, small.levi), add_user(session, "Sami")).id
    known = small.backend.execute(groups)
    assert [group.name for group in known] == ["South", "Technicians"]
    rows = small.backend.execute(board, [south], at(0), at(24))
    assert [each.name for each in rows.technicians] == ["Levi", "Sami"]
    both = small.backend.execute(board, None, at(0), at(24))
    assert [each.name for each in both.technicians] == ["Levi", "Sami", "Ana"]


@pytest.mark.row("R-T30", "R-T3", "R-T12")
def test_a_visit_that_becomes_grey_stays_and_is_flagged(small: Small) -> None:
    placed = small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9)).visit
    other = small.backend.execute(placing.schedule, small.calls[1], 1, small.levi, at(9)).visit
    assert small.backend.execute(to_fix_count) == 0
    small.backend.execute(add_absences, [small.ana], at(9.5), at(12), "ill")
    rows = small.backend.execute(board, None, at(0), at(24))
    assert {visit.id: visit.is_conflicting for visit in rows.visits} == {placed.id: True, other.id: False}
    assert [visit.id for visit in small.backend.execute(to_fix)] == [placed.id]
    named = small.backend.execute(visits_named, [placed.id, other.id])
    assert {visit.id: visit.is_conflicting for visit in named} == {placed.id: True, other.id: False}
    # It may still be changed, but only to where it is white.
    with pytest.raises(Refused):
        small.backend.execute(placing.resize, placed.id, placed.version, at(9), at(10.5))
    small.backend.execute(placing.resize, placed.id, placed.version, at(9), at(9.5))
    assert small.backend.execute(to_fix_count) == 0


@pytest.mark.row("R-T30")
def test_a_holiday_greys_everybodys_day_in_the_companys_time_zone(small: Small) -> None:
    assert small.backend.execute(fill_holidays, 2031, 2032) > 10
    assert small.backend.execute(fill_holidays, 2031, 2032) == 0
    assert small.backend.execute(years_to_fill) == (2033,)
    names = {row.day: row.names for row in small.backend.execute(holidays, 2031)}
    assert any(each.get("he") and each.get("en") for each in names.values())
    small.backend.execute(add_holiday, date(2031, 11, 24), "Company day", "en")
    rows = small.backend.execute(board, None, at(0), at(24))
    run = next(run for run in rows.technicians[0].runs if run.label == "Company day")
    assert (run.start, run.end) == (at(-2), at(22))
    with pytest.raises(Refused) as caught:
        small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9))
    assert caught.value.code == "GREY_HOLIDAY"
    with pytest.raises(Refused):
        small.backend.execute(add_holiday, date(2031, 11, 24), "Again", "en")
    added = next(row for row in small.backend.execute(holidays, 2031) if row.day == date(2031, 11, 24))
    small.backend.execute(remove_holiday, added.id)
    assert small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9))


@pytest.mark.row("R-T27", "U60")
def test_waiting_calls_are_filtered_and_sorted_by_the_database(small: Small) -> None:
    with small.database.transaction() as session:
        for number, call in enumerate(small.calls):
            task = session.get_one(Task, call)
            customer = Customer(name=f"Customer {2 - number}", search=f"customer {2 - number}")
            session.add(customer)
            session.flush()
            ticket = session.get_one(Ticket, task.ticket_id)
            ticket.customer_id, ticket.site_id = customer.id, small.north if number else None
            task.due_at = at(number - 1)
    rows = small.backend.execute(waiting).rows
    assert [(row.customer, row.is_overdue, row.minutes) for row in rows] == [
        ("Customer 2", True, 60), ("Customer 1", False, 60), ("Customer 0", False, 60),
    ]  # fmt: skip
    by_name = small.backend.execute(waiting, sort=WaitingSort.CUSTOMER).rows
    assert [row.customer for row in by_name] == ["Customer 0", "Customer 1", "Customer 2"]
    for wanted, count in (
        (WaitingFilter(site_ids=(small.north,)), 2),
        (WaitingFilter(site_ids=(0,)), 1),
        (WaitingFilter(is_overdue=True), 1),
        (WaitingFilter(text="CUSTOMER 1"), 1),
        (WaitingFilter(text="call 1"), 1),
        (WaitingFilter(text="100%"), 0),
        (WaitingFilter(type_ids=(small.kind,)), 3),
        (WaitingFilter(type_ids=(small.kind + 1,)), 0),
    ):
        assert len(small.backend.execute(waiting, wanted).rows) == count, wanted
    summary = small.backend.execute(waiting_summary, WaitingFilter(site_ids=(small.north,)))
    assert (summary.total, summary.matching, summary.overdue) == (3, 2, 0)
    assert [site.name for site in summary.sites] == ["", "North"]
    named = small.backend.execute(waiting_named, small.calls, WaitingFilter(is_overdue=True))
    assert [row.task_id for row in named] == [small.calls[0]]


@pytest.mark.row("R-T27")
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(WaitingSort))
def test_pages_by_key_show_every_call_once(small: Small, sort: WaitingSort, descending: bool) -> None:
    with small.database.transaction() as session:
        from app.models.people import Group

        office, kind = session.get_one(Group, small.office), session.get_one(ActivityType, small.kind)
        for number in range(11):
            add_call(session, office, kind, f"Call {number % 4}", due_at=at(number % 3) if number % 5 else None)
    seen, key = [], None
    while True:
        page = small.backend.execute(waiting, sort=sort, descending=descending, after=key, limit=4)
        seen += [row.task_id for row in page.rows]
        key = page.next_key
        if key is None:
            break
    assert len(seen) == len(set(seen)) == 14
    whole = small.backend.execute(waiting, sort=sort, descending=descending).rows
    assert seen == [row.task_id for row in whole]


@pytest.mark.row("R-T27", "R-T25")
def test_only_open_calls_of_schedulable_types_without_a_visit_wait(small: Small) -> None:
    with small.database.transaction() as session:
        session.execute(update(Task).where(Task.id == small.calls[0]).values(closed_at=at(1)))
    small.backend.execute(placing.schedule, small.calls[1], 1, small.ana, at(9))
    assert [row.task_id for row in small.backend.execute(waiting).rows] == [small.calls[2]]
    with small.database.transaction() as session:
        session.execute(update(ActivityType).values(is_schedulable=False))
    assert small.backend.execute(waiting).rows == ()


@pytest.mark.row("R-T21")
def test_enablement_by_technician_or_group_holds_from_day_to_day(small: Small) -> None:
    shown = small.backend.execute(matrix)
    assert {row.holder for row in shown.enabled} == {Holder(small.ana, False), Holder(small.levi, False)}
    assert [group.name for group in shown.groups] == ["Technicians"]
    small.backend.execute(disable, small.kind, Holder(small.ana, False))
    with pytest.raises(Refused) as caught:
        small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9))
    assert caught.value.code == "NOT_ENABLED"
    small.backend.execute(enable, small.kind, Holder(small.group, True), None, date(2031, 11, 23))
    with pytest.raises(Refused):
        small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9))
    small.backend.execute(enable, small.kind, Holder(small.group, True), date(2031, 11, 24), None)
    assert small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9))


def test_an_absence_is_changed_and_removed_by_who_saw_its_newest_state(small: Small) -> None:
    (added,) = small.backend.execute(add_absences, [small.ana], at(9), at(10), "dentist")
    row = small.backend.execute(absences, at(0), at(24))[0]
    assert (row.user, row.reason) == ("Ana", "dentist")
    version = small.backend.execute(change_absence, added, row.version, at(9), at(11), "dentist")
    with pytest.raises(Conflict):
        small.backend.execute(remove_absence, added, row.version)
    small.backend.execute(remove_absence, added, version)
    with small.database.reading() as session:
        assert session.query(Absence).count() == 0


def test_overdue_is_told_by_the_database_clock(small: Small) -> None:
    with small.database.transaction() as session:
        session.execute(update(Task).values(due_at=at(5)))
    later = Backend(small.database, clock=lambda: at(5) + timedelta(seconds=1))
    assert not any(row.is_overdue for row in small.backend.execute(waiting).rows)
    assert all(row.is_overdue for row in later.execute(waiting).rows)


@pytest.mark.parametrize(("now", "day"), [(at(6), 24), (at(15.9), 24), (at(16), 26), (at(-20), 24)])
def test_work_goes_on_today_or_on_the_next_day_somebody_is_there(small: Small, now: datetime, day: int) -> None:
    with small.database.transaction() as session:
        from app.models.people import User

        levi = session.get_one(User, small.levi)
        add_presence(session, levi, at(8, 1), at(16, 1))
        add_presence(session, levi, at(8, 2), at(16, 2))
    small.backend.execute(add_holiday, date(2031, 11, 25), "Company day", "en")
    assert Backend(small.database, clock=lambda: now).execute(working_day) == date(2031, 11, day)
