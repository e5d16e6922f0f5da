"""Two people changed the same row: what goes together by itself, and what somebody has to choose.

Everything here goes by field. A field that only one of them changed takes that change; a field both changed to the same
takes it too; a field both changed otherwise is a clash, which keeps mine until somebody has looked at theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Clash", "Merged", "both", "can_take_both", "differing", "merge"]

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """One field as it was read, as I typed it and as somebody else saved it."""

    field: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields put together; those of clashes have my value. `followed` are the fields that took the other's."""

    values: dict[str, Any]
    clashes: tuple[Clash, ...]
    followed: frozenset[str]


def differing(one: Fields, other: Fields) -> frozenset[str]:
    """The fields that are not the same; one that is missing is as good as one without a value."""
    return frozenset(name for name in {*one, *other} if one.get(name) != other.get(name))


def merge(base: Fields, mine: Fields, theirs: Fields) -> Merged:
    """What I typed over `base`, put together with what somebody else made of it."""
    typed, saved = differing(base, mine), differing(base, theirs)
    clashing = typed & saved & differing(mine, theirs)
    followed = saved - typed
    values = {name: (theirs if name in followed else mine).get(name) for name in {*base, *mine, *theirs}}
    clashes = (Clash(name, base.get(name), mine.get(name), theirs.get(name)) for name in sorted(clashing))
    return Merged(values, tuple(clashes), followed)


def can_take_both(mine: Any, theirs: Any) -> bool:
    """Whether the two can stand together: texts one after the other, lists as one."""
    texts = isinstance(mine, str) and isinstance(theirs, str)
    return (texts or (isinstance(mine, tuple) and isinstance(theirs, tuple))) and bool(mine and theirs)


def both(clash: Clash, *, is_line: bool = False) -> Any:
    """Mine and theirs together, nothing twice: what stood there, then what each of the two wrote.

    One that contains the other is both already; what both texts began with stands once. A text of one line
    (`is_line`) stays one.
    """
    mine, theirs = clash.mine, clash.theirs
    if isinstance(mine, tuple):
        return mine + tuple(each for each in theirs if each not in mine)
    if theirs in mine:
        return mine
    if mine in theirs:
        return theirs
    base = clash.base if isinstance(clash.base, str) else ""
    if is_line:
        return f"{mine} / {theirs}"
    if not (mine.startswith(base) and theirs.startswith(base)):
        base = ""
    return base + "\n".join((mine[len(base) :].rstrip(), theirs[len(base) :].lstrip()))
