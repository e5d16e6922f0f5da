"""A window with the mail screen over a real database, and hands for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.db.database import Database
from app.domain.people import ROLES
from app.models.company import Company
from app.models.customers import Customer
from app.models.mail import IncomingMessage, MailAccount, MailTemplate, OutboxMessage
from app.models.tickets import Ticket, TicketStatus
from tests.kit.factory import add_user
from tests.kit.robot import Desktop
from ui.kit.commands import Command
from ui.kit.screen import Person
from ui.mail import SCREEN
from ui.mail.incoming import IncomingView
from ui.mail.outbox import OutboxView
from ui.mail.screen import MailScreen
from ui.mail.templates import TemplatesView

HEBREW = "שלום דנה,\nתודה על פנייתך. נחזור אליך עד 10:00.\nAcqua"


class MailDesk(Desktop):
    """Somebody at the mail screen."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, role: str = "administrator") -> None:
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
            session.flush()
            me = add_user(session, "Ada", role, email="ada@acqua.it").id
            status = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "new")).one()
            customer = Customer(name="דנה כהן", email="dana@cohen.co.il", language="he", search="")
            session.add(customer)
            session.flush()
            ticket = Ticket(
                subject="Boiler leaks", status_id=status, customer_id=customer.id, opened_at=datetime.now(UTC)
            )
            office = MailAccount(is_office=True, address="office@acqua.it", name="Acqua")
            session.add_all([ticket, office])
            session.flush()
            self.me, self.ticket, self.office = me, ticket.id, office.id
        super().__init__(database, folder, qtbot, Person(me, "Ada", frozenset(ROLES[role])), [SCREEN])
        self.asked: list[tuple[Any, ...]] = []
        ticket_command = Command("tickets.open", "Open the ticket", "ticket", in_palette=False)
        self.window.desk.commands.add(ticket_command, lambda *args: self.asked.append(args))

    @property
    def screen(self) -> MailScreen:
        screen = self.window.show_screen("mail")
        assert isinstance(screen, MailScreen)
        return screen

    def outbox(self) -> OutboxView:
        page = self.screen.page("outbox")
        self.settle()
        assert isinstance(page, OutboxView)
        return page

    def incoming(self) -> IncomingView:
        page = self.screen.page("incoming")
        self.settle()
        assert isinstance(page, IncomingView)
        return page

    def templates(self) -> TemplatesView:
        page = self.screen.page("templates")
        self.settle()
        assert isinstance(page, TemplatesView)
        return page

    def add_mail(self, state: str = "waiting", **values: Any) -> int:
        """A mail in the outbox."""
        moment = datetime.now(UTC)
        with self.database.transaction() as session:
            number = len(session.scalars(select(OutboxMessage.id)).all())
            known = {
                "event": "ticket_opened",
                "event_key": f"k{number}",
                "to_address": "dana@cohen.co.il",
                "to_name": "דנה כהן",
                "language": "he",
                "subject": f"הפנייה שלך [#{self.ticket}]",
                "body": HEBREW,
                "message_id": f"<{number}@acqua.it>",
                "ticket_id": self.ticket,
                "next_at": moment - timedelta(minutes=1),
                "created_at": moment,
                "lease_until": moment if state == "sending" else None,
                "sent_at": moment if state == "sent" else None,
            }
            row = OutboxMessage(state=state, **(known | values))
            session.add(row)
            session.flush()
            return row.id

    def add_arrival(self, outcome: str = "opened", **values: Any) -> int:
        """A mail that came in."""
        with self.database.transaction() as session:
            number = len(session.scalars(select(IncomingMessage.id)).all()) + 1
            known = {
                "from_address": "dana@cohen.co.il",
                "from_name": "דנה כהן",
                "subject": "הדוד דולף",
                "body": "שלום, הדוד דולף.\nBest regards",
                "received_at": datetime.now(UTC),
                "ticket_id": self.ticket if outcome in {"opened", "continued"} else None,
            }
            row = IncomingMessage(
                account_id=self.office, uid_validity=1, uid=number, outcome=outcome, **(known | values)
            )
            session.add(row)
            session.flush()
            return row.id

    def add_template(self, name: str = "Thanks", **values: Any) -> int:
        """A template."""
        with self.database.transaction() as session:
            texts = {"en": {"subject": "We got it", "body": "Dear {customer},\nthank you for {subject}.\n"}}
            known = {"event": "ticket_opened", "recipient": "customer", "texts": texts}
            row = MailTemplate(name=name, **(known | values))
            session.add(row)
            session.flush()
            return row.id

    def mail(self, row_id: int) -> OutboxMessage:
        """A mail of the outbox as the database has it."""
        with self.database.reading() as session:
            return session.get_one(OutboxMessage, row_id)


@pytest.fixture
def desk(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[MailDesk]:
    """A desktop on either engine."""
    made = MailDesk(database, tmp_path, qtbot)
    yield made
    made.close()
