"""The details of a task: what it belongs to, and the company's own fields as its layout arranges them."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.merging import merge
from app.domain.tickets.draft import wrong_value
from app.domain.tickets.fields import custom_code, custom_id
from app.domain.tickets.names import shown_number
from app.domain.words import N_, Message, message
from app.i18n import _
from app.services.tickets.custom_fields import OwnField
from app.services.tickets.layouts import CardLayout
from app.services.tickets.offering import Offer
from app.services.tickets.projects import ProjectRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate, sided
from ui.kit.translate import Texts
from ui.tickets.card.cells import Cell, own_cell
from ui.tickets.tasks.words import points_words
from ui.widgets.form import Field, Form
from ui.widgets.merge.window import Asked
from ui.widgets.page import ScrolledPage
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button, plain

__all__ = ["Details"]


class Details(QWidget):
    """Signals: `changed()`, `ticket_wanted()`, `customer_wanted()`.

    `met` are the fields that somebody else has changed otherwise since they were changed here.
    """

    changed = Signal()
    ticket_wanted = Signal()
    customer_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: Offer | None = None
        self.met: list[Asked] = []
        self._own: dict[str, OwnField] = {}
        self._cells: dict[str, Cell] = {}
        self._fields: dict[str, Field] = {}
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, theme.scale(12), theme.scale(8), 0)
        form = Form()
        self.number, self.activity = plain(), plain()
        form.row(N_("Number"), self.number)
        self.ticket, self._ticket_line = plain(), self._line("open", N_("Open the ticket"), self.ticket_wanted)
        self.customer = plain()
        self._customer_line = self._line("open", N_("Open the customer"), self.customer_wanted)
        self._ticket_field = form.row(N_("Ticket"), self._with(self.ticket, self._ticket_line))
        self.bell = plain()
        self._customer_field = form.row(N_("Customer"), self._with(self.bell, self.customer, self._customer_line))
        self._activity_field = form.row(N_("Activity type"), self.activity)
        self.points = plain()
        self._points_field = form.row(N_("Points"), self.points)
        self.project = Picker(nothing=N_("None"))
        self._project_field = form.row(N_("Project"), self.project)
        self.project.changed.connect(self._tell)
        self._column.addWidget(form)
        self._own_form = Form()
        self._column.addWidget(self._own_form)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrolledPage(inside))
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")

    @staticmethod
    def _line(icon: str, name: str, wanted: Any) -> QWidget:
        button = icon_button(icon, name)
        button.clicked.connect(wanted)
        return button

    @staticmethod
    def _with(*parts: QWidget) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.scale(6))
        for part in parts:
            line.addWidget(part)
        line.addStretch(1)
        return holder

    # --- What is shown

    def show_offer(self, offer: Offer) -> None:
        """Show the task; a field the person has changed keeps what he typed."""
        was, self._offer = self._offer, offer
        self.met = [] if was is None else self._clashes(was.task.custom, offer.task.custom)
        if was is None or self.project.value() == was.task.project_id:
            self.project.set_value(offer.task.project_id)
        for code, cell in self._cells.items():
            key = str(custom_id(code))
            if was is None or cell.value() == was.task.custom.get(key):
                cell.set_value(offer.task.custom.get(key))
        self._say()

    def _clashes(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Asked]:
        mine = {str(custom_id(code)): cell.value() for code, cell in self._cells.items()}
        shown = {key: before.get(key) for key in mine}, {key: now.get(key) for key in mine}
        names = {str(field.id): field.name for field in self._own.values()}
        return [
            Asked(each, names[each.field], _shown, is_line=True) for each in merge(shown[0], mine, shown[1]).clashes
        ]

    def settle(self, chosen: Mapping[str, Any]) -> None:
        """Put what was chosen of two people's values into the fields."""
        for code, cell in self._cells.items():
            if (key := str(custom_id(code))) in chosen:
                cell.set_value(chosen[key])
        self.met = []
        self._tell()

    def show_layout(self, layout: CardLayout) -> None:
        """Put the fields of the company's own on the tab, once."""
        if self._cells:
            return
        own = {custom_code(field.id): field for field in layout.own}
        custom = self._offer.task.custom if self._offer else {}
        for code in layout.fields:
            field = own.get(code)
            if field is None or not (field.is_active or str(field.id) in custom):
                continue
            cell = own_cell(field)
            cell.set_value(custom.get(str(field.id)))
            cell.changed.connect(self._tell)
            # The name is the company's own, so the catalogue has no other word for it.
            self._fields[code] = self._own_form.row(field.name, cell.widget)
            self._own[code], self._cells[code] = field, cell

    def offer_projects(self, projects: tuple[ProjectRow, ...]) -> None:
        """Choose from these; without any the field is left out."""
        self.project.offer(
            [
                Choice(row.id, f"{row.parent} › {row.name}" if row.parent else row.name, row.is_active)
                for row in projects
            ]
        )
        self._project_field.set_visible(on=bool(projects))

    def _say(self) -> None:
        offer = self._offer
        if offer is None:
            return
        task = offer.task
        self.number.setText(sided(task.number or str(task.id)))
        self._ticket_field.set_visible(on=task.ticket_id is not None)
        if task.ticket_id is not None:
            self.ticket.setText(isolate(shown_number(task.ticket_id, task.ticket_number)))
        self._customer_field.set_visible(on=task.customer_id is not None)
        self.customer.setText(isolate(task.customer))
        self.bell.setVisible(task.has_alert)
        if task.has_alert:
            self.bell.setPixmap(icons.icon("alerts", "warning").pixmap(theme.scale(18), theme.scale(18)))
            self.bell.setToolTip(_("This customer has an alert"))
            self.bell.setAccessibleName(_("This customer has an alert"))
        self._activity_field.set_visible(on=task.activity_type is not None)
        self.activity.setText(sided(task.activity_type or ""))
        # What a task without a process has scored, it scored before it lost it.
        self._points_field.set_visible(on=task.process is not None or offer.points.entries > 0)
        self.points.setText(sided(points_words(offer.points.customer, offer.points.worker)))

    # --- What is chosen

    def custom(self) -> Mapping[str, Any] | None:
        """The own fields as they are now; None when none of them is changed."""
        if self._offer is None:
            return None
        before = self._offer.task.custom
        found = dict(before)
        for code, cell in self._cells.items():
            key, value = str(custom_id(code)), cell.value()
            if value is None or value == "":
                found.pop(key, None)
            else:
                found[key] = value
        return None if found == dict(before) else found

    def project_id(self) -> int | None:
        """The project, where another one was chosen."""
        chosen = self.project.value()
        before = self._offer.task.project_id if self._offer else None
        return chosen if isinstance(chosen, int) and chosen != before else None

    def wrong(self, *, closes: bool) -> bool:
        """Mark what cannot be read, and for a close what is missing; whether anything is."""
        self._own_form.clear_errors()
        required = set(self._offer.required) if self._offer and closes else set()
        for code, cell in self._cells.items():
            value = cell.value()
            told: Message | None = None
            if value is not None and value != "":
                told = wrong_value(self._own[code].kind, value, self._own[code].choices)
            elif code in required:
                told = message(N_("This is mandatory to close the task."))
            self._fields[code].error(told)
        return self._own_form.first_error() is not None

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self.project.setEnabled(not on)
        for cell in self._cells.values():
            cell.set_read_only(on=on)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
