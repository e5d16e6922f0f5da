"""The fields of a ticket's card: they show a draft and give one back, and mark what is needed and what is missing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QTextEdit,
    QWidget,
)

from app.domain.people import Permission
from app.domain.tickets.complete import missing_fields
from app.domain.tickets.draft import TicketDraft, problems, wrong_value
from app.domain.tickets.fields import FIELDS, custom_code, custom_id, shown_fields
from app.domain.words import N_, Message, message
from app.services.customers import listing as customers
from app.services.customers.listing import CustomerRow
from app.services.tickets.card import TicketCard
from app.services.tickets.custom_fields import OwnField
from app.services.tickets.lists import Lists
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.tickets.card.arrangement import Arrangement, Row
from ui.tickets.card.cells import Cell, DueCell, LookupCell, PickCell, TextCell, own_cell
from ui.tickets.card.choices import BELOW, Choices, pickers
from ui.tickets.card.due import DueField
from ui.widgets.form import Field
from ui.widgets.lookup import Found, LookupField
from ui.widgets.styled import icon_button

__all__ = ["TicketFields"]

_NEEDED = message(N_("This field is mandatory in this state."))


class TicketFields(QWidget):
    """The head of the card, and `form` with the other fields, which the card puts beside the time line.

    Which fields there are, and in which order, is what the layout of the chosen type says; the state adds those it
    needs. Signals: `changed()` when the person has changed a field; `customer_wanted(id)` to open the customer's card.
    """

    changed = Signal()
    customer_wanted = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._draft = TicketDraft()
        self._base: TicketDraft | None = None
        self._by_hand = False
        self._is_filling = False
        self.is_new = True
        self._first_wrong: QWidget | None = None
        self.form = QWidget()
        self._own: dict[int, OwnField] = {}
        self._make()
        self.choices = Choices(self._pickers)
        self._arrangement = Arrangement(self, self.form)
        self._texts = Texts(self)
        self._texts.redo(self.choices.name, key="named")
        self._arrange()
        desk.person.news.changed.connect(self._permit)
        self._permit()

    def _make(self) -> None:
        self.subject, self.address, self.description = QLineEdit(), QLineEdit(), QTextEdit()
        self.subject.setFont(theme.font(12, strong=True))
        Texts(self.subject).bind(self.subject.setPlaceholderText, N_("What is it about?"))
        self.description.setAcceptRichText(False)
        self.description.setTabChangesFocus(True)
        self.description.setMinimumHeight(theme.scale(110))
        self._pickers = pickers()
        self.status, self.priority = self._pickers["status_id"], self._pickers["priority"]
        self.responsible, self.handler = self._pickers["responsible_id"], self._pickers["handler_id"]
        self.type, self.subtype = self._pickers["type_id"], self._pickers["subtype_id"]
        self.due = DueField()
        self.customer = LookupField(self._find_customers, _found, placeholder=N_("Name, phone or address"))
        self.open_customer = icon_button("open", N_("Open the customer"))
        self.open_customer.clicked.connect(self._want_customer)
        self._who = LookupCell(self.customer, self._customer_line())
        self._cells: dict[str, Cell] = {
            "subject": TextCell(self.subject),
            "customer_id": self._who,
            "due_at": DueCell(self.due),
            "address": TextCell(self.address, None),
            "description": TextCell(self.description),
        }
        self._cells |= {code: PickCell(picker) for code, picker in self._pickers.items()}
        self._wheel = _QuietWheel(self)
        self._cards: dict[str, Row] = {}
        for code, name in FIELDS.items():
            named = self.customer if code == "customer_id" else self._cells[code].widget
            self._add(code, Row(name, self._cells[code].widget, named))
        for widget in (self.due.day, self.due.time):
            self._calm(widget)

    def _customer_line(self) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.scale(4))
        line.addWidget(self.customer, 1)
        line.addWidget(self.open_customer)
        holder.setFocusProxy(self.customer)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return holder

    def _add(self, code: str, row: Row) -> None:
        self._cards[code] = row
        cell = self._cells[code]
        cell.setObjectName(code)
        cell.changed.connect(self._follow_cell)
        cell.set_read_only(on=not self._desk.person.may(Permission.EDIT_TICKETS))
        self._calm(row.field.widget)

    def _calm(self, widget: QWidget) -> None:
        widget.setMinimumWidth(theme.scale(80))
        if isinstance(widget, QComboBox | QAbstractSpinBox):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self._wheel)

    def order_tabs(self) -> None:
        """Let Tab go through the fields as they are read, head before form; once both stand in one window."""
        codes = self._arrangement.codes
        ordered = [code for code in codes if Arrangement.is_head(code)]
        ordered += [code for code in codes if not Arrangement.is_head(code)]
        for one, other in pairwise(self._cards[code].field.widget for code in ordered):
            QWidget.setTabOrder(one, other)

    @property
    def rows(self) -> Mapping[str, Field]:
        """The fields by code, shown or not."""
        return {code: row.field for code, row in self._cards.items()}

    @property
    def shown(self) -> tuple[str, ...]:
        """The codes of the fields that are shown, in order."""
        return self._arrangement.codes

    def is_needed(self, code: str) -> bool:
        """Whether a field is marked as one that the state asks for."""
        return self._cards[code].is_needed

    # --- What there is to choose, and which fields there are

    def offer(self, lists: Lists) -> None:
        """Choose from these; what is chosen stays."""
        self.due.zone = ZoneInfo(lists.time_zone)
        self._make_own(lists.own_fields)
        self.choices.offer(lists, self._draft)
        self._follow()

    def _make_own(self, fields: Iterable[OwnField]) -> None:
        """A field that is as it was keeps its widget, and so what is typed in it."""
        for field in fields:
            known, code = self._own.get(field.id), custom_code(field.id)
            self._own[field.id] = field
            if known is not None and (known.kind, known.choices) == (field.kind, field.choices):
                self._cards[code].rename(field.name)
                continue
            value = self._cells[code].value() if code in self._cells else self._draft.custom.get(str(field.id))
            if (old := self._cards.pop(code, None)) is not None:
                old.holder.deleteLater()
                self._arrangement.codes = ()
            self._cells[code] = own_cell(field)
            self._cells[code].set_value(value)
            self._add(code, Row(field.name, self._cells[code].widget, self._cells[code].widget))

    def _required(self, status: object) -> tuple[str, ...]:
        lists = self.choices.lists
        known = () if lists is None or not isinstance(status, int) else lists.required.get(status, ())
        return tuple(code for code in known if code in self._cells)

    def _arrange(self) -> None:
        """Show the fields of the layout; widgets and what is typed in them stay."""
        lists, kind = self.choices.lists, self.choices.type()
        layouts = lists.layouts if lists else {}
        layout = layouts.get(kind.id if kind else None, layouts.get(None))
        required = self._required(self.status.value())
        codes = [code for code in shown_fields(layout, required) if self._is_shown(code)]
        if tuple(codes) != self._arrangement.codes:
            self._arrangement.arrange(codes, self._cards)
            self.order_tabs()
        for code, row in self._cards.items():
            row.need(on=code in required)

    def _is_shown(self, code: str) -> bool:
        """A field that is no longer in use is shown where it has a value."""
        own = self._own.get(custom_id(code) or 0)
        return code in self._cells and (own is None or own.is_active or str(own.id) in self._draft.custom)

    def is_automatic(self) -> bool:
        """Whether somebody is found to handle what is on the card."""
        kind = self.choices.type()
        return kind is not None and kind.is_automatic

    # --- Draft in, draft out

    def show_people(self, card: TicketCard | None) -> None:
        """The people a card has, active or not."""
        self.is_new = card is None
        self.choices.keep(() if card is None else (card.responsible, card.handler))

    def fill(self, draft: TicketDraft, customer: str, base: TicketDraft | None = None) -> None:
        """Show a draft of what is kept as `base`; a field that shows its value already is not touched."""
        self._is_filling = True
        self._draft, self._base, self._by_hand = draft, base, draft.is_priority_by_hand
        self.choices.people(draft)
        for code in ("type_id", "subtype_id", "product_group_id", "project_id"):
            self._cells[code].set_value(getattr(draft, code))
            self.choices.narrow(code)
        for code, cell in self._cells.items():
            key = custom_id(code)
            cell.set_value(getattr(draft, code) if key is None else draft.custom.get(str(key)))
        self._who.name(draft.customer_id, customer)
        self._is_filling = False
        self._follow()

    def value(self) -> TicketDraft:
        """What the fields say now."""
        custom = dict(self._draft.custom)
        found: dict[str, Any] = {}
        for code, cell in self._cells.items():
            key, value = custom_id(code), cell.value()
            if key is None:
                found[code] = value
            elif value in (None, ""):
                custom.pop(str(key), None)
            else:
                custom[str(key)] = value
        return replace(self._draft, **found, custom=custom, is_priority_by_hand=self._by_hand)

    def customer_name(self) -> str:
        """What the customer is called."""
        return self.customer.text()

    # --- What is wrong

    def wrong(self, draft: TicketDraft) -> dict[str, Message]:
        """What is wrong, by field: what is always needed, what cannot be read, and what the state needs."""
        found = dict.fromkeys(self.empty(draft), _NEEDED)
        for key, field in self._own.items():
            value = draft.custom.get(str(key))
            if value is not None and (self._base is None or self._base.custom.get(str(key)) != value):
                told = wrong_value(field.kind, value, field.choices)
                found |= {} if told is None else {custom_code(key): told}
        return found | problems(draft, is_automatic=self.is_automatic())

    def empty(self, draft: TicketDraft) -> tuple[str, ...]:
        """The fields the state needs and does not have; those it lacked before may wait."""
        kinds = {key: field.kind for key, field in self._own.items()}
        required = self._required(draft.status_id)
        found = missing_fields(_values(draft), required, kinds)
        if self._base is not None and self._base.status_id == draft.status_id:
            before = missing_fields(_values(self._base), required, kinds)
            found = tuple(code for code in found if code not in before)
        return found

    def own_names(self) -> dict[int, str]:
        """The names of the company's own fields by key."""
        return {key: field.name for key, field in self._own.items()}

    def mark(self, only: Iterable[str] | None = None) -> Mapping[str, Message]:
        """Say under each field what is wrong with it, or of those named; gives all that is wrong."""
        wrong = self.wrong(self.value())
        told = set(wrong) if only is None else set(wrong).intersection(only)
        self._say_wrong({code: text for code, text in wrong.items() if code in told})
        return wrong

    def show_problems(self, wrong: Mapping[str, Message]) -> None:
        """Say under each field what is wrong with it, and go to the first."""
        self._say_wrong(wrong)
        for code in self._arrangement.codes:
            if code in wrong:
                self._first_wrong = self._cards[code].field.widget
                self._go_to_first()
                # A field that has only now come onto the card can take the keyboard once it stands there.
                QTimer.singleShot(0, self._go_to_first)
                break

    @Slot()
    def _go_to_first(self) -> None:
        widget = self._first_wrong
        if widget is None:
            return
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        area: QWidget | None = widget
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget)

    def _say_wrong(self, wrong: Mapping[str, Message]) -> None:
        for code, row in self._cards.items():
            row.field.error(wrong.get(code))

    def mark_met(self, codes: Collection[str]) -> None:
        """Mark the fields that somebody else has changed while something was typed here."""
        for code, row in self._cards.items():
            row.meet(on=code in codes)

    @Slot()
    def _permit(self) -> None:
        """Let be written what this person may write; what is typed stays."""
        for cell in self._cells.values():
            cell.set_read_only(on=not self._desk.person.may(Permission.EDIT_TICKETS))

    # --- What follows from a change

    @Slot()
    def _follow_cell(self) -> None:
        if self._is_filling:
            return
        code = self.sender().objectName()
        if code in BELOW:
            self.choices.narrow(code)
        if code == "type_id":
            self._follow_type()
        elif code == "priority":
            self._by_hand = True
        elif code == "product_id" and self.choices.group_of_product() is not None:
            self._cells["product_group_id"].set_value(self.choices.group_of_product())
        self._follow()
        self.changed.emit()

    def _follow_type(self) -> None:
        """Priority and due date are those of the type until somebody sets them; a process finds its handler."""
        kind = self.choices.type()
        if kind is not None and kind.priority is not None and not self._by_hand:
            self.priority.set_value(kind.priority)
        if not self.is_new:
            return
        if kind is not None and kind.due_hours is not None and self.due.value() is None:
            self.due.set_value(datetime.now(self.due.zone) + timedelta(hours=kind.due_hours))
        if kind is not None and kind.process_id is not None and self.handler.value() == self._draft.handler_id:
            self.handler.set_value(None)
        elif self.handler.value() is None and not self.is_automatic():
            self.handler.set_value(self._draft.handler_id)

    def _follow(self) -> None:
        self.open_customer.setEnabled(self.customer.value() is not None)
        self.choices.name_handler()
        self._arrange()

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


def _values(draft: TicketDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in TicketDraft.__dataclass_fields__}


def _found(rows: Iterable[CustomerRow]) -> list[Found]:
    return [Found(row.id, row.label, "  ".join(filter(None, [row.phone, row.address]))) for row in rows]
