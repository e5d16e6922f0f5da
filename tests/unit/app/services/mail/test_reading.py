"""Mailboxes on a real IMAP server, read into a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from app import i18n
from app.adapters.mime import read_letter
from app.backend import Backend
from app.db.database import Database
from app.domain.mail.incoming import MAIL_SIZE, unpack
from app.models.company import Company
from app.models.mail import IncomingMessage, MailAccount
from app.models.tickets import File, Ticket
from app.services.mail import reading
from app.services.mail.incoming import take
from app.services.mail.reading import Reading, read_mail
from tests.kit.factory import add_group, add_user
from tests.kit.mailbox import LOGIN, PASSWORD, MailServer, mail_server


class Office:
    """A company whose mailbox lies on the server."""

    def __init__(self, database: Database, server: MailServer) -> None:
        self.database, self.server = database, server
        self.backend = Backend(database)
        self.password: str | None = PASSWORD
        i18n.use("en")
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IT", time_zone="Europe/Rome", language="en"))
            session.flush()
            admin = add_user(session, "Ada", "administrator")
            add_group(session, "Back office", admin, is_back_office=True)
            where = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_login": LOGIN}
            session.add(MailAccount(is_office=True, address="office@acqua.it", **where))

    def lay(self, subject: str, *, size: int = 0, days_ago: float = 0) -> None:
        made = EmailMessage()
        made["From"], made["Subject"], made["Message-ID"] = "rossi@casa.it", subject, f"<{subject}@casa.it>"
        made.set_content("Water on the floor.")
        if size:
            made.add_attachment(b"x" * (size * 3 // 4), "application", "zip", filename="all.zip")
        self.server.lay(made.as_bytes(), datetime.now(UTC) - timedelta(days=days_ago))

    def read(self) -> Reading:
        return read_mail(self.backend.execute, lambda source: self.password)

    def rows(self) -> list[IncomingMessage]:
        with self.database.reading() as session:
            return list(session.scalars(select(IncomingMessage).order_by(IncomingMessage.id)))

    def subjects(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Ticket.subject).order_by(Ticket.id)))


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    with mail_server() as server:
        yield Office(database, server)


@pytest.mark.row("R-F4")
def test_new_mail_is_read_once_and_stays_where_it_is_unmarked(office: Office) -> None:
    office.lay("Long answered", days_ago=3)
    office.lay("Boiler")
    assert office.read().outcomes == {"opened": 1}
    assert office.read().count == 0
    office.lay("Meter")
    assert office.read().outcomes == {"opened": 1}
    assert office.subjects() == ["Boiler", "Meter"]
    assert office.server.flags() == [frozenset()] * 3


def test_a_mailbox_that_is_numbered_anew_brings_nothing_twice(office: Office) -> None:
    office.lay("Boiler")
    office.read()
    office.server.begin_anew()
    office.lay("Boiler")
    office.lay("Old one", days_ago=20)
    office.lay("Meter")
    assert office.read().outcomes == {"repeated": 1, "opened": 1}
    assert office.read().count == 0
    assert office.subjects() == ["Boiler", "Meter"]


def test_of_a_mail_of_30_mb_the_text_opens_a_ticket_and_its_file_stays_in_the_mailbox(office: Office) -> None:
    office.lay("Everything", size=30_000_000)
    assert MAIL_SIZE < 30_000_000
    assert office.read().outcomes == {"opened": 1}
    (row,) = office.rows()
    assert row.body.strip() == "Water on the floor."
    assert "its beginning was read" in i18n.say(unpack(row.detail)[0])
    with office.database.reading() as session:
        assert session.scalars(select(File)).all() == []


def test_one_mail_that_cannot_be_kept_does_not_hold_up_those_behind_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office.lay("Poison")
    office.lay("Boiler")

    def poisoned(session: object, place: object, letter: object) -> object:
        if getattr(letter, "subject", "") == "Poison":
            raise ValueError("nobody thought of that")
        return take(session, place, letter)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "take", poisoned)
    assert office.read().outcomes == {"refused": 1, "opened": 1}
    assert office.read().count == 0
    assert office.subjects() == ["Boiler"]


def test_a_mailbox_without_password_or_behind_a_wrong_one_is_told_of(office: Office) -> None:
    office.lay("Boiler")
    for password, words in ((None, "does not have the password"), ("other", "does not accept")):
        office.password = password
        read = office.read()
        assert read.count == 0
        assert words in i18n.say(next(iter(read.troubles.values())))
    office.password = PASSWORD
    assert office.read().outcomes == {"opened": 1}


def test_a_second_reader_at_the_same_time_takes_nothing_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.lay("Boiler")
    real = read_letter

    def meanwhile(raw: bytes, size: int | None = None) -> object:
        monkeypatch.setattr(reading, "read_letter", real)
        assert office.read().outcomes == {"opened": 1}
        return real(raw, size)

    monkeypatch.setattr(reading, "read_letter", meanwhile)
    assert office.read().count == 0
    assert office.subjects() == ["Boiler"]
