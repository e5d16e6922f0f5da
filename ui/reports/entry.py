"""The window of an hours entry: day, length, kind, and what it was for."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.domain.errors import Incomplete
from app.domain.people import Permission
from app.domain.tickets.hours import ABSENT, KINDS, HoursDraft
from app.domain.tickets.names import shown_number
from app.domain.tickets.order import TicketFilter
from app.domain.words import N_, message
from app.i18n import say
from app.services.customers import listing as customers
from app.services.customers.listing import CustomerRow
from app.services.tickets import hours, listing
from app.services.tickets.hours import HoursRow, Links
from app.services.tickets.listing import Page
from app.services.tickets.lists import Lists, lists
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.reports.days import today
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateField, DurationField
from ui.widgets.form import Field, Form
from ui.widgets.lookup import Found, LookupField
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import secondary

__all__ = ["EntryWindow", "open_entry"]

_LONGEST = 600_000


class EntryWindow(FormDialog):
    """A new entry, or `known` to correct. Time is typed as 1:30, 90 or 1 h 30."""

    def __init__(self, desk: Desk, parent: QWidget, known: HoursRow | None = None) -> None:
        super().__init__(N_("Hours"), messages=desk.messages, parent=parent)
        self._desk, self._known = desk, known
        self._task_id = None if known is None else known.task_id
        self.day, self.minutes, self.kind = DateField(), DurationField(), Picker()
        self.minutes.setRange(1, _LONGEST)
        self.customer = LookupField(self._find_customers, _customers, placeholder=N_("Name, phone or address"))
        self.ticket = LookupField(self._find_tickets, _tickets, placeholder=N_("Number, subject, customer, phone"))
        self.project = Picker(nothing=N_("None"))
        self.note = QLineEdit()
        self.task = secondary()
        self.task.hide()
        self._build()
        self.save_requested.connect(self._save)
        self.kind.changed.connect(self._follow_kind)
        if known is not None:
            self._fill(known)
        self._follow_kind()
        desk.tasks.read(lists).then(self._offer)

    def _build(self) -> None:
        form = Form()
        self.fields: dict[str, Field] = {
            "day": form.row(N_("Day"), self.day),
            "minutes": form.row(N_("Time"), self.minutes),
            "kind": form.row(N_("Kind"), self.kind),
            "customer_id": form.row(N_("Customer"), self.customer),
            "ticket_id": form.row(N_("Ticket"), self.ticket),
            "project_id": form.row(N_("Project"), self.project),
            "note": form.row(N_("Note"), self.note),
        }
        self.form = form
        self.body.addWidget(self.task)
        self.body.addWidget(form)
        self.kind.set_value("work")
        self._texts = Texts(self)
        self._texts.redo(self._name_kinds, key="kinds")
        self._desk.person.news.changed.connect(self._name_kinds)

    @Slot()
    def _name_kinds(self) -> None:
        may_promise = self._desk.person.may(Permission.EDIT_TICKETS)
        kinds = {code: name for code, name in KINDS.items() if may_promise or code != "allotment"}
        self.kind.offer([Choice(code, say(name)) for code, name in kinds.items()])

    def _offer(self, found: Lists) -> None:
        active = (each for each in found.projects if each.is_active or each.id == self.project.value())
        self.project.offer([Choice(each.id, isolate(each.name)) for each in active])

    def _fill(self, row: HoursRow) -> None:
        self.day.set_value(row.day)
        self.minutes.set_value(row.minutes)
        self.kind.set_value(row.kind)
        self.customer.set_value(row.customer_id, row.customer or "")
        self.ticket.set_value(row.ticket_id, _ticket(row.ticket_id, row.number, row.subject))
        self.project.set_value(row.project_id)
        self.note.setText(row.note)
        self._show_task(row.task or "")

    def link(self, found: Links) -> None:
        """Put in what the hours are for."""
        self._task_id = found.task_id
        self.customer.set_value(found.customer_id, found.customer)
        self.ticket.set_value(found.ticket_id, _ticket(found.ticket_id, None, found.ticket))
        self.project.set_value(found.project_id)
        self._show_task(found.task)

    def _show_task(self, title: str) -> None:
        self.task.setVisible(bool(title))
        self.task.setText(isolate(title))

    @Slot()
    def _follow_kind(self) -> None:
        """Leave and sickness are for nobody's work."""
        for name in ("customer_id", "ticket_id", "project_id"):
            self.fields[name].set_visible(on=self.kind.value() not in ABSENT)

    def _find_customers(self, typed: str) -> Any:
        return self._desk.tasks.read(customers.find, typed)

    def _find_tickets(self, typed: str) -> Any:
        return self._desk.tasks.read(listing.page, TicketFilter(text=typed), limit=12)

    def draft(self) -> HoursDraft:
        """What is typed."""
        kind = str(self.kind.value() or "")
        day = self.day.value() or today()
        if kind in ABSENT:
            return HoursDraft(day, self.minutes.value(), kind, note=self.note.text())
        project = self.project.value()
        return HoursDraft(
            day,
            self.minutes.value(),
            kind,
            self.customer.value(),
            self.ticket.value(),
            self._task_id,
            None if project is None else int(project),
            self.note.text(),
        )

    @Slot()
    def _save(self) -> None:
        self.minutes.interpretText()
        self.form.clear_errors()
        self.saving(on=True)
        write, draft, known = self._desk.tasks.write, self.draft(), self._known
        if known is None:
            job = write(hours.report, draft)
        else:
            job = write(hours.change, known.id, known.version, draft)
        job.then(self._saved, self._refused)

    def _saved(self, _number: int) -> None:
        self._desk.messages.success(message(N_("The hours are written down.")))
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self.fail(problem)
        if isinstance(problem, Incomplete):
            for name, wrong in problem.problems.items():
                self.fields[name].error(wrong)
            self.form.first_error()


def open_entry(
    desk: Desk, ticket_id: int | None = None, task_id: int | None = None, customer_id: int | None = None
) -> EntryWindow:
    """Open the window over the one in front, for a ticket, a task or a customer where one is given."""
    parent = QApplication.activeWindow() or desk.commands.parent()
    assert isinstance(parent, QWidget)
    window = EntryWindow(desk, parent)
    if ticket_id is not None or task_id is not None or customer_id is not None:
        desk.tasks.read(hours.links, ticket_id, task_id, customer_id).then(window.link)
    window.open()
    return window


def _customers(rows: Sequence[CustomerRow]) -> list[Found]:
    return [Found(row.id, row.label, "  ".join(filter(None, [row.phone, row.address]))) for row in rows]


def _tickets(page: Page) -> list[Found]:
    return [Found(row.id, _ticket(row.id, row.number, row.subject), row.customer or "") for row in page.rows]


def _ticket(ticket_id: int | None, number: str | None, subject: str | None) -> str:
    return "" if ticket_id is None else f"{shown_number(ticket_id, number)} {subject or ''}".strip()
