from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.processes.routing import Rule
from app.models.customers import Customer
from app.models.mail import MailTemplate, OutboxMessage
from app.models.people import User
from app.models.planner import Absence
from app.models.processes import (
    ActivityState,
    ProfileGate,
    RoutingRules,
    Stage,
    StageLink,
    StageOpening,
    UserLoad,
    UserProfile,
)
from app.models.tickets import Note, Task, TaskStep, Ticket, TicketStatus, TicketType
from app.services.people.users import list_users, set_active
from app.services.tickets.advancing import Update, advance, reroute_waiting, somebody_came_in
from app.services.tickets.intake import Intake, TakenIn, accept
from app.services.tickets.offering import offer
from app.services.tickets.tasks import Advanced, NewTask, create
from app.services.tickets.why import why
from tests.kit.factory import add_process, add_profile, add_user, at

NOW = at(8)


class Office:
    """Service people take calls, sales people quote, the meeting people meet; one administrator."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.moment: datetime = NOW
        with database.transaction() as session:
            self.admin = add_user(session, "Root", "administrator").id
            self.dana, self.avi, self.noa = (add_user(session, name, "agent").id for name in ("Dana", "Avi", "Noa"))
            people = [session.get_one(User, key) for key in (self.dana, self.avi, self.noa)]
            service = add_profile(session, "Service", *people[:2])
            sales = add_profile(session, "Sales", *people)
            self.service, self.sales = service.id, sales.id
            stages = add_process(session, "Enquiry", Intake=service, Quote=sales, Visit=service, Loose=None, Done=None)
            self.stages = {name: stage.id for name, stage in stages.items()}
            self.process = stages["Intake"].process_id
            session.add(
                StageLink(process_id=self.process, from_stage_id=self.stages["Visit"], to_stage_id=self.stages["Quote"])
            )
            stages["Quote"].due_hours = 24
            kind = TicketType(name="Enquiry", process_id=self.process)
            session.add(kind)
            session.flush()
            self.kind = kind.id
            session.execute(update(RoutingRules).values(intake_type_id=kind.id))
        self.backend = Backend(database, actor=self.dana, clock=self._clock)

    def _clock(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def take_in(self, number: int = 1, **fields: Any) -> TakenIn:
        enquiry = Intake("Boiler leaks", email=f"c{number}@example.org", name=f"C{number}")
        return self.backend.execute(accept, replace(enquiry, **fields))

    def advance(self, task_id: int, stage: str | None = None, **fields: Any) -> Advanced:
        change = Update(stage_id=stage and self.stages[stage], **fields)
        return self.backend.execute(advance, task_id, self.task(task_id).version, change)

    def task(self, task_id: int) -> Task:
        with self.database.reading() as session:
            return session.get_one(Task, task_id)

    def loads(self) -> dict[int, tuple[int, int]]:
        with self.database.reading() as session:
            rows = session.execute(select(UserLoad.user_id, UserLoad.open_tasks, UserLoad.waiting_tasks))
            return {row[0]: (row[1], row[2]) for row in rows}

    def give(self, user_id: int, count: int = 1) -> None:
        for _ in range(count):
            self.backend.execute(create, NewTask("By hand", user_id=user_id))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.row("R-F4", "R-F5", "R-F9", "R-F10", "U4", "U5", "Q14")
def test_an_enquiry_is_routed_at_intake_and_at_every_stage_until_it_is_done(office):
    office.give(office.dana)
    taken = office.take_in()
    assert taken.user_id == office.avi
    assert office.task(taken.task_id).stage_id == office.stages["Intake"]
    assert office.advance(taken.task_id, "Quote", is_automatic=True).rule == Rule.EARLIER_HANDLER
    moved = office.advance(taken.task_id, "Visit", user_id=office.noa)
    assert (moved.user_name, moved.rule) == ("Noa", Rule.BY_HAND)
    office.advance(taken.task_id, "Loose", user_id=office.noa)
    done = office.advance(taken.task_id, "Done")
    assert done.is_closed
    assert office.task(taken.task_id).closed_at is not None
    assert office.loads()[office.noa] == (0, 0)
    with pytest.raises(Refused, match="closed"):
        office.advance(taken.task_id, note="more")


@pytest.mark.row("R-F11", "Q4", "U6", "U8")
def test_open_tasks_of_all_processes_count_and_closed_ones_do_not(office):
    office.give(office.dana, 2)
    office.give(office.avi, 3)
    assert office.take_in(1).user_id == office.dana
    assert office.take_in(2).user_id == office.avi
    closed = office.backend.execute(create, NewTask("Short", user_id=office.avi))
    before = office.loads()[office.avi]
    office.advance(closed.task_id, closes=True)
    assert office.loads()[office.avi] == (before[0] - 1, 0)


@pytest.mark.row("Q4", "U3")
def test_tasks_that_wait_count_unless_the_company_says_otherwise(office):
    with office.database.transaction() as session:
        state = ActivityState(name="Waits for the customer", colour="#858E9A", is_waiting=True)
        session.add(state)
        session.flush()
        key = state.id
    office.give(office.avi)
    taken = office.take_in(1)
    assert taken.user_id == office.dana
    for _ in range(2):
        waiting = office.backend.execute(create, NewTask("Waits", user_id=office.dana))
        office.advance(waiting.task_id, state_id=key)
    assert office.loads()[office.dana] == (3, 2)
    with office.database.transaction() as session:
        session.execute(update(RoutingRules).values(counts_waiting=False))
    office.give(office.avi)
    assert office.take_in(2).user_id == office.dana
    with office.database.transaction() as session:
        session.execute(update(ActivityState).where(ActivityState.id == key).values(is_waiting=False))
    assert office.loads()[office.dana] == (4, 0)


@pytest.mark.row("R-F12", "Q2", "R-F9")
def test_going_back_the_earlier_handler_gets_it_though_he_is_busier(office):
    taken = office.take_in()
    first = office.task(taken.task_id).user_id
    office.advance(taken.task_id, "Quote", user_id=office.noa)
    office.give(office.noa, 5)
    office.give(first, 9)
    visit = office.advance(taken.task_id, "Visit", is_automatic=True)
    assert (visit.user_id, visit.rule) == (first, Rule.EARLIER_HANDLER)
    back = office.advance(taken.task_id, "Quote", is_automatic=True)
    assert (back.user_id, back.rule) == (first, Rule.EARLIER_HANDLER)


@pytest.mark.row("R-F13", "F11", "U7")
def test_a_linked_task_opens_by_itself_with_who_served_the_customer_last(office):
    # By the database's clock: it dates a log-in's steps, and here they are held against when tasks were opened.
    office.backend = Backend(office.database, actor=office.dana)
    with office.database.transaction() as session:
        sales = add_process(session, "Offer", Prepare=None, Sent=None)
        session.get_one(Stage, sales["Prepare"].id).profile_id = office.sales
        session.add(StageOpening(stage_id=office.stages["Quote"], opens_stage_id=sales["Prepare"].id))
    taken = office.take_in()
    office.backend.execute(create, NewTask("Old", user_id=office.noa, customer_id=taken.customer_id))
    office.give(office.noa, 4)
    moved = office.advance(taken.task_id, "Quote", user_id=office.avi)
    (linked,) = moved.opened
    task = office.task(linked)
    step = office.backend.execute(why, linked)[0]
    assert (task.user_id, step.rule, task.opened_by_task_id) == (office.avi, Rule.LAST_SERVED, taken.task_id)
    assert task.ticket_id == taken.ticket_id


@pytest.mark.row("R-F14", "R-F15")
def test_without_a_profile_at_intake_the_administrator_gets_it_and_may_pass_it_to_anybody(office):
    with office.database.transaction() as session:
        session.get_one(Stage, office.stages["Intake"]).profile_id = None
    taken = office.take_in()
    assert taken.user_id == office.admin
    assert office.backend.execute(why, taken.task_id)[0].rule == Rule.NO_PROFILE
    passed = office.advance(taken.task_id, user_id=office.noa)
    assert passed.user_id == office.noa
    assert office.advance(taken.task_id, "Quote", is_automatic=True).rule == Rule.EARLIER_HANDLER


@pytest.mark.row("Q3")
def test_a_later_stage_without_profile_is_refused_and_the_task_stays(office):
    taken = office.take_in()
    office.advance(taken.task_id, "Quote", is_automatic=True)
    office.advance(taken.task_id, "Visit", is_automatic=True)
    before = office.task(taken.task_id)
    with pytest.raises(Refused) as refusal:
        office.advance(taken.task_id, "Loose", is_automatic=True, note="typed")
    assert refusal.value.code == "NO_PROFILE"
    after = office.task(taken.task_id)
    assert (after.user_id, after.stage_id, after.version) == (before.user_id, before.stage_id, before.version)


@pytest.mark.row("Q3", "Q5", "U10", "U13", "U14")
def test_with_nobody_in_the_administrator_has_it_until_somebody_comes_in_and_those_share_it(office):
    with office.database.transaction() as session:
        for user_id in (office.dana, office.avi):
            session.add(Absence(user_id=user_id, starts_at=at(0), ends_at=at(20)))
    tasks = [office.take_in(number).task_id for number in range(4)]
    assert {office.task(task).user_id for task in tasks} == {office.admin}
    assert {office.task(task).awaits_profile_id for task in tasks} == {office.service}
    assert office.backend.execute(reroute_waiting) == ()
    by_hand = office.advance(tasks[0], user_id=office.noa)
    assert by_hand.user_id == office.noa
    assert office.backend.execute(somebody_came_in) is False
    office.moment = at(21)
    assert office.backend.execute(somebody_came_in) is True
    assert set(office.backend.execute(reroute_waiting)) == set(tasks[1:])
    hands = sorted(office.task(task).user_id for task in tasks[1:])
    assert set(hands) == {office.dana, office.avi}
    assert office.task(tasks[0]).user_id == office.noa
    assert office.backend.execute(reroute_waiting) == ()


@pytest.mark.row("Q5")
def test_an_absent_earlier_handler_is_passed_over_unless_the_company_keeps_him(office):
    taken = office.take_in()
    first, other = taken.user_id, {office.dana: office.avi, office.avi: office.dana}[taken.user_id]
    office.advance(taken.task_id, "Quote", user_id=office.noa)
    with office.database.transaction() as session:
        session.add(Absence(user_id=first, starts_at=at(0), ends_at=at(20)))
    visit = office.advance(taken.task_id, "Visit", is_automatic=True)
    assert visit.user_id == other
    office.advance(taken.task_id, "Quote", user_id=office.noa)
    with office.database.transaction() as session:
        session.execute(update(RoutingRules).values(keeps_absent=True))
        session.execute(text("UPDATE user_profiles SET user_id = user_id"))
    kept = office.advance(taken.task_id, "Visit", is_automatic=True)
    assert kept.rule == Rule.EARLIER_HANDLER


@pytest.mark.row("R-F8", "R-F16", "R-F20", "R-F21")
def test_the_window_offers_the_next_stages_and_choosing_one_fills_the_due_date(office):
    taken = office.take_in()
    offered = office.backend.execute(offer, taken.task_id)
    assert [stage.name for stage in offered.stages] == ["Quote"]
    assert {worker.name for worker in offered.workers} >= {"Dana", "Avi", "Noa"}
    office.advance(taken.task_id, "Quote", is_automatic=True)
    assert office.task(taken.task_id).due_at == office.moment + timedelta(hours=24)
    with pytest.raises(Refused) as refusal:
        office.advance(taken.task_id, "Done")
    assert refusal.value.code == "NOT_NEXT"


@pytest.mark.row("R-F23")
def test_a_note_written_at_an_update_is_the_customers_note_too(office):
    taken = office.take_in()
    office.advance(taken.task_id, "Quote", is_automatic=True, note=" He calls back. ")
    with office.database.reading() as session:
        note = session.scalars(select(Note)).one()
        assert (note.text, note.customer_id, note.ticket_id) == ("He calls back.", taken.customer_id, taken.ticket_id)
        assert session.get_one(TaskStep, note.step_id).note == "He calls back."


def test_the_second_of_two_who_advance_at_once_is_told_who_was_first(office):
    taken = office.take_in()
    version = office.task(taken.task_id).version
    change = Update(stage_id=office.stages["Quote"], is_automatic=True)
    office.backend.execute(advance, taken.task_id, version, change)
    with pytest.raises(Conflict, match="Dana moved this task"):
        office.backend.acting_as(office.avi).execute(advance, taken.task_id, version, change)
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).where(TaskStep.task_id == taken.task_id)) == 2


def test_a_named_handler_who_left_is_refused_and_nothing_is_written(office):
    taken = office.take_in()
    with office.database.transaction() as session:
        session.get_one(User, office.noa).is_active = False
    with pytest.raises(Refused) as refusal:
        office.advance(taken.task_id, "Quote", user_id=office.noa, note="typed")
    assert refusal.value.code == "INACTIVE"
    assert office.task(taken.task_id).stage_id == office.stages["Intake"]


@pytest.mark.row("R-M13")
def test_the_tickets_handler_follows_its_task(office):
    taken = office.take_in()
    office.advance(taken.task_id, "Quote", user_id=office.noa)
    with office.database.reading() as session:
        assert session.get_one(Ticket, taken.ticket_id).handler_id == office.noa


def test_steps_are_never_changed(office):
    office.take_in()
    for statement in ("UPDATE task_steps SET note = 'x'", "DELETE FROM task_steps"):
        with pytest.raises((Refused, DBAPIError), match=r"KEPT|kept"), office.database.transaction() as session:
            session.execute(text(statement))


def test_openings_that_would_open_each_other_without_end_are_refused_by_the_database(office):
    pairs = [("Intake", "Quote"), ("Quote", "Visit"), ("Visit", "Intake")]
    rows = [StageOpening(stage_id=office.stages[stage], opens_stage_id=office.stages[opens]) for stage, opens in pairs]
    with pytest.raises(Refused) as refusal, office.database.transaction() as session:
        session.add_all(rows)
    assert refusal.value.code == "LOOP"


def test_a_stage_on_which_tasks_stand_cannot_be_deleted(office):
    taken = office.take_in()
    with pytest.raises(Refused) as refusal, office.database.transaction() as session:
        session.execute(text("DELETE FROM stages WHERE id = :key"), {"key": office.stages["Intake"]})
    assert refusal.value.code == "USED"
    assert office.task(taken.task_id).stage_id == office.stages["Intake"]


def test_the_same_enquiry_again_is_the_same_ticket(office):
    first = office.take_in(external_key="web-1")
    again = office.take_in(external_key="web-1")
    assert again == replace(first, is_new=False)


@pytest.mark.row("U1", "U12")
def test_enquiries_at_once_are_shared_evenly_and_no_count_is_lost(office):
    def one(number: int) -> None:
        Backend(office.database, actor=office.admin).execute(
            accept, Intake("Leak", email=f"x{number}@example.org", type_id=office.kind)
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(24)))
    loads = office.loads()
    assert (loads[office.dana][0], loads[office.avi][0]) == (12, 12)
    with office.database.reading() as session:
        asked = select(Task.user_id, func.count()).where(Task.closed_at.is_(None)).group_by(Task.user_id)
        counted = {row[0]: row[1] for row in session.execute(asked)}
    assert counted == {user: load[0] for user, load in loads.items() if load[0]}


def test_who_gains_the_profile_is_a_candidate_at_once(office):
    office.give(office.dana)
    office.give(office.avi)
    with office.database.transaction() as session:
        session.add(UserProfile(user_id=office.noa, profile_id=office.service))
    assert office.take_in().user_id == office.noa


def test_the_customer_is_known_by_mail_address_whatever_its_case(office):
    first = office.take_in(email="Rossi@Example.org")
    assert office.take_in(email="rossi@example.ORG").customer_id == first.customer_id
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1
        assert session.scalar(select(func.count()).select_from(TicketStatus)) == 4


@pytest.mark.row("U13", "Q5")
def test_what_somebody_who_is_disabled_had_in_hand_finds_other_hands_with_the_reason(office):
    taken = office.take_in()
    plain = office.backend.execute(create, NewTask("By hand", user_id=taken.user_id))
    other = {office.dana: office.avi, office.avi: office.dana}[taken.user_id]
    admin = office.backend.acting_as(office.admin)
    row = next(user for user in admin.execute(list_users) if user.id == taken.user_id)
    admin.execute(set_active, row.id, row.version, on=False)
    assert office.task(taken.task_id).user_id == other
    assert office.task(plain.task_id).user_id == office.admin
    step = admin.execute(why, taken.task_id)[0]
    assert (step.rule, step.is_automatic) == (Rule.ONLY_ONE, True)
    assert office.loads()[taken.user_id] == (0, 0)


def test_a_choice_waits_for_the_gate_of_its_profile(postgresql_url):
    with closing(Database(postgresql_url)) as database, ThreadPoolExecutor(1) as pool:
        office = Office(database)
        with database.transaction() as session:
            session.execute(select(ProfileGate).where(ProfileGate.profile_id == office.service).with_for_update())
            taken = pool.submit(office.take_in)
            assert wait([taken], timeout=0.3).not_done
        assert taken.result().user_id == office.dana


@pytest.mark.row("R-F6")
def test_who_takes_or_keeps_a_task_gets_no_mail_about_it(office):
    with office.database.transaction() as session:
        session.get_one(User, office.dana).email = "dana@office.test"
        session.get_one(User, office.avi).email = "avi@office.test"
        texts = {"en": {"subject": "Yours", "body": "Yours"}}
        session.add(MailTemplate(name="Given", event="task_given", recipient="handler", texts=texts))
    given = office.backend.execute(create, NewTask("Call", user_id=office.avi))
    office.advance(given.task_id, note="Avi keeps it")
    office.advance(given.task_id, user_id=office.dana)
    with office.database.reading() as session:
        assert session.scalars(select(OutboxMessage.to_address)).all() == ["avi@office.test"]
