"""The field of a form in which a few of many are chosen as chips."""

from collections.abc import Iterable, Sequence

from ui.admin.parts import Part
from ui.widgets.picker import Choice
from ui.widgets.tags import Tag, TagField

__all__ = ["TagsPart"]


class TagsPart(Part):
    """Any number of several, as chips; the value is a sorted tuple of ids."""

    def __init__(self, add: str, nothing: str) -> None:
        self.box = TagField(add, nothing)
        super().__init__(self.box, self.box.changed)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these and keep what is chosen."""
        self.box.offer([Tag(int(choice.id), choice.text) for choice in choices])

    def value(self) -> tuple[int, ...]:
        """The ids chosen."""
        return self.box.value()

    def set_value(self, value: Iterable[int]) -> None:
        """Choose these."""
        self.box.set_value(value)

    def words(self, value: Iterable[int]) -> str:
        """The names, one after the other."""
        return self.box.words(value)
