"""Where bars lie along the chart, in pixels from the side the language reads from."""

from dataclasses import dataclass
from math import ceil

__all__ = ["Slots"]

_THINNEST = ((1, 24), (12, 11), (24, 8), (10_000, 6))
_THINNEST_ALONE = 13
_WIDEST = 56


@dataclass(frozen=True, slots=True)
class Slots:
    """Groups of bars side by side, all alike; a bar's slot is what belongs to it, with the air around it."""

    groups: int
    each: int
    group: float
    bar: float
    offset: float = 0.0

    @classmethod
    def fit(cls, groups: int, each: int, width: int, *, size: float = 1.0, least: float = 0.0) -> "Slots":
        """Spread over the width; where bars would be too thin to be seen and hit they go beyond it.

        `size` is the text size in use, `least` what a group must have for its name.
        """
        if not groups or not each:
            return cls(0, 0, 0, 0)
        thin = (next(pixels for most, pixels in _THINNEST if each <= most) if least else _THINNEST_ALONE) * size
        gap = (thin if each == 1 else 16 * size) if least else 2 * size
        needed = max(each * thin + gap, least)
        group = max(needed, width / groups)
        bar = min((group - gap) / each, _WIDEST * size)
        # Few bars stay together: a chart of three is not a chart of gaps.
        group = min(group, max(needed, bar * each + max(gap, 2 * bar), 160 * size))
        # Bars of one group touch nearly; whole pixels keep them all alike.
        bar = max(float(int(bar)), 2.0)
        return cls(groups, each, group, bar, (group - bar * each) / 2)

    @property
    def length(self) -> int:
        """How long all groups are together."""
        return round(self.groups * self.group)

    def span(self, place: int) -> tuple[float, float]:
        """From where to where the slot of a bar reaches."""
        group, within = divmod(place, self.each)
        start = group * self.group + self.offset + within * self.bar
        return start, start + self.bar

    def group_span(self, group: int) -> tuple[float, float]:
        """From where to where a group reaches."""
        return group * self.group, (group + 1) * self.group

    def at(self, along: float) -> int | None:
        """The bar whose slot is here; the air beside a group belongs to nobody, but for lone bars."""
        group, rest = self.group_at(along), along % self.group if self.group else 0
        if group is None:
            return None
        if self.each == 1:
            return group
        within = int((rest - self.offset) // self.bar)
        return group * self.each + within if 0 <= within < self.each else None

    def group_at(self, along: float) -> int | None:
        """The group that is here."""
        if not self.group or not 0 <= along < self.groups * self.group:
            return None
        return min(int(along // self.group), self.groups - 1)

    def seen(self, start: float, end: float) -> range:
        """The bars of all groups of which something lies between."""
        groups = self.groups_seen(start, end)
        return range(groups.start * self.each, groups.stop * self.each)

    def groups_seen(self, start: float, end: float) -> range:
        """The groups of which something lies between."""
        if not self.group:
            return range(0)
        return range(max(0, int(start // self.group)), min(self.groups, ceil(end / self.group)))
