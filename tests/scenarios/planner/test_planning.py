"""A scheduler plans a day with mouse and keyboard in a real window, on both engines."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests.kit.planner_robot import DAY, PlannerRobot
from ui.planner.canvas.drops import Zone
from ui.tour.hands import wait


@pytest.fixture
def office(planner: PlannerRobot) -> PlannerRobot:
    """Levi and Noa are there from 8 to 17; nothing is planned yet."""
    planner.given_technicians("Levi", "Noa")
    return planner


@pytest.mark.row("R-T26", "R-T27", "R-T28", "R-T29", "R-T41")
def test_a_call_is_dragged_up_onto_a_day(office: PlannerRobot) -> None:
    office.given_calls("Rossi", "Cohen")
    office.open()
    office.expect_waiting("Rossi", "Cohen")
    office.drag("Rossi", onto="9:00", technician="Noa")
    office.expect("Rossi", "Noa 9:00-10:00")
    office.expect_waiting("Cohen")
    office.expect_message("Scheduled: Noa", "09:00")


@pytest.mark.row("R-T31", "U56")
def test_a_taken_place_is_refused_in_words(office: PlannerRobot) -> None:
    office.given_visits("Ana 9:00", "Ben 10:00")
    office.open()
    office.drag("Ana", onto="10:00")
    office.expect_message("10:00 is taken by Ben", "Nothing was changed.")
    office.expect("Ana", "Levi 9:00-10:00")


@pytest.mark.row("R-T30", "R-T31", "U57")
def test_grey_is_refused_for_the_whole_length(office: PlannerRobot) -> None:
    office.given_type("Overhaul", 180)
    office.given_technicians("Sami", present="8:00-10:00")
    office.given_calls("Rossi", kind="Overhaul")
    office.open()
    office.drag("Rossi", onto="8:30", technician="Sami")
    office.expect_message("Sami is not there 10:00–11:30")
    office.expect("Rossi", "")
    office.expect_waiting("Rossi")


@pytest.mark.row("R-T28")
def test_ctrl_and_a_drag_down_take_a_visit_off_the_plan(office: PlannerRobot) -> None:
    office.given_visits("Ana 9:00")
    office.open()
    office.drag_down("Ana", ctrl=False)
    office.expect("Ana", "Levi 9:00-10:00")
    office.expect_message("Ana stays on the plan", "Hold Ctrl")
    office.drag_down("Ana", ctrl=True)
    office.expect("Ana", "")
    office.expect_waiting("Ana")
    office.expect_message("Back among the calls to plan.")


@pytest.mark.row("R-T33", "U59", "R-T41")
def test_bars_move_and_are_pulled_longer_and_shorter_at_both_edges(office: PlannerRobot) -> None:
    office.given_visits("Ana 9:00")
    office.open()
    office.drag("Ana", onto="11:00", technician="Noa")
    office.expect("Ana", "Noa 11:00-12:00")
    office.pull("Ana", Zone.END, to="12:30")
    office.expect("Ana", "Noa 11:00-12:30")
    office.pull("Ana", Zone.START, to="10:15")
    office.expect("Ana", "Noa 10:15-12:30")
    office.pull("Ana", Zone.END, to="11:00")
    office.expect("Ana", "Noa 10:15-11:00")
    office.drag("Ana", onto="14:00", technician="Levi")
    office.expect("Ana", "Levi 14:00-14:45")


@pytest.mark.row("R-T28", "R-T33")
def test_undo_and_redo_go_through_everything_that_was_done(office: PlannerRobot) -> None:
    office.given_calls("Rossi")
    office.open()
    office.drag("Rossi", onto="9:00")
    office.drag("Rossi", onto="12:00", technician="Noa")
    office.pull("Rossi", Zone.END, to="14:00")
    office.screen.board.setFocus()
    for where in ("Noa 12:00-13:00", "Levi 9:00-10:00", ""):
        office.press("Ctrl+Z")
        office.expect("Rossi", where)
    office.expect_waiting("Rossi")
    for where in ("Levi 9:00-10:00", "Noa 12:00-13:00", "Noa 12:00-14:00"):
        office.press("Ctrl+Y")
        office.expect("Rossi", where)


@pytest.mark.row("R-T28", "R-T33")
def test_everything_is_done_without_the_mouse(office: PlannerRobot) -> None:
    office.given_calls("Rossi")
    office.open()
    office.choose("Rossi")
    office.press("Enter")
    assert office.screen.handling.keyboard.is_running
    # It begins at the earliest free time of all: Levi at 8.
    office.press("Right", "Right", "Down", "Enter")
    office.expect("Rossi", "Noa 8:30-9:30")
    office.choose("Rossi")
    office.press("Alt+Shift+Right")
    office.expect("Rossi", "Noa 8:45-9:45")
    office.press("Alt+Shift+Up")
    office.expect("Rossi", "Levi 8:45-9:45")
    office.press("Ctrl+Shift+Right")
    office.expect("Rossi", "Levi 8:45-10:00")
    office.press("M", "Ctrl+Right", "Enter")
    office.expect("Rossi", "Levi 9:45-11:00")
    office.press("Del")
    office.expect("Rossi", "")
    office.expect_waiting("Rossi")


def test_escape_gives_a_keyboard_placing_up(office: PlannerRobot) -> None:
    office.given_calls("Rossi")
    office.open()
    office.choose("Rossi")
    office.press("S", "Right", "Esc")
    office.expect_waiting("Rossi")
    assert office.screen.calls.view.hasFocus()


def test_by_keyboard_a_taken_place_is_refused_and_home_finds_the_nearest_free_one(office: PlannerRobot) -> None:
    office.given_visits("Ana 9:00")
    office.given_calls("Rossi")
    office.open()
    office.choose("Rossi")
    office.press("Enter", "Right", "Enter")
    office.expect_message("09:00 is taken by Ana")
    assert office.screen.handling.keyboard.is_running
    office.press("Home", "Enter")
    office.expect("Rossi", "Levi 8:00-9:00")


@pytest.mark.row("R-T32", "U61")
def test_a_right_click_makes_an_appointment(office: PlannerRobot) -> None:
    office.open()
    office.menu_at("Noa", "13:00", "New appointment")
    dialog = office.dialog("AppointmentDialog")
    dialog.title.setText("Team meeting")
    dialog.request_save()
    office.settle()
    office.expect("Team meeting", "Noa 13:00-14:00")
    office.menu_on("Team meeting", "Unschedule")
    office.expect("Team meeting", "")
    office.expect_message("The appointment is taken off the plan.")


@pytest.mark.row("R-T25", "U63")
def test_while_dragging_only_rows_that_could_take_it_stay_clear(office: PlannerRobot) -> None:
    office.given_type("Gas", 60)
    office.given_technicians("Sami")
    office.given_calls("Rossi", kind="Gas")
    office.open()
    seen = []
    office.drag("Rossi", onto="9:00", technician="Levi", hold=lambda: seen.append(office.screen.board.scene.allowed))
    assert seen == [frozenset({office.rows.technicians["Sami"]})]
    office.expect_message("Levi is not enabled for Gas")


@pytest.mark.row("R-T22")
def test_a_call_of_a_site_goes_where_its_technician_is_at_that_site(office: PlannerRobot) -> None:
    office.given_technicians("Sami", present="8:00-12:00", site="North")
    office.given_presence("Sami", "12:00-17:00", site="South")
    office.given_calls("Rossi", site="South")
    office.open()
    office.drag("Rossi", onto="9:00", technician="Sami")
    office.expect_message("Sami is at North at 09:00")
    office.drag("Rossi", onto="13:00", technician="Sami")
    office.expect("Rossi", "Sami 13:00-14:00")


def test_who_may_not_plan_looks_on(office: PlannerRobot) -> None:
    office.given_visits("Ana 9:00")
    office.given_calls("Rossi")
    office.role = "agent"
    office.open()
    office.drag("Ana", onto="11:00")
    office.expect_message("Your role does not allow this")
    office.expect("Ana", "Levi 9:00-10:00")
    office.choose("Rossi")
    office.press("Enter")
    assert not office.screen.handling.keyboard.is_running
    assert not office.screen.tool_row.appointment.isEnabled()


def test_a_visit_is_shown_on_its_day_whichever_groups_were_chosen(office: PlannerRobot) -> None:
    office.given_technicians("Sami")
    office.given_visits("Ana 9:00", technician="Levi")
    office.open(day=DAY + timedelta(3))
    office.screen.groups.list.item(2).setCheckState(Qt.CheckState.Unchecked)
    office.screen.groups.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    office.settle()
    assert office.window is not None
    assert office.window.desk.commands.run("planner.show", 1)
    wait(lambda: office.screen.board.selected() == (1,), "the visit selected")
    assert office.where("Ana") == "Levi 9:00-10:00"
