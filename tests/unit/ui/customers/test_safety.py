"""Nothing typed on a customer's card is lost, and nobody's words are overwritten without a look."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.backend import Backend
from app.domain.customers import CustomerDraft
from app.drafts.draft import Draft
from app.models.customers import Customer
from app.services.customers import card
from tests.kit.factory import add_user
from tests.kit.tickets_robot import TicketsDesk
from ui.customers.card import CustomerCardView
from ui.customers.screen import CustomersScreen
from ui.kit.drafts import drafts_of
from ui.kit.messages import Notice
from ui.widgets.merge.window import BOTH


@pytest.fixture
def elsewhere(desk: TicketsDesk) -> Backend:
    """Somebody's desktop whose changes this one has not heard of yet."""
    with desk.database.transaction() as session:
        return Backend(desk.database, actor=add_user(session, "Yael", "agent").id)


def opened(desk: TicketsDesk) -> CustomerCardView:
    screen = desk.window.show_screen("customers")
    assert isinstance(screen, CustomersScreen)
    screen.open_customer(desk.office.rossi)
    desk.settle()
    return screen.card


def change(elsewhere: Backend, customer_id: int, **fields: Any) -> None:
    known = elsewhere.execute(card.load, customer_id)
    elsewhere.execute(card.save, customer_id, known.version, replace(known.draft, **fields))


@pytest.mark.row("F4")
def test_phones_of_two_people_go_together_where_one_asks_for_both(desk: TicketsDesk, elsewhere: Backend) -> None:
    view, rossi = opened(desk), desk.office.rossi
    desk.write(view.fields.phones.lines[1], "050-7654321")
    desk.write(view.fields.address, "Haifa")
    change(elsewhere, rossi, phones=("050-1234567", "03-5551234"), email="rossi@example.org")
    view.save()
    desk.qtbot.waitUntil(lambda: view.keeping.meeting.window is not None)
    window = view.keeping.meeting.window
    assert window is not None
    assert window.fields == ("phones",)
    window.choose("phones", BOTH)
    window.save_button.click()
    desk.settle()
    saved = desk.backend.execute(card.load, rossi).draft
    assert saved.phones == ("050-1234567", "050-7654321", "03-5551234")
    assert (saved.address, saved.email) == ("Haifa", "rossi@example.org")


@pytest.mark.row("F5")
def test_typing_is_kept_until_it_is_saved_and_offered_after_a_crash(desk: TicketsDesk) -> None:
    view, rossi = opened(desk), desk.office.rossi
    drafts = drafts_of(desk.window.desk)
    draft = Draft(f"customers:{rossi}", "dead", "Rossi", datetime.now(UTC), {"notes": None}, {"notes": "Half a wo"}, 1)
    drafts.take_back(draft)
    view.keeping.unsaved.restore_button.click()
    assert view.fields.notes.toPlainText() == "Half a wo"
    assert view.is_dirty
    view.save()
    desk.settle()
    assert desk.backend.execute(card.load, rossi).draft.notes == "Half a wo"
    assert drafts.left == ()
    assert drafts.typed == ()


@pytest.mark.row("F5")
def test_of_a_customer_who_is_gone_what_was_typed_stays_among_the_unsaved_texts(desk: TicketsDesk) -> None:
    view = opened(desk)
    gone = desk.backend.execute(card.create, CustomerDraft("Verdi")).id
    view.open(gone)
    desk.settle()
    desk.write(view.fields.address, "Haifa")
    heard: list[Notice] = []
    desk.window.desk.messages.posted.connect(heard.append)
    with desk.database.transaction() as session:
        session.delete(session.get_one(Customer, gone))
    view.save()
    desk.settle()
    said = "\n".join(notice.words() for notice in heard)
    assert "This customer is no longer there." in said
    assert "What you typed is kept among the unsaved texts." in said
    drafts = drafts_of(desk.window.desk)
    view.reload()
    desk.settle()
    assert [(left.record, left.typed["address"]) for left in drafts.left] == [(f"customers:{gone}", "Haifa")]
    assert drafts.typed == ()
