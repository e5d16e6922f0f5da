"""Fields that hold what was meant, in every language."""

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QApplication, QCalendarWidget
from pytestqt.qtbot import QtBot

from ui.kit import theme
from ui.kit.translate import apply_language
from ui.widgets.fields import DateField, DateTimeField, DurationField, TimeField, minutes_of
from ui.widgets.picker import Choice, Picker
from ui.widgets.swatch import SwatchChoice

PEOPLE = [Choice(1, "Dana Levi"), Choice(2, "Avi Cohen"), Choice(3, "Dan Peretz", is_active=False)]


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    """Every test ends in English."""
    yield
    apply_language(qapp, "en")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        ("1:30", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("2 h", 120),
        ("45 min", 45),
        ("soon", None),
        ("", None),
    ],
)
def test_a_length_is_read_as_people_write_it(typed: str, minutes: int | None):
    assert minutes_of(typed) == minutes


def test_a_typed_length_becomes_minutes(qtbot: QtBot):
    field = DurationField()
    qtbot.addWidget(field)
    field.lineEdit().setText("1:30")
    field.interpretText()
    assert field.value() == 90
    assert field.text() == "1 h 30 min"
    field.lineEdit().setText("whenever")
    field.interpretText()
    assert field.value() == 90


@pytest.mark.parametrize("code", ["en", "it", "he"])
def test_days_read_day_month_year_in_every_language(qtbot: QtBot, qapp: QApplication, code: str):
    apply_language(qapp, code)
    day, both, moment = DateField(), DateTimeField(), TimeField()
    for field in (day, both, moment):
        qtbot.addWidget(field)
    day.set_value(date(2026, 11, 4))
    both.set_value(datetime.combine(date(2026, 11, 4), time(9, 5)))
    moment.set_value(time(9, 5))
    assert (day.text(), both.text(), moment.text()) == ("04/11/2026", "04/11/2026 09:05", "09:05")
    assert (day.value(), moment.value()) == (date(2026, 11, 4), time(9, 5))
    assert both.value() == datetime.combine(date(2026, 11, 4), time(9, 5))


def opened(qtbot: QtBot, field: DateField) -> QCalendarWidget:
    """The field's calendar, opened by the arrow at its end."""
    qtbot.addWidget(field)
    field.show()
    arrow = QPoint(8 if field.isRightToLeft() else field.width() - 8, field.height() // 2)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=arrow)
    calendar = field.calendarWidget()
    qtbot.waitUntil(calendar.isVisible)
    return calendar


def test_weeks_begin_on_sunday_in_hebrew(qtbot: QtBot, qapp: QApplication):
    field = DateField()
    calendar = opened(qtbot, field)
    assert calendar.firstDayOfWeek() == Qt.DayOfWeek.Monday
    apply_language(qapp, "he")
    assert calendar.firstDayOfWeek() == Qt.DayOfWeek.Sunday
    later = opened(qtbot, DateField())
    assert later.firstDayOfWeek() == Qt.DayOfWeek.Sunday
    for each in (calendar, later):
        each.parentWidget().close()


def test_an_optional_day_may_be_empty(qtbot: QtBot):
    field = DateField(optional=True)
    qtbot.addWidget(field)
    assert field.value() is None
    field.set_value(date(2026, 1, 2))
    assert field.value() == date(2026, 1, 2)
    field.set_value(None)
    assert field.value() is None


def test_an_empty_day_opens_its_calendar_at_this_month(qtbot: QtBot):
    calendar = opened(qtbot, DateField(optional=True))
    assert calendar.yearShown() == QDate.currentDate().year()
    calendar.parentWidget().close()


def picker(qtbot: QtBot, nothing: str = "") -> Picker:
    """A picker of people, shown."""
    made = Picker(nothing=nothing)
    made.offer(PEOPLE)
    qtbot.addWidget(made)
    made.show()
    return made


def type_and_leave(qtbot: QtBot, field: Picker, text: str) -> None:
    """Type over what is there and press Enter."""
    line = field.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_part_of_a_name_is_enough(qtbot: QtBot):
    field = picker(qtbot)
    with qtbot.waitSignal(field.changed) as told:
        type_and_leave(qtbot, field, "coh")
    assert told.args == [2]
    assert field.currentText() == "Avi Cohen"


def test_what_matches_nobody_goes_back(qtbot: QtBot):
    field = picker(qtbot)
    field.set_value(1)
    with qtbot.assertNotEmitted(field.changed):
        type_and_leave(qtbot, field, "zzz")
    assert (field.value(), field.currentText()) == (1, "Dana Levi")


@pytest.mark.row("R-M15")
def test_an_inactive_user_is_shown_where_he_is_and_not_offered_anew(qtbot: QtBot):
    field = picker(qtbot)
    assert [field.itemData(place) for place in range(field.count())] == [1, 2]
    field.set_value(3)
    assert field.currentText() == "Dan Peretz (not active)"
    field.set_value(1)
    assert field.findData(3) == -1


def test_of_two_with_one_name_the_one_that_was_chosen_stays(qtbot: QtBot):
    field = picker(qtbot, "Everybody")
    field.offer([Choice(4, "Noa"), Choice(5, "noa")])
    told: list[object] = []
    field.changed.connect(told.append)
    field.setCurrentIndex(2)
    field.activated.emit(2)
    type_and_leave(qtbot, field, "noa")
    assert (field.value(), told) == (5, [5])


def test_nobody_is_a_choice_only_where_it_is_offered(qtbot: QtBot):
    field = picker(qtbot, nothing="Nobody")
    field.set_value(1)
    type_and_leave(qtbot, field, "Nobody")
    assert field.value() is None


def test_each_fill_can_be_chosen_and_has_a_name(qtbot: QtBot):
    field = SwatchChoice()
    qtbot.addWidget(field)
    for category in theme.CATEGORIES:
        field.set_value(category.fill)
        assert field.value() == category.fill
    field.set_value("#123456")
    assert field.value() == theme.CATEGORIES[-1].fill
