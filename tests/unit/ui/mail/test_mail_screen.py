"""The mail screen, used as a person would use it."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.bus import RowsChanged
from app.domain.mail.incoming import pack
from app.domain.people import ROLES
from app.domain.words import message
from app.models.mail import OutboxMessage
from app.models.tickets import Ticket
from app.services.mail import outbox as outbox_service
from tests.unit.ui.mail.conftest import HEBREW, MailDesk
from ui.kit.bidi import bare
from ui.mail import OPEN
from ui.mail.mail_list import MailList
from ui.mail.outbox import OutboxView


def states(view: MailList) -> list[str]:
    return [bare(str(view.model.index(row, 0).data())) for row in range(view.model.rowCount())]


def press(view: OutboxView, text: str) -> None:
    button = next(each for each in view.pane.findChildren(QToolButton) if each.isVisible() and each.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(view: OutboxView) -> list[str]:
    return [each.text() for each in view.pane.findChildren(QToolButton) if each.isVisible() and each.text()]


@pytest.mark.row("R-X4")
def test_the_outbox_shows_each_state_in_words_and_counts_them(desk: MailDesk) -> None:
    for state in ("sent", "dead", "cancelled", "sending", "waiting"):
        desk.add_mail(state)
    desk.add_mail(next_at=datetime.now(UTC) + timedelta(hours=1))
    view = desk.outbox()
    assert states(view) == ["Held", "Waiting", "Being sent", "Taken back", "Not delivered", "Sent"]
    texts = [chip.text() for chip in view.chips.values()]
    assert texts == ["All mail 6", "Waiting 2", "Held 1", "Being sent 1", "Sent 1", "Not delivered 1", "Taken back 1"]
    QTest.mouseClick(view.chips["held"], Qt.MouseButton.LeftButton)
    desk.settle()
    assert states(view) == ["Held"]
    QTest.mouseClick(view.chips["dead"], Qt.MouseButton.LeftButton)
    desk.settle()
    assert states(view) == ["Not delivered"]


@pytest.mark.row("R-X4")
def test_a_mail_that_was_given_up_says_why_and_is_sent_again(desk: MailDesk) -> None:
    row_id = desk.add_mail("dead", last_error="REFUSED 550 No such user", attempts=3)
    view = desk.outbox()
    QTest.keyClick(view.view, Qt.Key.Key_Down)
    view.view.selectRow(0)
    QTest.keyClick(view.view, Qt.Key.Key_Return)
    desk.settle()
    assert view.letter.notice.text() == "The mail server refused the mail: 550 No such user"
    assert offered(view) == ["Send again", "Take back"]
    press(view, "Send again")
    desk.settle()
    mail = desk.mail(row_id)
    assert (mail.state, mail.attempts, mail.last_error) == ("waiting", 0, None)
    assert states(view) == ["Waiting"]
    assert desk.said[-1].words() == "The mail is tried again."
    assert offered(view) == ["Send now", "Take back"]


@pytest.mark.row("U20")
def test_a_hebrew_mail_is_read_from_the_right_in_an_english_window(desk: MailDesk) -> None:
    desk.add_mail("sent")
    english = desk.add_mail("sent", language="en", body="Dear Mario", to_name="", to_address="mario@casa.it")
    view = desk.outbox()
    desk.window.desk.commands.run(OPEN.id, english - 1)
    desk.settle()
    assert view.letter.body.toPlainText() == HEBREW
    assert view.letter.body.document().defaultTextOption().textDirection() == Qt.LayoutDirection.RightToLeft
    assert bare(view.letter.head[0]) == "דנה כהן <dana@cohen.co.il>"
    desk.window.desk.commands.run(OPEN.id, english)
    desk.settle()
    assert view.letter.body.document().defaultTextOption().textDirection() == Qt.LayoutDirection.LeftToRight
    assert bare(view.letter.head[0]) == "mario@casa.it"


def test_what_is_held_is_taken_back_and_the_undo_sends_it(desk: MailDesk) -> None:
    row_id = desk.add_mail(next_at=datetime.now(UTC) + timedelta(minutes=20))
    view = desk.outbox()
    view.open(row_id)
    desk.settle()
    assert "can be taken back" in view.letter.notice.text()
    press(view, "Take back")
    desk.settle()
    assert desk.mail(row_id).state == "cancelled"
    offer = desk.said[-1].offer
    assert offer is not None
    offer.do()
    desk.settle()
    assert desk.mail(row_id).state == "waiting"


def test_what_others_do_shows_while_the_open_mail_stays(desk: MailDesk) -> None:
    first = desk.add_mail(next_at=datetime.now(UTC) + timedelta(minutes=20))
    view = desk.outbox()
    view.open(first)
    desk.settle()
    desk.elsewhere.execute(outbox_service.cancel, first, 1)
    desk.settle()
    assert states(view) == ["Taken back"]
    assert offered(view) == ["Send again"]
    # An answer that was under way when somebody was quicker: said, and nothing is lost.
    desk.elsewhere.execute(outbox_service.resend, first, 2)
    desk.elsewhere.execute(outbox_service.cancel, first, 3)
    view.resend()
    desk.settle()
    assert desk.said
    assert desk.mail(first).state in {"waiting", "cancelled"}


@pytest.mark.row("R-X4")
def test_the_row_at_the_foot_counts_what_has_not_left_and_leads_to_it(desk: MailDesk) -> None:
    count = desk.window.unsent_mail
    count.read()
    desk.settle()
    assert count.isHidden()
    row_id = desk.add_mail()
    desk.add_mail("sent")
    desk.bus.publish(RowsChanged("outbox_messages", None))
    desk.qtbot.waitUntil(count.isVisible, timeout=60_000)
    assert count.text() == "1 waiting to send"
    with desk.database.transaction() as session:
        session.get_one(OutboxMessage, row_id).state = "dead"
    desk.bus.publish(RowsChanged("outbox_messages", None))
    desk.qtbot.waitUntil(lambda: "not delivered" in count.text(), timeout=60_000)
    QTest.mouseClick(count, Qt.MouseButton.LeftButton)
    assert desk.window.current_screen is desk.screen


def test_a_search_finds_by_address_and_says_when_nothing_fits(desk: MailDesk) -> None:
    desk.add_mail("sent")
    desk.add_mail("sent", to_name="Mario", to_address="mario@casa.it")
    view = desk.outbox()
    view.search.setFocus()
    QTest.keyClicks(view.search, "mario@")
    desk.qtbot.waitUntil(lambda: view.model.rowCount() == 1, timeout=60_000)
    assert view.model.rows[0].to_address == "mario@casa.it"
    QTest.keyClicks(view.search, "zzz")
    desk.qtbot.waitUntil(lambda: view.model.rowCount() == 0, timeout=60_000)
    assert view._stack.currentWidget() is view.nothing


@pytest.mark.row("R-F4")
def test_incoming_mail_says_what_became_of_it_and_leads_to_the_ticket(desk: MailDesk) -> None:
    ours = desk.add_mail("dead", last_error="BOUNCED 552 full")
    desk.add_arrival("loop", detail=pack([message("It comes from a mailbox of ours.")]))
    said = message("The mail to {address} was not delivered: {reason}", address="dana@cohen.co.il", reason="552 full")
    bounce = desk.add_arrival("bounce", detail=pack([said]), outbox_id=ours)
    opened = desk.add_arrival()
    view = desk.incoming()
    assert states(view) == ["Opened a ticket", "Came back", "Loop"]
    view.open(opened)
    desk.settle()
    assert view.letter.body.toPlainText().startswith("שלום")
    assert view.letter.notice.isHidden()
    QTest.mouseClick(view.ticket_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [(desk.ticket,)]
    view.open(bounce)
    desk.settle()
    assert view.letter.notice.text() == "The mail to dana@cohen.co.il was not delivered: 552 full"
    assert view.ticket_button.isHidden()
    QTest.mouseClick(view.sent_button, Qt.MouseButton.LeftButton)
    desk.settle()
    page = desk.screen.stack.currentWidget()
    assert isinstance(page, OutboxView)
    assert page.opened is not None
    assert page.opened.row.id == ours


def test_a_mail_that_was_left_alone_is_taken_for_an_enquiry_by_a_person(desk: MailDesk) -> None:
    alone = desk.add_arrival("auto_reply", detail=pack([message("It was sent to many.")]))
    view = desk.incoming()
    view.open(alone)
    desk.settle()
    QTest.mouseClick(view.take_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert states(view) == ["Opened a ticket"]
    assert view.take_button.isHidden()
    QTest.mouseClick(view.ticket_button, Qt.MouseButton.LeftButton)
    ((number,),) = desk.asked
    with desk.database.reading() as session:
        assert session.get_one(Ticket, number).subject == "הדוד דולף"


def test_new_mail_shows_by_itself(desk: MailDesk) -> None:
    view = desk.incoming()
    assert view._stack.currentWidget() is view.nothing
    desk.add_arrival()
    desk.bus.publish(RowsChanged("incoming_messages", None))
    desk.settle()
    assert states(view) == ["Opened a ticket"]


def test_who_may_not_edit_sees_and_changes_nothing(database, tmp_path, qtbot, qapp) -> None:  # type: ignore[no-untyped-def]
    desk = MailDesk(database, tmp_path, qtbot, role="technician")
    row_id = desk.add_mail("dead")
    view = desk.outbox()
    view.open(row_id)
    desk.settle()
    assert offered(view) == []
    tabs = desk.screen.tabs
    shown = [tabs.tabText(number) for number in range(tabs.count()) if tabs.isTabVisible(number)]
    assert shown == ["Outbox", "Incoming"]
    assert "administer" not in ROLES["technician"]
    desk.close()
