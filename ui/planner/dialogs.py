"""The form of an appointment: what, when, where, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.words import N_
from app.services.context import reads
from app.services.planner.company import sites, technicians, types
from app.services.planner.rows import Named, Placed, TypeRow
from ui.kit.messages import Messages
from ui.kit.screen import Desk
from ui.planner.acts import Acts
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateTimeField
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker

__all__ = ["AppointmentDialog", "AppointmentSaving", "AppointmentValues"]


@dataclass(frozen=True, slots=True)
class AppointmentValues:
    """What the form says; times are instants."""

    technician_id: int
    start: datetime
    end: datetime
    title: str = ""
    type_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What an appointment can be made of."""

    technicians: tuple[Named, ...]
    types: tuple[TypeRow, ...]
    sites: tuple[Named, ...]


@reads
def load_choices(session: Any) -> Choices:
    """Everybody who may have one, the types of appointments, and the sites."""
    return Choices(technicians(session), types(session, macro_type="appointment"), sites(session))


class AppointmentDialog(FormDialog):
    """Asks for an appointment; the screen saves it."""

    def __init__(self, messages: Messages, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(N_("New appointment"), N_("Save"), messages=messages, parent=parent)
        self._zone = zone
        self._types: dict[int, TypeRow] = {}
        self.form = Form()
        self.title = QLineEdit()
        self.technician = Picker()
        self.type = Picker(nothing=N_("No type"))
        self.start = DateTimeField()
        self.end = DateTimeField()
        self.site = Picker(nothing=N_("Any site"))
        self._title_row = self.form.row(N_("Title"), self.title)
        self._technician_row = self.form.row(N_("Technician"), self.technician)
        self.form.row(N_("Type"), self.type)
        self.form.row(N_("Start"), self.start)
        self._end_row = self.form.row(N_("End"), self.end)
        self.form.row(N_("Site"), self.site)
        self.body.addWidget(self.form)
        self.type.changed.connect(self._take_length)
        self.start.changed.connect(self._keep_length)
        self._length = timedelta(hours=1)
        self.end.changed.connect(self._note_length)

    def offer(self, technicians: Sequence[Named], types: Sequence[TypeRow], sites: Sequence[Named]) -> None:
        """Offer these to choose from."""
        self._types = {each.id: each for each in types}
        self.technician.offer([Choice(each.id, each.name) for each in technicians])
        self.type.offer([Choice(each.id, each.name) for each in types])
        self.site.offer([Choice(each.id, each.name) for each in sites])

    def show_values(self, values: AppointmentValues) -> None:
        """Fill the form."""
        self.title.setText(values.title)
        self.technician.set_value(values.technician_id)
        self.type.set_value(values.type_id)
        self._length = values.end - values.start
        self.start.set_value(values.start.astimezone(self._zone))
        self.end.set_value(values.end.astimezone(self._zone))
        self.site.set_value(values.site_id)

    def values(self) -> AppointmentValues | None:
        """What was typed; None, with the fields marked, where something is missing."""
        self.form.clear_errors()
        start, end = self._instant(self.start), self._instant(self.end)
        technician_id = self.technician.value()
        if not self.title.text().strip():
            self._title_row.error(N_("An appointment needs a title."))
        if not isinstance(technician_id, int):
            self._technician_row.error(N_("Choose who has the appointment."))
        if end <= start:
            self._end_row.error(N_("An appointment ends after it starts."))
        if self.form.first_error() is not None or not isinstance(technician_id, int):
            return None
        type_id, site_id = self.type.value(), self.site.value()
        return AppointmentValues(
            technician_id,
            start,
            end,
            self.title.text().strip(),
            type_id if isinstance(type_id, int) else None,
            site_id if isinstance(site_id, int) else None,
        )

    def _instant(self, field: DateTimeField) -> datetime:
        return field.value().replace(tzinfo=self._zone).astimezone(UTC)

    @Slot(object)
    def _take_length(self, type_id: int | None) -> None:
        """A type brings its expected time, and its name where no title was typed."""
        kind = self._types.get(type_id) if type_id is not None else None
        if kind is not None:
            self._length = timedelta(minutes=kind.minutes)
            self._keep_length()
            if not self.title.text().strip():
                self.title.setText(kind.name)

    @Slot()
    def _keep_length(self) -> None:
        """Another start takes the end along."""
        self.end.blockSignals(True)
        self.end.set_value(self.start.value() + self._length)
        self.end.blockSignals(False)

    @Slot()
    def _note_length(self) -> None:
        length = self.end.value() - self.start.value()
        if length > timedelta(0):
            self._length = length


class AppointmentSaving(QObject):
    """Saves what an appointment's form says, and closes it once that is done."""

    def __init__(self, dialog: AppointmentDialog, desk: Desk, acts: Acts) -> None:
        super().__init__(dialog)
        self._dialog, self._acts = dialog, acts
        dialog.save_requested.connect(self._save)
        desk.tasks.read(load_choices).then(self._offer)

    def _offer(self, choices: Choices) -> None:
        self._dialog.offer(choices.technicians, choices.types, choices.sites)

    @Slot()
    def _save(self) -> None:
        values = self._dialog.values()
        if values is None:
            return
        self._dialog.saving(on=True)
        job = self._acts.appointment(
            values.technician_id, values.start, values.end, values.title, values.type_id, values.site_id
        )
        job.then(self._close, self._dialog.fail)

    def _close(self, _done: Placed) -> None:
        self._dialog.accept()
