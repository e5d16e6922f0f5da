"""Tickets: the list with its filters, and the card with everything done for a ticket."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen

__all__ = ["FILTERED", "NEW", "OPEN", "SCREEN"]

OPEN = Command("tickets.open", N_("Open the ticket"), "ticket", in_palette=False)
FILTERED = Command("tickets.filtered", N_("List these tickets"), "filter", in_palette=False)
NEW = Command("tickets.new", N_("New ticket"), "new", "Ctrl+N")


def _make(desk: Desk) -> QWidget:
    from ui.tickets.screen import TicketsScreen

    return TicketsScreen(desk)


SCREEN = Screen(
    "tickets",
    N_("Tickets"),
    "tickets",
    _make,
    doors=(
        Door(OPEN, "open_ticket"),
        Door(FILTERED, "show_filtered"),
        Door(NEW, "new_ticket", Permission.EDIT_TICKETS),
    ),
)
"""The tickets' entry in the navigation; `tickets.open` takes a ticket's number, `tickets.filtered` a TicketFilter."""
