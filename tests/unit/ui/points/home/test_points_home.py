"""The points at home in the window: for whom the tab is there, what the month says, and the rows behind a bar."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.bus import RowsChanged
from app.db.database import Database
from app.domain.people import ROLES
from app.models.people import User
from app.models.processes import Profile
from tests.kit.factory import add_profile
from tests.kit.points_office import NOON, PointsOffice
from tests.kit.robot import Desktop
from ui.customers import SCREEN as CUSTOMERS
from ui.home import SCREEN as HOME
from ui.home.screen import HomeScreen
from ui.kit.bidi import bare
from ui.kit.screen import Person
from ui.points.home.page import PointsHome
from ui.tickets.tasks import SCREEN as TASKS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the database answers is tried with its services, on both."""

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


class HomeDesk(Desktop):
    """Somebody's desktop with the home page in front."""

    turns = 15

    def __init__(self, office: PointsOffice, user: User, role: str, folder: Path, qtbot: QtBot) -> None:
        self.office = office
        person = Person(user.id, user.name, frozenset(ROLES[role]))
        super().__init__(office.database, folder, qtbot, person, [HOME, TASKS, CUSTOMERS], clock=lambda: NOON)
        self.home = self.window.show_screen("home")
        assert isinstance(self.home, HomeScreen)
        self.settle()

    def tabs(self) -> list[str]:
        """The tabs that are to be seen."""
        bar = self.home.tabs.bar
        return [bar.tabText(place) for place in range(bar.count())] if bar.isVisible() else []

    def points(self) -> PointsHome:
        """The page, in front and read."""
        assert self.window.desk.commands.run("home.points")
        self.settle()
        page = self.home.tabs.page
        assert isinstance(page, PointsHome)
        return page

    def hear(self, table: str) -> None:
        """A change of others comes in."""
        self.bus.publish(RowsChanged(table, frozenset({1})))
        self.settle()
        # The slower the answers, the longer it leaves the others room before it asks again.
        for page in self.window.findChildren(PointsHome):
            self.qtbot.waitUntil(lambda page=page: not page._pause.isActive())
        self.settle()

    def rows(self, page: PointsHome) -> list[tuple[str, Decimal]]:
        """Worker and points of the rows behind a bar."""
        return [(row.entry.worker or "", row.entry.worker_points) for row in page.rows.model.rows]


@pytest.fixture
def office(database: Database) -> PointsOffice:
    """Dana and Avi were equally first in October; in November Dana has more; Noa has none."""
    made = PointsOffice(database)
    mario, _levi, _nameless = made.customers
    won, visit = made.sale["Won"], made.club["Visit"]
    for user, at, points in (
        (made.dana, "2026-10-05", "7"),
        (made.avi, "2026-10-31", "7"),
        (made.dana, "2026-11-03", "12.5"),
        (made.dana, "2026-11-04", "-0.5"),
        (made.avi, "2026-11-05", "3"),
    ):
        moment = datetime.fromisoformat(f"{at}T10:00").replace(tzinfo=UTC)
        made.scored(user, mario, won if user is made.dana else visit, moment, "1", points)
    with database.transaction() as session:
        add_profile(session, "Callers", *(session.get_one(User, user.id) for user in (made.dana, made.avi, made.noa)))
    return made


@pytest.fixture
def desk_of(office: PointsOffice, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[Callable[..., HomeDesk]]:
    """Desktops, closed in the end."""
    made: list[HomeDesk] = []

    def open_desk(user: User, role: str = "agent") -> HomeDesk:
        made.append(HomeDesk(office, user, role, tmp_path, qtbot))
        return made[-1]

    yield open_desk
    for desk in made:
        desk.close()


def show(office: PointsOffice, **flags: bool) -> None:
    """What the profile of the callers shows from now on."""
    with office.database.transaction() as session:
        callers = session.query(Profile).filter_by(name="Callers").one()
        for name, value in flags.items():
            setattr(callers, name, value)


@pytest.mark.row("R-P16")
def test_the_tab_comes_and_goes_with_the_profile_and_without_it_the_page_is_as_it_was(
    office: PointsOffice, desk_of: Callable[..., HomeDesk]
):
    desk = desk_of(office.dana)
    home = desk.home
    assert desk.tabs() == []
    assert (home.tabs.bar.height() if home.tabs.bar.isVisible() else 0) == 0
    assert home.tasks.isVisible()
    assert not desk.window.desk.commands.run("home.points")
    show(office, sees_own_points=True)
    desk.hear("profiles")
    assert desk.tabs() == ["My day", "Points"]
    assert home.tasks.isVisible(), "nobody is taken from his day"
    page = desk.points()
    assert not home.tasks.isVisible()
    assert bare(page.head.month.figure.text()) == "12"
    assert not page.switches.whose["team"].isVisible()
    assert not page.head.first.isVisible(), "who was first is the team's"
    show(office, sees_own_points=False)
    desk.hear("user_profiles")
    assert desk.tabs() == []
    assert home.tasks.isVisible()
    show(office, sees_own_points=True)
    desk.hear("users")
    assert isinstance(home.tabs.page, PointsHome), "what was chosen comes back with it"


@pytest.mark.row("R-P17", "R-P18", "U52", "U53", "U54")
def test_a_manager_begins_with_the_team_the_month_first_and_goes_from_a_bar_to_its_rows(
    office: PointsOffice, desk_of: Callable[..., HomeDesk]
):
    desk = desk_of(office.manager, "manager")
    page = desk.points()
    head = page.head
    assert (bare(head.month.name.text()), bare(head.month.figure.text())) == (
        "Points of the team in November 2026",
        "15",
    )
    assert bare(head.change.text()) == "8 more than on the first 23 days of October 2026"
    assert bare(head.recent.figure.text()) == "22", "31 October is among the last 30 days"
    assert (bare(head.first.figure.text()), bare(head.first.name.text())) == (
        "Avi, Dana",
        "First in October 2026 with 7",
    )
    assert [line.name for line in page.chart.board.lines] == ["Dana", "Avi", "Noa"]
    assert page.chart.board.totals[-2:] == (14, 15)
    page.chart.picked.emit(office.dana.id, NOVEMBER)
    desk.settle()
    assert desk.rows(page) == [("Dana", Decimal("-0.5")), ("Dana", Decimal("12.5"))]
    assert bare(page.pane.title.text()) == "Dana, November 2026"
    desk.click(page.switches.by["month"])
    assert page.chart.by == "month"
    page.chart.picked.emit(None, OCTOBER)
    desk.settle()
    assert sorted(desk.rows(page)) == [("Avi", 7), ("Dana", 7)]
    office.scored(office.noa, None, office.sale["Won"], NOON, "0", "40")
    desk.hear("points_entries")
    assert page.chart.board.lines[0].name == "Noa"
    assert page.chart.by == "month", "switches stay where they were put"
    # In Jerusalem the next day has begun.
    desk.backend._clock = lambda: datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    page.refresh()
    desk.settle()
    assert page.chart.picture().day == date(2026, 11, 24)
    assert page.drilled == (None, OCTOBER)
    with desk.qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    page.setFocus()
    assert page.chart.bars.hasFocus()
    desk.press(Qt.Key.Key_Escape)
    assert page.drilled is None, "from the chart too"
    page.switches.by["month"].setFocus()
    desk.press(Qt.Key.Key_Tab)
    assert page.switches.span.hasFocus(), "the switches come before the chart"
    desk.press(Qt.Key.Key_Tab)
    assert page.chart.bars.hasFocus()
    desk.click(page.switches.whose["mine"])
    desk.settle()
    assert not page.pane.isVisible()
    assert "No points yet this month." in head.kind.text()
    assert not head.change.isVisible()
    page.switches.span.changed.emit(page.switches.span.set_value(1))
    desk.settle()
    assert page.chart.board.months == (NOVEMBER,)
    again = PointsHome(desk.window.desk)
    desk.qtbot.addWidget(again)
    assert (again.switches.is_team, again.switches.months) == (False, 1), "remembered"


@pytest.mark.row("R-P16", "U55")
def test_who_sees_the_team_sees_no_rows_of_others(office: PointsOffice, desk_of: Callable[..., HomeDesk]):
    show(office, sees_team_points=True)
    desk = desk_of(office.dana)
    page = desk.points()
    assert page.scores is not None
    assert not page.scores.is_team, "one's own first"
    desk.click(page.switches.whose["team"])
    desk.settle()
    for worker_id in (office.avi.id, None):
        page.chart.picked.emit(worker_id, NOVEMBER)
        desk.settle()
        assert not page.pane.isVisible()
    assert desk.said_last() == "You see only the rows of your own points."
    page.chart.picked.emit(office.dana.id, NOVEMBER)
    desk.settle()
    assert len(desk.rows(page)) == 2
    with office.database.transaction() as session:
        add_profile(session, "Trainees", session.get_one(User, office.dana.id)).is_ranked = False
    desk.hear("profiles")
    assert [line.name for line in page.chart.board.lines] == ["Avi", "Noa"]
    assert page.head.note.text() == "", "who is left out is for managers to know"
