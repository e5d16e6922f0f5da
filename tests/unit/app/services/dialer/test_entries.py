"""Entries of pools: judged as they go in, moved and taken out, and kept up with their customers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import CallWindow, Campaign, PoolEntry, QueuedCall
from app.models.tickets import Reminder
from app.services.dialer import entries, entry_list, wishes
from app.services.dialer.entries import Added, Moved
from app.services.dialer.following import follow
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_user

ROSSI, LEVI = "+972501234567", "+972521234567"


@pytest.fixture
def office(database: Database) -> Backend:
    """A company in Israel whose administrator acts."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        return Backend(database, actor=add_user(session, "Dana", "administrator").id)


def queued(office: Backend, entry_id: int) -> QueuedCall:
    """An entry's place in the queue."""
    with office.database.reading() as session:
        return session.get_one(QueuedCall, entry_id)


@pytest.mark.row("R-D24")
def test_whoever_is_on_the_list_goes_into_a_pool_blocked(office: Backend):
    with office.database.transaction() as session:
        pool_id = add_pool(session, add_campaign(session)).id
        ids = [add_customer(session, number, number).id for number in (ROSSI, LEVI)]
    office.execute(wishes.add, ROSSI)
    assert office.execute(entries.add, pool_id, ids) == Added(count=2)
    with office.database.reading() as session:
        stand = {row.person: row.blocked for row in session.scalars(select(QueuedCall))}
    assert stand == {ROSSI: "DO_NOT_CALL", LEVI: None}


@pytest.mark.row("R-D23")
def test_two_of_one_number_are_not_both_moved_into_a_pool(office: Backend):
    with office.database.transaction() as session:
        campaign = add_campaign(session, allows_several_relations=True)
        first, second, third = (add_pool(session, campaign) for _ in range(3))
        ids = [add_entry(session, pool, add_customer(session, "", ROSSI)).id for pool in (first, second)]
        pool_id = third.id
    assert office.execute(entries.move, ids, pool_id) == Moved(1, 1)
    assert [row.id for row in office.execute(entry_list.page, pool_id).rows] == ids[:1]


@pytest.mark.row("R-D4")
def test_who_is_promised_a_call_is_taken_out_and_the_promise_is_still_told(office: Backend):
    due = datetime(2030, 1, 1, 10, tzinfo=UTC)
    with office.database.transaction() as session:
        entry = add_entry(session, add_pool(session, add_campaign(session)), state="waiting", due_at=due)
        session.add(Reminder(user_id=office.actor, at=due, text="Call", entry_id=entry.id))
        entry_id = entry.id
    assert office.execute(entries.remove, [entry_id]) == 1
    with office.database.reading() as session:
        reminder = session.scalars(select(Reminder)).one()
        assert (reminder.entry_id, reminder.at, reminder.done_at) == (None, due, None)
        assert session.scalars(select(PoolEntry)).all() == []


def test_a_customer_is_called_at_the_first_of_his_numbers(office: Backend):
    with office.database.transaction() as session:
        pool_id = add_pool(session, add_campaign(session)).id
        rossi = add_customer(session, "Rossi", None)
        for position, number in ((1, LEVI), (0, ROSSI), (2, "+972541234567")):
            session.add(CustomerPhone(customer_id=rossi.id, raw=number, e164=number, position=position))
            session.flush()
        customer_id = rossi.id
    office.execute(entries.add, pool_id, [customer_id])
    assert office.execute(entry_list.page, pool_id).rows[0].person == ROSSI


def change(office: Backend, entry_id: int, **values: object) -> None:
    """Another language or number of an entry's customer, followed."""
    with office.database.transaction() as session:
        customer_id = session.get_one(PoolEntry, entry_id).customer_id
        if "e164" in values:
            session.execute(update(CustomerPhone).where(CustomerPhone.customer_id == customer_id).values(**values))
        else:
            session.execute(update(Customer).where(Customer.id == customer_id).values(**values))
        follow(session, [customer_id])


def test_who_waits_or_is_done_stays_so_whatever_changes_on_his_card(office: Backend):
    due = datetime.now(UTC) + timedelta(hours=5)
    with office.database.transaction() as session:
        pool = add_pool(session, add_campaign(session))
        waiting = add_entry(session, pool, state="waiting", due_at=due).id
        done = add_entry(session, pool, state="done", blocked="FINAL").id
    change(office, waiting, language="he")
    assert (queued(office, waiting).language, queued(office, waiting).state) == ("he", "waiting")
    for number in (None, ROSSI):
        change(office, done, e164=number)
        found = queued(office, done)
        assert (found.person, found.state, found.blocked) == (number, "done", "FINAL")


def test_a_language_the_manager_does_not_serve_blocks_once_it_is_known(office: Backend):
    with office.database.transaction() as session:
        campaign = add_campaign(session)
        session.get_one(Campaign, campaign.id).filters = {"languages": ["it"]}
        speaks = add_customer(session, "Rossi", ROSSI, language="it")
        entry_id = add_entry(session, add_pool(session, campaign), speaks).id
    change(office, entry_id, language="he")
    assert (queued(office, entry_id).state, queued(office, entry_id).blocked) == ("blocked", "FILTERED")
    change(office, entry_id, language="it")
    assert queued(office, entry_id).blocked is None


def test_a_zone_the_campaign_never_had_gets_its_hours_whoever_else_is_followed(office: Backend):
    with office.database.transaction() as session:
        pool = add_pool(session, add_campaign(session))
        people = [add_entry(session, pool).customer_id for _ in range(3)]
        session.execute(update(Customer).where(Customer.id.in_(people)).values(language="he"))
        session.execute(update(Customer).where(Customer.id == people[1]).values(time_zone="America/New_York"))
        follow(session, people)
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).where(CallWindow.zone == "America/New_York"))
