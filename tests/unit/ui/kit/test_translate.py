"""Texts that follow the language."""

import gettext
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app import i18n
from ui.kit import bidi, translate
from ui.kit.translate import Texts, apply_language


class Shouting(gettext.NullTranslations):
    """A pretend language."""

    def gettext(self, message: str) -> str:
        # Fields keep their names: windows that other tests have left open speak this language too.
        return re.sub(r"\{[^}]*\}|[^{]+", lambda part: part[0] if part[0].startswith("{") else part[0].upper(), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    """Hebrew speaks the pretend language."""
    monkeypatch.setitem(i18n._Speech.loaded, "he", Shouting())


@pytest.mark.row("F6", "R-X2")
@pytest.mark.usefixtures("pretend")
def test_a_switch_renames_everything_and_keeps_what_was_typed(qtbot: QtBot, qapp: QApplication):
    label, field = QLabel(), QLineEdit("half a sente")
    qtbot.addWidget(label)
    qtbot.addWidget(field)
    texts = Texts(label)
    texts.bind(label.setText, "Menu of {name}", name="Dana")
    texts.plural(label.setToolTip, "{count} call", "{count} calls", 3)
    apply_language(qapp, "he")
    assert (label.text(), label.toolTip()) == ("MENU OF \u2068Dana\u2069", "3 CALLS")
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert field.text() == "half a sente"
    apply_language(qapp, "en")
    assert label.text() == "Menu of Dana"
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight


@pytest.mark.usefixtures("pretend")
def test_a_text_bound_again_replaces_the_one_before(qtbot: QtBot, qapp: QApplication):
    label = QLabel()
    qtbot.addWidget(label)
    texts = Texts(label)
    texts.bind(label.setText, "One")
    texts.bind(label.setText, "Two")
    apply_language(qapp, "he")
    assert label.text() == "TWO"


def test_a_widget_that_is_gone_is_not_spoken_to(qtbot: QtBot, qapp: QApplication):
    label = QLabel()
    Texts(label).bind(label.setText, "One")
    with qtbot.waitSignal(label.destroyed):
        label.deleteLater()
    translate.news.switched.emit()


def test_qt_speaks_the_language_too(qapp: QApplication):
    apply_language(qapp, "it")
    assert qapp.translate("QPlatformTheme", "Cancel") == "Annulla"
    apply_language(qapp, "en")
    assert qapp.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_a_cell_is_isolated_and_copied_bare():
    cell = bidi.isolate("+39 02 1234567")
    assert (cell[0], cell[-1]) == ("\u2068", "\u2069")
    assert bidi.bare(cell) == "+39 02 1234567"
    assert bidi.isolate("") == ""
