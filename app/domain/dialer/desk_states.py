"""What an agent at the dial desk does, in the order of a contact, and what it is called."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.words import N_, Message, message

WAITING, READING, DIALLING = "waiting", "reading", "dialling"
TALKING, WRITING, PAUSED = "talking", "writing", "paused"

STATES: Mapping[str, Message] = MappingProxyType(
    {
        WAITING: message(N_("Waiting")),
        READING: message(N_("Reading")),
        DIALLING: message(N_("Dialling")),
        TALKING: message(N_("Talking")),
        WRITING: message(N_("Writing")),
        PAUSED: message(N_("Paused")),
    }
)
"""The states of a desk by code."""

OUTCOMES = ("success", "contact", "callback", "refusal", "wrong_number", "do_not_call", "no_contact")
"""What results amount to, best first; everything but the last is a contact."""

NO_CONTACT = "no_contact"

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "call": message(N_("Outgoing call")),
        "skip": message(N_("Skipped")),
        "lost": message(N_("Desk lost")),
        "inbound": message(N_("Incoming call")),
    }
)
"""The kinds of an attempt by code."""
