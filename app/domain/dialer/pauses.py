"""What the built-in reasons for a pause are called."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.words import N_, Message, message

_NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "break": message(N_("Break")),
        "lunch": message(N_("Lunch")),
        "training": message(N_("Training")),
        "meeting": message(N_("Meeting")),
        "after_call": message(N_("Work after a call")),
    }
)


def pause_name(code: str | None, name: str | None) -> str | Message:
    """What a reason is called: its own name, or the built-in one as a Message."""
    return name or _NAMES.get(code or "") or code or ""
