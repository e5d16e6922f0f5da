"""How far a log-in reaches into a table, told from the policies that speak to it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Reach", "TableRight", "Tried", "reach"]

_MAY = re.compile(r"\( SELECT may\(VARIADIC ARRAY\[([^\]]*)\]\) AS may\)")


class Reach(StrEnum):
    """Which rows of a table a verb reaches."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TableRight:
    """What a log-in may do with the rows of one table."""

    table: str
    sees: Reach
    adds: Reach
    changes: Reach
    removes: Reach

    @property
    def is_closed(self) -> bool:
        """Whether no row of it is ever shown."""
        return self.sees is Reach.NONE


@dataclass(frozen=True, slots=True)
class Tried:
    """What the server answered to a look into a table: so many rows (at most so many were counted), or a refusal."""

    table: str
    rows: int
    is_refused: bool
    is_more: bool = False


def reach(conditions: Iterable[str], permissions: Collection[str]) -> Reach:
    """The farthest that any of these conditions of policies goes for somebody with these permissions.

    A condition that hangs on a permission alone is settled here; one that looks at the row reaches some rows.
    """
    found = {_settled(each, permissions) for each in conditions}
    return Reach.ALL if Reach.ALL in found else Reach.SOME if Reach.SOME in found else Reach.NONE


def _settled(condition: str, permissions: Collection[str]) -> Reach:
    def held(found: re.Match[str]) -> str:
        return str(any(each.split("'")[1] in permissions for each in found[1].split(","))).lower()

    plain = _MAY.sub(held, condition)
    if plain == "false" or plain.startswith("(false AND "):
        return Reach.NONE
    is_open = plain == "true" or (" AND " not in plain and " OR true" in plain)
    return Reach.ALL if is_open else Reach.SOME
