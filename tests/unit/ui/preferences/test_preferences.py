"""Every preference takes effect at once and outlives the program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.settings import Settings
from ui.kit import theme
from ui.kit.preferences import Preferences
from ui.preferences.window import PreferencesWindow


@pytest.fixture
def preferences(qapp: QApplication, tmp_path: Path) -> Iterator[Preferences]:
    """Preferences of this test alone, undone after it."""
    made = Preferences(Settings(tmp_path / "settings.json"))
    made.dress()
    yield made
    plain = Preferences(Settings(tmp_path / "other.json"))
    plain.dress()
    plain.speak("en")


def test_choices_take_effect_and_are_kept(qtbot: QtBot, preferences: Preferences):
    window = PreferencesWindow(preferences)
    qtbot.addWidget(window)
    window.snaps.setCurrentIndex(window.snaps.findData(30))
    window.snaps.activated.emit(window.snaps.currentIndex())
    window.languages.activated.emit(window.languages.findData("it"))
    window.size_slider.setValue(150)
    assert window.notify.isChecked()
    window.notify.click()
    assert preferences.snap_minutes == 30
    assert i18n.current().code == "it"
    assert theme.row_height() == 48
    again = Settings(preferences.settings.path)
    assert (again.planner_snap, again.language, again.font_percent) == (30, "it", 150)
    assert again.notify_tasks is False


def test_the_window_follows_changes_made_elsewhere(qtbot: QtBot, preferences: Preferences):
    window = PreferencesWindow(preferences)
    qtbot.addWidget(window)
    preferences.zoom(20)
    preferences.put(Settings.language, "he")
    assert window.size_slider.value() == 120
    assert window.languages.currentData() == "he"


def test_text_stays_between_80_and_200_percent(preferences: Preferences):
    preferences.zoom(90)
    preferences.zoom(90)
    assert preferences.settings.font_percent == 200
    preferences.zoom(0)
    assert preferences.settings.font_percent == 100


def test_the_theme_is_dressed_at_once(preferences: Preferences):
    preferences.put(Settings.theme, "dark")
    assert theme.tokens() is theme.DARK
    preferences.put(Settings.theme, "light")
    assert theme.tokens() is theme.LIGHT
