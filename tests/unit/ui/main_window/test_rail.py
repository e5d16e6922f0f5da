"""The navigation in windows of every height."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.settings import Settings
from ui.kit.preferences import Preferences
from ui.kit.screen import Screen
from ui.main_window.rail import Rail, Room


@pytest.fixture
def rail(qtbot: QtBot, settings: Settings) -> Iterator[Rail]:
    """A rail with ten screens."""
    Preferences(settings).dress()
    made = Rail(QIcon())
    for number in range(10):
        made.add(Screen(f"screen{number}", "Tickets", "tickets", lambda _desk: Rail(QIcon())))
    window = QWidget()
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(made)
    qtbot.addWidget(window)
    yield made
    window.hide()


def _stand(rail: Rail, *heights: int) -> None:
    """Show the window of the rail in these heights, one after the other."""
    for height in heights:
        rail.window().resize(90, height)
        rail.window().show()
        QTest.qWait(1)


@pytest.mark.parametrize(("height", "room"), [(900, Room.AIRY), (600, Room.TIGHT), (420, Room.BARE)])
def test_no_word_is_cut_in_a_low_window(rail: Rail, height: int, room: Room) -> None:
    _stand(rail, 1000, height)
    assert rail.room is room
    button = rail.button("screen9")
    assert button.height() >= button.sizeHint().height()
    assert button.toolTip() == ("Tickets" if room is Room.BARE else "")


def test_the_air_comes_back(rail: Rail) -> None:
    _stand(rail, 420, 1000)
    assert rail.room is Room.AIRY
