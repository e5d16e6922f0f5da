"""Reported hours, and what was promised against what was used."""

from dataclasses import replace
from datetime import date

import pytest

from app.backend import Backend
from app.domain.errors import Incomplete, UserError
from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.hours import HoursDraft, problems, week_of
from app.i18n import say
from app.models.customers import Customer
from app.models.tickets import Project, Task
from app.services.tickets import card, hours
from tests.kit.factory import add_user, at

DAY = date(2031, 11, 24)


@pytest.fixture
def office(database):
    """Two users' backends, a customer's ticket in a project, and a task of it."""
    with database.transaction() as session:
        dana, avi = add_user(session, "Dana", "agent").id, add_user(session, "Avi").id
        session.add_all([Customer(name="Rossi", search="rossi"), Project(name="Tower")])
    backend = Backend(database).acting_as(dana)
    ticket = backend.execute(card.create, TicketDraft(subject="Leak", handler_id=dana, customer_id=1, project_id=1)).id
    with database.transaction() as session:
        task = Task(ticket_id=ticket, user_id=avi, opened_at=at(0), title="Look at it")
        session.add(task)
        session.flush()
        return backend, backend.acting_as(avi), ticket, task.id


def entries(backend):
    return backend.execute(hours.mine, *week_of(DAY, 6))


@pytest.mark.row("R-F27")
def test_hours_of_a_task_belong_to_its_ticket_customer_and_project(office):
    _dana, avi, ticket, task = office
    avi.execute(hours.report, HoursDraft(DAY, 90, task_id=task, note=" valve "))
    (row,) = entries(avi)
    assert (row.ticket_id, row.customer, row.project, row.task, row.minutes) == (
        ticket,
        "Rossi",
        "Tower",
        "Look at it",
        90,
    )
    assert row.note == "valve"


@pytest.mark.row("R-F27")
@pytest.mark.parametrize("kind", ["general", "leave", "sickness"])
def test_hours_without_a_task_are_reported_too(office, kind):
    _dana, avi, _ticket, _task = office
    avi.execute(hours.report, HoursDraft(DAY, 480, kind))
    assert [(row.kind, row.ticket_id) for row in entries(avi)] == [(kind, None)]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (HoursDraft(DAY, 60), "customer_id"),
        (HoursDraft(DAY, 0, "general"), "minutes"),
        (HoursDraft(DAY, 1441, "general"), "minutes"),
        (HoursDraft(DAY, 60, "leave", customer_id=1), "kind"),
        (HoursDraft(DAY, 60, "party"), "kind"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(office, draft, field):
    dana, _avi, _ticket, _task = office
    with pytest.raises(Incomplete) as refused:
        dana.execute(hours.report, draft)
    assert set(refused.value.problems) == {field}


def test_an_allotment_is_told_its_own_limit():
    long = HoursDraft(DAY, 600_001, "allotment", customer_id=1)
    assert say(problems(long)["minutes"]) == "Between one minute and 10,000 hours."
    assert say(problems(replace(long, kind="work"))["minutes"]) == "Between one minute and the whole day."
    assert problems(replace(long, minutes=600_000)) == {}


def test_entries_are_corrected_and_deleted_by_their_owner_alone(office):
    dana, avi, ticket, _task = office
    avi.execute(hours.report, HoursDraft(DAY, 60, ticket_id=ticket))
    (row,) = entries(avi)
    for act in (lambda: dana.execute(hours.delete, row.id, row.version),
                lambda: dana.execute(hours.change, row.id, row.version, row.draft())):  # fmt: skip
        with pytest.raises(UserError, match="somebody else"):
            act()
    avi.execute(hours.change, row.id, row.version, HoursDraft(DAY, 45, "general"))
    (row,) = entries(avi)
    assert (row.minutes, row.kind) == (45, "general")
    draft = avi.execute(hours.delete, row.id, row.version)
    assert entries(avi) == ()
    avi.execute(hours.report, draft)
    assert entries(avi)[0].draft() == draft


@pytest.mark.row("R-F27")
def test_allotted_stands_against_used_and_too_much_is_marked(office):
    dana, avi, ticket, task = office
    dana.execute(hours.report, HoursDraft(DAY, 3000, "allotment", customer_id=1))
    dana.execute(hours.report, HoursDraft(DAY, 60, "allotment", ticket_id=ticket))
    avi.execute(hours.report, HoursDraft(DAY, 90, task_id=task))
    avi.execute(hours.report, HoursDraft(DAY, 480, "leave"))
    told = [(row.kind, row.allotted, row.used, row.is_over) for row in dana.execute(hours.balances)]
    assert told == [("ticket", 60, 90, True), ("customer", 3000, 90, False)]


def test_time_is_promised_by_those_who_take_tickets_in(office):
    _dana, avi, _ticket, _task = office
    with pytest.raises(UserError, match="role"):
        avi.execute(hours.report, HoursDraft(DAY, 60, "allotment", customer_id=1))


def test_a_week_begins_where_the_language_says():
    assert week_of(date(2031, 11, 26), 0) == (date(2031, 11, 24), date(2031, 12, 1))
    assert week_of(date(2031, 11, 26), 6) == (date(2031, 11, 23), date(2031, 11, 30))


@pytest.mark.row("R-F26")
def test_an_open_task_belongs_to_one_project_at_a_time(office, database):
    """Its hours follow the project it has when they are reported."""
    _dana, avi, _ticket, task = office
    with database.transaction() as session:
        session.add(Project(name="Bridge"))
    for project, name in ((1, "Tower"), (2, "Bridge")):
        with database.transaction() as session:
            session.get_one(Task, task).project_id = project
        avi.execute(hours.report, HoursDraft(DAY, 30, task_id=task))
        assert entries(avi)[0].project == name
    assert sorted(row.project or "" for row in entries(avi)) == ["Bridge", "Tower"]
