"""Set-up by keyboard: what is typed reaches the database, a refusal stands at its field, nothing typed is lost."""

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from app.domain.people import Permission
from app.services.company.profile import company
from app.services.people.groups import list_groups, save_group
from app.services.people.logins import log_in
from app.services.people.rows import GroupDraft
from app.services.people.users import list_users
from app.services.processes import named
from app.services.processes.rows import TypeDraft
from app.services.processes.states import list_states
from app.services.processes.ticket_types import list_ticket_types
from app.services.processes.types import list_types, save_type
from tests.unit.ui.admin.conftest import Enter, Hands
from ui.admin.rows import RowsModel
from ui.admin.sections.activity_types import ACTIVITY_TYPES
from ui.admin.sections.roles import _WORDS
from ui.kit.commands import Command
from ui.kit.theme import CATEGORIES
from ui.widgets.merge.window import MINE


def test_the_model_keeps_qts_promises(qtmodeltester, hands: Hands):
    model = RowsModel(ACTIVITY_TYPES)
    qtmodeltester.check(model)
    practice = hands.backend.execute(named.save_practice, "Sales")
    hands.backend.execute(save_type, TypeDraft("Sales visit", practice.id))
    model.show(hands.backend.execute(list_types))
    qtmodeltester.check(model)
    model.search("visit")
    model.sort(2, Qt.SortOrder.DescendingOrder)
    assert isinstance(model, QAbstractItemModel)
    assert model.rowCount() == 2


@pytest.mark.row("R-T1", "Q17")
def test_a_user_is_added_with_role_group_and_password_by_keyboard(hands: Hands, office: dict[str, int]):
    hands.go("users")
    hands.new()
    hands.save()
    assert hands.view.form.fields_with_errors == ["name", "login", "role"]
    hands.type("name", "Levi Katz")
    hands.type("login", "levi")
    hands.type("role", "Technician")
    hands.type("password", "first thing")
    groups = hands.view.form.parts["groups"].widget.list
    groups.setFocus()
    groups.setCurrentRow(1)
    hands.qtbot.keyClick(groups, Qt.Key.Key_Space)
    hands.save()
    hands.wait(lambda: "Levi Katz" in hands.names())
    made = next(user for user in hands.backend.execute(list_users) if user.login == "levi")
    assert (made.role_code, made.group_names) == ("technician", ("North team",))
    if hands.backend.database.engine.dialect.name == "sqlite":
        assert hands.backend.execute(log_in, "levi", "first thing").name == "Levi Katz"


@pytest.mark.row("R-T1")
def test_a_user_is_disabled_and_enabled_but_nobody_shuts_himself_out(hands: Hands):
    hands.go("users")
    hands.choose("Ana")
    button = hands.view.form.findChild(QPushButton, "active")
    assert button.text() == "Disable"
    hands.click(button)
    hands.wait(lambda: button.text() == "Enable")
    assert [user.is_active for user in hands.backend.execute(list_users)] == [True, False]
    hands.choose("Dana")
    hands.click(button)
    hands.wait(lambda: bool(hands.notices))
    assert hands.notices[-1].text.text == "You cannot disable yourself."


@pytest.mark.row("R-T2")
def test_a_group_gets_its_members(hands: Hands, office: dict[str, int]):
    hands.go("groups")
    hands.choose("North team")
    hands.qtbot.keyClick(hands.view.form.parts["back_office"].widget, Qt.Key.Key_Space)
    members = hands.view.form.parts["members"].widget.list
    members.setCurrentRow(1)
    hands.qtbot.keyClick(members, Qt.Key.Key_Space)
    hands.save()
    north = next(group for group in hands.backend.execute(list_groups) if group.id == office["North"])
    assert north.is_back_office
    assert set(north.member_names) == {"Ana", "Dana"}


@pytest.mark.row("R-T5", "R-T7", "R-T12", "R-T21", "Q13", "Q15")
def test_an_activity_type_has_kind_time_colour_and_who_plans_it(hands: Hands, office: dict[str, int]):
    hands.go("activity_types")
    hands.new()
    hands.type("name", "Yearly service")
    hands.type("macro_type", "Appointment")
    hands.type("minutes", "1:30")
    hands.type("office", "Desk")
    hands.click(hands.view.form.parts["colour"].widget.findChildren(QToolButton)[2])
    hands.save()
    made = next(kind for kind in hands.backend.execute(list_types) if kind.name == "Yearly service")
    assert (made.macro_type, made.expected_minutes, made.colour) == ("appointment", 90, CATEGORIES[2].fill)
    assert made.back_office_group_id == office["Desk"]


@pytest.mark.row("R-T4", "R-T5")
def test_types_are_listed_under_their_practice(hands: Hands):
    hands.go("practices")
    hands.new()
    hands.type("name", "Assistance")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.names() == ["Assistance"])
    hands.go("activity_types")
    hands.type("practice", "Assistance")
    hands.save()
    hands.wait(lambda: hands.names() == ["Assistance", "Repair"])
    assert not hands.view.model.flags(hands.view.model.index(0, 0)) & Qt.ItemFlag.ItemIsSelectable


@pytest.mark.row("R-T3", "Q15")
def test_a_state_gets_colour_name_and_place(hands: Hands):
    hands.go("activity_states")
    before = hands.names()
    hands.new()
    hands.type("name", "Waits for parts")
    hands.click(hands.view.form.parts["colour"].widget.findChildren(QToolButton)[6])
    hands.save()
    hands.wait(lambda: hands.names() == [*before, "Waits for parts"])
    hands.click(hands.view.form.findChild(QToolButton, "up"))
    hands.wait(lambda: hands.names() == [*before[:-1], "Waits for parts", before[-1]])
    state = hands.backend.execute(list_states)[-2]
    assert (state.name, state.colour, state.is_final) == ("Waits for parts", "#B3261E", False)


@pytest.mark.row("R-T24", "R-M4", "R-M5", "R-M6", "R-M9")
def test_a_ticket_type_has_sub_types_and_the_work_it_becomes(hands: Hands, office: dict[str, int]):
    hands.go("ticket_types")
    hands.new()
    hands.type("name", "No line")
    branches = hands.view.form.parts["subtypes"].widget
    hands.click(branches.add_button)
    hands.write_name("One house")
    hands.press(Qt.Key.Key_Insert)
    hands.write_name("Whole street")
    hands.click(branches.below_button)
    hands.write_name("North side")
    hands.press(Qt.Key.Key_Insert)
    hands.write_name("South side")
    hands.type("activity_type", "Repair")
    hands.type("due", "48")
    hands.type("priority", "Urgent")
    hands.press(Qt.Key.Key_Tab)  # closes what the field suggests
    hands.press(Qt.Key.Key_Tab)
    hands.save()
    (made,) = hands.backend.execute(list_ticket_types)
    assert (made.activity_type_id, made.due_hours, made.priority) == (office["Repair"], 48, 0)
    assert [(subtype.name, [part.name for part in subtype.parts]) for subtype in made.subtypes] == [
        ("One house", []),
        ("Whole street", ["North side", "South side"]),
    ]
    branches.tree.setCurrentItem(branches.tree.topLevelItem(0))
    hands.qtbot.keyClick(branches.tree, Qt.Key.Key_Delete)
    hands.save()
    assert [subtype.name for subtype in hands.backend.execute(list_ticket_types)[0].subtypes] == ["Whole street"]


def test_another_country_brings_its_time_zone_and_holidays(hands: Hands):
    hands.go("company")
    hands.wait(lambda: hands.view.form.parts["country"].widget.count() > 100)
    hands.type("country", "Italy")
    hands.press(Qt.Key.Key_Tab)  # closes what the field suggests
    hands.press(Qt.Key.Key_Tab)
    assert hands.value("time_zone") == "Europe/Rome"
    hands.save()
    saved = hands.backend.execute(company)
    assert (saved.country, saved.time_zone) == ("IT", "Europe/Rome")


def test_a_row_is_deleted_after_a_question_and_what_is_used_stays(hands: Hands):
    hands.go("sites")
    hands.click(hands.view.form.findChild(QPushButton, "delete"))
    assert hands.names() == ["Haifa"]
    hands.click(hands.view.form.strip.findChild(QPushButton, "confirm"))
    hands.wait(lambda: hands.view.pages.currentWidget() is hands.view.empty)
    assert hands.backend.execute(named.list_sites) == ()


def test_a_name_that_is_taken_is_said_at_its_field(hands: Hands):
    hands.go("sites")
    hands.new()
    hands.type("name", "haifa")
    hands.save()
    assert hands.view.form.fields_with_errors == ["name"]
    assert hands.value("name") == "haifa"


def test_a_conflict_keeps_what_was_typed_and_shows_what_the_other_wrote(hands: Hands, office: dict[str, int]):
    hands.go("sites")
    (seen,) = hands.backend.execute(named.list_sites)
    hands.type("name", "Haifa Bay")
    hands.backend.acting_as(None).execute(named.save_site, "Haifa Port", row_id=seen.id, version=seen.version)
    hands.wait(lambda: hands.names() == ["Haifa Port"])
    assert hands.value("name") == "Haifa Bay"
    hands.save()
    hands.wait(lambda: hands.view.form.fields_with_errors == ["name"])
    assert hands.value("name") == "Haifa Bay"
    assert hands.backend.execute(named.list_sites)[0].name == "Haifa Port"
    hands.wait(lambda: hands.view.keeping.meeting.window is not None)
    asked = hands.view.keeping.meeting.window
    assert asked is not None
    assert (asked.fields, asked.side("name")) == (("name",), MINE)
    asked.save_button.click()
    hands.wait(lambda: hands.names() == ["Haifa Bay"])


def test_members_are_part_of_what_may_conflict(hands: Hands, office: dict[str, int]):
    hands.go("users")
    hands.choose("Ana")
    hands.type("phone", "03-5550100")
    north = next(group for group in hands.backend.execute(list_groups) if group.id == office["North"])
    draft = GroupDraft(north.name, member_ids=())
    hands.backend.acting_as(None).execute(save_group, draft, group_id=north.id, version=north.version)
    hands.press(Qt.Key.Key_S, ctrl=True)
    hands.wait(lambda: not hands.value("groups"))
    assert hands.value("phone") == "03-5550100"
    hands.save()
    hands.wait(lambda: not hands.view.form.is_changed)
    ana = next(user for user in hands.backend.execute(list_users) if user.id == office["Ana"])
    assert (ana.phone, ana.group_ids) == ("03-5550100", ())


def test_a_change_elsewhere_keeps_the_chosen_row(hands: Hands):
    hands.go("sites")
    for name in ("Acre", "Zefat"):
        hands.backend.execute(named.save_site, name)
    hands.wait(lambda: hands.names() == ["Acre", "Haifa", "Zefat"])
    assert hands.view.table.chosen_rows() == [1]
    assert hands.value("name") == "Haifa"


def test_what_was_cancelled_can_be_brought_back(hands: Hands):
    hands.go("sites")
    hands.type("name", "Half a na")
    hands.press(Qt.Key.Key_Escape)
    assert hands.value("name") == "Haifa"
    hands.notices[-1].offer.do()
    assert hands.value("name") == "Half a na"


def test_the_search_finds_by_every_column(hands: Hands):
    hands.go("users")
    hands.window.start_search()
    hands.qtbot.keyClicks(hands.view.search, "admin")
    hands.wait(lambda: hands.names() == ["Dana"])


@pytest.mark.row("R-T21")
def test_windows_of_the_planner_have_their_entries(hands: Hands):
    opened: list[str] = []
    for name in ("hours", "rules", "absences", "enabled_types", "holidays"):
        command = Command(f"planner.{name}", name, context="planner")
        hands.window.desk.commands.add(command, lambda name=name: opened.append(name))
        hands.screen.show_entry(name)
        hands.click(hands.screen.stack.currentWidget().button)
    assert opened == ["hours", "rules", "absences", "enabled_types", "holidays"]


@pytest.mark.row("R-T1")
def test_who_may_not_administer_sees_no_entry_and_is_refused_by_the_service(enter: Enter):
    assert enter("Ana", "agent").window.current_screen is None
    # The role was taken away while the window was open: the service has the last word.
    hands = enter("Ana", "administrator")
    hands.go("sites")
    hands.type("name", "Mine")
    hands.press(Qt.Key.Key_S, ctrl=True)
    hands.wait(lambda: bool(hands.notices))
    assert hands.notices[-1].text.text == "Your role does not allow this."
    assert hands.value("name") == "Mine"
    assert [site.name for site in hands.backend.execute(named.list_sites)] == ["Haifa"]


def test_the_language_changes_under_what_is_typed(hands: Hands):
    hands.go("activity_states")
    hands.type("name", "Half a na")
    hands.window.user_menu.languages["it"].trigger()
    hands.window.user_menu.languages["en"].trigger()
    assert hands.value("name") == "Half a na"
    hands.wait(lambda: hands.view.table.chosen_rows() == [0])


def test_every_permission_has_its_words():
    assert set(_WORDS) == set(Permission)
