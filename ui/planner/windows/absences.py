"""Absences: who is away from when to when, and why; a person's absence greys his own days and nobody else's."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.domain.words import N_, counted, message
from app.i18n import format_date, format_datetime
from app.services.planner.absences import AbsenceRow, absences, add_absences, remove_absence
from app.services.planner.company import technicians
from app.services.planner.rows import Named
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.planner.windows.base import PlannerWindow, RowsModel
from ui.planner.windows.people import PeopleList
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateField, DateTimeField
from ui.widgets.form import Form
from ui.widgets.styled import plain, push_button
from ui.widgets.table import TableView

__all__ = ["AbsenceDialog", "AbsencesWindow"]

_YEAR = timedelta(days=366)


class AbsencesWindow(PlannerWindow):
    """The absences from a day on."""

    tables = frozenset({"absences", "users"})

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        about = N_("An absence turns a technician's time grey. Visits already there stay and are marked to be fixed.")
        super().__init__(N_("Absences"), about, "planner.absences", desk, parent)
        self.model = RowsModel(
            (
                (N_("Technician"), lambda row: row.user),
                (N_("From"), lambda row: self._span(row)[0]),
                (N_("Until"), lambda row: self._span(row)[1]),
                (N_("Reason"), lambda row: row.reason),
            ),
            lambda row: row.id,
            self,
        )
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.remember(desk.memory, "planner.absences", (180, 150, 150, 220))
        self.texts.bind(self.table.setAccessibleName, N_("Absences"))
        self.table.opened.connect(self.change)
        self.table.chosen.connect(self._follow)
        self.body.addWidget(self.table, 1)
        self.new_button = push_button(N_("New absence"), "new")
        self.change_button = push_button(N_("Edit"), "edit")
        self.remove_button = push_button(N_("Delete"), "delete")
        self.new_button.clicked.connect(self.add)
        self.change_button.clicked.connect(self.change)
        self.remove_button.clicked.connect(self.remove)
        for button in (self.new_button, self.change_button, self.remove_button):
            self.tools.addWidget(button)
        self.tools.addStretch(1)
        label = plain()
        self.texts.bind(label.setText, N_("From"))
        self.since = DateField()
        self.since.set_value(self.desk_day())
        label.setBuddy(self.since)
        self.since.changed.connect(self.read)
        self.tools.addWidget(label)
        self.tools.addWidget(self.since)
        self._follow()

    @Slot()
    def read(self) -> None:
        """Ask for the absences of a year from the day chosen."""
        day = self.since.value() or self.desk_day()
        start = datetime.combine(day, time.min, self.zone()).astimezone(UTC)
        self.desk.tasks.read(absences, start, start + _YEAR).then(self._show)

    def _show(self, rows: tuple[AbsenceRow, ...]) -> None:
        self.model.show_rows(rows)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        chosen = self.table.chosen_rows()
        self.change_button.setEnabled(len(chosen) == 1)
        self.remove_button.setEnabled(bool(chosen))

    def _span(self, row: AbsenceRow) -> tuple[str, str]:
        """From and until in words: whole days by their dates, the last one included."""
        start, end = (each.astimezone(self.zone()) for each in (row.starts_at, row.ends_at))
        if start.time() == time.min == end.time():
            return format_date(start.date(), "short"), format_date(end.date() - timedelta(1), "short")
        return format_datetime(start), format_datetime(end)

    # --- Acts ----------------------------------------------------------------------------------------------------

    @Slot()
    def add(self) -> None:
        """Open the form of a new absence."""
        dialog = AbsenceDialog(self.desk, None, self.zone(), self)
        dialog.save_requested.connect(lambda: self._save_new(dialog))
        dialog.show()

    def _save_new(self, dialog: "AbsenceDialog") -> None:
        if dialog.is_complete():
            dialog.saving(on=True)
            start, end = dialog.span()
            job = self.desk.tasks.write(add_absences, list(dialog.people.value()), start, end, dialog.reason.text())
            job.then(self._added, dialog.fail).done.connect(dialog.accept)

    def _added(self, ids: tuple[int, ...]) -> None:
        self.say(counted("{count} absence added.", "{count} absences added.", len(ids)))
        self.read()

    @Slot()
    def change(self) -> None:
        """Open the form of the absence chosen."""
        from ui.planner.windows.absence_change import AbsenceChange

        numbers = self.table.chosen_rows()
        if len(numbers) == 1:
            row: AbsenceRow = self.model.rows[numbers[0]]
            dialog = AbsenceDialog(self.desk, row, self.zone(), self)
            AbsenceChange(dialog, self.desk, row, self.zone(), self._changed)
            dialog.show()

    def _changed(self, _version: int) -> None:
        self.say(message(N_("The absence is changed.")))
        self.read()

    @Slot()
    def remove(self) -> None:
        """Take the absences chosen away."""
        for number in self.table.chosen_rows():
            row = self.model.rows[number]
            self.save(self.desk.tasks.write(remove_absence, row.id, row.version), self._removed)

    def _removed(self, _nothing: None) -> None:
        self.say(message(N_("The absence is deleted.")))
        self.read()


class AbsenceDialog(FormDialog):
    """Who, from when to when, why; whole days unless hours are wanted."""

    def __init__(self, desk: Desk, row: AbsenceRow | None, zone: tzinfo, parent: QWidget) -> None:
        title = N_("New absence") if row is None else N_("Edit the absence")
        super().__init__(title, N_("Save"), messages=desk.messages, parent=parent)
        self._zone, self._row = zone, row
        self.form = Form()
        self.body.addWidget(self.form)
        self.people = PeopleList()
        self._people_row = self.form.row(N_("Technicians"), self.people)
        if row is not None:
            self._people_row.set_visible(on=False)
            self.form.row(N_("Technician"), plain(isolate(row.user)))
        self.whole_days = QCheckBox()
        Texts(self).bind(self.whole_days.setText, N_("Whole days"))
        self.form.row(N_("Length"), self.whole_days)
        self.first, self.last = DateField(), DateField()
        self.start, self.end = DateTimeField(), DateTimeField()
        self._days = (self.form.row(N_("First day"), self.first), self.form.row(N_("Last day"), self.last))
        self._hours = (self.form.row(N_("From"), self.start), self.form.row(N_("Until"), self.end))
        self.reason = QLineEdit()
        self.form.row(N_("Reason"), self.reason)
        self.whole_days.toggled.connect(self._follow)
        self._fill()
        desk.tasks.read(technicians).then(self._offer)
        self.setMinimumWidth(theme.scale(480))

    def _fill(self) -> None:
        row = self._row
        today = datetime.now(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if row is None:
            self.show_values(today, today + timedelta(1), "")
        else:
            self.show_values(row.starts_at, row.ends_at, row.reason)

    def show_values(self, starts_at: datetime, ends_at: datetime, reason: str) -> None:
        """Fill the form, but for who it is."""
        start, end = starts_at.astimezone(self._zone), ends_at.astimezone(self._zone)
        is_whole = start.time() == time.min == end.time()
        self.first.set_value(start.date())
        self.last.set_value((end - timedelta(minutes=1)).date())
        self.start.set_value(start if not is_whole else start + timedelta(hours=8))
        self.end.set_value(end if not is_whole else start + timedelta(hours=17))
        self.reason.setText(reason)
        self.whole_days.setChecked(is_whole)
        self._follow()

    def _offer(self, people: tuple[Named, ...]) -> None:
        self.people.offer(people)

    @Slot()
    def _follow(self) -> None:
        is_whole = self.whole_days.isChecked()
        for field in self._days:
            field.set_visible(on=is_whole)
        for field in self._hours:
            field.set_visible(on=not is_whole)

    def span(self) -> tuple[datetime, datetime]:
        """From when to when, as instants."""
        if self.whole_days.isChecked():
            first, last = self.first.value(), self.last.value()
            assert first is not None
            assert last is not None
            start = datetime.combine(first, time.min, self._zone)
            return start.astimezone(UTC), datetime.combine(last + timedelta(1), time.min, self._zone).astimezone(UTC)
        start, end = (field.value().replace(tzinfo=self._zone) for field in (self.start, self.end))
        return start.astimezone(UTC), end.astimezone(UTC)

    def is_complete(self) -> bool:
        """Whether it can be saved; fields with something wrong are marked."""
        self.form.clear_errors()
        if self._row is None and not self.people.value():
            self._people_row.error(N_("Choose at least one technician."))
        start, end = self.span()
        if end <= start:
            (self._days if self.whole_days.isChecked() else self._hours)[1].error(
                N_("An absence ends after it starts.")
            )
        return self.form.first_error() is None
