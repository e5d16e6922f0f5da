"""The frame: screens made when shown, everything by keyboard, the language switched under open forms."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from app.bus import FeedState
from app.domain.errors import UserError
from app.domain.words import message
from app.settings import Settings
from tests.unit.ui.main_window.conftest import Form, Office
from ui.kit.messages import Offer
from ui.kit.screen import Screen
from ui.main_window.palette import ranked
from ui.main_window.shortcut_sheet import ShortcutSheet

CTRL = Qt.KeyboardModifier.ControlModifier


def form(office: Office) -> Form:
    """The screen in front."""
    screen = office.window.current_screen
    assert isinstance(screen, Form)
    return screen


def test_a_screen_is_made_at_its_first_show_and_kept(office: Office):
    assert office.made == ["planner"]
    office.window.show_screen("tickets")
    office.window.show_screen("planner")
    assert office.made == ["planner", "tickets"]
    assert form(office).calls == ["shown", "shown"]
    assert office.window.show_screen("absent") is None


def test_keys_go_to_screens_and_f5_reads_anew(qtbot: QtBot, office: Office):
    qtbot.keyClick(office.window, Qt.Key.Key_2, CTRL)
    assert form(office).objectName() == "tickets"
    qtbot.keyClick(office.window, Qt.Key.Key_F5)
    assert form(office).calls == ["shown", "refresh"]
    assert office.window.windowTitle() == "Tickets - Callboard"


@pytest.mark.row("F6", "R-X2")
def test_the_language_changes_under_an_open_form(qtbot: QtBot, office: Office):
    form(office).setText("half a sente")
    before = office.window.rail.geometry().left()
    office.window.user_menu.languages["he"].trigger()
    qtbot.waitUntil(lambda: office.window.rail.geometry().left() > before)
    assert form(office).text() == "half a sente"
    office.window.user_menu.languages["en"].trigger()
    qtbot.waitUntil(lambda: office.window.rail.geometry().left() == before)
    assert office.preferences.settings.language == "en"


def test_the_palette_does_what_was_typed(qtbot: QtBot, office: Office):
    palette = office.window.palette_box
    qtbot.keyClick(office.window, Qt.Key.Key_K, CTRL)
    qtbot.waitUntil(palette.field.hasFocus)
    qtbot.keyClicks(palette.field, "tick")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert form(office).objectName() == "tickets"
    office.window.palette_box.open()
    assert palette.shown_commands()[0].id == "go.tickets"
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(form(office).hasFocus)


def test_commands_are_found_in_any_language(office: Office):
    commands = office.window.desk.commands.possible()
    assert ranked(commands, "full", [])[0].id == "window.full_screen"
    assert ranked(commands, "prefrences", [])[0].id == "window.preferences"
    assert ranked(commands, "zzzz", []) == []


def test_the_sheet_names_each_key_once(office: Office):
    office.window.open_shortcuts()
    sheet = office.window.findChild(ShortcutSheet)
    assert isinstance(sheet, ShortcutSheet)
    keys = [label.text() for label in sheet.findChildren(QLabel) if label.property("look") == "key"]
    assert len(keys) == len(set(keys))
    assert "Ctrl+2" in keys


def test_every_command_is_in_the_palette_or_has_a_key(office: Office):
    out_of_reach = [each.id for each in office.window.desk.commands.declared() if not each.in_palette and not each.keys]
    assert out_of_reach == []


def test_an_offer_is_taken_by_mouse_and_by_key(qtbot: QtBot, office: Office):
    done: list[str] = []
    bar = office.window.message_bar
    office.window.desk.messages.success(
        message("Moved to {time}.", time="11:00"), offer=Offer("Undo", lambda: done.append("u"))
    )
    assert bar.isVisible()
    keys = CTRL | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(office.window, Qt.Key.Key_Z, keys)
    assert done == ["u"]
    assert not bar.isVisible()
    qtbot.keyClick(office.window, Qt.Key.Key_Z, keys)
    assert done == ["u"]


def test_an_error_comes_back_after_what_came_over_it(office: Office):
    bar, messages = office.window.message_bar, office.window.desk.messages
    messages.show_error(UserError(message("The file cannot be read."), message("Choose another.")))
    messages.success("Moved.")
    assert bar.current is not None
    assert bar.current.words() == "Moved."
    bar.dismiss()
    assert bar.current is not None
    assert bar.current.words() == "The file cannot be read. Choose another."
    bar.dismiss()
    assert bar.current is None
    assert [notice.words() for notice in bar.history][-1] == "Moved."


def test_a_message_moves_nothing_below(office: Office):
    before = office.window.stack.geometry()
    office.window.desk.messages.error("The office server does not answer.")
    QApplication.sendPostedEvents()
    assert office.window.stack.geometry() == before


def test_a_lost_database_stays_told_until_it_answers(qtbot: QtBot, office: Office):
    tried: list[int] = []
    office.window.try_again = lambda: tried.append(1)
    bar = office.window.message_bar
    office.bus.publish(FeedState(is_online=False))
    qtbot.waitUntil(bar.has_current)
    bar.take_offer()
    office.bus.publish(FeedState(is_online=True))
    qtbot.waitUntil(lambda: bar.current is not None and bar.current.words() == "The database answers again.")
    assert tried == [1]


def test_an_unforeseen_failure_opens_one_dialog(qtbot: QtBot, office: Office):
    def fail(session: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    office.tasks.read(fail)
    office.tasks.read(fail)
    qtbot.waitUntil(lambda: office.tasks.is_idle)
    dialogs = [child for child in office.window.findChildren(QDialog) if child.isVisible()]
    assert len(dialogs) == 1


def test_the_window_waits_for_the_last_write(qtbot: QtBot, office: Office):
    gate = threading.Event()
    office.tasks.write(lambda session: gate.wait(60))
    office.window.close()
    assert office.window.isVisible()
    with qtbot.waitSignal(office.window.ended):
        gate.set()
    assert not office.window.isVisible()


def test_two_screens_with_one_key_are_a_mistake(office: Office):
    with pytest.raises(ValueError, match="F5"):
        office.window.register([Screen("third", "Third", "list", lambda desk: Form(), shortcut="F5")])


@pytest.mark.parametrize("code", ["en", "it", "he"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_window_of_the_frame_opens(qtbot: QtBot, office: Office, code: str, look: str):
    office.preferences.put(Settings.language, code)
    office.preferences.put(Settings.theme, look)
    window = office.window
    for opened in (window.open_preferences, window.open_shortcuts, window.open_about):
        opened()
    window.palette_box.open()
    shown = [child for child in window.findChildren(QDialog) if child.isVisible()]
    assert len(shown) == 3
    assert not window.grab().isNull()
    office.preferences.put(Settings.theme, "light")
