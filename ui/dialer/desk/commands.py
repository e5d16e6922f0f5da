"""What can be done at the dial desk; every act has its key, none of which writes into the note."""

from types import MappingProxyType

from app.domain.words import N_
from ui.kit.commands import Command

__all__ = [
    "ANSWERED", "CALL", "CALLBACK", "CALL_OTHER", "FILTER", "FORM", "HANG_UP", "LEAVE_CALLER", "NEXT", "NOTE", "PAUSE",
    "RESULTS", "SIGN_OUT", "SKIP", "TAKE_CALLER", "TRY_AGAIN", "WHY",
]  # fmt: skip

_SCREEN = "dialer"

NEXT = Command("dialer.next", N_("Next customer"), "next", "Ctrl+Return Ctrl+Enter", _SCREEN)
CALL = Command("dialer.call", N_("Call now"), "call", "F9", _SCREEN)
CALL_OTHER = Command("dialer.call_other", N_("Call another number"), "call", "Ctrl+Shift+F9", _SCREEN)
HANG_UP = Command("dialer.hang_up", N_("Hang up"), "hang-up", "F8", _SCREEN)
ANSWERED = Command("dialer.answered", N_("Answered"), "check", "Shift+F9", _SCREEN)
SKIP = Command("dialer.skip", N_("Skip"), "skip", "F7", _SCREEN)
PAUSE = Command("dialer.pause", N_("Pause"), "pause", "F6", _SCREEN)
NOTE = Command("dialer.note", N_("Go to the note"), "note", "F2 Ctrl+E", _SCREEN)
FORM = Command("dialer.form", N_("Go to the form"), "details", "F3", _SCREEN)
CALLBACK = Command("dialer.callback", N_("Call back"), "due", "F4", _SCREEN)
FILTER = Command("dialer.filter", N_("Filters"), "filter", "Ctrl+Shift+L", _SCREEN)
WHY = Command("dialer.why", N_("Why this one?"), "why", "Shift+F1", _SCREEN)
TAKE_CALLER = Command("dialer.take_caller", N_("Answer the caller"), "call", "Ctrl+F9", _SCREEN)
LEAVE_CALLER = Command("dialer.leave_caller", N_("Leave the caller"), "close", "Ctrl+F8", _SCREEN)
TRY_AGAIN = Command("dialer.try_again", N_("Send the result again"), "refresh", "Ctrl+Shift+Return", _SCREEN)
SIGN_OUT = Command("dialer.sign_out", N_("Leave the campaign"), "log-out", "F12", _SCREEN)

_RESULTS = (
    N_("Give result 1"),
    N_("Give result 2"),
    N_("Give result 3"),
    N_("Give result 4"),
    N_("Give result 5"),
    N_("Give result 6"),
    N_("Give result 7"),
    N_("Give result 8"),
    N_("Give result 9"),
)
RESULTS = MappingProxyType(
    {
        str(digit): Command(f"dialer.result.{digit}", text, "final", f"Alt+{digit}", _SCREEN)
        for digit, text in enumerate(_RESULTS, 1)
    }
)
"""The results by the digit that gives them."""
