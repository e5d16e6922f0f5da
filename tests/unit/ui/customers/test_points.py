from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from app.db.database import Database
from app.domain.people import Permission
from app.models.people import User
from app.models.processes import Stage
from app.models.tickets import Task
from app.services.points.of_customer import rows
from app.services.points.redeeming import redeem
from app.services.points.reversing import reverse
from tests.kit.points_club import Club, furnish
from tests.kit.points_factory import add_setting, enter
from tests.kit.robot import Desktop
from ui.customers import SCREEN as CUSTOMERS
from ui.customers.points import PointsOfCustomer
from ui.customers.redeem import RedeemWindow
from ui.customers.screen import CustomersScreen
from ui.customers.work import CustomerWork
from ui.kit.bidi import bare
from ui.kit.screen import Person
from ui.tickets.tasks import SCREEN as TASKS
from ui.widgets.points import ReverseWindow, WhyPoints


class ClubDesk(Desktop):
    """Mia's desktop, who may do everything, with Rossi's card in front."""

    turns = 3

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, club: Club) -> None:
        self.club = club
        super().__init__(
            database, folder, qtbot, Person(club.mia, "Mia", frozenset(Permission)), [CUSTOMERS, TASKS], club.dana
        )

    @property
    def work(self) -> CustomerWork:
        screen = self.window.show_screen("customers")
        assert isinstance(screen, CustomersScreen)
        if screen.card.number != self.club.rossi:
            screen.open_customer(self.club.rossi)
            self.settle()
        return screen.card.work

    @property
    def points(self) -> PointsOfCustomer:
        work = self.work
        work.parts.button(4).click()
        self.settle()
        assert work.points is not None
        return work.points

    def total(self) -> str:
        return bare(self.work.parts.button(4).text())

    def heard(self) -> None:
        """The feed has told that points were written elsewhere."""
        self.bridge.rows_changed.emit("points_entries", None)
        self.settle()

    def child(self, kind: type[QWidget]) -> QWidget:
        return next(each for each in self.window.findChildren(kind) if each.isVisible())


def cells(points: PointsOfCustomer) -> list[list[str]]:
    model = points.model
    return [
        [bare(str(model.index(row, column).data())) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[ClubDesk]:
    made = ClubDesk(database, tmp_path, qtbot, furnish(database))
    yield made
    made.close()


@pytest.fixture
def seat(sqlite_url: str, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[ClubDesk]:
    """The same on a file alone, where the services' own tests ask both engines."""
    database = Database(sqlite_url)
    made = ClubDesk(database, tmp_path, qtbot, furnish(database))
    yield made
    made.close()
    database.close()


def _in_reading_order(buttons: list[QAbstractButton]) -> list[QAbstractButton]:
    return sorted(buttons, key=lambda each: (each.y(), each.x()))


@pytest.mark.row("R-P10")
@pytest.mark.row("U50")
def test_the_total_stands_on_the_tab_before_it_is_opened_and_follows_what_others_do(desk: ClubDesk):
    desk.club.give("250")
    work = desk.work
    work.show_part(1)
    assert (desk.total(), work.points) == ("Points: 250", None)
    order = [bare(each.text()).split(":")[0] for each in _in_reading_order(work.parts.buttons())]
    assert order == ["Tickets", "Tasks", "Points", "Note trail", "Calls", "History"]
    desk.elsewhere.execute(redeem, desk.club.rossi, desk.club.gifts.stages["Cup"])
    desk.heard()
    assert desk.total() == "Points: 150"
    (earned,) = [row for row in desk.elsewhere.execute(rows, desk.club.rossi).rows if not row.is_redemption]
    desk.club.by(desk.club.mia).execute(reverse, earned.id, "Sent back")
    desk.window.show_screen("tasks")
    desk.heard()
    desk.window.show_screen("customers")
    desk.settle()
    assert desk.total() == "Points: −100"


@pytest.mark.row("R-P11")
@pytest.mark.row("U44")
def test_the_six_columns_the_figures_and_rows_that_name_each_other(seat: ClubDesk):
    task = seat.club.open()
    seat.club.move(task, "Met", note="Came <b>early</b>")
    seat.club.give("1000")
    first, second = (row.id for row in reversed(seat.elsewhere.execute(rows, seat.club.rossi).rows))
    seat.club.by(seat.club.mia).execute(reverse, second, "Given twice")
    points = seat.points
    headers = [points.model.headerData(column, Qt.Orientation.Horizontal) for column in range(6)]
    assert headers == ["Process", "Stage", "Date", "Worker", "Notes", "Points"]
    shown = [[*row[:2], *row[3:]] for row in cells(points)]
    assert shown == [
        ["Bonus 1000", "Given", "Mia", f"Row {second + 1} reverses row {second}: Given twice", "−1,000"],
        ["Bonus 1000", "Given", "Dana", f"Row {second}, reversed by row {second + 1}", "1,000"],
        ["Sale", "Met", "Dana", "Came <b>early</b>", "10.5"],
    ]
    assert [points.model.index(row, 0).data(Qt.ItemDataRole.FontRole) is not None for row in range(3)] == [
        False, True, False,
    ]  # fmt: skip
    assert "&lt;b&gt;" in points.model.index(2, 4).data(Qt.ItemDataRole.ToolTipRole)
    figures = (points.balance, points.earned, points.spent, points.taken)
    assert [bare(each.text()) for each in figures] == ["10.5", "10.5", "0", "0"]
    assert first < second


@pytest.mark.row("R-P9")
@pytest.mark.row("Q11")
def test_redeeming_by_keyboard_says_what_is_missing_and_keeps_what_is_typed(seat: ClubDesk):
    seat.club.give("120")
    points = seat.points
    points.redeem_button.setFocus()
    seat.press(Qt.Key.Key_Space)
    seat.settle()
    window = seat.child(RedeemWindow)
    assert isinstance(window, RedeemWindow)
    assert [[bare(cell) for cell in row] for row in window.model.texts] == [
        ["Debt", "Gifts", "30", "90"],
        ["Voucher", "Gifts", "50", "70"],
        ["Cup", "Gifts", "100", "20"],
    ]
    window.view.setFocus()
    seat.press(Qt.Key.Key_Down)
    seat.press(Qt.Key.Key_Down)
    QTest.keyClicks(window.note, "Red one")
    seat.elsewhere.execute(redeem, seat.club.rossi, seat.club.gifts.stages["Voucher"])
    window.view.setFocus()
    seat.press(Qt.Key.Key_Return)
    seat.settle()
    assert window.isVisible()
    assert "The customer has 70 points, and 100 are needed." in window._wrong.text()
    assert (window.note.toPlainText(), window.model.texts[2][3]) == ("Red one", "30 missing")
    assert len(seat.elsewhere.execute(rows, seat.club.rossi).rows) == 2
    # The administrator has just made it dearer: the old price is not taken, and the new one is shown.
    with seat.club.database.transaction() as session:
        add_setting(session, session.get_one(Stage, seat.club.gifts.stages["Debt"]), -40, 0, redeems=True, below=True)
    window.view.selectRow(0)
    seat.ctrl(Qt.Key.Key_Return)
    seat.settle()
    assert "in the meantime" in window._wrong.text()
    assert (window.note.toPlainText(), window.model.texts[0][2]) == ("Red one", "40")
    window.view.selectRow(0)
    seat.ctrl(Qt.Key.Key_Return)
    seat.settle()
    assert points.redeeming is None
    assert seat.said_last() == "Redeemed: 40. The balance is 30 now."
    assert (seat.total(), cells(points)[0][1], cells(points)[0][4:]) == ("Points: 30", "Debt", ["Red one", "−40"])


@pytest.mark.row("U44")
@pytest.mark.row("U45")
def test_reversing_asks_for_a_reason_once_and_only_where_it_may(seat: ClubDesk):
    seat.club.give("80")
    points = seat.points
    assert not points.reverse_button.isEnabled()
    points.view.selectRow(0)
    points.reverse_button.click()
    seat.settle()
    window = seat.child(ReverseWindow)
    assert isinstance(window, ReverseWindow)
    window.save_button.click()
    assert window.field.has_error
    QTest.keyClicks(window.reason, "Given twice")
    seat.ctrl(Qt.Key.Key_Return)
    seat.settle()
    assert seat.total() == "Points: 0"
    assert [row[5] for row in cells(points)] == ["−80", "80"]
    for row in range(2):
        points.view.selectRow(row)
        assert not points.reverse_button.isEnabled()


@pytest.mark.row("F2")
def test_enter_on_a_row_says_why_it_is_there(seat: ClubDesk):
    seat.club.move(seat.club.open(), "Met")
    points = seat.points
    points.view.selectRow(0)
    points.view.setFocus()
    seat.press(Qt.Key.Key_Return)
    seat.settle()
    window = seat.child(WhyPoints)
    assert isinstance(window, WhyPoints)
    assert "Points of the customer, Rossi: 10.5." in bare(window.sentences.text())
    assert "A task scores at this stage once." in window.sentences.text()


def test_who_may_neither_work_nor_correct_only_looks(seat: ClubDesk):
    person = Person(seat.club.avi, "Avi", frozenset())
    kept = seat.window.desk
    without = type(kept)(**{name: getattr(kept, name) for name in kept.__slots__} | {"person": person})
    points = PointsOfCustomer(without)
    seat.qtbot.addWidget(points)
    assert (points.redeem_button.isHidden(), points.reverse_button.isHidden()) == (True, True)


@pytest.mark.row("R-P11")
def test_rows_are_read_as_they_are_scrolled_to_and_points_of_others_leave_the_list_alone(seat: ClubDesk):
    with seat.database.transaction() as session:
        task = session.get_one(Task, seat.club.open())
        stage, dana = session.get_one(Stage, seat.club.sale.stages["Visited"]), session.get_one(User, seat.club.dana)
        for _turn in range(60):
            enter(session, task, stage, dana, datetime.now(UTC))
    points = seat.points
    asked: list[str] = []
    points.pages.started.connect(lambda: asked.append("anew"))
    assert points.model.rowCount() == 50
    points.view.scrollToBottom()
    seat.settle()
    seat.heard()
    assert (asked, points.model.rowCount(), seat.total()) == ([], 60, "Points: 60")
