"""Chips of a few of many: added from a menu, taken off by cross or key, in either direction."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from ui.widgets.tags import Tag, TagField

TAGS = [Tag(1, "Shop", "Customers"), Tag(2, "Household", "Customers"), Tag(7, "Parts & more", "Suppliers")]


@pytest.fixture
def field(qtbot: QtBot) -> TagField:
    """A shown field that holds the first."""
    made = TagField("Add a profile", "There are none.")
    qtbot.addWidget(made)
    made.offer(TAGS)
    made.set_value([1])
    made.resize(400, 60)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def texts(menu: QMenu) -> list[str]:
    """What the menu offers."""
    return [action.text() for action in menu.actions() if action.isEnabled()]


def cross(field: TagField, tag_id: int) -> QToolButton:
    """The cross of a chip."""
    found = field.chips[tag_id].findChild(QToolButton)
    assert isinstance(found, QToolButton)
    return found


@pytest.mark.row("R-F17", "R-F18")
def test_one_is_added_by_key_and_taken_off_by_key(field: TagField, qtbot: QtBot):
    field.add_button.setFocus()
    with qtbot.waitSignal(field.changed):
        qtbot.keyClick(field.add_button, Qt.Key.Key_Space)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert texts(menu) == ["Household", "Parts && more"]
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert field.value() == (1, 2)
    assert QApplication.focusWidget() is field.add_button
    cross(field, 1).setFocus()
    with qtbot.waitSignal(field.changed):
        qtbot.keyClick(cross(field, 1), Qt.Key.Key_Delete)
    assert field.value() == (2,)
    assert QApplication.focusWidget() is cross(field, 2)
    with qtbot.waitSignal(field.changed):
        qtbot.mouseClick(cross(field, 2), Qt.MouseButton.LeftButton)
    assert field.value() == ()
    assert QApplication.focusWidget() is field.add_button


def test_what_is_not_offered_yet_stays_and_filling_tells_nobody(field: TagField, qtbot: QtBot):
    with qtbot.assertNotEmitted(field.changed):
        field.set_value([1, 99])
        field.offer(TAGS[:2])
    assert field.value() == (1, 99)
    assert list(field.chips) == [1]


def test_who_may_only_read_sees_chips_without_crosses(field: TagField):
    field.set_read_only(on=True)
    assert field.chips[1].findChildren(QToolButton) == []
    assert field.add_button.isHidden()


def test_with_nothing_to_choose_it_says_so(field: TagField):
    assert field.empty.isHidden()
    field.set_value([])
    field.offer([])
    assert not field.empty.isHidden()
    assert field.add_button.isHidden()


def test_each_cross_says_what_it_takes_off(field: TagField):
    assert "Shop" in cross(field, 1).accessibleName()


def test_chips_begin_where_the_language_does(field: TagField, qtbot: QtBot):
    field.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.waitUntil(lambda: field.chips[1].geometry().right() > field.width() - 5)
    assert field.add_button.geometry().right() < field.chips[1].geometry().left()


def test_chips_that_fit_one_line_ask_for_one(field: TagField) -> None:
    # In a form the rows above give up what is asked for beyond what is taken.
    assert field.sizeHint().height() == field.heightForWidth(480)
