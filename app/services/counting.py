"""How many rows a list's filter leaves: exact while they are few, a lower bound beyond."""

from dataclasses import dataclass

__all__ = ["COUNTED", "Count", "counted"]

COUNTED = 1000
"""A filter is counted up to here; beyond, nobody is helped by the exact number and the wait."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, or at least are."""

    number: int
    is_exact: bool


def counted(found: int | None) -> Count:
    """What a statement that stops one behind COUNTED has found."""
    number = found or 0
    return Count(min(number, COUNTED), is_exact=number <= COUNTED)
