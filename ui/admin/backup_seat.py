"""The backups of a single seat: what there is, one more now, how many stay, where, and back to one of them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.words import N_, message
from app.i18n import _, format_datetime, format_number
from app.services.backup import seat
from app.services.backup.seat import Backup, Held
from app.settings import Settings
from ui.admin.notice import NoticeStrip
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.busy import BusyStrip
from ui.widgets.fields import NumberField
from ui.widgets.styled import body, plain, primary_button, push_button, secondary
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["SeatBackups"]

MAKING = N_("Backing up")
LAYING_READY = N_("Getting the backup ready")
_HEADERS = (N_("Made"), N_("Kind"), N_("Size"), N_("File"))
_KINDS = N_("Backups (*.sqlite);;All files (*)")


class SeatBackups(QWidget):
    """Backups are made beside the work; going back to one ends in the log-in."""

    def __init__(self, desk: Desk, live: Path) -> None:
        super().__init__()
        self._desk, self._live = desk, live
        self._found: tuple[Backup, ...] = ()
        self._wanted = Path()
        self.strip, self.busy = NoticeStrip(), BusyStrip()
        self.folder, self.last = plain(), plain()
        self.table, self._model = TableView(), TextTable(_HEADERS, self, numbers=(2,))
        self._build()
        translate.news.switched.connect(self._name)
        desk.preferences.changed.connect(self._follow)
        self.refresh()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        column.setSpacing(theme.scale(12))
        column.addWidget(secondary(N_("One is made every day by itself while Callboard is used, and looked through.")))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.scale(12))
        self._grid.setVerticalSpacing(theme.scale(8))
        self._grid.setColumnStretch(2, 1)
        column.addLayout(self._grid)
        self._row(N_("Last backup"), self.last)
        self.choose_button = push_button(N_("Another folder…"), "folder")
        self.choose_button.clicked.connect(self._choose_folder)
        self.folder.setWordWrap(True)
        self._row(N_("Folder"), self.choose_button)
        # A path may be long: it has the whole width.
        self._grid.addWidget(self.folder, self._grid.rowCount(), 1, 1, 2)
        self.kept = NumberField()
        self.kept.setRange(1, 365)
        self.kept.setValue(self._desk.preferences.settings.backups_kept)
        self.kept.setMaximumWidth(theme.scale(120))
        self.kept.valueChanged.connect(self._keep)
        Texts(self.kept).bind(self.kept.setAccessibleName, N_("Daily backups kept"))
        self._row(N_("Daily backups kept"), self.kept)
        column.addWidget(self.strip)
        self.table.setModel(self._model)
        for column_number, width in enumerate((150, 100, 90, 320)):
            self.table.setColumnWidth(column_number, theme.scale(width))
        self.table.remember(self._desk.memory, "backups")
        Texts(self.table).bind(self.table.setAccessibleName, N_("Backups"))
        self.table.opened.connect(self.ask_restore)
        self.table.selectionModel().selectionChanged.connect(self._tell)
        column.addWidget(self.table, 1)
        column.addLayout(self._buttons())
        self.setFocusProxy(self.now_button)

    def _row(self, text: str, widget: QWidget) -> None:
        label = body(text)
        label.setBuddy(widget)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(widget, row, 1, Qt.AlignmentFlag.AlignLeading)

    def _buttons(self) -> QHBoxLayout:
        self.now_button = primary_button(N_("Back up now"), "save")
        self.now_button.clicked.connect(self.back_up)
        self.restore_button = push_button(N_("Go back to this one…"), "reset")
        self.restore_button.clicked.connect(self.ask_restore)
        self.file_button = push_button(N_("Go back to a file…"), "folder")
        self.file_button.clicked.connect(self._choose_file)
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        row.addWidget(self.busy)
        row.addStretch(1)
        for button in (self.file_button, self.restore_button, self.now_button):
            row.addWidget(button)
        return row

    # --- What there is

    @property
    def _folder(self) -> Path:
        return seat.folder_of(self._live, self._desk.preferences.settings.backup_folder)

    @Slot()
    def refresh(self) -> None:
        """Look into the folder."""
        if not self._desk.tasks.is_closed:
            self._desk.tasks.run(seat.kept, self._live, self._folder).then(self._show)

    @Slot(object)
    def _show(self, found: Sequence[Backup]) -> None:
        self._found = tuple(found)
        self._name()

    @Slot()
    def _name(self) -> None:
        self._model.show_rows(
            [
                (
                    format_datetime(each.made_at.astimezone()),
                    _("Daily") if each.is_daily else _("By hand"),
                    _("{number} MB", number=format_number(each.bytes / 1e6, 1)),
                    isolate(each.path.name),
                )
                for each in self._found
            ]
        )
        newest = self._found[0] if self._found else None
        self.last.setText(format_datetime(newest.made_at.astimezone()) if newest else _("There is none yet."))
        self.folder.setText(isolate(str(self._folder)))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.restore_button.setEnabled(self._chosen() is not None)

    def _chosen(self) -> Backup | None:
        row = self.table.currentIndex().row()
        return self._found[row] if 0 <= row < len(self._found) else None

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key == Settings.backup_folder.key:
            self.refresh()

    @Slot(int)
    def _keep(self, days: int) -> None:
        self._desk.preferences.put(Settings.backups_kept, days)

    @Slot()
    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, _("Folder of the backups"), str(self._folder))
        if name:
            self._desk.preferences.put(Settings.backup_folder, name)

    # --- Making one

    @Slot()
    def back_up(self) -> None:
        """Make one now, beside the work."""
        self.now_button.setEnabled(False)
        job = self._desk.tasks.long(MAKING, seat.back_up_now, self._live, self._folder)
        job.then(self._made, self._desk.messages.show_error)
        job.ended.connect(self._end)
        self.busy.follow(job, MAKING)

    @Slot(object)
    def _made(self, made: Backup) -> None:
        said = message(N_("Backed up to {name}. The copy was looked through."), name=isolate(str(made.path)))
        self._desk.messages.success(said)

    @Slot()
    def _end(self) -> None:
        self.now_button.setEnabled(True)
        self.refresh()

    # --- Going back

    @Slot()
    def _choose_file(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, _("Go back to a file…"), str(self._folder), _(_KINDS))
        if name:
            self.look_at(Path(name))

    @Slot()
    def ask_restore(self) -> None:
        """Look at the chosen one, then ask."""
        if (chosen := self._chosen()) is not None:
            self.look_at(chosen.path)

    def look_at(self, path: Path) -> None:
        """See that the file can be gone back to, then ask."""
        self._wanted = path
        self._desk.tasks.run(seat.examine, path).then(self._ask, self._desk.messages.show_error)

    @Slot(object)
    def _ask(self, held: Held) -> None:
        self.strip.say(
            message(
                N_(
                    "Go back to {company} as of {moment}? What was entered since is then not there any more; the file "
                    "of now is kept beside it under another name. Callboard closes and asks who you are."
                ),
                company=isolate(held.company),
                moment=format_datetime(held.made_at.astimezone()),
            ),
            [("confirm", N_("Go back"), self._restore), ("keep", N_("Keep everything"), self.strip.clear)],
            danger=True,
        )

    @Slot()
    def _restore(self) -> None:
        self.strip.clear()
        job = self._desk.tasks.long(LAYING_READY, seat.prepare_restore, self._wanted, self._live)
        job.then(self._leave, self._desk.messages.show_error)
        self.busy.follow(job, LAYING_READY)

    @Slot(object)
    def _leave(self, _held: Held) -> None:
        """The backup takes the file's place when the file is next opened, which is after the log-out."""
        self._desk.commands.run("window.log_out")
