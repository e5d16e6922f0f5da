"""The calling hours of a campaign: the usual ones of the country, or own ones for each day of the week and holidays."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app import i18n
from app.domain.dialer.hours import DAYS, EVE, HOLIDAY, WEEKDAYS, by_day, day_name, document_of, understood, written
from app.domain.words import N_, Message
from ui.kit import theme
from ui.kit.bidi import bare
from ui.kit.translate import Texts
from ui.widgets.styled import plain, styled

__all__ = ["HoursField"]


class HoursField(QWidget):
    """Stretches are typed, such as 09:00-13:00, 16:00-20:00; the usual ones are shown and cannot be changed.

    Signal: `changed()` by the person.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: dict[str, Any] = {}
        self._usual: dict[str, Any] = {}
        self._is_filling = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(6))
        self.usual = QCheckBox()
        self._texts = Texts(self)
        self._texts.bind(self.usual.setText, N_("The usual hours of the country"))
        column.addWidget(self.usual)
        self.rows = QWidget()
        self._grid = QGridLayout(self.rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scale(12))
        self._grid.setVerticalSpacing(theme.scale(4))
        self._grid.setColumnStretch(2, 1)
        column.addWidget(self.rows)
        self.lines: dict[str, QLineEdit] = {}
        self._wrong: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._said: dict[str, Message] = {}
        for day in DAYS:
            self._add_row(day)
        self._texts.redo(self._arrange, key="order")
        self.usual.toggled.connect(self._turn)
        self.setFocusProxy(self.usual)
        self._fill()

    def _add_row(self, day: str) -> None:
        label, line, wrong = plain(), QLineEdit(), styled(plain(), "error")
        self._texts.say(label.setText, day_name(day))
        self._texts.say(line.setAccessibleName, day_name(day))
        self._texts.bind(line.setPlaceholderText, N_("No calls"))
        label.setBuddy(line)
        line.setFixedWidth(theme.scale(280))
        wrong.setWordWrap(True)
        wrong.hide()
        self.lines[day], self._wrong[day], self._labels[day] = line, wrong, label
        line.textEdited.connect(self._take)
        line.editingFinished.connect(self.settle)

    def _arrange(self) -> None:
        """Weeks begin as people here count them; the keys stay the same."""
        order = WEEKDAYS if i18n.first_weekday() == 0 else (WEEKDAYS[-1], *WEEKDAYS[:-1])
        before: QWidget = self.usual
        for place, day in enumerate((*order, EVE, HOLIDAY)):
            self._grid.addWidget(self._labels[day], place * 2, 0)
            self._grid.addWidget(self.lines[day], place * 2, 1)
            self._grid.addWidget(self._wrong[day], place * 2 + 1, 1)
            QWidget.setTabOrder(before, self.lines[day])
            before = self.lines[day]

    def value(self) -> dict[str, Any]:
        """The hours as the database keeps them; rows that cannot be read keep what they held before."""
        return self._value

    def set_usual(self, document: dict[str, Any]) -> None:
        """What the usual hours are."""
        if document != self._usual:
            self._usual = document
            self._fill()

    def set_value(self, document: dict[str, Any]) -> None:
        """Show these hours."""
        if document != self._value:
            self._value = document
            self._fill()

    def forget(self) -> None:
        """Drop what was typed and cannot be read."""
        self._fill()

    def problem(self) -> Message | None:
        """What cannot be read in the first row that is wrong."""
        return next(iter(self._said.values()), None)

    def focus_problem(self) -> None:
        """Go to the first row that is wrong."""
        day = next(iter(self._said), None)
        if day is not None:
            self.lines[day].setFocus()

    # --- Inside

    def _fill(self) -> None:
        self._is_filling = True
        self.usual.setChecked(not self._value)
        self.rows.setEnabled(bool(self._value))
        for day, stretches in by_day(self._value or self._usual).items():
            self.lines[day].setText(written(stretches))
            self.lines[day].setCursorPosition(0)
        self._said = {}
        self._say()
        self._is_filling = False

    @Slot(bool)
    def _turn(self, on: bool) -> None:
        if not self._is_filling:
            self._value = {} if on else document_of(by_day(self._usual))
            self._fill()
            self.changed.emit()

    @Slot()
    def _take(self) -> None:
        days = dict(by_day(self._value))
        self._said = {}
        for day in DAYS:
            read = understood(bare(self.lines[day].text()))
            if isinstance(read, Message):
                self._said[day] = read
            else:
                days[day] = read
        self._value = document_of(days)
        # While a stretch is half typed nothing is said about it; it is when the row is left.
        for day in [day for day, label in self._wrong.items() if day not in self._said and not label.isHidden()]:
            self._wrong[day].hide()
        self.changed.emit()

    @Slot()
    def settle(self) -> None:
        """Write what was typed as it was understood, and say what was not."""
        for day, stretches in by_day(self._value or self._usual).items():
            if day not in self._said and self.lines[day].text() != written(stretches):
                self.lines[day].setText(written(stretches))
        self._say()

    def _say(self) -> None:
        for day, label in self._wrong.items():
            said = self._said.get(day)
            label.setVisible(said is not None)
            label.setText(i18n.say(said) if said is not None else "")
            self.lines[day].setAccessibleDescription(label.text())
