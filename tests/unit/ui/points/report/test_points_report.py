"""The task points summary in the window: rows, sums, and the line of what all of them come to."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from sqlalchemy import update

from app.domain.people import ROLES
from app.domain.points.asked import Asked, Slice
from app.models.processes import Process
from app.services.points import report
from tests.kit.points_office import NOON, PointsOffice
from tests.kit.points_robot import PointsDesk
from ui.kit.bidi import bare
from ui.points.rows.pane import REVERSE
from ui.tickets.tasks.update import UpdateWindow

_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the database answers is tried with its services, on both."""


@pytest.fixture
def office(database):
    return PointsOffice(database)


@pytest.fixture
def desk(office, tmp_path, qtbot):
    made = PointsDesk(office, tmp_path, qtbot)
    yield made
    made.close()


def fill(office):
    """Two months of three workers."""
    mario, levi, _nameless = office.customers
    won, visit = office.sale["Won"], office.club["Visit"]
    office.scored(office.dana, mario, won, NOON - timedelta(days=40), "1000", "7")
    office.scored(office.dana, mario, won, NOON - timedelta(days=3), "12.5", "2", "Signed <b>today</b>")
    office.scored(office.avi, levi, visit, NOON - timedelta(days=2), "-4.0001", "0.5")
    office.scored(office.noa, levi, won, NOON, "0", "-3")


@pytest.mark.row("R-P12")
@pytest.mark.row("R-P13")
@pytest.mark.row("U50")
def test_this_month_stands_under_activities_in_ten_columns(desk, office):
    fill(office)
    sections = [desk.reports.sections.item(row).text() for row in range(desk.reports.sections.count())]
    assert sections[-2:] == ["Activities", "Task points summary"]
    page = desk.open_report()
    assert desk.rows(page) == [
        ["", "Levi", "", "Sale", "Won", "23/11/2026", "Noa", "", "0", "−3"],
        ["", "Levi", "", "Club", "Visit", "21/11/2026", "Avi", "", "−4.0001", "0.5"],
        ["Mario", "De Rossi", "", "Sale", "Won", "20/11/2026", "Dana", "Signed <b>today</b>", "12.5", "2"],
    ]
    assert desk.totals(page) == ["3 rows", "Customers' points: 8.4999", "Workers' points: −0.5"]


@_ONE_ENGINE
@pytest.mark.row("R-P14")
@pytest.mark.row("U42")
def test_every_filter_and_every_slice_comes_to_the_line_below(desk, office):
    fill(office)
    page = desk.open_report()
    filters = page.filters
    desk.pick(filters.period, "All the time")
    assert desk.totals(page)[0] == "4 rows"
    for picker, text, count in (
        (filters.worker, "Dana", 2),
        (filters.worker, "All workers", 4),
        (filters.group, "North", 3),
        (filters.group, "All groups", 4),
        (filters.process, "Sale", 3),
        (filters.stage, "Won", 3),
        (filters.process, "All processes", 4),
        (filters.kind, "Reversals", 0),
        (filters.kind, "All rows", 4),
    ):
        desk.pick(picker, text)
        model = page.rows.model
        assert (model.rowCount(), page.totals.totals.rows) == (count, count), text
        assert page.totals.totals.worker_points == sum((row.worker_points for row in model.rows), Decimal(0))
        assert page.totals.totals.customer_points == sum((row.customer_points for row in model.rows), Decimal(0))
    for by, first in (
        (Slice.WORKER, ("Dana", "2", "1,012.5", "9")),
        (Slice.CUSTOMER, ("Mario  De Rossi", "2", "1,012.5", "9")),
        (Slice.PROCESS, ("Club", "1", "−4.0001", "0.5")),
        (Slice.STAGE, ("Visit (Club)", "1", "−4.0001", "0.5")),
        (Slice.MONTH, ("November 2026", "3", "8.4999", "−0.5")),
        (Slice.GROUP, ("North", "3", "1,008.4999", "9.5")),
    ):
        page.show_by(by)
        desk.settle()
        assert tuple(map(str, desk.sums(page)[0])) == first
        assert desk.totals(page) == ["4 rows", "Customers' points: 1,008.4999", "Workers' points: 6.5"]
        # Of groups Dana is in two and Noa in none.
        assert page.totals.note.isVisible() is (by is Slice.GROUP)
    page.show_by(Slice.WORKER)
    for column, names in ((0, ["Avi", "Dana", "Noa"]), (0, ["Noa", "Dana", "Avi"]), (1, ["Dana", "Avi", "Noa"])):
        page.slices.table.horizontalHeader().sectionClicked.emit(column)
        desk.settle()
        assert [row[0] for row in desk.sums(page)] == names
    page.slices.table.opened.emit(page.slices.model.index(0, 0))
    desk.settle()
    assert (page.by, filters.asked, page.rows.model.rowCount()) == (None, Asked(worker_id=office.dana.id), 2)
    filters.clear_button.click()
    desk.settle()
    assert filters.asked == Asked(date(2026, 11, 1), date(2026, 11, 30))
    page.show_by(Slice.MONTH)
    desk.settle()
    desk.pick(filters.period, "All the time")
    page.slices.table.opened.emit(page.slices.model.index(1, 0))
    desk.settle()
    assert filters.asked == Asked(date(2026, 10, 1), date(2026, 10, 31))
    assert desk.totals(page)[0] == "1 row"


@_ONE_ENGINE
@pytest.mark.row("R-P14")
def test_the_rows_behind_a_sum_are_those_it_was_made_of(desk, office):
    fill(office)
    page = desk.open_report()
    filters = page.filters
    # Of October and November only some days were asked for, by hand.
    desk.pick(filters.period, "All the time")
    desk.pick(filters.period, "From")
    filters.first.set_value(date(2026, 10, 10))
    filters.last.set_value(date(2026, 11, 21))
    desk.settle()
    assert desk.totals(page)[0] == "3 rows"
    page.show_by(Slice.MONTH)
    desk.settle()
    page.slices.table.opened.emit(page.slices.model.index(0, 0))
    desk.settle()
    assert filters.asked == Asked(date(2026, 11, 1), date(2026, 11, 21))
    assert (filters.first.value(), filters.last.value()) == (date(2026, 11, 1), date(2026, 11, 21))
    assert desk.totals(page)[0] == "2 rows"
    # Rows bear the name their process had; its stages are those of the process as it is called now.
    with office.database.transaction() as session:
        session.execute(update(Process).where(Process.name == "Sale").values(name="Selling"))
    desk.pick(filters.period, "All the time")
    page.refresh()
    desk.settle()
    for by, place in ((Slice.PROCESS, 1), (Slice.STAGE, 0)):
        page.show_by(by)
        desk.settle()
        page.slices.table.opened.emit(page.slices.model.index(place, 0))
        desk.settle()
    assert filters.asked == Asked(process="Sale", stage_id=office.sale["Won"].id)
    assert "Won" in filters.stage.currentText()
    assert desk.totals(page)[0] == "3 rows"


@_ONE_ENGINE
@pytest.mark.row("U51")
def test_a_row_is_reversed_explained_and_followed_while_others_work(desk, office):
    fill(office)
    page = desk.open_report()
    pane = page.rows
    pane.table.selectRow(2)
    menu = pane.show_menu(QPoint(0, 0))
    assert [action.isEnabled() for action in menu.actions()] == [True, True, True, True]
    menu.close()
    pane.why()
    desk.settle()
    assert "Won" in pane.window_open.sentences.text()
    pane.window_open.accept()
    pane.reverse()
    pane.window_open.reason.setPlainText("Twice")
    pane.window_open.request_save()
    desk.followed(page, 4)
    assert desk.rows(page)[0][3:] == ["Sale", "Won", "23/11/2026", "Dana", "Twice", "−12.5", "−2"]
    assert desk.totals(page) == ["4 rows", "Customers' points: −4.0001", "Workers' points: −2.5"]
    # Neither the reversal nor what it took back can be taken back.
    reverse = desk.window.desk.commands.action(REVERSE.id)
    for number, is_possible in ((0, False), (1, True), (3, False)):
        pane.table.selectRow(number)
        assert reverse.isEnabled() is is_possible
    # Meanwhile somebody else scores, which this desktop hears of.
    office.scored(office.avi, office.customers[0], office.club["Visit"], NOON, "3", "4")
    entry = office.sees.execute(report.page, Asked(), limit=1).rows[0].id
    desk.bridge.rows_changed.emit("points_entries", frozenset({entry}))
    desk.followed(page, 5)
    assert desk.totals(page) == ["5 rows", "Customers' points: −1.0001", "Workers' points: 1.5"]
    QTest.keyClick(pane.table, Qt.Key.Key_Return)
    desk.settle()
    (opened,) = [each for each in desk.window.findChildren(UpdateWindow) if each.isVisible()]
    opened.reject()
    pane.table.selectRow(0)
    assert reverse.isEnabled()
    assert page.filters.said() == ""
    desk.pick(page.filters.kind, "Redemptions")
    assert not reverse.isEnabled()
    assert bare(page.filters.said()) == "Kind: Redemptions", "told in a file of pages"


@_ONE_ENGINE
@pytest.mark.parametrize("role", ["agent", "technician", "read_only"])
def test_who_may_not_see_points_has_no_such_report(office, tmp_path, qtbot, role):
    desk = PointsDesk(office, tmp_path, qtbot, frozenset(ROLES[role]))
    sections = desk.reports.sections
    assert "Activities" not in [sections.item(row).text() for row in range(sections.count())]
    desk.close()


@_ONE_ENGINE
@pytest.mark.row("U43")
def test_a_month_is_the_companys_month(office, tmp_path, qtbot):
    # By the clock of Jerusalem it is December already.
    office.scored(office.dana, None, office.sale["Won"], datetime(2026, 11, 30, 21, 59, tzinfo=UTC), "0", "1")
    office.scored(office.dana, None, office.sale["Won"], datetime(2026, 11, 30, 22, 1, tzinfo=UTC), "0", "2")
    desk = PointsDesk(office, tmp_path, qtbot)
    desk.backend._clock = lambda: datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    page = desk.open_report()
    assert page.filters.asked == Asked(date(2026, 12, 1), date(2026, 12, 31))
    assert desk.totals(page) == ["1 row", "Customers' points: 0", "Workers' points: 2"]
    desk.pick(page.filters.period, "Last month")
    assert desk.totals(page) == ["1 row", "Customers' points: 0", "Workers' points: 1"]
    # It is looked at until the next month begins.
    desk.backend._clock = lambda: datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)
    page.refresh()
    desk.settle()
    desk.backend._clock = lambda: datetime(2026, 12, 31, 22, 0, 1, tzinfo=UTC)
    # Qt may be late by a twentieth.
    assert 0 < page._midnight.remainingTime() <= 2100
    page._midnight.timeout.emit()
    desk.settle()
    assert page.filters.asked == Asked(date(2026, 12, 1), date(2026, 12, 31))
    desk.close()


@_ONE_ENGINE
def test_what_is_shown_goes_to_a_file_whole(desk, office, tmp_path, monkeypatch):
    fill(office)
    page = desk.open_report()
    path = tmp_path / "points.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), "CSV (*.csv)"))
    for by, first, workers in (
        (None, "First name", "-0.5"),
        (Slice.PROCESS, "Process", "-0.5"),
        (Slice.GROUP, "Group", "1.5"),
    ):
        page.show_by(by)
        page.export_button.click()
        assert not page.export_button.isEnabled()
        desk.qtbot.waitUntil(page.export_button.isEnabled, timeout=60_000)
        with path.open(encoding="utf-8-sig", newline="") as file:
            heads, *lines = csv.reader(file)
        assert heads[0] == first
        # What begins with a minus and is a number is one, not a formula.
        assert sum(Decimal(line[-1]) for line in lines) == Decimal(workers), by
