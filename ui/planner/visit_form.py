"""The form of a visit that stands on the plan: what others save meanwhile comes in, what is typed stays."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.domain.errors import NotFound, Refused, UserError
from app.domain.merging import Clash
from app.domain.words import N_, message
from app.drafts.draft import Draft
from app.i18n import _, format_datetime
from app.services.planner import placing
from app.services.planner.rows import Placed, VisitCard, VisitDraft
from app.services.planner.visits import visit_card
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.planner.acts import Acts
from ui.planner.dialogs import AppointmentDialog, Choices, load_choices
from ui.widgets.keeping import KEPT, CardKeeping
from ui.widgets.merge.window import Asked
from ui.widgets.picker import Picker

__all__ = ["VisitForm"]

_OF_APPOINTMENTS = ("type_id", "site_id")


class VisitForm(AppointmentDialog):
    """Reads the visit, shows itself, saves, and closes once that is done."""

    keeps_draft = False

    def __init__(self, desk: Desk, acts: Acts, visit_id: int, zone: tzinfo, parent: QWidget) -> None:
        super().__init__(desk.messages, zone, parent, title=N_("Edit the visit"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._acts, self.visit_id = desk, acts, visit_id
        self.card: VisitCard | None = None
        self.editing: Editing[VisitDraft] | None = None
        self._sent: VisitDraft | None = None
        self._is_filling = self._is_gone = self._has_left = False
        self._reading, self._choices = Latest(desk.tasks), Latest(desk.tasks)
        self.keeping = CardKeeping(desk, "visits", self)
        self.keeping.meeting.zone = zone
        lines = QVBoxLayout()
        self.keeping.put_into(lines)
        self.body.insertLayout(0, lines)
        self._watch()
        self._choices.read(load_choices).then(self._offer, self._fail_reading)

    def _watch(self) -> None:
        for text in (self.title, self.notes):
            text.textChanged.connect(self._follow)
        for field in (self.technician, self.type, self.start, self.end, self.site):
            field.changed.connect(self._follow)
        self.keeping.restored.connect(self._restore)
        self.keeping.settled.connect(self._settle)
        self.keeping.save_wanted.connect(self._save)
        self.save_requested.connect(self._save)
        self.finished.connect(self._leave)
        self._desk.bridge.rows_changed.connect(self._hear)

    # --- Reading

    def _offer(self, choices: Choices) -> None:
        self.offer(choices.technicians, choices.types, choices.sites)
        self._reload()

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "visits" and self.editing is not None and (ids is None or self.visit_id in ids):
            self._reload()

    def _reload(self) -> None:
        if not self._desk.tasks.is_closed:
            self._reading.read(visit_card, self.visit_id).then(self._take, self._fail_reading)

    def _take(self, card: VisitCard) -> None:
        is_first, self.card, self._is_gone = self.editing is None, card, False
        if self.editing is None:
            self.editing = Editing(card.draft, card.version)
            for name in _OF_APPOINTMENTS if card.is_call else ():
                self.rows[name].set_visible(on=False)
        elif self._sent is None:
            self.editing.meet(card.draft, card.version)
        self.keeping.turn_to(self.visit_id)
        self._fill(self.editing)
        if is_first:
            self.show()
        self.saving(on=self._sent is not None)
        self.keeping.took(self.editing, self._describe)

    def _fail_reading(self, problem: Exception) -> None:
        if self.editing is None:
            self._desk.messages.show_error(problem)
            self.reject()
        elif isinstance(problem, NotFound | Refused):
            self._tell_gone(problem)
        else:
            self.fail(problem)

    def _tell_gone(self, problem: NotFound | Refused) -> None:
        """Nothing can be saved any more: what was typed goes among the unsaved texts."""
        if not self._is_gone:
            self._is_gone, self._has_left = True, self.keeping.leave()
            self.keeping.turn_to(None, is_card=False)
        self.fail(UserError(problem.what, KEPT if self._has_left else problem.hint))
        self.save_button.setEnabled(False)

    # --- Typing

    def _fill(self, editing: Editing[VisitDraft]) -> None:
        self._is_filling = True
        self.show_values(editing.draft)
        self._is_filling = False
        for name, row in self.rows.items():
            row.meet(on=name in editing.met)
        self._keep(editing)

    def _keep(self, editing: Editing[VisitDraft]) -> None:
        if self._is_gone:
            return
        label = self.card.label if self.card is not None else ""
        self.keeping.typed(label or editing.draft.title, editing, row_id=self.visit_id)

    @Slot()
    def _follow(self) -> None:
        if self.editing is not None and not self._is_filling:
            self.editing.draft = self.typed(self.editing.base)
            self._keep(self.editing)

    @Slot(object)
    def _restore(self, draft: Draft) -> None:
        if self.editing is not None:
            self.editing.restore(draft.base, draft.typed, draft.version)
            self._fill(self.editing)

    @Slot(object)
    def _settle(self, chosen: Mapping[str, Any]) -> None:
        """Go on with what was chosen of two people's values, which is saved at once."""
        if self.editing is None:
            return
        if not self.editing.settle(chosen):
            self.keeping.compare(self.editing, self._describe)
            return
        self._fill(self.editing)
        self._save()

    def _describe(self, clash: Clash) -> Asked:
        widget, zone = self.rows[clash.field].widget, self._zone

        def said(value: Any) -> str:
            if isinstance(widget, Picker):
                return widget.name_of(value)
            return str(value) if isinstance(value, str) else format_datetime(value, zone) if value else ""

        return Asked(clash, _(self.labels[clash.field]), said, is_line=clash.field != "notes")

    # --- Saving

    @Slot()
    def _save(self) -> None:
        editing = self.editing
        if editing is None or self.card is None or self._sent is not None or self._is_gone:
            return
        values = self.values(editing.base, needs_title=not self.card.is_call)
        if values is None:
            return
        if not editing.is_dirty:
            self.accept()
            return
        self.saving(on=True)
        self._sent = values
        self.keeping.write(self._saved, self._refused, placing.change, self.visit_id, editing.version or 0, values)

    def _saved(self, done: Placed) -> None:
        sent, self._sent = self._sent, None
        if self.editing is None or sent is None:
            return
        followed = self.editing.followed
        self.editing.saved(sent, done.visit.version)
        self._keep(self.editing)
        self._acts.changed(done)
        self.keeping.tell_merged([message(self.labels[name]) for name in self.labels if name in followed])
        self.accept()

    def _refused(self, problem: Exception) -> None:
        self._sent = None
        if self.keeping.meets(problem):
            self._reload()
            return
        if isinstance(problem, NotFound) or (isinstance(problem, Refused) and problem.code == "STALE"):
            self._tell_gone(problem)
            return
        self.fail(problem)

    @Slot(int)
    def _leave(self, outcome: int) -> None:
        """Who leaves on purpose lets go of what he typed, unless it could not be saved any more."""
        self._reading.cancel()
        self._choices.cancel()
        if self.editing is not None and outcome == QDialog.DialogCode.Rejected and not self._is_gone:
            self.editing.discard()
            self._keep(self.editing)
        self.keeping.turn_to(None, is_card=False)
