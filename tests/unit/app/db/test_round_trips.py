"""How often a desktop waits for its server, counted on the cable: DESIGN section 6."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from app.backend import Backend
from app.db.asking import writing_later
from app.db.database import Database
from app.models.mail import OutboxMessage
from app.models.planner import Visit
from app.models.tickets import Task, TaskStep
from app.services.dialer.attempts import Result, finish
from app.services.dialer.claiming import beat, dial, next_customer, resume
from app.services.planner.placing import move, resize, schedule
from app.services.tickets.advancing import Update, advance
from app.services.tickets.intake import Intake, accept
from tests.kit.factory import at
from tests.kit.proxy import Proxy
from tests.kit.whole_office import Names, furnish

pytestmark = pytest.mark.row("R-X1")


@dataclass
class Office:
    """A desktop on a cable, the same office without one, and what is where."""

    proxy: Proxy
    there: Database
    names: Names
    far: Database

    def desktop(self, name: str) -> Backend:
        return Backend(self.far, actor=self.names.users[name])

    def trips(self, name: str, service: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, Any]:
        backend = self.desktop(name)
        with self.proxy.counted() as seen:
            answer = backend.execute(service, *args, **kwargs)
        return seen.round_trips, answer

    def waiting(self) -> tuple[int, int]:
        with self.there.reading() as session:
            asked = select(Task.id, Task.version).where(Task.group_id.is_not(None)).order_by(Task.id)
            task_id, version = session.execute(asked).first() or (0, 0)
            return task_id, version

    def task_of(self, ticket_id: int) -> tuple[int, int]:
        with self.there.reading() as session:
            task = session.scalars(select(Task).where(Task.ticket_id == ticket_id)).one()
            return task.id, task.version


@pytest.fixture
def office(postgresql_url: str) -> Iterator[Office]:
    with closing(Database(postgresql_url)) as there, Proxy(postgresql_url) as proxy:
        names = furnish(there)
        with closing(Database(proxy.url)) as far:
            yield Office(proxy, there, names, far)


def test_a_call_and_its_result_are_one_wait_each(office: Office) -> None:
    office.desktop("Dana").execute(resume)  # the line is up
    office.trips("Dana", next_customer, office.names.campaign)
    office.trips("Dana", next_customer, office.names.campaign)
    waited, claimed = office.trips("Dana", next_customer, office.names.campaign)
    assert waited <= 2
    assert office.trips("Dana", beat, claimed.request_id)[0] == 1
    assert office.trips("Dana", dial, claimed.request_id)[0] == 1
    result = Result(
        claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
        office.names.results["No answer"], claimed_at=claimed.claimed_at, rule=claimed.rule, reason=claimed.reason,
    )  # fmt: skip
    assert office.trips("Dana", finish, result)[0] == 1


def test_booking_and_moving_wait_four_times_at_most_mail_included(office: Office) -> None:
    users = office.names.users
    office.desktop("Boss").execute(schedule, *office.waiting(), users["Tom"], at(8, 3))  # the line is up
    booked, placed = office.trips("Boss", schedule, *office.waiting(), users["Tom"], at(8))
    assert booked <= 4
    visit = placed.visit
    with_another, placed = office.trips("Boss", move, visit.id, visit.version, users["Uri"], at(14))
    assert with_another <= 4
    visit = placed.visit
    same, placed = office.trips("Boss", move, visit.id, visit.version, users["Uri"], at(9, 1))
    assert same <= 3
    sized, _placed = office.trips("Boss", resize, visit.id, placed.visit.version, at(9, 1), at(9.5, 1))
    assert sized <= 4
    with office.there.reading() as session:
        stands = session.get_one(Visit, visit.id)
        assert (stands.technician_id, stands.starts_at, stands.ends_at) == (users["Uri"], at(9, 1), at(9.5, 1))
        steps = session.scalars(select(TaskStep.to_user_id).where(TaskStep.task_id == stands.task_id))
        assert list(steps)[-2:] == [users["Tom"], users["Uri"]]
        mails = session.scalars(select(OutboxMessage.event).where(OutboxMessage.task_id == stands.task_id))
        assert list(mails) == ["call_loaded", "call_moved", "call_moved", "call_moved"]


def test_handing_over_waits_six_times_at_most(office: Office) -> None:
    stages, users = office.names.stages, office.names.users
    taken = office.desktop("Dana").execute(accept, Intake("Boiler leaks", email="c@example.org", name="C"))
    automatic = Update(stage_id=stages["Quote"], is_automatic=True)
    assert office.trips("Dana", advance, *office.task_of(taken.ticket_id), automatic)[0] <= 6
    by_hand = Update(stage_id=stages["Visit"], user_id=users["Noa"], note="He is in a hurry")
    assert office.trips("Dana", advance, *office.task_of(taken.ticket_id), by_hand)[0] <= 6


def test_a_write_put_off_that_meets_another_version_changes_nothing(office: Office) -> None:
    users = office.names.users
    placed = office.desktop("Boss").execute(schedule, *office.waiting(), users["Tom"], at(8))
    with office.far.transaction() as session, writing_later(session):
        visit = session.get_one(Visit, placed.visit.id)
        visit.starts_at = at(7)
        with office.there.transaction() as other:
            other.execute(update(Visit).where(Visit.id == visit.id).values(version=99))
        session.flush()
        with pytest.raises(StaleDataError):
            session.scalar(select(Visit.id))
        session.rollback()
    with office.there.reading() as session:
        assert session.get_one(Visit, placed.visit.id).starts_at == at(8)
