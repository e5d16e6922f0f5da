"""What a person is changing beside what is kept: typed values survive whatever others save meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)
else:
    D = TypeVar("D")

__all__ = ["Editing"]


class Editing(Generic[D]):
    """A row as it was read (`base`, of `version`) and as the person has it now (`draft`), both a frozen dataclass.

    A field that is a mapping is many fields: its entries are named "field.key" and changed one by one.
    """

    def __init__(self, base: D, version: int | None = None) -> None:
        self.base = base
        self.draft = base
        self.version = version
        self.theirs: tuple[D, int] | None = None

    @property
    def is_dirty(self) -> bool:
        """Whether anything is changed and not saved."""
        return self.draft != self.base

    def changed(self) -> frozenset[str]:
        """The names of the fields that were changed."""
        return _differing(self.base, self.draft)

    def meet(self, theirs: D, version: int) -> frozenset[str]:
        """Take in what somebody else saved; fields changed on both sides stay as typed, and are told.

        As long as there are such fields, the version stays the old one: saving would overwrite the other's words.
        """
        mine, others = self.changed(), _differing(self.base, theirs)
        both = mine & others & _differing(self.draft, theirs)
        if both:
            self.theirs = theirs, version
            return both
        self.draft = _with(theirs, self.draft, mine)
        self.base, self.version, self.theirs = theirs, version, None
        return both

    def keep_mine(self) -> None:
        """Stay with what was typed: saving overwrites what the other saved, which the person has seen."""
        if self.theirs is not None:
            mine = self.changed()
            (self.base, self.version), self.theirs = self.theirs, None
            self.draft = _with(self.base, self.draft, mine)

    def take_theirs(self) -> None:
        """Drop what was typed for what the other saved."""
        if self.theirs is not None:
            (self.base, self.version), self.theirs = self.theirs, None
        self.draft = self.base

    def discard(self) -> None:
        """Go back to what was read."""
        self.take_theirs()

    def saved(self, sent: D, version: int) -> None:
        """What was sent is kept now; what was typed since then stays a change."""
        self.base, self.version, self.theirs = sent, version, None


def _differing(one: D, other: D) -> frozenset[str]:
    mine, others = _flat(one), _flat(other)
    return frozenset(name for name in {*mine, *others} if mine.get(name) != others.get(name))


def _flat(row: D) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Mapping):
            found |= {f"{field.name}.{key}": each for key, each in value.items()}
        else:
            found[field.name] = value
    return found


def _with(row: D, typed: D, names: Iterable[str]) -> D:
    """The row with the named fields, and entries of mappings, as they were typed."""
    kept: dict[str, Any] = {}
    for name in names:
        field, _dot, key = name.partition(".")
        value = getattr(typed, field)
        if not isinstance(value, Mapping):
            kept[field] = value
            continue
        entries = kept.setdefault(field, dict(getattr(row, field)))
        if key in value:
            entries[key] = value[key]
        else:
            entries.pop(key, None)
    return replace(row, **kept)
