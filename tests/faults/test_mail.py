"""Whoever sends the office's mail is cut off, or dies, at every step: each mail arrives, and once but for a crash."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from itertools import count

import pytest
from sqlalchemy import select, text

import app.backend
from app.backend import Backend
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable
from app.models.customers import Customer
from app.models.mail import MailAccount, MailTemplate, OutboxMessage
from app.services.mail.mailroom import Sender, by_smtp
from app.services.mail.queueing import queue
from tests.faults.conftest import Cabled
from tests.faults.test_every_step import is_answer, is_step
from tests.kit.history_check import wrong_deliveries
from tests.kit.mail_server import MailServer, mail_server
from tests.kit.proxy import Side
from tests.kit.standby import until

_TEXT = {"en": {"subject": "Hello {customer}", "body": "We come.\n"}}
_numbers = count(1)
CONNECTING = 7
"""So many questions a new connection asks before there is work."""


class NoPasswords:
    """A server that asks for none."""

    def password(self, _address: str) -> str | None:
        """None."""
        return None


def furnish_mail(database: Database, port: int) -> None:
    """A mailbox of the office, and a customer who reads; what the office had to send before is gone."""
    with database.transaction() as session:
        session.execute(text("DELETE FROM outbox_messages"))
        values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_login": ""}
        session.add(MailAccount(is_office=True, address="office@rossi.test", name="Rossi", **values))
        session.add(MailTemplate(name="Thanks", event="ticket_opened", recipient="customer", texts=_TEXT))
        session.add(Customer(name="Reader", email="reader@home.test", language="en"))


def a_mail(database: Database) -> str:
    """One more to send; its Message-ID."""
    with database.transaction() as session:
        reader = session.scalars(select(Customer.id).where(Customer.name == "Reader")).one()
        queue(session, "ticket_opened", key=str(next(_numbers)), customer_id=reader)
        session.flush()
        return session.scalars(select(OutboxMessage.message_id).order_by(OutboxMessage.id.desc())).first() or ""


def sender(database: Database) -> Sender:
    """Somebody who sends."""
    return Sender(Backend(database), by_smtp(NoPasswords()))


def states(database: Database) -> dict[str, str]:
    """How each mail stands, by Message-ID."""
    with database.reading() as session:
        return {mail.message_id: mail.state for mail in session.scalars(select(OutboxMessage))}


def steps_of(cabled: Cabled, office: Database) -> int:
    """How many times a sender waits for the database over one mail."""
    a_mail(office)
    with closing(Database(cabled.proxy.url)) as far, cabled.proxy.counted() as seen:
        assert sender(far).send().sent == 1
    return sum(is_step(message) for message in seen.messages if not message.is_starting)


def break_at(cabled: Cabled, office: Database, mails: MailServer, step: int, *, dies: bool) -> bool:
    """One mail whose sender's line breaks there; whether he died between its arrival and his writing that down."""
    message_id = a_mail(office)
    side, when = ((Side.FRONT, is_step), (Side.BACK, is_answer))[step % 2]
    trap = cabled.proxy.cut(at=step, side=side, when=lambda message: not message.is_starting and when(message))
    with closing(Database(cabled.proxy.url)) as far:
        first = sender(far)
        with suppress(DatabaseUnavailable):
            first.send()
        assert trap.sprung.wait(10), f"there is no step {step}"
        if not dies:
            first.send()
    is_lost = message_id in mails.ids and states(office)[message_id] != "sent"
    second = sender(office)

    def is_sent() -> bool:
        # Its lease is over and the pause after a failure too; while the server has not yet noticed that the first is
        # gone, his mail is left alone.
        for state, column in (("sending", "lease_until"), ("waiting", "next_at")):
            past = f"UPDATE outbox_messages SET {column} = now() - interval '1 minute' WHERE state = '{state}'"
            cabled.watch.execute(past.encode())
        second.send()
        return states(office)[message_id] == "sent"

    until(is_sent, "the next sender sends it")
    assert dies or not is_lost, f"step {step}: he lives, and has not written down that it left"
    return is_lost


def sweep(cabled: Cabled, monkeypatch: pytest.MonkeyPatch, fates: Callable[[int], Sequence[bool]]) -> int:
    """A mail for every step and fate at it (whether the sender dies); how many died over one that had arrived."""
    office, crashed = cabled.hands["Boss"].database, list[str]()
    with mail_server() as mails:
        furnish_mail(office, mails.port)
        for step in range(1, steps_of(cabled, office) + 1):
            for dies in fates(step):
                with monkeypatch.context() as patch:
                    if dies:
                        patch.setattr(app.backend, "ATTEMPTS", 1)
                    if break_at(cabled, office, mails, step, dies=dies):
                        crashed.append(mails.ids[-1])
        found = states(office)
        assert set(found.values()) == {"sent"}
        assert wrong_deliveries(found, mails.ids, crashed) == []
    return len(crashed)


@pytest.mark.row("R-X4", "R-X1", "U64")
def test_a_mail_arrives_whenever_its_sender_is_cut_off_and_twice_only_where_he_died(
    cabled: Cabled, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Those who die and those who go on take turns; in the long form each breaks everywhere.
    died = sweep(cabled, monkeypatch, lambda step: (step % 4 > 1,) if step > CONNECTING else ())
    assert died, "no sender died over a mail that had arrived"
