"""What priorities and built-in states are called."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.words import N_, Message, message

PRIORITIES: Mapping[int, Message] = MappingProxyType(
    {
        0: message(N_("Urgent")),
        1: message(N_("High")),
        2: message(N_("Medium")),
        3: message(N_("Low")),
    }
)
"""Priorities from the most to the least pressing."""

_STATUSES: Mapping[str, Message] = MappingProxyType(
    {
        "new": message(N_("New")),
        "in_work": message(N_("In work")),
        "waiting": message(N_("Waiting")),
        "closed": message(N_("Closed")),
    }
)


def status_name(code: str | None, name: str | None) -> str | Message:
    """What a state is called: its own name, or the built-in one as a Message."""
    return name or _STATUSES.get(code or "") or code or ""


def shown_number(ticket_id: int, number: str | None) -> str:
    """What a ticket is called by: the number a numerator gave it, or its key."""
    return number or str(ticket_id)


_NOTE_KINDS: Mapping[str, Message] = MappingProxyType({"note": message(N_("Note")), "alert": message(N_("Alert"))})


def note_kind_name(code: str | None, name: str | None) -> str | Message:
    """What a kind of note is called: its own name, or the built-in one as a Message."""
    return name or _NOTE_KINDS.get(code or "") or code or _NOTE_KINDS["note"]
