"""What can be done in the planner: one list for tool row, menus, palette and shortcuts."""

from app.domain.words import N_
from ui.kit.commands import Command

__all__ = [
    "ABSENCES", "APPOINTMENT", "AS_OF", "DAY", "EDIT", "ENABLED_TYPES", "FIT", "FORTNIGHT", "HOLIDAYS", "HOURS", "MOVE",
    "NEXT", "NOW", "OPEN", "PANES", "PREVIOUS", "REDO", "RULES", "SCHEDULE", "TO_FIX", "UNDO", "UNSCHEDULE", "WEEK",
]  # fmt: skip

_SCREEN = "planner"

PREVIOUS = Command("planner.previous", N_("Earlier"), "back", "Alt+PgUp", _SCREEN)
NEXT = Command("planner.next", N_("Later"), "next", "Alt+PgDown", _SCREEN)
NOW = Command("planner.now", N_("Now"), "now", "Alt+Home", _SCREEN)
FIT = Command("planner.fit", N_("Fit to width"), "fit", "Alt+End", _SCREEN)
DAY = Command("planner.day", N_("Day"), "calendar", "Alt+1", _SCREEN)
WEEK = Command("planner.week", N_("Week"), "calendar", "Alt+2", _SCREEN)
FORTNIGHT = Command("planner.fortnight", N_("2 weeks"), "calendar", "Alt+3", _SCREEN)

SCHEDULE = Command("planner.schedule", N_("Schedule"), "schedule", "S", "planner.calls")
MOVE = Command("planner.move", N_("Move by keyboard"), "repeat", "M", "planner.board")
OPEN = Command("planner.open", N_("Open"), "open", "", _SCREEN)
EDIT = Command("planner.edit", N_("Edit"), "edit", "", _SCREEN)
UNSCHEDULE = Command("planner.unschedule", N_("Unschedule"), "unschedule", "", _SCREEN)
APPOINTMENT = Command("planner.appointment", N_("New appointment"), "appointment", "Ctrl+Shift+N", _SCREEN)
UNDO = Command("planner.undo", N_("Undo"), "undo", "Ctrl+Z", _SCREEN)
REDO = Command("planner.redo", N_("Redo"), "redo", "Ctrl+Y", _SCREEN)
PANES = Command("planner.panes", N_("Next pane"), "columns", "F6", _SCREEN)
TO_FIX = Command("planner.to_fix", N_("Visits to fix"), "warning", "Ctrl+Shift+X", _SCREEN)

AS_OF = Command("planner.as_of", N_("Show as of…"), "history", "Alt+Shift+H", _SCREEN)

HOURS = Command("planner.hours", N_("Working hours"), "working-hours", "", _SCREEN)
RULES = Command("planner.rules", N_("Presence rules"), "presence", "", _SCREEN)
ABSENCES = Command("planner.absences", N_("Absences"), "absence", "", _SCREEN)
ENABLED_TYPES = Command("planner.enabled_types", N_("Enabled types"), "enable", "", _SCREEN)
HOLIDAYS = Command("planner.holidays", N_("Holidays"), "holiday", "", _SCREEN)
