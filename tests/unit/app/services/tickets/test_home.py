"""The home page's parts, and reminders: what is mine, and nothing that is not."""

from datetime import timedelta

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Incomplete, NotFound
from app.models.company import Company
from app.models.people import User
from app.models.processes import ActivityType, RoutingRules
from app.models.tickets import Ticket, TicketStatus
from app.services.tickets import home, reminders
from app.services.tickets.reminders import ReminderDraft
from tests.kit.factory import add_presence, add_type, add_user, add_visit, at
from tests.kit.tasks import add_process, add_step, add_task

NOW = at(8)


class Desk:
    """Dana, whose desk it is, and Avi."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
            dana, avi = add_user(session, "Dana", "agent"), add_user(session, "Avi", "agent")
            self.dana, self.avi = dana.id, avi.id
            add_presence(session, dana, at(0, -2), at(0, 30))
            self.stage = add_process(session, "Sale", {"name": "Quote"}).stages["Quote"]
        self.backend = Backend(database, actor=self.dana, clock=lambda: NOW)
        self.avis = Backend(database, actor=self.avi, clock=lambda: NOW)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.row("R-T35")
def test_the_to_do_list_is_my_deadlines_and_my_appointments_of_the_coming_days(desk: Desk):
    with desk.database.transaction() as session:
        session.get_one(RoutingRules, 1).diary_days = 3
        add_task(session, "Call Rossi", desk.dana, at(7), due_at=at(7.5))
        add_task(session, "Avi's", desk.avi, at(7))
        dana = session.get_one(User, desk.dana)
        add_visit(session, dana, at(7), at(7.5), title="over")
        add_visit(session, dana, at(7.5), at(9), title="now")
        add_visit(session, dana, at(9, 2), at(10, 2), title="soon")
        add_visit(session, dana, at(9, 4), at(10, 4), title="later")
        add_visit(session, dana, at(11), at(12), title="off the plan", is_active=False)
    assert [row.title for row in desk.backend.execute(home.tasks).rows] == ["Call Rossi"]
    assert [row.subject for row in desk.backend.execute(home.visits)] == ["now", "soon"]
    counts = desk.backend.execute(home.counts)
    assert (counts.open_tasks, counts.overdue) == (1, 1)


def test_what_changed_since_yesterday_is_given_to_me_or_of_my_tickets_and_not_by_me(desk: Desk):
    with desk.database.transaction() as session:
        status = session.query(TicketStatus).order_by(TicketStatus.position).first()
        assert status is not None
        ticket = Ticket(subject="Pump", status_id=status.id, opened_at=at(1), responsible_id=desk.dana)
        session.add(ticket)
        session.flush()
        given = add_task(session, "Given", desk.dana, at(1))
        mine = add_task(session, "Own", desk.dana, at(1))
        theirs = add_task(session, "", desk.avi, at(1), ticket_id=ticket.id, stage_id=desk.stage)
        add_step(session, given, at(7), "fewest", to_user_id=desk.dana, reason={"profile": "Service"})
        add_step(session, mine, at(6), to_user_id=desk.dana, by_id=desk.dana)
        add_step(session, theirs, at(5), to_user_id=desk.avi, by_id=desk.avi, to_stage_id=desk.stage)
        # Yesterday began at 22:00 UTC of Saturday in Jerusalem.
        add_step(session, given, at(22, -2), to_user_id=desk.dana, by_id=desk.avi)
        add_step(session, given, at(21.9, -2), to_user_id=desk.dana, by_id=desk.avi)
    rows = desk.backend.execute(home.changes)
    assert [(row.title, row.is_given, row.by, row.stage) for row in rows] == [
        ("Given", True, "", ""),
        ("Pump", False, "Avi", "Quote"),
        ("Given", True, "Avi", ""),
    ]
    assert rows[0].reason == {"profile": "Service"}


@pytest.mark.row("R-T42")
def test_a_task_somebody_else_gave_me_is_news_unless_its_kind_is_silent(desk: Desk):
    with desk.database.transaction() as session:
        silent = add_type(session, "Silent", notifies=False).id
        given, own = add_task(session, "Given", desk.dana, at(7)), add_task(session, "Own", desk.dana, at(7))
        quiet = add_task(session, "Quiet", desk.dana, at(7), activity_type_id=silent)
        avis = add_task(session, "Avi's", desk.avi, at(7))
        add_step(session, given, at(7), "fewest", to_user_id=desk.dana)
        add_step(session, own, at(7), to_user_id=desk.dana, by_id=desk.dana)
        add_step(session, quiet, at(7), to_user_id=desk.dana, by_id=desk.avi)
        numbers = [each.id for each in (given, own, quiet, avis)]
        assert session.get_one(ActivityType, silent).notifies is False
    held = desk.backend.execute(home.held)
    assert [(row.title, row.is_news) for row in held] == [("Given", True), ("Own", False), ("Quiet", False)]
    assert [row.id for row in desk.backend.execute(home.held, numbers[1:])] == numbers[1:3]


def test_a_reminder_is_added_listed_by_time_ticked_off_and_put_back(desk: Desk):
    add = desk.backend.execute
    later = add(reminders.add, ReminderDraft(at(32), "  Call   Rossi "))
    sooner = add(reminders.add, ReminderDraft(NOW - timedelta(minutes=1), "Send the offer"))
    desk.avis.execute(reminders.add, ReminderDraft(NOW, "Avi's"))
    rows = add(reminders.mine)
    assert [(row.id, row.text) for row in rows] == [(sooner, "Send the offer"), (later, "Call Rossi")]
    assert add(home.counts).reminders == 1
    version = add(reminders.finish, sooner, rows[0].version)
    assert [row.id for row in add(reminders.mine)] == [later]
    add(reminders.take_back, sooner, version)
    assert [row.id for row in add(reminders.mine)] == [sooner, later]
    with pytest.raises(Conflict):
        add(reminders.finish, sooner, 1)
    with pytest.raises(NotFound):
        desk.avis.execute(reminders.finish, later, 1)
    with pytest.raises(Incomplete) as wrong:
        add(reminders.add, ReminderDraft(NOW, "  "))
    assert set(wrong.value.problems) == {"text"}
