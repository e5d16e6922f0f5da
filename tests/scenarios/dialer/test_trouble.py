"""What goes wrong at the dial desk: nothing typed is lost, and a contact can always be finished."""

import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import delete, select, update

from app.adapters.telephony.simulator import Simulator
from app.backend import Backend
from app.db.database import Database
from app.domain.dialer.calls import Stage
from app.domain.dialer.desk_events import State
from app.domain.errors import Refused
from app.models.dialer import CallAttempt, CallStatus, Campaign, CampaignUser, Claim, Pool
from app.models.tickets import Ticket, TicketType
from app.services.dialer import attempts, pools
from app.services.dialer.attempts import Result
from app.services.dialer.claiming import next_customer
from tests.kit.dial_factory import add_customer
from tests.kit.dial_robot import ALT, CTRL, SHIFT, DialDesk, furnish, opened
from ui.dialer.desk import loading

YESTERDAY = timedelta(days=1)
ROOT = Path(__file__).resolve().parents[3]


def end_claims(database: Database) -> None:
    """As if the desk had given no sign for a day: stamps are moved, never the clock."""
    with database.transaction() as session:
        long_ago = datetime.now(UTC) - YESTERDAY
        session.execute(update(Claim).values(until_at=long_ago, claimed_at=long_ago - YESTERDAY))


@pytest.mark.row("R-D17")
def test_raw_sql_takes_no_result_without_its_note_either(database, tmp_path):
    shift = furnish(database, needs_note=True)
    backend = Backend(database, actor=shift.dana)
    claimed = backend.execute(next_customer, shift.campaign)
    who = (claimed.request_id, shift.campaign, claimed.customer_id, claimed.person, claimed.entry_id)
    result = Result(*who, shift.statuses["Reached"], note=" \n\t")
    with pytest.raises(Refused) as refused:
        backend.execute(attempts.finish, result)
    assert refused.value.code == "NOTE"
    values = {"op_id": "raw", "kind": "call", "campaign_id": shift.campaign, "status_id": shift.statuses["Reached"]}
    values |= {"customer_id": claimed.customer_id, "person": claimed.person, "user_id": shift.dana, "note": "  "}
    with pytest.raises(Refused), database.transaction() as session:
        session.add(CallAttempt(finished_at=datetime.now(UTC), **values))


# --- The desk dies


@pytest.mark.row("R-D5")
def test_after_a_crash_the_customer_and_the_note_are_back(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as first:
        contact = first.begin()
        first.call()
        first.write("Wants a new boiler, שלום")
        first.press(Qt.Key.Key_F4)
        first.write("tomorrow 10")
        kept = first.seat.keeper.journal
        first.until(lambda: kept.entries().get(contact.key, {}).get("typed", {}).get("callback_text") == "tomorrow 10")
        # No goodbye: the claim stands, the disk has the words.
        first.seat.heart.release()
        shift = first.shift
    second = DialDesk(database, tmp_path, qtbot, shift)
    again = second.contact()
    assert again.key == contact.key
    assert second.seat.at.state is State.WRITING, "he had been called"
    assert second.screen.foot.note.toPlainText() == "Wants a new boiler, שלום"
    assert second.screen.foot.moment.line.text() == "tomorrow 10"
    assert second.said_last().startswith(contact.card.name)
    second.give(3)
    second.contact(besides=again.key)
    made = second.attempts()
    assert [(each.note, each.was_held, each.callback_at is not None) for each in made] == [
        ("Wants a new boiler, שלום", True, True)
    ]
    assert made[0].dialled_at is not None
    second.close()


_KILLED = """
import os, sys
from pathlib import Path
from ui.dialer.desk.journal import Journal
journal = Journal(Path(sys.argv[1]), "1@x")
for number in range(100_000):
    journal.keep("a", journal.ticket(), {"note": "x" * 5000 + str(number)})
    print(number, flush=True)
"""


def test_a_kill_in_the_middle_of_writing_leaves_a_whole_text(tmp_path):
    folder = tmp_path / "calls"
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        written = 0
        for line in process.stdout:
            written = int(line)
            if written >= 30:
                process.kill()
                break
        with suppress(ValueError):
            written = max([written, *(int(line) for line in process.stdout)])
    kept = json.loads((folder / "a.json").read_text())
    assert int(kept["entry"]["note"].removeprefix("x" * 5000)) >= written


_DESK = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app.db.database import Database
from tests.kit.dial_robot import DialDesk, Shift

class Bot:
    def addWidget(self, widget):
        pass

    def waitUntil(self, is_so, timeout):
        while not is_so():
            QTest.qWait(5)

app = QApplication([])
desk = DialDesk(Database(sys.argv[1]), Path(sys.argv[2]), Bot(), Shift(*map(int, sys.argv[3:])))
desk.begin()
desk.call()
for number in range(100_000):
    desk.write(f"{number} ")
    print(number, flush=True)
    QTest.qWait(10)
"""


@pytest.mark.row("R-D5")
def test_a_killed_program_loses_at_most_the_last_words(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    shift = furnish(database)
    who = [str(each) for each in (shift.dana, shift.avi, shift.campaign, shift.pool)]
    command = [sys.executable, "-c", _DESK, sqlite_url, str(tmp_path), *who]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "150":
                process.kill()
                break
    desk = DialDesk(database, tmp_path, qtbot, shift)
    contact = desk.contact()
    assert desk.seat.at.state is State.WRITING
    kept = [int(word) for word in desk.screen.foot.note.toPlainText().split()]
    assert kept == list(range(len(kept)))
    # A hundred numbers are at least a second of typing.
    assert len(kept) > 50
    desk.give(1)
    desk.contact(besides=contact.key)
    assert [each.was_held for each in desk.attempts()] == [True]
    desk.close()
    database.close()


@pytest.mark.row("R-D5", "U31")
def test_a_lost_customer_keeps_his_note_and_is_finished(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=1) as desk:
        contact = desk.begin()
        desk.write("He said yes")
        end_claims(database)
        other = desk.elsewhere.execute(next_customer, desk.shift.campaign)
        assert other is not None
        desk.seat.heart.beat()
        desk.until(lambda: desk.seat.at.is_lost)
        assert contact.card.name in desk.said_last()
        assert "Your note is kept" in desk.said_last()
        assert desk.screen.foot.note.toPlainText() == "He said yes"
        desk.press(Qt.Key.Key_F9)
        assert desk.seat.at.state is State.READING, "nobody calls whom another one has"
        desk.give(4)
        desk.reach(State.EMPTY)
        given = [(each.note, each.was_held) for each in desk.attempts() if each.kind == "call"]
        assert given == [("He said yes", False)]


def test_a_note_of_a_customer_lost_with_the_desk_comes_back(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as first:
        contact = first.begin()
        first.write("Half a sentence")
        first.seat.keeper.now()
        first.until(lambda: contact.key in first.seat.keeper.journal.entries())
        first.seat.heart.release()
        shift = first.shift
    end_claims(database)
    with database.transaction() as session:
        session.execute(delete(Claim))
    second = DialDesk(database, tmp_path, qtbot, shift)
    again = second.contact()
    assert again.claimed.customer_id == contact.claimed.customer_id
    assert second.screen.foot.note.toPlainText() == "Half a sentence"
    second.give(2)
    second.contact(besides=again.key)
    second.settle()
    assert [each.note for each in second.attempts() if each.kind == "call"] == ["Half a sentence"]
    second.until(lambda: second.seat.keeper.journal.entries() == {})
    second.close()


# --- The database


def test_a_result_that_cannot_be_saved_is_sent_again_once(database, tmp_path, qtbot, monkeypatch):
    with opened(database, tmp_path, qtbot) as desk:
        contact = desk.begin()
        desk.write("Said once")
        real, asked = loading.send, []

        def lose_the_answer(*args: Any) -> Any:
            """The server has it, the answer is lost on the way."""
            asked.append(args[1])
            answer = real(*args)
            if len(asked) == 1:
                from app.db.refusals import unavailable

                raise unavailable()
            return answer

        monkeypatch.setattr(loading, "send", lose_the_answer)
        desk.give(2)
        desk.until(lambda: "Not saved" in (desk.said[-1].words() if desk.said else ""))
        assert desk.screen.foot.note.toPlainText() == "Said once"
        assert desk.seat.at.contact == contact.key
        desk.until(lambda: contact.key in desk.seat.keeper.journal.entries())
        entry = desk.seat.keeper.journal.entries()[contact.key]
        assert entry["typed"]["status_id"] == desk.shift.statuses["Reached"]
        desk.press(Qt.Key.Key_Return, CTRL | SHIFT)
        desk.contact(besides=contact.key)
        assert len(set(asked)) == 1
        assert [each.note for each in desk.attempts()] == ["Said once"]


def test_a_result_chosen_before_the_end_is_saved_at_the_next_beginning(database, tmp_path, qtbot, monkeypatch):
    with opened(database, tmp_path, qtbot) as first:
        first.begin()
        first.write("Was on its way")

        def lose(*_args: Any) -> Any:
            from app.db.refusals import unavailable

            raise unavailable()

        monkeypatch.setattr(loading, "send", lose)
        first.give(2)
        first.until(lambda: "Not saved" in (first.said[-1].words() if first.said else ""))
        first.settle()
        first.seat.heart.release()
        shift = first.shift
    monkeypatch.undo()
    with database.transaction() as session:
        session.execute(delete(Claim))
    second = DialDesk(database, tmp_path, qtbot, shift)
    assert [each.note for each in second.attempts()] == ["Was on its way"]
    assert "saved now" in second.said_last()
    assert second.seat.at.state is State.SIGNED_OUT
    second.close()


# --- The campaign


def test_a_campaign_closed_in_a_call_ends_after_it(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.call()
        with database.transaction() as session:
            session.execute(update(Campaign).values(closed_at=datetime.now(UTC)))
        desk.write("Finished anyway")
        desk.give(2)
        desk.reach(State.SIGNED_OUT)
        desk.settle()
        assert [each.note for each in desk.attempts()] == ["Finished anyway"]
        assert "not open" in desk.said_last()
        assert desk.screen.chooser.list.count() == 0


def test_a_campaign_closed_before_the_call_says_so_and_takes_the_result(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        with database.transaction() as session:
            session.execute(update(Campaign).values(closed_at=datetime.now(UTC)))
        desk.press(Qt.Key.Key_F9)
        desk.until(lambda: "not open" in (desk.said[-1].words() if desk.said else ""))
        assert desk.seat.at.state is State.READING
        desk.write("Not called")
        desk.give(1)
        desk.reach(State.SIGNED_OUT)
        assert [each.note for each in desk.attempts()] == ["Not called"]


@pytest.mark.row("U31")
def test_who_is_taken_out_of_the_campaign_finishes_and_stops(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.write("Last words")
        with database.transaction() as session:
            session.execute(delete(CampaignUser).where(CampaignUser.user_id == desk.shift.dana))
        desk.give(2)
        desk.reach(State.SIGNED_OUT)
        assert [each.note for each in desk.attempts()] == ["Last words"]


def test_a_pool_removed_while_an_agent_works_in_it(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.call()
        owner = Backend(database)
        with database.reading() as session:
            version = session.get_one(Pool, desk.shift.pool).version
        owner.execute(pools.remove_pool, desk.shift.pool, version)
        desk.write("The pool went")
        desk.give(2)
        desk.reach(State.EMPTY)
        desk.settle()
        assert [(each.note, each.kind) for each in desk.attempts() if each.kind == "call"] == [
            ("The pool went", "call")
        ]
        assert desk.screen.nobody.title.text()


# --- The telephone


@pytest.mark.parametrize(("digit", "words"), [(6, "Busy"), (7, "Nobody answers"), (8, "Cannot be reached")])
def test_a_telephone_that_refuses_says_so_and_the_result_is_given(sqlite_url, tmp_path, qtbot, digit, words):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot, last_digit=digit) as desk:
        contact = desk.begin()
        desk.write("Tried")
        desk.press(Qt.Key.Key_F9)
        desk.reach(State.WRITING)
        assert words in desk.said_last()
        assert desk.screen.foot.note.toPlainText() == "Tried"
        desk.press(Qt.Key.Key_F9)
        desk.reach(State.WRITING)
        desk.give(1)
        desk.contact(besides=contact.key)
        assert [each.answered_at for each in desk.attempts()] == [None]
    database.close()


@pytest.mark.row("U34")
def test_a_telephone_that_hangs_is_overruled_by_hand(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot, last_digit=9) as desk:
        contact = desk.begin()
        desk.press(Qt.Key.Key_F9)
        desk.until(lambda: desk.seat.at.state is State.DIALLING and desk.seat.at.is_dialled)
        desk.settle()
        desk.seat.line.phone._give_up()
        assert "says nothing any more" in desk.said_last()
        assert desk.seat.at.state is State.DIALLING
        desk.press(Qt.Key.Key_F9, SHIFT)
        assert desk.seat.at.state is State.TALKING
        assert desk.seat.line.state.stage is Stage.TALKING
        desk.press(Qt.Key.Key_F8)
        assert desk.seat.at.state is State.WRITING
        assert desk.seat.line.state.stage is Stage.ENDED
        desk.give(2)
        desk.contact(besides=contact.key)
        made = desk.attempts()[0]
        assert made.dialled_at <= made.answered_at <= made.hung_up_at
    database.close()


def test_a_hang_up_before_the_gate_has_answered_calls_nobody(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.press(Qt.Key.Key_F9)
        desk.press(Qt.Key.Key_F8)
        assert desk.seat.at.state is State.READING
        desk.settle()
        assert desk.seat.line.state.stage is Stage.IDLE
    database.close()


# --- Somebody calls


def call_in(desk: DialDesk, number: str) -> None:
    """The telephone rings."""
    desk.seat.line.phone.call_in(number)
    desk.until(lambda: desk.seat.at.has_caller)


def test_a_caller_comes_to_a_free_desk(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=3) as desk:
        assert isinstance(desk.seat.line.phone._telephone, Simulator)
        desk.sign_in()
        call_in(desk, "+972503000020")
        assert "Customer 002" in desk.screen.caller_line.words.text()
        desk.press(Qt.Key.Key_F9, CTRL)
        contact = desk.contact()
        assert contact.card.name == "Customer 002"
        assert desk.seat.at.state is State.TALKING
        desk.write("She called us")
        desk.give(4)
        desk.contact(besides=contact.key)
        desk.settle()
        kinds = sorted((each.kind, each.customer_id == contact.claimed.customer_id) for each in desk.attempts())
        assert kinds == [("call", True), ("inbound", True)]


def test_a_caller_never_takes_the_place_of_an_open_customer(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=3) as desk:
        contact = desk.begin()
        desk.write("In the middle")
        call_in(desk, "+972503000020")
        desk.press(Qt.Key.Key_F9, CTRL)
        desk.settle()
        assert desk.seat.at.contact == contact.key
        assert desk.screen.foot.note.toPlainText() == "In the middle"
        assert "on the line" in desk.said_last()
        assert [each.kind for each in desk.attempts()] == ["inbound"]
        desk.press(Qt.Key.Key_F9)
        assert "There is a call already" in desk.said_last()
        assert desk.seat.at.state is State.READING
        desk.press(Qt.Key.Key_F8)
        desk.until(lambda: not desk.seat.line.state.is_live)
        desk.call()


def test_a_caller_who_cannot_come_to_the_desk_is_offered_elsewhere(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        with database.transaction() as session:
            add_customer(session, "Stranger", "+972503777770")
        desk.sign_in()
        call_in(desk, "+972503777770")
        desk.press(Qt.Key.Key_F9, CTRL)
        desk.reach(State.LOADING)
        desk.reach(State.READY)
        assert desk.said[-1].offer is not None
        desk.press(Qt.Key.Key_F8)
        desk.until(lambda: not desk.seat.line.state.is_live)


# --- Results that do more


def test_a_result_opens_its_ticket_once(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        with database.transaction() as session:
            kind = TicketType(name="Boiler")
            session.add(kind)
            session.flush()
            interested = CallStatus.name == "Interested"
            session.execute(update(CallStatus).where(interested).values(opens_type_id=kind.id))
        contact = desk.begin()
        desk.write("Wants an offer")
        desk.give(4)
        desk.contact(besides=contact.key)
        with database.reading() as session:
            found = session.execute(select(Ticket.customer_id, Ticket.description, Ticket.subject)).all()
        assert [tuple(row) for row in found] == [(contact.claimed.customer_id, "Wants an offer", "Boilers")]


def test_a_customer_of_another_screen_is_brought_to_the_desk(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=3) as desk:
        wanted = desk.shift.customers[2]
        assert desk.window.desk.commands.run("dialer.open_customer", desk.shift.campaign, wanted)
        contact = desk.contact()
        assert contact.claimed.customer_id == wanted
        desk.window.desk.commands.run("dialer.open_customer", None, desk.shift.customers[0])
        assert "Give a result first" in desk.said_last()
        assert desk.seat.at.contact == contact.key


def test_a_digit_without_a_result_writes_nothing(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.press(Qt.Key.Key_9, ALT)
        assert "No result has the key 9" in desk.said_last()
        assert desk.screen.foot.note.toPlainText() == ""
        assert desk.attempts() == []
