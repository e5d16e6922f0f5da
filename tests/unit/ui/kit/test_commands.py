"""One registry: keys that never clash, owners that come and go, names in every language."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.kit.commands import Command, Commands


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    """A window with room for two screens."""
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.show()
    return made


def screen(window: QWidget) -> QLineEdit:
    """A screen with something to focus."""
    made = QLineEdit()
    layout = window.layout()
    assert layout is not None
    layout.addWidget(made)
    return made


def test_two_commands_with_one_key_in_one_context_raise(window: QWidget):
    commands = Commands(window)
    commands.add(Command("a.one", "One", shortcut="Ctrl+M", context="a"), list)
    with pytest.raises(ValueError, match=r"a\.one"):
        commands.add(Command("a.two", "Two", shortcut="F9 ctrl+m", context="a"), list)


def test_a_screen_may_not_take_a_key_of_the_window(window: QWidget):
    commands = Commands(window)
    commands.add(Command("find", "Find", shortcut="Ctrl+K"), list)
    with pytest.raises(ValueError, match="find"):
        commands.add(Command("a.link", "Link", shortcut="Ctrl+K", context="a"), list)


def test_two_screens_may_use_one_key_each_in_its_own_focus(qtbot: QtBot, window: QWidget):
    commands, done = Commands(window), []
    first, second = screen(window), screen(window)
    commands.add(Command("a.go", "Go", shortcut="Ctrl+M", context="a"), lambda: done.append("a"), owner=first)
    commands.add(Command("b.go", "Go", shortcut="Ctrl+M", context="b"), lambda: done.append("b"), owner=second)
    second.setFocus()
    qtbot.waitUntil(second.hasFocus)
    qtbot.keyClick(second, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert done == ["b"]


def test_what_is_not_possible_is_not_offered_and_not_done(window: QWidget):
    commands, possible, done = Commands(window), [False], []
    action = commands.add(Command("close", "Close"), lambda: done.append(1), enabled=lambda: possible[0])
    assert not action.isEnabled()
    assert commands.possible() == []
    assert not commands.run("close")
    possible[0] = True
    commands.refresh()
    assert action.isEnabled()
    assert commands.run("close")
    assert done == [1]


def test_a_command_goes_with_its_screen(qtbot: QtBot, window: QWidget):
    commands, done = Commands(window), []
    first, second = screen(window), screen(window)
    save = Command("card.save", "Save", context="card")
    commands.add(save, lambda: done.append("first"), owner=first)
    commands.add(save, lambda: done.append("second"), owner=second)
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    commands.run("card.save")
    with qtbot.waitSignal(first.destroyed):
        first.deleteLater()
    commands.run("card.save")
    assert done == ["first", "second"]
    with qtbot.waitSignal(second.destroyed):
        second.deleteLater()
    assert not commands.has("card.save")


def test_another_screen_is_asked_with_arguments(window: QWidget):
    commands, opened = Commands(window), []
    commands.add(Command("tickets.open", "Open"), opened.append, enabled=lambda: False)
    assert commands.run("tickets.open", 42)
    assert opened == [42]
