"""One process at work: its drawing, the fields of what is chosen in it, and the way to the database and back."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import i18n
from app.domain.errors import Conflict, NotFound
from app.domain.processes.flow import Finding, Holders, ProcessDraft, StageDraft, problems, skeleton, warnings
from app.domain.words import N_, counted, message
from app.i18n import _
from app.services.processes.flow_saving import SavedProcess, delete_process, save_process
from app.services.processes.flows import LoadedProcess, Offered, load_process, offered
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.processes import drafting
from ui.processes.boxes import StageFacts
from ui.processes.graph import FlowView
from ui.processes.process_form import ProcessForm
from ui.processes.profile_dialog import ProfileDialog
from ui.processes.sheet import Sheet
from ui.processes.stage_form import StageForm
from ui.widgets.page import ScrolledPage
from ui.widgets.standing import StandingLine
from ui.widgets.styled import heading, primary_button, push_button, styled

__all__ = ["ProcessEditor"]

_SAID = 3
_NOTHING = Offered((), (), ())


class ProcessEditor(QWidget):
    """Signals: `changed()` when what is drawn or kept has; `saved(id)` and `removed(id)` after the database took it."""

    changed = Signal()
    saved = Signal(int)
    removed = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sheets: dict[int, Sheet] = {}
        self._sheet: Sheet | None = None
        self._wanted: int | None = None
        self._sent: tuple[Sheet, ProcessDraft] | None = None
        self._removing = 0
        self._offered = _NOTHING
        self._reading, self._offering = Latest(desk.tasks), Latest(desk.tasks)
        self._build()
        self._connect()
        self.reload_offers()

    # --- Putting together

    def _build(self) -> None:
        self.graph = FlowView()
        self.stage_form, self.process_form = StageForm(), ProcessForm()
        self.keep_mine, self.take_theirs = push_button(N_("Keep mine")), push_button(N_("Take theirs"))
        self.conflict = StandingLine(self.keep_mine, self.take_theirs)
        self.findings = styled(QLabel(), "note-box")
        self.findings.setTextFormat(Qt.TextFormat.PlainText)
        self.findings.setWordWrap(True)
        middle = styled(QWidget(), "surface")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(middle)
        column.setContentsMargins(*[theme.scale(12)] * 4)
        column.setSpacing(theme.scale(8))
        column.addWidget(self.conflict)
        column.addWidget(self.graph, 1)
        column.addWidget(self.findings)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(middle)
        self.splitter.addWidget(self._build_side())
        self.splitter.setStretchFactor(0, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)
        if not self._desk.memory.splitter(self.splitter, "processes.stage"):
            self.splitter.setSizes([theme.scale(760), theme.scale(370)])

    def _build_side(self) -> QWidget:
        side = styled(QWidget(), "pane")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = styled(QWidget(), "pane")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        lines.setSpacing(theme.scale(12))
        self.title = heading()
        lines.addWidget(self.title)
        self.forms = QStackedWidget()
        self.forms.addWidget(self.process_form)
        self.forms.addWidget(self.stage_form)
        lines.addWidget(self.forms, 1)
        column.addWidget(ScrolledPage(inner, theme.scale(340)), 1)
        foot = styled(QWidget(), "statusrow")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(foot)
        row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        row.addStretch(1)
        self.cancel_button, self.save_button = push_button(N_("Cancel")), primary_button(N_("Save"))
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        column.addWidget(foot)
        return side

    def _connect(self) -> None:
        self.graph.chosen.connect(self._choose)
        self.graph.opened.connect(self._enter_fields)
        self.stage_form.edited.connect(self._edit_stage)
        self.stage_form.profile_wanted.connect(self._new_profile)
        self.process_form.edited.connect(self._edit_process)
        self.process_form.removal_wanted.connect(self._remove_process)
        self.keep_mine.clicked.connect(self._keep_mine)
        self.take_theirs.clicked.connect(self._take_theirs)
        self.cancel_button.clicked.connect(self.discard)
        self.save_button.clicked.connect(self.save)
        Texts(self).redo(self._show)

    # --- Which process

    @property
    def sheet(self) -> Sheet | None:
        """The process at work."""
        return self._sheet

    @property
    def sheets(self) -> Mapping[int, Sheet]:
        """Every process that was opened, with what is drawn and not saved."""
        return self._sheets

    def new(self) -> int:
        """Begin a process; its number until it is saved."""
        number = min([*self._sheets, 0]) - 1
        self._sheets[number] = Sheet(number, skeleton(_("New process"), _("Intake"), _("Done")))
        self.open(number)
        self.process_form.focus_name()
        return number

    def open(self, number: int) -> None:
        """Show a process with what was drawn in it."""
        self._wanted = number
        self._sheet = self._sheets.get(number)
        self._show()
        self.graph.fit_to_read()
        self.reload()

    def forget(self, number: int) -> None:
        """A process is gone."""
        self._sheets.pop(number, None)
        if self._wanted == number:
            self._wanted, self._sheet = None, None

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
            is_first, self._sheet = self._sheet is not sheet, sheet
            self._show()
            if is_first:
                self.graph.fit_to_read()

    @Slot(object)
    def _fail_reading(self, problem: Exception) -> None:
        if isinstance(problem, NotFound) and self._wanted is not None:
            self.removed.emit(self._wanted)
        self._desk.messages.show_error(problem)

    @Slot(object)
    def _take_offers(self, read: Offered) -> None:
        self._offered = read
        self._show()

    # --- Showing

    @property
    def stage(self) -> StageDraft | None:
        """The chosen stage."""
        sheet = self._sheet
        return None if sheet is None or sheet.chosen is None else sheet.draft.stage(sheet.chosen)

    def _show(self) -> None:
        sheet = self._sheet
        self.setEnabled(sheet is not None)
        if sheet is None:
            self.changed.emit()
            return
        if self.stage is None:
            sheet.chosen = None
        wrong, warned = self._look()
        self._draw(sheet, wrong, warned)
        self._fill(sheet)
        is_met = sheet.editing.theirs is not None
        self.conflict.say(message(N_("Somebody else changed this process. What you drew is kept.")) if is_met else None)
        self._say(wrong or warned, is_wrong=bool(wrong))
        self.save_button.setEnabled(self.can_save())
        self.cancel_button.setEnabled(self.can_discard())
        self.changed.emit()

    def _look(self) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        assert self._sheet is not None
        draft = self._sheet.draft
        holders = {row.id: Holders(row.name, row.holders) for row in self._offered.profiles}
        return problems(draft, self._offered.stages), warnings(draft, holders)

    def _draw(self, sheet: Sheet, wrong: tuple[Finding, ...], warned: tuple[Finding, ...]) -> None:
        draft = sheet.draft
        profiles = {row.id: row.name for row in self._offered.profiles}
        names = {each.id: f"{each.process}: {each.name}" for each in self._offered.stages}
        names |= {stage.key: stage.name for stage in draft.stages}
        facts = {
            stage.key: StageFacts(
                stage,
                profiles.get(stage.profile_id or 0, ""),
                tuple(names.get(key, "") for key in stage.next),
                tuple(names.get(key, "") for key in stage.opens),
                sheet.standing.get(stage.key, 0),
                any(finding.key == stage.key for finding in wrong),
                any(finding.key == stage.key for finding in warned),
            )
            for stage in draft.stages
        }
        self.graph.show_draft(draft, facts, names)
        self.graph.choose(sheet.chosen)

    def _fill(self, sheet: Sheet) -> None:
        stage = self.stage
        if stage is None:
            self.title.setText(_("Process"))
            self.process_form.show_process(sheet.draft)
            self.forms.setCurrentWidget(self.process_form)
        else:
            self.title.setText(_("Stage"))
            self.stage_form.show_stage(sheet.draft, stage, self._offered)
            self.forms.setCurrentWidget(self.stage_form)

    def _say(self, found: tuple[Finding, ...], *, is_wrong: bool) -> None:
        lines = [i18n.say(finding.what) for finding in found[:_SAID]]
        if (more := len(found) - _SAID) > 0:
            lines.append(i18n.say(counted(N_("And {count} more."), N_("And {count} more."), more)))
        self.findings.setText("\n".join(lines))
        self.findings.setVisible(bool(lines))
        styled(self.findings, "error-box" if is_wrong else "note-box")

    # --- Choosing and drawing

    @Slot(object)
    def _choose(self, key: int | None) -> None:
        if self._sheet is not None:
            self._sheet.chosen = key
            self._show()

    @Slot(int)
    def _enter_fields(self, _key: int) -> None:
        self.stage_form.focus_name()

    def _change(self, draft: ProcessDraft, tag: str = "") -> None:
        if self._sheet is not None and self._sheet.change(draft, tag):
            self._show()

    @Slot(str, object)
    def _edit_stage(self, field: str, value: object) -> None:
        sheet, stage = self._sheet, self.stage
        if sheet is None or stage is None:
            return
        if field == "next" and isinstance(value, tuple):
            self._change(drafting.set_next(sheet.draft, stage.key, value))
        else:
            is_typed = field in ("name", "due_hours", "customer_points", "worker_points")
            tag = f"{stage.key} {field}" if is_typed else ""
            self._change(drafting.change_stage(sheet.draft, stage.key, **{field: value}), tag)

    @Slot(str, object)
    def _edit_process(self, field: str, value: object) -> None:
        if self._sheet is not None:
            changed = replace(self._sheet.draft, **{field: value})  # type: ignore[arg-type]
            self._change(changed, "" if field == "is_active" else field)

    @Slot()
    def add_stage(self) -> None:
        """A new stage behind the chosen one, its name ready to be typed."""
        if self._sheet is not None:
            name = drafting.fresh_name(self._sheet.draft, _("New stage"))
            draft, key = drafting.add_stage(self._sheet.draft, self._sheet.chosen, name)
            self._sheet.chosen = key
            self._change(draft)
            self.stage_form.focus_name()

    @Slot()
    def remove_stage(self) -> None:
        """Take the chosen stage out, unless tasks stand on it."""
        sheet, stage = self._sheet, self.stage
        if sheet is None or stage is None:
            return
        if standing := sheet.standing.get(stage.key, 0):
            one, many = N_("{count} task stands on “{stage}”."), N_("{count} tasks stand on “{stage}”.")
            hint = message(N_("Move them on first."))
            self._desk.messages.warning(counted(one, many, standing, stage=stage.name), hint)
            return
        place = sheet.draft.stages.index(stage)
        draft = drafting.remove_stage(sheet.draft, stage.key)
        sheet.chosen = draft.stages[max(0, place - 1)].key if draft.stages else None
        self._change(draft)
        self.graph.focus_chosen()

    def move_stage(self, by: int) -> None:
        """The chosen stage earlier or later in the order in which stages are offered and drawn."""
        if self._sheet is not None and self.stage is not None:
            self._change(drafting.move_stage(self._sheet.draft, self.stage.key, by))

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        if self._sheet is not None:
            self._sheet.undo()
            self._show()

    @Slot()
    def redo(self) -> None:
        """Do what was taken back."""
        if self._sheet is not None:
            self._sheet.redo()
            self._show()

    @Slot()
    def _new_profile(self) -> None:
        dialog = ProfileDialog(self._desk, self)
        dialog.made.connect(self._take_profile)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(int)
    def _take_profile(self, profile_id: int) -> None:
        self._edit_stage("profile_id", profile_id)
        self.reload_offers()

    # --- Keeping

    def can_save(self) -> bool:
        """Whether there is something to save and nothing under way."""
        return self._sheet is not None and self._sheet.is_dirty and self._sent is None

    def can_discard(self) -> bool:
        """Whether there is something to go back from."""
        return self._sheet is not None and self._sheet.is_dirty and self._sent is None

    @Slot()
    def discard(self) -> None:
        """Go back to what is kept; a process that never was is dropped. Undo brings drawn changes back."""
        sheet = self._sheet
        if sheet is None or not self.can_discard():
            return
        if sheet.is_new:
            self.forget(sheet.number)
            self.removed.emit(sheet.number)
        else:
            sheet.discard()
            self._show()

    @Slot()
    def save(self) -> None:
        """Save the process as it is drawn, or say what keeps it from that and go there."""
        sheet = self._sheet
        if sheet is None or not self.can_save():
            return
        if (unreadable := self.stage_form.unreadable()) is not None and self.stage is not None:
            unreadable.setFocus()
            return
        draft = drafting.tidied(sheet.draft)
        wrong, _warned = self._look()
        if wrong:
            sheet.chosen = wrong[0].key
            self._show()
            self._desk.messages.warning(wrong[0].what, message(N_("Nothing was saved.")))
            return
        sheet.editing.draft = draft
        self._sent = sheet, draft
        writing = self._desk.tasks.write(save_process, draft, sheet.editing.version or 0)
        writing.then(self._take_saved, self._fail_saving)
        self._show()

    @Slot(object)
    def _take_saved(self, answer: SavedProcess) -> None:
        assert self._sent is not None
        (sheet, draft), self._sent = self._sent, None
        before = sheet.number
        sheet.saved(answer.id, answer.version, draft, answer.stage_ids)
        self._sheets.pop(before, None)
        self._sheets[answer.id] = sheet
        if self._wanted == before:
            self._wanted = answer.id
            self._show()
            self.reload()
        self.reload_offers()
        self.saved.emit(answer.id)

    @Slot(object)
    def _fail_saving(self, problem: Exception) -> None:
        self._sent = None
        self._desk.messages.show_error(problem)
        self._show()
        if isinstance(problem, Conflict | NotFound):
            self.reload()
        self.reload_offers()

    @Slot()
    def _keep_mine(self) -> None:
        if self._sheet is not None:
            self._sheet.editing.keep_mine()
            self._show()

    @Slot()
    def _take_theirs(self) -> None:
        if self._sheet is not None:
            self._sheet.editing.take_theirs()
            self._show()

    @Slot()
    def _remove_process(self) -> None:
        sheet = self._sheet
        if sheet is not None and not sheet.is_new:
            self._removing = sheet.number
            removing = self._desk.tasks.write(delete_process, sheet.number, sheet.editing.version or 0)
            removing.then(self._take_removed, self._fail_saving)

    @Slot(object)
    def _take_removed(self, _answer: object) -> None:
        self.forget(self._removing)
        self.removed.emit(self._removing)
