"""The form of a working week: for each weekday one stretch, or two with a break between them."""

from datetime import time
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app import i18n
from app.domain.recurrence import WEEKDAY_NAMES
from app.domain.words import N_
from app.services.planner.hours import DayHours
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.fields import TimeField
from ui.widgets.styled import plain

__all__ = ["WeekForm"]

_MORNING, _NOON, _ONE, _EVENING = time(8), time(12), time(13), time(17)


class _Day:
    """One line: the day, its hours, and whether a break divides them."""

    def __init__(self, weekday: int, texts: Texts) -> None:
        self.weekday = weekday
        self.is_on = QCheckBox()
        self.has_break = QCheckBox()
        self.fields = [TimeField() for _number in range(4)]
        self.until = plain("–")
        self.until_again = plain("–")
        name = WEEKDAY_NAMES[weekday]
        texts.bind(self.is_on.setText, name)
        texts.bind(self.has_break.setText, N_("Break, then"))
        for field, text in zip(
            self.fields,
            (N_("{day}: start"), N_("{day}: end"), N_("{day}: start again"), N_("{day}: end of the day")),
            strict=True,
        ):
            texts.redo(partial(_name_field, field, text, name), key=field)
        self.is_on.toggled.connect(self.follow)
        self.has_break.toggled.connect(self.follow)

    def widgets(self) -> list[QWidget]:
        """The line from its start to its end."""
        start, end, again, last = self.fields
        return [self.is_on, start, self.until, end, self.has_break, again, self.until_again, last]

    def follow(self) -> None:
        """Only hours that count can be changed."""
        on, broken = self.is_on.isChecked(), self.has_break.isChecked()
        for widget in (*self.fields[:2], self.has_break):
            widget.setEnabled(on)
        for widget in self.fields[2:]:
            widget.setEnabled(on and broken)

    def value(self) -> list[DayHours]:
        """The stretches of the day."""
        if not self.is_on.isChecked():
            return []
        times = [field.value() for field in self.fields]
        found = [DayHours(self.weekday, times[0], times[1])]
        if self.has_break.isChecked():
            found.append(DayHours(self.weekday, times[2], times[3]))
        return found

    def show(self, hours: list[DayHours]) -> None:
        """Fill the line."""
        self.is_on.setChecked(bool(hours))
        self.has_break.setChecked(len(hours) > 1)
        shown = [_MORNING, _NOON if len(hours) > 1 else _EVENING, _ONE, _EVENING]
        for number, each in enumerate(hours[:2]):
            shown[2 * number : 2 * number + 2] = [each.starts, each.ends]
        for field, value in zip(self.fields, shown, strict=True):
            field.set_value(value)
        self.follow()


def _name_field(field: TimeField, text: str, day: str) -> None:
    field.setAccessibleName(i18n._(text, day=i18n._(day)))


class WeekForm(QWidget):
    """Seven lines, beginning with the day on which the reader's week begins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scale(8))
        self._grid.setVerticalSpacing(theme.scale(4))
        self._grid.setColumnStretch(8, 1)
        texts = Texts(self)
        self.days = [_Day(weekday, texts) for weekday in range(7)]
        texts.redo(self._arrange)
        self.show_week(())

    def value(self) -> tuple[DayHours, ...]:
        """The week as the form says it."""
        return tuple(hours for day in self.days for hours in day.value())

    def show_week(self, week: tuple[DayHours, ...]) -> None:
        """Fill the form."""
        for day in self.days:
            day.show([each for each in week if each.weekday == day.weekday])

    @Slot()
    def copy_first(self) -> None:
        """Give every ticked day the hours of the first ticked one."""
        order = self._order()
        ticked = [self.days[number] for number in order if self.days[number].is_on.isChecked()]
        for day in ticked[1:]:
            day.show(ticked[0].value())

    @staticmethod
    def _order() -> list[int]:
        first = i18n.first_weekday()
        return [(first + number) % 7 for number in range(7)]

    def _arrange(self) -> None:
        before: QWidget | None = None
        for line, number in enumerate(self._order()):
            for column, widget in enumerate(self.days[number].widgets()):
                self._grid.addWidget(widget, line, column, Qt.AlignmentFlag.AlignVCenter)
                if before is not None:
                    QWidget.setTabOrder(before, widget)
                before = widget
