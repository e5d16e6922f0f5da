"""What keeps the typing on a ticket's card safe: the journal, and the choice between two people's changes."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtWidgets import QWidget

from app.domain.merging import Clash
from app.domain.words import Message
from app.drafts.draft import Draft
from ui.kit.screen import Desk
from ui.tickets.card.fields import TicketFields
from ui.tickets.card.sheets import Sheet
from ui.tickets.card.telling import draft_title, fields_in_words, in_words
from ui.widgets.keeping import CardKeeping
from ui.widgets.merge.window import Asked

__all__ = ["TicketKeeping"]

_NAME = "customer"
"""What a customer chosen on the card is called: the draft knows it, the fields of a ticket do not."""


class TicketKeeping(CardKeeping):
    """The keeping of cards of tickets, whose fields it can name."""

    def __init__(self, desk: Desk, card: QWidget, fields: TicketFields, zone: Callable[[], tzinfo | None]) -> None:
        super().__init__(desk, "tickets", card)
        self._fields, self._zone = fields, zone

    def follow(self, sheet: Sheet) -> None:
        """This is what stands on the card now."""
        self._fields.mark_met(sheet.editing.met)
        title = draft_title(sheet.editing.draft, sheet.customer, sheet.called)
        is_other = "customer_id" in sheet.editing.changed()
        also = {_NAME: sheet.customer} if is_other else {}
        self.typed(title, sheet.editing, row_id=sheet.number or None, also=also)

    def read_again(self, sheet: Sheet) -> None:
        """The ticket was read again."""
        self.meeting.zone = self._zone()
        self.took(sheet.editing, lambda clash: self._describe(sheet, clash))

    def ask(self, sheet: Sheet) -> None:
        """Let the person choose."""
        self.compare(sheet.editing, lambda clash: self._describe(sheet, clash))

    def followed(self, sheet: Sheet) -> list[str | Message]:
        """What others changed on the card while something was typed there, by name."""
        return fields_in_words(sheet.editing.followed, self._fields.own_names())

    @staticmethod
    def restore(sheet: Sheet, draft: Draft) -> None:
        """Put back what an earlier run left, over what is kept now."""
        sheet.editing.restore(draft.base, draft.typed, draft.version)
        sheet.customer = str(draft.typed.get(_NAME, sheet.customer))

    def _describe(self, sheet: Sheet, clash: Clash) -> Asked | None:
        customers = {sheet.editing.draft.customer_id or 0: sheet.customer}
        if sheet.card is not None:
            customers[sheet.card.draft.customer_id or 0] = sheet.card.customer
        return in_words(clash, self._fields.choices, self._fields.own_names(), customers, self._zone())
