"""The fields of a ticket's card: they show a draft and give one back, and mark what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.tickets.draft import TicketDraft, offered, problems
from app.domain.tickets.names import PRIORITIES, status_name
from app.domain.words import N_, Message
from app.i18n import say
from app.services.customers import listing as customers
from app.services.customers.listing import CustomerRow
from app.services.tickets.card import TicketCard
from app.services.tickets.lists import Lists, PersonChoice
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.tickets.due import DueField
from ui.tickets.model import in_words
from ui.widgets.form import Field
from ui.widgets.lookup import Found, LookupField
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button, secondary, styled

__all__ = ["NAMES", "TicketFields"]

NAMES = {
    "subject": N_("Subject"),
    "status_id": N_("State"),
    "priority": N_("Priority"),
    "responsible_id": N_("Responsible"),
    "handler_id": N_("Handler"),
    "due_at": N_("Due"),
    "customer_id": N_("Customer"),
    "type_id": N_("Type"),
    "subtype_id": N_("Sub-type"),
    "site_id": N_("Site"),
    "address": N_("Address"),
    "description": N_("Description"),
}
"""What the fields are called, by the name they have in a draft."""


_HEAD = {
    "subject": (0, 0, 12),
    "status_id": (1, 0, 3),
    "priority": (1, 3, 3),
    "due_at": (1, 6, 6),
    "responsible_id": (2, 0, 6),
    "handler_id": (2, 6, 6),
}
"""What stands in the head: row, column and width of twelve."""

_TEXTS = ("subject", "address", "description")
_FORM = ("customer_id", "type_id", "subtype_id", "site_id", "address", "description")


class TicketFields(QWidget):
    """The head of the card, and `form` with the other fields, which the card puts beside the time line.

    Signals: `changed()` when the person has changed a field; `customer_wanted(id)` to open the customer's card.
    """

    changed = Signal()
    customer_wanted = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lists: Lists | None = None
        self._kept: tuple[PersonChoice, ...] = ()
        self._draft = TicketDraft()
        self._shown: dict[str, str] = {}
        self._offered: dict[Picker, list[Choice]] = {}
        self._is_filling = False
        self.is_new = True
        self._make()
        self._lay_out()
        self._watch()

    def _make(self) -> None:
        self.subject = QLineEdit()
        self.subject.setFont(theme.font(12, strong=True))
        Texts(self.subject).bind(self.subject.setPlaceholderText, N_("What is it about?"))
        self.status, self.priority = Picker(), Picker()
        self.responsible, self.handler = Picker(nothing=N_("Nobody")), Picker(nothing=N_("Nobody"))
        self.due = DueField()
        self.customer = LookupField(self._find_customers, _found, placeholder=N_("Name, phone or address"))
        self.open_customer = icon_button("open", N_("Open the customer"))
        self.type, self.subtype = Picker(nothing=N_("No type")), Picker(nothing=N_("None"))
        self.site = Picker(nothing=N_("No site"))
        self.address = QLineEdit()
        self.description = QTextEdit()
        self.description.setAcceptRichText(False)
        self.description.setTabChangesFocus(True)
        self.description.setMinimumHeight(theme.scale(110))
        self._widgets: dict[str, QWidget] = {
            "subject": self.subject,
            "status_id": self.status,
            "priority": self.priority,
            "responsible_id": self.responsible,
            "handler_id": self.handler,
            "due_at": self.due,
            "customer_id": self.customer,
            "type_id": self.type,
            "subtype_id": self.subtype,
            "site_id": self.site,
            "address": self.address,
            "description": self.description,
        }
        wheel = _QuietWheel(self)
        for widget in (*self._widgets.values(), self.due.day, self.due.time):
            widget.setMinimumWidth(theme.scale(80))
            if isinstance(widget, QComboBox | QAbstractSpinBox):
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                widget.installEventFilter(wheel)

    def _lay_out(self) -> None:
        """The head over the whole width; the form is shown beside the time line by the card."""
        customer = self._customer_line = QWidget()
        line = QHBoxLayout(customer)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.scale(4))
        line.addWidget(self.customer, 1)
        line.addWidget(self.open_customer)
        customer.setFocusProxy(self.customer)
        customer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.scale(12))
        grid.setVerticalSpacing(theme.scale(8))
        self._rows: dict[str, Field] = {}
        for name, (row, column, span) in _HEAD.items():
            self._rows[name], holder = _stacked(NAMES[name], self._widgets[name])
            grid.addWidget(holder, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        self.form = QWidget()
        rows = QVBoxLayout(self.form)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.scale(8))
        for name in _FORM:
            widget = customer if name == "customer_id" else self._widgets[name]
            self._rows[name], holder = _stacked(NAMES[name], widget)
            rows.addWidget(holder, 1 if name == "description" else 0)
        Texts(self.customer).bind(self.customer.setAccessibleName, NAMES["customer_id"])

    def order_tabs(self) -> None:
        """Let Tab go through the fields as they are read; called once head and form stand in one window."""
        for one, other in pairwise(self._widgets[name] for name in (*_HEAD, *_FORM)):
            QWidget.setTabOrder(one, other)

    def _watch(self) -> None:
        for picker in (self.status, self.priority, self.responsible, self.handler, self.subtype, self.site):
            picker.changed.connect(self._tell)
        self.type.changed.connect(self._follow_type)
        self.customer.changed.connect(self._follow_customer)
        self.open_customer.clicked.connect(self._want_customer)
        self.due.changed.connect(self._tell)
        self.subject.textChanged.connect(self._tell)
        self.address.textChanged.connect(self._tell)
        self.description.textChanged.connect(self._tell)
        self._texts = Texts(self)
        self._texts.redo(self._fill_named, key="named")

    # --- What there is to choose

    def offer(self, lists: Lists) -> None:
        """Choose from these; what is chosen stays."""
        self._lists = lists
        self.due.zone = ZoneInfo(lists.time_zone)
        self._offer(self.type, [Choice(each.id, each.name) for each in lists.types])
        self._offer(self.site, [Choice(each.id, each.name) for each in lists.sites])
        self._fill_named()
        self._offer_people()
        self._offer_subtypes()

    def _fill_named(self) -> None:
        """The lists whose names are of the catalogue."""
        self._offer(self.priority, [Choice(number, say(name)) for number, name in PRIORITIES.items()])
        if self._lists is not None:
            named = [Choice(each.id, in_words(status_name(each.code, each.name))) for each in self._lists.statuses]
            self._offer(self.status, named)

    def _offer_people(self) -> None:
        known = {person.id: person for person in self._kept}
        known |= {person.id: person for person in (self._lists.people if self._lists else ())}
        for picker, chosen in ((self.responsible, self._draft.responsible_id), (self.handler, self._draft.handler_id)):
            people = offered(known.values(), keep=[chosen])
            people = tuple(sorted(people, key=lambda person: person.name.casefold()))
            self._offer(picker, [Choice(person.id, person.name, person.is_active) for person in people])

    def _offer(self, picker: Picker, choices: list[Choice]) -> None:
        """Offer other choices; the same ones again would take away what is being typed."""
        if self._offered.get(picker) != choices:
            self._offered[picker] = choices
            picker.offer(choices)

    def _offer_subtypes(self) -> None:
        subtypes = self._lists.subtypes if self._lists else ()
        mine = [Choice(each.id, each.name) for each in subtypes if each.type_id == self.type.value()]
        self._offer(self.subtype, mine)
        self.subtype.setEnabled(bool(mine))

    def is_planned(self) -> bool:
        """Whether the back office will plan what is on the card."""
        types = self._lists.types if self._lists else ()
        return any(each.is_planned for each in types if each.id == self.type.value())

    # --- Draft in, draft out

    def show_people(self, card: TicketCard | None) -> None:
        """The people a card has, active or not."""
        self.is_new = card is None
        found = () if card is None else (card.responsible, card.handler)
        self._kept = tuple(person for person in found if person is not None)

    def fill(self, draft: TicketDraft, customer: str) -> None:
        """Show a draft; a field that shows it already is not touched, so that the cursor stays where it is."""
        shown = self.value()
        self._is_filling = True
        self._draft = draft
        self._offer_people()
        for field in fields(draft):
            value = getattr(draft, field.name)
            if field.name != "customer_id" and value != getattr(shown, field.name):
                self._set(field.name, value)
        if draft.customer_id != self.customer.value() or not self.customer.hasFocus():
            self.customer.set_value(draft.customer_id, customer)
        if draft.subtype_id != self.subtype.value():
            self.subtype.set_value(draft.subtype_id)
        self._shown = {name: self._text(name) for name in _TEXTS}
        self._is_filling = False
        self._follow()

    def _set(self, name: str, value: Any) -> None:
        widget = self._widgets[name]
        if isinstance(widget, QLineEdit):
            widget.setText(value or "")
        elif isinstance(widget, QTextEdit):
            widget.setPlainText(value or "")
        elif isinstance(widget, Picker | DueField):
            widget.set_value(value)
        if name == "type_id":
            self._offer_subtypes()

    def value(self) -> TicketDraft:
        """What the fields say now."""
        found: dict[str, Any] = {name: self._typed(name) for name in _TEXTS}
        found |= {name: widget.value() for name, widget in self._widgets.items() if isinstance(widget, Picker)}
        found |= {"customer_id": self.customer.value(), "due_at": self.due.value()}
        return replace(self._draft, **found)

    def _text(self, name: str) -> str:
        widget = self._widgets[name]
        return widget.toPlainText() if isinstance(widget, QTextEdit) else cast("QLineEdit", widget).text()

    def _typed(self, name: str) -> str | None:
        """A text as the draft has it until somebody types: a field may show line ends and tabs otherwise."""
        text = self._text(name)
        if text == self._shown.get(name):
            return cast("str | None", getattr(self._draft, name))
        return text or (None if name == "address" else "")

    def customer_name(self) -> str:
        """What the customer is called."""
        return self.customer.text()

    def mark(self, only: Iterable[str] | None = None) -> Mapping[str, Message]:
        """Say under each field what is wrong with it, or of those named; gives all that is wrong."""
        wrong = problems(self.value(), is_automatic=self.is_planned())
        told = set(wrong) if only is None else set(wrong).intersection(only)
        for name, row in self._rows.items():
            row.error(wrong[name] if name in told else None)
        return wrong

    def show_problems(self, wrong: Mapping[str, Message]) -> None:
        """Say under each field what is wrong with it, and go to the first."""
        for name, row in self._rows.items():
            row.error(wrong.get(name))
        for name, row in self._rows.items():
            if name in wrong:
                row.widget.setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        for widget in self._widgets.values():
            if isinstance(widget, QLineEdit | QTextEdit):
                widget.setReadOnly(on)
            elif isinstance(widget, DueField):
                widget.set_read_only(on=on)
            else:
                widget.setEnabled(not on)

    # --- What follows from a change

    @Slot()
    def _tell(self) -> None:
        if not self._is_filling:
            self.changed.emit()

    @Slot()
    def _follow_type(self) -> None:
        self._offer_subtypes()
        self.subtype.set_value(None)
        self._propose_due()
        self._tell()

    def _propose_due(self) -> None:
        """A new ticket is due when its type says so, unless somebody has set it."""
        types = self._lists.types if self._lists else ()
        hours = next((each.due_hours for each in types if each.id == self.type.value()), None)
        if self.is_new and hours is not None and self.due.value() is None:
            self.due.set_value(datetime.now(self.due.zone) + timedelta(hours=hours))

    @Slot()
    def _follow_customer(self) -> None:
        self._follow()
        self._tell()

    def _follow(self) -> None:
        self.open_customer.setEnabled(self.customer.value() is not None)

    @Slot()
    def _want_customer(self) -> None:
        chosen = self.customer.value()
        if chosen is not None:
            self.customer_wanted.emit(chosen)

    def _find_customers(self, typed: str) -> Any:
        return self._desk.tasks.read(customers.find, typed)


class _QuietWheel(QObject):
    """Keeps the wheel, which scrolls the card, from changing a value that passes under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the card unless the field has the keyboard."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _stacked(label: str, widget: QWidget) -> tuple[Field, QWidget]:
    """A field with its label over it and what is wrong under it."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.scale(2))
    name, wrong = secondary(), styled(QLabel(), "error")
    wrong.setTextFormat(Qt.TextFormat.PlainText)
    wrong.setWordWrap(True)
    wrong.hide()
    name.setBuddy(widget)
    texts = Texts(name)
    texts.bind(name.setText, label)
    texts.bind(widget.setAccessibleName, label)
    for each in (name, widget, wrong):
        column.addWidget(each, 1 if isinstance(each, QTextEdit) else 0)
    return Field(name, widget, wrong), holder


def _found(rows: Iterable[CustomerRow]) -> list[Found]:
    return [Found(row.id, row.label, "  ".join(filter(None, [row.phone, row.address]))) for row in rows]
