"""The processes somebody has before him: read, kept as they are drawn, saved and removed in the background."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.errors import Conflict, NotFound
from app.domain.processes.flow import Finding, Holders, ProcessDraft, problems, skeleton, warnings
from app.i18n import _
from app.services.processes.flow_saving import SavedProcess, delete_process, save_process
from app.services.processes.flows import LoadedProcess, Offered, load_process, offered
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.processes.drafting import tidied
from ui.processes.sheet import Sheet
from ui.widgets.merge.sheet import SheetMeeting

__all__ = ["Keeping"]

_NOTHING = Offered((), (), ())


class Keeping(QObject):
    """What is drawn in a process stays with it while others are looked at, and whatever others save meanwhile.

    Signals: `changed()` when there is something else to show, `turned()` when it is another process, `saved(id)` and
    `removed(id)` after the database took it.
    """

    changed = Signal()
    turned = Signal()
    saved = Signal(int)
    removed = Signal(int)

    def __init__(self, desk: Desk, meeting: SheetMeeting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._meeting = desk, meeting
        meeting.settled.connect(self._show_settled)
        self._sheets: dict[int, Sheet] = {}
        self.sheet: Sheet | None = None
        self.offered = _NOTHING
        self._wanted: int | None = None
        self._sent: tuple[Sheet, ProcessDraft] | None = None
        self._removing = 0
        self._reading, self._offering = Latest(desk.tasks), Latest(desk.tasks)
        self.reload_offers()

    # --- Which process

    @property
    def sheets(self) -> Mapping[int, Sheet]:
        """Every process that was opened, with what is drawn and not saved."""
        return self._sheets

    def new(self) -> int:
        """Begin a process; its number until it is saved."""
        number = min([*self._sheets, 0]) - 1
        self._sheets[number] = Sheet(number, skeleton(_("New process"), _("Intake"), _("Done")))
        self.open(number)
        return number

    def open(self, number: int) -> None:
        """Take a process in front, with what was drawn in it."""
        self._wanted = number
        self.sheet = self._sheets.get(number)
        self.changed.emit()
        self.turned.emit()
        self.reload()

    def forget(self, number: int) -> None:
        """A process is gone."""
        self._sheets.pop(number, None)
        if self._wanted == number:
            self._wanted, self.sheet = None, None
            self.changed.emit()

    @Slot()
    def reload(self) -> None:
        """Read the process anew; what is drawn stays."""
        if self._wanted is not None and self._wanted > 0 and not self._desk.tasks.is_closed:
            self._reading.read(load_process, self._wanted).then(self._take, self._fail_reading)

    @Slot()
    def reload_offers(self) -> None:
        """Read profiles, mail templates and the stages of other processes anew."""
        if not self._desk.tasks.is_closed:
            self._offering.read(offered).then(self._take_offers)

    @Slot(object)
    def _take(self, read: LoadedProcess) -> None:
        sheet = self._sheets.get(read.id)
        if sheet is None:
            sheet = self._sheets[read.id] = Sheet(read.id, read.draft, read.version)
        if self._sent is None or self._sent[0] is not sheet:
            sheet.meet(read)
        if self._wanted == read.id:
            is_first, self.sheet = self.sheet is not sheet, sheet
            self.changed.emit()
            if is_first:
                self.turned.emit()
            self._meeting.took(read.id, sheet.editing)

    @Slot()
    def _show_settled(self) -> None:
        if self.sheet is not None:
            self.sheet.forget()
            self.changed.emit()

    @Slot(object)
    def _fail_reading(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        if isinstance(problem, NotFound) and self._wanted is not None:
            number = self._wanted
            self.forget(number)
            self.removed.emit(number)

    @Slot(object)
    def _take_offers(self, read: Offered) -> None:
        self.offered = read
        self.changed.emit()

    # --- What is found about it

    def problems(self) -> tuple[Finding, ...]:
        """What keeps the process in front from being saved."""
        return () if self.sheet is None else problems(self.sheet.draft, self.offered.stages)

    def warnings(self) -> tuple[Finding, ...]:
        """What somebody should know about it."""
        holders = {row.id: Holders(row.name, row.holders) for row in self.offered.profiles}
        return () if self.sheet is None else warnings(self.sheet.draft, holders)

    # --- Keeping it

    def can_save(self) -> bool:
        """Whether there is something to save and nothing under way."""
        return self.sheet is not None and self.sheet.is_dirty and self._sent is None

    @Slot()
    def discard(self) -> None:
        """Go back to what is kept; a process that never was is dropped. Undo brings drawn changes back."""
        sheet = self.sheet
        if sheet is None or not self.can_save():
            return
        if sheet.is_new:
            self.forget(sheet.number)
            self.removed.emit(sheet.number)
        else:
            sheet.discard()
            self.changed.emit()

    def save(self) -> None:
        """Save the process in front as it is drawn."""
        sheet = self.sheet
        if sheet is None or not self.can_save():
            return
        draft = tidied(sheet.draft)
        sheet.editing.draft = draft
        self._sent = sheet, draft
        writing = self._desk.tasks.write(save_process, draft, sheet.editing.version or 0)
        writing.then(self._take_saved, self._fail_saving)
        self.changed.emit()

    @Slot(object)
    def _take_saved(self, answer: SavedProcess) -> None:
        assert self._sent is not None
        (sheet, draft), self._sent = self._sent, None
        before = sheet.number
        self._meeting.saved(answer.id, sheet.editing)
        sheet.saved(answer.id, answer.version, draft, answer.stage_ids)
        self._sheets.pop(before, None)
        self._sheets[answer.id] = sheet
        if self._wanted == before:
            self._wanted = answer.id
            self.changed.emit()
            self.reload()
        self.reload_offers()
        self.saved.emit(answer.id)

    @Slot(object)
    def _fail_saving(self, problem: Exception) -> None:
        sent, self._sent = self._sent, None
        is_overtaken = sent is not None and self._meeting.meets(problem, sent[0].number)
        if not is_overtaken:
            self._desk.messages.show_error(problem)
        self.changed.emit()
        if is_overtaken or isinstance(problem, Conflict | NotFound):
            self.reload()
        self.reload_offers()

    @Slot()
    def remove(self) -> None:
        """Delete the process in front."""
        sheet = self.sheet
        if sheet is not None and not sheet.is_new:
            self._removing = sheet.number
            removing = self._desk.tasks.write(delete_process, sheet.number, sheet.editing.version or 0)
            removing.then(self._take_removed, self._fail_saving)

    @Slot(object)
    def _take_removed(self, _answer: object) -> None:
        self.forget(self._removing)
        self.removed.emit(self._removing)
