"""An administrator draws processes with keys and mouse; what others do meanwhile does no harm."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.backend import Backend
from app.bus import Bus
from app.models.tickets import Task
from app.services.processes.flow_saving import delete_process, save_process
from app.services.processes.flows import list_processes
from app.services.processes.profiles import list_profiles, set_user_profiles
from tests.kit.factory import at
from tests.kit.processes_robot import ProcessesDesk
from ui.kit.commands import Command
from ui.processes import drafting
from ui.processes.profile_dialog import ProfileDialog
from ui.widgets.merge.window import THEIRS

ALT = Qt.KeyboardModifier.AltModifier


@pytest.mark.row("R-F1", "R-F2", "R-F20", "R-F21")
def test_a_process_is_drawn_from_nothing_and_kept(bare_desk: ProcessesDesk) -> None:
    desk = bare_desk
    assert desk.screen.pages.currentWidget() is desk.screen.empty
    desk.click(desk.screen.empty.button)
    desk.write("Requests")
    assert (desk.names(), desk.leads()) == (["Intake", "Done"], {"Intake": ["Done"], "Done": []})
    desk.choose("Intake")
    desk.press(Qt.Key.Key_Insert)
    desk.write("Quote")
    form = desk.editor.stage_form
    desk.pick(form.profile, "sales")
    form.due.number.setFocus()
    form.due.unit.setCurrentIndex(1)
    form.due.number.selectAll()
    QTest.keyClicks(form.due.number, "2")
    form.points.customer_points.setFocus()
    desk.write("1.25")
    desk.choose("Intake")
    desk.tick(form.next, "Done")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    kept = desk.kept("Requests").draft
    start, quote, done = kept.stages
    assert (start.is_intake, done.is_final, start.next, quote.next) == (True, True, (quote.key,), (done.key,))
    assert (quote.profile_id, quote.due_hours, quote.customer_points) == (desk.shop.sales, 48, Decimal("1.25"))
    assert desk.listed() == ["Requests"]
    assert not desk.editor.save_button.isEnabled()
    # What was saved goes on being drawn under its id.
    assert desk.editor.stage == start
    desk.press(Qt.Key.Key_Insert)
    desk.write("Check")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert [stage.name for stage in desk.kept("Requests").draft.stages] == ["Intake", "Check", "Quote", "Done"]
    assert [stage.key for stage in desk.draft.stages] == [stage.key for stage in desk.kept("Requests").draft.stages]


def test_a_loop_without_a_way_out_is_named_and_not_saved(desk: ProcessesDesk) -> None:
    before = desk.kept("Requests")
    desk.choose("Delivery")
    form = desk.editor.stage_form
    desk.tick(form.next, "Done")
    assert desk.editor.findings.isHidden() is False
    for name, gone in (("Order", "Done"), ("Enquiry", "Done")):
        desk.choose(name)
        desk.tick(form.next, gone)
    said = desk.editor.findings.text()
    assert "There is no way out of" in said
    assert "“Enquiry”" in said
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert "There is no way out of" in desk.said[-1].words()
    assert desk.kept("Requests") == before
    desk.choose("Order")
    desk.tick(form.next, "Done")
    assert "way out" not in desk.editor.findings.text()
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert desk.kept("Requests").version == before.version + 1


def test_a_stage_that_tasks_stand_on_stays(desk: ProcessesDesk) -> None:
    def stand(name: str) -> None:
        key = next(stage.key for stage in desk.kept("Requests").draft.stages if stage.name == name)
        with desk.database.transaction() as session:
            session.add_all(Task(stage_id=key, user_id=desk.shop.dana, opened_at=at(0)) for _number in range(3))

    stand("Quote")
    desk.screen.refresh()
    desk.settle()
    desk.choose("Quote")
    desk.press(Qt.Key.Key_Delete)
    assert desk.said[-1].words().startswith("3 tasks stand on “Quote”.")
    assert "Quote" in desk.names()
    # Whoever was quicker: the database's word counts, and the drawing stays.
    desk.choose("Order")
    desk.press(Qt.Key.Key_Delete)
    assert desk.names() == ["Enquiry", "Quote", "Delivery", "Done"]
    stand("Order")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert "3 tasks stand on “Order”." in desk.said[-1].words()
    assert [stage.name for stage in desk.kept("Requests").draft.stages][2] == "Order"
    assert desk.names() == ["Enquiry", "Quote", "Delivery", "Done"]
    desk.ctrl(Qt.Key.Key_Z)
    assert "Order" in desk.names()


def test_what_somebody_else_saves_never_takes_what_is_drawn(desk: ProcessesDesk) -> None:
    read = desk.kept("Requests")
    desk.choose("Quote")
    desk.press(Qt.Key.Key_Return)
    desk.write("Offer")
    theirs = drafting.change_stage(read.draft, read.draft.stages[1].key, name="Estimate", due_hours=5)
    desk.elsewhere.execute(save_process, replace(theirs, description="Theirs"), read.version)
    desk.settle()
    # What nobody touched here follows; the name, which both changed, waits for the choice.
    assert (desk.names()[1], desk.draft.description, desk.draft.stages[1].due_hours) == ("Offer", "Theirs", 5)
    assert desk.editor.meeting.line.isVisible()
    desk.click(desk.editor.meeting.line.take_theirs)
    assert (desk.names()[1], desk.draft.description) == ("Estimate", "Theirs")
    # Changes of other parts come together by themselves.
    desk.choose("Estimate")
    desk.press(Qt.Key.Key_Return)
    desk.write("Offer")
    read = desk.kept("Requests")
    desk.elsewhere.execute(save_process, replace(read.draft, description="More"), read.version)
    desk.settle()
    assert (desk.names()[1], desk.draft.description) == ("Offer", "More")


@pytest.mark.row("F4")
def test_stages_of_two_people_are_saved_together_and_the_same_one_is_asked_about(desk: ProcessesDesk) -> None:
    unheard = Backend(desk.database, Bus(), desk.window.desk.person.id)
    read = desk.kept("Requests")
    desk.choose("Quote")
    desk.press(Qt.Key.Key_Return)
    desk.write("Offer")
    added, _key = drafting.add_stage(read.draft, read.draft.stages[2].key, "Purchase")
    added = drafting.change_stage(added, read.draft.stages[1].key, due_hours=5)
    unheard.execute(save_process, added, read.version)
    desk.click(desk.editor.save_button)
    desk.settle()
    kept = desk.kept("Requests")
    assert [stage.name for stage in kept.draft.stages] == ["Enquiry", "Offer", "Order", "Purchase", "Delivery", "Done"]
    assert kept.draft.stages[1].due_hours == 5
    assert desk.draft == kept.draft
    assert any("Both changes are saved." in notice.words() for notice in desk.said)
    # The same stage by two: one takes it out, the other works on it.
    desk.choose("Purchase")
    desk.press(Qt.Key.Key_Delete)
    key = kept.draft.stages[3].key
    unheard.execute(save_process, drafting.change_stage(kept.draft, key, name="Buying"), kept.version)
    desk.click(desk.editor.save_button)
    meeting = desk.editor.meeting.meeting
    desk.qtbot.waitUntil(lambda: meeting.window is not None, timeout=60_000)
    window = meeting.window
    assert window is not None
    assert window.fields == (f"stage.{key}",)
    window.choose(f"stage.{key}", THEIRS)
    window.save_button.click()
    desk.settle()
    assert "Buying" in [stage.name for stage in desk.kept("Requests").draft.stages]
    assert not desk.editor.save_button.isEnabled()


def test_what_is_drawn_waits_while_another_process_is_looked_at(desk: ProcessesDesk) -> None:
    other = desk.draw(replace(desk.kept("Requests").draft, name="Goods", id=None, stages=tuple(
        replace(each, key=-each.key, next=tuple(-key for key in each.next)) for each in desk.draft.stages
    )))  # fmt: skip
    desk.settle()
    desk.choose("Quote")
    desk.press(Qt.Key.Key_Delete)
    assert desk.listed() == ["Goods", "• Requests"]
    assert desk.window.desk.commands.run("processes.open", other)
    desk.settle()
    assert desk.names() == ["Enquiry", "Quote", "Order", "Delivery", "Done"]
    desk.screen.list.setFocus()
    desk.press(Qt.Key.Key_Down)
    desk.settle()
    assert desk.names() == ["Enquiry", "Order", "Delivery", "Done"]
    desk.press(Qt.Key.Key_Escape)
    assert desk.listed() == ["Goods", "Requests"]
    assert "Quote" in desk.names()
    row = next(row for row in desk.elsewhere.execute(list_processes) if row.name == "Requests")
    desk.elsewhere.execute(delete_process, row.id, row.version)
    desk.settle()
    assert desk.listed() == ["Goods"]


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_drawing_is_walked_by_the_arrow_keys_as_one_sees_it(desk: ProcessesDesk, language: str) -> None:
    desk.preferences.speak(language)
    onward, back = Qt.Key.Key_Right, Qt.Key.Key_Left
    if language == "he":
        onward, back = back, onward
    desk.choose("Enquiry")
    walked = []
    for key in (onward, onward, onward, onward, back):
        desk.press(key)
        assert desk.editor.stage is not None
        walked.append(desk.editor.stage.name)
    assert walked == ["Quote", "Order", "Delivery", "Done", "Delivery"]
    box = desk.box("Delivery")
    assert QApplication.focusWidget() is box
    assert box.accessibleName().startswith("Delivery")
    places = [desk.box(name).geometry().center().x() for name in ("Enquiry", "Quote", "Order", "Delivery", "Done")]
    assert places == sorted(places, reverse=language == "he")
    desk.press(Qt.Key.Key_Up, ALT)
    assert desk.names() == ["Enquiry", "Quote", "Delivery", "Order", "Done"]
    desk.press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is desk.editor.stage_form.name


@pytest.mark.row("R-F1", "R-F2")
def test_a_warning_stands_until_somebody_holds_the_profile(desk: ProcessesDesk) -> None:
    said = "Nobody holds the profile “Customer service”. Tasks of “Enquiry” go to the administrator."
    assert said in desk.editor.findings.text()
    desk.elsewhere.execute(set_user_profiles, desk.shop.boss, [desk.shop.service])
    desk.settle()
    assert said not in desk.editor.findings.text()
    desk.choose("Delivery")
    desk.click(desk.editor.stage_form.new_profile)
    dialog = desk.editor.findChild(ProfileDialog)
    assert isinstance(dialog, ProfileDialog)
    QTest.keyClicks(dialog.name, "Driver")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    desk.settle()
    assert desk.editor.stage is not None
    made = next(row for row in desk.elsewhere.execute(list_profiles, "worker") if row.name == "Driver")
    assert desk.editor.stage.profile_id == made.id
    assert (
        desk.editor.findings.text() == "Nobody holds the profile “Driver”. Tasks of “Delivery” go to the administrator."
    )


def test_points_that_are_no_number_keep_the_process_from_being_saved(desk: ProcessesDesk) -> None:
    desk.choose("Quote")
    field = desk.editor.stage_form.points.worker_points
    field.setFocus()
    desk.write("2.5")
    desk.write("2.5x")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert desk.kept("Requests").draft.stages[1].worker_points == 0
    assert QApplication.focusWidget() is field
    desk.write("2.12345")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert "at most four decimals" in desk.said[-1].words()
    desk.write("-2.1234")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert desk.kept("Requests").draft.stages[1].worker_points == Decimal("-2.1234")


def test_the_rehearsal_gets_what_is_drawn(desk: ProcessesDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.processes.screen.RUN_REHEARSAL", "test.rehearse")
    desk.window.desk.commands.refresh()
    assert desk.screen.rehearse_button.isHidden()
    tried: list[object] = []
    rehearsal = Command("test.rehearse", "Rehearse", in_palette=False)
    desk.window.desk.commands.add(rehearsal, tried.append)
    desk.choose("Quote")
    desk.press(Qt.Key.Key_Delete)
    desk.click(desk.screen.rehearse_button)
    assert tried == [desk.draft]
    assert "Quote" not in desk.names()


def test_a_process_is_deleted_after_a_question(desk: ProcessesDesk) -> None:
    form = desk.editor.process_form
    desk.click(form.delete_button)
    assert form.question.isVisible()
    desk.press(Qt.Key.Key_Space)
    assert desk.listed() == ["Requests"]
    desk.click(form.delete_button)
    desk.click(form.confirm)
    desk.settle()
    assert not desk.elsewhere.execute(list_processes)
    assert desk.screen.pages.currentWidget() is desk.screen.empty


@pytest.mark.row("R-F1")
def test_the_profile_catalogue_is_kept_by_hand(desk: ProcessesDesk) -> None:
    page = desk.screen.profiles
    desk.screen.tabs.setCurrentWidget(page)
    desk.settle()
    section = page.item_of("Suppliers")
    assert section is not None
    page.tree.setCurrentItem(section)
    desk.press(Qt.Key.Key_N, ALT)
    desk.write("Parts")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert [(row.main, row.name) for row in desk.elsewhere.execute(list_profiles, "supplier")] == [
        ("supplier", "Parts")
    ]
    assert page.row is not None
    assert page.row.name == "Parts"
    desk.press(Qt.Key.Key_F2)
    desk.write("Spare parts")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.item_of("Spare parts") is not None
    desk.press(Qt.Key.Key_Delete)
    assert page.question.isVisible()
    desk.click(page.confirm)
    desk.settle()
    assert not desk.elsewhere.execute(list_profiles, "supplier")
    # One that stages name stays and says which; a name that is taken comes back as it was.
    sales = page.item_of("Sales")
    assert sales is not None
    assert sales.text(1).strip("\u2068\u2069") == "Dana"
    page.tree.setCurrentItem(sales)
    desk.press(Qt.Key.Key_Delete)
    desk.click(page.confirm)
    desk.settle()
    assert "Stages use “Sales”: Requests: Quote, Requests: Order." in desk.said[-1].words()
    desk.press(Qt.Key.Key_F2)
    desk.write("customer SERVICE")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.item_of("Sales") is not None
    assert "is there already" in desk.said[-1].words()
