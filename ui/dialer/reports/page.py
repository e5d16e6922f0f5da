"""The reports of the campaigns: chosen, narrowed, paged on the screen, and written to a file in the background."""

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.dialer.standing import WORDS
from app.domain.periods import OWN, days_of, offered
from app.domain.words import N_, counted
from app.i18n import _, _n, format_number, say
from app.services.dialer import reports
from app.services.dialer.asked import Asked, Choices, choices
from app.services.dialer.exporting import export
from app.services.dialer.report_rows import Cell
from app.services.dialer.reports import REPORTS, Opened
from ui.dialer.reports.model import ReportModel
from ui.kit import theme
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.busy import BusyStrip
from ui.widgets.chips import flowing
from ui.widgets.fields import DateField
from ui.widgets.paged import PagedView, Pages
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import primary_button, secondary, styled

__all__ = ["ReportsPage"]

EXPORT = Command("campaigns.export", N_("Export the report"), "export", "Ctrl+Shift+S", "campaigns")

_PERIODS = offered("1", "7", "30", "365")
_EXPORTING = N_("Exporting")


class ReportsPage(QWidget):
    """One report at a time; every one has the same filters as far as they mean something to it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._choices: Choices | None = None
        self._opened: Opened | None = None
        self._read_as = Asked()
        self._is_stale = False
        self.export: Job[tuple[Path, int]] | None = None
        self._choosing, self._opening = Latest(desk.tasks), Latest(desk.tasks)
        self.report, self.period = Picker(), Picker()
        self.first, self.last = DateField(), DateField()
        self.campaign, self.pool = Picker(nothing=N_("All campaigns")), Picker(nothing=N_("All pools"))
        self.agent = Picker(nothing=N_("All agents"))
        self.only_wrong = QCheckBox()
        self.told = secondary()
        self.export_button = primary_button(N_("Export"), "export")
        self.busy = BusyStrip()
        self.models: dict[str, ReportModel] = {}
        self.tables: dict[str, PagedView] = {}
        self._pages: dict[str, Pages] = {}
        self._stack = QStackedWidget()
        self.report.set_value("attempts")
        self.period.set_value("7")
        self._make_tables()
        self._build()
        self._connect()
        self._fit_filters()

    def _make_tables(self) -> None:
        for code, report in REPORTS.items():
            model = self.models[code] = ReportModel(report, self)
            table = self.tables[code] = PagedView(model, several=True)
            table.setSortingEnabled(False)
            # A number at the far end of the window belongs to no column any more.
            table.horizontalHeader().setStretchLastSection(report.columns[-1].cell is Cell.TEXT)
            widths = tuple(column.width for column in report.columns)
            table.remember(self._desk.memory, f"report-{code}", widths)
            pages = self._pages[code] = Pages(model, partial(self._ask, code), lambda row: row.key, self)
            pages.failed.connect(self._desk.messages.show_error)
            self._stack.addWidget(table)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder = styled(QWidget(), "toolrow")
        row = QHBoxLayout(holder)
        row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        row.setSpacing(theme.scale(12))
        filters, flow = flowing()
        parts: tuple[QWidget, ...] = (
            self.report, self.period, self.first, self.last, self.campaign, self.pool, self.agent, self.only_wrong,
        )  # fmt: skip
        for widget in parts:
            flow.addWidget(widget)
            if isinstance(widget, Picker):
                widget.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        row.addWidget(filters, 1)
        row.addWidget(self.export_button)
        column.addWidget(holder)
        line = QHBoxLayout()
        line.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        line.setSpacing(theme.scale(16))
        line.addWidget(self.told, 1)
        line.addWidget(self.busy)
        column.addLayout(line)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.report)

    def _connect(self) -> None:
        self._desk.commands.add(EXPORT, self.ask_file, owner=self, enabled=self.export_button.isEnabled)
        texts = Texts(self)
        texts.bind(self.only_wrong.setText, N_("Only violations"))
        for named, text in (
            (self.report, N_("Report")),
            (self.period, N_("Period")),
            (self.first, N_("First day")),
            (self.last, N_("Last day")),
            (self.campaign, N_("Campaign")),
            (self.pool, N_("Pool")),
            (self.agent, N_("Agent")),
        ):
            texts.bind(named.setAccessibleName, text)
        for code, table in self.tables.items():
            texts.bind(table.setAccessibleName, REPORTS[code].title)
        texts.redo(self._speak, key="speak")
        self.report.changed.connect(self._turn)
        self.period.changed.connect(self._turn)
        self.campaign.changed.connect(self._narrow)
        for picker in (self.pool, self.agent):
            picker.changed.connect(self.read)
        for field in (self.first, self.last):
            field.changed.connect(self.read)
        self.only_wrong.toggled.connect(self.read)
        self.export_button.clicked.connect(self.ask_file)
        self.busy.finished.connect(self._free)

    # --- What the campaigns' screen asks for

    def show_campaign(self, campaign_id: int) -> None:
        """Narrow the reports to this campaign; one may widen them again."""
        self.campaign.set_value(campaign_id)
        self.pool.set_value(None)
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew, once it is looked at."""
        self._is_stale = not self.isVisible()
        if not self._desk.tasks.is_closed and not self._is_stale:
            self._choosing.read(choices).then(self._offer, self._desk.messages.show_error)
            self.read()

    def showEvent(self, event: QShowEvent) -> None:
        """It is looked at: what was put off is read."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def choose(self, code: str) -> None:
        """Show a report by its code."""
        self.report.set_value(code)
        self._turn()

    # --- What is asked

    @property
    def code(self) -> str:
        """The report in front."""
        return str(self.report.value() or "attempts")

    @property
    def asked(self) -> Asked:
        """What the filters say, as far as they mean something to this report."""
        campaign, pool, agent = (_number(picker) for picker in (self.campaign, self.pool, self.agent))
        report = REPORTS[self.code]
        first, last = self._days() if report.has_days else (None, None)
        return Asked(campaign, pool, None, agent if report.has_agents else None, first, last)

    def _days(self) -> tuple[date | None, date | None]:
        period = str(self.period.value() or "all")
        if period == OWN:
            return self.first.value(), self.last.value()
        return days_of(period, datetime.now(UTC).astimezone().date())

    @property
    def _wants_wrong(self) -> bool:
        return self.code == "inspector" and self.only_wrong.isChecked()

    def _fit_filters(self) -> None:
        report = REPORTS[self.code]
        is_own = report.has_days and self.period.value() == OWN
        self.period.setVisible(report.has_days)
        self.first.setVisible(is_own)
        self.last.setVisible(is_own)
        self.agent.setVisible(report.has_agents)
        # A desk has no pool of its own, and neither have its hours.
        self.pool.setVisible(self.code != "hours")
        self.only_wrong.setVisible(self.code == "inspector")

    # --- Reading

    @Slot()
    def _turn(self) -> None:
        self._fit_filters()
        self._stack.setCurrentWidget(self.tables[self.code])
        self.read()

    @Slot()
    def _narrow(self) -> None:
        self.pool.set_value(None)
        self._offer(self._choices)
        self.read()

    @Slot()
    def read(self) -> None:
        """Begin the report in front."""
        if self._desk.tasks.is_closed:
            return
        asking = self._opening.read(reports.opened, self.code, self.asked, only_wrong=self._wants_wrong)
        asking.then(partial(self._show, self.code, self.asked), self._desk.messages.show_error)

    def _show(self, code: str, asked: Asked, answer: Opened) -> None:
        self._opened, self._read_as = answer, asked
        model = self.models[code]
        model.zone = ZoneInfo(answer.time_zone)
        model.start(answer.page)
        self._speak()

    def _ask(self, code: str, *, after: int) -> Job[Any]:
        assert self._opened is not None
        return self._desk.tasks.read(
            reports.page, code, self._read_as, self._opened.extent, after, only_wrong=self._wants_wrong
        )

    # --- Showing

    @Slot(object)
    def _offer(self, offered: Choices | None) -> None:
        self._choices = offered
        if offered is None:
            return
        chosen = self.campaign.value()
        self.campaign.offer([Choice(each.id, each.name) for each in offered.campaigns])
        self.agent.offer([Choice(each.id, each.name) for each in offered.agents])
        pools = [each for each in offered.pools if chosen in (None, each.campaign_id)]
        self.pool.offer([Choice(each.id, each.name) for each in pools])

    def _speak(self) -> None:
        self.report.offer([Choice(code, _(report.title)) for code, report in REPORTS.items()])
        self.period.offer([Choice(code, say(name)) for code, name in _PERIODS.items()])
        self.told.setText("" if self._opened is None else self._count(self._opened))

    def _count(self, opened: Opened) -> str:
        count = opened.extent.count
        if self.code == "hours":
            return _n("{count} day", "{count} days", count)
        if self._wants_wrong:
            return _n("Violations of {count} number dialled", "Violations of {count} numbers dialled", count)
        reasons = [
            _("{name}: {count}", name=say(WORDS[code]), count=format_number(number))
            for code, number in opened.reasons
            if code in WORDS
        ]
        return "   ".join([_n("{count} row", "{count} rows", count), *reasons])

    # --- To a file

    @Slot()
    def ask_file(self) -> None:
        """Ask for a file and write the whole report to it."""
        kinds = f"{_('Workbook')} (*.xlsx);;CSV (*.csv)"
        name, kind = QFileDialog.getSaveFileName(self, _("Export"), f"{self.code}.xlsx", kinds)
        if name:
            path = Path(name)
            ending = ".csv" if "csv" in kind else ".xlsx"
            self.export_to(path if path.suffix.lower() in (".csv", ".xlsx") else path.with_name(path.name + ending))

    def export_to(self, path: Path) -> None:
        """Write the whole report to a file, in the background; it can be stopped."""
        job = self._desk.tasks.long(
            _EXPORTING, export, self._desk.backend, self.code, self.asked, path, only_wrong=self._wants_wrong
        )
        self.export_button.setEnabled(False)
        self._desk.commands.refresh()
        job.then(self._exported, self._desk.messages.show_error)
        self.busy.follow(job, _EXPORTING)
        self.export = job

    @Slot(object)
    def _exported(self, written: tuple[Path, int]) -> None:
        path, count = written
        said = counted("Saved as {name}: {count} row.", "Saved as {name}: {count} rows.", count, name=path.name)
        self._desk.messages.success(said)

    @Slot()
    def _free(self) -> None:
        if self.export is not None and self.export.is_cancelled:
            self._desk.messages.info(N_("The export was stopped. Nothing was saved."))
        self.export_button.setEnabled(True)
        self._desk.commands.refresh()


def _number(picker: Picker) -> int | None:
    chosen = picker.value()
    return None if chosen is None else int(chosen)
