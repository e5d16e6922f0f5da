"""From the card to other cards: another ticket, the customer, the ticket this one is merged into."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from app.domain.words import N_, message
from app.services.tickets.card import TicketCard
from app.services.tickets.merging import Merged
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.tickets import NEW, OPEN
from ui.tickets.card.merging import MergeDialog
from ui.tickets.card.sheets import Sheet

__all__ = ["Others"]


class Others(QObject):
    """Opens them by the commands every screen has."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window

    @Slot(int)
    def open_ticket(self, number: int) -> None:
        """Show another ticket."""
        self._desk.commands.run(OPEN.id, number)

    @Slot(int)
    def open_customer(self, customer_id: int) -> None:
        """Show the customer."""
        self._desk.commands.run("customers.open", customer_id)

    def tell_left(self, left: Sheet) -> None:
        """Say that what is typed on a card that was put away is kept, with the way back to it."""
        run = self._desk.commands.run
        if left.is_new:
            text, back = message(N_("The new ticket is kept, not saved yet.")), partial(run, NEW.id)
        else:
            kept = N_("The changes to ticket {number} are kept, not saved yet.")
            text, back = message(kept, number=left.called), partial(run, OPEN.id, left.number)
        self._desk.messages.warning(text, offer=Offer(N_("Go back"), back))

    def merge(self, card: TicketCard) -> None:
        """Ask into which ticket this one is merged, and go on there."""
        self.dialog = MergeDialog(self._desk, card, self._window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.merged.connect(self._merged)
        self.dialog.open()

    @Slot(object)
    def _merged(self, merged: Merged) -> None:
        told = message(N_("Ticket {source} goes on as ticket {target}."), source=merged.source, target=merged.target)
        self._desk.messages.success(told)
        self.open_ticket(merged.target_id)
