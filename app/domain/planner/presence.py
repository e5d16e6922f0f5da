"""What is white and why the rest is grey: presence minus absences minus holidays, computed when read, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.domain.planner.intervals import Interval, gaps, intersect, subtract, union


class Reason(StrEnum):
    """Why a stretch is what it is; outside every run nobody is present."""

    WHITE = "white"
    ABSENCE = "absence"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Segment:
    """A presence: when a technician is there, and at which site (None: at any)."""

    interval: Interval
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class OffTime:
    """What turns a presence grey: an absence with its reason, or a holiday with its name."""

    interval: Interval
    label: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch with one reason: white with the sites present there, or grey with the absence's or holiday's label."""

    start: datetime
    end: datetime
    reason: Reason = Reason.WHITE
    label: str = ""
    site_ids: frozenset[int | None] = frozenset()

    @property
    def is_white(self) -> bool:
        """Whether something may be put here."""
        return self.reason is Reason.WHITE


def compute_runs(
    segments: Iterable[Segment], absences: Iterable[OffTime] = (), holidays: Iterable[OffTime] = ()
) -> tuple[Run, ...]:
    """Sorted, disjoint runs; where none lies, nobody is present.

    An absence speaks before a holiday, because it is the technician's own.
    """
    absences, holidays = list(absences), list(holidays)
    away = union(each.interval for each in absences)
    off = [*away, *(each.interval for each in holidays)]
    runs = _white_runs(segments, union(off))
    runs += [Run(part.start, part.end, Reason.ABSENCE, label) for part, label in _labelled(absences, ())]
    runs += [Run(part.start, part.end, Reason.HOLIDAY, label) for part, label in _labelled(holidays, away)]
    return tuple(sorted(runs, key=lambda run: run.start))


def _labelled(offs: Sequence[OffTime], hidden: Iterable[Interval]) -> list[tuple[Interval, str]]:
    """Each instant once, under the label that began first."""
    taken = list(hidden)
    parts: list[tuple[Interval, str]] = []
    for off in sorted(offs, key=lambda each: each.interval):
        fresh = subtract((off.interval,), taken)
        parts += [(part, off.label) for part in fresh]
        taken += fresh
    return parts


def _white_runs(segments: Iterable[Segment], off: Sequence[Interval]) -> list[Run]:
    ordered = sorted(segments, key=lambda each: each.interval)
    runs: list[Run] = []
    position = 0
    while position < len(ordered):
        cluster, end = [ordered[position]], ordered[position].interval.end
        position += 1
        while position < len(ordered) and ordered[position].interval.start < end:
            cluster.append(ordered[position])
            end = max(end, ordered[position].interval.end)
            position += 1
        runs += _cluster_runs(cluster, off)
    return runs


def _cluster_runs(cluster: Sequence[Segment], off: Sequence[Interval]) -> list[Run]:
    """Presences that overlap each other, cut where the set of sites changes."""
    cuts = sorted({moment for each in cluster for moment in (each.interval.start, each.interval.end)})
    runs: list[Run] = []
    for start, end in pairwise(cuts):
        sites = frozenset(each.site_id for each in cluster if each.interval.start <= start < each.interval.end)
        for part in subtract((Interval(start, end),), off) if off else (Interval(start, end),):
            if runs and runs[-1].end == part.start and runs[-1].site_ids == sites:
                runs[-1] = Run(runs[-1].start, part.end, Reason.WHITE, "", sites)
            else:
                runs.append(Run(part.start, part.end, Reason.WHITE, "", sites))
    return runs


def white(runs: Iterable[Run]) -> tuple[Interval, ...]:
    """The white stretches, whatever the site."""
    return union(Interval(run.start, run.end) for run in runs if run.is_white)


def utilisation(runs: Iterable[Run], booked: Iterable[Interval], span: Interval) -> int | None:
    """Percent of the white time of `span` that is booked; None without white time."""
    present = intersect(white(runs), span)
    total = sum((each.length for each in present), timedelta())
    if not total:
        return None
    free = sum((gap.length for each in present for gap in gaps(booked, each)), timedelta())
    return round(100 * (total - free) / total)
