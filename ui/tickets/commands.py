"""What can be done on the tickets' screen, besides opening and beginning one, which work from everywhere."""

from app.domain.words import N_
from ui.kit.commands import Command

__all__ = ["CLOSE", "REOPEN", "SAVE"]

_SCREEN = "tickets"

SAVE = Command("tickets.save", N_("Save"), "save", "Ctrl+S", _SCREEN)
CLOSE = Command("tickets.close", N_("Close ticket"), "lock", "", _SCREEN)
REOPEN = Command("tickets.reopen", N_("Reopen"), "reset", "", _SCREEN)
