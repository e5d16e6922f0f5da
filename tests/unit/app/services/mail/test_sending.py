"""The outbox emptied over real SMTP: whatever fails, nothing is lost, and nothing goes twice but after a crash."""

import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import i18n
from app.adapters.letters import Letter
from app.adapters.smtp import Smtp
from app.domain.errors import Conflict, DatabaseUnavailable, Refused
from app.domain.mail.failures import Failure, told
from app.domain.mail.patience import LONGEST, MOST_ATTEMPTS, SHORTEST, wait
from app.domain.words import message
from app.models.mail import MailAccount, OutboxMessage
from app.models.processes import RoutingRules
from app.models.tickets import Task
from app.services.mail import outbox, sending
from app.services.mail.mailroom import Sender, Sent, by_smtp
from app.services.mail.reminding import remind, unreminded
from app.services.mail.sending import Box
from app.services.planner import placing
from tests.kit.factory import at
from tests.kit.mail_server import MailServer, mail_server
from tests.unit.app.services.mail.conftest import Office

HEBREW = {"he": {"subject": "שלום {customer}", "body": "הטכנאי {handler} יגיע.\n"}}
PAST = datetime(2020, 1, 1, tzinfo=UTC)


class Known:
    """Passwords of a test."""

    def __init__(self, **known: str) -> None:
        self.known = known

    def password(self, address: str) -> str | None:
        """By the name before the @."""
        return self.known.get(address.partition("@")[0])


@pytest.fixture
def server(office: Office) -> Iterator[MailServer]:
    """The office's mail server."""
    with mail_server() as mails:
        box(office, mails.port)
        yield mails


def box(office: Office, port: int, **values: Any) -> None:
    """Let the office's mailbox hand in there."""
    with office.database.transaction() as session:
        account = session.scalars(select(MailAccount).where(MailAccount.is_office)).one()
        account.smtp_host, account.smtp_port, account.smtp_security = "127.0.0.1", port, "none"
        for name, value in values.items():
            setattr(account, name, value)


def sender(office: Office, /, **known: str) -> Sender:
    return Sender(office.backend.acting_as(None), by_smtp(Known(**known)))


def hasten(office: Office, **values: Any) -> None:
    """Move the stamps of whatever waits: time passes at once."""
    changed = {"next_at": PAST, **values}
    with office.database.transaction() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.state == "waiting").values(**changed))


def abandon(office: Office) -> None:
    """Let every lease have run out."""
    with office.database.transaction() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.state == "sending").values(lease_until=PAST))


@pytest.mark.row("R-X4", "U20")
def test_a_mail_leaves_once_and_is_marked(office: Office, server: MailServer) -> None:
    office.template(texts=HEBREW)
    office.queue(user_id=office.ana)
    first = sender(office)
    assert first.send() == Sent(sent=1)
    assert first.send() == Sent()
    mail = office.mail()
    assert (mail.state, mail.lease_until, mail.leased_by, mail.attempts) == ("sent", None, None, 1)
    assert mail.sent_at is not None
    (taken,) = server.taken
    assert taken["Message-ID"] == mail.message_id
    assert taken["Subject"] == "שלום Bianchi [#INT-00042]"
    assert taken["Content-Language"] == "he"
    page = taken.get_body(("html",))
    assert page is not None
    assert 'dir="rtl"' in page.get_content()


@pytest.mark.row("R-F7")
def test_a_handler_writes_from_his_own_mailbox_or_through_the_offices(office: Office, server: MailServer) -> None:
    with mail_server(password="ana-secret") as own:
        values = {"smtp_host": "127.0.0.1", "smtp_port": own.port, "smtp_security": "none", "smtp_login": "ana"}
        with office.database.transaction() as session:
            session.add(MailAccount(user_id=office.ana, address="ana@rossi.test", **values))
        office.template(sender="handler")
        office.queue(key="1", user_id=office.ana)
        office.queue(key="2", user_id=office.levi)
        office.queue(key="3", user_id=office.ana)
        assert sender(office, ana="ana-secret").send() == Sent(sent=3)
        assert own.senders == ["ana@rossi.test"] * 2
        assert own.taken[0]["From"] == "Ana <ana@rossi.test>"
        assert own.taken[0]["Reply-To"] is None
        assert own.logged_in == ["ana"], "one connection for both"
    (through,) = server.taken
    assert through["From"] == "Caldaie Rossi <office@rossi.test>"
    assert through["Reply-To"].addresses[0].addr_spec == "levi@office.test"


@pytest.mark.row("R-X4")
@pytest.mark.parametrize(
    ("where", "answer", "state", "failure"),
    [
        ("to", "550 5.1.1 no such user", "dead", Failure.REFUSED),
        ("to", "452 4.2.2 mailbox full", "waiting", Failure.LATER),
        ("to", "drop", "waiting", Failure.LOST),
        ("at_data", "451 4.3.0 later", "waiting", Failure.LATER),
        ("at_data", "554 5.7.1 spam", "dead", Failure.REFUSED),
        ("at_data", "drop midway", "waiting", Failure.LOST),
    ],
)
def test_what_may_pass_is_tried_again_and_what_may_not_is_given_up(
    office: Office, server: MailServer, where: str, answer: str, state: str, failure: Failure
) -> None:
    getattr(server, where)["bianchi@home.test"] = answer
    office.template()
    office.queue()
    assert sender(office).send() == Sent(failed=1)
    mail = office.mail()
    assert (mail.state, mail.attempts, mail.lease_until) == (state, 1, None)
    assert (mail.last_error or "").startswith(failure.value)
    assert i18n.say(told(mail.last_error or ""))
    getattr(server, where).clear()
    if state == "waiting":
        assert timedelta(0) < mail.next_at - mail.created_at <= timedelta(minutes=3)
        assert sender(office).send() == Sent(), "it waits for its time"
        hasten(office)
    else:
        office.backend.execute(outbox.resend, mail.id, mail.version)
    assert sender(office).send() == Sent(sent=1)
    assert server.ids == [mail.message_id]


@pytest.mark.row("R-X4")
def test_a_dead_server_costs_one_attempt_a_round_and_the_business_nothing(office: Office) -> None:
    gone = socket.socket()
    gone.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
    box(office, gone.getsockname()[1])
    office.template("call_loaded")
    placed = office.backend.execute(placing.schedule, office.task, 1, office.ana, at(9))
    for number in range(25):
        office.change(MailAccount, 1, name=f"Office {number}")
        office.queue("call_loaded", key=str(number))
    opened: list[Box] = []

    def counting(mailbox: Box) -> Smtp:
        opened.append(mailbox)
        return Smtp(mailbox.server)

    with gone:
        done = Sender(office.backend, counting).send()
    assert done.sent == 0
    assert done.failed >= 1
    assert len(opened) == 1, "a mailbox that does not answer is left alone for the round"
    assert placed.visit.is_active
    with office.database.reading() as session:
        assert session.get_one(Task, office.task).user_id == office.ana
    assert all(mail.state == "waiting" for mail in office.mails())
    with mail_server() as server:
        box(office, server.port)
        for _round in range(2):
            hasten(office)
            sender(office).send()
        assert server.ids == [mail.message_id for mail in office.mails()]


def test_a_mail_is_given_up_after_its_attempts(office: Office, server: MailServer) -> None:
    server.to["bianchi@home.test"] = "450 later"
    office.template()
    office.queue()
    for _attempt in range(MOST_ATTEMPTS - 1):
        assert sender(office).send() == Sent(failed=1)
        assert office.mail().state == "waiting"
        hasten(office)
    sender(office).send()
    mail = office.mail()
    assert (mail.state, mail.attempts) == ("dead", MOST_ATTEMPTS)
    again = office.backend.execute(outbox.resend, mail.id, mail.version)
    assert (again.state, again.attempts, again.last_error) == ("waiting", 0, "")


@given(st.integers(1, 200), st.floats(0, 1))
def test_waits_grow_from_a_minute_to_six_hours(attempts: int, chance: float) -> None:
    assert SHORTEST <= wait(attempts, chance) <= LONGEST
    assert wait(attempts, 0) >= wait(attempts, 1)
    assert wait(attempts + 1, 0) >= wait(attempts, 0)


def test_without_a_mailbox_or_its_password_mail_waits_and_says_why(office: Office, server: MailServer) -> None:
    office.template()
    office.queue()
    box(office, server.port, smtp_login="office")
    sender(office).send()
    assert office.mail().last_error == "NO_SECRET office"
    box(office, server.port, is_active=False)
    hasten(office)
    sender(office).send()
    assert office.mail().last_error == "NO_ACCOUNT"
    assert (office.mail().state, office.mail().attempts) == ("waiting", 2)


@pytest.mark.row("R-X4")
def test_a_mail_of_30_mb_is_given_up_in_words_and_the_others_go(office: Office, server: MailServer) -> None:
    office.template()
    office.queue(key="1")
    office.change(OutboxMessage, office.mail().id, body="x" * (30 << 20))
    office.queue(key="2")
    assert sender(office).send() == Sent(sent=1, failed=1)
    large, small = office.mails()
    assert (large.state, large.last_error) == ("dead", "TOO_LARGE 30 MB > 25 MB")
    assert i18n.say(told(large.last_error or "")) == "The mail is too large to be sent: 30 MB > 25 MB"
    assert server.ids == [small.message_id]


class Crash(BaseException):
    """The sender's computer loses its power."""


@pytest.mark.row("R-X4")
def test_a_crash_between_the_yes_and_the_mark_sends_the_same_message_id_again(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.template()
    office.queue()
    dying = sender(office)

    def die() -> None:
        raise Crash

    monkeypatch.setattr(dying, "_pay", lambda: die() if server.taken else None)
    with pytest.raises(Crash):
        dying.send()
    assert office.mail().state == "sending"
    assert sender(office).send() == Sent(), "the lease holds"
    abandon(office)
    assert sender(office).send() == Sent(sent=1)
    mail = office.mail()
    assert (mail.state, mail.attempts) == ("sent", 2)
    assert server.ids == [mail.message_id, mail.message_id]


@pytest.mark.row("R-X4")
def test_a_server_that_hangs_up_after_taking_the_mail_gets_the_same_message_id(
    office: Office, server: MailServer
) -> None:
    server.at_data["bianchi@home.test"] = "drop after"
    office.template()
    office.queue()
    assert sender(office).send() == Sent(failed=1)
    server.at_data.clear()
    hasten(office)
    assert sender(office).send() == Sent(sent=1)
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1


class Flaky:
    """A backend whose database goes away for one service at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.gone: Callable[..., Any] | None = None

    def execute(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run it, unless it is the one."""
        if service is self.gone:
            raise DatabaseUnavailable(message("gone"))
        return self._office.backend.execute(service, *args, **kwargs)


@pytest.mark.row("R-X4")
def test_a_mark_that_could_not_be_written_is_owed_and_nothing_goes_twice(office: Office, server: MailServer) -> None:
    office.template()
    for key in "123":
        office.queue(key=key)
        office.change(OutboxMessage, office.mails()[-1].id, to_address=f"{key}@home.test")
    flaky = Flaky(office)
    steady = Sender(flaky, by_smtp(Known()))
    flaky.gone = sending.mark_sent
    with pytest.raises(DatabaseUnavailable):
        steady.send()
    with pytest.raises(DatabaseUnavailable):
        steady.send()
    assert len(server.taken) == 1
    flaky.gone = None
    assert steady.send() == Sent(sent=2)
    assert [mail.state for mail in office.mails()] == ["sent"] * 3
    assert [mail.attempts for mail in office.mails()] == [1, 1, 1]
    assert len(set(server.ids)) == len(server.ids) == 3


@pytest.mark.row("R-X4")
def test_two_senders_at_once_lose_nothing_send_nothing_twice_and_keep_each_readers_order(
    office: Office, server: MailServer
) -> None:
    office.template()
    for number in range(60):
        office.queue(key=str(number))
        office.change(OutboxMessage, office.mails()[-1].id, to_address=f"reader{number % 6}@home.test")
    together = threading.Barrier(3)

    def work(_number: int) -> int:
        one = sender(office)
        together.wait()
        done = 0
        while any(mail.state != "sent" for mail in office.mails()):
            done += one.send().sent
        return done

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 60
    assert len(server.ids) == len(set(server.ids)) == 60
    order = {mail.message_id: mail.id for mail in office.mails()}
    for reader in set(server.readers):
        his = [order[taken] for taken, to in zip(server.ids, server.readers, strict=True) if to == reader]
        assert his == sorted(his)
        assert len(his) == 10


def test_a_readers_mails_keep_their_order_but_a_held_one_does_not_hold_the_others(
    office: Office, server: MailServer
) -> None:
    held = office.template("ticket_closed", hold_minutes=30)
    office.template()
    office.queue("ticket_closed")
    office.queue(key="1")
    office.queue(key="2")
    server.to["bianchi@home.test"] = "450 later"
    assert sender(office).send() == Sent(failed=1), "the second waits behind the first, the held one holds nobody"
    server.to.clear()
    assert sender(office).send() == Sent()
    with office.database.transaction() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.template_id != held).values(next_at=PAST))
    assert sender(office).send() == Sent(sent=2)
    first, one, two = office.mails()
    assert server.ids == [one.message_id, two.message_id]
    assert first.state == "waiting"


@pytest.mark.row("R-X4")
def test_a_held_mail_can_be_taken_back_sent_at_once_or_sent_after_all(office: Office, server: MailServer) -> None:
    office.template(hold_minutes=60)
    office.queue(key="1")
    office.queue(key="2")
    assert sender(office).send() == Sent()
    second, first = office.backend.execute(outbox.page).rows
    assert first.is_held
    gone = office.backend.execute(outbox.cancel, first.id, first.version)
    soon = office.backend.execute(outbox.send_now, second.id, second.version)
    assert (gone.state, soon.is_held) == ("cancelled", False)
    assert sender(office).send() == Sent(sent=1)
    assert server.ids == [office.mails()[1].message_id]
    office.backend.execute(outbox.resend, gone.id, gone.version)
    assert sender(office).send() == Sent(sent=1)
    sent = office.backend.execute(outbox.load, first.id)
    for act in (outbox.cancel, outbox.resend, outbox.send_now):
        with pytest.raises(Refused) as caught:
            office.backend.execute(act, sent.row.id, sent.row.version)
        assert caught.value.code == "STATE"
    with pytest.raises(Conflict):
        office.backend.execute(outbox.cancel, first.id, first.version)
    assert office.backend.execute(outbox.counts) == {"sent": 2}


def test_the_outbox_is_paged_filtered_and_searched(office: Office) -> None:
    office.template()
    for number in range(5):
        office.queue(key=str(number))
    first = office.backend.execute(outbox.page, limit=2)
    second = office.backend.execute(outbox.page, limit=2, before=first.before)
    last = office.backend.execute(outbox.page, limit=2, before=second.before)
    ids = [row.id for page in (first, second, last) for row in page.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
    assert last.before is None
    assert len(office.backend.execute(outbox.page, search="BIANCHI", state="waiting").rows) == 5
    assert office.backend.execute(outbox.page, search="100%").rows == ()
    assert office.backend.execute(outbox.page, ticket_id=office.ticket + 1).rows == ()
    (row, *_rest) = first.rows
    assert (row.customer, row.ticket_number, row.template) == ("Bianchi", "INT-00042", "Template 0")


def test_a_sender_that_is_told_to_stop_gives_back_what_it_has_not_tried(office: Office, server: MailServer) -> None:
    office.template()
    for key in "123":
        office.queue(key=key)
        office.change(OutboxMessage, office.mails()[-1].id, to_address=f"{key}@home.test")
    stop = threading.Event()

    class Stopping(Smtp):
        def deliver(self, letter: Letter) -> None:
            super().deliver(letter)
            stop.set()

    one = Sender(office.backend, lambda mailbox: Stopping(mailbox.server), stop)
    assert one.send() == Sent(sent=1)
    assert [(mail.state, mail.attempts) for mail in office.mails()] == [("sent", 1), ("waiting", 0), ("waiting", 0)]
    assert sender(office).send() == Sent(sent=2)


def test_a_mail_nobody_thought_of_is_given_up_and_the_next_one_goes(office: Office, server: MailServer) -> None:
    office.template()
    for key in "12":
        office.queue(key=key)
        office.change(OutboxMessage, office.mails()[-1].id, to_address=f"{key}@home.test")

    class Odd(Smtp):
        def deliver(self, letter: Letter) -> None:
            if letter.to_address.startswith("1"):
                raise KeyError("odd")
            super().deliver(letter)

    assert Sender(office.backend, lambda mailbox: Odd(mailbox.server)).send() == Sent(sent=1, failed=1)
    assert [mail.state for mail in office.mails()] == ["dead", "sent"]


def test_logs_hold_no_password_and_no_address(
    office: Office, caplog: pytest.LogCaptureFixture, server: MailServer
) -> None:
    caplog.set_level(logging.DEBUG)
    with mail_server(password="horse-battery") as strict:
        box(office, strict.port, smtp_login="office")
        office.template()
        office.queue(key="1")
        sender(office, office="wrong-staple").send()
        hasten(office)
        sender(office, office="horse-battery").send()
        assert len(strict.taken) == 1
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("app", "ui"))]
    assert ours
    assert not [line for line in ours if "staple" in line or "battery" in line or "bianchi" in line]
    assert "staple" not in str(Counter(mail.last_error for mail in office.mails()))


def test_handlers_are_reminded_once_of_what_is_due_tomorrow(office: Office) -> None:
    backend = office.backend
    office.template("due_tomorrow", recipient="handler")
    moment = at(9)
    backend._clock = lambda: moment
    with office.database.transaction() as session:
        task = session.get_one(Task, office.task)
        task.user_id, task.group_id, task.due_at = office.ana, None, at(20, day=1)
    assert backend.execute(unreminded) == (), "the company does not want it"
    with office.database.transaction() as session:
        rules = session.get(RoutingRules, 1) or RoutingRules(id=1)
        rules.reminds_day_before = True
        session.add(rules)
    moment = at(5)
    assert backend.execute(unreminded) == (), "nobody is woken"
    moment = at(9)
    assert backend.execute(unreminded) == (office.task,)
    assert backend.execute(remind, (office.task,)) == 1
    assert backend.execute(unreminded) == ()
    assert backend.execute(remind, (office.task,)) == 0
    assert office.mail().to_address == "ana@office.test"
    moment = at(9, day=1)
    assert backend.execute(unreminded) == (), "it is today by then"


def test_what_one_sender_has_leased_no_other_marks_gives_back_or_takes_too_early(office: Office) -> None:
    office.template()
    office.queue()
    (leased,) = office.backend.execute(sending.lease, "one")
    office.backend.execute(sending.give_back, "two")
    office.backend.execute(sending.mark_failed, "two", leased, Failure.LOST.value, "")
    office.change(OutboxMessage, leased, lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert office.backend.execute(sending.is_due) is False, "a clock may have been set back a little"
    mail = office.mail()
    assert (mail.state, mail.leased_by, mail.attempts) == ("sending", "one", 1)
