from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.services.tickets import card
from tests.kit.tickets_robot import TicketsDesk, retire

CONTROL = Qt.KeyboardModifier.ControlModifier


def offered(picker) -> list[str]:
    return [picker.itemText(place) for place in range(picker.count())]


@pytest.mark.row("R-T24", "R-T25")
def test_a_call_is_taken_in_with_the_keyboard_alone(desk: TicketsDesk):
    desk.press(Qt.Key.Key_N, CONTROL)
    fields = desk.tickets.card.fields
    assert fields.subject.hasFocus()
    desk.write(fields.subject, "Boiler leaks")
    fields.type.setFocus()
    desk.write(fields.type.lineEdit(), "Boil")
    desk.press(Qt.Key.Key_Tab)
    desk.press(Qt.Key.Key_S, CONTROL)
    desk.settle()
    (number,) = desk.numbers()
    known = desk.backend.execute(card.load, number)
    assert (known.draft.subject, known.draft.type_id) == ("Boiler leaks", desk.office.boiler)
    assert "Repair: waits to be planned" in [line.translate({0x2068: None, 0x2069: None}) for line in lines(desk)]
    assert desk.said_last() == f"Ticket {number} is taken in."


def lines(desk: TicketsDesk) -> list[str]:
    return desk.tickets.card.time_line.lines


def test_what_is_missing_is_said_under_its_field(desk: TicketsDesk):
    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    fields.handler.set_value(None)
    desk.write(fields.address, "Herzl 4")
    assert not fields.rows["subject"].has_error
    desk.tickets.card.save()
    assert fields.rows["subject"].has_error
    assert fields.rows["handler_id"].has_error
    assert fields.subject.hasFocus()
    desk.write(fields.subject, "x")
    assert not fields.rows["subject"].has_error
    assert desk.numbers() == []


@pytest.mark.row("R-M15")
def test_a_new_card_offers_active_users_and_an_old_card_keeps_the_inactive_one(desk: TicketsDesk):
    (number,) = desk.take_in("Boiler leaks", handler_id=desk.office.gone, responsible_id=desk.office.dana)
    with desk.database.transaction() as session:
        retire(session, desk.office.gone)
    desk.tickets.refresh()
    desk.tickets.open_ticket(number)
    desk.settle()
    fields = desk.tickets.card.fields
    assert fields.handler.currentText() == "Gideon (not active)"
    assert offered(fields.responsible) == ["Nobody", "Avi", "Dana"]
    desk.tickets.new_ticket()
    assert offered(fields.handler) == ["Nobody", "Avi", "Dana"]


@pytest.mark.row("R-M12", "R-M13", "R-M14")
def test_responsible_and_handler_are_two_fields_with_every_user(desk: TicketsDesk):
    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    assert offered(fields.responsible) == offered(fields.handler) == ["Nobody", "Avi", "Dana", "Gideon"]
    assert fields.responsible.value() == fields.handler.value() == desk.office.dana


def test_what_others_save_shows_beside_what_is_being_typed(desk: TicketsDesk):
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    fields = desk.tickets.card.fields
    fields.description.setFocus()
    fields.description.insertPlainText("Gate code 4711")
    place = fields.description.textCursor().position()
    desk.change(number, subject="Boiler leaks badly", priority=0)
    desk.settle()
    assert fields.subject.text() == "Boiler leaks badly"
    assert fields.description.toPlainText() == "Gate code 4711"
    assert fields.description.textCursor().position() == place
    assert fields.description.hasFocus()
    desk.tickets.card.save()
    desk.settle()
    saved = desk.backend.execute(card.load, number).draft
    assert (saved.subject, saved.description, saved.priority) == ("Boiler leaks badly", "Gate code 4711", 0)


def test_typed_text_meets_somebody_elses_and_the_person_decides(desk: TicketsDesk):
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    view = desk.tickets.card
    desk.write(view.fields.subject, "Mine")
    desk.change(number, subject="Theirs")
    desk.settle()
    assert view.fields.subject.text() == "Mine"
    assert view.line.isVisible()
    assert "Subject" in view.line.words.text()
    assert "changed by somebody else" in view.fields.rows["subject"].label.text()
    view.save()
    desk.settle()
    assert desk.backend.execute(card.load, number).draft.subject == "Theirs"
    assert view.fields.subject.text() == "Mine"
    view.line.keep_mine.click()
    assert not view.line.isVisible()
    view.save()
    desk.settle()
    assert desk.backend.execute(card.load, number).draft.subject == "Mine"


def test_theirs_can_be_taken_instead(desk: TicketsDesk):
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    view = desk.tickets.card
    desk.write(view.fields.subject, "Mine")
    desk.change(number, subject="Theirs")
    desk.settle()
    view.line.take_theirs.click()
    assert view.fields.subject.text() == "Theirs"
    assert not view.is_dirty


def test_opening_another_ticket_keeps_what_was_not_saved(desk: TicketsDesk):
    first, second = desk.take_in("One", "Two")
    desk.tickets.open_ticket(first)
    desk.settle()
    desk.write(desk.tickets.card.fields.subject, "One and more")
    desk.tickets.open_ticket(second)
    desk.settle()
    assert desk.tickets.card.fields.subject.text() == "Two"
    assert desk.said_last() == f"The changes to ticket {first} are kept, not saved yet."
    assert first in desk.tickets.model.unsaved
    desk.said[-1].offer.do()
    desk.settle()
    assert desk.tickets.card.fields.subject.text() == "One and more"
    desk.tickets.card.discard()
    assert desk.tickets.card.fields.subject.text() == "One"
    assert desk.tickets.model.unsaved == frozenset()


def test_a_new_ticket_that_was_begun_is_still_there(desk: TicketsDesk):
    (number,) = desk.take_in("One")
    desk.tickets.new_ticket()
    desk.write(desk.tickets.card.fields.subject, "Half a sent")
    desk.tickets.open_ticket(number)
    desk.settle()
    desk.tickets.new_ticket()
    assert desk.tickets.card.fields.subject.text() == "Half a sent"


def test_closing_and_reopening_from_the_card(desk: TicketsDesk):
    (number,) = desk.take_in("Boiler leaks", type_id=desk.office.boiler)
    desk.tickets.open_ticket(number)
    desk.settle()
    view = desk.tickets.card
    view.close_button.click()
    desk.settle()
    assert view.fields.status.currentText() == "Closed"
    assert desk.numbers() == []
    view.reopen_button.click()
    desk.settle()
    assert view.fields.status.currentText() == "New"
    assert desk.numbers() == [number]


def test_the_customer_is_looked_up_by_telephone(desk: TicketsDesk):
    desk.tickets.new_ticket()
    field = desk.tickets.card.fields.customer
    desk.write(field, "050 123")
    desk.qtbot.waitUntil(field.list.isVisible)
    desk.press(Qt.Key.Key_Return)
    assert (field.value(), field.text()) == (desk.office.rossi, "Rossi")
    desk.write(field, "nobody of that name")
    desk.tickets.card.fields.address.setFocus()
    assert (field.value(), field.text()) == (desk.office.rossi, "Rossi")


def test_due_is_shown_in_the_companys_time_and_kept_to_the_second(desk: TicketsDesk):
    from datetime import UTC, datetime

    due = datetime(2031, 7, 1, 9, 30, 17, tzinfo=UTC)
    (number,) = desk.take_in("Boiler leaks", due_at=due)
    desk.tickets.open_ticket(number)
    desk.settle()
    field = desk.tickets.card.fields.due
    assert f"{field.time.value():%H:%M}" == "12:30"
    assert field.value() == due
    assert not desk.tickets.card.is_dirty


@pytest.mark.parametrize("text", ["line one\r\nline two", "a\ttab", "two  spaces "])
def test_showing_a_text_is_not_changing_it(desk: TicketsDesk, text: str):
    (number,) = desk.take_in("Boiler leaks", description=text)
    desk.tickets.open_ticket(number)
    desk.settle()
    desk.write(desk.tickets.card.fields.subject, "Other")
    desk.tickets.card.save()
    desk.settle()
    assert desk.backend.execute(card.load, number).draft == replace(
        desk.backend.execute(card.load, number).draft, subject="Other", description=text
    )


def test_the_language_changes_while_a_card_is_being_filled_in(desk: TicketsDesk):
    from app.settings import Settings

    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    desk.write(fields.subject, "Boiler leaks")
    before = fields.value()
    desk.preferences.put(Settings.language, "he")
    try:
        assert fields.subject.text() == "Boiler leaks"
        assert fields.value() == before
        assert fields.priority.currentText() != "Medium"
    finally:
        desk.preferences.put(Settings.language, "en")
