"""F1 opens the page of help that fits the screen in front."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.unit.ui.main_window.conftest import Office
from ui.help.window import HelpWindow
from ui.main_window.shortcut_sheet import ShortcutSheet


def test_f1_opens_the_page_of_the_screen_and_turns_it(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.window, Qt.Key.Key_F1)
    (help_window,) = office.window.findChildren(HelpWindow)
    assert help_window.isVisible()
    assert help_window.topic.id == "planner"
    office.window.show_screen("tickets")
    office.window.activateWindow()
    qtbot.waitUntil(office.window.isActiveWindow)
    qtbot.keyClick(office.window, Qt.Key.Key_F1)
    assert office.window.findChildren(HelpWindow) == [help_window]
    assert help_window.topic.id == "agent"


def test_every_key_is_shown_by_its_own_key(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.window, Qt.Key.Key_Question, Qt.KeyboardModifier.ControlModifier)
    assert office.window.findChild(ShortcutSheet) is not None
    assert office.window.findChild(HelpWindow) is None
