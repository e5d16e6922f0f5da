"""The lists a card is made of, by keyboard: states with mandatory fields, own fields, numerators, projects."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from app.db.database import Database
from app.domain.search import customer_search
from app.models.customers import Customer
from app.services.processes.states import list_states
from app.services.processes.types import list_types
from app.services.tickets.custom_fields import OwnFieldDraft, list_own_fields, save_own_field
from app.services.tickets.note_kinds import list_note_kinds
from app.services.tickets.numerators import NumeratorDraft, list_numerators, save_numerator
from app.services.tickets.products import list_products, save_product_group
from app.services.tickets.projects import ProjectDraft, list_projects, save_project
from app.services.tickets.statuses import list_statuses
from tests.kit.factory import add_ticket
from tests.unit.ui.admin.conftest import Hands


def tick(hands: Hands, field: str, *names: str) -> None:
    """Tick these in a list of many."""
    ticks = hands.view.form.parts[field].widget.list
    for row in range(ticks.count()):
        if ticks.item(row).text().strip("\u2068\u2069") in names:
            ticks.setCurrentRow(row)
            hands.qtbot.keyClick(ticks, Qt.Key.Key_Space)


@pytest.mark.row("R-M10", "R-M11", "Q7")
def test_a_ticket_state_is_added_ordered_and_given_mandatory_fields(hands: Hands):
    hands.backend.execute(save_own_field, OwnFieldDraft("Serial number"))
    hands.go("ticket_states")
    assert hands.names() == ["New", "In work", "Waiting", "Closed"]
    hands.new()
    hands.type("name", "With the factory")
    tick(hands, "fields", "Address", "Serial number")
    hands.save()
    hands.wait(lambda: hands.names()[-1] == "With the factory")
    hands.click(hands.view.form.findChild(QToolButton, "up"))
    hands.wait(lambda: hands.names() == ["New", "In work", "Waiting", "With the factory", "Closed"])
    (serial,) = hands.backend.execute(list_own_fields)
    made = hands.backend.execute(list_statuses)[3]
    assert set(made.fields) == {"address", f"custom.{serial.id}"}
    hands.click(hands.view.form.findChild(QPushButton, "delete"))
    hands.click(hands.view.form.strip.findChild(QPushButton, "confirm"))
    hands.wait(lambda: hands.names() == ["New", "In work", "Waiting", "Closed"])


@pytest.mark.row("R-M11")
def test_who_makes_a_field_mandatory_is_told_how_many_tickets_lack_it(hands: Hands, database: Database):
    with database.transaction() as session:
        for _number in range(2):
            add_ticket(session)
    hands.go("ticket_states")
    hands.choose("New")
    tick(hands, "fields", "Site")
    hands.save()
    hands.wait(lambda: bool(hands.notices))
    told = hands.notices[-1].words()
    assert "2 open tickets in this state lack a mandatory field." in told
    hands.wait(lambda: hands.view.model.index(0, 3).data().strip("\u2068\u2069") == "2")


@pytest.mark.row("R-M3")
def test_an_own_field_gets_its_choices_and_keeps_its_kind_once_it_is_used(hands: Hands, database: Database):
    hands.go("own_fields")
    hands.new()
    assert not hands.view.form.parts["choices"].widget.isEnabled()
    hands.type("name", "Colour")
    hands.type("kind", "Choice")
    hands.press(Qt.Key.Key_Tab)  # closes what the field suggests
    hands.press(Qt.Key.Key_Tab)
    assert hands.view.form.parts["choices"].widget.isEnabled()
    hands.save()
    assert hands.view.form.fields_with_errors == ["choices"]
    hands.type("choices", "Red")
    hands.save()
    (made,) = hands.backend.execute(list_own_fields)
    assert (made.kind, made.choices, made.is_active) == ("choice", ("Red",), True)
    with database.transaction() as session:
        add_ticket(session, custom={str(made.id): "Red"})
    hands.wait(lambda: hands.tasks.is_idle)
    kinds = hands.view.form.parts["kind"].widget
    kinds.setCurrentIndex(kinds.findText("Text"))
    kinds.activated.emit(kinds.currentIndex())
    hands.save()
    assert hands.view.form.fields_with_errors == ["kind"]


@pytest.mark.row("R-T8")
def test_a_numerator_shows_what_its_next_number_looks_like(hands: Hands):
    hands.go("numerators")
    hands.new()
    preview = hands.view.form.parts["preview"].widget
    for field, text in (("name", "Interventions"), ("prefix", "INT-"), ("digits", "6"), ("next", "42")):
        hands.type(field, text)
    assert preview.text() == "INT-000042"
    hands.save()
    assert [row.next for row in hands.backend.execute(list_numerators)] == ["INT-000042"]


@pytest.mark.row("R-T8", "R-T9")
def test_an_activity_type_names_its_numerator_and_whether_it_notifies(hands: Hands):
    made = hands.backend.execute(save_numerator, NumeratorDraft("Interventions"))
    hands.go("activity_types")
    hands.type("numerator", "Interventions")
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Tab)
    hands.qtbot.keyClick(hands.view.form.parts["notifies"].widget, Qt.Key.Key_Space)
    hands.save()
    (repair,) = hands.backend.execute(list_types)
    assert (repair.numerator_id, repair.notifies) == (made.id, False)


@pytest.mark.row("R-T3")
def test_a_state_of_work_is_marked_as_waiting_for_somebody_else(hands: Hands):
    hands.go("activity_states")
    hands.qtbot.keyClick(hands.view.form.parts["waiting"].widget, Qt.Key.Key_Space)
    hands.save()
    assert hands.backend.execute(list_states)[0].is_waiting


@pytest.mark.row("R-M18")
def test_a_project_is_part_of_another_and_for_a_customer_that_is_looked_up(hands: Hands, database: Database):
    with database.transaction() as session:
        session.add(Customer(name="Rossi Mario", search=customer_search("Rossi Mario", None, None, None, ())))
    hands.backend.execute(save_project, ProjectDraft("Network"))
    hands.go("projects")
    hands.new()
    hands.type("name", "Cables")
    hands.type("customer", "ross")
    field = hands.view.form.parts["customer"].widget
    hands.wait(field.list.isVisible)
    hands.qtbot.keyClick(field, Qt.Key.Key_Return)
    hands.type("parent", "Network")
    hands.save()
    cables = hands.backend.execute(list_projects)[1]
    assert (cables.name, cables.parent, cables.customer) == ("Cables", "Network", "Rossi Mario")


@pytest.mark.row("R-M16")
def test_a_product_lies_in_its_group(hands: Hands):
    hands.backend.execute(save_product_group, "Boilers")
    hands.go("products")
    hands.new()
    hands.type("name", "B20")
    hands.type("group", "Boilers")
    hands.save()
    hands.wait(lambda: hands.names() == ["Boilers", "B20"])
    assert hands.backend.execute(list_products)[0].group == "Boilers"


def test_a_note_kind_rings_the_bell(hands: Hands):
    hands.go("note_kinds")
    assert hands.names() == ["Note", "Alert"]
    hands.new()
    hands.type("name", "Danger")
    hands.qtbot.keyClick(hands.view.form.parts["alert"].widget, Qt.Key.Key_Space)
    hands.save()
    assert [row.is_alert for row in hands.backend.execute(list_note_kinds)] == [False, True, True]
