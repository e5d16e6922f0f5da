"""The history of a card: a window beside the work, a part of the customer's card, a tab of the task's."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.db.database import Database
from tests.kit.robot import Desktop
from tests.kit.tickets_robot import TicketsDesk, opened
from ui.customers.work import CustomerWork
from ui.history.standing import StandingWindow, shown
from ui.history.view import HistoryView
from ui.history.window import HistoryWindow

pytestmark = pytest.mark.row("R-X5")


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path, qtbot: QtBot) -> Iterator[TicketsDesk]:
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as robot:
        robot.elsewhere.actor = robot.office.dana
        yield robot
    database.close()


def window(desk: Desktop) -> HistoryWindow:
    """The window that is open."""
    found = desk.window.findChild(HistoryWindow)
    assert found is not None
    return found


def test_a_ticket_tells_who_changed_what(desk: TicketsDesk) -> None:
    (number,) = desk.take_in("Boiler leaks", description="Water under the boiler since the morning, " * 3)
    desk.change(number, priority=1)
    desk.change(number, description="The neighbour heard it too. " * 4, responsible_id=desk.office.avi)
    desk.tickets.open_ticket(number)
    desk.settle()
    desk.tickets.card.head.history.click()
    desk.settle()
    lines = window(desk).view.lines
    assert "Dana added ticket “Boiler leaks”" in lines
    assert "Dana changed Priority from Medium to High" in lines
    assert "Dana changed Description" in lines
    assert "Dana set Responsible to Avi" in lines
    shot(window(desk), "history_ticket")
    i18n.use("he")
    desk.preferences.speak("he")
    shot(window(desk), "history_ticket_he")


def test_nothing_changed_says_so(desk: TicketsDesk) -> None:
    desk.window.desk.commands.run("history.open", "sites", 999, "Nowhere")
    desk.settle()
    found = window(desk)
    assert found.view.stack.currentWidget() is found.view.nothing
    assert found.title.text() == "History of \u2068Nowhere\u2069"
    shot(found, "history_empty")


def test_the_keyboard_begins_with_what_is_shown_and_comes_to_close_last(desk: TicketsDesk) -> None:
    (number,) = desk.take_in("Boiler leaks", description="Water under the boiler since the morning, " * 3)
    desk.tickets.open_ticket(number)
    desk.settle()
    desk.tickets.view.setFocus()
    desk.window.desk.commands.run("history.open")
    desk.settle()
    found = window(desk)
    assert found.card_at_hand() == ("tickets", number, "Boiler leaks"), "of the ticket on the screen's card"
    order, widget = [], found.nextInFocusChain()
    while widget is not None and widget is not found:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(widget)
        widget = widget.nextInFocusChain()
    assert order[0] is found.view.who
    assert order[-2:] == [found.as_of, found.close_button]


def shot(widget: QWidget, name: str) -> None:
    """A picture, where one is wanted."""
    if folder := os.environ.get("SHOTS"):
        widget.grab().save(f"{folder}/{name}.png")


def test_the_customers_card_has_a_part_for_it(desk: TicketsDesk) -> None:
    desk.window.desk.commands.run("customers.open", desk.office.rossi)
    desk.settle()
    screen = desk.window.current_screen
    assert screen is not None
    work = screen.findChild(CustomerWork)
    assert work is not None
    button = next(each for each in work.parts.buttons() if each.text() == "History")
    button.click()
    desk.settle()
    view = work.findChild(HistoryView)
    assert view is not None
    assert "Callboard added customer “Rossi”" in view.lines
    shot(desk.window, "history_customer")


@pytest.mark.parametrize("language", ["en", "he"])
def test_it_looks_right(desk: TicketsDesk, language: str) -> None:
    (number,) = desk.take_in("הדוד דולף", description="מים מתחת לדוד מאז הבוקר. " * 4)
    desk.change(number, priority=1, description="גם השכן שמע. " * 8)
    desk.preferences.speak(language)
    desk.preferences.settings.theme = "dark"
    desk.preferences.dress()
    desk.window.desk.commands.run("history.open", "tickets", number, "הדוד דולף")
    desk.settle()
    shot(window(desk), f"history_dark_{language}")
    assert len(window(desk).view.lines) >= 4


@pytest.mark.row("F9")
def test_a_card_as_it_stood(desk: TicketsDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    (number,) = desk.take_in("Boiler leaks", priority=2)
    before = datetime.now(UTC)
    while datetime.now(UTC) < before + timedelta(milliseconds=5):
        """SQLite's clock has milliseconds."""
    desk.change(number, priority=0, subject="Boiler is dry")
    desk.window.desk.commands.run("history.open", "tickets", number, "Boiler")
    window(desk).as_of.click()
    desk.settle()
    found = desk.window.findChild(StandingWindow)
    assert found is not None
    assert values(found)["Subject"] == "Boiler is dry"
    monkeypatch.setattr(found.moment, "value", lambda: before)
    found.reload()
    desk.settle()
    assert (values(found)["Subject"], values(found)["Priority"]) == ("Boiler leaks", "Medium")
    assert found.found is not None
    assert [shown(part.thing) for part in found.found.parts] == ["task"]
    shot(found, "standing")
    monkeypatch.setattr(found.moment, "value", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    found.reload()
    desk.settle()
    assert found.stack.currentWidget() is found.nothing
    found.close()


def values(found: StandingWindow) -> dict[str, str]:
    """The fields of the card that is shown."""
    assert found.found is not None
    return {shown(name): shown(value) for name, value in found.found.fields}
