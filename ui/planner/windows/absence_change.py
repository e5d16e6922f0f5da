"""Saves what the form of an absence says, together with what somebody else has saved of it meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QObject, Slot

from app.domain.errors import Conflict
from app.domain.words import N_, message
from app.i18n import _, format_datetime
from app.services.planner.absences import AbsenceRow, absence, change_absence
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.planner.windows.absences import AbsenceDialog
from ui.widgets.merge.meeting import Meeting
from ui.widgets.merge.window import Asked

__all__ = ["AbsenceChange"]

_LABELS = {"start": N_("From"), "end": N_("Until"), "reason": N_("Reason")}


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the form says; times are instants."""

    start: datetime
    end: datetime
    reason: str


class AbsenceChange(QObject):
    """Of one form, which it closes once that is done; `done` hears of it."""

    def __init__(
        self, dialog: AbsenceDialog, desk: Desk, row: AbsenceRow, zone: tzinfo, done: Callable[[int], object]
    ) -> None:
        super().__init__(dialog)
        self._dialog, self._desk, self._id, self._zone, self._done = dialog, desk, row.id, zone, done
        self._editing = Editing(self._typed(), row.version)
        self.meeting = Meeting(desk, "absences", dialog)
        self.meeting.zone = zone
        self.meeting.settled.connect(self._settle)
        dialog.save_requested.connect(self._save)

    def _typed(self) -> _Draft:
        return _Draft(*self._dialog.span(), self._dialog.reason.text())

    @Slot()
    def _save(self) -> None:
        if self._dialog.is_complete():
            self._dialog.saving(on=True)
            self._editing.draft = sent = self._typed()
            job = self._desk.tasks.write(
                change_absence, self._id, self._editing.version or 0, sent.start, sent.end, sent.reason
            )
            job.then(self._saved, self._fail)

    def _saved(self, version: int) -> None:
        if self._editing.followed:
            names = [message(_LABELS[name]) for name in _LABELS if name in self._editing.followed]
            self.meeting.tell_merged(self._id, names)
        self._done(version)
        self._dialog.accept()

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, Conflict):
            self._desk.tasks.read(absence, self._id).then(self._meet, self._dialog.fail)
        else:
            self._dialog.fail(problem)

    def _meet(self, row: AbsenceRow) -> None:
        """Somebody else was quicker: other fields go together, the same ones are chosen side by side."""
        self._editing.meet(_Draft(row.starts_at, row.ends_at, row.reason), row.version)
        self._show()
        clashes = self._editing.clashes()
        if not clashes:
            self._save()
            return
        self._dialog.saving(on=False)
        asked = [Asked(clash, _(_LABELS[clash.field]), self._said, is_line=True) for clash in clashes]
        self.meeting.ask(self._id, asked)

    def _said(self, value: Any) -> str:
        return format_datetime(value, self._zone) if isinstance(value, datetime) else str(value)

    def _show(self) -> None:
        draft = self._editing.draft
        self._dialog.show_values(draft.start, draft.end, draft.reason)

    @Slot(object)
    def _settle(self, chosen: Mapping[str, Any]) -> None:
        self._editing.settle(chosen)
        self._show()
        self._save()
