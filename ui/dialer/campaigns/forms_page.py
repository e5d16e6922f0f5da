"""The forms that are filled in during a call, and which of them stand on the dial page of a campaign."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from app.domain.dialer.form_merging import as_fields, field_of, put_fields, with_fields
from app.domain.dialer.forms import FormDraft, problems
from app.domain.merging import Clash
from app.domain.words import N_, Message
from app.i18n import _, _n
from app.services.dialer.forms import FormRow, delete_form, forms_of, list_forms, save_form, set_forms
from ui.dialer.campaigns.form_fields import FieldsEditor, words_of_field
from ui.dialer.campaigns.records import RecordsPage
from ui.dialer.campaigns.records_view import EntryForm
from ui.kit import icons, theme
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.widgets.form import Form
from ui.widgets.merge.saying import asked_in
from ui.widgets.merge.window import Asked

__all__ = ["FormsPage"]


class CallFormForm(EntryForm):
    """One form: its name and its fields."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(12))
        self.name = QLineEdit()
        self.name.setMaxLength(200)
        self.rows = Form(wraps=True)
        self._name_row = self.rows.row(N_("Name"), self.name)
        self.fields = FieldsEditor()
        self._fields_row = self.rows.row(N_("Fields"), self.fields)
        column.addWidget(self.rows)
        self.name.textEdited.connect(self.edited)
        self.fields.changed.connect(self.edited)

    def fill(self, draft: FormDraft, row: FormRow | None) -> None:
        """Show this form."""
        if self.name.text() != draft.name:
            self.name.setText(draft.name)
        self.fields.set_value(draft.fields)

    def draft(self) -> FormDraft:
        """What the fields hold."""
        return FormDraft(self.name.text(), self.fields.value())

    def complain(self, problems: Mapping[str, Message]) -> None:
        """Say what is wrong with the name, and with the first field that is wrong."""
        self._name_row.error(problems.get("name"))
        wrong = {key: said for key, said in problems.items() if key != "name"}
        self._fields_row.error(next(iter(wrong.values()), None))
        if problems.get("name") is not None:
            self.name.setFocus()
            return
        place = next((int(key) for key in wrong if key.isdigit()), None)
        if place is not None:
            self.fields.complain(place, wrong[str(place)])

    def asked(self, clash: Clash) -> Asked:
        """By its field; the fields of a call's form are told by their labels."""
        if clash.field == "name":
            return asked_in({"name": self._name_row}, clash)
        fields = {each.key: each.label for each in self.fields.value()}
        words = {"new": _new_words, "order": lambda keys: ", ".join(fields.get(key, "") for key in keys or ())}
        label = self._fields_row.label.text()
        if clash.field not in words:
            known = next((each for each in (clash.base, clash.mine, clash.theirs) if each is not None), None)
            label = _("{first}, {second}", first=label, second=field_of(known).label) if known is not None else label
        return Asked(clash, label, words.get(clash.field, _field_words), is_line=True, takes_both=False)

    def begin(self) -> None:
        """A new form begins with its name."""
        self.name.setFocus()


def _new_words(fields: Sequence[Sequence[Any]] | None) -> str:
    return ", ".join(words_of_field(field_of(each)) for each in fields or ())


def _field_words(field: Sequence[Any] | None) -> str:
    return _("Removed") if field is None else words_of_field(field_of(field))


class FormEditing(Editing[FormDraft]):
    """A form as it is kept and changed: the fields of two people go together one by one."""

    def flats(self, *rows: FormDraft) -> list[dict[str, Any]]:
        """Its fields by their keys."""
        return as_fields(*rows)

    def put(self, row: FormDraft, values: Mapping[str, Any]) -> FormDraft:
        """With these fields changed."""
        return put_fields(row, values)

    def mixed(self, row: FormDraft, typed: FormDraft, names: Iterable[str]) -> FormDraft:
        """With these fields as they were typed."""
        return with_fields(row, typed, names)


class FormsPage(RecordsPage):
    """Forms are the company's; a tick puts one on the dial page of this campaign, in the order of the list."""

    key = "forms"
    about = N_("Tick the forms that stand on the dial page of this campaign. A form may serve several campaigns.")
    new_text = N_("New form")
    columns = ((N_("Form"), 240), (N_("Fields"), 90), (N_("On the dial page of"), 260))
    table = "call_forms"
    tables = frozenset({"call_forms", "campaign_forms"})
    can_move = True
    can_delete = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, CallFormForm())
        self._ordering = Latest(desk.tasks)
        self._on_page: tuple[int, ...] = ()

    def read(self, reading: Latest) -> Job[Any]:
        """Every form; which of them stand on the dial page, and in which order, comes first."""
        assert self.campaign is not None
        self._ordering.read(forms_of, self.campaign).then(self._take_order)
        return reading.read(list_forms)

    @Slot(object)
    def _take_order(self, rows: tuple[FormRow, ...]) -> None:
        self._on_page = tuple(row.id for row in rows)
        self._take(self.rows)

    def _take(self, rows: tuple[FormRow, ...]) -> None:
        places = {form_id: place for place, form_id in enumerate(self._on_page)}
        super()._take(tuple(sorted(rows, key=lambda row: places.get(row.id, len(places)))))

    def editing(self, draft: FormDraft, version: int | None = None) -> FormEditing:
        """A form about to be changed."""
        return FormEditing(draft, version)

    def blank(self) -> FormDraft:
        """A form without fields."""
        return FormDraft("")

    def cells(self, draft: FormDraft, row: FormRow | None) -> tuple[str, ...]:
        """What stands in the columns."""
        count = _n("{count} field", "{count} fields", len(draft.fields))
        return (draft.name or _("New form"), count, ", ".join(row.campaigns) if row else "")

    def picture(self, draft: FormDraft, row: FormRow | None) -> QIcon:
        """A sheet."""
        return icons.icon("details")

    def tick(self, row: FormRow) -> bool | None:
        """Whether it stands on the dial page."""
        return row.id in self._on_page

    def problems(self, draft: FormDraft, row: FormRow | None) -> Mapping[str, Message]:
        """What keeps a form from being saved."""
        return problems(draft)

    def write(self, draft: FormDraft, row: FormRow | None, seen: Editing[Any]) -> Job[Any]:
        """Save a form."""
        return self.desk.tasks.write(save_form, draft, row_id=row.id if row else None, version=seen.version or 0)

    def write_tick(self, row: FormRow, *, on: bool) -> Job[Any]:
        """Put it on the dial page, last, or take it off."""
        assert self.campaign is not None
        others = tuple(each for each in self._on_page if each != row.id)
        return self.desk.tasks.write(set_forms, self.campaign, (*others, row.id) if on else others)

    def write_move(self, row: FormRow, *, up: bool) -> Job[Any] | None:
        """One place earlier or later on the dial page; forms that are not on it have no place."""
        if row.id not in self._on_page or self.campaign is None:
            return None
        order = list(self._on_page)
        place = order.index(row.id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return None
        order[place], order[other] = order[other], order[place]
        return self.desk.tasks.write(set_forms, self.campaign, tuple(order))

    def write_delete(self, row: FormRow) -> Job[Any]:
        """Remove a form that stands on no dial page."""
        return self.desk.tasks.write(delete_form, row.id, row.version)
