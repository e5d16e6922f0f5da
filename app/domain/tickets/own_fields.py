"""The kinds of fields a company can add of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.words import N_, Message, message

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "text": message(N_("Text")),
        "number": message(N_("Number")),
        "date": message(N_("Date")),
        "choice": message(N_("Choice")),
        "check": message(N_("Tick box")),
    }
)
"""The kinds by code."""
