"""One process at work: its drawing, the fields of what is chosen in it, and the way to the database and back."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import i18n
from app.domain.merging import Clash
from app.domain.processes.flow import Finding, ProcessDraft, StageDraft
from app.domain.words import N_, counted, message
from app.i18n import _
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.processes import drafting
from ui.processes.asking import asked
from ui.processes.boxes import StageFacts
from ui.processes.graph import FlowView
from ui.processes.keeping import Keeping
from ui.processes.process_form import ProcessForm
from ui.processes.profile_dialog import ProfileDialog
from ui.processes.scoring.history import show_history
from ui.processes.scoring.what_if import WhatIfWindow, show_what_if
from ui.processes.sheet import Sheet
from ui.processes.stage_form import StageForm
from ui.widgets.merge.sheet import SheetMeeting
from ui.widgets.merge.window import Asked
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import foot_row, heading, primary_button, push_button, styled

__all__ = ["ProcessEditor"]

_SAID = 3
_MET = message(N_("Somebody else changed this process. What you drew is kept."))


class ProcessEditor(QWidget):
    """Signal: `changed()` when what is drawn or kept has."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._trial: WhatIfWindow | None = None
        self.meeting = SheetMeeting(desk, "processes", self, _MET, self._asked)
        self.keeping = Keeping(desk, self.meeting, self)
        self._build()
        self._connect()

    # --- Putting together

    def _build(self) -> None:
        self.graph = FlowView()
        self.stage_form, self.process_form = StageForm(), ProcessForm()
        self.findings = styled(QLabel(), "note-box")
        self.findings.setTextFormat(Qt.TextFormat.PlainText)
        self.findings.setWordWrap(True)
        middle = styled(QWidget(), "surface")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(middle)
        column.setContentsMargins(*[theme.scale(12)] * 4)
        column.setSpacing(theme.scale(8))
        column.addWidget(self.meeting.line)
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
            self.splitter.setSizes([theme.scale(1000), theme.scale(340)])

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
        column.addWidget(ScrolledPage(inner, theme.scale(310)), 1)
        foot, row = foot_row()
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
        self.stage_form.points.history_wanted.connect(self.show_history)
        self.stage_form.points.trial_wanted.connect(self.show_what_if)
        self.process_form.edited.connect(self._edit_process)
        self.process_form.removal_wanted.connect(self.keeping.remove)
        self.meeting.save_wanted.connect(self.save)
        self.cancel_button.clicked.connect(self.keeping.discard)
        self.keeping.changed.connect(self._show)
        self.keeping.turned.connect(self.graph.fit_to_read)
        self.save_button.clicked.connect(self.save)
        Texts(self).redo(self._show)

    # --- Showing

    @property
    def sheet(self) -> Sheet | None:
        """The process at work."""
        return self.keeping.sheet

    @property
    def stage(self) -> StageDraft | None:
        """The chosen stage."""
        sheet = self.sheet
        return None if sheet is None or sheet.chosen is None else sheet.draft.stage(sheet.chosen)

    @Slot()
    def _show(self) -> None:
        sheet = self.sheet
        self.setEnabled(sheet is not None)
        if sheet is None:
            self.meeting.show(None, None)
            self.changed.emit()
            return
        if self.stage is None:
            sheet.chosen = None
        wrong, warned = self.keeping.problems(), self.keeping.warnings()
        self._draw(sheet, wrong, warned)
        self._fill(sheet)
        self.meeting.show(sheet.number, sheet.editing)
        self._say(wrong or warned, is_wrong=bool(wrong))
        for button in (self.save_button, self.cancel_button):
            button.setEnabled(self.keeping.can_save())
        if self._trial is not None and self._trial.isVisible():
            self._trial.follow(sheet.draft)
        self.changed.emit()

    def _asked(self, clash: Clash) -> Asked:
        editing = self.sheet.editing if self.sheet is not None else None
        if editing is None:
            return asked((), self.keeping.offered, clash)
        theirs = () if editing.theirs is None else (editing.theirs[0],)
        return asked((editing.draft, editing.base, *theirs), self.keeping.offered, clash)

    def _draw(self, sheet: Sheet, wrong: tuple[Finding, ...], warned: tuple[Finding, ...]) -> None:
        draft = sheet.draft
        profiles = {row.id: row.name for row in self.keeping.offered.profiles}
        names = {each.id: f"{each.process}: {each.name}" for each in self.keeping.offered.stages}
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
            self.stage_form.show_stage(sheet.draft, stage, self.keeping.offered)
            self.forms.setCurrentWidget(self.stage_form)

    def _say(self, found: tuple[Finding, ...], *, is_wrong: bool) -> None:
        lines = [i18n.say(finding.what) for finding in found[:_SAID]]
        if (more := len(found) - _SAID) > 0:
            lines.append(_("And {count} more.", count=i18n.format_number(more)))
        self.findings.setText("\n".join(lines))
        self.findings.setVisible(bool(lines))
        styled(self.findings, "error-box" if is_wrong else "note-box")

    # --- Choosing and drawing

    @Slot(object)
    def _choose(self, key: int | None) -> None:
        if self.sheet is not None:
            self.sheet.chosen = key
            self._show()

    @Slot(int)
    def _enter_fields(self, _key: int) -> None:
        self.stage_form.focus_name()

    def _change(self, draft: ProcessDraft, tag: str = "") -> None:
        if self.sheet is not None and self.sheet.change(draft, tag):
            self._show()

    @Slot(str, object)
    def _edit_stage(self, field: str, value: object) -> None:
        sheet, stage = self.sheet, self.stage
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
        if self.sheet is not None:
            changed = replace(self.sheet.draft, **{field: value})  # type: ignore[arg-type]
            self._change(changed, "" if field == "is_active" else field)

    @Slot()
    def add_stage(self) -> None:
        """A new stage behind the chosen one, its name ready to be typed."""
        if self.sheet is not None:
            name = drafting.fresh_name(self.sheet.draft, _("New stage"))
            draft, key = drafting.add_stage(self.sheet.draft, self.sheet.chosen, name)
            self.sheet.chosen = key
            self._change(draft)
            self.stage_form.focus_name()

    @Slot()
    def remove_stage(self) -> None:
        """Take the chosen stage out, unless tasks stand on it."""
        sheet, stage = self.sheet, self.stage
        if sheet is None or stage is None:
            return
        if standing := sheet.standing.get(stage.key, 0):
            said = counted(
                "{count} task stands on “{stage}”.", "{count} tasks stand on “{stage}”.", standing, stage=stage.name
            )
            self._desk.messages.warning(said, message(N_("Move them on first.")))
            return
        place = sheet.draft.stages.index(stage)
        draft = drafting.remove_stage(sheet.draft, stage.key)
        sheet.chosen = draft.stages[max(0, place - 1)].key if draft.stages else None
        self._change(draft)
        self.graph.focus_chosen()

    def move_stage(self, by: int) -> None:
        """The chosen stage earlier or later in the order in which stages are offered and drawn."""
        if self.sheet is not None and self.stage is not None:
            self._change(drafting.move_stage(self.sheet.draft, self.stage.key, by))

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        if self.sheet is not None:
            self.sheet.undo()
            self._show()

    @Slot()
    def redo(self) -> None:
        """Do what was taken back."""
        if self.sheet is not None:
            self.sheet.redo()
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
        self.keeping.reload_offers()

    # --- Points

    @Slot()
    def show_history(self) -> None:
        """The settings the chosen stage had."""
        if self.stage is not None and self.stage.key > 0:
            show_history(self._desk, self.stage.key, self.stage.name)

    @Slot()
    def show_what_if(self) -> None:
        """Last month under the points as they are drawn; the window follows the drawing while it is open."""
        if self.sheet is not None:
            self._trial = show_what_if(self._desk, self.sheet.draft)

    # --- Keeping

    @Slot()
    def save(self) -> None:
        """Save the process as it is drawn, or say what keeps it from that and go there."""
        sheet = self.sheet
        if sheet is None or not self.keeping.can_save():
            return
        if self.stage is not None and (unreadable := self.stage_form.points.unreadable()) is not None:
            unreadable.setFocus()
        elif wrong := self.keeping.problems():
            sheet.chosen = wrong[0].key
            self._show()
            self._desk.messages.warning(wrong[0].what, message(N_("Nothing was saved.")))
        else:
            self.keeping.save()
