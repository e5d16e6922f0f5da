"""What a result moves: the queue, the hold, the person, the reminders; on both engines by the database itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.db.database import Database
from app.domain.errors import Refused
from app.models.dialer import CallAttempt, CallPerson, CallStatus, DoNotCall, Pool
from app.models.tickets import Reminder
from app.services.dialer.attempts import finish, inbound
from app.services.dialer.claiming import Claimed, claim_customer
from tests.kit.dial_factory import add_campaign, result
from tests.kit.dial_floor import Floor, moment, open_floor


@pytest.fixture
def floor(database: Database) -> Floor:
    return open_floor(database)


def _claim(floor: Floor, name: str = "Rossi", phone: str = "+972501111111") -> Claimed:
    floor.add(name, phone)
    mine = floor.next("anna")
    assert mine is not None
    return mine


@pytest.mark.row("R-D17", "R-D25")
@pytest.mark.parametrize("note", ["", "   ", "\n\t "])
def test_no_result_without_a_note_where_one_is_asked_for(floor: Floor, note: str) -> None:
    floor.rules(needs_note=True)
    mine = _claim(floor)
    with pytest.raises(Refused) as refusal:
        floor.finish("anna", mine, "Reached", note)
    assert refusal.value.code == "NOTE"
    assert floor.place("Rossi").state == "held"
    assert floor.finish("anna", mine, "Reached", "Wants a quote.").was_held


@pytest.mark.row("R-D17")
def test_raw_sql_gives_no_result_without_a_note_either(floor: Floor) -> None:
    floor.rules(needs_note=True)
    mine = _claim(floor)
    result = floor.result(mine, "Reached")
    with pytest.raises((IntegrityError, Refused)) as refusal, floor.session() as session:
        session.execute(
            insert(CallAttempt).values(
                op_id="raw", kind="call", request_id=mine.request_id, campaign_id=mine.campaign_id,
                customer_id=mine.customer_id, entry_id=mine.entry_id, person=mine.person,
                user_id=floor.agents["anna"], status_id=result.status_id, note=" ", finished_at=moment(), was_held=True,
            )
        )  # fmt: skip
    assert "NOTE" in str(getattr(refusal.value, "code", refusal.value))


@pytest.mark.row("R-D17", "R-D21")
def test_a_single_result_may_ask_for_a_note(floor: Floor) -> None:
    with floor.session() as session:
        session.execute(update(CallStatus).where(CallStatus.name == "Not interested").values(needs_note=True))
    mine = _claim(floor)
    with pytest.raises(Refused):
        floor.finish("anna", mine, "Not interested")
    assert floor.finish("anna", mine, "Reached").was_held


@pytest.mark.row("R-D21")
def test_a_result_says_when_he_comes_again_and_how_often_at_most(floor: Floor) -> None:
    floor.rules(lock_minutes=1)
    with floor.session() as session:
        session.execute(update(CallStatus).where(CallStatus.name == "No answer").values(max_tries=2))
    mine = _claim(floor)
    floor.finish("anna", mine)
    place = floor.place("Rossi")
    assert (place.state, place.has_status, place.tries) == ("waiting", True, 1)
    assert place.due_at is not None
    assert abs(place.due_at - place.tried_at - timedelta(minutes=60)) < timedelta(seconds=1)
    floor.age(minutes=61)
    again = floor.next("ben")
    assert again is not None
    floor.finish("ben", again)
    assert (floor.place("Rossi").state, floor.place("Rossi").blocked) == ("done", "TRIES")


@pytest.mark.row("R-D21")
def test_another_result_counts_its_own_tries(floor: Floor) -> None:
    floor.rules(lock_minutes=1)
    with floor.session() as session:
        session.execute(update(CallStatus).where(CallStatus.name == "No answer").values(max_tries=2))
    mine = _claim(floor)
    floor.finish("anna", mine)
    floor.age(minutes=61)
    again = floor.next("anna")
    assert again is not None
    floor.finish("anna", again, "Reached")
    assert (floor.place("Rossi").tries, floor.place("Rossi").status_tries) == (2, 1)


@pytest.mark.row("R-D21")
def test_a_final_result_ends_it(floor: Floor) -> None:
    floor.finish("anna", _claim(floor), "Interested")
    assert (floor.place("Rossi").state, floor.place("Rossi").blocked) == ("done", "FINAL")


def test_without_a_lock_and_a_delay_he_is_ready_again_behind_the_others(floor: Floor) -> None:
    floor.rules(lock_minutes=0)
    mine = _claim(floor)
    floor.add("Levi", has_status=True, tries=1, tried_at=moment(hours=1))
    floor.finish("anna", mine, "Reached")
    assert floor.place("Rossi").state == "ready"
    assert floor.got("anna") == "Levi"


@pytest.mark.row("R-D4", "U39")
def test_a_callback_waits_for_its_hour_and_reminds_who_promised_it(floor: Floor) -> None:
    mine = _claim(floor)
    when = moment(hours=-3)
    with pytest.raises(Refused) as refusal:
        floor.finish("anna", mine, "Call back")
    assert refusal.value.code == "CALLBACK"
    floor.finish("anna", mine, "Call back", "After lunch.", callback_at=when, callback_user_id=floor.agents["anna"])
    place = floor.place("Rossi")
    assert (place.state, place.is_callback, place.callback_user_id) == ("waiting", True, floor.agents["anna"])
    with floor.database.reading() as session:
        reminder = session.scalars(select(Reminder)).one()
    assert (reminder.user_id, reminder.text, reminder.done_at) == (floor.agents["anna"], "After lunch.", None)
    floor.age(hours=4)
    again = floor.next("anna")
    assert again is not None
    assert again.rule == "CALLBACK_MINE"
    floor.finish("anna", again, "Interested")
    with floor.database.reading() as session:
        assert session.scalars(select(Reminder)).one().done_at is not None
    assert not floor.place("Rossi").is_callback


@pytest.mark.row("R-D4", "F8")
@pytest.mark.parametrize("status", ["No answer", "Not interested", "Wrong number", "Do not call"])
def test_who_was_not_spoken_to_cannot_have_asked_to_be_called_back(floor: Floor, status: str) -> None:
    mine = _claim(floor)
    with pytest.raises(Refused) as refusal:
        floor.finish("anna", mine, status, callback_at=moment(hours=-1))
    assert refusal.value.code == "NO_WISH"


@pytest.mark.row("R-D4")
def test_a_promise_outlives_a_final_result(floor: Floor) -> None:
    floor.finish("anna", _claim(floor), "Interested", callback_at=moment(hours=-1))
    assert (floor.place("Rossi").state, floor.place("Rossi").is_callback) == ("waiting", True)


@pytest.mark.row("U36", "R-D24")
def test_a_wish_not_to_be_called_is_final_at_once_everywhere(floor: Floor) -> None:
    mine = _claim(floor)
    floor.add("Rossi at work", "+972501111111")
    floor.finish("anna", mine, "Do not call", "Never again.")
    assert floor.place("Rossi at work").blocked == "DO_NOT_CALL"
    floor.age(minutes=20)
    assert floor.next("ben") is None
    with floor.database.reading() as session:
        wish = session.scalars(select(DoNotCall)).one()
    assert (wish.person, wish.source, wish.reason) == ("+972501111111", "call", "Never again.")


@pytest.mark.row("U36")
def test_a_later_result_does_not_undo_the_wish(floor: Floor) -> None:
    mine = _claim(floor)
    with floor.session() as session:
        session.add(DoNotCall(person=mine.person, at=moment(), source="by_hand"))
    floor.finish("anna", mine, "Reached", "Was nice.")
    assert (floor.place("Rossi").state, floor.place("Rossi").blocked) == ("blocked", "DO_NOT_CALL")


@pytest.mark.row("U36", "R-D24")
def test_a_wish_can_be_lifted_once_and_neither_changed_nor_removed(floor: Floor) -> None:
    floor.add("Rossi", "+972501111111")
    with floor.session() as session:
        session.add(DoNotCall(person="+972501111111", at=moment(), source="by_hand"))
    assert floor.next("anna") is None
    for statement in ("DELETE FROM do_not_call", "UPDATE do_not_call SET person = '+39021'"):
        with pytest.raises((IntegrityError, Refused)), floor.session() as session:
            session.execute(text(statement))
    with floor.session() as session:
        session.execute(update(DoNotCall).values(lifted_at=moment(), lifted_reason="He asked."))
    assert floor.got("anna") == "Rossi"


@pytest.mark.row("U23", "U35")
def test_the_gap_holds_him_back_and_drops_nothing(floor: Floor) -> None:
    floor.rules(gap_minutes=120, lock_minutes=1)
    floor.finish("anna", _claim(floor), "Reached")
    floor.add("Rossi at work", "+972501111111")
    floor.age(minutes=2)
    assert floor.next("ben") is None
    place = floor.place("Rossi at work")
    assert (place.state, place.blocked) == ("waiting", "GAP")
    assert place.due_at is not None
    assert timedelta(minutes=110) < place.due_at - moment() < timedelta(minutes=121)


@pytest.mark.row("U35")
def test_so_many_calls_a_day_and_not_more(floor: Floor) -> None:
    floor.rules(daily_cap=2, lock_minutes=1)
    mine: Claimed | None = _claim(floor)
    for _ in range(2):
        assert mine is not None
        floor.finish("anna", mine, "Reached")
        floor.age(minutes=2)
        mine = floor.next("anna")
    assert mine is None
    assert floor.place("Rossi").blocked == "CAP"
    with floor.session() as session:
        known = session.scalars(select(CallPerson)).one()
        assert known.calls_today == 2
        assert known.day_ends_at is not None
        assert timedelta() < known.day_ends_at - moment() <= timedelta(hours=25)
        known.day_ends_at = moment(minutes=1)
    floor.put("Rossi", due_at=moment(minutes=1))
    assert floor.got("anna") == "Rossi"


@pytest.mark.row("U35", "R-D4")
def test_who_asked_to_be_called_back_is_called_in_spite_of_gap_and_cap(floor: Floor) -> None:
    floor.rules(gap_minutes=600, daily_cap=1, lock_minutes=1)
    mine = _claim(floor)
    floor.finish("anna", mine, "Call back", callback_at=moment(minutes=-5))
    floor.age(minutes=6)
    assert floor.got("ben") == "Rossi"


def test_a_result_after_the_hold_was_lost_is_kept_and_moves_nothing(floor: Floor) -> None:
    mine = _claim(floor)
    floor.age(minutes=2)
    theirs = floor.next("ben")
    assert theirs is not None
    assert not floor.finish("anna", mine, "Interested", "He said yes.").was_held
    assert floor.place("Rossi").state == "held"
    assert floor.finish("ben", theirs, "No answer").was_held
    with floor.database.reading() as session:
        notes = session.scalars(select(CallAttempt.note).where(CallAttempt.kind == "call").order_by(CallAttempt.id))
        assert list(notes) == ["He said yes.", ""]


def test_a_result_sent_twice_counts_once(floor: Floor) -> None:
    mine = _claim(floor)
    request = floor.backend("anna").once("the same key")
    result = floor.result(mine, "Reached", "Hello.")
    first, second = request.execute(finish, result), request.execute(finish, result)
    assert first == second
    assert floor.place("Rossi").tries == 1
    with floor.database.reading() as session:
        assert session.scalars(select(CallAttempt.note)).all() == ["Hello."]


def test_a_result_of_another_campaign_is_refused(floor: Floor) -> None:
    mine = _claim(floor)
    with floor.session() as session:
        other = result(session, add_campaign(session, "Other"), "Reached").id
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(finish, replace(floor.result(mine, "Reached"), status_id=other))
    assert refusal.value.code == "OTHER_STATUS"


@pytest.mark.row("R-D3")
def test_what_was_done_is_kept_as_it_was_written(floor: Floor) -> None:
    floor.finish("anna", _claim(floor), "Reached", "Hello.")
    for statement in ("DELETE FROM call_attempts", "UPDATE call_attempts SET note = 'x'"):
        with pytest.raises((IntegrityError, Refused)), floor.session() as session:
            session.execute(text(statement))


def test_a_pool_removed_during_the_call_takes_the_result_and_serves_no_more(floor: Floor) -> None:
    mine = _claim(floor)
    with floor.session() as session:
        session.execute(update(Pool).values(removed_at=moment()))
    floor.put("Rossi", state="blocked", blocked="POOL")
    assert floor.finish("anna", mine, "No answer").was_held
    assert floor.place("Rossi").blocked == "POOL"
    floor.age(hours=2)
    assert floor.next("ben") is None


def test_a_call_from_outside_is_on_record_and_counts_for_the_gap(floor: Floor) -> None:
    floor.rules(gap_minutes=60)
    floor.add("Rossi", "+972501111111")
    floor.backend("anna").execute(inbound, "+972501111111")
    assert floor.next("anna") is None
    assert floor.place("Rossi").blocked == "GAP"


@pytest.mark.row("R-D18")
@pytest.mark.parametrize("dies", [False, True])
def test_whom_he_locked_and_only_opened_again_stays_locked(floor: Floor, *, dies: bool) -> None:
    customer_id = floor.add("Rossi", "+972501111111")
    floor.add("Rossi at work", "+972501111111")
    first = floor.next("anna")
    assert first is not None
    floor.finish("anna", first, "Reached")
    again = floor.backend("anna").execute(claim_customer, floor.campaign_id, customer_id)
    if dies:
        floor.age(seconds=61)
    else:
        floor.skip("anna", again)
    floor.put("Rossi at work", state="ready")
    assert floor.next("ben") is None
    floor.age(minutes=11)
    assert floor.got("ben") == "Rossi at work"
