"""What the three main profiles are called, and how several names are said in one sentence."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from app.domain.words import N_, Message, counted, enumeration, message

MAIN_PROFILES: Mapping[str, Message] = MappingProxyType(
    {
        "customer": message(N_("Customers")),
        "supplier": message(N_("Suppliers")),
        "worker": message(N_("Workers")),
    }
)
"""The main profiles every profile hangs under, by code."""

_NAMED = 5


def listed(names: Sequence[str]) -> str | Message:
    """The names one after the other; of many the first few and the number of the others."""
    if len(names) <= _NAMED + 1:
        return enumeration(names)
    said, left = enumeration(names[:_NAMED]), len(names) - _NAMED
    return counted("{names} and {count} other", "{names} and {count} others", left, names=said)
