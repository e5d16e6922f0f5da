"""What is written into the outbox: once, in the reader's language, in the transaction of what it tells of."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.db.database import Database
from app.domain.errors import Refused
from app.domain.mail import addresses
from app.domain.mail.rendering import apart, check, fields_of, fill, number_in, one_line, plain, tagged
from app.models.customers import Customer
from app.models.mail import IncomingMessage, MailAccount, MailTemplate
from app.models.people import User
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.mail import lists
from app.services.mail.queueing import queue
from app.services.mail.rows import ListedAddress
from app.services.planner import placing
from app.services.planner.rows import Placed
from tests.kit.factory import at
from tests.unit.app.services.mail.conftest import Office

THREE = {
    "en": {"subject": "{subject}", "body": "Dear {customer}, due {due}.\n"},
    "it": {"subject": "{subject}", "body": "Gentile {customer}, scade {due}.\n"},
    "he": {"subject": "פנייה: {subject}", "body": "שלום {customer}, עד {due}.\n"},
}


def test_without_a_template_nothing_is_written(office: Office) -> None:
    assert office.queue() == 0
    office.template(is_active=False)
    office.template(event="ticket_closed")
    assert office.queue() == 0
    assert office.mails() == []


@pytest.mark.row("R-X4")
def test_an_occurrence_is_written_once_and_two_are_two(office: Office) -> None:
    office.template()
    assert (office.queue(key="7"), office.queue(key="7"), office.queue(key="8")) == (1, 0, 1)
    first, second = office.mails()
    assert first.message_id != second.message_id
    assert first.message_id.endswith("@rossi.test>")


@pytest.mark.row("R-X4")
def test_what_is_undone_leaves_no_mail(office: Office, database: Database) -> None:
    office.template()

    def step() -> None:
        with database.transaction() as session:
            session.get_one(Ticket, office.ticket).subject = "Changed"
            assert queue(session, "ticket_opened", key="1", ticket_id=office.ticket) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        step()
    assert office.mails() == []


@pytest.mark.row("R-F6")
def test_the_handler_is_told_in_his_language(office: Office) -> None:
    office.template("task_given", THREE, recipient="handler")
    assert office.queue("task_given", user_id=office.levi) == 1
    mail = office.mail()
    assert (mail.to_address, mail.to_name, mail.language) == ("levi@office.test", "לוי", "he")
    assert mail.subject == "פנייה: Boiler leaks [#INT-00042]"
    assert mail.body == "שלום \u2068Bianchi\u2069, עד יום שני, 24 בנובמבר 2031, 10:00.\n"
    assert mail.sender_id is None
    assert (mail.ticket_id, mail.task_id, mail.customer_id) == (office.ticket, office.task, office.customer)


def test_a_task_of_a_quiet_type_comes_without_a_word(office: Office, database: Database) -> None:
    office.template("task_given", THREE, recipient="handler")
    with database.reading() as session:
        kind = session.get_one(Task, office.task).activity_type_id
    office.change(ActivityType, kind or 0, notifies=False)
    assert office.queue("task_given", user_id=office.levi) == 0


@pytest.mark.row("R-F7")
def test_thanks_go_to_the_customer_from_the_handlers_mailbox(office: Office) -> None:
    office.template(texts=THREE, sender="handler")
    office.queue(user_id=office.ana)
    mail = office.mail()
    assert (mail.to_address, mail.language, mail.sender_id) == ("bianchi@home.test", "en", office.ana)
    assert mail.body == "Dear Bianchi, due Monday, 24 November 2031, 10:00.\n"


def test_a_customer_without_a_language_reads_the_companys_and_a_missing_text_falls_back(office: Office) -> None:
    office.change(Customer, office.customer, language=None)
    office.template(texts=THREE)
    office.template(texts={"he": THREE["he"]})
    office.queue()
    italian, only_hebrew = office.mails()
    assert (italian.language, only_hebrew.language) == ("it", "he")
    assert "Monday" not in italian.body
    assert "lunedì 24 novembre 2031, 10:00" in italian.body


def test_who_cannot_be_reached_is_no_error_and_a_wrong_address_is_shown(office: Office) -> None:
    office.template()
    office.template("task_given", recipient="handler")
    office.template("ticket_closed", recipient="responsible")
    office.change(Customer, office.customer, email=None)
    office.change(User, office.ana, is_active=False)
    assert office.queue() == 0
    assert office.queue("task_given", user_id=office.ana) == 0
    assert office.queue("ticket_closed") == 1
    office.change(Customer, office.customer, email="bianchi at home\r\nBcc: x@evil.test")
    assert office.queue(key="2") == 1
    wrong = office.mails()[-1]
    assert (wrong.state, wrong.last_error) == ("dead", "ADDRESS")
    assert "\n" not in wrong.to_address
    assert queue_nothing(office) == 0


def queue_nothing(office: Office) -> int:
    return office.queue("ticket_opened", key="none", ticket_id=None, task_id=None)


@pytest.mark.row("R-T34")
def test_a_list_gets_a_mail_for_each_address_in_its_language(office: Office) -> None:
    listed = [ListedAddress("a@list.test", "A", "he"), ListedAddress("b@list.test")]
    row = office.backend.execute(lists.save_list, "Planners", listed)
    office.template("call_loaded", THREE, recipient="list", list_id=row.id)
    assert office.queue("call_loaded") == 2
    assert office.queue("call_loaded") == 0
    assert [(mail.to_address, mail.language) for mail in office.mails()] == [
        ("a@list.test", "he"),
        ("b@list.test", "it"),
    ]


def test_answers_of_a_ticket_stand_together(office: Office, database: Database) -> None:
    office.template()
    office.template("task_given", recipient="handler")
    office.queue("task_given", user_id=office.ana)
    office.queue(key="1")
    office.queue(key="2")
    to_ana, first, second = office.mails()
    assert first.in_reply_to is None, "the customer never saw what was written to the handler"
    assert second.in_reply_to == first.message_id
    with database.transaction() as session:
        account = session.scalars(select(MailAccount)).one()
        session.add(
            IncomingMessage(
                account_id=account.id,
                uid_validity=1,
                uid=1,
                message_id="<his@home.test>",
                ticket_id=office.ticket,
                from_address="bianchi@home.test",
                received_at=second.created_at + timedelta(hours=1),
                outcome="opened",
            )
        )
    office.queue(key="3")
    office.queue("task_given", key="4", user_id=office.ana)
    _ana, _one, _two, third, fourth = office.mails()
    assert third.in_reply_to == "<his@home.test>"
    assert fourth.in_reply_to == to_ana.message_id


@pytest.mark.row("R-X4")
def test_nothing_typed_breaks_the_header_or_the_database(office: Office) -> None:
    nasty = "Boiler\r\nBcc: thief@evil.test\x00 \u2028{customer} {{ }} 💥"
    office.change(Customer, office.customer, name=nasty.replace("\x00", ""))
    office.change(Ticket, office.ticket, subject=nasty.replace("\x00", ""))
    office.template(texts={"en": {"subject": "{subject}", "body": "{customer}|{{x}}|{nothing}|"}})
    office.queue()
    mail = office.mail()
    assert mail.subject == "Boiler Bcc: thief@evil.test {customer} {{ }} 💥 [#INT-00042]"
    assert mail.body == "Boiler Bcc: thief@evil.test {customer} {{ }} 💥|{x}||"
    assert "\n" not in mail.to_name


@pytest.mark.row("R-T34")
def test_loading_moving_and_cancelling_a_call_are_told_once_each(office: Office) -> None:
    for event in ("call_loaded", "call_moved", "call_cancelled"):
        text = "{customer}: {technician} {visit_start} – {visit_end}"
        old = "; before {old_technician} {old_start}" if event == "call_moved" else ""
        office.template(event, {"en": {"subject": event, "body": text + old}}, hold_minutes=10)
    backend = office.backend
    placed: Placed = backend.execute(placing.schedule, office.task, 1, office.ana, at(9))
    moved = backend.execute(placing.move, placed.visit.id, placed.visit.version, office.levi, at(10))
    same = backend.execute(placing.move, moved.visit.id, moved.visit.version, office.levi, at(10))
    gone = backend.execute(placing.unschedule, same.visit.id, same.visit.version)
    backend.execute(placing.reinstate, gone.visit.id, gone.visit.version)
    mails = office.mails()
    assert [mail.event for mail in mails] == ["call_loaded", "call_moved", "call_cancelled", "call_loaded"]
    assert mails[0].body == "Bianchi: Ana Monday, 24 November 2031, 10:00 – Monday, 24 November 2031, 11:00"
    assert mails[1].body.startswith("Bianchi: \u2068לוי\u2069 Monday, 24 November 2031, 11:00")
    assert mails[1].body.endswith("; before Ana Monday, 24 November 2031, 10:00")
    assert mails[2].body.startswith("Bianchi: \u2068לוי\u2069 Monday, 24 November 2031, 11:00")
    assert all(mail.next_at - mail.created_at == timedelta(minutes=10) for mail in mails)
    assert all(mail.created_by_id == office.dana for mail in mails)


@pytest.mark.row("R-T34")
def test_a_refused_placement_and_a_free_appointment_tell_nobody(office: Office) -> None:
    office.template("call_loaded")
    with pytest.raises(Refused):
        office.backend.execute(placing.schedule, office.task, 1, office.ana, at(22))
    office.backend.execute(placing.new_appointment, office.ana, at(9), at(10), "Lunch")
    assert office.mails() == []


NAMES = st.sampled_from(["customer", "subject", "due"])
PIECES = st.lists(st.one_of(NAMES.map(lambda name: "{" + name + "}"), st.text(max_size=8).map(
    lambda text: text.replace("{", "{{").replace("}", "}}"))), max_size=6)  # fmt: skip
VALUES = st.dictionaries(NAMES, st.text(max_size=20))


@given(pieces=PIECES, values=VALUES)
def test_a_filled_text_is_its_pieces_with_values_as_they_are(pieces: list[str], values: dict[str, str]) -> None:
    text = "".join(pieces)
    check(text, ["customer", "subject", "due"])
    expected = "".join(
        values.get(piece[1:-1], "") if piece in {"{customer}", "{subject}", "{due}"}
        else piece.replace("{{", "{").replace("}}", "}")
        for piece in pieces
    )  # fmt: skip
    assert fill(text, values) == expected
    assert fields_of(text) <= {"customer", "subject", "due"}


@given(st.text(alphabet=st.characters(), max_size=60))
def test_a_line_is_one_line_and_a_body_can_be_stored(text: str) -> None:
    line, body = one_line(text), plain(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert "\x00" not in body
    assert "\r" not in body
    line.encode()
    body.encode()
    check_or_refuse(text)
    address = addresses.cleaned(text)
    assert address is None or (address.count("@") == 1 and not set(address) & set("\r\n ,;<>"))


def check_or_refuse(text: str) -> None:
    try:
        check(text, ["customer"])
    except Refused:
        return
    fill(text, {})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" Ana@ROSSI.it ", "Ana@rossi.it"),
        ("mailto:a@b.it", "a@b.it"),
        ("a@b", "a@b"),
        ("לוי@דואר.test", "לוי@דואר.test"),
        ("a@b@c", None),
        ("a b@c.it", None),
        ("a@b.it, c@d.it", None),
        ("<a@b.it>", None),
        (".a@b.it", None),
        ("a@-b.it", None),
        ("a@b..it", None),
        ("", None),
    ],
)
def test_what_is_an_address(text: str, found: str | None) -> None:
    assert addresses.cleaned(text) == found


def test_the_tag_is_found_again() -> None:
    assert number_in(tagged("Re: boiler", "INT-00042")) == "INT-00042"
    assert tagged("Re: boiler [#7]", "7") == "Re: boiler [#7]"
    assert tagged("", "7") == "[#7]"
    assert number_in("no tag") is None
    assert apart("Ana\nx", is_rtl=True) == "Ana\nx"


@pytest.mark.row("R-X4")
def test_the_same_key_under_another_event_is_another_occurrence(office: Office) -> None:
    template = office.template()
    assert office.queue(key="7") == 1
    office.change(MailTemplate, template, event="ticket_closed")
    assert office.queue("ticket_closed", key="7") == 1
