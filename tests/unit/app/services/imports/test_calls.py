from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db.database import Database
from app.domain.imports.fields import Kind
from app.models.customers import Customer
from app.models.people import Group
from app.models.places import Site
from app.models.planner import Presence, Visit
from app.models.processes import ActivityType
from app.models.tickets import Task, TaskStep, Ticket, TicketStatus, TicketSubtype, TicketType
from app.services.imports.report import Report

Import = Callable[..., Report]

HEADER = (
    "unique_key,created_date,complaint_type,descriptor,status,borough,open_data_channel_type,incident_address,"
    "closed_date"
)
ROWS = (
    "61,2024-05-27T02:08:51.000,Noise - Street,Loud Music,In Progress,QUEENS,ONLINE,1 MAIN STREET,",
    "62,2024-05-27T01:00:00.000,Noise - Street,Loud Talking,Closed,Unspecified,PHONE,,2024-05-27T03:00:00.000",
    "63,2024-05-27T01:30:00.000,Illegal Parking,,Open,queens,MOBILE,2 MAIN STREET,",
)


def tickets(database: Database) -> dict[str | None, Any]:
    with database.reading() as session:
        asked = (
            select(
                Ticket.id, Ticket.external_key, Ticket.subject, Ticket.opened_at, Ticket.closed_at, Ticket.address,
                Ticket.channel, Ticket.priority, Ticket.version, TicketType.name.label("type"),
                TicketSubtype.name.label("subtype"), TicketStatus.code.label("status"), TicketStatus.name.label("own"),
                TicketStatus.is_closed, Site.name.label("site"), Customer.name.label("customer"),
            )
            .join(TicketStatus, TicketStatus.id == Ticket.status_id)
            .outerjoin(TicketType, TicketType.id == Ticket.type_id)
            .outerjoin(TicketSubtype, TicketSubtype.id == Ticket.subtype_id)
            .outerjoin(Site, Site.id == Ticket.site_id)
            .outerjoin(Customer, Customer.id == Ticket.customer_id)
        )  # fmt: skip
        return {row.external_key: row for row in session.execute(asked)}


def tasks(database: Database) -> dict[str | None, Any]:
    with database.reading() as session:
        asked = (
            select(
                Ticket.external_key, Task.id, Task.title, Task.expected_minutes, Task.due_at, Task.closed_at,
                ActivityType.name.label("type"), ActivityType.is_schedulable, Group.is_back_office, Group.name,
            )
            .join(Ticket, Ticket.id == Task.ticket_id)
            .join(ActivityType, ActivityType.id == Task.activity_type_id)
            .join(Group, Group.id == Task.group_id)
        )  # fmt: skip
        return {row.external_key: row for row in session.execute(asked)}


@pytest.mark.row("R-T24", "Q14")
def test_calls_become_tickets_with_type_zone_address_and_channel(import_lines: Import, company: Database) -> None:
    assert import_lines(Kind.CALLS, HEADER, *ROWS) == Report(3, 3, 0, 0, 0)
    found = tickets(company)
    first = found["61"]
    assert (first.type, first.subtype, first.subject) == ("Noise - Street", "Loud Music", "Loud Music")
    assert (first.status, first.site, first.channel, first.address) == ("in_work", "QUEENS", "ONLINE", "1 MAIN STREET")
    assert first.opened_at == datetime(2024, 5, 27, 0, 8, 51, tzinfo=UTC)
    assert (first.customer, first.priority, first.closed_at) == (None, 2, None)
    assert (found["62"].status, found["62"].closed_at) == ("closed", datetime(2024, 5, 27, 1, tzinfo=UTC))
    assert (found["62"].site, found["62"].address) == (None, None)
    assert (found["63"].subject, found["63"].site) == ("Illegal Parking", "QUEENS")


@pytest.mark.row("R-T25")
def test_an_open_call_waits_with_the_back_office_and_a_closed_one_has_no_task(
    import_lines: Import, company: Database
) -> None:
    with company.transaction() as session:
        session.add(Group(name="Centrale", is_back_office=True))
    import_lines(Kind.CALLS, HEADER, *ROWS)
    found = tasks(company)
    assert set(found) == {"61", "63"}
    assert (found["61"].type, found["61"].is_schedulable, found["61"].expected_minutes) == ("Noise - Street", True, 60)
    assert found["61"].name == "Centrale"


@pytest.mark.row("R-T7")
def test_a_type_that_is_there_gives_its_activity_its_minutes_and_its_group(
    import_lines: Import, company: Database
) -> None:
    with company.transaction() as session:
        north = Group(name="North desk")
        session.add_all([north, Group(name="Centrale", is_back_office=True)])
        session.flush()
        repair = ActivityType(name="Repair", expected_minutes=90, back_office_group_id=north.id)
        session.add(repair)
        session.flush()
        session.add(TicketType(name="Boiler", activity_type_id=repair.id))
    import_lines(Kind.CALLS, "key,type,activity,minutes", "1,BOILER,,", "2,Boiler,Inspection,45")
    found = tasks(company)
    assert (found["1"].type, found["1"].expected_minutes, found["1"].name) == ("Repair", 90, "North desk")
    assert (found["2"].type, found["2"].expected_minutes, found["2"].name) == ("Inspection", 45, "Centrale")


def test_the_same_calls_again_write_nothing(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CALLS, HEADER, *ROWS)
    assert import_lines(Kind.CALLS, HEADER, *ROWS) == Report(3, 0, 0, 3, 0)
    assert {row.version for row in tickets(company).values()} == {1}
    lines = ("type,subject,created", "Boiler,Leaks,27/05/2024", "Boiler,,", "Boiler,Leaks,28/05/2024")
    assert import_lines(Kind.CALLS, *lines) == Report(3, 3, 0, 0, 0)
    assert import_lines(Kind.CALLS, *lines) == Report(3, 0, 0, 3, 0)


def test_a_call_that_was_closed_elsewhere_ends_its_task(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CALLS, HEADER, *ROWS)
    closed = ROWS[0].replace("In Progress", "Closed") + "2024-05-28T10:00:00"
    assert import_lines(Kind.CALLS, HEADER, closed) == Report(1, 0, 1, 0, 0)
    assert tickets(company)["61"].status == "closed"
    assert tasks(company)["61"].closed_at == datetime(2024, 5, 28, 8, tzinfo=UTC)


def test_with_a_call_that_was_closed_elsewhere_every_task_of_it_ends_by_a_step(
    import_lines: Import, company: Database
) -> None:
    import_lines(Kind.CALLS, HEADER, *ROWS)
    with company.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.external_key == "61")).one()
        own = session.scalars(select(Task).where(Task.ticket_id == ticket.id)).one()
        group_id, moment = own.group_id, ticket.opened_at
        session.add(Task(ticket_id=ticket.id, opened_by_task_id=own.id, group_id=group_id, opened_at=moment))
    closed = ROWS[0].replace("In Progress", "Closed")
    assert import_lines(Kind.CALLS, HEADER, closed) == Report(1, 0, 1, 0, 0)
    with company.reading() as session:
        ends = select(Task.closed_at).join(Ticket).where(Ticket.external_key == "61")
        assert None not in session.scalars(ends).all()
        assert session.scalars(select(TaskStep.closes)).all() == [True, True]


def test_an_old_export_does_not_open_what_was_closed_here(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CALLS, HEADER, *ROWS)
    with company.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.external_key == "63")).one()
        ticket.closed_at = ticket.opened_at
        ticket.status_id = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "closed")).one()
        session.scalars(select(Task).where(Task.ticket_id == ticket.id)).one().closed_at = ticket.opened_at
    assert import_lines(Kind.CALLS, HEADER, *ROWS) == Report(3, 0, 0, 3, 0)
    assert tickets(company)["63"].status == "closed"


def test_a_call_on_the_plan_is_not_closed_by_a_file(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CALLS, HEADER, *ROWS)
    import_lines(Kind.TECHNICIANS, "name", "Avi")
    with company.transaction() as session:
        from app.models.people import User

        avi = session.scalars(select(User.id).where(User.name == "Avi")).one()
        start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        session.add(Presence(user_id=avi, **times))
        session.flush()
        session.add(Visit(task_id=tasks(company)["61"].id, technician_id=avi, set_at=start, **times))
    closed = ROWS[0].replace("In Progress", "Closed")
    assert import_lines(Kind.CALLS, HEADER, closed, ROWS[2]) == Report(2, 0, 0, 1, 1)
    assert tickets(company)["61"].closed_at is None


def test_an_update_moves_the_date_and_the_task_with_it(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CALLS, "key,type,due,minutes,priority", "1,Boiler,27/05/2024,,high")
    assert import_lines(Kind.CALLS, "key,type,due,minutes", "1,Boiler,28/05/2024,30") == Report(1, 0, 1, 0, 0)
    task = tasks(company)["1"]
    assert (task.due_at, task.expected_minutes) == (datetime(2024, 5, 27, 22, tzinfo=UTC), 30)
    assert tickets(company)["1"].priority == 1


def test_a_call_names_its_customer_or_is_refused(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CUSTOMERS, "key,name", "C1,Anna")
    report = import_lines(Kind.CALLS, "key,customer,type", "1,C1,Boiler", "2,C2,Boiler", "3,,Boiler")
    assert report == Report(3, 2, 0, 0, 1)
    assert {key: row.customer for key, row in tickets(company).items()} == {"1": "Anna", "3": None}


def test_a_status_of_the_companys_own_is_kept_and_made_once(import_lines: Import, company: Database) -> None:
    lines = ("key,type,status,closed", "1,Boiler,Escalated,", "2,Boiler,ESCALATED,", "3,Boiler,Archived,27/05/2024")
    assert import_lines(Kind.CALLS, *lines) == Report(3, 3, 0, 0, 0)
    found = tickets(company)
    assert [(found[key].own, found[key].is_closed) for key in "123"] == [
        ("Escalated", False), ("Escalated", False), ("Archived", True),
    ]  # fmt: skip
    assert set(tasks(company)) == {"1", "2"}
    with company.reading() as session:
        assert session.scalar(select(func.count()).select_from(TicketStatus)) == 6


@pytest.mark.row("R-T24")
def test_an_open_call_is_due_when_its_type_says_so(import_lines: Import, company: Database) -> None:
    with company.transaction() as session:
        session.add(TicketType(name="Boiler", due_hours=48))
    lines = (
        "key,type,created,due,status",
        "1,Boiler,2024-05-27 08:00,,Open",
        "2,Boiler,2024-05-27 08:00,2024-05-28,Open",
    )
    assert import_lines(Kind.CALLS, *lines) == Report(2, 2, 0, 0, 0)
    assert import_lines(Kind.CALLS, *lines) == Report(2, 0, 0, 2, 0)
    with company.reading() as session:
        rows = {row.external_key: row for row in session.scalars(select(Ticket))}
        due = dict(session.execute(select(Task.ticket_id, Task.due_at)).all())
    assert rows["1"].due_at == rows["1"].opened_at + timedelta(hours=48) == due[rows["1"].id]
    assert rows["2"].due_at < rows["1"].due_at
