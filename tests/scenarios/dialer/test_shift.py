"""A shift at the dial desk in the real window, by keys alone."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from app.db.database import Database
from app.domain.dialer.desk_events import State
from app.models.dialer import DeskSpan
from app.models.tickets import Reminder
from tests.kit.dial_robot import CTRL, DialDesk, opened
from ui.dialer.desk.journal import Journal
from ui.dialer.desk.keeper import KEEP_AFTER_MS

MOST_KEYS = 4


def work(desk: DialDesk, contacts: int) -> list[int]:
    """So many contacts, every tenth with a callback; the keys each took, besides what was written."""
    taken = []
    desk.sign_in()
    before, key = desk.keys, ""
    desk.press(Qt.Key.Key_Return, CTRL)
    for number in range(contacts):
        contact = desk.contact(besides=key)
        key = contact.key
        desk.call()
        if number % 3:
            desk.press(Qt.Key.Key_F8)
        desk.write(f"Spoke to {contact.card.name}, שלום {number}")
        if number % 10 == 9:
            desk.press(Qt.Key.Key_F4)
            desk.write("tomorrow 10")
            desk.give(3)
        else:
            desk.give((1, 2, 4, 5)[number % 4])
        taken.append(desk.keys - before)
        before = desk.keys
    desk.reach(State.EMPTY)
    desk.settle()
    return taken


def check_shift(desk: DialDesk, contacts: int) -> None:
    """Every contact is on record with its own note, nobody twice, no mouse, few keys, nothing left on the disk."""
    taken = work(desk, contacts)
    assert desk.watch.mouse == 0
    assert max(taken) <= MOST_KEYS, taken
    attempts = desk.attempts()
    assert {attempt.kind for attempt in attempts} == {"call"}
    assert sorted(attempt.customer_id for attempt in attempts) == desk.shift.customers
    names = {customer: f"Customer {number:03}" for number, customer in enumerate(desk.shift.customers)}
    for number, attempt in enumerate(attempts):
        assert attempt.note == f"Spoke to {names[attempt.customer_id]}, שלום {number}"
        assert attempt.was_held
        assert attempt.claimed_at <= attempt.dialled_at <= attempt.answered_at <= attempt.hung_up_at
    callbacks = [attempt for attempt in attempts if attempt.callback_at is not None]
    assert len(callbacks) == contacts // 10
    with desk.database.reading() as session:
        reminders = session.execute(select(Reminder.user_id, Reminder.at)).all()
    assert [tuple(row) for row in reminders] == [(desk.shift.dana, each.callback_at) for each in callbacks]
    desk.until(lambda: list(desk.seat.keeper.journal.folder.glob("*")) == [])


@pytest.mark.row("F7", "R-D5", "R-D21", "R-D22")
@pytest.mark.timeout(240)
def test_a_hundred_contacts_by_keyboard(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot, people=100) as desk:
        check_shift(desk, 100)
    database.close()


@pytest.mark.row("F7")
def test_a_short_shift_against_the_server(postgresql_url, tmp_path, qtbot):
    database = Database(postgresql_url)
    with opened(database, tmp_path, qtbot, people=20) as desk:
        check_shift(desk, 20)
        desk.press(Qt.Key.Key_F12)
        desk.reach(State.SIGNED_OUT)
        desk.settle()
        with database.reading() as session:
            states = session.scalars(select(DeskSpan.state).order_by(DeskSpan.id)).all()
            open_ones = session.scalars(select(DeskSpan).where(DeskSpan.ended_at.is_(None))).all()
        assert {"reading", "talking", "waiting"} <= set(states)
        assert open_ones == []
    database.close()


@pytest.mark.row("R-D6", "Q18")
def test_it_calls_by_itself_after_a_result_and_any_key_stops_it(database, tmp_path, qtbot):
    rules = {"calls_automatically": True, "call_delay_seconds": 30}
    with opened(database, tmp_path, qtbot, people=3, **rules) as desk:
        first = desk.begin()
        assert desk.seat.at.state is State.COUNTING, "who asks for the next is called for"
        desk.write("no ")
        assert desk.seat.at.state is State.READING
        desk.give(1)
        second = desk.contact(besides=first.key)
        assert desk.seat.at.state is State.COUNTING
        assert desk.screen.band.word.text() == "About to call"
        desk.write("x")
        assert desk.seat.at.state is State.READING
        assert desk.screen.foot.note.toPlainText() == "x", "the key that stops is not lost"
        desk.call()
        desk.give(2)
        desk.contact(besides=second.key)
        assert desk.seat.at.state is State.COUNTING
        desk.press(Qt.Key.Key_F9)
        desk.reach(State.TALKING)


@pytest.mark.row("R-D6")
def test_the_countdown_ends_in_a_call(database, tmp_path, qtbot):
    rules = {"calls_automatically": True, "call_delay_seconds": 1}
    with opened(database, tmp_path, qtbot, people=2, **rules) as desk:
        first = desk.begin()
        desk.give(1)
        desk.contact(besides=first.key)
        desk.reach(State.TALKING)
        desk.give(1)
        desk.reach(State.EMPTY)
        assert [attempt.dialled_at is not None for attempt in desk.attempts()] == [False, True]


@pytest.mark.row("Q18", "U32")
def test_after_a_skip_the_next_waits_for_a_key(database, tmp_path, qtbot):
    rules = {"calls_automatically": True, "call_delay_seconds": 30}
    with opened(database, tmp_path, qtbot, people=3, **rules) as desk:
        first = desk.begin()
        desk.press(Qt.Key.Key_F7)
        second = desk.contact(besides=first.key)
        desk.settle()
        assert desk.seat.at.state is State.READING
        assert [attempt.kind for attempt in desk.attempts()] == ["skip"]
        desk.call()
        desk.give(2)
        third = desk.contact(besides=second.key)
        assert desk.seat.at.state is State.COUNTING
        assert third.claimed.customer_id not in (first.claimed.customer_id, second.claimed.customer_id)


def test_a_pause_asked_in_a_call_begins_after_the_contact(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        first = desk.begin()
        desk.call()
        desk.press(Qt.Key.Key_F6)
        desk.press(Qt.Key.Key_2)
        assert desk.seat.at.state is State.TALKING
        assert "After this customer: Lunch" in desk.screen.band.step.text()
        desk.give(1)
        desk.reach(State.PAUSED)
        desk.settle()
        with database.reading() as session:
            span = session.scalars(select(DeskSpan).where(DeskSpan.ended_at.is_(None))).one()
            assert (span.state, span.pause_reason_id) == ("paused", desk.seat.at.pause_reason)
        desk.press(Qt.Key.Key_Return, CTRL)
        assert desk.contact(besides=first.key).claimed.customer_id != first.claimed.customer_id


@pytest.mark.row("R-D17")
def test_a_result_without_its_note_is_refused_by_key_and_by_button(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=2, needs_note=True) as desk:
        first = desk.begin()
        desk.press(Qt.Key.Key_F4)
        desk.give(1)
        assert "needs a note" in desk.said_last()
        assert desk.screen.foot.note.hasFocus()
        desk.write("   ")
        desk.screen.foot.results.buttons[0].click()
        desk.settle()
        assert desk.attempts() == []
        desk.write("He was out")
        desk.give(1)
        desk.contact(besides=first.key)
        assert [attempt.note for attempt in desk.attempts()] == ["He was out"]


@pytest.mark.row("R-D4", "R-D21")
def test_a_callback_asks_when_and_return_gives_it(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=2) as desk:
        first = desk.begin()
        desk.give(3)
        assert "Say when to call back" in desk.said_last()
        assert desk.screen.foot.moment.line.hasFocus()
        desk.write("in 2 hours")
        desk.press(Qt.Key.Key_Return)
        desk.contact(besides=first.key)
        made = desk.attempts()[0]
        assert made.callback_at is not None
        assert timedelta(minutes=110) < made.callback_at - datetime.now(UTC) < timedelta(minutes=130)
        assert made.callback_user_id == desk.shift.dana


@pytest.mark.row("R-D7")
def test_a_card_open_for_long_is_told_and_a_result_ends_it(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=2, alert_after_seconds=1) as desk:
        first = desk.begin()
        desk.until(lambda: desk.seat.at.is_alerting)
        assert "open for long" in desk.said_last()
        assert "open for long" in desk.screen.band.accessibleName()
        desk.give(1)
        desk.contact(besides=first.key)
        assert not desk.window.message_bar.has_current()


@pytest.mark.row("U38")
def test_after_the_wrap_up_time_the_next_comes_by_itself(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=3, wrap_up_seconds=2) as desk:
        first = desk.begin()
        desk.call()
        desk.give(1)
        desk.reach(State.WRAPPING)
        second = desk.contact(besides=first.key)
        desk.call()
        desk.give(1)
        desk.reach(State.WRAPPING)
        desk.press(Qt.Key.Key_Return, CTRL)
        desk.contact(besides=second.key)


@pytest.mark.row("U24")
def test_why_this_one_is_on_the_card_and_one_key_away(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        assert "Spring" in desk.screen.person.reason.text()
        desk.press(Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
        desk.until(lambda: hasattr(desk.screen.person, "why") and desk.screen.person.why.isVisible())
        desk.screen.person.why.close()


def test_a_note_is_on_the_disk_soon_after_it_was_typed(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        contact = desk.begin()
        owner = f"{desk.shift.dana}@"
        seen = Journal(tmp_path / "calls", owner)
        desk.write("abc")
        assert KEEP_AFTER_MS < 1000
        desk.until(lambda: seen.entries().get(contact.key, {}).get("typed", {}).get("note") == "abc")
