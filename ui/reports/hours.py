"""One's own hours of a week, and what was allotted against what was used."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.tickets.hours import KINDS, HoursDraft, week_of
from app.domain.tickets.names import shown_number
from app.domain.words import N_, message
from app.i18n import _, first_weekday, format_date, format_duration, say
from app.services.tickets import hours
from app.services.tickets.hours import Balance, HoursRow
from ui.kit import theme
from ui.kit.messages import Offer
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.reports.days import today
from ui.reports.entry import EntryWindow
from ui.widgets.styled import heading, icon_button, primary_button, push_button, styled, tool_row
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["BalancesPage", "HoursPage"]

_KINDS = {"customer": N_("Customer"), "project": N_("Project"), "ticket": N_("Ticket")}


class HoursPage(QWidget):
    """A week at a time, with its total and the totals by kind."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._asked = Latest(desk.tasks)
        self._rows: Sequence[HoursRow] = ()
        self.window_open: EntryWindow | None = None
        self.day = today()
        self.week: QLabel = heading()
        self.total: QLabel = styled(QLabel(), "secondary")
        columns = (
            N_("Day"),
            N_("Time"),
            N_("Kind"),
            N_("Customer"),
            N_("Ticket"),
            N_("Task"),
            N_("Project"),
            N_("Note"),
        )
        self.model = TextTable(columns, self, numbers=(1,))
        self.table = TableView(several=False)
        self.table.setModel(self.model)
        self.new_button = primary_button(N_("Report hours"), "new")
        self.edit_button, self.delete_button = push_button(N_("Edit"), "edit"), push_button(N_("Delete"), "delete")
        self._build()
        self._texts = Texts(self)
        self._texts.bind(self.table.setAccessibleName, N_("My hours"))
        self._texts.redo(self._speak, key="speak")
        self.table.remember(desk.memory, "hours", (104, 100, 124, 160, 200, 160, 130, 200))
        self.table.opened.connect(self.edit)
        self.table.chosen.connect(self._enable)
        self._enable()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, tools = tool_row(spacing=8)
        back, onward = icon_button("back", N_("The week before")), icon_button("next", N_("The week after"))
        back.clicked.connect(partial(self._turn, -7))
        onward.clicked.connect(partial(self._turn, 7))
        today = push_button(N_("This week"))
        today.clicked.connect(self._go_to_today)
        for widget in (back, today, onward):
            tools.addWidget(widget)
        tools.addStretch(1)
        self.new_button.clicked.connect(self.report)
        self.edit_button.clicked.connect(self.edit)
        self.delete_button.clicked.connect(self.delete)
        for button in (self.edit_button, self.delete_button, self.new_button):
            tools.addWidget(button)
        shown_to(self._desk.person, Permission.WORK_TASKS, self.new_button)
        column.addWidget(holder)
        self.total.setTextFormat(Qt.TextFormat.PlainText)
        self.total.setWordWrap(True)
        line = QHBoxLayout()
        line.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        line.setSpacing(theme.scale(16))
        line.addWidget(self.week)
        line.addWidget(self.total, 1)
        column.addLayout(line)
        column.addWidget(self.table, 1)

    def _turn(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.read()

    @Slot()
    def _go_to_today(self) -> None:
        self.day = today()
        self.read()

    @Slot()
    def read(self) -> None:
        """Read the week."""
        self._asked.read(hours.mine, *week_of(self.day, first_weekday())).then(
            self._show, self._desk.messages.show_error
        )

    def _show(self, rows: Sequence[HoursRow]) -> None:
        self._rows = rows
        self._speak()

    def _speak(self) -> None:
        first, before = week_of(self.day, first_weekday())
        last = before - timedelta(days=1)
        self.week.setText(f"{format_date(first, 'short')} – {format_date(last, 'short')}")
        self.model.show_rows([_texts(row) for row in self._rows])
        used = [row for row in self._rows if row.kind != "allotment"]
        parts = [_("Total: {time}", time=format_duration(sum(row.minutes for row in used)))]
        for kind in KINDS:
            minutes = sum(row.minutes for row in self._rows if row.kind == kind)
            if minutes:
                parts.append(_("{name}: {time}", name=say(KINDS[kind]), time=format_duration(minutes)))
        self.total.setText("   ".join(parts))
        self._enable()

    @Slot()
    def _enable(self) -> None:
        has_row = bool(self.table.chosen_rows())
        self.edit_button.setEnabled(has_row)
        self.delete_button.setEnabled(has_row)

    def _chosen(self) -> HoursRow | None:
        rows = self.table.chosen_rows()
        return self._rows[rows[0]] if rows and rows[0] < len(self._rows) else None

    @Slot()
    def report(self) -> None:
        """Open the window for a new entry, on the day that is shown."""
        self._open(EntryWindow(self._desk, self))

    @Slot()
    def edit(self, _index: QModelIndex | None = None) -> None:
        """Open the chosen entry."""
        if (row := self._chosen()) is not None:
            self._open(EntryWindow(self._desk, self, row))

    def _open(self, window: EntryWindow) -> None:
        self.window_open = window
        window.open()

    @Slot()
    def delete(self) -> None:
        """Take the chosen entry away; it can be had back."""
        if (row := self._chosen()) is not None:
            job = self._desk.tasks.write(hours.delete, row.id, row.version)
            job.then(self._deleted, self._desk.messages.show_error)

    def _deleted(self, gone: HoursDraft) -> None:
        undo = Offer(N_("Undo"), partial(self._bring_back, gone))
        self._desk.messages.success(message(N_("The hours are deleted.")), offer=undo)

    def _bring_back(self, gone: HoursDraft) -> None:
        self._desk.tasks.write(hours.report, gone).then(self._came_back, self._desk.messages.show_error)

    def _came_back(self, _number: int) -> None:
        self.read()


class BalancesPage(QWidget):
    """Customers, projects and tickets that were promised time; those that used more are marked."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._asked = Latest(desk.tasks)
        self._rows: Sequence[Balance] = ()
        columns = (N_("Of"), N_("Name"), N_("Allotted"), N_("Used"), N_("Left"), N_("Over"))
        self.model = TextTable(columns, self, numbers=(2, 3, 4))
        self.table = TableView()
        self.table.setModel(self.model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self._texts = Texts(self)
        self._texts.bind(self.table.setAccessibleName, N_("Allotted and used"))
        self._texts.redo(self._speak, key="speak")
        self.table.remember(desk.memory, "balances", (110, 260, 110, 110, 110, 110))

    @Slot()
    def read(self) -> None:
        """Read what was promised and used."""
        self._asked.read(hours.balances).then(self._show, self._desk.messages.show_error)

    def _show(self, rows: Sequence[Balance]) -> None:
        self._rows = rows
        self._speak()

    def _speak(self) -> None:
        over = [number for number, row in enumerate(self._rows) if row.is_over]
        self.model.show_rows([_balance(row) for row in self._rows], over)


def _texts(row: HoursRow) -> tuple[str, ...]:
    ticket = "" if row.ticket_id is None else f"{shown_number(row.ticket_id, row.number)} {row.subject or ''}".strip()
    names = (row.customer or "", ticket, row.task or "", row.project or "", row.note)
    return format_date(row.day, "short"), format_duration(row.minutes), say(KINDS[row.kind]), *names


def _balance(row: Balance) -> tuple[str, ...]:
    left = row.allotted - row.used
    room, beyond = (format_duration(max(0, each)) if each > 0 else "" for each in (left, -left))
    return _(_KINDS[row.kind]), row.name, format_duration(row.allotted), format_duration(row.used), room, beyond
