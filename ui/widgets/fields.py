"""Fields for days, times and lengths of time; values are plain Python, in the company's local time."""

import re
from datetime import date, datetime, time

from PySide6.QtCore import QDate, QDateTime, QEvent, QLocale, QObject, Qt, QTime, Signal
from PySide6.QtGui import QMouseEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCalendarWidget,
    QDateEdit,
    QDateTimeEdit,
    QSpinBox,
    QTimeEdit,
    QToolButton,
    QWidget,
)

from app import i18n
from ui.kit import icons, theme
from ui.kit.translate import Texts

__all__ = ["DateField", "DateTimeField", "DurationField", "NumberField", "TimeField"]

NO_DAY = QDate(1900, 1, 1)
DAY = "dd/MM/yyyy"


def _show_as(field: QDateTimeEdit, form: str) -> None:
    """Set the format as written: in a right-to-left field Qt would turn day, month and year around."""
    field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    field.setDisplayFormat(form)
    field.unsetLayoutDirection()


def _set_in(field: QAbstractSpinBox) -> None:
    """The style sheet's padding reaches the box of a spin box, not the line inside it."""
    field.lineEdit().setTextMargins(8, 0, 8, 0)


def _dress(calendar: QCalendarWidget) -> None:
    """Weeks as the language begins them, days by one letter, week-ends quiet instead of red."""
    from PySide6.QtGui import QTextCharFormat

    calendar.setLocale(QLocale(i18n.current().locale))
    is_sunday = i18n.first_weekday() == 6
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Sunday if is_sunday else Qt.DayOfWeek.Monday)
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
    for name, icon in (("qt_calendar_prevmonth", "back"), ("qt_calendar_nextmonth", "next")):
        button = calendar.findChild(QToolButton, name)
        if isinstance(button, QToolButton):
            button.setIcon(icons.icon(icon))
    quiet = QTextCharFormat()
    quiet.setForeground(theme.tokens().color("muted"))
    plain = QTextCharFormat()
    plain.setForeground(theme.tokens().color("text"))
    free = (Qt.DayOfWeek.Friday, Qt.DayOfWeek.Saturday) if is_sunday else (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)
    for day in Qt.DayOfWeek:
        calendar.setWeekdayTextFormat(day, quiet if day in free else plain)


class DateField(QDateEdit):
    """A day with a calendar to open. Signal: `changed()`. `optional` fields may be empty: their value is None then."""

    changed = Signal()

    def __init__(self, *, optional: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._optional = optional
        self._has_calendar = False
        self.setCalendarPopup(True)
        _show_as(self, DAY)
        if optional:
            self.setMinimumDate(NO_DAY)
            self.setSpecialValueText("–")
            self.setDate(NO_DAY)
        else:
            self.setDate(QDate.currentDate())
        Texts(self).redo(self._follow_language)
        self.dateChanged.connect(self.changed)

    def value(self) -> date | None:
        """The day chosen, None when the field is empty."""
        chosen = self.date()
        if self._optional and chosen == NO_DAY:
            return None
        return date(chosen.year(), chosen.month(), chosen.day())

    def set_value(self, day: date | None) -> None:
        """Show this day; None empties an optional field."""
        self.setDate(NO_DAY if day is None else QDate(day.year, day.month, day.day))

    def _follow_language(self) -> None:
        self.setLocale(QLocale(i18n.current().locale))
        _show_as(self, DAY)
        if self._has_calendar:
            _dress(self.calendarWidget())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press may open the calendar: with its two dozen parts it is made then, not with every form."""
        if not self._has_calendar:
            self._has_calendar = True
            calendar = self.calendarWidget()
            calendar.installEventFilter(self)
            _dress(calendar)
        super().mousePressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An empty field opens its calendar at this month, not at the year that stands for nothing."""
        if event.type() == QEvent.Type.Show and self.value() is None:
            today = QDate.currentDate()
            self.calendarWidget().setCurrentPage(today.year(), today.month())
        return False


class TimeField(QTimeEdit):
    """A time of day on a 24 hour clock. Signal: `changed()`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _show_as(self, "HH:mm")
        _set_in(self)
        self.timeChanged.connect(self.changed)

    def value(self) -> time:
        """The time shown."""
        return time(self.time().hour(), self.time().minute())

    def set_value(self, moment: time) -> None:
        """Show this time."""
        self.setTime(QTime(moment.hour, moment.minute))


class DateTimeField(QDateTimeEdit):
    """A day and a time. Signal: `changed()`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        _show_as(self, f"{DAY} HH:mm")
        Texts(self).redo(self._follow_language)
        self.dateTimeChanged.connect(self.changed)

    def value(self) -> datetime:
        """Day and time shown, without a zone: the company's local time."""
        day, moment = self.date(), self.time()
        return datetime.combine(date(day.year(), day.month(), day.day()), time(moment.hour(), moment.minute()))

    def set_value(self, moment: datetime) -> None:
        """Show this local time."""
        day = QDate(moment.year, moment.month, moment.day)
        self.setDateTime(QDateTime(day, QTime(moment.hour, moment.minute)))

    def _follow_language(self) -> None:
        _dress(self.calendarWidget())


class NumberField(QSpinBox):
    """A whole number, as far from the edge as the text of other fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_in(self)


class DurationField(QSpinBox):
    """A length of time in minutes, typed as 90, 1:30, 1h30 or "1 h 30". Signal: `changed()`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, step: int = 15) -> None:
        super().__init__(parent)
        self.setRange(5, 24 * 60)
        self.setSingleStep(step)
        self.setValue(60)
        _set_in(self)
        self.valueChanged.connect(self.changed)
        Texts(self).redo(self._follow_language)

    def set_value(self, minutes: int) -> None:
        """Show this length."""
        self.setValue(minutes)

    def textFromValue(self, value: int) -> str:
        """The length as people write it."""
        return i18n.format_duration(value)

    def valueFromText(self, text: str) -> int:
        """The minutes that were typed."""
        minutes = minutes_of(text)
        return self.value() if minutes is None else minutes

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Take what can be read as a length; anything else may still become one while typing."""
        known = minutes_of(text) is not None
        return (QValidator.State.Acceptable if known else QValidator.State.Intermediate, text, position)

    def _follow_language(self) -> None:
        self.lineEdit().setText(self.textFromValue(self.value()))


def minutes_of(text: str) -> int | None:
    """Minutes from what a person types: one number is minutes, two are hours and minutes, "2 h" is hours."""
    numbers = [int(found) for found in re.findall(r"\d+", text)]
    units = re.findall(r"[^\W\d_]+", text)
    if not numbers or len(numbers) > 2:
        return None
    if len(numbers) == 2:
        return numbers[0] * 60 + numbers[1]
    whole_hours = i18n.format_duration(60)
    unit = re.findall(r"[^\W\d_]+", whole_hours)
    return numbers[0] * 60 if units and unit and units[0].casefold()[0] == unit[0].casefold()[0] else numbers[0]
