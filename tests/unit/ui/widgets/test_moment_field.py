"""The field for a moment, typed into by real keys."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.words import Message, message
from ui.kit.bidi import bare
from ui.kit.translate import apply_language
from ui.widgets.moment_field import MomentField

JERUSALEM, ROME = ZoneInfo("Asia/Jerusalem"), ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 23, 11, 42, tzinfo=JERUSALEM)


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    """Every test ends in English."""
    yield
    apply_language(qapp, "en")


@pytest.fixture
def field(qtbot: QtBot) -> MomentField:
    """A shown field with the cursor in it."""
    made = MomentField()
    qtbot.addWidget(made)
    made.set_clock(lambda: NOW)
    made.set_zones(JERUSALEM)
    made.resize(420, 80)
    made.show()
    made.setFocus()
    return made


def typed(field: MomentField, text: str) -> str:
    """What the field says after these keys."""
    field.clear()
    QTest.keyClicks(field.line, text)
    return bare(field.shown.text())


@pytest.mark.row("R-D4")
def test_what_was_understood_is_said_while_typing(field: MomentField, qtbot: QtBot):
    with qtbot.waitSignal(field.changed):
        assert typed(field, "tomorrow 10") == "Tue 24 Nov, 10:00"
    assert field.value() == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert field.problem() is None
    with qtbot.waitSignal(field.submitted):
        QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert typed(field, "3 dec 2027 16:00") == "Friday, 3 December 2027, 16:00"


def test_the_customers_time_stands_beside_where_it_differs_and_may_be_meant(field: MomentField):
    assert not field.theirs.isVisible()
    field.set_zones(JERUSALEM, ROME)
    assert field.theirs.isVisible()
    assert typed(field, "tomorrow 10") == "Tue 24 Nov, 10:00 (09:00 where the customer is)"
    QTest.mouseClick(field.theirs, Qt.MouseButton.LeftButton)
    assert field.value() == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert bare(field.shown.text()) == "Tue 24 Nov, 11:00 (10:00 where the customer is)"
    field.set_zones(JERUSALEM, ZoneInfo("America/New_York"))
    assert typed(field, "tomorrow 02:00") == "Tue 24 Nov, 02:00 (Mon 23 Nov, 19:00 where the customer is)"


def test_what_is_no_moment_is_a_mistake_only_when_the_field_is_left(field: MomentField, qtbot: QtBot):
    assert "for example" in typed(field, "tomor")
    assert field.shown.property("look") == "secondary"
    assert field.value() is None
    with qtbot.assertNotEmitted(field.submitted):
        QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert field.shown.property("look") == "error"
    assert typed(field, "today 9") == "23/11/2026 09:00 is past already."
    assert field.shown.property("look") == "error"
    assert field.problem() is not None


def test_outside_the_calling_hours_it_warns_and_still_holds(field: MomentField):
    def check(moment: datetime) -> Message | None:
        return message("Nobody may be called then.") if moment.hour >= 20 else None

    field.set_check(check)
    assert typed(field, "tomorrow 21:30") == "Tue 24 Nov, 21:30. Nobody may be called then."
    assert field.shown.property("look") == "warning"
    assert field.value() is not None
    typed(field, "tomorrow 19:30")
    assert field.shown.property("look") == "body"


def test_a_moment_stays_as_shown_until_the_clock_passes_it(field: MomentField):
    typed(field, "in 20 min")
    shown = field.value()
    field._now = lambda: NOW.replace(minute=50)
    assert field.value() == shown == NOW.replace(hour=12, minute=2)
    field._now = lambda: NOW.replace(hour=13)
    assert field.value() is None
    assert field.problem() is not None


def test_the_moment_survives_a_language_switch(field: MomentField, qapp: QApplication):
    typed(field, "tomorrow 10")
    before = field.value()
    for code, day in (("it", "mar 24 nov, 10:00"), ("he", "24")):
        apply_language(qapp, code)
        assert field.value() == before
        assert day in bare(field.shown.text())
    field.line.selectAll()
    field.line.insert("מחרתיים ב-14:30")  # Test keys are Latin ones only.
    assert field.value() == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def test_a_moment_that_is_set_comes_back(field: MomentField):
    wanted = datetime(2026, 12, 3, 14, 0, tzinfo=UTC)
    field.set_zones(JERUSALEM, ROME, means_there=True)
    field.set_value(wanted)
    assert field.line.text() == "03/12/2026 15:00"
    assert field.value() == wanted
    field.set_value(None)
    assert field.value() is None
