"""The import screen: choose a file, see its first rows, say what its columns are, try it, bring it in."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTemporaryDir, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app import i18n
from app.domain.errors import UserError
from app.domain.imports import columns
from app.domain.imports.fields import KIND_LABELS, Kind
from app.domain.people import Permission
from app.domain.words import N_, message
from app.services.dialer.pools import FillablePool, fillable_pools
from app.services.imports.mappings import list_mappings, load_mapping, save_mapping
from app.services.imports.sheets import Sheet, open_sheet
from ui.imports.header import FieldHeader
from ui.imports.model import PreviewTable
from ui.imports.options import OptionsRow
from ui.imports.result import ResultPanel
from ui.imports.work import ImportWork, save_copy
from ui.kit import theme
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.busy import BusyStrip
from ui.widgets.empty import EmptyState
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import heading, primary_button, push_button, secondary, styled
from ui.widgets.table import TableView

__all__ = ["ImportScreen"]

CHOOSE = Command("imports.choose", N_("Choose a file to import"), "folder", "Ctrl+O", context="imports")
DRY_RUN = Command("imports.dry_run", N_("Try the import and keep nothing"), "check", context="imports")
RUN = Command("imports.run", N_("Import the file"), "import", context="imports")
_FILES = N_("Tables (*.csv *.tsv *.txt *.xlsx *.xlsm)")


class ImportScreen(QWidget):
    """One file at a time; everything that takes time runs in the background and can be cancelled."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sheet: Sheet | None = None
        self._wanted: tuple[Path, str | None, str | None] | None = None
        self._work: ImportWork | None = None
        self._finished: ImportWork | None = None
        self._mapping_name = ""
        self._folder = QTemporaryDir()
        self._texts = Texts(self)
        self.setAcceptDrops(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_tool_row())
        self._pages = QStackedWidget()
        layout.addWidget(self._pages, 1)
        self.empty = EmptyState(
            "import",
            N_("Bring in what you have"),
            N_("Technicians, customers and calls from a CSV or XLSX file. Choose the file, or drop it here."),
            N_("Choose a file"),
        )
        self.empty.chosen.connect(self.choose_file)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._make_page())
        self._add_commands()
        self._allow()

    def _add_commands(self) -> None:
        def has_file() -> bool:
            return self.import_button.isEnabled()

        commands = self._desk.commands
        commands.add(CHOOSE, self.choose_file, owner=self)
        commands.add(DRY_RUN, self.dry_run, enabled=has_file, owner=self)
        commands.add(RUN, self.run, enabled=has_file, owner=self)

    def _make_tool_row(self) -> QWidget:
        row = styled(QWidget(), "toolrow")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(theme.scale(12), theme.scale(8), theme.scale(12), theme.scale(8))
        layout.setSpacing(theme.scale(8))
        self.kind = QComboBox()
        self._texts.bind(self.kind.setAccessibleName, N_("What the rows are"))
        self._texts.redo(self._name_kinds)
        self.kind.setCurrentIndex(self.kind.findData(Kind.CUSTOMERS.value))
        self.kind.activated.connect(self._change_kind)
        self._desk.person.news.changed.connect(self._name_kinds)
        self.pool = Picker(nothing=N_("Into no pool"))
        self._texts.bind(self.pool.setAccessibleName, N_("Pool"))
        self.pool.hide()
        self.choose_button = push_button(N_("Choose a file"), "folder")
        self.choose_button.clicked.connect(self.choose_file)
        self.file_name = secondary()
        self.file_name.setWordWrap(False)
        self.busy = BusyStrip()
        self.dry_run_button = push_button(N_("Dry run"), "check")
        self.dry_run_button.clicked.connect(self.dry_run)
        self.import_button = primary_button(N_("Import"), "import")
        self.import_button.clicked.connect(self.run)
        layout.addWidget(self.kind)
        layout.addWidget(self.pool)
        layout.addWidget(self.choose_button)
        layout.addWidget(self.file_name)
        layout.addStretch(1)
        layout.addWidget(self.busy)
        layout.addWidget(self.dry_run_button)
        layout.addWidget(self.import_button)
        return row

    def _make_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(*[theme.scale(12)] * 4)
        layout.setSpacing(theme.scale(12))
        self.options = OptionsRow()
        self.options.reading_changed.connect(self._read_again)
        self.options.mapping_chosen.connect(self._take_mapping)
        self.options.save_wanted.connect(self._save_mapping)
        self.advice = secondary()
        self.preview = PreviewTable()
        self.table = TableView()
        self.header = FieldHeader(self.table)
        self.table.setHorizontalHeader(self.header)
        self.table.setModel(self.preview)
        self.header.mapped.connect(self._show_mapping)
        self.header.reached.connect(self._scroll_to)
        self.table.horizontalScrollBar().valueChanged.connect(self.header.place)
        self.result = ResultPanel()
        self.result.save_wanted.connect(self.save_refused)
        self.result.closed.connect(self.result.hide)
        layout.addWidget(heading(N_("The first rows of the file")))
        layout.addWidget(self.options)
        layout.addWidget(self.advice)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.result)
        return page

    @property
    def chosen_kind(self) -> Kind:
        """What the rows are said to be."""
        return Kind(self.kind.currentData())

    # --- The pool the customers go into

    def shown(self) -> None:
        """Pools may have come or gone meanwhile."""
        if self._desk.person.may(Permission.DIAL) and not self._desk.tasks.is_closed:
            self._desk.tasks.read(fillable_pools).then(self._offer_pools, self._desk.messages.show_error)

    def open_for_pool(self, pool_id: int) -> None:
        """Customers of the next file go into this pool."""
        self.kind.setCurrentIndex(self.kind.findData(Kind.CUSTOMERS.value))
        self.pool.set_value(pool_id)
        self._change_kind()
        self.shown()

    def _offer_pools(self, rows: tuple[FillablePool, ...]) -> None:
        self.pool.offer([Choice(row.id, f"{row.campaign} › {row.name}") for row in rows])
        if all(row.id != self.pool.value() for row in rows):
            self.pool.set_value(None)
        self._show_pool()

    def _show_pool(self) -> None:
        self.pool.setVisible(self.chosen_kind is Kind.CUSTOMERS and self.pool.count() > 1)

    def _chosen_pool(self) -> int | None:
        chosen = self.pool.value() if self.chosen_kind is Kind.CUSTOMERS else None
        return None if chosen is None else int(chosen)

    # --- What the rows are

    def mapping(self) -> dict[int, str]:
        """The field of each column."""
        return self.header.mapping()

    @Slot()
    def _name_kinds(self) -> None:
        chosen = self.kind.currentData()
        self.kind.clear()
        for kind, label in KIND_LABELS.items():
            if kind is not Kind.TECHNICIANS or self._desk.person.may(Permission.ADMINISTER):
                self.kind.addItem(i18n._(label), kind.value)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))
        if chosen is not None and chosen != self.kind.currentData():
            self._change_kind()

    # The file

    @Slot()
    def choose_file(self) -> None:
        """Ask for a file."""
        before = self._desk.memory.get("imports.folder")
        name, _kind = QFileDialog.getOpenFileName(self, i18n._("Choose a file"), before, i18n._(_FILES))
        if name:
            self._desk.memory.put("imports.folder", str(Path(name).parent))
            self.open(Path(name))

    def open(self, path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        """Read the first rows of a file."""
        self._wanted = (path, encoding, delimiter)
        job: Job[Sheet] = self._desk.tasks.run(open_sheet, path, encoding=encoding, delimiter=delimiter)
        job.then(self._show_sheet, self._tell_unreadable)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped anywhere on the screen."""
        if self._work is None and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open(Path(files[0]))

    def _show_sheet(self, sheet: Sheet) -> None:
        if self._wanted is None or self._wanted[0] != sheet.path:
            return
        self._sheet = sheet
        self.result.hide()
        self._pages.setCurrentIndex(1)
        self.file_name.setText(sheet.path.name)
        self.options.show_sheet(sheet)
        self.preview.show_rows(sheet.headers, sheet.preview)
        for column in range(len(sheet.headers)):
            width = self.table.sizeHintForColumn(column) + theme.scale(16)
            self.table.setColumnWidth(column, max(theme.scale(150), min(width, theme.scale(260))))
        self._guess()
        self._ask_mappings()

    def _tell_unreadable(self, problem: Exception) -> None:
        """Say what is wrong with the file; the one that was open stays open, read as it was."""
        self._desk.messages.show_error(problem)
        if self._sheet is not None:
            self.options.show_sheet(self._sheet)

    @Slot()
    def _read_again(self) -> None:
        if self._sheet is not None:
            encoding, delimiter = self.options.reading()
            self.open(self._sheet.path, encoding=encoding, delimiter=delimiter)

    # The columns

    @Slot()
    def _change_kind(self) -> None:
        self._show_pool()
        if self._sheet is not None:
            self._guess()
            self._ask_mappings()

    def _guess(self) -> None:
        if self._sheet is not None:
            self._offer(columns.guess(self.chosen_kind, self._sheet.headers))

    def _offer(self, mapping: dict[int, str]) -> None:
        self.header.offer(self.chosen_kind, mapping)
        self._show_mapping()

    @Slot()
    def _show_mapping(self) -> None:
        """Mute what is not imported, and say what is missing."""
        mapping = self.mapping()
        self.preview.set_used(frozenset(mapping))
        try:
            columns.check(self.chosen_kind, mapping)
        except UserError as error:
            styled(self.advice, "warning")
            advice = error.what
        else:
            styled(self.advice, "secondary")
            advice = message(N_("Rows with a key that is known are updated, the others are added."))
            if "external_key" not in mapping.values():
                advice = message(N_("Without a key column, rows are known by what else they say."))
        self._texts.say(self.advice.setText, advice)
        self._allow()

    @Slot(int)
    def _scroll_to(self, column: int) -> None:
        self.table.scrollTo(self.preview.index(0, column))
        self.header.place()

    def _ask_mappings(self, chosen: str = "") -> None:
        self._mapping_name = chosen
        self._desk.tasks.read(list_mappings, self.chosen_kind).then(self._offer_mappings)

    def _offer_mappings(self, names: tuple[str, ...]) -> None:
        self.options.offer(names, self._mapping_name)

    @Slot(str)
    def _take_mapping(self, name: str) -> None:
        if not name:
            self._guess()
        elif self._sheet is not None:
            job: Job[dict[int, str]] = self._desk.tasks.read(load_mapping, self.chosen_kind, name, self._sheet.headers)
            job.then(self._offer)

    @Slot(str)
    def _save_mapping(self, name: str) -> None:
        if self._sheet is not None:
            job: Job[str] = self._desk.tasks.write(
                save_mapping, self.chosen_kind, name, self._sheet.headers, self.mapping()
            )
            job.then(self._mapping_saved)

    def _mapping_saved(self, name: str) -> None:
        self.options.name.clear()
        self._ask_mappings(name)
        self._desk.messages.success(message(N_("The columns are saved as “{name}”."), name=name))

    # The import

    @Slot()
    def dry_run(self) -> None:
        """Judge every row and keep nothing."""
        self._start(dry_run=True)

    @Slot()
    def run(self) -> None:
        """Import the file."""
        self._start(dry_run=False)

    def _start(self, *, dry_run: bool) -> None:
        if self._sheet is None or self._work is not None:
            return
        self.result.hide()
        self._work = ImportWork(
            self._desk.backend,
            self.chosen_kind,
            self._sheet,
            self.mapping(),
            Path(self._folder.path()),
            dry_run=dry_run,
            pool_id=self._chosen_pool(),
        )
        text = N_("Dry run") if dry_run else N_("Import")
        job: Job[Any] = self._desk.tasks.long(text, self._work)
        job.failed.connect(self._desk.messages.show_error)
        job.failed.connect(self._forget_work)
        job.ended.connect(self._show_result)
        self.busy.follow(job, text)
        self._allow()

    @Slot(object)
    def _forget_work(self, _problem: Exception) -> None:
        """A failure has been told already."""
        self._work = None

    @Slot()
    def _show_result(self) -> None:
        """Say what stands in the database, whether somebody wanted to stop or not."""
        work, self._work = self._work, None
        self._allow()
        if work is None:
            return
        if work.report is None:
            self._desk.messages.info(N_("The import was stopped. Nothing was imported."))
            return
        self._finished = work
        self.result.show_result(work, work.report)

    @Slot()
    def save_refused(self) -> None:
        """Ask where the refused rows go."""
        if self._finished is None:
            return
        before = self._desk.memory.get("imports.folder")
        suggested = Path(before) / f"{self._finished.sheet.path.stem}-refused.csv"
        name, _kind = QFileDialog.getSaveFileName(self, i18n._("Save the refused rows"), str(suggested), "CSV (*.csv)")
        if name:
            self.save_refused_to(Path(name))

    def save_refused_to(self, path: Path) -> None:
        """Write the refused rows, with line and reason, to this file."""
        if self._finished is not None:
            self._desk.tasks.run(save_copy, self._finished.refused_path, path).then(self._tell_saved)

    def _tell_saved(self, path: Path) -> None:
        self._desk.messages.success(message(N_("The refused rows are saved as {name}."), name=path.name))

    def _allow(self) -> None:
        """Offer what can be done now."""
        is_idle = self._work is None
        can_run = is_idle and self._sheet is not None and self._is_complete()
        self.dry_run_button.setEnabled(can_run)
        self.import_button.setEnabled(can_run)
        self.kind.setEnabled(is_idle)
        self.pool.setEnabled(is_idle)
        self.choose_button.setEnabled(is_idle)
        self.options.setEnabled(is_idle)
        self.header.setEnabled(is_idle)

    def _is_complete(self) -> bool:
        try:
            columns.check(self.chosen_kind, self.mapping())
        except UserError:
            return False
        return True
