import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from app.db.database import Database
from app.domain.customers import CustomerDraft
from app.services.customers import card, listing
from tests.kit.factory import add_profile
from tests.kit.tickets_robot import TicketsDesk
from ui.customers.model import CustomerTable
from ui.customers.screen import CustomersScreen


def screen(desk: TicketsDesk) -> CustomersScreen:
    shown = desk.window.show_screen("customers")
    assert isinstance(shown, CustomersScreen)
    desk.settle()
    return shown


def names(shown: CustomersScreen) -> list[str]:
    return [row.label for row in shown.model.rows]


def test_the_model_keeps_qts_rules(desk: TicketsDesk, qtmodeltester: ModelTester):
    model = CustomerTable()
    model.start(desk.backend.execute(listing.page))
    qtmodeltester.check(model)


def test_a_customer_is_taken_in_with_a_phone_and_shows_in_the_list(desk: TicketsDesk):
    shown = screen(desk)
    shown.new_customer()
    desk.write(shown.card.fields.phones.lines[0], "052-7654321")
    assert len(shown.card.fields.phones.lines) == 2
    shown.card.save()
    desk.settle()
    assert names(shown) == ["052-7654321", "Rossi"]
    assert shown.pane.title.text() == "052-7654321"


def test_nothing_at_all_is_refused_at_the_field(desk: TicketsDesk):
    shown = screen(desk)
    shown.new_customer()
    desk.write(shown.card.fields.address, "Herzl 4")
    shown.card.save()
    desk.settle()
    assert shown.card.fields.rows["name"].has_error
    assert names(shown) == ["Rossi"]


def test_typed_text_survives_what_others_save(desk: TicketsDesk):
    shown = screen(desk)
    shown.open_customer(desk.office.rossi)
    desk.settle()
    desk.write(shown.card.fields.address, "Via Roma 1")
    known = desk.backend.execute(card.load, desk.office.rossi)
    desk.elsewhere.execute(card.save, known.id, known.version, CustomerDraft("Rossi Maria", ("050-1234567",)))
    desk.settle()
    assert (shown.card.fields.name.text(), shown.card.fields.address.text()) == ("Rossi Maria", "Via Roma 1")
    assert names(shown) == ["Rossi Maria"]
    shown.card.save()
    desk.settle()
    saved = desk.backend.execute(card.load, desk.office.rossi).draft
    assert (saved.name, saved.address) == ("Rossi Maria", "Via Roma 1")


def test_the_card_lists_the_tickets_and_opens_them(desk: TicketsDesk):
    number, _other = *desk.take_in("Boiler leaks", customer_id=desk.office.rossi), *desk.take_in("Not hers")
    shown = screen(desk)
    shown.open_customer(desk.office.rossi)
    desk.settle()
    assert [row.id for row in shown.card.work.tickets.rows] == [number]
    shown.card.work.tickets_view.opened.emit(shown.card.work.tickets.index(0, 0))
    desk.settle()
    assert desk.tickets.card.number == number


def test_a_ticket_is_begun_for_the_customer(desk: TicketsDesk):
    shown = screen(desk)
    shown.open_customer(desk.office.rossi)
    desk.settle()
    shown.card.work.new_ticket.click()
    desk.settle()
    fields = desk.tickets.card.fields
    assert (fields.customer.value(), fields.customer.text()) == (desk.office.rossi, "Rossi")


def test_search_finds_by_telephone_in_any_form(desk: TicketsDesk):
    desk.elsewhere.execute(card.create, CustomerDraft("Levi"))
    shown = screen(desk)
    assert names(shown) == ["Levi", "Rossi"]
    desk.write(shown.search, "+972 50-1234567")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert names(shown) == ["Rossi"]
    assert shown.count.text() == "1 customer"


@pytest.mark.row("R-F17", "R-F18")
def test_profiles_are_tags_on_the_card_and_a_filter_of_the_list(desk: TicketsDesk, database: Database):
    with database.transaction() as session:
        shop, parts = (
            add_profile(session, "Shop", main="customer").id,
            add_profile(session, "Parts", main="supplier").id,
        )
        add_profile(session, "Service")
    shown = screen(desk)
    shown.open_customer(desk.office.rossi)
    desk.settle()
    tags = shown.card.fields.profiles
    assert [(tag.text, tag.group) for tag in tags.remaining()] == [("Shop", "Customers"), ("Parts", "Suppliers")]
    menu = tags.open_menu()
    action = next(each for each in menu.actions() if each.text() == "Shop")
    menu.triggered.emit(action)
    menu.close()
    shown.card.save()
    desk.settle()
    assert desk.backend.execute(card.load, desk.office.rossi).draft.profile_ids == (shop,)
    assert not shown.card.is_dirty
    for profile, found in ((parts, []), (shop, ["Rossi"])):
        shown.profile.set_value(profile)
        shown.profile.changed.emit(profile)
        desk.settle()
        assert names(shown) == found
    known = desk.backend.execute(card.load, desk.office.rossi)
    desk.elsewhere.execute(card.save, known.id, known.version, CustomerDraft("Rossi", ("050-1234567",)))
    desk.settle()
    assert shown.card.fields.profiles.value() == ()
    assert names(shown) == []


def test_the_card_says_by_whose_clock_a_customer_lives(desk: TicketsDesk):
    shown = screen(desk)
    shown.open_customer(desk.office.rossi)
    desk.settle()
    assert shown.card.fields.time_zone.currentText() == "As the number says"
    shown.card.fields.time_zone.setFocus()
    desk.write(shown.card.fields.time_zone.lineEdit(), "new york")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    shown.card.save()
    desk.settle()
    assert desk.backend.execute(card.load, desk.office.rossi).draft.time_zone == "America/New_York"
