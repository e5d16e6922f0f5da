"""Whatever happens to the line, the window answers at once and says how it stands."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.db.database import Database
from app.db.feed import Feed
from app.i18n import _
from tests.kit.proxy import Proxy
from tests.kit.stall import StallWatch
from tests.kit.tickets_robot import TicketsDesk, furnish
from ui.kit.bridge import Connection
from ui.main_window.status_row import StatusRow

LONGEST = 0.1
"""Seconds the GUI thread may stand still."""


@pytest.fixture
def desk(postgresql_url: str, tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[TicketsDesk, Proxy]]:
    """The real window behind a cable, with its feed; tickets in front."""
    with closing(Database(postgresql_url)) as direct:
        office = furnish(direct)
    with Proxy(postgresql_url) as proxy, closing(Database(proxy.url)) as database:
        desk = TicketsDesk(database, tmp_path, qtbot, office)
        feed = Feed(database, desk.bus, 0.05)
        feed.start()
        desk.take_in("Boiler leaks", "No heating")
        desk.window.show_screen("tickets")
        desk.settle()
        yield desk, proxy
        proxy.restore()
        feed.stop()
        desk.close()


def state_of(desk: TicketsDesk) -> str:
    """The words at the foot of the window."""
    row = desk.window.findChild(StatusRow)
    assert isinstance(row, StatusRow)
    shown = [label.text() for label in row.findChildren(QLabel)]
    return next(text for text in shown if text in {_(state.value) for state in Connection})


def work(desk: TicketsDesk, qtbot: QtBot) -> None:
    """What a person does who has not noticed yet: he searches, goes elsewhere and comes back."""
    search = desk.tickets.findChild(QLineEdit)
    assert search is not None
    QTest.keyClicks(search, "boiler")
    qtbot.wait(120)
    desk.window.show_screen("customers")
    qtbot.wait(120)
    desk.window.show_screen("tickets")
    QTest.keyClick(search, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(search, Qt.Key.Key_Delete)
    qtbot.wait(120)


def comes_back(desk: TicketsDesk, qtbot: QtBot) -> None:
    """Until the window says that all is well and has caught up."""
    qtbot.waitUntil(lambda: desk.bridge.connection is Connection.ONLINE and desk.tasks.is_idle, timeout=30_000)


@pytest.mark.row("U64", "F5")
@pytest.mark.parametrize("fault", ["cut", "refused", "frozen", "slow"])
def test_the_window_stays_responsive_and_says_how_the_line_stands(
    desk: tuple[TicketsDesk, Proxy], qtbot: QtBot, fault: str
) -> None:
    window, proxy = desk
    work(window, qtbot)  # what is shown for the first time takes its time, once
    qtbot.waitUntil(lambda: window.bridge.connection is Connection.ONLINE and window.tasks.is_idle, timeout=20_000)
    well = state_of(window)
    with StallWatch() as watch:
        if fault == "cut":
            proxy.cut_all()
        elif fault == "refused":
            proxy.refuse()
            qtbot.waitUntil(lambda: window.bridge.connection is not Connection.ONLINE, timeout=20_000)
            assert state_of(window) != well
        elif fault == "frozen":
            proxy.freeze()
        else:
            proxy.delay = 0.1
        work(window, qtbot)
        proxy.restore()
        comes_back(window, qtbot)
    assert watch.worst < LONGEST, f"{watch.worst * 1000:.0f} ms:\n{watch.where}"
    assert state_of(window) == well
    assert window.numbers(), "what was loaded is there"
