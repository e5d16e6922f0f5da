"""What kinds of work and states of work are called, and the limits of a type."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.words import N_, Message, message

SHORTEST_MINUTES = 5
LONGEST_MINUTES = 10080

MACRO_TYPES: Mapping[str, Message] = MappingProxyType(
    {
        "call": message(N_("Call")),
        "intervention": message(N_("Intervention")),
        "appointment": message(N_("Appointment")),
    }
)
"""The three macro types by code."""

_STATES: Mapping[str, Message] = MappingProxyType(
    {
        "new": message(N_("New")),
        "confirmed": message(N_("Confirmed")),
        "on_the_way": message(N_("On the way")),
        "done": message(N_("Done")),
    }
)

STATE_COLOURS = ("#858E9A", "#1F56C3", "#1A64A3", "#0F766E", "#1B7148", "#8A5600", "#B3261E", "#7A3E9D")
"""Strong colours for a stripe of 4 px; they are told apart beside each of the fills."""


def state_name(code: str | None, name: str | None) -> str | Message:
    """What an activity state is called: its own name, or the built-in one as a Message."""
    return name or _STATES.get(code or "") or code or ""
