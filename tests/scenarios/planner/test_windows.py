"""The windows behind the plan: what is set in them makes hours white, in a real window on both engines."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services.planner.absences import absence, add_absences, change_absence
from tests.kit.planner_robot import DAY, PlannerRobot, clock
from ui.planner.windows.rules import rule_in_words
from ui.tour.hands import wait


@pytest.fixture
def office(planner: PlannerRobot) -> PlannerRobot:
    """Levi and Noa, who are there on Monday from 8 to 17; Rossi waits."""
    planner.given_technicians("Levi", "Noa")
    planner.given_calls("Rossi")
    planner.open()
    return planner


def open_window(office: PlannerRobot, command: str, name: str) -> Any:
    assert office.window is not None
    assert office.window.desk.commands.run(command)
    window = office.dialog(name)
    office.settle()
    return window


def press(widget: Any, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


@pytest.mark.row("R-T20", "R-T22", "R-T23")
def test_set_hours_then_a_rule_then_generate_makes_a_day_white(office: PlannerRobot) -> None:
    tuesday = DAY + timedelta(1)
    hours = open_window(office, "planner.hours", "HoursWindow")
    hours.table.selectRow(0)
    day = hours.week.days[tuesday.weekday()]
    day.is_on.setChecked(True)
    day.fields[0].set_value(time(9))
    day.fields[1].set_value(time(12))
    hours.set_button.click()
    office.settle()
    assert "Tue 09:00–12:00" in hours.model.index(0, 1).data().replace("\u2068", "").replace("\u2069", "")
    hours.close()

    window = open_window(office, "planner.rules", "RulesWindow")
    window.new_button.click()
    dialog = office.dialog("RuleDialog")
    office.settle()
    dialog.people.set_value([office.rows.technicians["Levi"]])
    dialog.from_day.set_value(tuesday)
    wait(lambda: "Tue 25 Nov 09:00–12:00" in dialog._shown.text(), "the preview of the next days")
    dialog.request_save()
    office.settle()
    window.first.set_value(tuesday)
    window.last.set_value(tuesday)
    window.generate_button.click()
    office.settle()
    assert "1 added, 0 changed" in window._said.text()
    window.generate_button.click()
    office.settle()
    assert "every presence is there already" in window._said.text()
    window.close()

    office.screen.go_to(tuesday)
    wait(lambda: office.screen.plan is not None and office.screen.plan.period.first == tuesday, "Tuesday")
    plan = office.screen.plan
    assert plan is not None
    white = [run for run in plan.technicians[office.rows.technicians["Levi"]].runs if run.is_white]
    assert [(run.start, run.end) for run in white] == [(clock("9:00", tuesday), clock("12:00", tuesday))]


@pytest.mark.row("R-T30", "U58")
def test_an_absence_is_added_and_taken_away(office: PlannerRobot) -> None:
    window = open_window(office, "planner.absences", "AbsencesWindow")
    window.since.set_value(DAY)
    window.new_button.click()
    dialog = office.dialog("AbsenceDialog")
    office.settle()
    dialog.people.set_value([office.rows.technicians["Levi"]])
    dialog.first.set_value(DAY)
    dialog.last.set_value(DAY)
    dialog.reason.setText("ill")
    dialog.request_save()
    office.settle()
    assert window.model.rowCount() == 1
    office.drag("Rossi", onto="9:00")
    office.expect_message("Levi is absent", "ill")
    window.table.selectRow(0)
    window.remove_button.click()
    office.settle()
    assert window.model.rowCount() == 0
    wait(lambda: _is_white(office, "Levi"), "Levi white again")
    office.drag("Rossi", onto="9:00")
    office.expect("Rossi", "Levi 9:00-10:00")


def _is_white(office: PlannerRobot, name: str) -> bool:
    plan = office.screen.plan
    return plan is not None and all(run.is_white for run in plan.technicians[office.rows.technicians[name]].runs)


@pytest.mark.row("R-T21")
def test_a_type_is_ticked_and_unticked_by_keyboard(office: PlannerRobot) -> None:
    window = open_window(office, "planner.enabled_types", "EnabledTypesWindow")
    names = [name for _holder, name in window.model.holders]
    line = names.index("Levi")
    window.table.setCurrentIndex(window.model.index(line, 1))
    press(window.table, Qt.Key.Key_Space)
    office.settle()
    assert window.model.index(line, 1).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    wait(lambda: not office.screen.plan.technicians[office.rows.technicians["Levi"]].enabled, "the board to know it")
    office.drag("Rossi", onto="9:00")
    office.expect_message("Levi is not enabled for Repair")
    # The group gives it back to both of its members.
    window.table.setCurrentIndex(window.model.index(names.index("Group of Levi"), 1))
    press(window.table, Qt.Key.Key_Space)
    office.settle()
    assert window.model.index(line, 1).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.PartiallyChecked
    wait(lambda: office.screen.plan.technicians[office.rows.technicians["Levi"]].enabled, "the board to know it")
    office.drag("Rossi", onto="9:00")
    office.expect("Rossi", "Levi 9:00-10:00")


@pytest.mark.row("R-T30")
def test_public_holidays_are_added_and_grey_the_board(office: PlannerRobot) -> None:
    window = open_window(office, "planner.holidays", "HolidaysWindow")
    window.year.setValue(2031)
    window.fill_button.click()
    office.settle()
    assert window.model.rowCount() >= 8
    eve = date(2031, 9, 27)  # Yom Kippur
    office.screen.go_to(eve)
    wait(lambda: office.screen.plan is not None and office.screen.plan.period.first == eve, "the day")
    assert office.screen.plan is not None
    labels = {run.label for row in office.screen.plan.technicians.values() for run in row.runs}
    assert labels == {"Yom Kippur"}


def test_visits_to_fix_are_listed_and_lead_to_their_day(office: PlannerRobot) -> None:
    office.drag("Rossi", onto="9:00")
    levi = office.rows.technicians["Levi"]
    office.colleague("Ben").execute(add_absences, [levi], clock("8:00"), clock("17:00"), "ill")
    office.screen.go_to(DAY + timedelta(3))
    wait(office.screen.tool_row.to_fix.isVisible, "the count of visits to fix")
    office.screen.tool_row.to_fix.click()
    menu = office.menu()
    assert "Rossi" in menu.actions()[0].text()
    menu.actions()[0].trigger()
    menu.close()
    wait(lambda: office.screen.board.selected() and office.screen.board.period.first == DAY, "the visit selected")
    assert office.visit("Rossi") is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=DAILY", "Every day"),
        ("FREQ=DAILY;INTERVAL=3", "Every 3 days"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,MO", "Every 2 weeks: Mon, Tue"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on its last day"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1SU", "Every 3 months on the first Sun"),
        ("FREQ=YEARLY;BYMONTH=5", "FREQ=YEARLY;BYMONTH=5"),
    ],
)
def test_a_rule_is_said_in_words(text: str, words: str) -> None:
    assert rule_in_words(text, DAY) == words


@pytest.mark.row("F4")
def test_two_people_change_one_absence(office: PlannerRobot) -> None:
    ben = office.colleague("Ben")
    (number,) = ben.execute(add_absences, [office.rows.technicians["Levi"]], clock("9:00"), clock("10:00"), "ill")
    window = open_window(office, "planner.absences", "AbsencesWindow")
    window.since.set_value(DAY)
    wait(lambda: window.model.rowCount() == 1, "the absence")
    window.table.selectRow(0)
    window.change_button.click()
    dialog = office.dialog("AbsenceDialog")
    office.settle()
    dialog.reason.setText("dentist")
    ben.execute(change_absence, number, 1, clock("9:00"), clock("12:00"), "ill")
    dialog.request_save()
    wait(lambda: not dialog.isVisible(), "the form closed")
    kept = ben.execute(absence, number)
    assert (kept.ends_at, kept.reason) == (clock("12:00"), "dentist")
