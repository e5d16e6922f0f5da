from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit, QWidget
from sqlalchemy import select

from app.i18n import say
from app.models.dialer import CallPerson, Campaign
from app.models.tickets import Note, NoteKind
from tests.kit.card_robot import CardDesk
from tests.kit.factory import add_ticket
from ui.dialer.panes.person import PersonPane
from ui.kit.bidi import bare
from ui.kit.translate import apply_language
from ui.widgets.fields import DateField
from ui.widgets.picker import Picker

NOW = datetime.now(UTC)


def law(desk: CardDesk, **facts: object) -> list[str]:
    """What the pane says of the law, for a number of which this is known."""
    with desk.frame.database.transaction() as session:
        session.merge(CallPerson(person="+972501234567", **facts))
    desk.show()
    return desk.person.law.texts()


# --- Who


@pytest.mark.row("R-D22")
def test_who_is_called_stands_there_with_the_number_that_is_dialled(desk: CardDesk):
    desk.change(address="Herzl 4", language="it")
    desk.show()
    assert bare(desk.person.name.text()) == "Rossi"
    assert desk.person.numbers.texts() == ["050-1234567"]
    assert desk.person.numbers.tones() == ["accent"]
    there = desk.person.facts.texts()
    assert there[0].endswith("there, as here")
    assert there[1:] == ["Never called", "Italiano", "Herzl 4, North"]


def test_the_points_stand_among_the_facts_with_their_minus(desk: CardDesk):
    card = desk.show()
    desk.person.show_card(replace(card, balance=Decimal("-12.5")))
    assert desk.person.facts.texts()[2] == "Points: −12.5"


def test_the_time_there_is_told_with_its_zone_and_goes_on(desk: CardDesk, monkeypatch: pytest.MonkeyPatch):
    desk.change(time_zone="America/New_York")
    card = desk.show()
    there = card.moment.astimezone(ZoneInfo("America/New_York"))
    assert desk.person.facts.texts()[0] == f"{there:%H:%M} there (America/New York)"
    later = card.moment + timedelta(hours=2)
    monkeypatch.setattr(PersonPane, "now", lambda _self: later)
    desk.person._tick()
    assert desk.person.facts.texts()[0].startswith(f"{there + timedelta(hours=2):%H:%M} there")


def test_a_zone_nobody_knows_is_no_reason_to_fail(desk: CardDesk):
    desk.change(time_zone="Mars/Olympus")
    desk.show()
    assert "there" in desk.person.facts.texts()[0]


def test_the_register_and_the_consent_are_told_where_the_campaign_asks(desk: CardDesk):
    assert law(desk) == []
    with desk.frame.database.transaction() as session:
        campaign = session.get_one(Campaign, desk.campaign)
        campaign.checks_register, campaign.needs_consent = True, True
    assert law(desk) == ["Never checked against the register", "No valid consent"]
    (checked, _consent) = law(desk, register_checked_at=NOW - timedelta(days=2))
    assert checked.startswith("Not in the register on ")
    (checked, _consent) = law(desk, register_checked_at=NOW - timedelta(days=20))
    assert checked.endswith(", too long ago")
    (checked, consent) = law(desk, register_checked_at=NOW, is_registered=True, consent_until=NOW + timedelta(days=30))
    assert checked.startswith("Listed in the register on ")
    assert consent.startswith("Consent until ")


@pytest.mark.row("U24")
def test_why_this_one_is_said_in_a_line_and_in_full(desk: CardDesk):
    tried = NOW - timedelta(days=2)
    desk.show(rule="IN_TURN", reason={"pool": "Spring", "priority": 1, "tries": 2, "tried_at": tried.isoformat()})
    assert bare(desk.person.reason.text()) == "Next in “Spring”"
    desk.person.why_button.click()
    told = bare(desk.person.why.sentences.text())
    there = tried.astimezone(ZoneInfo("Asia/Jerusalem"))
    assert "The priority is high." in told
    assert f"Tried 2 times, last at {there:%d/%m/%Y %H:%M}" in told
    desk.person.why.close_button.click()


@pytest.mark.row("R-D19")
def test_who_else_has_the_customer_open_is_said_and_taken_back(desk: CardDesk):
    desk.show()
    assert desk.person.others.isHidden()
    desk.person.show_others(("Noa",))
    assert bare(desk.person.others.text()) == "Noa has this customer open too."
    desk.person.show_others(("Noa", "Tal"))
    assert bare(desk.person.others.text()) == "Noa, Tal have this customer open too."
    desk.person.show_others(())
    assert desk.person.others.isHidden()


def test_alerts_ring_with_the_card_and_tickets_are_a_click_away(desk: CardDesk):
    with desk.frame.database.transaction() as session:
        kind = session.scalars(select(NoteKind.id).where(NoteKind.code == "alert")).one()
        session.add(Note(text="The dog bites", is_alert=True, kind_id=kind, customer_id=desk.rossi, at=NOW))
        number = add_ticket(session, "Boiler leaks", customer_id=desk.rossi).id
    desk.show()
    assert [each.text for each in desk.person.bell.alerts] == ["The dog bites"]
    item = desk.person.tickets.itemAt(0)
    assert item is not None
    button = item.widget()
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.frame.settle()
    assert desk.frame.tickets.card.number == number


def test_nobody_shown_is_nobody_seen(desk: CardDesk):
    desk.show()
    desk.person.show_card(None)
    desk.script.show_card(None)
    desk.history.show_card(None)
    assert (desk.person.isHidden(), desk.script.isHidden(), desk.history.isHidden()) == (True, True, True)
    assert desk.script.answers() == {}


# --- What to say and to ask


def key(desk: CardDesk, name: str) -> str:
    return f"{desk.form}.{name}"


def field(desk: CardDesk, name: str) -> QWidget:
    return desk.script.questions[key(desk, name)].widget


@pytest.mark.row("R-D22")
def test_the_script_is_filled_in_as_plain_text(desk: CardDesk):
    desk.change(name="<b>Rossi</b> {agent}")
    desk.show()
    assert bare(desk.script.script.text()) == "Good day, <b>Rossi</b> {agent}.\nMy name is Dana; {this} stays."
    assert desk.script.script.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.row("R-D22")
def test_every_kind_of_field_is_answered_by_keyboard_and_kept_as_what_it_is(desk: CardDesk):
    desk.show()
    desk.script.focus_first()
    QTest.keyClicks(field(desk, "f1"), "3,5")
    picker = field(desk, "f2")
    assert isinstance(picker, Picker)
    desk.frame.write(picker.lineEdit(), "Wood")
    desk.frame.press(Qt.Key.Key_Return)
    day = field(desk, "f3")
    assert isinstance(day, DateField)
    day.set_value(datetime(1998, 5, 4, tzinfo=UTC).date())
    note = field(desk, "f4")
    assert isinstance(note, QTextEdit)
    QTest.keyClicks(note, "A new one")
    QTest.keyClick(field(desk, "f5"), Qt.Key.Key_Space)
    assert desk.script.answers() == {
        key(desk, "f1"): 3.5,
        key(desk, "f2"): "Wood",
        key(desk, "f3"): "1998-05-04",
        key(desk, "f4"): "A new one",
        key(desk, "f5"): True,
    }
    assert desk.script.missing() is None


def test_what_is_required_is_marked_before_one_finishes(desk: CardDesk):
    desk.show()
    rooms = desk.script.questions[key(desk, "f1")]
    assert bare(rooms.label.text()) == "Rooms (required)"
    wrong = desk.script.missing()
    assert wrong is not None
    assert say(wrong) == "Rooms: This is to be filled in."
    assert rooms.widget.property("wrong") is True
    desk.script.focus_first()
    assert QApplication.focusWidget() is rooms.widget
    QTest.keyClicks(rooms.widget, "x")
    wrong = desk.script.missing()
    assert wrong is not None
    assert say(wrong) == "Rooms: This is no number."
    # Nobody picked up: nothing could be asked.
    rooms.set_value(None)
    assert desk.script.missing("no_contact") is None
    assert rooms.widget.property("wrong") is False


def test_what_was_answered_before_is_shown_and_not_taken_as_an_answer(desk: CardDesk):
    desk.call(NOW - timedelta(days=1), answers={key(desk, "f1"): 4, key(desk, "f3"): "1998-05-04"})
    desk.show()
    shown = [bare(each.before.text()) for each in desk.script.questions.values()]
    assert shown == ["Last time: 4", "", "Last time: 4 May 1998", "", "", ""]
    assert desk.script.answers() == {}


@pytest.mark.row("F6")
def test_typed_answers_survive_another_language_and_a_refresh(desk: CardDesk):
    desk.show()
    QTest.keyClicks(field(desk, "f1"), "4")
    boiler = field(desk, "f6")
    assert isinstance(boiler, QLineEdit)
    boiler.insert("קומבי 24")
    apply_language(QApplication.instance(), "he")
    apply_language(QApplication.instance(), "en")
    desk.change(notes="Read anew")
    desk.show()
    assert desk.script.answers() == {key(desk, "f1"): 4, key(desk, "f6"): "קומבי 24"}
    # An answer given elsewhere meanwhile comes in beside what is typed here.
    desk.call(NOW, answers={key(desk, "f2"): "Gas"})
    desk.show()
    assert desk.script.answers() == {key(desk, "f1"): 4, key(desk, "f6"): "קומבי 24"}
    assert bare(desk.script.questions[key(desk, "f2")].before.text()) == "Last time: Gas"


def test_the_next_contact_begins_empty_even_with_the_same_customer(desk: CardDesk):
    desk.show("first")
    QTest.keyClicks(field(desk, "f1"), "4")
    desk.show("second")
    assert desk.script.answers() == {}


def test_answers_kept_over_a_restart_are_put_back(desk: CardDesk):
    desk.show()
    desk.script.put({key(desk, "f1"): 4, key(desk, "f5"): False, key(desk, "f2"): "Coal", "99.f1": "gone"})
    assert desk.script.answers() == {key(desk, "f1"): 4, key(desk, "f5"): False}
