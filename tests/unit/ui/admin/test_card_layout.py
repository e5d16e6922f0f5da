"""The card layout: fields dragged on, off and about with the mouse, or moved with keys, and saved."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app import i18n
from app.domain.tickets.fields import FIELDS, OPTIONAL
from app.services.processes.rows import TicketTypeDraft
from app.services.processes.ticket_types import save_ticket_type
from app.services.tickets.custom_fields import OwnFieldDraft, save_own_field
from app.services.tickets.layouts import TASK, TICKET, load_layout, save_layout
from tests.unit.ui.admin.conftest import Hands
from ui.admin.field_lists import FieldList
from ui.admin.layout_view import LayoutView

LEFT = Qt.MouseButton.LeftButton


class Arranging:
    """Somebody who arranges cards."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        hands.screen.show_entry("card_layout")
        view = hands.screen.stack.currentWidget()
        assert isinstance(view, LayoutView)
        self.view, self.board = view, view.board
        hands.wait(lambda: self.board.on_card.count() > 0)

    def choose(self, name: str) -> None:
        """Choose whose card."""
        picker = self.view.picker
        picker.setCurrentIndex(picker.findText(name))
        picker.activated.emit(picker.currentIndex())
        self.hands.wait(lambda: self.view._seen is not None)

    def drag(self, code: str, start: FieldList, end: FieldList, row: int, *, let_go: bool = True) -> None:
        """Drag a field by hand onto the upper half of a row, or below the last."""
        begin = start.visualItemRect(start.item(start.codes().index(code))).center()
        if row < end.count():
            rect = end.visualItemRect(end.item(row))
            goal = QPoint(rect.center().x(), rect.top() + 2)
        else:
            goal = end.viewport().rect().center()
            goal.setY(end.viewport().height() - 4)
        goal = start.viewport().mapFromGlobal(end.viewport().mapToGlobal(goal))
        QTest.mousePress(start.viewport(), LEFT, pos=begin)
        for part in (4, 2, 1):
            QTest.mouseMove(start.viewport(), begin + (goal - begin) / part)
        if let_go:
            QTest.mouseRelease(start.viewport(), LEFT, pos=goal)

    def save(self) -> None:
        """The Save button."""
        self.hands.click(self.view.save_button)
        self.hands.wait(lambda: not self.view.can_cancel and not self.hands.tasks.waiting)


@pytest.fixture
def own(hands: Hands, office: dict[str, int]) -> dict[str, str]:
    """Codes of two own fields by name."""
    make = hands.backend.execute
    serial = make(save_own_field, OwnFieldDraft("Serial number"))
    paid = make(save_own_field, OwnFieldDraft("Paid", "check"))
    make(save_ticket_type, TicketTypeDraft("Outage"))
    return {"Serial number": f"custom.{serial.id}", "Paid": f"custom.{paid.id}"}


@pytest.fixture
def arranging(hands: Hands, own: dict[str, str]) -> Arranging:
    """At the page, with two fields of the company's own to arrange."""
    return Arranging(hands)


@pytest.mark.row("R-M3", "R-M6", "R-M16", "R-M18")
def test_fields_are_dragged_onto_the_card_and_off_it(arranging: Arranging, own: dict[str, str]):
    board = arranging.board
    before = [code for code in FIELDS if code not in OPTIONAL]
    assert board.on_card.codes() == before
    assert set(board.available.codes()) == OPTIONAL | set(own.values())
    assert board.on_card.mapToGlobal(QPoint()).x() < board.available.mapToGlobal(QPoint()).x()
    arranging.drag("subtype2_id", board.available, board.on_card, 4)
    arranging.drag(own["Serial number"], board.available, board.on_card, len(before) + 1)
    arranging.drag("address", board.on_card, board.available, 0)
    wanted = [*before[:4], "subtype2_id", *before[4:], own["Serial number"]]
    wanted.remove("address")
    assert board.on_card.codes() == wanted
    assert "address" in board.available.codes()
    assert arranging.view.preview.labels() == [board.name_of(code) for code in wanted]
    assert arranging.hands.backend.execute(load_layout, TICKET).id is None
    arranging.save()
    saved = arranging.hands.backend.execute(load_layout, TICKET)
    assert saved.fields == tuple(wanted)


@pytest.mark.row("R-M3")
def test_a_drag_within_the_card_changes_the_order(arranging: Arranging):
    board = arranging.board
    first, second, third, *rest = board.on_card.codes()
    arranging.drag(first, board.on_card, board.on_card, 3)
    assert board.on_card.codes() == [second, third, first, *rest]
    arranging.drag(first, board.on_card, board.on_card, 0)
    assert board.on_card.codes() == [first, second, third, *rest]
    assert not arranging.view.can_cancel


@pytest.mark.row("R-M3")
def test_what_every_card_has_cannot_be_dragged_off_and_escape_gives_a_drag_up(arranging: Arranging):
    board = arranging.board
    before = board.on_card.codes()
    arranging.drag("subject", board.on_card, board.available, 0)
    arranging.drag("project_id", board.available, board.on_card, 0, let_go=False)
    assert not board._ghost.isHidden()
    arranging.hands.qtbot.keyClick(board.available, Qt.Key.Key_Escape)
    QTest.mouseRelease(board.available.viewport(), LEFT)
    assert board._ghost.isHidden()
    assert board.on_card.codes() == before


@pytest.mark.row("R-M3")
def test_the_keyboard_does_the_same(arranging: Arranging, own: dict[str, str]):
    board, key = arranging.board, arranging.hands.qtbot.keyClick
    before = board.on_card.codes()
    board.available.go_to(own["Paid"])
    key(board.available, Qt.Key.Key_Return)
    assert board.on_card.codes() == [*before, own["Paid"]]
    assert board.on_card.current() == own["Paid"]
    key(board.on_card, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert board.on_card.codes() == [*before[:-1], own["Paid"], before[-1]]
    board.on_card.go_to("address")
    key(board.on_card, Qt.Key.Key_Delete)
    assert "address" not in board.on_card.codes()
    board.on_card.go_to("subject")
    key(board.on_card, Qt.Key.Key_Delete)
    assert "subject" in board.on_card.codes()
    arranging.hands.click(arranging.view.cancel_button)
    assert board.on_card.codes() == before
    arranging.hands.notices[-1].offer.do()
    assert own["Paid"] in board.on_card.codes()


@pytest.mark.row("R-M3")
def test_a_type_has_a_layout_of_its_own_until_it_follows_the_general_one_again(arranging: Arranging):
    hands, board, view = arranging.hands, arranging.board, arranging.view
    arranging.choose("Tickets: Outage")
    assert view.state.text() == "It follows the general layout."
    type_id = view._key[1]
    board.on_card.go_to("description")
    hands.qtbot.keyClick(board.on_card, Qt.Key.Key_Delete)
    arranging.save()
    assert "description" not in hands.backend.execute(load_layout, TICKET, type_id).fields
    assert "description" in hands.backend.execute(load_layout, TICKET).fields
    assert view.state.text() == "It has a layout of its own."
    hands.click(view.drop_button)
    hands.click(view.strip.findChild(QPushButton, "confirm"))
    hands.wait(lambda: "description" in board.on_card.codes())
    assert hands.backend.execute(load_layout, TICKET, type_id).id is None


@pytest.mark.row("R-T10", "R-T43")
def test_an_activity_type_has_fields_of_which_some_are_needed(arranging: Arranging, own: dict[str, str]):
    hands, board = arranging.hands, arranging.board
    arranging.choose("Tasks: Repair")
    assert board.on_card.codes() == []
    for name in ("Serial number", "Paid"):
        arranging.drag(own[name], board.available, board.on_card, 9)
    board.on_card.go_to(own["Serial number"])
    hands.qtbot.keyClick(board.on_card, Qt.Key.Key_Space)
    assert arranging.view.preview.labels() == ["Serial number (mandatory)", "Paid"]
    arranging.save()
    saved = hands.backend.execute(load_layout, TASK, arranging.view._key[1])
    assert (saved.fields, saved.required) == (tuple(own.values()), (own["Serial number"],))


def test_somebody_elses_layout_is_not_overwritten(arranging: Arranging):
    hands, board, view = arranging.hands, arranging.board, arranging.view
    board.on_card.go_to("address")
    hands.qtbot.keyClick(board.on_card, Qt.Key.Key_Delete)
    theirs = ("subject", "status_id", "customer_id")
    hands.backend.acting_as(None).execute(save_layout, TICKET, None, 0, theirs)
    hands.wait(lambda: not view.strip.isHidden())
    hands.click(view.save_button)
    hands.wait(lambda: bool(hands.notices))
    assert hands.backend.execute(load_layout, TICKET).fields == theirs
    assert "address" not in board.on_card.codes()
    hands.click(view.strip.findChild(QPushButton, "show"))
    assert board.on_card.codes() == list(theirs)


@pytest.mark.row("R-M3", "R-X2")
def test_in_hebrew_the_available_fields_lie_at_the_left(arranging: Arranging):
    hands, board = arranging.hands, arranging.board
    hands.window.user_menu.languages["he"].trigger()
    assert i18n.is_rtl()
    hands.wait(lambda: board.on_card.mapToGlobal(QPoint()).x() > board.available.mapToGlobal(QPoint()).x())
    arranging.drag("project_id", board.available, board.on_card, 0)
    assert board.on_card.codes()[0] == "project_id"
    arranging.drag("project_id", board.on_card, board.available, 0)
    assert "project_id" not in board.on_card.codes()
