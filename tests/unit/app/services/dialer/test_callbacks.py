"""Callbacks: each comes once, to whom it was promised; moved, given, taken over and let go with their reminders."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text

from app.backend import Backend
from app.db.database import Database
from app.domain.dialer.filtering import Filters
from app.domain.dialer.sharing import may_move, sees_reminder
from app.domain.errors import Conflict, NotFound, Refused
from app.models.dialer import Campaign, PoolEntry
from app.models.people import User
from app.models.tickets import Reminder
from app.services.dialer import attempts, callbacks, claiming
from app.services.dialer.attempts import Result
from app.services.dialer.callbacks import Whose
from app.services.dialer.people import AgentChange, save_agents
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user, set_active
from tests.kit.callbacks import CallbackOffice as Office
from tests.kit.dial_factory import add_attempt, add_campaign, add_entry, add_pool
from tests.kit.servers import PASSWORD, Server


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.mark.row("R-D16", "Q9")
def test_who_sees_whose_reminders_is_one_rule():
    group, other = {1, 2}, {3}
    assert sees_reminder(1, 1, reminds_caller_only=True)
    assert not sees_reminder(1, 2, reminds_caller_only=True, my_groups=group, owners_groups=group)
    assert not sees_reminder(1, 2, reminds_caller_only=None, my_groups=group, owners_groups=group)
    assert sees_reminder(1, 2, reminds_caller_only=False, my_groups=group, owners_groups={2, 9})
    assert not sees_reminder(1, 2, reminds_caller_only=False, my_groups=group, owners_groups=other)
    rule = {"runs_campaigns": False, "reminds_caller_only": True}
    assert may_move(1, None, works_in_campaign=True, **rule)
    assert not may_move(1, None, works_in_campaign=False, **rule)
    assert not may_move(1, 2, works_in_campaign=True, **rule)
    assert may_move(1, 2, works_in_campaign=False, runs_campaigns=True, reminds_caller_only=True)


@pytest.mark.row("U39", "R-D4")
def test_a_callback_of_anyone_reaches_exactly_one_agent(office: Office):
    entries = {office.promise(-each, called=f"Customer {each}") for each in range(1, 6)}
    together = Barrier(2)

    def work(name: str) -> list[tuple[int, str]]:
        together.wait()
        found = iter(lambda: office.run(name, claiming.next_customer, office.campaign), None)
        return [(claimed.entry_id, claimed.rule) for claimed in found]

    with ThreadPoolExecutor(2) as pool:
        given = [each for some in pool.map(work, ["Dana", "Avi"]) for each in some]
    assert sorted(given) == [(entry_id, "CALLBACK_ANYONE") for entry_id in sorted(entries)]


@pytest.mark.row("U39", "R-D4")
def test_a_callback_of_mine_comes_to_me_and_to_nobody_else(office: Office):
    entry_id = office.promise(-1, "Avi")
    assert office.run("Dana", claiming.next_customer, office.campaign) is None
    found = office.run("Avi", claiming.next_customer, office.campaign)
    assert (found.entry_id, found.rule) == (entry_id, "CALLBACK_MINE")
    assert office.run("Avi", claiming.next_customer, office.campaign) is None


@pytest.mark.row("U39", "R-D4")
def test_a_promised_callback_waits_for_its_time_and_makes_one_reminder(office: Office):
    entry_id = office.promise(-1)
    claimed = office.run("Dana", claiming.next_customer, office.campaign)
    at = office.now + timedelta(hours=1)
    done = Result(
        request_id=claimed.request_id, campaign_id=office.campaign, entry_id=entry_id,
        customer_id=claimed.customer_id, person=claimed.person, status_id=office.call_back, note="asked for a quote",
        callback_at=at, callback_user_id=office.ids["Dana"], claimed_at=claimed.claimed_at,
    )  # fmt: skip
    office.run("Dana", attempts.finish, done)
    assert office.place(entry_id) == ("waiting", office.ids["Dana"], at)
    assert office.reminders(entry_id) == [(office.ids["Dana"], at)]
    assert office.run("Dana", claiming.next_customer, office.campaign) is None
    assert office.seen("Dana") == ["Rossi"]


@pytest.mark.row("R-D4")
def test_a_callback_moves_with_its_reminder_and_waits_until_then(office: Office):
    entry_id = office.promise(-5, "Dana")
    me, was = office.ids["Dana"], office.now - timedelta(minutes=5)
    to = office.now + timedelta(hours=2)
    office.run("Dana", callbacks.move, entry_id, me, was, to)
    assert office.place(entry_id) == ("waiting", me, to)
    assert office.reminders(entry_id) == [(me, to)]
    assert office.run("Dana", claiming.next_customer, office.campaign) is None
    with pytest.raises(Conflict):
        office.run("Dana", callbacks.move, entry_id, me, was, to + timedelta(hours=1))
    office.run("Dana", callbacks.move, entry_id, me, to, office.now - timedelta(seconds=1))
    assert office.place(entry_id)[0] == "callback"
    assert office.run("Dana", claiming.next_customer, office.campaign).entry_id == entry_id
    with pytest.raises(Refused, match="open right now"):
        office.run("Dana", callbacks.move, entry_id, me, office.now - timedelta(seconds=1), to)


@pytest.mark.row("R-D4")
def test_a_callback_is_given_to_a_colleague_to_anyone_and_taken_over(office: Office):
    entry_id = office.promise(30, "Dana")
    at = office.now + timedelta(minutes=30)
    dana, avi = office.ids["Dana"], office.ids["Avi"]
    with pytest.raises(Refused, match="does not work in the campaign"):
        office.run("Dana", callbacks.give, entry_id, dana, at, office.ids["Gil"])
    office.run("Dana", callbacks.give, entry_id, dana, at, avi)
    assert (office.place(entry_id)[1], office.reminders(entry_id)) == (avi, [(avi, at)])
    office.run("Avi", callbacks.give, entry_id, avi, at, None)
    assert (office.place(entry_id)[1], office.reminders(entry_id)) == (None, [])
    assert office.seen("Noa", Whose.ANYONE) == ["Rossi"]
    office.run("Noa", callbacks.take_over, entry_id, None, at)
    assert office.reminders(entry_id) == [(office.ids["Noa"], at)]
    assert [each.name for each in office.run("Noa", callbacks.colleagues, office.campaign)] == ["Avi", "Dana", "Noa"]


@pytest.mark.row("R-D16", "Q9")
def test_the_groups_callbacks_are_seen_and_moved_only_where_the_campaign_shares_them(office: Office):
    entry_id = office.promise(30, "Dana")
    at, dana = office.now + timedelta(minutes=30), office.ids["Dana"]
    assert office.seen("Avi", Whose.GROUP) == []
    for name in ("Avi", "Noa", "Gil"):
        with pytest.raises(Refused, match="somebody else's"):
            office.run(name, callbacks.take_over, entry_id, dana, at)
    office.share()
    assert office.seen("Avi", Whose.GROUP) == ["Rossi"]
    assert office.seen("Noa", Whose.GROUP) == []
    with pytest.raises(Refused, match="somebody else's"):
        office.run("Noa", callbacks.take_over, entry_id, dana, at)
    office.run("Avi", callbacks.take_over, entry_id, dana, at)
    assert office.reminders(entry_id) == [(office.ids["Avi"], at)]


def test_who_runs_campaigns_sees_and_moves_all_and_nobody_else_does(office: Office):
    entry_id = office.promise(30, "Dana")
    assert office.seen("Ruth", Whose.ALL) == ["Rossi"]
    with pytest.raises(Refused):
        office.seen("Dana", Whose.ALL)
    at = office.now + timedelta(minutes=30)
    office.run("Ruth", callbacks.give, entry_id, office.ids["Dana"], at, office.ids["Noa"])
    assert office.place(entry_id)[1] == office.ids["Noa"]
    with pytest.raises(NotFound):
        office.run("Ruth", callbacks.move, 999_999, None, at, at)


@pytest.mark.row("R-D4")
def test_all_of_an_absent_agent_go_to_a_colleague_or_to_anyone(office: Office):
    due, coming = office.promise(-5, "Dana"), office.promise(50, "Dana", "Bianchi")
    with office.database.transaction() as session:
        session.add(Reminder(user_id=office.ids["Dana"], at=office.now, text="own"))
    with pytest.raises(Refused):
        office.run("Avi", callbacks.hand_over, office.ids["Dana"], office.ids["Avi"])
    handed = office.run("Ruth", callbacks.hand_over, office.ids["Dana"], office.ids["Avi"])
    assert (handed.given, handed.to_anyone, handed.stayed) == (2, 0, 0)
    assert {office.place(each)[1] for each in (due, coming)} == {office.ids["Avi"]}
    with office.database.reading() as session:
        assert set(session.scalars(select(Reminder.user_id).where(Reminder.done_at.is_(None)))) == {office.ids["Avi"]}
    handed = office.run("Avi", callbacks.hand_over, office.ids["Avi"], None)
    assert (handed.given, handed.to_anyone) == (0, 2)
    assert office.reminders(due) == office.reminders(coming) == []


@pytest.mark.row("R-D4")
def test_callbacks_of_somebody_who_is_disabled_are_anyones(office: Office):
    entry_id = office.promise(30, "Dana")
    with office.database.reading() as session:
        version = session.get_one(User, office.ids["Dana"]).version
    backend = office.backends["Root"]
    backend.execute(set_active, office.ids["Dana"], version, on=False)
    assert office.place(entry_id)[1] is None
    assert office.reminders(entry_id) == []


@pytest.mark.row("R-D4")
def test_due_callbacks_of_who_is_away_fall_to_anyone_and_coming_ones_stay(office: Office):
    due, coming, avis = office.promise(-5, "Dana"), office.promise(50, "Dana"), office.promise(-5, "Avi")
    office.away("Dana", until=-1)
    assert office.run("Noa", callbacks.release_absent) == 0, "she is back"
    office.away("Dana")
    assert office.run("Noa", callbacks.release_absent) == 1
    assert [office.place(each)[1] for each in (due, coming, avis)] == [None, office.ids["Dana"], office.ids["Avi"]]
    assert office.reminders(due) == []
    assert office.run("Noa", claiming.next_customer, office.campaign).entry_id == due


@pytest.mark.row("R-D4", "Q8")
def test_nobody_is_idle_while_a_callback_of_who_is_away_is_due(office: Office):
    due = office.promise(-5, "Dana")
    assert office.run("Noa", claiming.next_customer, office.campaign) is None
    office.away("Dana")
    claimed = office.run("Noa", claiming.next_customer, office.campaign)
    assert (claimed.entry_id, claimed.rule) == (due, "CALLBACK_ANYONE")
    assert office.run("Avi", claiming.next_customer, office.campaign) is None


@pytest.mark.row("R-D4", "Q8")
def test_a_callback_of_anyone_in_the_own_pool_of_who_is_away_is_due_for_the_others(office: Office):
    with office.database.transaction() as session:
        campaign, dana = session.get_one(Campaign, office.campaign), session.get_one(User, office.ids["Dana"])
        due = office.now - timedelta(minutes=5)
        own = add_pool(session, campaign, "Her book", owner=dana)
        entry_id = add_entry(session, own, state="waiting", is_callback=True, due_at=due).id
    assert office.run("Noa", claiming.next_customer, office.campaign) is None
    office.away("Dana")
    assert office.run("Noa", claiming.next_customer, office.campaign).entry_id == entry_id


@pytest.mark.row("R-D4")
def test_who_is_given_a_callback_reads_what_was_said_last(office: Office):
    entry_id = office.promise(30)
    with office.database.transaction() as session:
        entry, dana = session.get_one(PoolEntry, entry_id), session.get_one(User, office.ids["Dana"])
        for hours, note in ((3, "first"), (1, "last"), (2, "between")):
            add_attempt(session, dana, entry, "Call back", office.now - timedelta(hours=hours), note=note)
    office.run("Noa", callbacks.take_over, entry_id, None, office.now + timedelta(minutes=30))
    with office.database.reading() as session:
        assert session.scalars(select(Reminder.text).where(Reminder.entry_id == entry_id)).all() == ["last"]


@pytest.mark.row("R-D4")
def test_callbacks_of_who_leaves_the_campaign_are_anyones(office: Office):
    entry_id = office.promise(30, "Dana")
    change = AgentChange(office.ids["Dana"], Filters(), None)
    office.run("Ruth", save_agents, office.campaign, [change])
    assert office.place(entry_id)[1] is None
    assert office.reminders(entry_id) == []


@pytest.mark.row("R-D4")
def test_a_log_in_moves_what_it_may_and_never_writes_the_queue(server: Server) -> None:
    with server.as_administrator() as root:
        people = {login: _hire(root, login) for login in ("gali", "noa")}
    database = Database(server.url)
    with database.transaction() as session:
        dana, noa = (session.get_one(User, people[login].id) for login in ("gali", "noa"))
        campaign = add_campaign(session, "Spring", dana, noa)
        due = datetime.now(UTC) - timedelta(minutes=5)
        values = {"state": "callback", "is_callback": True, "due_at": due, "callback_user_id": dana.id}
        entry_id = add_entry(session, add_pool(session, campaign), **values).id
    database.close()
    with server.as_user(people["noa"].db_role) as backend:
        with pytest.raises(Refused, match="somebody else's"):
            backend.execute(callbacks.take_over, entry_id, people["gali"].id, due)
        with pytest.raises(Refused, match="role"), backend.database.transaction() as session:
            session.execute(text("UPDATE call_queue SET callback_user_id = NULL"))
        assert backend.execute(callbacks.release_absent) == 0
        with pytest.raises(Refused, match="role"), backend.database.transaction() as session:
            # The key under which the server itself writes down that a desk died.
            session.execute(
                text("INSERT INTO call_attempts (op_id, kind, finished_at) VALUES ('lost:1', 'skip', now())")
            )
    with server.as_user(people["gali"].db_role) as backend:
        backend.execute(callbacks.give, entry_id, people["gali"].id, due, None)
        assert backend.execute(callbacks.list_callbacks, Whose.MINE) == ()
        assert len(backend.execute(callbacks.list_callbacks, Whose.ANYONE)) == 1


def _hire(backend: Backend, login: str) -> Any:
    role_id = next(each.id for each in backend.execute(list_roles) if each.code == "agent")
    return backend.execute(save_user, UserDraft(login, login.title(), role_id), password=PASSWORD)
