"""A desktop with the screens of tickets and customers, and hands that use them as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from app.db.database import Database
from app.domain.people import Permission
from app.domain.tickets.draft import TicketDraft
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.people import User
from app.models.tickets import TicketType
from app.services.tickets import card
from tests.kit.factory import add_group, add_site, add_type, add_user
from tests.kit.robot import Desktop
from ui.customers import SCREEN as CUSTOMERS
from ui.kit.screen import Person
from ui.tickets import SCREEN as TICKETS
from ui.tickets.screen import TicketsScreen


@dataclass
class Office:
    """Who and what there is in the database of a test."""

    dana: int
    avi: int
    gone: int
    boiler: int
    question: int
    rossi: int


def furnish(database: Database) -> Office:
    """A company in Jerusalem with two active users, one who left, a type of either kind and a customer."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        dana, avi = add_user(session, "Dana", "agent"), add_user(session, "Avi")
        gone = add_user(session, "Gideon", "agent")
        add_group(session, "Back office", dana, is_back_office=True)
        site = add_site(session, "North")
        repair = add_type(session, "Repair", avi)
        advice = add_type(session, "Advice", is_schedulable=False)
        kinds = [
            TicketType(name="Boiler", activity_type_id=repair.id),
            TicketType(name="Question", activity_type_id=advice.id),
        ]
        rossi = Customer(name="Rossi", search="rossi 0501234567 972501234567", site_id=site.id)
        rossi.phones = [CustomerPhone(raw="050-1234567", e164="+972501234567")]
        session.add_all([*kinds, rossi])
        session.flush()
        return Office(dana.id, avi.id, gone.id, kinds[0].id, kinds[1].id, rossi.id)


class TicketsDesk(Desktop):
    """One desktop on a database; `elsewhere` is a second one, whose writes are told as the feed tells them."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, office: Office) -> None:
        self.office = office
        person = Person(office.dana, "Dana", frozenset(Permission))
        super().__init__(database, folder, qtbot, person, [TICKETS, CUSTOMERS])

    @property
    def tickets(self) -> TicketsScreen:
        """The tickets' screen, in front."""
        screen = self.window.show_screen("tickets")
        assert isinstance(screen, TicketsScreen)
        return screen

    def numbers(self) -> list[int]:
        """The tickets in the list."""
        return [row.id for row in self.tickets.model.rows]

    def write(self, field: QWidget, text: str) -> None:
        """Type into a field, replacing what it holds."""
        field.setFocus()
        if isinstance(field, QLineEdit):
            field.selectAll()
        QTest.keyClicks(field, text)

    def take_in(self, *subjects: str, **fields: object) -> list[int]:
        """Tickets written elsewhere, one for each subject."""
        made = []
        for subject in subjects:
            values = {"subject": subject, "handler_id": self.office.avi} | fields
            made.append(self.elsewhere.execute(card.create, TicketDraft(**values)).id)  # type: ignore[arg-type]
        return made

    def change(self, number: int, **fields: Any) -> None:
        """Change a ticket elsewhere."""
        from dataclasses import replace

        known = self.elsewhere.execute(card.load, number)
        self.elsewhere.execute(card.save, number, known.version, replace(known.draft, **fields))


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot) -> Iterator[TicketsDesk]:
    """A desktop with its tickets in front, everything read."""
    desk = TicketsDesk(database, folder, qtbot, furnish(database))
    desk.window.show_screen("tickets")
    desk.settle()
    yield desk
    desk.close()


def retire(session: Session, user_id: int) -> None:
    """Somebody leaves."""
    session.get_one(User, user_id).is_active = False


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
