"""The form of an appointment, or of a visit that stands on the plan: what, when, where, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget

from app.domain.words import N_
from app.services.context import reads
from app.services.planner.company import sites, technicians, types
from app.services.planner.rows import Named, Placed, TypeRow, VisitDraft
from ui.kit import theme
from ui.kit.messages import Messages
from ui.kit.screen import Desk
from ui.planner.acts import Acts
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateTimeField
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker

__all__ = ["AppointmentDialog", "AppointmentSaving", "Choices", "load_choices"]


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
    """Asks for an appointment; the screen saves it. `rows` are its fields by the names they have in a draft."""

    def __init__(
        self, messages: Messages, zone: tzinfo, parent: QWidget | None = None, *, title: str = N_("New appointment")
    ) -> None:
        super().__init__(title, N_("Save"), messages=messages, parent=parent)
        self._zone = zone
        self._types: dict[int, TypeRow] = {}
        self.form = Form()
        self.title = QLineEdit()
        self.technician = Picker()
        self.type = Picker(nothing=N_("No type"))
        self.start = DateTimeField()
        self.end = DateTimeField()
        self.site = Picker(nothing=N_("Any site"))
        self.notes = QTextEdit()
        self.notes.setAcceptRichText(False)
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(theme.scale(72))
        fields: tuple[tuple[str, str, QWidget], ...] = (
            ("title", N_("Title"), self.title),
            ("technician_id", N_("Technician"), self.technician),
            ("type_id", N_("Type"), self.type),
            ("start", N_("Start"), self.start),
            ("end", N_("End"), self.end),
            ("site_id", N_("Site"), self.site),
            ("notes", N_("Notes"), self.notes),
        )
        self.labels = {name: label for name, label, _widget in fields}
        self.rows = {name: self.form.row(label, widget) for name, label, widget in fields}
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

    def show_values(self, values: VisitDraft) -> None:
        """Fill the form; a field that says so already is left alone, with its cursor."""
        shown = self.typed(values)
        self._length = values.end - values.start
        for field, moment in ((self.start, values.start), (self.end, values.end)):
            field.blockSignals(True)
            field.set_value(moment.astimezone(self._zone))
            field.blockSignals(False)
        for picker, chosen in (
            (self.technician, values.technician_id), (self.type, values.type_id), (self.site, values.site_id)
        ):  # fmt: skip
            picker.set_value(chosen)
        if shown.title != values.title:
            self.title.setText(values.title)
        if shown.notes != values.notes:
            self.notes.setPlainText(values.notes)

    def typed(self, base: VisitDraft) -> VisitDraft:
        """What stands in the fields over `base`; without a technician the one of `base`."""
        technician_id, type_id, site_id = self.technician.value(), self.type.value(), self.site.value()
        title, notes = self.title.text().strip(), self.notes.toPlainText().strip()
        return VisitDraft(
            technician_id if isinstance(technician_id, int) else base.technician_id,
            self._instant(self.start, base.start),
            self._instant(self.end, base.end),
            base.title if title == base.title.strip() else title,
            type_id if isinstance(type_id, int) else None,
            site_id if isinstance(site_id, int) else None,
            base.notes if notes == base.notes.strip() else notes,
        )

    def values(self, base: VisitDraft | None = None, *, needs_title: bool = True) -> VisitDraft | None:
        """What was typed; None, with the fields marked, where something is missing."""
        self.form.clear_errors()
        now = datetime.now(UTC)
        found = self.typed(base or VisitDraft(0, now, now))
        if needs_title and not found.title:
            self.rows["title"].error(N_("An appointment needs a title."))
        if not isinstance(self.technician.value(), int):
            self.rows["technician_id"].error(N_("Choose who has the appointment."))
        if found.end <= found.start:
            self.rows["end"].error(N_("An appointment ends after it starts."))
        return found if self.form.first_error() is None else None

    def _instant(self, field: DateTimeField, base: datetime) -> datetime:
        """What the field says; as it was read where it shows just that, for it shows no seconds."""
        shown = field.value()
        if shown == base.astimezone(self._zone).replace(second=0, microsecond=0, tzinfo=None):
            return base
        return shown.replace(tzinfo=self._zone).astimezone(UTC)

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
        job = self._acts.appointment(values)
        job.then(self._close, self._dialog.fail)

    def _close(self, _done: Placed) -> None:
        self._dialog.accept()
