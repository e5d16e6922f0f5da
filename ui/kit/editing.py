"""What a person is changing beside what is kept: typed values survive whatever others save meanwhile."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)
else:
    D = TypeVar("D")

__all__ = ["Editing"]


class Editing(Generic[D]):
    """A row as it was read (`base`, of `version`) and as the person has it now (`draft`), both a frozen dataclass."""

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
        both = frozenset(name for name in mine & others if getattr(self.draft, name) != getattr(theirs, name))
        if both:
            self.theirs = theirs, version
            return both
        kept = {name: getattr(self.draft, name) for name in mine}
        self.base, self.draft, self.version, self.theirs = theirs, replace(theirs, **kept), version, None
        return both

    def keep_mine(self) -> None:
        """Stay with what was typed: saving overwrites what the other saved, which the person has seen."""
        if self.theirs is not None:
            kept = {name: getattr(self.draft, name) for name in self.changed()}
            (self.base, self.version), self.theirs = self.theirs, None
            self.draft = replace(self.base, **kept)

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
    return frozenset(field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name))
