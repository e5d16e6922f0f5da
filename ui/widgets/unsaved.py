"""The line on a card that offers back what was typed there and never saved."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.domain.words import N_, Message, message
from app.drafts.draft import Draft
from app.i18n import format_datetime, format_time
from ui.kit.drafts import drafts_of
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button

__all__ = ["UnsavedLine", "since", "typed_at"]


class UnsavedLine(StandingLine):
    """Hidden unless an earlier run left a draft of the record that is shown; `restore` puts it into the fields.

    `fits` says whether a draft belongs here, where the record alone does not.
    """

    def __init__(
        self,
        desk: Desk,
        restore: Callable[[Draft], object],
        parent: QWidget | None = None,
        *,
        fits: Callable[[Draft], bool] = bool,
    ) -> None:
        self.restore_button = push_button(N_("Restore"))
        self.discard_button = push_button(N_("Discard"), look="quiet")
        super().__init__(self.restore_button, self.discard_button, parent=parent)
        for button in (self.restore_button, self.discard_button):
            button.setAutoDefault(False)
        self._desk = desk
        self._put_back, self._fits = restore, fits
        self._record: str | None = None
        self._draft: Draft | None = None
        self._drafts = drafts_of(desk)
        self._drafts.left_changed.connect(self._look)
        self.restore_button.clicked.connect(self.restore)
        self.discard_button.clicked.connect(self.discard)

    @property
    def draft(self) -> Draft | None:
        """What is offered."""
        return self._draft

    def turn_to(self, record: str | None) -> None:
        """The card shows this record now, or none."""
        if record != self._record:
            self._record = record
            self._look()

    @Slot()
    def restore(self) -> None:
        """Put it back into the fields."""
        draft = self._draft
        if draft is not None:
            self._put_back(draft)
            self._drafts.forget(draft)

    @Slot()
    def discard(self) -> None:
        """Let it go; for some seconds it can still be had back."""
        draft = self._draft
        if draft is None:
            return
        self._drafts.forget(draft)
        drafts = self._drafts
        self._desk.messages.info(
            N_("The unsaved text is discarded."), offer=Offer(N_("Undo"), lambda: drafts.take_back(draft))
        )

    @Slot()
    def _look(self) -> None:
        found = None if self._record is None else self._drafts.left_of(self._record)
        self._draft = found if found is not None and self._fits(found) else None
        self.say(None if self._draft is None else since(self._draft))


def since(draft: Draft) -> Message:
    """That there is such a text, and from when."""
    return message(N_("You have unsaved text here from {time}."), time=typed_at(draft))


def typed_at(draft: Draft) -> str:
    """When it was typed, by this computer's clock: the time, with the day unless it was today."""
    at = draft.at.astimezone()
    return format_time(at) if at.date() == datetime.now().astimezone().date() else format_datetime(at, at.tzinfo)
