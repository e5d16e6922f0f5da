"""Holidays: the days on which nobody works, from the calendar of the company's country and the company's own."""

from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app import i18n
from app.domain.words import N_, counted, message
from app.i18n import format_date
from app.services.planner.calendar import holiday_name
from app.services.planner.holidays import HolidayRow, add_holiday, fill_holidays, holidays, remove_holiday
from ui.kit import theme
from ui.kit.screen import Desk
from ui.planner.windows.base import PlannerWindow, RowsModel
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateField, NumberField
from ui.widgets.form import Form
from ui.widgets.styled import plain, primary_button, push_button
from ui.widgets.table import TableView

__all__ = ["HolidaysWindow"]


class HolidaysWindow(PlannerWindow):
    """The holidays of a year."""

    tables = frozenset({"holidays"})

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        about = N_("A holiday turns everybody's day grey. Visits already there stay and are marked to be fixed.")
        super().__init__(N_("Holidays"), about, "planner.holidays", desk, parent)
        self.model = RowsModel(
            (
                (N_("Day"), lambda row: format_date(row.day, "full")),
                (N_("Name"), lambda row: holiday_name(row.names, i18n.current().code)),
            ),
            lambda row: row.id,
            self,
        )
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.remember(desk.memory, "planner.holidays", (240, 260))
        self.texts.bind(self.table.setAccessibleName, N_("Holidays"))
        self.table.chosen.connect(self._follow)
        self.body.addWidget(self.table, 1)
        self.new_button = push_button(N_("New holiday"), "new")
        self.remove_button = push_button(N_("Delete"), "delete")
        self.new_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        label = plain()
        self.texts.bind(label.setText, N_("Year"))
        self.year = NumberField()
        self.year.setRange(2000, 2100)
        self.year.setGroupSeparatorShown(False)
        self.year.setValue(self.desk_day().year)
        label.setBuddy(self.year)
        self.year.valueChanged.connect(self.read)
        self.tools.addWidget(self.new_button)
        self.tools.addWidget(self.remove_button)
        self.tools.addStretch(1)
        self.tools.addWidget(label)
        self.tools.addWidget(self.year)
        self.fill_button = primary_button(N_("Add the public holidays"), "holiday")
        self.fill_button.clicked.connect(self.fill)
        self.actions_row.addStretch(1)
        self.actions_row.addWidget(self.fill_button)
        self.resize(theme.scale(600), theme.scale(560))
        self._follow()

    @Slot()
    def read(self) -> None:
        """Ask for the year's holidays."""
        self.desk.tasks.read(holidays, self.year.value()).then(self._show)

    def _show(self, rows: tuple[HolidayRow, ...]) -> None:
        self.model.show_rows(rows)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.remove_button.setEnabled(bool(self.table.chosen_rows()))

    @Slot()
    def fill(self) -> None:
        """Add the public holidays of the year and the next."""
        year = self.year.value()
        self.save(self.desk.tasks.write(fill_holidays, year, year + 1), self._filled)

    def _filled(self, count: int) -> None:
        if count:
            self.say(counted("{count} holiday added.", "{count} holidays added.", count))
        else:
            self.say(message(N_("Nothing to do: the public holidays are there already.")))
        self.read()

    @Slot()
    def add(self) -> None:
        """Open the form of a holiday of the company's own."""
        dialog = FormDialog(N_("New holiday"), N_("Save"), messages=self.desk.messages, parent=self)
        form, day, name = Form(), DateField(), QLineEdit()
        day.set_value(max(self.desk_day(), date(self.year.value(), 1, 1)))
        form.row(N_("Day"), day)
        form.row(N_("Name"), name)
        dialog.body.addWidget(form)
        dialog.save_requested.connect(lambda: self._save(dialog, day.value(), name.text()))
        dialog.show()

    def _save(self, dialog: FormDialog, day: date | None, name: str) -> None:
        if day is not None:
            dialog.saving(on=True)
            job = self.desk.tasks.write(add_holiday, day, name, i18n.current().code)
            job.then(self._added, dialog.fail).done.connect(dialog.accept)

    def _added(self, _holiday_id: int) -> None:
        self.say(counted("{count} holiday added.", "{count} holidays added.", 1))
        self.read()

    @Slot()
    def remove(self) -> None:
        """Make the days chosen days like others."""
        for number in self.table.chosen_rows():
            self.save(self.desk.tasks.write(remove_holiday, self.model.rows[number].id), self._removed)

    def _removed(self, _nothing: None) -> None:
        self.say(message(N_("The holiday is deleted.")))
        self.read()
