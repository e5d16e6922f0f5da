"""What keeps a card's typing safe: the journal, who else is there, saving once, the choice when two people wrote."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import Conflict, NotFound
from app.domain.merging import Clash
from app.domain.words import N_, Message, message
from ui.kit.drafts import drafts_of, record_of
from ui.kit.drafts.sending import Sending
from ui.kit.editing import Editing, flat
from ui.kit.screen import Desk
from ui.widgets.merge.meeting import Meeting
from ui.widgets.merge.window import Asked
from ui.widgets.present import PresentLine
from ui.widgets.unsaved import UnsavedLine

__all__ = ["KEPT", "CardKeeping"]

KEPT = message(N_("What you typed is kept among the unsaved texts."))
"""Said where a card takes nothing more."""

P = ParamSpec("P")
R = TypeVar("R")


class CardKeeping(QObject):
    """For the cards of one table.

    Signals: `restored(Draft)` when the person wants back what an earlier run left; `settled(values)` when he chose
    between his and somebody else's; `save_wanted()` when a save that met somebody else's can go through now.
    """

    restored = Signal(object)
    settled = Signal(object)
    save_wanted = Signal()

    def __init__(self, desk: Desk, table: str, card: QWidget) -> None:
        super().__init__(card)
        self._desk, self._table = desk, table
        self._drafts = drafts_of(desk)
        self._is_retrying = False
        self._row_id: int | None = None
        self.present = PresentLine(desk, table)
        self.unsaved = UnsavedLine(desk, self.restored.emit)
        self.sending = Sending(desk, self)
        self.meeting = Meeting(desk, table, card)
        self.meeting.settled.connect(self.settled)

    def put_into(self, column: QVBoxLayout) -> None:
        """The two lines stand here."""
        column.addWidget(self.present)
        column.addWidget(self.unsaved)

    def turn_to(self, row_id: int | None, *, is_card: bool = True) -> None:
        """The card shows this row, a new one, or nothing (`is_card` False)."""
        if row_id != self._row_id:
            self.meeting.drop()
            self._is_retrying = False
        self._row_id = row_id
        self.present.turn_to(row_id if is_card else None)
        self.unsaved.turn_to(record_of(self._table, row_id) if is_card else None)

    # --- Typing

    def typed(
        self, title: str, editing: Editing[Any], *, row_id: int | None, also: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        """This is what stands on the card now; `also` belongs to a draft of it, such as the name of a row chosen."""
        base, typed = flat(editing.base), flat(editing.draft)
        if base != typed:
            typed |= also
        self._drafts.follow(record_of(self._table, row_id), title, base, typed, editing.version)
        if row_id == self._row_id:
            self.present.writing(on=editing.is_dirty)

    def forget_new(self) -> None:
        """The new row has been taken in."""
        self._drafts.drop(record_of(self._table, None))

    def leave(self) -> bool:
        """The row takes nothing more: what is typed on its card goes among the unsaved texts, if there is any."""
        return self._drafts.leave(record_of(self._table, self._row_id))

    def loses(self, problem: Exception) -> bool:
        """Whether the row turned out to be gone, which is said, with what becomes of what was typed."""
        if not isinstance(problem, NotFound):
            return False
        self._desk.messages.warning(problem.what, KEPT if self.leave() else problem.hint)
        return True

    # --- Saving

    def write(
        self,
        show: Callable[[R], object],
        fail: Callable[[Exception], object],
        service: Callable[Concatenate[Any, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Save once, however often it has to be sent."""
        op_id = self.sending.write(show, fail, service, *args, **kwargs)
        self._drafts.sent(record_of(self._table, self._row_id), op_id)

    def meets(self, problem: Exception) -> bool:
        """Whether a save failed because somebody else was quicker: the row is read again, and it goes on from there."""
        self._is_retrying = isinstance(problem, Conflict) and self._row_id is not None
        return self._is_retrying

    def took(self, editing: Editing[Any], describe: Callable[[Clash], Asked | None]) -> None:
        """The row was read again: a save that failed goes through, or the person chooses first."""
        if not self._is_retrying or self._row_id is None:
            return
        self._is_retrying = False
        if editing.clashes():
            self.compare(editing, describe)
        elif editing.is_dirty:
            self.save_wanted.emit()

    def compare(self, editing: Editing[Any], describe: Callable[[Clash], Asked | None]) -> None:
        """Let the person choose, field by field."""
        if self._row_id is not None:
            asked = [each for each in map(describe, editing.ask()) if each is not None]
            self.meeting.ask(self._row_id, asked)

    def tell_merged(self, names: Collection[Message | str]) -> None:
        """Say that both changes are saved, if there was another one."""
        if names and self._row_id is not None:
            self.meeting.tell_merged(self._row_id, names)
