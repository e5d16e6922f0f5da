"""What can be done on the tickets' screen, besides opening and beginning one, which work from everywhere."""

from app.domain.words import N_
from ui.kit.commands import Command

__all__ = ["ALERTS", "BULK", "CLOSE", "MERGE", "NOTE", "REOPEN", "SAVE"]

_SCREEN = "tickets"

SAVE = Command("tickets.save", N_("Save"), "save", "Ctrl+S", _SCREEN)
CLOSE = Command("tickets.close", N_("Close ticket"), "lock", "", _SCREEN)
REOPEN = Command("tickets.reopen", N_("Reopen"), "reset", "", _SCREEN)
MERGE = Command("tickets.merge", N_("Merge the ticket"), "merge", "", _SCREEN)
NOTE = Command("tickets.note", N_("Write a note"), "note", "Ctrl+E", _SCREEN)
ALERTS = Command("tickets.alerts", N_("Show the alerts"), "alert", "Ctrl+B", _SCREEN)
BULK = Command("tickets.bulk", N_("Edit the chosen tickets"), "edit", "Ctrl+Shift+E", _SCREEN)
