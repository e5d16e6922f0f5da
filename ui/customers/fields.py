"""The fields of a customer's card: what they show, what stands in them, what is wrong with them."""

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget

from app.domain.customers import CustomerDraft
from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import LANGUAGES
from app.services.company.places import zones
from app.services.processes.profiles import ProfileRow, list_profiles
from ui.customers.phones import PhonesField
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.form import Field, Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.tags import Tag, TagField

__all__ = ["LABELS", "CustomerFields"]

LABELS = {
    "name": N_("Name"),
    "phones": N_("Phone"),
    "email": N_("E-mail"),
    "address": N_("Address"),
    "site_id": N_("Site"),
    "language": N_("Language"),
    "time_zone": N_("Time zone"),
    "notes": N_("Notes"),
    "profile_ids": N_("Profiles"),
}
"""What the fields are called, by the names they have in a draft."""


class CustomerFields(Form):
    """Signals: `changed()` as somebody types; `profiles_read(choices)` when the profiles customers bear were read."""

    changed = Signal()
    profiles_read = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._is_filling = False
        self._offered = Latest(desk.tasks)
        self._make()
        self._open()
        desk.person.news.changed.connect(self._open)
        self.rows: dict[str, Field] = {name: self.row(LABELS[name], self._widgets[name]) for name in LABELS}
        for line in (self.name, self.email, self.address, self.notes):
            line.textChanged.connect(self._tell)
        for picker in (self.phones, self.site, self.language, self.time_zone, self.profiles):
            picker.changed.connect(self._tell)

    def _make(self) -> None:
        self.name, self.email, self.address = QLineEdit(), QLineEdit(), QLineEdit()
        self.name.setFont(theme.font(12, strong=True))
        self.phones = PhonesField()
        self.site = Picker(nothing=N_("No site"))
        self.language = Picker(nothing=N_("Not known"))
        self.language.offer([Choice(code, language.name) for code, language in LANGUAGES.items()])
        self.time_zone = Picker(nothing=N_("As the number says"))
        self.time_zone.offer([Choice(zone, zone.replace("_", " ")) for zone in zones()])
        self.notes = QTextEdit()
        self.notes.setAcceptRichText(False)
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(theme.scale(60))
        self.profiles = TagField(N_("Add a profile"), N_("There are no profiles of customers yet."))
        self._widgets: dict[str, QWidget] = {
            "name": self.name,
            "phones": self.phones,
            "email": self.email,
            "address": self.address,
            "site_id": self.site,
            "language": self.language,
            "time_zone": self.time_zone,
            "notes": self.notes,
            "profile_ids": self.profiles,
        }

    @Slot()
    def _open(self) -> None:
        """Let be written what this person may write; what is typed stays."""
        may_write = self._desk.person.may(Permission.EDIT_CUSTOMERS)
        for widget in self._widgets.values():
            if isinstance(widget, QLineEdit | QTextEdit):
                widget.setReadOnly(not may_write)
            elif isinstance(widget, PhonesField | TagField):
                widget.set_read_only(on=not may_write)
            else:
                widget.setEnabled(may_write)

    def _tell(self) -> None:
        if not self._is_filling:
            self.changed.emit()

    def ask_profiles(self) -> None:
        """Read which profiles customers may bear."""
        if not self._desk.tasks.is_closed:
            self._offered.read(list_profiles).then(self._offer_profiles, self._desk.messages.show_error)

    def _offer_profiles(self, rows: tuple[ProfileRow, ...]) -> None:
        groups = {"customer": N_("Customers"), "supplier": N_("Suppliers")}
        offered = [Tag(row.id, row.name, groups[row.main]) for row in rows if row.main in groups]
        self.profiles.offer(offered)
        self.profiles_read.emit([Choice(tag.id, tag.text) for tag in offered])

    def fill(self, draft: CustomerDraft, base: CustomerDraft) -> None:
        """Show this; a field that says so already is left alone, with its cursor."""
        shown = self.value(base)
        self._is_filling = True
        for name in LABELS:
            if getattr(draft, name) != getattr(shown, name):
                self._set(name, getattr(draft, name))
        self._is_filling = False

    def _set(self, name: str, value: Any) -> None:
        widget = self._widgets[name]
        if isinstance(widget, QLineEdit):
            widget.setText(value or "")
        elif isinstance(widget, QTextEdit):
            widget.setPlainText(value or "")
        elif isinstance(widget, PhonesField | Picker | TagField):
            widget.set_value(value)

    def value(self, base: CustomerDraft) -> CustomerDraft:
        """What the fields say now, over what was read."""
        typed = CustomerDraft(
            self.name.text(),
            self.phones.value(),
            self.email.text() or None,
            self.address.text() or None,
            cast("int | None", self.site.value()),
            cast("str | None", self.language.value()),
            self.notes.toPlainText() or None,
            self.profiles.value(),
            cast("str | None", self.time_zone.value()),
        )
        # A field may show line ends otherwise than they are kept; that is not a change.
        same = {name: getattr(base, name) for name in ("name", "address", "notes") if _alike(base, typed, name)}
        return CustomerDraft(**{name: same.get(name, getattr(typed, name)) for name in LABELS})

    def mark(self, wrong: Mapping[str, Any]) -> None:
        """Say what is wrong under the fields, and nothing under the others."""
        for name, row in self.rows.items():
            row.error(wrong.get(name))

    def tell_wrong(self, wrong: Mapping[str, Any]) -> None:
        """The same, with the cursor in the first of them."""
        self.mark(wrong)
        self._widgets[next(iter(wrong))].setFocus(Qt.FocusReason.OtherFocusReason)


def _alike(base: CustomerDraft, typed: CustomerDraft, name: str) -> bool:
    kept, shown = getattr(base, name) or "", getattr(typed, name) or ""
    return str(kept).split() == str(shown).split()
