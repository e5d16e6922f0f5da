from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.people import Permission
from tests.kit.tickets_robot import TicketsDesk
from ui.tickets.card.view import TicketCardView

ONLY_READS: frozenset[Permission] = frozenset()
WORKS = frozenset({Permission.WORK_TASKS})


@pytest.mark.parametrize(("may", "writes_notes"), [(ONLY_READS, False), (WORKS, True)])
def test_the_card_of_somebody_who_may_not_change_it_only_shows(
    desk: TicketsDesk, qtbot: QtBot, may: frozenset[Permission], writes_notes: bool
):
    (number,) = desk.take_in("Boiler leaks", customer_id=desk.office.rossi)
    known = desk.window.desk
    view = TicketCardView(replace(known, person=replace(known.person, permissions=may)))
    qtbot.addWidget(view)
    view.resize(900, 800)
    view.show()
    view.open(number)
    desk.settle()
    QTest.keyClicks(view.fields.subject, "x")
    assert view.fields.subject.text() == "Boiler leaks"
    assert not view.is_dirty
    hidden: list[Any] = [view.save_button, view.close_button, view.head.merge]
    assert not any(each.isVisible() for each in hidden)
    assert view.history.writing.isVisible() is writes_notes
    assert view.time_line.new_task.isVisible() is writes_notes
    assert view.history.acceptDrops() is writes_notes


def test_what_is_typed_stays_when_it_may_not_be_saved_any_more(desk: TicketsDesk, qtbot: QtBot):
    (number,) = desk.take_in("Boiler leaks", customer_id=desk.office.rossi)
    known = desk.window.desk
    person = replace(known.person)
    view = TicketCardView(replace(known, person=person))
    qtbot.addWidget(view)
    view.resize(900, 800)
    view.show()
    view.open(number)
    desk.settle()
    view.fields.subject.setText("Boiler leaks badly")
    view.history.writing.text.setPlainText("Half a sente")
    before = person.permissions
    assert view.can_save()

    person.allow(ONLY_READS)
    assert not view.can_save()
    assert view.fields.subject.isReadOnly()
    assert not view.save_button.isVisible()
    assert not view.history.writing.isVisible()

    person.allow(before)
    assert view.fields.subject.text() == "Boiler leaks badly"
    assert view.history.writing.text.toPlainText() == "Half a sente"
    assert view.history.writing.isVisible()
    assert view.save_button.isVisible()
    assert view.can_save()
