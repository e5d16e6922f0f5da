"""The window of a file of numbers: which columns say what, and for a register when it was asked and what was sent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTemporaryDir, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app import i18n
from app.domain.words import N_, counted, message
from app.i18n import _
from app.services.dialer import numbers, registers, wishes
from app.services.dialer.numbers import FileReport
from app.services.dialer.registers import Answer, RuleRow
from app.services.imports.sheets import Sheet, open_sheet
from ui.kit.bidi import isolate
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateTimeField
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import plain, push_button

__all__ = ["AnswerWindow", "TABLES", "WishFileWindow"]

TABLES = N_("Tables (*.csv *.tsv *.txt *.xlsx *.xlsm)")


class _FileWindow(FormDialog):
    """A file that was recognised; the columns are guessed from their names and can be chosen."""

    def __init__(self, desk: Desk, title: str, sheet: Sheet, parent: QWidget) -> None:
        super().__init__(title, N_("Import"), messages=desk.messages, parent=parent)
        self.desk, self.sheet = desk, sheet
        self._folder = QTemporaryDir()
        self.refused = Path(self._folder.path()) / "refused.csv"
        self.form = Form()
        self.form.row(N_("File"), plain(isolate(sheet.path.name)))
        self.number = Picker()
        self.number.offer(_columns(sheet.headers))
        self.number.set_value(numbers.number_column(sheet))
        self.form.row(N_("Column of the numbers"), self.number)
        self.body.addWidget(self.form)
        self.save_requested.connect(self._save)

    def write(self, column: int) -> Job[Any]:
        """Begin the import."""
        raise NotImplementedError

    @Slot()
    def _save(self) -> None:
        column = self.number.value()
        if column is None:
            self.fail(numbers.no_numbers())
            return
        self.saving(on=True)
        self.write(int(column)).then(self._saved, self.fail)

    def said(self, report: FileReport) -> Any:
        """What became of the file, in one line."""
        raise NotImplementedError

    def _saved(self, report: FileReport) -> None:
        if report.refused:
            hint = counted("{count} row was refused.", "{count} rows were refused.", report.refused)
            offer = Offer(N_("Save the refused rows"), self._keep_refused)
            self.desk.messages.warning(self.said(report), hint, offer=offer)
        else:
            self.desk.messages.success(self.said(report))
        self.accept()

    def _keep_refused(self) -> None:
        suggested = self.sheet.path.with_name(f"{self.sheet.path.stem}-refused.csv")
        title = i18n._("Save the refused rows")
        name, _kind = QFileDialog.getSaveFileName(self.parentWidget(), title, str(suggested), "CSV (*.csv)")
        if name:
            self.keep_refused(Path(name))

    def keep_refused(self, path: Path) -> None:
        """Put the refused rows, with line and reason, into this file."""
        self.desk.tasks.run(_copy, self.refused, path).then(self._told)

    def _told(self, path: Path) -> None:
        self.desk.messages.success(message(N_("The refused rows are saved as {name}."), name=path.name))


def _copy(source: Path, target: Path) -> Path:
    target.write_bytes(source.read_bytes())
    return target


def _columns(headers: Sequence[str]) -> list[Choice]:
    return [Choice(place, header or f"{place + 1}") for place, header in enumerate(headers)]


class WishFileWindow(_FileWindow):
    """A file of numbers that are not to be called."""

    def __init__(self, desk: Desk, sheet: Sheet, campaign_id: int, parent: QWidget) -> None:
        super().__init__(desk, N_("Do not call: from a file"), sheet, parent)
        self._campaign_id = campaign_id
        self.where = Picker()
        self.form.row(N_("Where"), self.where)
        self.where.set_value("everywhere")
        Texts(self).redo(self._speak)

    def _speak(self) -> None:
        self.where.offer([Choice("everywhere", _("Everywhere")), Choice("here", _("In this campaign"))])

    def write(self, column: int) -> Job[Any]:
        """Put the numbers on record."""
        campaign = self._campaign_id if self.where.value() == "here" else None
        write = self.desk.tasks.write
        return write(wishes.add_file, self.sheet, column, campaign_id=campaign, refused=self.refused)

    def said(self, report: FileReport) -> Any:
        """How many stand on the list now."""
        return message(
            N_("Added to the list: {added}. There already: {known}."), added=report.added, known=report.known
        )


class AnswerWindow(_FileWindow):
    """A register's answer."""

    def __init__(self, desk: Desk, sheet: Sheet, rules: Sequence[RuleRow], zone: ZoneInfo, parent: QWidget) -> None:
        super().__init__(desk, N_("A register’s answer"), sheet, parent)
        self._zone = zone
        self._asked: Sheet | None = None
        self.country, self.listed = Picker(), Picker(nothing=N_("The file names only those listed"))
        self.country.offer([Choice(rule.country, rule.country) for rule in rules])
        self.country.set_value(rules[0].country if rules else None)
        self.listed.offer(_columns(sheet.headers))
        self.listed.set_value(registers.listed_column(sheet))
        self.checked = DateTimeField()
        self.checked.set_value(datetime.now(zone).replace(second=0, microsecond=0, tzinfo=None))
        self.asked_button = push_button(N_("Choose the file that was sent"), "folder")
        self.form.row(N_("Register"), self.country)
        self.form.row(N_("The register was asked at"), self.checked)
        self.form.row(N_("Column that says who is listed"), self.listed)
        self._asked_field = self.form.row(N_("What was asked"), self.asked_button)
        self.asked_button.clicked.connect(self._choose_asked)
        self.listed.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self._asked_field.set_visible(on=self.listed.value() is None)

    @Slot()
    def _choose_asked(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, i18n._("Choose a file"), "", i18n._(TABLES))
        if name:
            self.take_asked(Path(name))

    def take_asked(self, path: Path) -> None:
        """Read the file that was sent to the register."""
        self.desk.tasks.run(open_sheet, path).then(self._take_asked, self.fail)

    def _take_asked(self, sheet: Sheet) -> None:
        self._asked = sheet
        self.asked_button.setText(isolate(sheet.path.name))

    def write(self, column: int) -> Job[Any]:
        """Take the answer in."""
        listed = self.listed.value()
        asked_column = 0 if self._asked is None else numbers.number_column(self._asked) or 0
        answer = Answer(
            str(self.country.value()),
            self.checked.value().replace(tzinfo=self._zone).astimezone(UTC),
            column,
            None if listed is None else int(listed),
            self._asked,
            asked_column,
        )
        return self.desk.tasks.write(registers.read_answer, self.sheet, answer, refused=self.refused)

    def said(self, report: FileReport) -> Any:
        """How many were asked and how many are listed."""
        return message(N_("Numbers checked: {count}. Listed: {listed}."), count=report.added, listed=report.listed)
