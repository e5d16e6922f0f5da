from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.backend import Backend
from app.bus import RowsChanged
from app.db.database import Database
from app.domain.errors import Conflict, Incomplete, Refused
from app.domain.tickets.draft import TicketDraft, offered
from app.domain.tickets.order import TicketFilter
from app.models.customers import Customer
from app.models.people import User
from app.models.tickets import Task, Ticket, TicketType
from app.services.tickets import card, listing
from app.services.tickets.lists import PersonChoice, lists
from app.services.tickets.timeline import Kind, timeline
from tests.kit.factory import add_group, add_presence, add_type, add_user, add_visit, at

NOW = at(8)


class Office:
    """A back office, an agent, a technician, and a type of call of either kind."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.moment: datetime = NOW
        with database.transaction() as session:
            self.dana = add_user(session, "Dana", "agent").id
            self.avi = add_user(session, "Avi").id
            self.gone = add_user(session, "Gideon", "agent", is_active=False).id
            self.group = add_group(session, "Back office", is_back_office=True).id
            repair = add_type(session, "Repair", minutes=45)
            advice = add_type(session, "Advice", is_schedulable=False)
            kinds = [
                TicketType(name="Boiler", activity_type_id=repair.id, due_hours=48),
                TicketType(name="Question", activity_type_id=advice.id),
            ]
            session.add_all(kinds)
            session.flush()
            self.boiler, self.question = (kind.id for kind in kinds)
            add_presence(session, session.get_one(User, self.avi), at(0, -2), at(0, 9))
        self.backend = Backend(database, actor=self.dana, clock=lambda: self.moment)

    def create(self, **fields: object) -> card.Saved:
        draft = TicketDraft(**({"subject": "Boiler leaks", "type_id": self.boiler} | fields))  # type: ignore[arg-type]
        return self.backend.execute(card.create, draft)

    def load(self, number: int) -> card.TicketCard:
        return self.backend.execute(card.load, number)

    def save(self, number: int, **fields: object) -> card.Saved:
        known = self.load(number)
        return self.backend.execute(card.save, number, known.version, replace(known.draft, **fields))

    def tasks(self, number: int) -> list[Task]:
        with self.database.reading() as session:
            return list(session.scalars(select(Task).where(Task.ticket_id == number).order_by(Task.id)))

    def plan(self, number: int, start: datetime) -> None:
        with self.database.transaction() as session:
            user = session.get_one(User, self.avi)
            add_visit(session, user, start, start + timedelta(hours=1), task_id=self.tasks(number)[-1].id)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.row("R-T24", "R-T25")
def test_a_call_of_a_schedulable_type_waits_with_the_back_office(office):
    saved = office.create()
    (task,) = office.tasks(saved.id)
    assert (task.group_id, task.user_id, task.closed_at) == (office.group, None, None)
    assert (task.title, task.expected_minutes) == ("Boiler leaks", 45)
    assert task.due_at == NOW + timedelta(hours=48) == office.load(saved.id).draft.due_at


def test_any_other_ticket_goes_to_its_handler(office):
    saved = office.create(type_id=office.question, handler_id=office.dana)
    (task,) = office.tasks(saved.id)
    assert (task.group_id, task.user_id) == (None, office.dana)
    office.save(saved.id, handler_id=office.avi)
    assert office.tasks(saved.id)[0].user_id == office.avi


def test_what_is_missing_is_said_field_by_field_and_nothing_is_saved(office):
    with pytest.raises(Incomplete) as told:
        office.create(subject="  ", type_id=office.question)
    assert set(told.value.problems) == {"subject", "handler_id"}
    assert office.backend.execute(listing.count).number == 0


@pytest.mark.row("R-M12", "R-M13")
def test_who_answers_for_a_ticket_and_who_handles_it_are_two_people(office):
    saved = office.create(responsible_id=office.dana, handler_id=office.avi)
    known = office.load(saved.id)
    assert (known.responsible, known.handler) == (
        PersonChoice(office.dana, "Dana", is_active=True),
        PersonChoice(office.avi, "Avi", is_active=True),
    )
    office.save(saved.id, handler_id=office.dana)
    assert office.load(saved.id).draft.responsible_id == office.dana


@pytest.mark.row("R-M14")
def test_every_user_of_the_system_can_be_chosen_without_any_upkeep(office):
    with office.database.transaction() as session:
        new = add_user(session, "Noa", "agent").id
    people = office.backend.execute(lists).people
    assert PersonChoice(new, "Noa", is_active=True) in people
    assert {office.dana, office.avi} <= {person.id for person in offered(people)}


@pytest.mark.row("R-M15")
def test_a_new_card_offers_active_users_and_an_old_one_keeps_the_inactive_it_has(office):
    saved = office.create(responsible_id=office.dana, handler_id=office.avi)
    with office.database.transaction() as session:
        session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": office.avi})
    people = office.backend.execute(lists).people
    assert office.avi not in {person.id for person in offered(people)}
    assert office.avi in {person.id for person in offered(people, keep=[office.avi])}
    assert office.load(saved.id).handler == PersonChoice(office.avi, "Avi", is_active=False)
    office.save(saved.id, subject="Boiler still leaks")
    assert office.load(saved.id).draft.handler_id == office.avi


@pytest.mark.row("R-M15")
@pytest.mark.parametrize("column", ["handler_id", "responsible_id"])
def test_the_database_refuses_an_inactive_user_by_itself(office, column):
    with pytest.raises(Refused) as told:
        office.create(**{column: office.gone})
    assert told.value.code == "INACTIVE"
    saved = office.create()
    with office.database.engine.connect() as connection, pytest.raises(DBAPIError, match="callboard:INACTIVE"):
        connection.execute(text(f"UPDATE tickets SET {column} = {office.gone} WHERE id = {saved.id}"))


@pytest.mark.parametrize("owners", ["user_id = NULL, group_id = NULL", "user_id = {dana}, group_id = {group}"])
def test_the_database_refuses_an_open_task_with_no_owner_or_two(office, owners):
    saved = office.create()
    wanted = owners.format(dana=office.dana, group=office.group)
    with office.database.engine.connect() as connection, pytest.raises(DBAPIError, match="one_owner_while_open"):
        connection.execute(text(f"UPDATE tasks SET {wanted} WHERE ticket_id = {saved.id}"))


def test_the_second_of_two_writers_is_told_and_overwrites_nothing(office):
    saved = office.create()
    known = office.load(saved.id)
    office.save(saved.id, subject="First")
    with pytest.raises(Conflict):
        office.backend.execute(card.save, saved.id, known.version, replace(known.draft, subject="Second"))
    assert office.load(saved.id).draft.subject == "First"


def test_a_call_that_waits_follows_its_type_and_one_on_the_plan_stays(office):
    waiting, planned = office.create(), office.create()
    office.plan(planned.id, at(9))
    for number in (waiting.id, planned.id):
        office.save(number, type_id=office.question, handler_id=office.dana, subject="Only a question")
    assert [(task.user_id, task.group_id) for task in office.tasks(waiting.id)] == [(office.dana, None)]
    assert [(task.user_id, task.group_id) for task in office.tasks(planned.id)] == [(None, office.group)]
    assert office.tasks(planned.id)[0].title == "Only a question"


def test_closing_closes_the_tasks_and_reopening_brings_them_back(office):
    saved = office.create()
    closed = office.backend.execute(card.close, saved.id, saved.version)
    assert closed.is_closed
    assert office.tasks(saved.id)[0].closed_at == NOW
    office.moment = at(9)
    again = office.backend.execute(card.reopen, saved.id, closed.version)
    assert not again.is_closed
    (task,) = office.tasks(saved.id)
    assert (task.closed_at, task.group_id) == (None, office.group)
    status = {each.id: each.code for each in office.backend.execute(lists).statuses}
    assert status[office.load(saved.id).draft.status_id] == "new"


def test_a_ticket_with_a_visit_to_come_is_not_closed_and_says_whose(office):
    saved = office.create()
    office.plan(saved.id, at(9))
    with pytest.raises(Refused) as told:
        office.backend.execute(card.close, saved.id, saved.version)
    assert told.value.code == "PLANNED"
    assert told.value.what.fields["name"] == "Avi"
    assert office.tasks(saved.id)[0].closed_at is None
    office.moment = at(12)
    assert office.backend.execute(card.close, saved.id, saved.version).is_closed


def test_choosing_a_closing_state_closes(office):
    saved = office.create()
    closing = next(status.id for status in office.backend.execute(lists).statuses if status.is_closed)
    assert office.save(saved.id, status_id=closing).is_closed
    assert office.tasks(saved.id)[0].closed_at == NOW


def test_a_call_without_a_back_office_is_refused_in_words(office):
    with office.database.transaction() as session:
        session.execute(text("UPDATE groups SET is_back_office = false"))
    with pytest.raises(Refused) as told:
        office.create()
    assert told.value.code == "NO_BACK_OFFICE"
    assert office.backend.execute(listing.count).number == 0


def test_a_reader_may_not_write(office):
    with office.database.transaction() as session:
        reader = add_user(session, "Rina", "read_only").id
    with pytest.raises(Refused) as told:
        office.backend.acting_as(reader).execute(card.create, TicketDraft(subject="No"))
    assert told.value.code == "FORBIDDEN"


def test_this_desktop_is_told_at_once_which_rows_changed(office):
    told: list[RowsChanged] = []
    office.backend.bus.subscribe(RowsChanged, told.append)
    saved = office.create()
    assert RowsChanged("tickets", frozenset({saved.id})) in told
    assert RowsChanged("tasks", frozenset({office.tasks(saved.id)[0].id})) in told


def test_a_ticket_is_found_by_what_was_typed_on_its_card(office):
    with office.database.transaction() as session:
        customer = Customer(name="Rossi", search="rossi 0212345678")
        session.add(customer)
        session.flush()
        customer_id = customer.id
    saved = office.create(subject="Caldaia perde", customer_id=customer_id, address="Via Garibaldi 4")
    for typed in ("caldaia", "garibaldi", "rossi", "02 1234-5678", str(saved.id)):
        page = office.backend.execute(listing.page, TicketFilter(text=typed))
        assert [row.id for row in page.rows] == [saved.id], typed


@pytest.mark.row("R-M1", "R-M2")
def test_everything_done_for_a_ticket_hangs_under_its_card_newest_first(office):
    saved = office.create()
    office.plan(saved.id, at(9))
    with office.database.transaction() as session:
        session.execute(text("UPDATE visits SET is_active = false"))
    office.plan(saved.id, at(14))
    office.moment = at(18)
    office.backend.execute(card.close, saved.id, saved.version)
    found = office.backend.execute(timeline, saved.id).entries
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)
    visits = {(entry.starts_at, entry.is_active, entry.person) for entry in found if entry.kind is Kind.VISIT}
    assert visits == {(at(9), False, "Avi"), (at(14), True, "Avi")}
    kinds = [entry.kind for entry in found]
    assert {Kind.OPENED, Kind.TASK, Kind.TASK_CLOSED, Kind.CLOSED} < set(kinds)
    assert next(entry.who for entry in found if entry.kind is Kind.OPENED) == "Dana"


@pytest.mark.row("R-M2")
def test_a_task_in_the_time_line_says_who_it_waits_for(office):
    saved = office.create()
    (task,) = (entry for entry in office.backend.execute(timeline, saved.id).entries if entry.kind is Kind.TASK)
    assert (task.group, task.is_waiting, task.activity) == ("Back office", True, "Repair")
    assert isinstance(office.load(saved.id), card.TicketCard)
    with office.database.reading() as session:
        assert session.get_one(Ticket, saved.id).created_by_id == office.dana
