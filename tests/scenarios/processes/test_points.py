"""An administrator sets points, looks at what they were, and tries them on last month before saving."""

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy.orm import Session

from app.domain.processes.flow import ProcessDraft
from app.services.context import reads
from app.services.points.what_if import what_if
from app.services.processes.flow_saving import save_process
from app.services.processes.profiles import list_profiles
from tests.kit.processes_robot import ProcessesDesk, cells
from ui.kit.bidi import bare


def scored(desk: ProcessesDesk, customer: str, worker: str) -> None:
    """Save what the stage Quote scores, from another desktop."""
    read = desk.kept("Requests")
    give = partial(replace, customer_points=Decimal(customer), worker_points=Decimal(worker))
    stages = tuple(give(each) if each.name == "Quote" else each for each in read.draft.stages)
    desk.elsewhere.execute(save_process, replace(read.draft, stages=stages), read.version)
    desk.settle()


@pytest.mark.row("R-P3", "R-P4", "R-P7", "R-P9", "Q11", "U47")
def test_points_are_set_corrected_under_their_field_and_kept_in_a_history(desk: ProcessesDesk) -> None:
    scored(desk, "5", "2.5")
    desk.choose("Quote")
    form = desk.editor.stage_form.points
    rows = form._rows
    assert not form.may_go_below.isVisible()
    desk.click(form.is_redemption)
    assert rows["customer_points"].has_error
    assert "“Quote”" in desk.editor.findings.text()
    desk.type_into(form.customer_points, "1000000000000")
    assert "1,000,000,000" in form.customer_points.accessibleDescription()
    desk.type_into(form.worker_points, "0.000000001")
    assert rows["worker_points"].has_error
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert desk.said_last().startswith("The points of “Quote” go up to 1,000,000,000.")
    desk.type_into(form.customer_points, "-100.5")
    desk.type_into(form.worker_points, "0")
    desk.click(form.may_go_below)
    desk.click(form.scores_every_time)
    assert not any(row.has_error for row in rows.values())
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    kept = desk.kept("Requests").draft.stages[1]
    assert (kept.customer_points, kept.is_redemption, kept.may_go_below) == (Decimal("-100.5"), True, True)
    assert kept.scores_every_time
    shown = desk.history()
    assert [row[1:] for row in cells(shown.model)] == [
        ["Boss", "−100.5", "0", "Every time", "May go below zero"],
        ["The program", "5", "2.5", "Once per task", ""],
    ]
    # It follows what is saved meanwhile; and where nothing is redeemed, nothing goes below zero by it.
    desk.click(form.is_redemption)
    assert not desk.draft.stages[1].may_go_below
    desk.editor.save()
    desk.settle()
    assert [row[5] for row in cells(shown.model)] == ["", "May go below zero", ""]
    shown.close()


@pytest.mark.row("F10", "R-P8", "U47")
def test_last_month_is_tried_under_what_is_drawn_and_nothing_is_saved(desk: ProcessesDesk) -> None:
    scored(desk, "5", "2.5")
    desk.score_last_month("Quote", 4)
    before = desk.kept("Requests")
    desk.choose("Quote")
    form = desk.editor.stage_form.points
    shown = desk.what_if()
    # The setting is of this month: last month the stage scored nothing.
    assert shown.pages.currentWidget() is shown.nothing
    desk.type_into(form.worker_points, "-1.25")
    desk.qtbot.waitUntil(lambda: bool(shown.model.rows), timeout=60_000)
    assert cells(shown.model) == [["Dana", "0", "−5", "−5", ""]]
    assert [bare(each.text()) for each in (shown.workers, shown.customers)] == ["−5", "20"]
    assert shown.table.isVisible()
    assert shown.model.index(0, 4).data(Qt.ItemDataRole.AccessibleTextRole) == "0 before, −5 after"
    desk.type_into(form.worker_points, "0.00001")
    desk.qtbot.waitUntil(lambda: "at most four decimals" in shown.note.text(), timeout=60_000)
    assert desk.kept("Requests") == before
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_a_long_trial_says_how_far_it_is_and_can_be_stopped(
    desk: ProcessesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    @reads
    def endless(_session: Session, _draft: ProcessDraft, *, progress: Callable[[int, int], object]) -> None:
        while not stop.wait(0.005):
            progress(1, 2)

    monkeypatch.setattr("ui.processes.scoring.what_if.what_if", endless)
    monkeypatch.setattr("ui.processes.scoring.what_if._PATIENCE", 20)
    desk.choose("Quote")
    desk.editor.show_what_if()
    shown = desk.editor._trial
    assert shown is not None
    try:
        desk.qtbot.waitUntil(lambda: shown.busy.isVisible() and "50" in shown.busy._percent.text(), timeout=60_000)
        desk.click(shown.busy._cancel)
        desk.qtbot.waitUntil(lambda: shown.pages.currentWidget() is shown.stopped, timeout=60_000)
        # What is tried anew before the answer came is what is asked at last.
        shown.ask()
        monkeypatch.setattr("ui.processes.scoring.what_if.what_if", what_if)
        shown.ask()
        desk.qtbot.waitUntil(lambda: shown.answer is not None, timeout=60_000)
    finally:
        stop.set()
    assert shown.pages.currentWidget() is shown.nothing
    assert not shown.busy.isVisible()


@pytest.mark.row("R-P16", "U55")
def test_a_profile_says_what_its_holders_see_and_two_quick_ticks_are_both_kept(desk: ProcessesDesk) -> None:
    desk.screen.tabs.setCurrentIndex(1)
    desk.settle()
    page = desk.screen.profiles
    assert not page.points.isVisible()

    def go(name: str) -> None:
        item = page.item_of(name)
        assert item is not None
        page.tree.setCurrentItem(item)

    go("Sales")
    for box in (page.points.own, page.points.ranked):
        desk.click(box)
    desk.settle()
    row = next(each for each in desk.elsewhere.execute(list_profiles, "worker") if each.name == "Sales")
    assert (row.sees_own_points, row.sees_team_points, row.is_ranked) == (True, False, False)
    item = page.tree.currentItem()
    assert item is not None
    assert item.text(3) == "Own, Not ranked"
    assert not page.points.ranked.isChecked()
    assert not desk.said
    go("Customers")
    assert not page.points.isVisible()
