"""The history of cards: in words, by pages, by persons and periods, and rows as they stood."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import i18n
from app.backend import Backend
from app.db.database import Database
from app.domain.history import sentences
from app.i18n import say
from app.models.audit import AuditLog
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.people import GroupMember
from app.models.tickets import Task, Ticket, TicketStatus
from app.models.tickets.fields import CustomField
from app.models.tickets.notes import Note
from app.services.history import card, past
from tests.kit.factory import add_group, add_process, add_ticket, add_user, at
from tests.kit.points_factory import add_setting

pytestmark = pytest.mark.row("R-X5")


@pytest.fixture
def office(database: Database) -> Database:
    """A company in Jerusalem with Dana (1) and Avi (2)."""
    i18n.use("en")
    with database.transaction() as session:
        session.add(Company(id=1, name="Ponte", country="IL", time_zone="Asia/Jerusalem", language="en"))
        add_user(session, "Dana", "back_office")
        add_user(session, "Avi", "back_office")
    return database


def told(database: Database, table: str, row_id: int) -> list[str]:
    """Everything a card's history says, newest first; who did it is told apart on SQLite only, without log-ins."""
    found = Backend(database).execute(card.read, table, row_id)
    lines = [say(each) for change in found.changes for each in sentences(change)]
    return [line.replace("postgres, a log-in of the server", "Dana") for line in lines]


def test_a_ticket_tells_what_was_changed(office: Database) -> None:
    with office.transaction(actor=1) as session:
        number = add_ticket(session, priority=2).id
        field = CustomField(name="Floor", kind="text")
        session.add(field)
        session.flush()
        code = str(field.id)
    with office.transaction(actor=1) as session:
        ticket = session.get_one(Ticket, number)
        ticket.priority, ticket.handler_id, ticket.custom = 1, 2, {code: "3rd"}
        ticket.due_at, ticket.description = datetime(2031, 11, 24, 8, tzinfo=UTC), "x" * 100
        session.add(Note(ticket_id=number, text="Called back", at=at(0)))
    with office.transaction(actor=1) as session:
        ticket = session.get_one(Ticket, number)
        ticket.handler_id = None
        ticket.status_id = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "waiting")).one()
    assert told(office, "tickets", number) == [
        "Dana changed State from New to Waiting",
        "Dana emptied Handler, which was Avi",
        "Dana added note “Called back”",
        "Dana changed Priority from Medium to High",
        "Dana set Handler to Avi",
        "Dana changed Description",
        "Dana set Due to 24/11/2031 10:00",
        "Dana set Floor to 3rd",
        "Dana added ticket “Boiler leaks”",
    ]


def test_what_hangs_under_a_card_is_told_with_it(office: Database) -> None:
    with office.transaction(actor=1) as session:
        rossi = Customer(name="Rossi", search="rossi", phones=[CustomerPhone(raw="050-1234567", e164="+972501234567")])
        session.add(rossi)
        session.flush()
        number = rossi.id
    with office.transaction(actor=1) as session:
        phone = session.scalars(select(CustomerPhone)).one()
        phone.raw = "050-7654321"
    with office.transaction(actor=1) as session:
        session.delete(session.scalars(select(CustomerPhone)).one())
    assert told(office, "customers", number)[:2] == [
        "Dana removed phone “…321”",
        "Dana changed Phone of phone “…321” from …567 to …321",
    ]
    with office.transaction(actor=1) as session:
        group = add_group(session, "North")
        session.add(GroupMember(group_id=group.id, user_id=2))
        session.flush()
        made = group.id
    assert told(office, "groups", made) == ["Dana added member of the group “Avi”", "Dana added group “North”"]


def test_stages_are_called_by_their_names(office: Database) -> None:
    with office.transaction(actor=1) as session:
        stages = add_process(session, "Sale", Called=None, Sold=None)
        process_id, first = stages["Called"].process_id, stages["Called"].id
        task = Task(user_id=2, opened_at=at(0), stage_id=first, title="Sell")
        session.add(task)
        session.flush()
        number = task.id
    with office.transaction(actor=1) as session:
        session.get_one(Task, number).stage_id = stages["Sold"].id
        session.get_one(type(stages["Sold"]), first).is_intake = False
    with office.transaction(actor=1) as session:
        add_setting(session, session.get_one(type(stages["Sold"]), first), 10, "0.5")
    assert "Dana set Customer points of points of the stage “Called” to 10" in told(office, "processes", process_id)
    assert "Dana changed Stage from Called to Sold" in told(office, "tasks", number)
    assert "Dana switched Intake of stage “Called” off" in told(office, "processes", process_id)
    assert "Dana added way between stages “Sold”" in told(office, "processes", process_id)


def test_by_pages_persons_and_periods(office: Database) -> None:
    with office.transaction(actor=1) as session:
        number = add_ticket(session).id
    for turn in range(5):
        with office.transaction(actor=1 + turn % 2) as session:
            session.get_one(Ticket, number).subject = f"Turn {turn}"
    backend = Backend(office)
    first = backend.execute(card.read, "tickets", number, limit=4)
    assert first.next_key is not None
    rest = backend.execute(card.read, "tickets", number, limit=4, after=first.next_key)
    assert (len(first.changes), len(rest.changes), rest.next_key) == (4, 2, None)
    ids = [each.id for each in (*first.changes, *rest.changes)]
    assert ids == sorted(ids, reverse=True)
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert backend.execute(card.read, "tickets", number, since=later).changes == ()
    assert len(backend.execute(card.read, "tickets", number, until=later).changes) == 6
    if office.is_sqlite:
        assert len(backend.execute(card.read, "tickets", number, person=2).changes) == 2
        assert [each.name for each in backend.execute(card.people_of, "tickets", number)] == ["Avi", "Dana"]


@pytest.mark.row("F9")
def test_a_row_as_it_stood(office: Database) -> None:
    backend = Backend(office)
    moments: list[datetime] = []

    def mark() -> None:
        with office.reading() as session:
            moments.append(session.scalars(select(AuditLog.at).order_by(AuditLog.id.desc()).limit(1)).one())
        while datetime.now(UTC) < moments[-1] + timedelta(milliseconds=2):
            """SQLite's clock has milliseconds."""

    mark()
    with office.transaction() as session:
        number = add_ticket(session, "First", priority=2, custom={"1": "a"}).id
    mark()
    with office.transaction() as session:
        ticket = session.get_one(Ticket, number)
        ticket.subject, ticket.priority, ticket.custom, ticket.due_at = "Second", 0, {"1": "b"}, at(9)
    mark()
    with office.transaction() as session:
        session.delete(session.get_one(Ticket, number))
    mark()
    rows = [backend.execute(past.as_of, "tickets", number, moment) for moment in moments]
    assert rows[0] is None
    assert rows[3] is None
    parts = [(r["subject"], r["priority"], r["custom"], r["due_at"], r["is_priority_by_hand"]) for r in rows[1:3] if r]
    assert parts == [("First", 2, {"1": "a"}, None, False), ("Second", 0, {"1": "b"}, at(9), False)]
