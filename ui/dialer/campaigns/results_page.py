"""The results calls can have in a campaign: their keys, colours, and what becomes of the customer then."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout

from app import i18n
from app.domain.dialer.statuses import (
    ALWAYS_FINAL,
    KEYS,
    LONGEST_RECYCLE,
    MOST_TRIES,
    OUTCOMES,
    StatusDraft,
    call_status_name,
    problems,
)
from app.domain.merging import Clash
from app.domain.words import N_, Message
from app.i18n import _
from app.services.dialer.statuses import (
    StatusRow,
    TypeChoice,
    delete_status,
    list_statuses,
    move_status,
    offered_types,
    save_status,
)
from ui.dialer.campaigns.records import RecordsPage
from ui.dialer.campaigns.records_view import EntryForm
from ui.kit import theme
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.fields import DurationField, NumberField
from ui.widgets.form import Form
from ui.widgets.merge.saying import asked_in
from ui.widgets.merge.window import Asked
from ui.widgets.picker import Choice, Picker
from ui.widgets.swatch import SwatchChoice, swatch_icon

__all__ = ["ResultsPage"]


class ResultForm(EntryForm):
    """One result: what it is called and means, its key, and what follows."""

    def __init__(self) -> None:
        super().__init__()
        self._is_filling = False
        self._types: tuple[TypeChoice, ...] = ()
        self.name, self.outcome, self.key = QLineEdit(), Picker(), Picker(nothing=N_("No key"))
        self.name.setMaxLength(200)
        self.color = SwatchChoice()
        self.needs_note, self.is_final, self.is_active = QCheckBox(), QCheckBox(), QCheckBox()
        self.recycle, self.tries = DurationField(step=15), NumberField()
        self.recycle.setRange(0, LONGEST_RECYCLE)
        self.tries.setRange(0, MOST_TRIES)
        for number, text in ((self.recycle, N_("At once")), (self.tries, N_("As often as it takes"))):
            number.setMaximumWidth(theme.scale(200))
            Texts(number).bind(number.setSpecialValueText, text)
        self.opens = Picker(nothing=N_("None"))
        self._build()
        self._texts = Texts(self)
        self._texts.redo(self._offer)
        for signal in (
            self.name.textEdited,
            self.outcome.changed,
            self.key.changed,
            self.color.changed,
            self.needs_note.toggled,
            self.is_final.toggled,
            self.is_active.toggled,
            self.recycle.changed,
            self.tries.valueChanged,
            self.opens.changed,
        ):
            signal.connect(self._tell)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.form = form = Form(wraps=True)
        column.addWidget(form)
        self.fields = {
            "name": form.row(N_("Name"), self.name),
            "outcome": form.row(N_("Means"), self.outcome, N_("What reports count it as.")),
            "key": form.row(N_("Digit"), self.key, N_("The digit that gives this result at the dial desk.")),
            "color": form.row(N_("Colour"), self.color),
            "needs_note": form.row(
                N_("Note needed"), self.needs_note, N_("This result is not taken without a note, whatever the rules.")
            ),
            "is_final": form.row(N_("Final"), self.is_final, N_("The campaign is finished with the customer.")),
            "recycle_minutes": form.row(
                N_("Comes again after"), self.recycle, N_("For this long the customer waits before he is called again.")
            ),
            "max_tries": form.row(
                N_("Tries"), self.tries, N_("After so many times of this result in a row the customer is done.")
            ),
            "opens_type_id": form.row(
                N_("Opens a ticket"), self.opens, N_("A ticket of this type is opened with the result.")
            ),
            "is_active": form.row(N_("In use"), self.is_active),
        }

    def offer(self, types: tuple[TypeChoice, ...]) -> None:
        """The ticket types a result may open."""
        self._types = types
        self._offer()

    def _offer(self) -> None:
        self.outcome.offer([Choice(code, i18n.say(said)) for code, said in OUTCOMES.items()])
        self.key.offer([Choice(key, key) for key in KEYS])
        self.opens.offer([Choice(each.id, each.name) for each in self._types])

    def fill(self, draft: StatusDraft, row: StatusRow | None) -> None:
        """Show this result."""
        self._is_filling = True
        built_in = row.code if row is not None else None
        self._texts.redo(
            lambda: self.name.setPlaceholderText(_said(call_status_name(built_in, None)) if built_in else ""),
            key="built in",
        )
        if " ".join(self.name.text().split()) != (draft.name or ""):
            self.name.setText(draft.name or "")
        self.outcome.set_value(draft.outcome)
        self.outcome.setEnabled(not built_in)
        self.key.set_value(draft.key)
        self.color.set_value(draft.color)
        self.needs_note.setChecked(draft.needs_note)
        self.is_final.setChecked(draft.is_final)
        self.is_active.setChecked(draft.is_active)
        for number, value in ((self.recycle, draft.recycle_minutes), (self.tries, draft.max_tries)):
            if number.value() != value:
                number.setValue(value)
        self.opens.set_value(draft.opens_type_id)
        self._adapt()
        self._is_filling = False

    def draft(self) -> StatusDraft:
        """What the fields hold."""
        outcome, key, opens = self.outcome.value(), self.key.value(), self.opens.value()
        return StatusDraft(
            " ".join(self.name.text().split()) or None,
            str(outcome),
            str(key) if key else None,
            self.color.value(),
            self.needs_note.isChecked(),
            self.is_final.isChecked(),
            self.recycle.value(),
            self.tries.value(),
            opens if isinstance(opens, int) else None,
            self.is_active.isChecked(),
        )

    def complain(self, problems: Mapping[str, Message]) -> None:
        """Say under the fields what is wrong with them."""
        for key, field in self.fields.items():
            field.error(problems.get(key))
        self.form.first_error()

    def asked(self, clash: Clash) -> Asked:
        """By its field."""
        return asked_in(self.fields, clash)

    def begin(self) -> None:
        """A new result begins with its name."""
        self.name.setFocus()

    def _adapt(self) -> None:
        is_always = self.outcome.value() in ALWAYS_FINAL
        if is_always:
            self.is_final.setChecked(True)
        self.is_final.setEnabled(not is_always)
        for number in (self.recycle, self.tries):
            number.setEnabled(not self.is_final.isChecked())

    @Slot()
    def _tell(self) -> None:
        if not self._is_filling:
            self._is_filling = True
            self._adapt()
            self._is_filling = False
            self.edited.emit()


class ResultsPage(RecordsPage):
    """Results in the order in which the desk shows them."""

    key = "results"
    about = N_("What a call can come to. The digits are the keys at the dial desk, in this order.")
    new_text = N_("New result")
    columns = (
        (N_("Result"), 190),
        (N_("Digit"), 56),
        (N_("Means"), 150),
        (N_("Comes again after"), 130),
        (N_("Tries"), 84),
        (N_("Note"), 60),
    )
    table = "call_statuses"
    tables = frozenset({"call_statuses"})
    can_move = True
    can_delete = True

    def __init__(self, desk: Desk) -> None:
        self.result_form = ResultForm()
        super().__init__(desk, self.result_form)
        self._offering = Latest(desk.tasks)

    def refresh(self) -> None:
        """Read results and the ticket types they may open."""
        super().refresh()
        if self.campaign is not None and not self.desk.tasks.is_closed:
            self._offering.read(offered_types).then(self.result_form.offer)

    def read(self, reading: Latest) -> Job[Any]:
        """The results of the campaign in front."""
        assert self.campaign is not None
        return reading.read(list_statuses, self.campaign)

    def blank(self) -> StatusDraft:
        """A result that reached somebody, on the first key that is free."""
        taken = {row.key for row in self.rows if row.is_active}
        return StatusDraft(None, "contact", next((key for key in KEYS if key not in taken), None))

    def cells(self, draft: StatusDraft, row: StatusRow | None) -> tuple[str, ...]:
        """What stands in the columns."""
        again = _("Final") if draft.is_final else ""
        if not draft.is_final and draft.recycle_minutes:
            again = i18n.format_duration(draft.recycle_minutes)
        return (
            _said(call_status_name(row.code if row else None, draft.name)) or _("New result"),
            draft.key or "",
            i18n.say(OUTCOMES[draft.outcome]) if draft.outcome in OUTCOMES else "",
            again,
            i18n.format_number(draft.max_tries) if draft.max_tries and not draft.is_final else "",
            _("Yes") if draft.needs_note else "",
        )

    def picture(self, draft: StatusDraft, row: StatusRow | None) -> QIcon:
        """Its colour."""
        return swatch_icon(draft.color)

    def is_muted(self, draft: StatusDraft, row: StatusRow | None) -> bool:
        """Results out of use stay listed."""
        return not draft.is_active

    def problems(self, draft: StatusDraft, row: StatusRow | None) -> Mapping[str, Message]:
        """What keeps a result from being saved."""
        return problems(draft, row.code if row else None)

    def write(self, draft: StatusDraft, row: StatusRow | None, seen: Editing[Any]) -> Job[Any]:
        """Save a result."""
        assert self.campaign is not None
        number = row.id if row else None
        return self.desk.tasks.write(save_status, self.campaign, draft, row_id=number, version=seen.version or 0)

    def write_move(self, row: StatusRow, *, up: bool) -> Job[Any]:
        """One place earlier or later."""
        return self.desk.tasks.write(move_status, row.id, up=up)

    def write_delete(self, row: StatusRow) -> Job[Any]:
        """Remove a result no call has."""
        return self.desk.tasks.write(delete_status, row.id, row.version)


def _said(name: str | Message) -> str:
    return i18n.say(name) if isinstance(name, Message) else name
