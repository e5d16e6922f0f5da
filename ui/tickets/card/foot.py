"""The last line of the card: what can be done with the ticket as a whole."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.words import N_
from app.services.tickets.card import TicketCard
from ui.kit import theme
from ui.widgets.styled import push_button

__all__ = ["Foot"]


class Foot(QWidget):
    """Buttons for closing and opening again on one side, for saving on the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 12)])
        row.setSpacing(theme.scale(8))
        self.close_ticket = push_button(N_("Close ticket"), "lock")
        self.reopen = push_button(N_("Reopen"), "reset")
        self.cancel = push_button(N_("Cancel"))
        self.save = push_button(N_("Save"), "save")
        row.addWidget(self.close_ticket)
        row.addWidget(self.reopen)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.save)

    def follow(self, card: TicketCard | None, *, is_free: bool, is_dirty: bool) -> None:
        """Offer what can be done now; `is_free` while nothing is being saved."""
        is_closed = card is not None and card.closed_at is not None
        is_merged = card is not None and card.merged_into_id is not None
        self.close_ticket.setVisible(card is not None and not is_closed)
        self.reopen.setVisible(is_closed and not is_merged)
        for button in (self.save, self.cancel):
            button.setEnabled(is_dirty and is_free)
        for button in (self.close_ticket, self.reopen):
            button.setEnabled(is_free and not is_dirty)
