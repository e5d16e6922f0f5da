"""The draft of a form window: kept while something is typed, offered back in the next one that begins alike."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QBoxLayout, QDialog, QWidget

from app.drafts.draft import Draft
from ui.kit.drafts import drafts_of
from ui.kit.screen import Desk
from ui.widgets.unsaved import UnsavedLine
from ui.widgets.watching import FormWatch

__all__ = ["FormDraft", "desk_of"]


def desk_of(widget: QWidget) -> Desk | None:
    """The desk of the window this one belongs to; none before anybody has logged in."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(desk := getattr(above, "desk", None), Desk):
            return desk
        above = above.parentWidget()
    return None


class FormDraft(QObject):
    """One form's, while it is open. `record` says what is filled in; `title` is what a list calls it."""

    def __init__(self, desk: Desk, form: QDialog, body: QBoxLayout, record: str) -> None:
        super().__init__(form)
        self._form, self._record = form, record
        self._drafts = drafts_of(desk)
        self.watch = FormWatch(form, self._typed)
        self.line = UnsavedLine(desk, self._restore, fits=self._fits)
        body.insertWidget(0, self.line)
        self.line.turn_to(record)

    def _typed(self, base: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        if self.watch.has_text:
            self._drafts.follow(self._record, self._form.windowTitle(), base, values)
        else:
            self._drafts.drop(self._record)

    def _fits(self, draft: Draft) -> bool:
        return self.watch.begins_alike(draft.base)

    @Slot(object)
    def _restore(self, draft: Draft) -> None:
        self.watch.put(draft.typed)

    def look(self) -> None:
        """The form has other fields than before."""
        self.watch.look()

    def end(self) -> None:
        """It is saved, or whoever typed it has left it on purpose."""
        self._drafts.drop(self._record)
