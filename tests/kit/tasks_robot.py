"""A desktop with the home page and the tasks, an office whose work routes itself, and hands that use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.backend import Backend
from app.db.database import Database
from app.domain.people import Permission
from app.models.company import Company
from app.models.customers import Customer
from app.models.tickets import Note
from app.services.tickets import advancing, tasks
from app.services.tickets.advancing import Update
from app.services.tickets.offering import Offer, offer
from app.services.tickets.tasks import Advanced, NewTask
from tests.kit.factory import add_user
from tests.kit.robot import Desktop
from tests.kit.tasks import Way, add_process, add_profile
from ui.customers import SCREEN as CUSTOMERS
from ui.home import SCREEN as HOME
from ui.home.screen import HomeScreen
from ui.kit.screen import Person
from ui.tickets import SCREEN as TICKETS
from ui.tickets.tasks import SCREEN as TASKS
from ui.tickets.tasks.screen import TasksScreen

W = TypeVar("W", bound=QWidget)


@dataclass
class TaskOffice:
    """Who and what there is."""

    dana: int
    avi: int
    noa: int
    admin: int
    service: int
    way: Way
    rossi: int


def furnish(database: Database) -> TaskOffice:
    """Dana and Avi do the service; a sale goes from intake by a quote to its end, "Secret" names no profile."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        admin = add_user(session, "Sara", "administrator").id
        dana, avi, noa = (add_user(session, name, "agent").id for name in ("Dana", "Avi", "Noa"))
        service = add_profile(session, "Service", dana, avi)
        sales = add_profile(session, "Sales", noa)
        way = add_process(
            session,
            "Sale",
            {"name": "Intake", "profile_id": service},
            {"name": "Quote", "profile_id": sales, "due_hours": 48},
            {"name": "Check", "profile_id": service},
            {"name": "Secret"},
            {"name": "Won", "is_final": True},
            way=(
                ("Intake", "Quote"),
                ("Intake", "Secret"),
                ("Quote", "Check"),
                ("Quote", "Won"),
                ("Check", "Won"),
            ),
        )
        rossi = Customer(name="Rossi", search="rossi")
        session.add(rossi)
        session.flush()
        session.add(Note(customer_id=rossi.id, text="Pays late", is_alert=True, at=datetime.now(UTC)))
        session.flush()
        return TaskOffice(dana, avi, noa, admin, service, way, rossi.id)


class TasksDesk(Desktop):
    """Dana's desktop; `elsewhere` is Avi's, whose writes are told as the feed tells them."""

    turns, breath = 3, 100

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, office: TaskOffice) -> None:
        self.office = office
        person = Person(office.dana, "Dana", frozenset(Permission))
        super().__init__(database, folder, qtbot, person, [HOME, TICKETS, TASKS, CUSTOMERS], office.avi)

    # --- The program

    @property
    def list(self) -> TasksScreen:
        """The tasks' screen, in front."""
        screen = self.window.show_screen("tasks")
        assert isinstance(screen, TasksScreen)
        return screen

    @property
    def home(self) -> HomeScreen:
        """The home page, in front."""
        screen = self.window.show_screen("home")
        assert isinstance(screen, HomeScreen)
        return screen

    def window_of(self, kind: type[W]) -> W:
        """The one window of this kind that is open."""
        found = [each for each in self.window.findChildren(kind) if each.isVisible()]
        assert len(found) == 1, found
        return found[0]

    def front(self) -> None:
        """The main window has the keyboard."""
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)

    def type(self, text: str) -> None:
        """Letters, where the keyboard is."""
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClicks(target, text)

    # --- Work that comes in

    def open_task(self, title: str, *, by: Backend | None = None, **values: object) -> Advanced:
        """A task of the sale, taken in elsewhere."""
        values = {"customer_id": self.office.rossi} | values
        process_id = self.office.way.id if "activity_type_id" not in values else None
        return (by or self.elsewhere).execute(tasks.create, NewTask(title=title, **values), process_id=process_id)  # type: ignore[arg-type]

    def hand(self, title: str, **values: Any) -> int:
        """A task that Avi gives to Dana."""
        return self.open_task(title, user_id=self.office.dana, **values).task_id

    def offer(self, task_id: int) -> Offer:
        """The task as it stands."""
        return self.backend.execute(offer, task_id)

    def move(self, task_id: int, **values: object) -> Advanced:
        """Avi moves a task."""
        version = self.offer(task_id).task.version
        return self.elsewhere.execute(advancing.advance, task_id, version, Update(**values))  # type: ignore[arg-type]


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot) -> Iterator[TasksDesk]:
    """A desktop with everything read."""
    desk = TasksDesk(database, folder, qtbot, furnish(database))
    QTest.qWaitForWindowActive(desk.window)
    desk.settle()
    yield desk
    desk.close()


def soon(hours: float) -> datetime:
    """A moment from now."""
    return datetime.now(UTC) + timedelta(hours=hours)
