"""What waits for somebody with its profile: the minute he is back, by the rule it would have had, and after changes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.backend import Backend
from app.db.database import Database
from app.domain.processes.routing import Rule
from app.models.planner import Absence
from app.models.processes import RoutingRules, StageOpening
from app.models.tickets import Task, TaskStep, TicketType
from app.services.processes.flow_saving import save_process, set_active
from app.services.processes.flows import load_process
from app.services.processes.profiles import delete_profile, list_profiles, set_user_profiles
from app.services.tickets.advancing import Update, advance, reroute_waiting
from app.services.tickets.intake import Intake, accept
from app.services.tickets.tasks import NewTask, create
from tests.kit.factory import add_process, add_profile, add_user, at


class Office:
    """Dana and Avi hold Service; an enquiry opens an offer with Sales, which Noa and Gil hold."""

    def __init__(self, database: Database) -> None:
        self.database, self.moment = database, at(8)
        with database.transaction() as session:
            root = add_user(session, "Root", "administrator")
            dana, avi, noa, gil = (add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa", "Gil"))
            service, sales = add_profile(session, "Service", dana, avi), add_profile(session, "Sales", noa, gil)
            spare = add_profile(session, "Spare")
            stages = add_process(session, "Enquiry", Intake=service, Done=None)
            offer = add_process(session, "Offer", Prepare=sales, Sent=None)
            session.add(StageOpening(stage_id=stages["Intake"].id, opens_stage_id=offer["Prepare"].id))
            kind = TicketType(name="Enquiry", process_id=stages["Intake"].process_id)
            session.add(kind)
            session.flush()
            session.execute(update(RoutingRules).values(intake_type_id=kind.id, administrator_id=root.id))
            self.root, self.dana, self.avi, self.noa, self.gil = (each.id for each in (root, dana, avi, noa, gil))
            self.service, self.sales, self.spare = service.id, sales.id, spare.id
            self.intake, self.prepare = stages["Intake"].id, offer["Prepare"].id
            self.process, self.offer = stages["Intake"].process_id, offer["Prepare"].process_id
        self.backend = Backend(database, actor=self.root, clock=lambda: self.moment)

    def away(self, user_id: int, start: datetime, end: datetime) -> None:
        with self.database.transaction() as session:
            session.add(Absence(user_id=user_id, starts_at=start, ends_at=end))

    def tasks(self) -> list[Task]:
        with self.database.reading() as session:
            return list(session.scalars(select(Task).order_by(Task.id)))

    def last_step(self, task_id: int) -> TaskStep:
        with self.database.reading() as session:
            asked = select(TaskStep).where(TaskStep.task_id == task_id).order_by(TaskStep.id.desc()).limit(1)
            return session.scalars(asked).one()

    def profile_of_intake(self, profile_id: int | None) -> None:
        known = self.backend.execute(load_process, self.process)
        stages = tuple(
            replace(stage, profile_id=profile_id) if stage.is_intake else stage for stage in known.draft.stages
        )
        self.backend.execute(save_process, replace(known.draft, stages=stages), known.version)

    def take_in(self, number: int = 1) -> None:
        self.moment += timedelta(seconds=1)
        self.backend.execute(accept, Intake("Leak", email=f"c{number}@example.org"))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.row("Q5", "U13")
def test_an_absence_begins_with_its_first_instant_and_ends_before_its_last(office: Office) -> None:
    for user_id in (office.dana, office.avi):
        office.away(user_id, at(9), at(10))
    new = NewTask("Leak", stage_id=office.intake)
    for moment, is_in in ((at(9) - timedelta(seconds=1), True), (at(9), False), (at(10), True)):
        office.moment = moment
        done = office.backend.execute(create, new)
        assert (done.user_id != office.root) is is_in, moment


@pytest.mark.row("R-F13", "U7")
def test_a_linked_task_that_waited_goes_to_the_last_server_of_its_customer(office: Office) -> None:
    office.take_in()
    first = office.tasks()[1]
    assert first.opened_by_task_id == office.tasks()[0].id
    served = first.user_id
    assert served is not None
    other = {office.noa: office.gil, office.gil: office.noa}[served]
    for _ in range(3):
        office.backend.execute(create, NewTask("More", user_id=served))
    for user_id in (office.noa, office.gil):
        office.away(user_id, at(9), at(10))
    office.moment = at(9)
    office.take_in()
    waiting = office.tasks()[-1]
    assert (waiting.user_id, waiting.awaits_profile_id) == (office.root, office.sales)
    office.moment = at(10)
    office.backend.execute(reroute_waiting)
    assert office.last_step(waiting.id).rule == Rule.LAST_SERVED
    assert office.last_step(waiting.id).to_user_id == served != other


@pytest.mark.row("R-F2", "Q3")
def test_what_waited_for_a_stages_old_profile_goes_to_a_holder_of_the_new_one(office: Office) -> None:
    for user_id in (office.dana, office.avi):
        office.backend.execute(set_user_profiles, user_id, ())
    office.take_in()
    office.profile_of_intake(office.spare)
    assert office.tasks()[0].awaits_profile_id == office.spare
    office.backend.execute(set_user_profiles, office.avi, [office.spare])
    assert office.tasks()[0].user_id == office.avi
    assert office.last_step(office.tasks()[0].id).rule == Rule.ONLY_ONE


@pytest.mark.row("R-F1", "Q3")
def test_a_profile_whose_stages_took_another_can_go_though_tasks_waited_for_it(office: Office) -> None:
    for user_id in (office.dana, office.avi):
        office.backend.execute(set_user_profiles, user_id, ())
    office.take_in()
    task = office.tasks()[0]
    assert task.awaits_profile_id == office.service
    office.profile_of_intake(None)
    row = next(row for row in office.backend.execute(list_profiles) if row.id == office.service)
    office.backend.execute(delete_profile, row.id, row.version)
    task = office.tasks()[0]
    assert (task.user_id, task.awaits_profile_id) == (office.root, None)


@pytest.mark.row("R-F4")
def test_a_process_out_of_use_is_not_begun_and_no_enquiry_is_lost(office: Office) -> None:
    office.take_in()
    known = office.backend.execute(load_process, office.process)
    office.backend.execute(set_active, office.process, known.version, is_active=False)
    office.take_in(2)
    with office.database.reading() as session:
        begun, later = session.scalars(select(Task).where(Task.opened_by_task_id.is_(None)).order_by(Task.id))
    assert (begun.stage_id, later.stage_id, later.user_id) == (office.intake, None, office.root)
    moved = office.backend.execute(advance, begun.id, begun.version, Update(user_id=office.avi))
    assert moved.user_id == office.avi


@pytest.mark.row("Q3", "Q5")
def test_what_waits_goes_on_waiting_after_a_note_and_still_goes_to_who_comes_in(office: Office) -> None:
    for user_id in (office.dana, office.avi):
        office.away(user_id, at(7), at(10))
    office.take_in()
    task = office.tasks()[0]
    office.backend.execute(advance, task.id, task.version, Update(note="He called again"))
    assert office.tasks()[0].awaits_profile_id == office.service
    office.moment = at(10)
    assert task.id in office.backend.execute(reroute_waiting)
    assert office.tasks()[0].user_id in {office.dana, office.avi}
