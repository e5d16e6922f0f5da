"""Nothing typed on a ticket's card is lost, and nobody's words are overwritten without a look."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import func, select

from app.backend import Backend
from app.db.database import Database
from app.db.refusals import outcome_unknown
from app.domain.errors import DatabaseUnavailable
from app.domain.tickets.draft import TicketDraft
from app.domain.words import message
from app.drafts.draft import Draft
from app.models.tickets import Ticket
from app.services.presence.open_cards import Shown, others, put_away, show
from app.services.tickets import card, merging
from tests.kit.factory import add_user
from tests.kit.tickets_robot import TicketsDesk
from ui.kit.bridge import Connection
from ui.kit.drafts import drafts_of
from ui.kit.presence import open_cards_of
from ui.tickets.card.view import TicketCardView
from ui.widgets.merge.window import BOTH, MINE, THEIRS, MergeWindow


class Colleague:
    """Yael, who works on another desktop whose changes this one has not heard of yet."""

    def __init__(self, desk: TicketsDesk) -> None:
        with desk.database.transaction() as session:
            self.id = add_user(session, "Yael", "agent").id
        self.backend = Backend(desk.database, actor=self.id)

    def change(self, number: int, **fields: Any) -> None:
        known = self.backend.execute(card.load, number)
        self.backend.execute(card.save, number, known.version, replace(known.draft, **fields))


@pytest.fixture
def yael(desk: TicketsDesk) -> Colleague:
    return Colleague(desk)


def opened(desk: TicketsDesk, **fields: object) -> tuple[int, TicketCardView]:
    (number,) = desk.take_in("Boiler leaks", description="Rings twice.", **fields)
    desk.tickets.open_ticket(number)
    desk.settle()
    return number, desk.tickets.card


def kept(desk: TicketsDesk, number: int) -> TicketDraft:
    return desk.backend.execute(card.load, number).draft


def asked(desk: TicketsDesk, view: TicketCardView) -> MergeWindow:
    desk.qtbot.waitUntil(lambda: view.keeping.meeting.window is not None)
    window = view.keeping.meeting.window
    assert window is not None
    return window


@pytest.mark.row("F4")
def test_a_save_that_meets_another_field_saves_both_and_says_so(desk: TicketsDesk, yael: Colleague) -> None:
    number, view = opened(desk)
    desk.write(view.fields.subject, "Boiler leaks badly")
    yael.change(number, priority=0)
    view.save()
    desk.settle()
    saved = kept(desk, number)
    assert (saved.subject, saved.priority) == ("Boiler leaks badly", 0)
    # On a server it is the log-in that has a name, and here all are the owner's.
    who = "Yael" if desk.database.is_sqlite else "Somebody else"
    assert desk.said_last() == f"{who} changed Priority meanwhile. Both changes are saved."
    assert not view.is_dirty


@pytest.mark.row("F4")
def test_a_save_that_meets_the_same_field_asks_side_by_side(desk: TicketsDesk, yael: Colleague) -> None:
    number, view = opened(desk)
    view.fields.description.setFocus()
    QTest.keyClicks(view.fields.description, "Gate 4711. ")
    desk.write(view.fields.subject, "Mine")
    yael.change(number, subject="Theirs", description="Rings twice. Dog.", priority=0)
    view.save()
    window = asked(desk, view)
    assert kept(desk, number).subject == "Theirs", "nothing is overwritten before somebody has looked"
    assert view.fields.subject.text() == "Mine"
    assert view.fields.priority.value() == 0, "what was not touched follows"
    assert window.fields == ("description", "subject")
    assert (window.side("description"), window.side("subject")) == (BOTH, MINE)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    saved = kept(desk, number)
    assert saved.subject == "Mine"
    assert "Gate 4711." in saved.description
    assert "Dog." in saved.description
    assert not view.is_dirty


def test_theirs_can_be_chosen_and_escape_leaves_everything_as_it_was(desk: TicketsDesk, yael: Colleague) -> None:
    number, view = opened(desk)
    desk.write(view.fields.subject, "Mine")
    yael.change(number, subject="Theirs")
    view.save()
    QTest.keyClick(asked(desk, view), Qt.Key.Key_Escape)
    desk.settle()
    assert view.fields.subject.text() == "Mine"
    assert view.line.isVisible(), "it can be looked at again"
    view.line.compare.click()
    window = asked(desk, view)
    window.choose("subject", THEIRS)
    window.save_button.click()
    desk.settle()
    assert view.fields.subject.text() == kept(desk, number).subject == "Theirs"
    assert not view.is_dirty


def draft_of(desk: TicketsDesk) -> Draft | None:
    return next(iter(drafts_of(desk.window.desk).typed), None)


@pytest.mark.row("F5")
@pytest.mark.row("U64")
def test_typing_is_in_the_journal_until_the_save_is_confirmed(desk: TicketsDesk) -> None:
    number, view = opened(desk)
    assert draft_of(desk) is None
    desk.write(view.fields.subject, "Half a wo")
    draft = draft_of(desk)
    assert draft is not None
    assert (draft.record, draft.typed, draft.base) == (
        f"tickets:{number}",
        {"subject": "Half a wo"},
        {"subject": "Boiler leaks"},
    )
    view.save()
    assert (sent := draft_of(desk)) is not None
    assert sent.op_id, "should the answer never come, the key tells"
    desk.settle()
    assert draft_of(desk) is None
    desk.write(view.fields.subject, "Sent")
    view.save()
    desk.write(view.fields.subject, "Sent and typed on")
    assert (later := draft_of(desk)) is not None
    assert (later.typed, later.op_id) == ({"subject": "Sent and typed on"}, None), "a saved one would be let go"
    desk.settle()
    assert (later := draft_of(desk)) is not None
    assert later.typed == {"subject": "Sent and typed on"}
    view.discard()
    desk.write(view.fields.subject, "Something else")
    view.discard()
    assert draft_of(desk) is None


@pytest.mark.row("F5")
def test_what_a_crash_left_is_offered_on_the_card_and_meets_what_was_saved_since(
    desk: TicketsDesk, yael: Colleague
) -> None:
    number, view = opened(desk)
    version = desk.backend.execute(card.load, number).version
    base, typed = {"subject": "Boiler leaks", "address": None}, {"subject": "Half a wo", "address": "Haifa"}
    left = Draft(f"tickets:{number}", "dead", "Rossi", datetime.now(UTC), base, typed, version, is_left=True)
    yael.change(number, subject="Theirs", priority=0)
    drafts = drafts_of(desk.window.desk)
    drafts.take_back(left)
    unsaved = view.keeping.unsaved
    assert unsaved.isVisible()
    assert "unsaved text" in unsaved.words.text()
    desk.tickets.refresh()
    desk.settle()
    unsaved.restore_button.click()
    assert not unsaved.isVisible()
    assert view.fields.subject.text() == "Half a wo"
    assert view.fields.address.text() == "Haifa"
    assert view.fields.priority.value() == 0
    assert view.line.isVisible(), "an older draft opens into the merge"
    view.save()
    window = asked(desk, view)
    assert window.fields == ("subject",)
    window.choose("subject", MINE)
    window.save_button.click()
    desk.settle()
    saved = kept(desk, number)
    assert (saved.subject, saved.address, saved.priority) == ("Half a wo", "Haifa", 0)
    assert drafts.left == ()


def test_a_draft_can_be_discarded_and_had_back(desk: TicketsDesk) -> None:
    number, view = opened(desk)
    drafts = drafts_of(desk.window.desk)
    drafts.take_back(Draft(f"tickets:{number}", "dead", "Rossi", datetime.now(UTC), {"subject": "x"}, {"subject": "y"}))
    view.keeping.unsaved.discard_button.click()
    assert not view.keeping.unsaved.isVisible()
    assert view.fields.subject.text() == "Boiler leaks"
    offer = desk.said[-1].offer
    assert offer is not None
    offer.do()
    assert view.keeping.unsaved.isVisible()


@pytest.mark.row("F4")
def test_who_else_has_the_card_open_stands_there_and_goes(desk: TicketsDesk, yael: Colleague) -> None:
    number, view = opened(desk)
    line = view.keeping.present
    assert not line.isVisible()
    yael.backend.bus = desk.bus  # her changes are heard as the feed tells them
    yael.backend.execute(show, "hers", (Shown("tickets", number),))
    hear(desk, number)
    assert line.words.text() == "Yael has this card open."
    yael.backend.execute(show, "hers", (Shown("tickets", number, is_editing=True),))
    hear(desk, number)
    assert "is writing" in line.words.text()
    yael.backend.execute(put_away, "hers")
    hear(desk, number)
    assert not line.isVisible()


def hear(desk: TicketsDesk, number: int) -> None:
    """What the feed tells within a second."""
    desk.bridge.rows_changed.emit("open_tickets", frozenset({number}))
    desk.settle()


def test_this_desktop_says_what_is_open_on_it_and_that_somebody_writes(desk: TicketsDesk, yael: Colleague) -> None:
    number, view = opened(desk)
    desk.qtbot.wait(150)
    desk.settle()
    (dana,) = yael.backend.execute(others, "tickets", number)
    assert (dana.name, dana.is_editing) == ("Dana", False)
    desk.write(view.fields.subject, "x")
    desk.qtbot.waitUntil(lambda: [p.is_editing for p in yael.backend.execute(others, "tickets", number)] == [True])
    view.discard()
    view.leave()
    desk.qtbot.waitUntil(lambda: yael.backend.execute(others, "tickets", number) == ())


@pytest.mark.row("F5")
@pytest.mark.row("U64")
def test_without_the_server_a_save_waits_and_is_carried_out_once(
    desk: TicketsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tickets.new_ticket()
    view = desk.tickets.card
    desk.write(view.fields.subject, "Typed without a server")
    real, is_lost = Database.transaction, True

    def lost(self: Database, **info: Any) -> Any:
        if is_lost:
            raise DatabaseUnavailable(message("The database does not answer."))
        return real(self, **info)

    monkeypatch.setattr(Database, "transaction", lost)
    view.save()
    desk.qtbot.waitUntil(lambda: view.keeping.sending.is_waiting, timeout=60_000)
    assert view.fields.subject.text() == "Typed without a server"
    assert "as soon as the database is back" in desk.said_last()
    draft = draft_of(desk)
    assert draft is not None
    assert draft.typed["subject"] == "Typed without a server"
    is_lost = False
    desk.bridge.connection_changed.emit(Connection.ONLINE)
    desk.settle()
    assert not view.keeping.sending.is_waiting
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert draft_of(desk) is None


@pytest.mark.row("F5", "U64")
def test_a_save_whose_answer_was_lost_is_not_called_unsaved(desk: TicketsDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.tickets.new_ticket()
    view = desk.tickets.card
    desk.write(view.fields.subject, "Nobody knows")
    real = Database.transaction

    def unsure(self: Database, **info: Any) -> Any:
        raise outcome_unknown()

    monkeypatch.setattr(Database, "transaction", unsure)
    view.save()
    desk.qtbot.waitUntil(lambda: view.keeping.sending.is_waiting, timeout=60_000)
    assert "It will be looked up when the server answers" in desk.said_last()
    monkeypatch.setattr(Database, "transaction", real)
    desk.bridge.connection_changed.emit(Connection.ONLINE)
    desk.settle()
    assert not view.keeping.sending.is_waiting
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_without_the_server_closing_does_not_wait_to_say_good_bye(desk: TicketsDesk) -> None:
    opened(desk)
    desk.qtbot.wait(150)
    desk.settle()
    mine = desk.window.desk
    mine.bridge.connection = Connection.OFFLINE
    open_cards_of(mine).close()
    assert mine.tasks.waiting == 0
    mine.bridge.connection = Connection.ONLINE
    open_cards_of(mine).close()
    assert mine.tasks.waiting == 1
    desk.settle()


@pytest.mark.row("F5")
def test_of_a_ticket_merged_meanwhile_the_card_says_so_and_keeps_what_was_typed(
    desk: TicketsDesk, yael: Colleague
) -> None:
    (target,) = desk.take_in("Radiator cold")
    number, view = opened(desk)
    desk.write(view.fields.subject, "Boiler leaks badly")
    yael.backend.execute(merging.merge, number, yael.backend.execute(card.load, number).version, target)
    view.reload()
    desk.settle()
    assert view.head.merged.isVisible()
    assert view.fields.subject.text() == "Boiler leaks badly"
    view.head.open_onward.click()
    desk.settle()
    assert view.number == target
    assert [draft.record for draft in drafts_of(desk.window.desk).typed] == [f"tickets:{number}"]
