"""Tickets counted by what they are about: bars, and the same numbers in a table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.domain.periods import OWN, days_of, offered
from app.domain.spreadsheet import csv_text
from app.domain.tickets.names import status_name
from app.domain.tickets.order import TicketFilter
from app.domain.tickets.periods import Step
from app.domain.words import N_, Message, message
from app.i18n import _, _n, format_date, format_number, say
from app.services.tickets import statistics
from app.services.tickets.statistics import Share, Span
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.reports.chart import Bar, BarChart, ChartKey
from ui.reports.days import today
from ui.widgets.fields import DateField
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import push_button, secondary, styled, tool_row
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["StatisticsPage"]

_PERIODS = offered("30", "90", "365")


class StatisticsPage(QWidget):
    """One count at a time: `count_by(column or step)`. A bar or a row leads to its tickets."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._by: str = "type_id"
        self._rows: Sequence[Share | Span] = ()
        self._asked = Latest(desk.tasks)
        self.period, self.first, self.last = Picker(), DateField(), DateField()
        self.only_open = QCheckBox()
        self.chart = BarChart()
        self.model = TextTable((N_("Name"), N_("Tickets"), N_("Still open"), N_("Share")), self, numbers=(1, 2, 3))
        self.table = TableView()
        self.table.setModel(self.model)
        self.told: QLabel = secondary()
        self._build()
        self._texts = Texts(self)
        self._texts.bind(self.only_open.setText, N_("Only open ones"))
        self._texts.bind(self.chart.setAccessibleName, N_("Chart of the tickets"))
        self._texts.bind(self.table.setAccessibleName, N_("Table of the tickets"))
        self._texts.redo(self._speak, key="speak")
        self.period.set_value("90")
        self.period.changed.connect(self._ask_period)
        for field in (self.first, self.last):
            field.setEnabled(False)
            field.changed.connect(self.read)
        self._set_days()
        self.only_open.toggled.connect(self.read)
        self.chart.picked.connect(self._open)
        self.table.opened.connect(self._open_index)
        self.table.remember(desk.memory, "statistics", (164, 76, 104, 76))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, tools = tool_row()
        for widget in (self.period, self.first, self.last, self.only_open):
            tools.addWidget(widget)
        tools.addStretch(1)
        self.copy_button, self.export_button = push_button(N_("Copy"), "copy"), push_button(N_("Export"), "export")
        self.copy_button.clicked.connect(self._copy)
        self.export_button.clicked.connect(self._export)
        tools.addWidget(self.copy_button)
        tools.addWidget(self.export_button)
        column.addWidget(holder)
        line = QHBoxLayout()
        line.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        line.setSpacing(theme.scale(16))
        self.told.setWordWrap(False)
        line.addWidget(self.told)
        line.addWidget(ChartKey(N_("Still open"), N_("Tickets")))
        line.addStretch(1)
        column.addLayout(line)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        inside = styled(QWidget(), "surface")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bars = QVBoxLayout(inside)
        bars.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 16)])
        bars.addWidget(self.chart)
        bars.addStretch(1)
        area.setWidget(inside)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(area)
        split.addWidget(self.table)
        split.setSizes([theme.scale(620), theme.scale(480)])
        column.addWidget(split, 1)

    # --- What is counted

    def count_by(self, what: str) -> None:
        """Count by a column of the tickets, or by "week" or "month"."""
        self._by = what
        self.read()

    @Slot()
    def read(self) -> None:
        """Count anew."""
        first, last = self._days()
        open_only = self.only_open.isChecked()
        if self._by in {step.value for step in Step}:
            last = last or today()
            first = first or last - timedelta(days=5 * 365)
            answer: Any = self._asked.read(statistics.spans, Step(self._by), first, last, open_only=open_only)
        else:
            answer = self._asked.read(statistics.shares, self._by, first, last, open_only=open_only)
        answer.then(self._show, self._desk.messages.show_error)

    def _days(self) -> tuple[date | None, date | None]:
        period = str(self.period.value() or "all")
        if period == OWN:
            return self.first.value(), self.last.value()
        return days_of(period, today())

    @Slot()
    def _ask_period(self) -> None:
        self._set_days()
        self.read()

    def _set_days(self) -> None:
        is_own = self.period.value() == OWN
        first, last = days_of(str(self.period.value() or ""), today())
        for field, day in ((self.first, first), (self.last, last)):
            field.setVisible(is_own)
            field.setEnabled(is_own)
            if day is not None:
                field.blockSignals(True)
                field.set_value(day)
                field.blockSignals(False)

    # --- Showing

    def _show(self, rows: Sequence[Share | Span]) -> None:
        self._rows = rows
        self._speak()

    def _speak(self) -> None:
        self.period.offer([Choice(code, say(name)) for code, name in _PERIODS.items()])
        total = sum(row.total for row in self._rows)
        self.told.setText(_n("{count} ticket in all.", "{count} tickets in all.", total))
        names = [self._name(row) for row in self._rows]
        self.chart.show_bars([Bar(name, row.total, row.open) for name, row in zip(names, self._rows, strict=True)])
        self.model.show_rows(
            [
                (name, format_number(row.total), format_number(row.open), _share(row.total, total))
                for name, row in zip(names, self._rows, strict=True)
            ]
        )

    def _name(self, row: Share | Span) -> str:
        if isinstance(row, Span):
            return format_date(row.first, "short")
        if row.id is None:
            return _("None")
        name: str | Message = status_name(row.code, row.name) if self._by == "status_id" else row.name or ""
        said = say(name) if isinstance(name, Message) else name
        if row.under is None:
            return said
        return _("{name} ({above})", name=isolate(said), above=isolate(row.under))

    # --- To the tickets, the clipboard, a file

    @Slot(int)
    def _open(self, number: int) -> None:
        """List the tickets of a bar."""
        if not 0 <= number < len(self._rows):
            return
        row, open_only = self._rows[number], self.only_open.isChecked()
        if isinstance(row, Span):
            self._list(TicketFilter(opened_from=row.start, opened_before=row.end, open_only=open_only))
            return
        what: dict[str, Any] = {"empty": self._by} if row.id is None else {self._by: row.id}
        read = self._desk.tasks.read(statistics.bounds, *self._days())
        read.then(
            partial(self._list_between, TicketFilter(open_only=open_only, **what)), self._desk.messages.show_error
        )

    def _list_between(self, wanted: TicketFilter, edges: tuple[datetime | None, datetime | None]) -> None:
        self._list(replace(wanted, opened_from=edges[0], opened_before=edges[1]))

    def _list(self, wanted: TicketFilter) -> None:
        self._desk.commands.run("tickets.filtered", wanted)

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        self._open(index.row())

    @Slot()
    def _copy(self) -> None:
        """Copy the whole table, for a spreadsheet."""
        self.table.selectAll()
        self.table.copy()
        self._desk.messages.info(message(N_("The table is copied.")))

    @Slot()
    def _export(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(
            self, _("Export"), f"{self._by.removesuffix('_id')}.csv", "CSV (*.csv)"
        )
        if name:
            self.export_to(Path(name))

    def export_to(self, path: Path) -> None:
        """Write the table to a file, with cells that no spreadsheet takes for a formula."""
        job = self._desk.tasks.run(_write, path, csv_text(self.model.lines()))
        job.then(self._exported, self._desk.messages.show_error)

    def _exported(self, path: Path) -> None:
        self._desk.messages.success(message(N_("Saved as {name}."), name=path.name))


def _share(part: int, total: int) -> str:
    return f"{format_number(100 * part / total, 1)} %" if total else ""


def _write(path: Path, text: str) -> Path:
    # With the mark of UTF-8 in front, for Excel.
    path.write_text(text, encoding="utf-8-sig", newline="")
    return path
