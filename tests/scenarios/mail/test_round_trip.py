"""A customer writes, is thanked, answers, and a mail comes back: over real servers, before somebody who only looks."""

from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.backend import Backend
from app.bus import Bus, RowsChanged
from app.db.database import Database
from app.models.mail import MailAccount, MailTemplate, OutboxMessage
from app.models.tickets import Ticket
from app.services.mail.mailroom import by_smtp
from app.services.mail.rounds import Rounds
from tests.kit import mail_server as smtp
from tests.kit.factory import add_user
from tests.kit.mailbox import LOGIN, PASSWORD, MailServer, mail_server
from tests.kit.tickets_robot import TicketsDesk, opened
from ui.kit.bidi import bare
from ui.mail import SCREEN
from ui.mail.incoming import IncomingView
from ui.mail.outbox import OutboxView
from ui.mail.screen import MailScreen


class Passwords:
    """Where the sending host knows passwords from."""

    def password(self, address: str) -> str | None:
        return PASSWORD


class Office:
    """A desktop that looks on, a host that sends and reads, and the servers of both directions."""

    def __init__(self, desk: TicketsDesk, box: MailServer, out: smtp.MailServer) -> None:
        self.desk, self.box, self.out = desk, box, out
        desk.window.register([SCREEN])
        elsewhere = Bus()
        # What the feed would tell the desktop.
        elsewhere.subscribe(RowsChanged, desk.bus.publish)
        self.host = Backend(desk.database, elsewhere)
        with desk.database.transaction() as session:
            servers = {"imap_host": "127.0.0.1", "imap_port": box.port, "imap_security": "none", "imap_login": LOGIN}
            servers |= {"smtp_host": "127.0.0.1", "smtp_port": out.port, "smtp_security": "none"}
            add_user(session, "Ada", "administrator", email="ada@acqua.it")
            session.add(MailAccount(is_office=True, address="office@acqua.it", name="Acqua", **servers))
            texts = {
                "en": {"subject": "We got it", "body": "Dear {customer}, your number is {ticket}."},
                "he": {"subject": "קיבלנו", "body": "שלום {customer}, מספר הפנייה {ticket}."},
            }
            session.add(MailTemplate(name="Thanks", event="ticket_opened", recipient="customer", texts=texts))

    def round(self) -> None:
        """What the worker does again and again, once; the desktop hears of it."""
        Rounds(self.host, Passwords(), by_smtp(Passwords())).once()
        self.desk.settle()

    def write(self, subject: str, text: str, **headers: str) -> None:
        """The customer writes."""
        made = EmailMessage()
        made["From"], made["Subject"] = "דנה כהן <dana@cohen.co.il>", subject
        for name, value in headers.items():
            made[name.replace("_", "-")] = value
        made.set_content(text)
        self.box.lay(made.as_bytes())

    def incoming(self) -> IncomingView:
        page = self._screen().page("incoming")
        assert isinstance(page, IncomingView)
        self.desk.settle()
        return page

    def outbox(self) -> OutboxView:
        page = self._screen().page("outbox")
        assert isinstance(page, OutboxView)
        self.desk.settle()
        return page

    def _screen(self) -> MailScreen:
        screen = self.desk.window.show_screen("mail")
        assert isinstance(screen, MailScreen)
        return screen


@pytest.fixture
def office(database: Database, tmp_path: Path, qtbot: QtBot) -> Iterator[Office]:
    with ExitStack() as stack:
        desk = stack.enter_context(opened(database, tmp_path, qtbot))
        yield Office(desk, stack.enter_context(mail_server()), stack.enter_context(smtp.mail_server()))


def outcomes(view: IncomingView) -> list[str]:
    return [bare(str(view.model.index(row, 0).data())) for row in range(view.model.rowCount())]


@pytest.mark.row("R-F4", "R-X4", "U20")
def test_a_mail_becomes_a_ticket_its_answer_continues_it_and_what_comes_back_is_sent_again(office: Office) -> None:
    incoming = office.incoming()
    office.write("הדוד דולף", "יש מים על הרצפה.", Message_ID="<first@cohen.co.il>")
    office.round()
    assert outcomes(incoming) == ["Opened a ticket"]
    with office.desk.database.reading() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert ticket is not None
    (thanks,) = office.out.taken
    assert thanks["In-Reply-To"] == "<first@cohen.co.il>"
    assert f"[#{ticket.id}]" in thanks["Subject"]
    plain = thanks.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().startswith("שלום")

    # The answer comes from another address of the house: the thread is known by the mail it answers.
    office.write("Re: קיבלנו", "עדיין דולף", In_Reply_To=str(thanks["Message-ID"]))
    office.round()
    assert outcomes(incoming) == ["Continued a ticket", "Opened a ticket"]
    incoming.open(incoming.model.rows[0].id)
    office.desk.settle()
    QTest.mouseClick(incoming.ticket_button, Qt.MouseButton.LeftButton)
    office.desk.settle()
    assert office.desk.window.current_screen is office.desk.tickets

    _come_back(office, str(thanks["Message-ID"]))
    office.round()
    view = office.outbox()
    assert [row.state for row in view.model.rows] == ["dead"]
    view.open(view.model.rows[0].id)
    office.desk.settle()
    assert "Mailbox is full" in view.letter.notice.text()
    again = next(b for b in view.pane.findChildren(QToolButton) if b.isVisible() and b.text() == "Send again")
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    office.desk.settle()
    office.round()
    assert [row.state for row in view.model.rows] == ["sent"]
    assert [mail["Message-ID"] for mail in office.out.taken] == [thanks["Message-ID"]] * 2
    assert "Came back" in outcomes(office.incoming())


def _come_back(office: Office, message_id: str) -> None:
    report = (
        "From: MAILER-DAEMON@mx.cohen.co.il\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; dana@cohen.co.il\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox is full\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--x--\r\n"
    )
    office.box.lay(report.encode())


def test_two_offices_that_answer_each_other_by_themselves_fall_silent(office: Office) -> None:
    """A program at the other end thanks for our thanks: nobody is thanked twice, and no ticket comes of it."""
    office.write("Boiler", "It leaks", Message_ID="<a@cohen.co.il>")
    office.round()
    for number in range(3):
        office.write(
            "Re: We got it",
            "Thank you for your mail",
            In_Reply_To=office.out.ids[0],
            Auto_Submitted="auto-replied",
            Message_ID=f"<auto{number}@cohen.co.il>",
        )
        office.round()
    assert len(office.out.taken) == 1
    assert outcomes(office.incoming()) == ["Automatic reply"] * 3 + ["Opened a ticket"]
    with office.desk.database.reading() as session:
        assert len(session.scalars(select(OutboxMessage.id)).all()) == 1
