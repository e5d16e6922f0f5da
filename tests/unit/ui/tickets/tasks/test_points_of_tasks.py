from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.models.processes import Stage
from app.services.points.of_customer import rows
from app.services.points.reversing import reverse
from app.services.tickets.why import why
from tests.kit.points_factory import add_setting
from tests.kit.tasks_robot import TasksDesk
from ui.kit.bidi import bare
from ui.tickets.tasks.update import UpdateWindow
from ui.tickets.tasks.why import WhyWindow


def scores(desk: TasksDesk, name: str, customer: str, worker: str = "0", **values: bool) -> None:
    with desk.database.transaction() as session:
        add_setting(session, session.get_one(Stage, desk.office.way.stages[name]), customer, worker, **values)


def opened(desk: TasksDesk, task_id: int) -> UpdateWindow:
    desk.window.desk.commands.run("tasks.open", task_id)
    desk.settle()
    window = desk.window_of(UpdateWindow)
    window.activateWindow()
    return window


@pytest.mark.row("R-P6")
@pytest.mark.row("F2")
def test_a_task_shows_its_sums_and_what_each_step_scored_and_why(desk: TasksDesk):
    scores(desk, "Intake", "4", "1.5")
    scores(desk, "Quote", "-1")
    task_id = desk.hand("Pump")
    desk.move(task_id, stage_id=desk.office.way.stages["Quote"], is_automatic=True)
    window = opened(desk, task_id)
    # What Avi was paid for it is not for a colleague to see.
    assert bare(window.details.points.text()) == "Customer 3"
    model = window.history.model
    assert [bare(model.index(row, 4).data()) for row in range(2)] == ["Customer −1, worker 0", "Customer 4"]
    first = desk.backend.execute(rows, desk.office.rossi).rows[-1]
    desk.backend.acting_as(desk.office.admin).execute(reverse, first.id, "By mistake")
    desk.settle()
    assert bare(window.details.points.text()) == "Customer −1"
    assert bare(model.index(1, 4).data()) == "Customer 4 (reversed)"
    window.tabs.setCurrentWidget(window.history)
    window.history.view.setFocus()
    window.history.view.selectRow(1)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    told = bare(desk.window_of(WhyWindow).scored.sentences.text())
    assert "Points of the worker" not in told
    of_boss = desk.backend.acting_as(desk.office.admin).execute(why, task_id)
    assert [row.worker_points for row in of_boss] == [0, Decimal("1.5")]
    assert "Reason: By mistake" in told


@pytest.mark.row("Q11")
@pytest.mark.row("R-P9")
def test_an_advance_the_balance_does_not_hold_is_refused_and_nothing_typed_is_lost(desk: TasksDesk):
    scores(desk, "Intake", "60")
    scores(desk, "Quote", "-100", redeems=True)
    task_id = desk.hand("Pump")
    window = opened(desk, task_id)
    desk.press(Qt.Key.Key_Down)
    assert bare(window.advance.goals.currentItem().text()) == "Quote (the customer spends 100)"
    window.advance.note.setPlainText("Wants the cup")
    window.advance.worked.set_value(25)
    desk.ctrl(Qt.Key.Key_Return)
    desk.settle()
    assert window.isVisible()
    assert "The customer has 60 points, and 100 are needed." in window._wrong.text()
    assert (window.advance.note.toPlainText(), window.advance.worked.value()) == ("Wants the cup", 25)
    assert desk.offer(task_id).task.stage == "Intake"
    assert len(desk.backend.execute(why, task_id)) == 1
    window.advance.goals.setCurrentRow(0)
    desk.ctrl(Qt.Key.Key_Return)
    desk.settle()
    assert desk.backend.execute(why, task_id)[0].note == "Wants the cup"
