"""The form of a presence rule: who, where, which days, which hours, with the next days shown while typing."""

from datetime import date, time, timedelta
from functools import partial

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QRadioButton,
    QWidget,
)

from app import i18n
from app.domain.recurrence import POSITION_NAMES, WEEKDAY_NAMES, Recurrence, Unit, from_rrule
from app.domain.words import N_
from app.i18n import format_date
from app.services.planner.company import sites, technicians
from app.services.planner.rows import Named
from app.services.planner.rules import RuleRow, RuleValues, preview
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.planner.windows.people import PeopleList
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateField, NumberField, TimeField
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import plain, secondary

__all__ = ["RuleDialog"]

_UNITS = {Unit.DAYS: N_("days"), Unit.WEEKS: N_("weeks"), Unit.MONTHS: N_("months")}
_LAST_DAY = 32
_PreviewRow = tuple[date, tuple[tuple[time, time], ...]]


class RuleDialog(FormDialog):
    """A new rule for several technicians, or the change of one from a day on."""

    def __init__(self, desk: Desk, row: RuleRow | None, today: date, parent: QWidget) -> None:
        title = N_("New rule") if row is None else N_("Edit the rule")
        super().__init__(title, N_("Save"), messages=desk.messages, parent=parent)
        self._row = row
        self._today = today
        self._previews = Latest(desk.tasks)
        self._texts = Texts(self)
        self.form = Form()
        self.body.addWidget(self.form)
        self._add_people()
        self._add_days()
        self._add_hours()
        self._add_span()
        self._shown = secondary()
        self._shown.setMinimumHeight(theme.scale(44))
        self.form.row(N_("Next days"), self._shown)
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(150)
        self._asking.timeout.connect(self._ask)
        self._fill()
        self._listen()
        self._follow()
        desk.tasks.read(sites).then(self._offer_sites)
        desk.tasks.read(technicians).then(self._offer_people)
        self.setMinimumWidth(theme.scale(560))

    # --- Fields --------------------------------------------------------------------------------------------------

    def _add_people(self) -> None:
        self.people = PeopleList()
        self._people_row = self.form.row(N_("Technicians"), self.people)
        if self._row is not None:
            self._people_row.set_visible(on=False)
            name = plain(isolate(self._row.user))
            self.form.row(N_("Technician"), name)
        self.site = Picker(nothing=N_("Any site"))
        self.form.row(N_("Site"), self.site)

    def _add_days(self) -> None:
        self.every = NumberField()
        self.every.setRange(1, 99)
        self.unit = QComboBox()
        for unit in Unit:
            self.unit.addItem("", unit)
        self._texts.redo(self._name_units)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.every)
        line.addWidget(self.unit)
        line.addStretch(1)
        self.form.row(N_("Every"), _holder(line))
        self._texts.bind(self.unit.setAccessibleName, N_("Days, weeks or months"))
        self._add_weekdays()
        self._add_month()

    def _add_weekdays(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        self.weekdays = {day: QCheckBox() for day in range(7)}
        for number in range(7):
            day = (i18n.first_weekday() + number) % 7
            box = self.weekdays[day]
            self._texts.redo(partial(_name_day, box, day), key=box)
            line.addWidget(box)
        line.addStretch(1)
        self._weekdays_row = self.form.row(N_("On"), _holder(line))

    def _add_month(self) -> None:
        self.by_day, self.by_weekday = QRadioButton(), QRadioButton()
        self._texts.bind(self.by_day.setText, N_("Day"))
        self._texts.bind(self.by_weekday.setText, N_("The"))
        group = QButtonGroup(self)
        group.addButton(self.by_day)
        group.addButton(self.by_weekday)
        self.month_day = QComboBox()
        self.position, self.weekday = QComboBox(), QComboBox()
        self._texts.redo(self._name_month)
        for widget, text in (
            (self.month_day, N_("Day of the month")),
            (self.position, N_("Which one in the month")),
            (self.weekday, N_("Weekday")),
        ):
            self._texts.bind(widget.setAccessibleName, text)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        for each in (self.by_day, self.month_day, self.by_weekday, self.position, self.weekday):
            line.addWidget(each)
        line.addStretch(1)
        self._month_row = self.form.row(N_("On"), _holder(line))

    def _add_hours(self) -> None:
        self.own_hours = QCheckBox()
        self._texts.bind(self.own_hours.setText, N_("Hours of its own"))
        self.starts, self.ends = TimeField(), TimeField()
        self._texts.bind(self.starts.setAccessibleName, N_("Start"))
        self._texts.bind(self.ends.setAccessibleName, N_("End"))
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        for each in (self.own_hours, self.starts, plain("–"), self.ends):
            line.addWidget(each)
        line.addStretch(1)
        hint = N_("Without hours of its own the rule takes each technician's working hours.")
        self._hours_row = self.form.row(N_("Hours"), _holder(line), hint)

    def _add_span(self) -> None:
        self.from_day = DateField()
        self.first_day = self.from_day
        self.last_day = DateField(optional=True)
        label = N_("From") if self._row is None else N_("Changes from")
        hint = "" if self._row is None else N_("Earlier days, and days changed by hand, stay as they are.")
        self.form.row(label, self.from_day, hint)
        self._last_row = self.form.row(N_("Until"), self.last_day, N_("Empty means without an end."))

    # --- Texts ---------------------------------------------------------------------------------------------------

    def _name_units(self) -> None:
        for number, unit in enumerate(Unit):
            self.unit.setItemText(number, i18n._(_UNITS[unit]))

    def _name_month(self) -> None:
        for combo, names in (
            (self.month_day, {**{day: str(day) for day in range(1, 32)}, _LAST_DAY: i18n._("last day")}),
            (self.position, {key: i18n._(text) for key, text in POSITION_NAMES.items()}),
            (self.weekday, {key: i18n._(text) for key, text in WEEKDAY_NAMES.items()}),
        ):
            chosen = combo.currentIndex()
            combo.clear()
            for key, text in names.items():
                combo.addItem(text, key)
            combo.setCurrentIndex(max(chosen, 0))

    # --- Values --------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        values = self._row.values if self._row is not None else None
        found = from_rrule(values.rrule) if values is not None else Recurrence(weekdays=(0, 1, 2, 3, 4))
        found = found or Recurrence(weekdays=(0, 1, 2, 3, 4))
        if self._row is None and i18n.first_weekday() == 6:
            found = Recurrence(weekdays=(6, 0, 1, 2, 3))
        self.every.setValue(found.every)
        self.unit.setCurrentIndex(list(Unit).index(found.unit))
        for day, box in self.weekdays.items():
            box.setChecked(found.unit is Unit.WEEKS and day in found.weekdays)
        self.by_weekday.setChecked(found.unit is Unit.MONTHS and found.month_day is None)
        self.by_day.setChecked(not self.by_weekday.isChecked())
        day = _LAST_DAY if found.month_day == -1 else found.month_day or 1
        self.month_day.setCurrentIndex(self.month_day.findData(day))
        self.position.setCurrentIndex(self.position.findData(found.position))
        self.weekday.setCurrentIndex(self.weekday.findData(found.weekdays[0] if found.weekdays else 0))
        has_hours = values is not None and values.starts is not None
        self.own_hours.setChecked(has_hours)
        self.starts.set_value(values.starts if values and values.starts else time(8))
        self.ends.set_value(values.ends if values and values.ends else time(17))
        self.from_day.set_value(max(self._today, values.first_day) if values is not None else self._today)
        self.last_day.set_value(values.last_day if values is not None else None)

    def recurrence(self) -> Recurrence:
        """Which days the form says."""
        unit, every = Unit(self.unit.currentData()), self.every.value()
        if unit is Unit.DAYS:
            return Recurrence(unit, every)
        if unit is Unit.WEEKS:
            return Recurrence(unit, every, tuple(day for day in range(7) if self.weekdays[day].isChecked()))
        if self.by_day.isChecked():
            day = int(self.month_day.currentData())
            return Recurrence(unit, every, (), -1 if day == _LAST_DAY else day)
        return Recurrence(unit, every, (int(self.weekday.currentData()),), None, int(self.position.currentData()))

    def values(self) -> RuleValues | None:
        """What was typed; None, with the fields marked, where something is missing or wrong."""
        self.form.clear_errors()
        values = self._values()
        if self._row is None and not self.people.value():
            self._people_row.error(N_("Choose at least one technician."))
        if Unit(self.unit.currentData()) is Unit.WEEKS and not self.recurrence().weekdays:
            self._weekdays_row.error(N_("Choose at least one weekday."))
        if values.starts is not None and values.ends is not None and values.ends <= values.starts:
            self._hours_row.error(N_("A presence ends after it starts."))
        if values.last_day is not None and values.last_day < values.first_day:
            self._last_row.error(N_("The last day is before the first."))
        return None if self.form.first_error() is not None else values

    def _values(self) -> RuleValues:
        has_hours = self.own_hours.isChecked()
        site = self.site.value()
        return RuleValues(
            self.recurrence().to_rrule(),
            self.from_day.value() or self._today,
            self.last_day.value(),
            self.starts.value() if has_hours else None,
            self.ends.value() if has_hours else None,
            site if isinstance(site, int) else None,
        )

    # --- Following -----------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        for signal in (
            self.every.valueChanged,
            self.unit.currentIndexChanged,
            self.by_day.toggled,
            self.month_day.currentIndexChanged,
            self.position.currentIndexChanged,
            self.weekday.currentIndexChanged,
            self.own_hours.toggled,
            self.starts.changed,
            self.ends.changed,
            self.from_day.changed,
            self.last_day.changed,
            self.people.changed,
            *(box.toggled for box in self.weekdays.values()),
        ):
            signal.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        unit = Unit(self.unit.currentData())
        self._weekdays_row.set_visible(on=unit is Unit.WEEKS)
        self._month_row.set_visible(on=unit is Unit.MONTHS)
        for widget in (self.starts, self.ends):
            widget.setEnabled(self.own_hours.isChecked())
        self._asking.start()

    @Slot()
    def _ask(self) -> None:
        people = self.people.value()
        user_id = self._row.user_id if self._row is not None else (people[0] if people else None)
        values = self._values()
        self._previews.read(preview, values, user_id, values.first_day).then(self._show_preview, self._no_preview)

    def _show_preview(self, found: tuple[_PreviewRow, ...]) -> None:
        lines = [f"{format_date(day, 'day')} {_clock(hours)}".strip() for day, hours in found]
        self._shown.setText(" · ".join(lines) or i18n._("No day"))

    def _no_preview(self, _problem: Exception) -> None:
        self._shown.setText(i18n._("No day"))

    def _offer_sites(self, found: tuple[Named, ...]) -> None:
        self.site.offer([Choice(each.id, each.name) for each in found])
        self.site.set_value(self._row.values.site_id if self._row is not None else None)

    def _offer_people(self, found: tuple[Named, ...]) -> None:
        self.people.offer(found)
        if len(found) == 1:
            self.people.set_value((found[0].id,))


def _holder(line: QHBoxLayout) -> QWidget:
    holder = QWidget()
    holder.setLayout(line)
    return holder


def _name_day(box: QCheckBox, day: int) -> None:
    """Short on the screen, whole for who listens; 2024 began with a Monday."""
    box.setText(format_date(date(2024, 1, 1) + timedelta(day), "weekday"))
    box.setAccessibleName(i18n._(WEEKDAY_NAMES[day]))


def _clock(hours: tuple[tuple[time, time], ...]) -> str:
    return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in hours)
