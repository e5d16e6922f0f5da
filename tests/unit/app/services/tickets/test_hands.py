"""Whose hands a task is in when its ticket is retyped, closed, opened again, planned or handed on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, NotFound, Refused
from app.domain.processes.flow import StageDraft
from app.domain.processes.routing import Rule
from app.domain.tickets.draft import TicketDraft
from app.i18n import say
from app.models.people import User
from app.models.processes import RoutingRules, StageOpening
from app.models.tickets import Task, TaskStep, TicketType
from app.services.people.users import list_users, set_active
from app.services.planner import placing
from app.services.processes.flow_saving import save_process
from app.services.processes.flows import load_process
from app.services.tickets import card
from app.services.tickets.advancing import Update, advance
from tests.kit.factory import add_group, add_presence, add_process, add_profile, add_type, add_user, at


class Office:
    """Dana takes enquiries, Ana repairs; enquiries go through a process, repairs are planned."""

    def __init__(self, database: Database) -> None:
        self.database, self.moment = database, at(8)
        with database.transaction() as session:
            root, dana = add_user(session, "Root", "administrator"), add_user(session, "Dana", "agent")
            ana, avi = add_user(session, "Ana"), add_user(session, "Avi", "agent")
            add_group(session, "Office", root, is_back_office=True)
            add_presence(session, ana, at(8), at(20))
            stages = add_process(session, "Enquiry", Intake=add_profile(session, "Service", dana), Done=None)
            stages["Intake"].due_hours = 4
            linked = add_process(session, "Offer", Prepare=add_profile(session, "Sales", avi), Sent=None)
            session.add(StageOpening(stage_id=stages["Intake"].id, opens_stage_id=linked["Prepare"].id))
            enquiry = TicketType(name="Enquiry", process_id=stages["Intake"].process_id)
            repair = TicketType(name="Repair", activity_type_id=add_type(session, "Repair", ana).id)
            session.add_all([enquiry, repair])
            session.flush()
            session.execute(update(RoutingRules).values(administrator_id=root.id))
            self.root, self.dana, self.ana, self.avi = root.id, dana.id, ana.id, avi.id
            self.process = stages["Intake"].process_id
            self.enquiry, self.repair, self.intake = enquiry.id, repair.id, stages["Intake"].id
        self.backend = Backend(database, actor=self.root, clock=self._clock)

    def _clock(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def open(self, type_id: int | None = None, handler_id: int | None = None) -> card.Saved:
        draft = TicketDraft(subject="Boiler leaks", type_id=type_id, handler_id=handler_id)
        return self.backend.execute(card.create, draft)

    def save(self, ticket_id: int, **fields: Any) -> card.Saved:
        known = self.backend.execute(card.load, ticket_id)
        return self.backend.execute(card.save, ticket_id, known.version, replace(known.draft, **fields))

    def task(self, ticket_id: int) -> Task:
        with self.database.reading() as session:
            return session.scalars(select(Task).where(Task.ticket_id == ticket_id).order_by(Task.id).limit(1)).one()

    def steps(self, task_id: int) -> list[TaskStep]:
        with self.database.reading() as session:
            return list(session.scalars(select(TaskStep).where(TaskStep.task_id == task_id).order_by(TaskStep.id)))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.row("R-F4", "R-F10")
def test_a_waiting_call_that_becomes_an_enquiry_enters_its_process_like_any_other(office: Office) -> None:
    ticket = office.open(office.repair)
    saved = office.save(ticket.id, type_id=office.enquiry)
    task = office.task(ticket.id)
    assert (task.user_id, task.group_id, task.stage_id) == (office.dana, None, office.intake)
    assert task.due_at == office.moment + timedelta(hours=4)
    last = office.steps(task.id)[-1]
    assert (last.rule, last.from_stage_id, last.to_stage_id) == (Rule.ONLY_ONE, None, office.intake)
    with office.database.reading() as session:
        opened = session.scalars(select(Task).where(Task.opened_by_task_id == task.id)).one()
        assert opened.user_id == office.avi
    assert office.backend.execute(card.load, saved.id).draft.handler_id == office.dana


@pytest.mark.row("Q5")
def test_a_ticket_opened_again_goes_to_somebody_who_is_there_when_its_handler_left(office: Office) -> None:
    staged, plain = office.open(office.enquiry), office.open(handler_id=office.dana)
    for ticket in (staged, plain):
        office.backend.execute(card.close, ticket.id, office.backend.execute(card.load, ticket.id).version)
    with office.database.transaction() as session:
        session.get_one(User, office.dana).is_active = False
    for ticket, rule in ((staged, Rule.NOBODY), (plain, Rule.NO_PROFILE)):
        office.backend.execute(card.reopen, ticket.id, office.backend.execute(card.load, ticket.id).version)
        task = office.task(ticket.id)
        assert (task.user_id, task.closed_at) == (office.root, None)
        assert office.backend.execute(card.load, ticket.id).draft.handler_id == office.root
        assert [step.closes for step in office.steps(task.id)][-2:] == [True, False]
        assert office.steps(task.id)[-1].rule == rule


@pytest.mark.row("R-T7")
def test_a_planned_call_is_handed_on_by_the_planner_alone_and_each_time_with_a_step(office: Office) -> None:
    ticket = office.open(office.repair)
    task = office.task(ticket.id)
    placed = office.backend.execute(placing.schedule, task.id, task.version, office.ana, at(9)).visit
    task = office.task(ticket.id)
    with pytest.raises(Refused) as told:
        office.backend.execute(advance, task.id, task.version, Update(user_id=office.avi, note="typed"))
    assert told.value.code == "PLANNED"
    office.save(ticket.id, handler_id=office.avi)
    assert office.task(ticket.id).user_id == office.ana
    office.backend.execute(placing.unschedule, placed.id, placed.version)
    hands = [(step.from_user_id, step.to_user_id, step.rule) for step in office.steps(task.id)]
    assert hands == [
        (None, None, Rule.GROUP),
        (None, office.ana, Rule.BY_HAND),
        (office.ana, None, Rule.GROUP),
    ]
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Task).where(Task.user_id == office.ana)) == 0


def test_of_several_who_move_a_task_at_the_same_instant_one_does_and_the_others_are_told(office: Office) -> None:
    ticket = office.open(office.enquiry)
    task = office.task(ticket.id)
    together = Barrier(6)

    def hand_on(number: int) -> str:
        backend = office.backend.acting_as((office.dana, office.avi)[number % 2])
        together.wait()
        try:
            backend.execute(advance, task.id, task.version, Update(user_id=office.avi, note=f"Note {number}"))
        except Conflict as told:
            return say(told.what)
        return "moved"

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(hand_on, range(6)))
    assert said.count("moved") == 1
    assert {each.partition(" ")[2] for each in said if each != "moved"} == {"moved this task in the meantime."}
    assert [bool(step.note) for step in office.steps(task.id)] == [False, True]


def test_a_stage_that_is_gone_is_said_and_the_task_stays(office: Office) -> None:
    ticket = office.open(office.enquiry)
    task = office.task(ticket.id)
    known = office.backend.execute(load_process, office.process)
    spare = StageDraft(-1, "Spare", is_final=False, next=(known.draft.stages[-1].key,))
    intake = replace(known.draft.stages[0], next=(*known.draft.stages[0].next, -1))
    drawn = replace(known.draft, stages=(intake, spare, *known.draft.stages[1:]))
    saved = office.backend.execute(save_process, drawn, known.version)
    office.backend.execute(save_process, known.draft, saved.version)
    with pytest.raises(NotFound, match="stage"):
        office.backend.execute(advance, task.id, task.version, Update(stage_id=saved.stage_ids[1], is_automatic=True))
    assert (office.task(ticket.id).version, office.task(ticket.id).stage_id) == (task.version, office.intake)


@pytest.mark.row("U13", "R-T7")
def test_a_call_on_the_plan_stays_with_its_visit_when_its_technician_is_disabled(office: Office) -> None:
    ticket = office.open(office.repair)
    task = office.task(ticket.id)
    office.backend.execute(placing.schedule, task.id, task.version, office.ana, at(9))
    ana = next(user for user in office.backend.execute(list_users) if user.id == office.ana)
    office.backend.execute(set_active, ana.id, ana.version, on=False)
    assert office.task(ticket.id).user_id == office.ana
