"""A process somebody is drawing: what is kept, what is drawn, and the way back through what was done to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.processes.flow import ProcessDraft
from app.domain.processes.together import as_fields, put_fields, tied, with_fields
from app.services.processes.flows import LoadedProcess
from ui.kit.editing import Editing
from ui.processes.drafting import renumbered

__all__ = ["ProcessEditing", "Sheet"]

_DEEPEST = 200


class ProcessEditing(Editing[ProcessDraft]):
    """A process as it is kept and drawn: stages and ways of two people go together one by one."""

    def flats(self, *rows: ProcessDraft) -> list[dict[str, Any]]:
        """Stages, their fields and the ways between them."""
        return as_fields(*rows)

    def put(self, row: ProcessDraft, values: Mapping[str, Any]) -> ProcessDraft:
        """With these fields changed."""
        return put_fields(row, values)

    def mixed(self, row: ProcessDraft, typed: ProcessDraft, names: Iterable[str]) -> ProcessDraft:
        """With these fields as they were drawn."""
        return with_fields(row, typed, names)

    def settle(self, chosen: Mapping[str, Any]) -> bool:
        """A stage that somebody wants to keep may open tasks at one that goes: that connection goes too."""
        rows = [self.base, self.draft, *([] if self.theirs is None else [self.theirs[0]])]
        is_settled = super().settle(chosen)
        self.draft = tied(self.draft, {stage.key for row in rows for stage in row.stages})
        return is_settled


class Sheet:
    """`number` is the id of the process, below zero while it has none; `standing` its stages with open tasks."""

    def __init__(self, number: int, draft: ProcessDraft, version: int | None = None) -> None:
        self.number = number
        self.editing = ProcessEditing(draft, version)
        self.standing: Mapping[int, int] = {}
        self.chosen: int | None = None
        self._past: list[ProcessDraft] = []
        self._future: list[ProcessDraft] = []
        self._tag = ""

    @property
    def draft(self) -> ProcessDraft:
        """The process as it is drawn now."""
        return self.editing.draft

    @property
    def is_new(self) -> bool:
        """Whether it was never saved."""
        return self.number < 0

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save."""
        return self.is_new or self.editing.is_dirty

    @property
    def can_undo(self) -> bool:
        """Whether something can be taken back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something that was taken back can be done again."""
        return bool(self._future)

    def change(self, draft: ProcessDraft, tag: str = "") -> bool:
        """Draw this; changes of one `tag` after each other, such as letters of a name, are taken back together."""
        if draft == self.editing.draft:
            return False
        if not tag or tag != self._tag:
            self._past = [*self._past[-_DEEPEST:], self.editing.draft]
        self._tag = tag
        self._future.clear()
        self.editing.draft = draft
        return True

    def undo(self) -> None:
        """Take the last change back."""
        if self._past:
            self._future.append(self.editing.draft)
            self.editing.draft, self._tag = self._past.pop(), ""

    def redo(self) -> None:
        """Do what was taken back."""
        if self._future:
            self._past.append(self.editing.draft)
            self.editing.draft, self._tag = self._future.pop(), ""

    def discard(self) -> None:
        """Back to what is kept."""
        self.change(self.editing.base)

    def meet(self, read: LoadedProcess) -> None:
        """What the database says now; drawn changes stay."""
        self.standing = dict(read.standing)
        if read.version == self.editing.version:
            return
        before = self.editing.draft
        self.editing.meet(read.draft, read.version)
        if self.editing.draft != before:
            self.forget()

    def saved(self, number: int, version: int, sent: ProcessDraft, stage_ids: tuple[int, ...]) -> None:
        """It was saved: the stages have their ids, and what was drawn since then is still to be saved."""
        ids = {stage.key: stage_id for stage, stage_id in zip(sent.stages, stage_ids, strict=True)}
        drawn = renumbered(self.editing.draft, number, ids)
        kept = renumbered(sent, number, ids)
        was_sent = self.editing.draft == sent
        self.number, self.chosen = number, ids.get(self.chosen or 0, self.chosen)
        self.editing = ProcessEditing(kept, version)
        self.editing.draft = kept if was_sent else drawn
        self.forget()

    def forget(self) -> None:
        """What was done before is not taken back any more: it was done to another drawing."""
        self._past.clear()
        self._future.clear()
        self._tag = ""
