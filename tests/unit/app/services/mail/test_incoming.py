"""What becomes of mails that came in, judged by what the database holds afterwards."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from app import i18n
from app.adapters.mime import read_letter
from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.mail.incoming import LETTERS_AN_HOUR, Attached, Bounce, LeftOut, Letter, unpack
from app.domain.words import message
from app.models.company import Company
from app.models.customers import Customer
from app.models.mail import IncomingMessage, MailAccount, MailTemplate, OutboxMessage
from app.models.tickets import File, FileContent, Task, Ticket
from app.services.mail import incoming
from app.services.mail.incoming import Place, Taken, take
from app.services.tickets import card
from tests.kit.factory import add_group, add_user

NOW = datetime(2031, 11, 24, 8, tzinfo=UTC)


class Post:
    """An office with a mailbox, a template for thanks and one for answers; letters come in by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.moment = NOW
        self._uids = count(1)
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IT", time_zone="Europe/Rome", language="en"))
            session.flush()
            self.dana = add_user(session, "Dana", "agent", email="dana@acqua.it").id
            admin = add_user(session, "Ada", "administrator", email="ada@acqua.it")
            add_group(session, "Back office", admin, is_back_office=True)
            office = MailAccount(is_office=True, address="office@acqua.it", imap_host="mx")
            texts = {"en": {"subject": "We got it", "body": "Thank you, {customer}."}}
            thanks = MailTemplate(name="Thanks", event="ticket_opened", recipient="customer", texts=texts)
            answer = MailTemplate(name="Answer", event="ticket_answered", recipient="handler", texts=texts)
            session.add_all([office, thanks, answer])
            session.flush()
            self.office = office.id
        self.backend = Backend(database, clock=lambda: self.moment)

    def letter(self, subject: str = "Boiler leaks", **values: Any) -> Letter:
        number = next(self._uids)
        known = {
            "from_address": "rossi@casa.it",
            "from_name": "Mario Rossi",
            "body": "Water on the floor.",
            "message_id": f"<m{number}@casa.it>",
        }
        return Letter(subject=subject, **(known | values))

    def place(self, uid: int | None = None, validity: int = 7) -> Place:
        return Place(self.office, validity, uid or next(self._uids) + 1000, self.moment)

    def come(self, letter: Letter, place: Place | None = None) -> Taken:
        return self.backend.execute(take, place or self.place(), letter)

    def all(self, model: type[Any]) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    def last(self) -> IncomingMessage:
        found = self.all(IncomingMessage)[-1]
        assert isinstance(found, IncomingMessage)
        return found

    def said(self) -> str:
        """Why the last mail became what it became."""
        return " ".join(i18n.say(each) for each in unpack(self.last().detail))

    def ticket(self, number: int | None) -> Ticket:
        assert number is not None
        with self.database.reading() as session:
            return session.get_one(Ticket, number)

    def record_again(self) -> None:
        """Write the last mail's place down once more, past the services."""
        keys = ("account_id", "uid_validity", "uid", "from_address", "received_at")
        values = {key: getattr(self.last(), key) for key in keys}
        with self.database.transaction() as session:
            session.add(IncomingMessage(outcome="opened", **values))

    def close_ticket(self, number: int | None) -> None:
        self.backend.execute(card.close, self.ticket(number).id, self.ticket(number).version)


@pytest.fixture
def post(database: Database) -> Post:
    i18n.use("en")
    return Post(database)


@pytest.mark.row("R-F4", "U4")
def test_a_mail_opens_a_ticket_with_its_files_and_the_thanks_answer_it(post: Post) -> None:
    letter = post.letter(
        body="הדוד דולף",
        files=(Attached("plan.pdf", "application/pdf", b"%PDF"),),
        left_out=(LeftOut("all.zip", 12_000_000),),
    )
    taken = post.come(letter)
    ticket = post.ticket(taken.ticket_id)
    assert (taken.outcome, ticket.subject, ticket.description, ticket.channel) == (
        "opened",
        "Boiler leaks",
        "הדוד דולף",
        "mail",
    )
    (customer,) = post.all(Customer)
    assert (customer.email, customer.name, ticket.customer_id) == ("rossi@casa.it", "Mario Rossi", customer.id)
    assert [task.ticket_id for task in post.all(Task)] == [ticket.id]
    (file,) = post.all(File)
    assert (file.name, file.ticket_id, file.incoming_id) == ("plan.pdf", ticket.id, post.last().id)
    with post.database.reading() as session:
        assert session.get_one(FileContent, file.id).content == b"%PDF"
    assert "all.zip (11.4 MB)" in post.said()
    i18n.use("it")
    assert "all.zip (11,4 MB)" in post.said()
    i18n.use("en")
    (thanks,) = [mail for mail in post.all(OutboxMessage) if mail.event == "ticket_opened"]
    assert (thanks.to_address, thanks.in_reply_to) == ("rossi@casa.it", letter.message_id)


def test_each_mail_of_a_mailbox_is_taken_once_even_when_it_is_numbered_anew(post: Post) -> None:
    letter, place = post.letter(), post.place()
    assert post.come(letter, place).outcome == "opened"
    assert post.come(letter, place).outcome is None
    assert post.come(letter, replace(place, uid_validity=8, uid=1)).outcome == "repeated"
    assert len(post.all(Ticket)) == 1
    (account,) = post.all(MailAccount)
    assert (account.uid_validity, account.last_uid) == (8, 1)
    with pytest.raises(Refused):
        post.record_again()


def test_nothing_is_left_behind_where_taking_fails_in_the_middle(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_args: object) -> None:
        raise ZeroDivisionError

    place, letter = post.place(), post.letter()
    with monkeypatch.context() as patched:
        patched.setattr(incoming, "_advance", crash)
        with pytest.raises(ZeroDivisionError):
            post.come(letter, place)
    assert post.all(Ticket) == post.all(IncomingMessage) == post.all(OutboxMessage) == []
    assert post.come(letter, place).outcome == "opened"


def test_an_answer_to_our_mail_or_to_an_earlier_one_continues_the_ticket(post: Post) -> None:
    opened = post.come(post.letter(message_id="<first@casa.it>"))
    thanks = next(mail for mail in post.all(OutboxMessage) if mail.event == "ticket_opened")
    answer = post.letter("Re: something else", answers=("<nobody@x>", thanks.message_id), from_address="wife@casa.it")
    assert post.come(answer) == Taken("continued", opened.ticket_id)
    again = post.letter("Fwd", answers=("<first@casa.it>",), files=(Attached("a.txt", "", b"x"),))
    assert post.come(again).ticket_id == opened.ticket_id
    assert [file.ticket_id for file in post.all(File)] == [opened.ticket_id]
    assert len(post.all(Ticket)) == 1


def test_the_handler_is_told_of_an_answer_and_not_of_his_own(post: Post) -> None:
    opened = post.come(post.letter(message_id="<first@casa.it>")).ticket_id
    with post.database.transaction() as session:
        session.get_one(Task, post.all(Task)[0].id).user_id = post.dana
    for sender in ("rossi@casa.it", "dana@acqua.it", "ada@acqua.it"):
        post.come(post.letter(f"Re: [#{opened}]", from_address=sender))
    told = [mail.to_address for mail in post.all(OutboxMessage) if mail.event == "ticket_answered"]
    assert told == ["dana@acqua.it"] * 2


def test_a_number_in_the_subject_counts_only_for_those_the_ticket_is_about(post: Post) -> None:
    opened = post.come(post.letter()).ticket_id
    assert post.come(post.letter(f"Re: Boiler [#{opened}]")).ticket_id == opened
    assert post.come(post.letter(f"RE: [#{opened}]", from_address="dana@acqua.it")).ticket_id == opened
    stranger = post.come(post.letter(f"Re: [#{opened}]", from_address="eve@else.it"))
    assert stranger.outcome == "opened"
    assert stranger.ticket_id != opened
    assert "not of this sender" in post.said()
    assert post.come(post.letter("Re: [#999999]")).outcome == "opened"
    assert post.come(post.letter("Re: [#" + "9" * 40 + "]")).outcome == "opened"


def test_an_answer_opens_a_ticket_again_that_was_closed_a_short_while_ago(post: Post) -> None:
    opened = post.come(post.letter(message_id="<first@casa.it>")).ticket_id
    post.close_ticket(opened)
    post.moment += timedelta(days=13)
    assert post.come(post.letter(answers=("<first@casa.it>",))) == Taken("continued", opened)
    assert post.ticket(opened).closed_at is None
    assert "open again" in post.said()
    post.close_ticket(opened)
    post.moment += timedelta(days=15)
    late = post.come(post.letter(answers=("<first@casa.it>",)))
    assert late.outcome == "opened"
    assert late.ticket_id != opened
    assert str(opened) in post.said()
    assert post.ticket(opened).closed_at is not None


def test_an_answer_to_a_merged_ticket_continues_the_one_that_goes_on(post: Post) -> None:
    first = post.come(post.letter(message_id="<first@casa.it>")).ticket_id
    second = post.come(post.letter("Another")).ticket_id
    post.close_ticket(first)
    with post.database.transaction() as session:
        session.get_one(Ticket, first).merged_into_id = second
    assert post.come(post.letter(answers=("<first@casa.it>",))) == Taken("continued", second)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"from_address": "office@acqua.it"}, "loop"),
        ({"headers": {"auto-submitted": "auto-replied"}}, "auto_reply"),
        ({"headers": {"precedence": "bulk"}}, "auto_reply"),
        ({"headers": {"return-path": "<>"}}, "auto_reply"),
        ({"from_address": "mailer-daemon@mx.it"}, "auto_reply"),
        ({"is_receipt": True}, "auto_reply"),
        ({"from_address": ""}, "refused"),
        ({"bounce": Bounce("<unknown@x>", "no such user", is_final=True)}, "bounce"),
    ],
)
def test_machines_open_no_ticket_and_get_no_answer(post: Post, values: dict[str, Any], outcome: str) -> None:
    assert post.come(post.letter(**values)) == Taken(outcome)
    assert post.said()
    assert post.all(Ticket) == post.all(OutboxMessage) == []


def test_a_mail_of_ours_that_comes_back_is_a_loop(post: Post) -> None:
    post.come(post.letter())
    ours = post.all(OutboxMessage)[0]
    assert post.come(post.letter(message_id=ours.message_id)).outcome == "loop"
    assert len(post.all(Ticket)) == 1


def test_a_flood_of_one_sender_ends_and_begins_again_an_hour_later(post: Post) -> None:
    outcomes = [post.come(post.letter()).outcome for _number in range(LETTERS_AN_HOUR + 2)]
    assert outcomes == ["opened"] * LETTERS_AN_HOUR + ["loop"] * 2
    assert post.come(post.letter(from_address="other@casa.it")).outcome == "opened"
    post.moment += timedelta(minutes=61)
    assert post.come(post.letter()).outcome == "opened"


def test_a_mail_that_came_back_is_marked_dead_with_the_servers_reason(post: Post) -> None:
    post.come(post.letter())
    ours = post.all(OutboxMessage)[0]
    bounce = Bounce(ours.message_id, "552 Mailbox is full", is_final=True)
    post.come(post.letter(bounce=replace(bounce, is_final=False), from_address="mailer-daemon@mx.it"))
    assert "late" in post.said()
    with post.database.transaction() as session:
        session.get_one(OutboxMessage, ours.id).state = "sent"
    assert post.come(post.letter(bounce=bounce, from_address="")).outcome == "bounce"
    assert post.last().outbox_id == ours.id
    dead = post.all(OutboxMessage)[0]
    assert (dead.state, dead.last_error) == ("dead", "BOUNCED 552 Mailbox is full")
    assert "552 Mailbox is full" in post.said()


def test_what_the_intake_refuses_is_recorded_with_the_reason(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise Refused("NO_PROFILE", message("Nobody is there."))

    monkeypatch.setattr(incoming, "take_in", refuse)
    assert post.come(post.letter()) == Taken("refused")
    assert post.said() == "Nobody is there."


NASTY = [
    b"",
    b"\0\0\0",
    b"From: a@b.it\r\nSubject: \0\xff\xfe\r\n\r\n\0body\0",
    b"From: =?utf-8?b?7aCA?= <a@b.it>\r\n\r\nhalf a character",
    b"From: a@b.it\r\nSubject: " + b"x" * 100_000 + b"\r\n\r\n" + b"y" * 300_000,
    b"From: " + b"a" * 300 + b"@b.it\r\n\r\nlong name",
    b"From: a@b.it\r\nMessage-ID: <" + b"m" * 390 + b">\r\n\r\nlong id",
    b"From: a@b.it\r\nReferences: " + b"<r@x> " * 10_000 + b"\r\n\r\nmany answers",
    b"From: a@b.it\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 5000,
    b'From: a@b.it\r\nContent-Type: application/octet-stream; name="\0/../x"\r\n\r\nfile',
    b"From: a@b.it, c@d.it\r\nSubject: [#0] [#-1] [#99999999999999999999]\r\n\r\ntags",
    b"From: a@b.it\r\nSubject: Re:\r\nIn-Reply-To: <a\0b@c>\r\n\r\n",
]


def test_each_malformed_mail_has_one_clear_outcome(post: Post) -> None:
    for number, raw in enumerate(NASTY, start=1):
        taken = post.come(read_letter(raw), post.place(number))
        row = post.last()
        assert (row.uid, row.outcome) == (number, taken.outcome)
        assert taken.outcome in {"opened", "refused", "repeated"}
        assert (taken.ticket_id is not None) == (taken.outcome == "opened")
        assert taken.outcome == "opened" or post.said()
    assert len(post.all(IncomingMessage)) == len(NASTY)


def test_readers_at_the_same_moment_take_each_mail_once(post: Post) -> None:
    work = [(post.place(uid), post.letter(message_id=f"<{uid}@x>")) for uid in range(1, 9)] * 2
    with ThreadPoolExecutor(4) as pool:
        outcomes = [taken.outcome for taken in pool.map(lambda each: post.come(each[1], each[0]), work)]
    assert sorted(map(str, outcomes)) == ["None"] * 8 + ["opened"] * 8
    assert len(post.all(Ticket)) == len(post.all(IncomingMessage)) == 8
