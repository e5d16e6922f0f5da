"""The club and the workers' points: a balance, a redemption refused, a gift, the team's month and its rows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from PySide6.QtWidgets import QWidget

from app.domain.periods import last_day_of
from app.domain.points.asked import Asked
from app.i18n import format_points
from app.services.customers import listing
from app.services.points import board, of_customer, report
from app.services.points.of_customer import Balance
from app.services.points.verifying import last
from ui.customers.points import PointsOfCustomer
from ui.customers.redeem import RedeemWindow
from ui.customers.screen import CustomersScreen
from ui.home.screen import HomeScreen
from ui.kit.bidi import bare
from ui.points.home.page import PointsHome
from ui.points.report.page import PointsReport
from ui.reports.screen import ReportsScreen
from ui.tour.hands import TourError, click, settle, wait, write
from ui.tour.stage import Stage

__all__ = ["Club"]

P = ParamSpec("P")
R = TypeVar("R")

_POINTS, _TASKS, _COST = 4, 1, 2
_GIFT, _SERVICE = Decimal(50), Decimal(100)
_NOTES = {"en": "Chose the tool set", "it": "Ha scelto il set di attrezzi", "he": "נבחרה ערכת הכלים"}


class Club:
    """From a customer's card to the chart; after every step the database says what came of it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._customer = 0
        self._has = Balance()

    # --- Steps

    def show_balance(self) -> QWidget:
        """A customer's tasks say how many points he has; behind them stands every row."""
        self._customer, self._has = self._somebody()
        screen = cast(CustomersScreen, self._front("customers"))
        screen.open_customer(self._customer)
        work = screen.card.work
        self._wait(work.isEnabled, "the customer's card")
        work.parts.button(_TASKS).click()
        shown = format_points(self._has.balance)
        self._wait(lambda: shown in work.parts.button(_POINTS).text(), "the balance beside the tasks")
        work.parts.button(_POINTS).click()
        self._wait(lambda: work.points is not None and work.points.model.rows, "the rows of the points")
        return self._window

    def refuse_redemption(self) -> QWidget:
        """More than the customer has: refused in words, and nothing is half done."""
        window = self._begin(_SERVICE)
        click(window.save_button)
        self._wait(lambda: bool(window.refusal), "the refusal")
        if format_points(self._has.balance) not in window.refusal:
            raise TourError(f"it does not say how many points there are: {window.refusal}")
        if self._run(of_customer.balance, self._customer) != self._has:
            raise TourError("a refused redemption took points")
        return window

    def redeem(self) -> QWidget:
        """What the balance holds is taken at once."""
        window = self._points.redeeming
        assert window is not None
        self._choose(window, _GIFT)
        write(window.note, _NOTES[self._stage.language])
        click(window.save_button)
        self._wait(lambda: self._points.redeeming is None, "the gift")
        now = self._run(of_customer.balance, self._customer)
        if now.balance != self._has.balance - _GIFT or now.earned != self._has.earned:
            raise TourError(f"the balance was {self._has} and is {now}")
        self._wait(lambda: self._points.balance.text().strip("\u2066\u2067\u2069\u200e\u200f") != "", "the balance")
        return self._window

    def show_chart(self) -> QWidget:
        """The month of the team on the home page, the same numbers as in the database."""
        screen = cast(HomeScreen, self._front("home"))
        self._wait(screen.tabs.bar.isVisible, "the tab of the points")
        screen.tabs.choose("points")
        page = self._page
        self._wait(lambda: page.scores is not None and page.scores.is_team, "the team's points")
        told = self._run(board.team, page.switches.months)
        assert page.scores is not None
        if page.scores.board.totals != told.board.totals or not told.board.lines:
            raise TourError(f"the chart shows {page.scores.board.totals} of {told.board.totals}")
        settle()
        return self._window

    def show_rows(self) -> QWidget:
        """Behind a bar stand its rows, and they come to its number."""
        page = self._page
        scores = page.scores
        assert scores is not None
        line, month = scores.board.lines[0], scores.board.months[-1]
        page.chart.picked.emit(line.worker_id, month)
        asked = Asked(first=month, last=last_day_of(month), worker_id=line.worker_id)
        self._wait(lambda: page.rows.model.rows, "the rows behind the bar")
        came_to = self._run(report.totals, asked).worker_points
        if came_to != line.points[-1]:
            raise TourError(f"the bar says {line.points[-1]}, its rows {came_to}")
        return self._window

    def verify(self) -> QWidget:
        """The summary among the reports, and every total held against its rows."""
        screen = cast(ReportsScreen, self._front("reports"))
        screen.choose("points.report")
        found = screen.findChild(PointsReport)
        assert found is not None
        self._wait(lambda: found.rows.model.rows, "the summary")
        click(found.verify.button)
        self._wait(lambda: self._run(last) is not None, "the check")
        checked = self._run(last)
        rows = self._run(report.totals, Asked()).rows
        if checked is None or checked.wrong or checked.entries != rows:
            raise TourError(f"checked: {checked}, there are {rows} rows")
        settle()
        return self._window

    # --- Parts

    def _somebody(self) -> tuple[int, Balance]:
        """A customer who has enough for the gift and too little for the yearly service."""
        for row in self._run(listing.page).rows:
            has = self._run(of_customer.balance, row.id)
            if _GIFT <= has.balance < _SERVICE:
                return row.id, has
        raise TourError("nobody of the club has between 50 and 100 points")

    def _begin(self, points: Decimal) -> RedeemWindow:
        click(self._points.redeem_button)
        self._wait(lambda: self._points.redeeming is not None and self._points.redeeming.chosen(), "what can be had")
        window = self._points.redeeming
        assert window is not None
        self._choose(window, points)
        return window

    def _choose(self, window: RedeemWindow, points: Decimal) -> None:
        cells = (window.model.index(row, _COST) for row in range(window.model.rowCount()))
        cell = next((each for each in cells if bare(str(each.data())) == format_points(points)), None)
        if cell is None:
            raise TourError(f"nothing costs {points} points")
        click(window.view.viewport(), window.view.visualRect(cell).center())
        self._wait(lambda: (chosen := window.chosen()) is not None and chosen.points == points, f"{points} points")

    @property
    def _points(self) -> PointsOfCustomer:
        screen = cast(CustomersScreen, self._front("customers"))
        points = screen.card.work.points
        assert points is not None
        return points

    @property
    def _page(self) -> PointsHome:
        page = cast(HomeScreen, self._front("home")).tabs.page
        assert isinstance(page, PointsHome)
        return page

    @property
    def _window(self) -> QWidget:
        return self._stage.desktop.window

    def _run(self, service: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self._stage.desktop.window.desk.backend.execute(service, *args, **kwargs)

    def _front(self, screen: str) -> QWidget:
        shown = self._stage.desktop.window.show_screen(screen)
        assert shown is not None
        return shown

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        wait(lambda: condition() and self._stage.desktop.tasks.is_idle, what)
        settle()
