"""The row above the board: in every language and text size its buttons are whole, and what goes has another way."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.settings import Settings
from ui.kit.commands import Commands
from ui.kit.preferences import Preferences
from ui.planner import commands
from ui.planner.canvas.board import View
from ui.planner.tool_row import Room, ToolRow

ROOM = 1170
"""What a window of 1280 leaves it beside the rail with words."""


@pytest.fixture
def preferences(qapp: object, tmp_path: Path) -> Iterator[Preferences]:
    """The look of a test; the next one gets the usual one."""
    made = Preferences(Settings(tmp_path / "settings.json"))
    made.speak("en")
    made.dress()
    yield made
    made.put(Settings.font_percent, 100)
    made.put(Settings.language, "en")


class Window(QWidget):
    """A row over nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.may_plan = True
        self.commands = Commands(self)
        for name in commands.__all__:
            command = getattr(commands, name)
            is_bound = command in (commands.APPOINTMENT, commands.HOURS)
            self.commands.add(command, lambda: None, enabled=(lambda: self.may_plan) if is_bound else None)
        self.row = ToolRow(self.commands, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.row)

    def cut(self) -> list[str]:
        """The names of what is narrower than it has to be."""
        buttons = [each for each in self.row.findChildren(QAbstractButton) if each.isVisibleTo(self)]
        return [each.text() or each.toolTip() for each in buttons if each.width() < each.sizeHint().width()]


@pytest.fixture
def window(qtbot: QtBot, preferences: Preferences) -> Window:
    """The row in a window of 1280."""
    made = Window()
    qtbot.addWidget(made)
    made.resize(ROOM, 80)
    made.row.show_period(date(2026, 11, 23), date(2026, 12, 6), View.FORTNIGHT)
    made.show()
    return made


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_nothing_is_cut(qtbot: QtBot, window: Window, preferences: Preferences, percent: int) -> None:
    preferences.put(Settings.font_percent, percent)
    for language in ("en", "it", "he"):
        preferences.put(Settings.language, language)
        for count in (0, 1234):
            window.row.show_to_fix(count)
            window.resize(ROOM, 80)
            qtbot.waitUntil(lambda: window.cut() == [], timeout=20_000)
            assert window.width() == ROOM
            assert window.row.date.width() >= window.row.date.sizeHint().width()


def test_what_goes_for_want_of_room_has_another_way_and_comes_back(
    qtbot: QtBot, window: Window, preferences: Preferences
) -> None:
    row = window.row
    assert row.room is Room.WHOLE
    window.resize(520, 80)
    qtbot.waitUntil(lambda: row.room is Room.FOLDED)
    assert row.view.isVisible()
    assert row.view.text() == "2 weeks"
    row.view.menu().actions()[1].trigger()
    assert row.view.text() == "Week"
    assert row.short_appointment.isVisible()
    assert row.short_appointment.accessibleName() == "New appointment"
    window.resize(ROOM, 80)
    qtbot.waitUntil(lambda: row.room is Room.WHOLE)
    assert not row.view.isVisible()
    assert not row.short_appointment.isVisible()


def test_the_buttons_follow_what_the_person_may_do(window: Window) -> None:
    buttons = (window.row.appointment, window.row.short_appointment, window.row.presences)
    assert all(each.isEnabled() for each in buttons)
    window.may_plan = False
    window.commands.refresh()
    assert not any(each.isEnabled() for each in buttons)
