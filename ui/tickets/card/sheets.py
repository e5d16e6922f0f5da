"""The tickets a person has been writing on: the one on the card, those put away unsaved, and the one being saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.fields import field_name
from app.domain.words import N_, Message, message
from app.services.tickets.card import Saved, TicketCard
from ui.kit.editing import Editing

__all__ = ["NEW_SHEET", "Sheet", "Sheets"]

NEW_SHEET = 0
"""The number of a ticket that has none yet."""


@dataclass
class Sheet:
    """A ticket that is or was on the card: what is kept, what is typed."""

    number: int
    editing: Editing[TicketDraft]
    card: TicketCard | None = None
    customer: str = ""
    was_tried: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it was never saved."""
        return self.number == NEW_SHEET

    @property
    def called(self) -> str:
        """The number people know it by."""
        return self.card.number if self.card else str(self.number)

    def take(self, card: TicketCard, *, is_being_saved: bool) -> None:
        """What is kept now, under what is typed.

        A save under way brings its own answer; what the feed tells of it is not somebody else's change.
        """
        self.card = card
        if "customer_id" not in self.editing.changed():
            self.customer = card.customer
        if not is_being_saved:
            self.editing.meet(card.draft, card.version)

    def conflict(self, own_names: Mapping[int, str]) -> Message | None:
        """What somebody else changed as well, in words; None where nothing was."""
        if self.editing.theirs is None:
            return None
        both = [clash.field for clash in self.editing.clashes()]
        if len(both) == 1:
            name = field_name(both[0], own_names)
            return message(N_("Somebody else changed this too: {field}. What you typed is kept."), field=name)
        return message(N_("Somebody else changed the same fields. What you typed is kept."))

    def keep_mine(self) -> None:
        """Stay with what was typed."""
        self.editing.keep_mine()

    def take_theirs(self) -> None:
        """Drop what was typed for what is kept."""
        self.editing.take_theirs()
        self.was_tried = False
        self.customer = self.card.customer if self.card else ""

    def begin_with(self, **values: object) -> None:
        """Fill a new one without that being a change."""
        editing = self.editing
        editing.base = replace(editing.base, **values)  # type: ignore[arg-type]
        editing.draft = replace(editing.draft, **values)  # type: ignore[arg-type]


class Sheets:
    """Which one is on the card, and what is kept beside it."""

    def __init__(self) -> None:
        self.current: Sheet | None = None
        self.sent: tuple[Sheet, TicketDraft] | None = None
        self._kept: dict[int, Sheet] = {}

    @property
    def is_dirty(self) -> bool:
        """Whether something on the card is changed and not saved."""
        return self.current is not None and self.current.editing.is_dirty

    @property
    def unsaved(self) -> frozenset[int]:
        """The tickets with changes that are not saved."""
        current = {self.current.number} if self.current is not None and self.is_dirty else set()
        return frozenset(current | set(self._kept))

    def put_away(self) -> Sheet | None:
        """Take the card's away; given back when there was something unsaved on it, which is kept."""
        left, self.current = self.current, None
        if left is None or not left.editing.is_dirty:
            return None
        self._kept[left.number] = left
        return left

    def kept(self, number: int) -> Sheet | None:
        """The one that was put away for this ticket."""
        return self._kept.pop(number, None)

    def drop(self) -> None:
        """Forget what is on the card."""
        self.current = None

    def saved(self, saved: Saved) -> tuple[Sheet, bool]:
        """The one that was sent is kept now; given back with whether it was new."""
        assert self.sent is not None
        (sheet, draft), self.sent = self.sent, None
        is_new = sheet.is_new
        if is_new and self._kept.pop(NEW_SHEET, None) is not None:
            self._kept[saved.id] = sheet
        sheet.number, sheet.was_tried = saved.id, False
        sheet.editing.saved(draft, saved.version)
        if not sheet.editing.is_dirty:
            self._kept.pop(saved.id, None)
        return sheet, is_new

    def failed(self) -> Sheet:
        """The one that was sent is not saved."""
        assert self.sent is not None
        (sheet, _draft), self.sent = self.sent, None
        return sheet
