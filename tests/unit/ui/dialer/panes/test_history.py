from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from app.models.tickets import Note
from app.services.dialer.history import PAGE
from tests.kit.card_robot import CardDesk
from tests.kit.factory import add_ticket
from ui.kit.translate import apply_language

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def spoken(desk: CardDesk) -> list[str]:
    """The lines as a screen reader has them."""
    view = desk.history.history.view
    model = view.model()
    return [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def test_the_model_keeps_qts_rules(desk: CardDesk, qtmodeltester: ModelTester):
    for hour in range(PAGE + 3):
        desk.call(NOW + timedelta(hours=hour))
    desk.show()
    qtmodeltester.check(desk.history.history.view.model())


@pytest.mark.row("R-D3")
def test_each_line_says_what_was_done_when_by_whom_and_what_was_agreed(desk: CardDesk):
    desk.call(
        NOW,
        "Call back",
        note="In the evening",
        callback_at=NOW + timedelta(days=1),
        callback_user_id=desk.dana.id,
        answered_at=NOW - timedelta(seconds=200),
        hung_up_at=NOW,
    )
    desk.call(NOW + timedelta(hours=1), kind="skip")
    with desk.frame.database.transaction() as session:
        session.add(Note(text="Has a garden", customer_id=desk.rossi, by_id=desk.dana.id, at=NOW - timedelta(days=1)))
    desk.show()
    assert spoken(desk) == [
        "Skipped\n20/11/2026 15:00 · Dana · Boilers",
        "Call back\n20/11/2026 14:00 · Dana · Boilers · talked 3:20\nCall back 21/11/2026 14:00, Dana\nIn the evening",
        "Note\n19/11/2026 14:00 · Dana\nHas a garden",
    ]


def test_older_lines_are_read_when_one_goes_there_by_keyboard(desk: CardDesk):
    count = PAGE * 2 + 5
    for hour in range(count):
        desk.call(NOW + timedelta(hours=hour), note=f"Call {hour}")
    desk.show()
    view = desk.history.history.view
    assert len(desk.history.history.lines) == PAGE
    desk.history.focus_list()
    for _page in range(4):
        QTest.keyClick(view, Qt.Key.Key_End)
        desk.frame.settle()
    assert [line.text for line in desk.history.history.lines] == [f"Call {hour}" for hour in reversed(range(count))]
    assert view.currentIndex().row() == count - 1
    # The same card read again leaves the reader where he is.
    desk.show()
    assert view.currentIndex().row() == count - 1


def test_enter_opens_the_ticket_and_a_line_can_be_copied(desk: CardDesk):
    with desk.frame.database.transaction() as session:
        number = add_ticket(session, "Boiler leaks", customer_id=desk.rossi, created_by_id=desk.dana.id).id
    desk.show()
    view = desk.history.history.view
    desk.history.focus_list()
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().startswith(f"Ticket {number}, New\n")
    QTest.keyClick(view, Qt.Key.Key_Return)
    desk.frame.settle()
    assert desk.frame.tickets.card.number == number


def test_words_follow_the_language_and_long_notes_make_long_lines(desk: CardDesk):
    desk.call(NOW, note="word " * 60)
    desk.call(NOW - timedelta(hours=1))
    desk.show()
    view = desk.history.history.view
    tall, low = (view.visualRect(view.model().index(row, 0)).height() for row in (0, 1))
    assert tall > low * 2
    apply_language(QApplication.instance(), "he")
    view.grab()
    assert view.model().index(0, 0).data() is not None
    apply_language(QApplication.instance(), "en")


def test_lines_are_measured_anew_when_there_is_less_room(desk: CardDesk):
    # Notes of every length: for some of them the width of a scroll bar makes one line more.
    for hour in range(30):
        desk.call(NOW - timedelta(hours=hour), note="n" * 5 + " word" * hour)
    desk.show()
    view = desk.history.history.view
    for width in (1180, 900, 760, 1400):
        desk.holder.resize(width, 640)
        desk.frame.settle()
        needed = sum(view.sizeHintForIndex(view.model().index(row, 0)).height() for row in range(30))
        assert view.verticalScrollBar().maximum() == needed - view.viewport().height(), width


def test_without_a_history_the_place_says_what_it_is_for(desk: CardDesk):
    desk.show()
    assert desk.history.history.empty.isVisible()
    desk.call(NOW)
    desk.show()
    assert desk.history.history.view.isVisible()
