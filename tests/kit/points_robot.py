"""A manager's desktop with the reports, an office whose work scored points, and hands that use the summary."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.domain.people import ROLES, Permission
from tests.kit.points_office import NOON, PointsOffice
from tests.kit.robot import Desktop
from ui.customers import SCREEN as CUSTOMERS
from ui.kit.bidi import bare
from ui.kit.screen import Person
from ui.points.report.page import PointsReport
from ui.reports import SCREEN as REPORTS
from ui.reports.screen import ReportsScreen
from ui.tickets.tasks import SCREEN as TASKS

_REPORT = "points.report"


class PointsDesk(Desktop):
    """The manager's desktop, or that of a person with these permissions; `elsewhere` is Dana's."""

    def __init__(
        self, office: PointsOffice, folder: Path, qtbot: QtBot, permissions: frozenset[Permission] | None = None
    ) -> None:
        self.office = office
        held = frozenset(ROLES["manager"]) if permissions is None else permissions
        person = Person(office.manager.id, office.manager.name, held)
        super().__init__(
            office.database, folder, qtbot, person, [TASKS, CUSTOMERS, REPORTS], office.dana.id, clock=lambda: NOON
        )

    @property
    def reports(self) -> ReportsScreen:
        """The reports' screen, in front."""
        screen = self.window.show_screen("reports")
        assert isinstance(screen, ReportsScreen)
        return screen

    def open_report(self) -> PointsReport:
        """The task points summary, in front and read."""
        self.reports.choose(_REPORT)
        self.settle()
        page = self.reports.lent[_REPORT]
        assert isinstance(page, PointsReport)
        return page

    def followed(self, page: PointsReport, count: int) -> None:
        """Wait until the rows, and what they come to, are so many: changes are read after a short pause."""
        self.qtbot.waitUntil(
            lambda: (page.rows.model.rowCount(), page.totals.totals and page.totals.totals.rows) == (count, count),
            timeout=60_000,
        )
        self.settle()

    @staticmethod
    def rows(page: PointsReport) -> list[list[str]]:
        """The cells of the rows that are shown."""
        model = page.rows.model
        return [
            [bare(str(model.index(row, column).data())) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]

    @staticmethod
    def sums(page: PointsReport) -> list[tuple[str, ...]]:
        """The cells of the sums that are shown."""
        return list(page.slices.model.texts)

    @staticmethod
    def totals(page: PointsReport) -> list[str]:
        """What the line below says."""
        line = page.totals
        return [bare(label.text()) for label in (line.rows, line.customers, line.workers)]
