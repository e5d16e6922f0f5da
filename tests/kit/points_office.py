"""An office whose work scored points, for reports of them: rows by the only road there is, and what takes them back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.domain.points.asked import Asked
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.points import PointsEntry
from app.models.processes import Stage
from app.services.points import report, reversing
from app.services.points.report import ReportRow
from tests.kit.factory import add_group, add_process, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter

NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""The moment it is in the office, by its clock a Monday noon."""

_EVERYTHING = Asked()


class PointsOffice:
    """Three workers, of whom one is in two groups and one in none, two processes, three customers, and a manager."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
            self.manager = add_user(session, "Sara", "manager")
            self.dana, self.avi, self.noa = (add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa"))
            self.north = add_group(session, "North", self.dana, self.avi)
            self.south = add_group(session, "South", self.dana)
            self.sale = add_process(session, "Sale", Intake=None, Won=None)
            self.club = add_process(session, "Club", Visit=None, Spend=None)
            self.customers = [
                Customer(name="Mario  De Rossi", search="mario"),
                Customer(name="Levi", search="levi"),
                Customer(name="", search=""),
            ]
            session.add_all(self.customers)
            session.flush()
        self.sees = Backend(database, actor=self.manager.id, clock=lambda: NOON)
        self._settings = 0

    def scored(
        self,
        user: User | None,
        customer: Customer | None,
        stage: Stage,
        at: datetime = NOON,
        customer_points: str = "1",
        worker_points: str = "0",
        note: str = "",
        **setting: Any,
    ) -> int | None:
        """A row of these points: a setting of its own, a task, and its step; the id of the newest row there is."""
        with self.database.transaction() as session:
            self._settings += 1
            since = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=self._settings)
            add_setting(session, stage, customer_points, worker_points, since, **setting)
            task = add_scored_task(session, user or self.dana, customer)
            enter(session, task, stage, user, at, note)
            return session.scalars(select(PointsEntry.id).order_by(PointsEntry.id.desc())).first()

    def reverse(self, entry_id: int) -> int:
        """Take a row back, at noon."""
        return self.sees.execute(reversing.reverse, entry_id, "Wrong")

    def all(self, asked: Asked = _EVERYTHING, size: int = 7) -> list[ReportRow]:
        """Every row asked for, page by page."""
        page = self.sees.execute(report.page, asked, limit=size)
        found = list(page.rows)
        while page.has_after:
            page = self.sees.execute(report.page, asked, page.rows[-1].key, limit=size)
            assert page.has_before
            found += page.rows
        return found
