"""The outbox at length: against a real Debian mail server with workers that are killed, and against a moody one."""

import random
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer
from app.models.mail import MailAccount, MailTemplate, OutboxMessage
from app.services.mail.mailroom import Sender, by_smtp
from app.services.mail.queueing import queue
from tests.faults.conftest import Cabled
from tests.faults.test_mail import NoPasswords, sweep
from tests.kit.exim import Exim, exim
from tests.kit.factory import add_user
from tests.kit.history_check import wrong_deliveries
from tests.kit.mail_server import mail_server

PAST = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "horse-battery"
TEXTS = {
    "en": {"subject": "Hello {customer}", "body": "Dear {customer},\n.\n\nwe come.\n" + "line\n" * 40},
    "it": {"subject": "Città {customer}", "body": "Gentile {customer}, perché così.\n"},
    "he": {"subject": "שלום {customer}", "body": "שלום {customer},\nנגיע בשעה 09:00 <b>.\n"},
}
MAILS, WORKERS, KILLS, READERS = 240, 3, 6, 12
ROUNDS = 30
MOODY, SENDERS = 600, 4


def fill(database: Database, port: int, mails: int, login: str = "") -> None:
    """An office with so many mails to readers of three languages."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Rossi", country="IT", time_zone="Europe/Rome", language="it"))
        add_user(session, "Dana", role="administrator")
        values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_login": login}
        session.add(MailAccount(is_office=True, address="office@rossi.test", name="דוודים Rossi", **values))
        session.add(MailTemplate(name="Thanks", event="ticket_opened", recipient="customer", texts=TEXTS))
        readers = [
            Customer(name=f"לקוח {number}", email=f"reader{number}@home.test", language=("en", "it", "he")[number % 3])
            for number in range(READERS)
        ]
        session.add_all(readers)
        session.flush()
        for number in range(mails):
            queue(session, "ticket_opened", key=str(number), customer_id=readers[number % READERS].id)


def left(database: Database) -> int:
    """The mails that have not left."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.state != "sent")) or 0


def sent(database: Database) -> dict[str, OutboxMessage]:
    """Every mail by its Message-ID."""
    with database.reading() as session:
        return {mail.message_id: mail for mail in session.scalars(select(OutboxMessage))}


def hasten(database: Database, *, abandoned: bool) -> None:
    """Let the pauses be over, and with nobody at work every lease too."""
    with database.transaction() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.state == "waiting").values(next_at=PAST))
        if abandoned:
            session.execute(update(OutboxMessage).where(OutboxMessage.state == "sending").values(lease_until=PAST))


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.row("R-X4", "U20", "R-F6", "R-F7")
def test_a_debian_mail_server_gets_every_mail_whatever_happens_to_the_workers(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with exim(PASSWORD) as server:
        fill(database, server.port, MAILS, login="office")
        killed = work_and_kill(database, database_url, tmp_path)
        server.flush()
        check_arrived(server, sent(database))
    assert killed >= 1, "workers that are never killed show nothing"


def work_and_kill(database: Database, url: str, folder: Path) -> int:
    """Let workers send, killing one now and then, until everything has left; how many were killed."""
    file = folder / "credentials"
    file.write_text(f"office@rossi.test {PASSWORD}\n", encoding="utf-8")
    file.chmod(0o600)
    words = [sys.executable, "-m", "ui", "worker", "--once", "--credentials", str(file), "--database", url]
    chance, killed = random.Random(7), 0
    for _round in range(ROUNDS):
        if not left(database):
            break
        hasten(database, abandoned=True)
        workers = [
            subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(WORKERS)
        ]
        if killed < KILLS:
            goal = max(left(database) - chance.randrange(5, 30), 0)
            while left(database) > goal and (alive := [worker for worker in workers if worker.poll() is None]):
                with suppress(subprocess.TimeoutExpired):
                    alive[0].wait(0.05)
            for worker in workers[: chance.randrange(1, WORKERS + 1)]:
                if worker.poll() is None:
                    worker.send_signal(signal.SIGKILL)
                    killed += 1
        for worker in workers:
            worker.wait(300)
    assert not left(database), next(mail.last_error for mail in sent(database).values() if mail.state != "sent")
    return killed


def check_arrived(server: Exim, mails: dict[str, OutboxMessage]) -> None:
    """Nothing lost; twice only what a killed worker had in hand; every text as it was written."""
    arrived = server.delivered()
    times = Counter(str(mail["Message-ID"]) for mail in arrived)
    assert set(times) == set(mails), server.log()[-2000:]
    for message_id, count in times.items():
        assert count <= mails[message_id].attempts
    assert len(arrived) <= len(mails) + KILLS
    for mail in arrived:
        row = mails[str(mail["Message-ID"])]
        assert mail["Subject"] == row.subject
        assert mail["To"].addresses[0].display_name == row.to_name
        assert mail["Content-Language"] == row.language
        plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert plain.get_content().rstrip("\n") == row.body.rstrip("\n")
        assert (page is not None) == (row.language == "he")
        if page is not None:
            assert '<html dir="rtl" lang="he">' in page.get_content()


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.row("R-X4")
def test_a_moody_server_and_several_senders_lose_nothing(database: Database) -> None:
    chance = random.Random(11)

    def mood() -> str:
        drawn = chance.random()
        if drawn < 0.02:
            return "drop after"
        return "drop" if drawn < 0.06 else "451 later" if drawn < 0.12 else ""

    with mail_server() as server:
        server.mood = mood
        fill(database, server.port, MOODY)

        senders = [Sender(Backend(database), by_smtp(NoPasswords())) for _number in range(SENDERS)]
        with ThreadPoolExecutor(SENDERS) as pool:
            for _round in range(ROUNDS):
                list(pool.map(Sender.send, senders))
                hasten(database, abandoned=False)
                if not left(database):
                    break
    states = {key: mail.state for key, mail in sent(database).items()}
    assert len(states) == MOODY
    assert wrong_deliveries(states, server.ids, server.dropped) == []


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.row("R-X4", "R-X1", "U64")
def test_a_sender_that_is_cut_off_or_dies_at_any_step_loses_no_mail(
    cabled: Cabled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    died = sweep(cabled, monkeypatch, lambda _step: (False, True))
    with capsys.disabled():
        sys.stdout.write(f"\nmail: cut off and killed at every step; {died} arrived twice, by the same Message-ID\n")
