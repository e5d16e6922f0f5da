from types import SimpleNamespace
from typing import Any

import pytest

from app.backend import Backend
from app.db.database import Database
from app.models.dialer import DoNotCall
from app.models.tickets import Note
from app.services.dialer.history import HistoryLine, Kind, history
from tests.kit.dial_factory import add_attempt, add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_group, add_ticket, add_user, at


@pytest.fixture
def room(database: Database) -> Any:
    """Mira manages the group of Dana, Tal is in another; each called, wrote a note and took in a ticket."""
    made = SimpleNamespace(database=database)
    with database.transaction() as session:
        people = {
            "Mira": add_user(session, "Mira", "manager"),
            "Dana": add_user(session, "Dana", "agent"),
            "Tal": add_user(session, "Tal", "agent"),
            "Root": add_user(session, "Root", "administrator"),
        }
        add_group(session, "North", people["Mira"], people["Dana"])
        add_group(session, "South", people["Tal"])
        made.ids = {name: user.id for name, user in people.items()}
        made.open = add_campaign(session, "Open", *people.values()).id
        own = add_campaign(session, "Own", *people.values(), own_history_only=True)
        made.own = own.id
        rossi = add_customer(session, "Rossi", "+972501234567")
        made.rossi = rossi.id
        entry = add_entry(session, add_pool(session, session.get_one(type(own), made.open), "All"), rossi)
        made.entry = entry
        for hour, name in enumerate(("Mira", "Dana", "Tal")):
            user = people[name]
            add_attempt(session, user, entry, at=at(10 + hour), note=f"called by {name}")
            session.add(Note(text=f"note by {name}", customer_id=rossi.id, by_id=user.id, at=at(14 + hour)))
            add_ticket(
                session, f"ticket by {name}", customer_id=rossi.id, created_by_id=user.id, opened_at=at(18 + hour)
            )
        add_ticket(session, "ticket by mail", customer_id=rossi.id, opened_at=at(22))
    return made


def read(room: Any, name: str, campaign_id: int | None = None, **asked: Any) -> tuple[HistoryLine, ...]:
    backend = Backend(room.database, actor=room.ids[name])
    return backend.execute(history, room.rossi, campaign_id, **asked).lines


def authors(lines: tuple[HistoryLine, ...]) -> set[str | None]:
    return {line.who for line in lines}


@pytest.mark.row("R-D3")
def test_calls_notes_and_tickets_are_on_record_with_their_author_the_newest_first(room):
    lines = read(room, "Root", room.open)
    assert [line.text for line in lines] == [
        "ticket by mail", "ticket by Tal", "ticket by Dana", "ticket by Mira", "note by Tal", "note by Dana",
        "note by Mira", "called by Tal", "called by Dana", "called by Mira",
    ]  # fmt: skip
    assert all(line.who == line.text.split()[-1] for line in lines[1:])
    call = lines[-1]
    assert (call.kind, call.form, call.name, call.campaign) == (Kind.CALL, "call", "No answer", "Open")


@pytest.mark.row("R-D3")
def test_a_call_tells_its_length_and_its_callback_and_a_skip_is_told_too(room):
    with room.database.transaction() as session:
        dana = session.get_one(type(add_user(session, "Extra")), room.ids["Dana"])
        entry = session.merge(room.entry)
        moments = {"answered_at": at(30), "hung_up_at": at(30.05)}
        add_attempt(session, dana, entry, "Call back", at(31), callback_at=at(40), callback_user_id=dana.id, **moments)
        add_attempt(session, dana, entry, at=at(32), kind="skip")
        session.add(DoNotCall(person="+972501234567", source="customer", reason="By letter", at=at(33), by_id=dana.id))
    wish, skip, call = read(room, "Dana", room.open)[:3]
    assert (wish.kind, wish.text, wish.who, wish.is_marked) == (Kind.WISH, "By letter", "Dana", False)
    assert (skip.form, skip.outcome, skip.talked_seconds) == ("skip", None, None)
    assert (call.talked_seconds, call.callback_at, call.callback_who) == (180, at(40), "Dana")


@pytest.mark.row("R-D14")
def test_with_own_history_only_an_agent_sees_what_he_did_himself(room):
    assert authors(read(room, "Mira", room.own)) == {"Mira", None}
    assert authors(read(room, "Dana", room.own)) == {"Dana", None}
    assert authors(read(room, "Tal", room.own)) == {"Tal", None}
    assert authors(read(room, "Root", room.own)) == {"Mira", "Dana", "Tal", None}


@pytest.mark.row("R-D14")
def test_calls_of_a_campaign_with_own_history_stay_ones_own_wherever_they_are_looked_at(room):
    with room.database.transaction() as session:
        dana = session.get_one(type(add_user(session, "Extra")), room.ids["Dana"])
        add_attempt(session, dana, session.merge(room.entry), None, at(50), campaign_id=room.own, kind="skip")
    assert at(50) in {line.at for line in read(room, "Dana", room.open)}
    assert at(50) not in {line.at for line in read(room, "Mira", room.open)}
    assert at(50) not in {line.at for line in read(room, "Mira")}


@pytest.mark.row("R-D15")
def test_with_the_permission_the_history_of_the_own_groups_is_seen_and_of_no_others(room):
    assert authors(read(room, "Mira", room.open)) == {"Mira", "Dana", None}
    assert authors(read(room, "Mira")) == {"Mira", "Dana", None}
    # Dana's role lacks the permission, and nobody is in a group with Tal.
    assert authors(read(room, "Dana", room.open)) == {"Dana", None}
    assert authors(read(room, "Tal", room.open)) == {"Tal", None}
    assert authors(read(room, "Root", room.open)) == {"Mira", "Dana", "Tal", None}


def test_pages_follow_each_other_even_where_everything_happened_at_once(room):
    with room.database.transaction() as session:
        dana = session.get_one(type(add_user(session, "Extra")), room.ids["Dana"])
        entry = session.merge(room.entry)
        for _number in range(5):
            add_attempt(session, dana, entry, at=at(60))
            session.add(Note(text="at once", customer_id=room.rossi, by_id=dana.id, at=at(60)))
    whole = read(room, "Root", room.open)
    found: list[HistoryLine] = []
    edge = None
    backend = Backend(room.database, actor=room.ids["Root"])
    while True:
        page = backend.execute(history, room.rossi, room.open, edge, limit=3)
        found += page.lines
        if not page.has_more:
            break
        edge = page.lines[-1].edge
    assert tuple(found) == whole
    assert len(found) == 20


def test_only_the_kinds_asked_for_are_read_page_by_page(room):
    calls = frozenset({Kind.CALL, Kind.WISH})
    first = read(room, "Root", None, kinds=calls, limit=2)
    assert [line.text for line in first] == ["called by Tal", "called by Dana"]
    rest = read(room, "Root", None, before=first[-1].edge, kinds=calls)
    assert [line.text for line in rest] == ["called by Mira"]
