"""How many rows a list's filter leaves: exact while they are few, a lower bound beyond."""

from dataclasses import dataclass
from typing import Self

__all__ = ["COUNTED", "Count"]

COUNTED = 1000
"""A filter is counted up to here; beyond, nobody is helped by the exact number and the wait."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, or at least are."""

    number: int
    is_exact: bool

    @classmethod
    def of(cls, found: int | None) -> Self:
        """What a statement that stops one behind COUNTED has found."""
        number = found or 0
        return cls(min(number, COUNTED), is_exact=number <= COUNTED)
