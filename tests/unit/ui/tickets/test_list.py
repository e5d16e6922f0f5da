from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from sqlalchemy import insert, select

from app.domain.tickets.order import Sort, TicketFilter
from app.models.tickets import Ticket, TicketStatus
from app.services.tickets import listing
from tests.kit.tickets_robot import TicketsDesk, now
from ui.tickets.filters import ChoiceList
from ui.tickets.model import Column, TicketTable

CONTROL = Qt.KeyboardModifier.ControlModifier


def many(desk: TicketsDesk, count: int) -> None:
    with desk.database.transaction() as session:
        new = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "new")).one()
        moment = now()
        rows = [
            {
                "subject": f"Subject {number}",
                "status_id": new,
                "handler_id": desk.office.avi if number % 2 else None,
                "opened_at": moment + timedelta(minutes=number),
                "search": f"subject {number}",
            }
            for number in range(count)
        ]
        session.execute(insert(Ticket), rows)
    desk.tickets.refresh()
    desk.settle()


def test_the_model_keeps_qts_rules_through_pages_and_changes(desk: TicketsDesk, qtmodeltester: ModelTester):
    many(desk, 230)
    ask, sort = desk.backend.execute, Sort()
    model = TicketTable()
    page = ask(listing.page, TicketFilter(), sort)
    model.start(page)
    qtmodeltester.check(model)
    page = ask(listing.page, TicketFilter(), sort, after=page.rows[-1].cursor(sort.by))
    model.append(page)
    rows = list(model.rows)
    moved = replace(rows[3], place=(0, 0.0, rows[150].place[2] + 0.5))
    model.take([moved, replace(rows[5], subject="Other")], {rows[3].id, rows[5].id, rows[7].id})
    wanted = [row.id for row in rows if row.id not in {rows[7].id, rows[3].id}]
    wanted.insert(wanted.index(rows[150].id) + 1, rows[3].id)
    assert [row.id for row in model.rows] == wanted
    assert model.rows[model.row_of(rows[5].id)].subject == "Other"
    model.prepend(replace(page, rows=(replace(rows[0], id=9999, place=(0, 0.0, -9999.0)),), has_before=False))
    assert model.rows[0].id == 9999
    qtmodeltester.check(model)


def test_the_next_page_comes_as_one_scrolls(desk: TicketsDesk):
    many(desk, 250)
    assert len(desk.numbers()) == 100
    bar = desk.tickets.view.verticalScrollBar()
    for wanted in (200, 250):
        bar.setValue(bar.maximum())
        desk.qtbot.waitUntil(lambda wanted=wanted: len(desk.numbers()) == wanted)
    assert desk.numbers() == list(range(250, 0, -1))
    desk.settle()


def test_the_end_of_the_list_is_one_key_away_and_one_scrolls_back_from_it(desk: TicketsDesk):
    many(desk, 250)
    view = desk.tickets.view
    view.setFocus()
    desk.press(Qt.Key.Key_End, CONTROL)
    desk.settle()
    assert desk.numbers()[-1] == 1
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    first = desk.numbers()[0]
    bar.setValue(5 * view.verticalHeader().defaultSectionSize())
    desk.qtbot.waitUntil(lambda: desk.numbers()[0] > first)
    desk.settle()
    assert desk.numbers() == list(range(desk.numbers()[0], 0, -1))


def test_a_click_on_a_header_asks_the_database_for_another_order(desk: TicketsDesk):
    desk.take_in("Low", priority=3)
    desk.take_in("Urgent", priority=0)
    desk.take_in("High", priority=1)
    desk.settle()
    desk.tickets.view.sortByColumn(int(Column.PRIORITY), Qt.SortOrder.AscendingOrder)
    desk.settle()
    assert [row.subject for row in desk.tickets.model.rows] == ["Urgent", "High", "Low"]


def test_search_and_filters_narrow_the_list_and_say_how_many_are_left(desk: TicketsDesk):
    desk.take_in("Boiler leaks", priority=0)
    boiler, _meter = desk.take_in("Boiler is cold", "Meter reading")
    desk.settle()
    assert desk.tickets.count.text() == "3 tickets"
    desk.write(desk.tickets.search, "boiler")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    desk.tickets.filters.set_value(replace(desk.tickets.filters.value(), priority=2))
    desk.settle()
    assert desk.numbers() == [boiler]
    assert desk.tickets.count.text() == "1 ticket"


def test_a_chip_is_chosen_from_a_list_that_can_be_narrowed(desk: TicketsDesk):
    choices = ChoiceList([(1, "Avi"), (2, "Dana"), (3, "Daniel")], desk.window, has_search=True, name="Handler")
    chosen: list[int] = []
    choices.chosen.connect(chosen.append)
    choices.search.setText("dan")
    choices.list.setCurrentRow(2)
    choices._take(choices.list.currentItem())
    assert chosen == [3]


def test_what_others_do_shows_without_moving_what_one_looks_at(desk: TicketsDesk):
    many(desk, 90)
    view, model = desk.tickets.view, desk.tickets.model
    view.selectRow(40)
    selected = model.rows[40].id
    bar = view.verticalScrollBar()
    bar.setValue(30 * view.verticalHeader().defaultSectionSize())
    top = model.rows[view.rowAt(1)].id
    desk.take_in("New above")
    desk.change(45, subject="Changed below", handler_id=desk.office.avi)
    desk.settle()
    assert desk.numbers()[0] == 91
    assert model.rows[model.row_of(45)].subject == "Changed below"
    assert [model.rows[row].id for row in view.chosen_rows()] == [selected]
    assert model.rows[view.rowAt(1)].id == top


def test_a_ticket_that_no_longer_fits_the_filter_goes_and_the_open_card_stays(desk: TicketsDesk):
    one, two = desk.take_in("One", "Two")
    desk.settle()
    desk.tickets.open_ticket(two)
    desk.settle()
    from app.services.tickets import card

    desk.elsewhere.execute(card.close, two, desk.backend.execute(card.load, two).version)
    desk.settle()
    assert desk.numbers() == [one]
    assert desk.tickets.card.number == two
    assert desk.tickets.card.fields.status.currentText() == "Closed"


def test_enter_opens_and_the_arrows_lead_the_open_card(desk: TicketsDesk):
    one, two = desk.take_in("One", "Two")
    desk.settle()
    desk.tickets.view.setFocus()
    desk.tickets.view.selectRow(0)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.tickets.card.number == two
    desk.tickets.view.setFocus()
    desk.press(Qt.Key.Key_Down)
    desk.qtbot.waitUntil(lambda: desk.tickets.card.number == one)
    desk.settle()


def test_a_new_card_is_not_led_away_by_the_row_that_was_chosen(desk: TicketsDesk):
    desk.take_in("One", "Two")
    desk.settle()
    desk.tickets.open_ticket(1)
    desk.settle()
    desk.tickets.view.setFocus()
    desk.press(Qt.Key.Key_N, CONTROL)
    assert not desk.tickets._following.isActive()
    assert desk.tickets.card.number is None
    assert desk.tickets.card.fields.subject.text() == ""


def test_a_ticket_is_opened_from_elsewhere_before_its_screen_was_ever_shown(desk: TicketsDesk):
    (number,) = desk.take_in("One")
    desk.window.show_screen("customers")
    assert desk.window.desk.commands.run("tickets.open", number)
    desk.settle()
    assert desk.window.current_screen is desk.tickets
    assert desk.tickets.card.fields.subject.text() == "One"


def test_a_storm_of_changes_is_read_as_one_page(desk: TicketsDesk):
    many(desk, 30)
    desk.take_in("One more")
    from app.bus import RowsChanged

    desk.bus.publish(RowsChanged("tickets", None))
    desk.settle()
    assert desk.numbers() == list(range(31, 0, -1))
