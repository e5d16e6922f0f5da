"""Half-open stretches of time `[start, end)` and their algebra over sorted tuples; touching is not overlapping."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of positive length between two aware instants, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Bring both ends to UTC and refuse what is not a stretch of time."""
        for name in ("start", "end"):
            moment: datetime = getattr(self, name)
            if moment.tzinfo is None:
                raise ValueError(f"{name} of an interval without a time zone: {moment}")
            if moment.tzinfo is not UTC:
                object.__setattr__(self, name, moment.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError(f"an interval must end after it starts: {self.start} .. {self.end}")

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two have an instant in common."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


Intervals = tuple[Interval, ...]


def union(stretches: Iterable[Interval]) -> Intervals:
    """The same instants as sorted, disjoint stretches; touching ones become one."""
    merged: list[Interval] = []
    for stretch in sorted(stretches):
        if merged and stretch.start <= merged[-1].end:
            if stretch.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, stretch.end)
        else:
            merged.append(stretch)
    return tuple(merged)


def subtract(stretches: Iterable[Interval], holes: Iterable[Interval]) -> Intervals:
    """What is left of `stretches` without the instants of `holes`: sorted and disjoint."""
    kept: list[Interval] = []
    cuts = union(holes)
    first = 0
    for stretch in union(stretches):
        while first < len(cuts) and cuts[first].end <= stretch.start:
            first += 1
        start = stretch.start
        for hole in cuts[first:]:
            if hole.start >= stretch.end:
                break
            if hole.start > start:
                kept.append(Interval(start, hole.start))
            start = max(start, hole.end)
        if start < stretch.end:
            kept.append(Interval(start, stretch.end))
    return tuple(kept)


def intersect(stretches: Iterable[Interval], span: Interval) -> Intervals:
    """The part of `stretches` that lies in `span`: sorted and disjoint."""
    return tuple(
        Interval(max(each.start, span.start), min(each.end, span.end))
        for each in union(stretches)
        if each.overlaps(span)
    )


def covers(stretches: Iterable[Interval], span: Interval) -> bool:
    """Whether every instant of `span` is in `stretches`."""
    return not gaps(stretches, span)


def gaps(stretches: Iterable[Interval], span: Interval) -> Intervals:
    """The parts of `span` that are not in `stretches`: sorted and disjoint."""
    return subtract((span,), stretches)
