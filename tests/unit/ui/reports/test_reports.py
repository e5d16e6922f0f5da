"""The reports: bars that lead to their tickets, and one's own hours."""

import time
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.people import Permission
from app.domain.spreadsheet import csv_text
from app.domain.tickets.hours import HoursDraft
from app.models.tickets import Product, Project, Ticket
from app.services.tickets import hours
from tests.kit.tickets_robot import TicketsDesk, opened
from ui.reports import SCREEN as REPORTS
from ui.reports.days import today
from ui.reports.entry import EntryWindow
from ui.reports.screen import ReportsScreen


@pytest.fixture(autouse=True)
def _in_the_office():
    """The computer goes by the company's clock; elsewhere another day begins while it is still yesterday here."""
    with pytest.MonkeyPatch.context() as place:
        place.setenv("TZ", "Asia/Jerusalem")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def desk(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as made:
        made.window.register([REPORTS])
        yield made


def reports(desk: TicketsDesk) -> ReportsScreen:
    screen = desk.window.show_screen("reports")
    desk.settle()
    assert isinstance(screen, ReportsScreen)
    return screen


@pytest.mark.row("R-M7")
@pytest.mark.row("R-M17")
def test_a_click_on_a_bar_lists_its_tickets(desk):
    with desk.database.transaction() as session:
        session.add(Product(name="Boiler 3"))
    numbers = desk.take_in("Leak", "Noise", "Smell")
    with desk.database.transaction() as session:
        session.get_one(Ticket, numbers[1]).product_id = 1
        session.get_one(Ticket, numbers[2]).product_id = 1
    screen = reports(desk)
    screen.choose("product_id")
    desk.settle()
    page = screen.statistics
    assert [(bar.name, bar.value) for bar in page.chart.bars] == [("Boiler 3", 2), ("None", 1)]
    assert page.model.texts[0] == ("Boiler 3", "2", "2", "66.7 %")
    QTest.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=page.chart.bar_rect(0).center())
    desk.settle()
    assert sorted(desk.numbers()) == numbers[1:]
    screen = reports(desk)
    page.chart.setFocus()
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.numbers() == numbers[:1]


@pytest.mark.row("R-M19")
def test_months_and_projects_are_counted_and_copied(desk):
    with desk.database.transaction() as session:
        session.add(Project(name="=cmd()"))
    (number,) = desk.take_in("Leak")
    with desk.database.transaction() as session:
        session.get_one(Ticket, number).project_id = 1
    screen = reports(desk)
    screen.choose("project_id")
    desk.settle()
    screen.statistics.copy_button.click()
    assert QGuiApplication.clipboard().text().split("\t")[0] == "=cmd()"
    assert "'=cmd()" in csv_text(screen.statistics.model.lines())
    screen.choose("month")
    desk.settle()
    assert sum(bar.value for bar in screen.statistics.chart.bars) == 1


def test_an_export_is_a_file_without_formulas(desk, tmp_path):
    screen = reports(desk)
    desk.take_in("Leak")
    screen.refresh()
    desk.settle()
    screen.statistics.export_to(tmp_path / "types.csv")
    desk.settle()
    lines = (tmp_path / "types.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["Name,Tickets,Still open,Share", "None,1,1,100.0 %"]


def test_bars_begin_where_the_language_begins(desk):
    desk.take_in("Leak")
    screen = reports(desk)
    chart = screen.statistics.chart
    assert chart.bar_rect(0).left() < chart.width() // 2
    desk.preferences.speak("he")
    desk.settle()
    assert chart.bar_rect(0).right() > chart.width() // 2
    assert chart.row_at(chart.bar_rect(0).center().y()) == 0
    assert chart.row_at(QPoint(0, chart.height() + 50).y()) == -1


@pytest.mark.row("R-F27")
def test_hours_are_reported_for_a_ticket_corrected_and_deleted(desk):
    (number,) = desk.take_in("Leak", customer_id=desk.office.rossi)
    screen = reports(desk)
    screen.show_hours()
    assert desk.window.desk.commands.run("hours.new", number)
    desk.settle()
    window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, EntryWindow) and each.isVisible())
    assert window.ticket.value() == number
    assert window.customer.value() == desk.office.rossi
    desk.write(window.minutes.lineEdit(), "1:30")
    window.request_save()
    desk.settle()
    page = screen.hours
    assert page.model.texts[0][1:5] == ("1 h 30 min", "Work", "Rossi", f"{number} Leak")
    assert page.total.text().startswith("Total: 1 h 30 min")
    page.table.selectRow(0)
    page.edit()
    desk.write(page.window_open.minutes.lineEdit(), "90m")
    page.window_open.kind.set_value("general")
    page.window_open.request_save()
    desk.settle()
    assert page.model.texts[0][2] == "General"
    page.table.selectRow(0)
    page.delete()
    desk.settle()
    assert page.model.texts == ()
    desk.said[-1].offer.do()
    desk.settle()
    assert len(page.model.texts) == 1


@pytest.mark.row("R-F27")
def test_work_for_nobody_is_refused_at_its_field(desk):
    screen = reports(desk)
    screen.show_hours()
    desk.settle()
    screen.hours.report()
    window = screen.hours.window_open
    window.request_save()
    desk.settle()
    assert window.fields["customer_id"].has_error
    window.kind.set_value("sickness")
    window._follow_kind()
    window.request_save()
    desk.settle()
    assert screen.hours.model.texts[0][2] == "Sickness"


@pytest.mark.row("R-F27")
def test_more_used_than_allotted_is_marked(desk):
    day = today()
    for draft in (
        HoursDraft(day, 60, "allotment", customer_id=desk.office.rossi),
        HoursDraft(day, 90, customer_id=desk.office.rossi),
    ):
        desk.backend.execute(hours.report, draft)
    screen = reports(desk)
    screen.choose("balances")
    desk.settle()
    assert screen.balances.model.texts == (("Customer", "Rossi", "1 h", "1 h 30 min", "", "30 min"),)
    assert screen.balances.model.warned == {0}


def test_a_week_can_be_left_for_the_one_before(desk):
    desk.backend.execute(hours.report, HoursDraft(today() - timedelta(days=7), 60, "general"))
    screen = reports(desk)
    screen.show_hours()
    desk.settle()
    assert screen.hours.model.texts == ()
    screen.hours._turn(-7)
    desk.settle()
    assert len(screen.hours.model.texts) == 1


@pytest.mark.row("R-T1")
def test_pages_of_other_features_come_and_go_with_what_the_person_may_see(desk):
    screen = reports(desk)
    person = desk.window.desk.person
    may = person.permissions

    def codes() -> list[object]:
        return [each.data(Qt.ItemDataRole.UserRole) for each in screen._items()]

    assert "points.report" in codes()
    screen.choose("points.report")
    person.allow(may - {Permission.SEE_POINTS})
    desk.settle()
    assert "points.report" not in codes()
    assert screen._pages.currentWidget() is screen.statistics
    person.allow(may)
    desk.settle()
    assert "points.report" in codes()
    assert screen._pages.currentWidget() is screen.statistics, "what is in front stays"
