"""An office that writes mail: a company in Rome, a customer, a handler with a task, an administrator."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.mail import MailAccount, MailTemplate, OutboxMessage
from app.models.tickets import Ticket
from app.services.mail.queueing import queue
from tests.kit.factory import add_call, add_group, add_presence, add_type, add_user, at

TEXT = {"en": {"subject": "About {subject}", "body": "Dear {customer}, {handler} will help.\n"}}


@dataclass
class Office:
    """The company with its people; `backend` acts for the administrator."""

    database: Database
    backend: Backend
    customer: int = 0
    dana: int = 0
    ana: int = 0
    levi: int = 0
    group: int = 0
    ticket: int = 0
    task: int = 0

    def template(self, event: str = "ticket_opened", texts: dict[str, Any] | None = None, **values: Any) -> int:
        """One more active template, made as an import or another program would."""
        with self.database.transaction() as session:
            number = len(session.scalars(select(MailTemplate.id)).all())
            row = MailTemplate(
                name=f"Template {number}", event=event, texts=texts or TEXT, **{"recipient": "customer", **values}
            )
            session.add(row)
            session.flush()
            return row.id

    def queue(self, event: str = "ticket_opened", key: str = "1", **parts: Any) -> int:
        """One occurrence, in a transaction of its own."""
        with self.database.transaction(actor=self.dana) as session:
            return queue(session, event, key=key, **{"ticket_id": self.ticket, "task_id": self.task, **parts})

    def mails(self) -> list[OutboxMessage]:
        """The outbox, the oldest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))

    def mail(self) -> OutboxMessage:
        """The only mail there is."""
        (only,) = self.mails()
        return only

    def change(self, model: type[Any], row_id: int, **values: Any) -> None:
        """Rewrite some columns of a row."""
        with self.database.transaction() as session:
            row = session.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)


@pytest.fixture
def office(database: Database) -> Office:
    """The company, on each engine in turn."""
    made = Office(database, Backend(database))
    with database.transaction() as session:
        _fill(session, made)
    made.backend.actor = made.dana
    return made


def _fill(session: Session, made: Office) -> None:
    session.add(Company(id=1, name="Caldaie Rossi", country="IT", time_zone="Europe/Rome", language="it"))
    dana = add_user(session, "Dana", role="administrator", email="dana@office.test")
    ana = add_user(session, "Ana", email="ana@office.test", language="en")
    levi = add_user(session, "לוי", email="levi@office.test", language="he", login="levi")
    customer = Customer(name="Bianchi", email="bianchi@home.test", language="en", address="Via Roma 1")
    customer.phones.append(CustomerPhone(raw="+39 02 555 1234"))
    session.add(customer)
    session.add(MailAccount(is_office=True, address="office@rossi.test", name="Caldaie Rossi"))
    session.flush()
    group = add_group(session, "Back office", dana, is_back_office=True)
    for technician in (ana, levi):
        add_presence(session, technician, at(6), at(18))
    kind = add_type(session, "Repair", ana, levi)
    task = add_call(session, group, kind, "Boiler leaks", due_at=at(9), customer_id=customer.id)
    ticket = task.ticket_id
    assert ticket is not None
    row = session.get_one(Ticket, ticket)
    row.customer_id, row.number, row.responsible_id = customer.id, "INT-00042", dana.id
    session.flush()
    made.customer, made.dana, made.ana, made.levi = customer.id, dana.id, ana.id, levi.id
    made.group, made.ticket, made.task = group.id, ticket, task.id
