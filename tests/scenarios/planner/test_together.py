"""Two people at one plan: what the other does shows at once, and nobody loses anything."""

from dataclasses import replace

import pytest

from app.domain.errors import Refused
from app.models.planner import Absence, Visit
from app.models.tickets import Task
from app.services.planner import placing
from app.services.planner.absences import add_absences
from app.services.planner.visits import visit_card
from tests.kit.planner_robot import PlannerRobot, clock
from ui.tour.hands import wait


@pytest.fixture
def office(planner: PlannerRobot) -> PlannerRobot:
    """Levi and Noa are there; Ana's visit stands at 9; Rossi and Cohen wait."""
    planner.given_technicians("Levi", "Noa")
    planner.given_visits("Ana 9:00")
    planner.given_calls("Rossi", "Cohen")
    planner.open()
    return planner


@pytest.mark.row("R-X1", "R-T41")
def test_what_a_colleague_does_shows_and_keeps_selection_scroll_and_typing(office: PlannerRobot) -> None:
    office.screen.calls.search.setText("Co")
    office.settle()
    office.expect_waiting("Cohen")
    office.choose("Ana")
    selected = office.screen.board.selected()
    ben = office.colleague("Ben")
    placed = ben.execute(
        placing.schedule, office.rows.calls["Rossi"], 1, office.rows.technicians["Noa"], clock("11:00")
    )
    office.expect("Rossi", "Noa 11:00-12:00")
    ben.execute(placing.move, placed.visit.id, placed.visit.version, office.rows.technicians["Levi"], clock("14:00"))
    office.expect("Rossi", "Levi 14:00-15:00")
    assert office.screen.calls.search.text() == "Co"
    assert office.screen.board.selected() == selected
    office.expect_waiting("Cohen")


@pytest.mark.row("R-X1", "U56")
def test_who_drops_second_is_told_who_was_first_and_gets_the_call_back(office: PlannerRobot) -> None:
    office.feed.stop()  # what the colleague did has not come through yet
    office.colleague("Ben").execute(
        placing.schedule, office.rows.calls["Cohen"], 1, office.rows.technicians["Levi"], clock("11:00")
    )
    office.drag("Rossi", onto="11:00")
    office.expect_message("11:00 is taken by Cohen (set by Ben).", "The nearest free time is 12:00")
    office.expect("Rossi", "")
    office.expect_waiting("Rossi")
    office.expect("Cohen", "Levi 11:00-12:00")


@pytest.mark.row("R-X1")
def test_the_same_call_is_scheduled_once(office: PlannerRobot) -> None:
    office.feed.stop()
    office.colleague("Ben").execute(
        placing.schedule, office.rows.calls["Rossi"], 1, office.rows.technicians["Noa"], clock("11:00")
    )
    office.drag("Rossi", onto="15:00")
    office.expect_message("Ben scheduled this call first: it is with Noa", "11:00")
    office.expect("Rossi", "Noa 11:00-12:00")
    office.expect_waiting("Cohen")


@pytest.mark.row("R-X1")
def test_an_undo_that_came_too_late_says_why(office: PlannerRobot) -> None:
    office.drag("Ana", onto="12:00")
    visit = office.visit("Ana")
    assert visit is not None
    office.colleague("Ben").execute(
        placing.move, visit.id, visit.version, office.rows.technicians["Noa"], clock("10:00")
    )
    office.expect("Ana", "Noa 10:00-11:00")
    office.screen.board.setFocus()
    office.press("Ctrl+Z")
    office.expect_message("Ben changed this visit at 07:00: it is now with Noa")
    office.expect("Ana", "Noa 10:00-11:00")
    assert not office.screen.handling.acts.undo.canUndo()


def _write_about(office: PlannerRobot, name: str, notes: str) -> None:
    """Ben mends the words of a visit; his feed is not ours."""
    visit, ben = office.visit(name), office.colleague("Ben")
    assert visit is not None
    card = ben.execute(visit_card, visit.id)
    ben.execute(placing.change, visit.id, card.version, replace(card.draft, notes=notes))


def _kept(office: PlannerRobot, name: str) -> tuple[str, bool]:
    visit = office.visit(name)
    assert visit is not None
    with office.database.reading() as session:
        row = session.get_one(Visit, visit.id)
        return row.notes or "", row.is_active


@pytest.mark.row("R-X1", "F4")
def test_words_a_colleague_wrote_stop_no_drag_and_no_undo(office: PlannerRobot) -> None:
    office.feed.stop()  # this desktop does not know what he wrote
    _write_about(office, "Ana", "Ring twice")
    office.drag("Ana", onto="12:00")
    office.expect("Ana", "Levi 12:00-13:00")
    _write_about(office, "Ana", "Ring three times")
    office.screen.board.setFocus()
    office.press("Ctrl+Z")
    office.expect("Ana", "Levi 9:00-10:00")
    _write_about(office, "Ana", "Ring the whole day")
    office.press("Ctrl+Y")
    office.expect("Ana", "Levi 12:00-13:00")
    assert _kept(office, "Ana") == ("Ring the whole day", True)


@pytest.mark.row("R-X1", "F4")
def test_a_place_a_colleague_gave_it_does_and_says_who_and_when(office: PlannerRobot) -> None:
    office.feed.stop()
    visit = office.visit("Ana")
    assert visit is not None
    office.colleague("Ben").execute(
        placing.move, visit.id, visit.version, office.rows.technicians["Noa"], clock("10:00")
    )
    office.drag("Ana", onto="14:00")
    office.expect_message("Ben changed this visit at 07:00: it is now with Noa", "10:00")
    office.expect("Ana", "Noa 10:00-11:00")


@pytest.mark.row("R-X1", "F4")
def test_a_call_a_colleague_wrote_about_is_scheduled(office: PlannerRobot) -> None:
    office.feed.stop()
    with office.database.transaction() as session:
        session.get_one(Task, office.rows.calls["Rossi"]).title = "Leak in the cellar"
    office.drag("Rossi", onto="11:00")
    office.expect("Rossi", "Levi 11:00-12:00")


@pytest.mark.row("R-T30")
def test_an_absence_of_others_making_greys_the_row_and_flags_the_visit(office: PlannerRobot) -> None:
    office.colleague("Ben").execute(
        add_absences, [office.rows.technicians["Levi"]], clock("8:00"), clock("17:00"), "ill"
    )
    wait(lambda: (visit := office.visit("Ana")) is not None and visit.is_conflicting, "the flag")
    wait(office.screen.tool_row.to_fix.isVisible, "the count of visits to fix")
    assert office.screen.tool_row.to_fix.text() == "1 to fix"
    office.drag("Rossi", onto="11:00")
    office.expect_message("Levi is absent 08:00–17:00: ill")
    office.expect_waiting("Rossi", "Cohen")


def test_a_refresh_does_not_disturb_a_drag(office: PlannerRobot) -> None:
    ben = office.colleague("Ben")

    def meanwhile() -> None:
        with office.database.transaction() as session:
            session.add(
                Absence(user_id=office.rows.technicians["Noa"], starts_at=clock("15:00"), ends_at=clock("16:00"))
            )
        ben.execute(placing.schedule, office.rows.calls["Cohen"], 1, office.rows.technicians["Noa"], clock("11:00"))
        wait(lambda: office.where("Cohen") == "Noa 11:00-12:00", "Cohen on the board while dragging")
        assert office.screen.handling.drag.is_dragging()

    office.drag("Rossi", onto="13:00", hold=meanwhile)
    office.expect("Rossi", "Levi 13:00-14:00")
    with pytest.raises(Refused):
        ben.execute(placing.new_appointment, office.rows.technicians["Noa"], clock("15:00"), clock("16:00"), "x")
