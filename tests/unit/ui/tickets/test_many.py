"""Many tickets at once, filters under a name, and the marks of the list."""

import pytest
from PySide6.QtCore import Qt

from app.domain.tickets.kept import kept_of, of_kept
from app.domain.tickets.order import Sort, SortBy, TicketFilter
from app.models.tickets import Note, StatusField
from app.services.tickets import card, saved_filters
from tests.kit.factory import at
from ui.tickets.model import Column


def choose(desk, *numbers: int) -> None:
    desk.tickets._choose_again(numbers)
    desk.settle()


def pick(desk, name: str, text: str) -> None:
    """Type into a field of the window and take what it offers."""
    picker = desk.tickets.bulk.pickers[name]
    desk.write(picker.lineEdit(), text)
    desk.press(Qt.Key.Key_Tab)


def open_window(desk) -> None:
    desk.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    desk.settle()


@pytest.mark.row("U16")
def test_chosen_tickets_change_each_by_itself_and_refused_ones_stay_chosen(desk):
    numbers = desk.take_in("Leak", "Noise", "Smell")
    desk.elsewhere.execute(card.save, numbers[0], 1, card_draft(desk, numbers[0], type_id=desk.office.boiler))
    with desk.database.transaction() as session:
        session.add(StatusField(status_id=4, field="type_id"))
    desk.settle()
    choose(desk, *numbers)
    desk.tickets.view.setFocus()
    open_window(desk)
    pick(desk, "status_id", "Closed")
    desk.tickets.bulk.request_save()
    desk.settle()
    window = desk.tickets.bulk
    assert window.isVisible()
    reasons = {window.results.model().index(row, 2).data() for row in range(window.results.model().rowCount())}
    assert reasons == {"This state needs a field that is empty: Type."}
    assert "1 ticket changed. 2 tickets refused." in window.told.text()
    chosen = {desk.tickets.model.rows[row].id for row in desk.tickets.view.chosen_rows()}
    assert chosen == set(numbers[1:])
    window.reject()


def card_draft(desk, number: int, **values):
    from dataclasses import replace

    return replace(desk.elsewhere.execute(card.load, number).draft, **values)


def test_what_was_changed_can_be_taken_back(desk):
    numbers = desk.take_in("Leak", "Noise")
    desk.settle()
    choose(desk, *numbers)
    desk.tickets.view.setFocus()
    open_window(desk)
    pick(desk, "priority", "Urgent")
    desk.tickets.bulk.request_save()
    desk.settle()
    assert not desk.tickets.bulk.isVisible()
    assert {row.priority for row in desk.tickets.model.rows} == {0}
    assert desk.said_last() == "Changed: 2 of 2."
    desk.said[-1].offer.do()
    desk.settle()
    assert {row.priority for row in desk.tickets.model.rows} == {2}


def test_without_a_new_value_nothing_is_changed(desk):
    (number,) = desk.take_in("Leak")
    desk.settle()
    choose(desk, number)
    desk.tickets.view.setFocus()
    open_window(desk)
    desk.tickets.bulk.request_save()
    desk.settle()
    assert desk.tickets.bulk.told.text() == "Choose at least one new value."
    assert desk.elsewhere.execute(card.load, number).version == 1
    desk.tickets.bulk.reject()


def test_a_filter_is_kept_under_a_name_and_put_in_force_again(desk):
    numbers = desk.take_in("Leak", "Noise", "Leak again")
    desk.change(numbers[2], priority=0)
    desk.settle()
    wanted = TicketFilter(priority=0, open_only=True)
    desk.tickets.filters.set_value(wanted)
    desk.settle()
    desk.tickets.kept.keep()
    window = desk.tickets.kept.window_open
    desk.write(window.name, "Urgent ones")
    window.is_shared.setChecked(True)
    window.request_save()
    desk.settle()
    assert desk.tickets.kept.chosen.name == "Urgent ones"
    desk.tickets.filters.set_value(TicketFilter())
    desk.settle()
    assert len(desk.numbers()) == 3
    desk.tickets.kept._use(desk.tickets.kept.chosen.id)
    desk.settle()
    assert desk.numbers() == [numbers[2]]
    assert desk.tickets.filters.value() == wanted
    assert desk.elsewhere.acting_as(desk.office.avi).execute(saved_filters.kept)[0].name == "Urgent ones"
    desk.tickets.kept.delete()
    desk.settle()
    assert desk.tickets.kept.chosen is None
    desk.said[-1].offer.do()
    desk.settle()
    assert desk.tickets.kept.chosen.name == "Urgent ones"


def test_a_kept_filter_reads_back_as_it_was_and_rubbish_is_left_out():
    wanted = TicketFilter(product_id=4, is_mine=True, opened_from=at(2), empty="project_id", text="leak")
    sort = Sort(SortBy.DUE, descending=False)
    assert of_kept(kept_of(wanted, sort)) == (wanted, sort)
    rubbish = {"sort": "nonsense", "status_id": "x", "priority": True, "opened_from": "soon", "empty": "id; --"}
    assert of_kept(rubbish) == (TicketFilter(), Sort())


@pytest.mark.row("R-F24")
def test_an_alert_rings_beside_the_customers_name_in_the_list(desk):
    numbers = desk.take_in("Leak", customer_id=desk.office.rossi)
    desk.take_in("Noise")
    with desk.database.transaction() as session:
        session.add(Note(customer_id=desk.office.rossi, is_alert=True, text="Beware of the dog", at=at(0)))
    desk.tickets.refresh()
    desk.settle()
    model = desk.tickets.model
    marks = {
        row.id: model.index(place, Column.CUSTOMER).data(Qt.ItemDataRole.DecorationRole) is not None
        for place, row in enumerate(model.rows)
    }
    assert [number for number, has_bell in marks.items() if has_bell] == numbers


def test_other_screens_list_their_tickets_here(desk):
    numbers = desk.take_in("Leak", "Noise")
    desk.change(numbers[0], priority=1)
    desk.settle()
    assert desk.window.desk.commands.run("tickets.filtered", TicketFilter(priority=1))
    desk.settle()
    assert desk.numbers() == [numbers[0]]
