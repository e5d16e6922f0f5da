"""Where else it would fit: the nearest legal start on the same technician, and who else is free."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from app.domain.planner.facts import Facts, Policy, TechnicianFacts
from app.domain.planner.intervals import Interval
from app.domain.planner.placement import Placement, check, is_refused, serves, visits_under
from app.domain.planner.snap import Snap

_TICK = timedelta(microseconds=1)
_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))

Starts = tuple[datetime, datetime]  # first and last possible start, both included


@dataclass(frozen=True, slots=True)
class Nearest:
    """The last legal start at or before the wish, the first at or after it, and the nearer of the two."""

    before: datetime | None = None
    after: datetime | None = None
    nearest: datetime | None = None


def nearest_legal(placement: Placement, facts: Facts, snap: Snap) -> Nearest:
    """Legal starts of the same length on the same technician, on the grid of `snap`; all None when there is none.

    Legal is what `check` does not refuse; that the mover saw an older state of the visit is no matter of place.
    """
    wish = placement.interval.start
    before = after = None
    for first, last in _starts(placement, facts):
        low, high = snap.ceil(first), snap.floor(last)
        if low > high:
            continue
        if low <= wish:
            before = min(high, snap.floor(wish))
        if high >= wish:
            after = max(low, snap.ceil(wish))
            break
    near = before if after is None or (before is not None and wish - before < after - wish) else after
    return Nearest(before, after, near)


def free_technicians(placement: Placement, facts: Facts, limit: int = 3) -> tuple[TechnicianFacts, ...]:
    """The first technicians who could take the placement as it is, in the order of the facts."""
    found: list[TechnicianFacts] = []
    for each in facts.technicians.values():
        if each.technician_id != placement.technician_id and not is_refused(
            check(replace(placement, technician_id=each.technician_id), facts)
        ):
            found.append(each)
            if len(found) == limit:
                break
    return tuple(found)


def _starts(placement: Placement, facts: Facts) -> Iterator[Starts]:
    """Sorted ranges of starts that free time, enablement and the rule about the past leave."""
    technician = facts.technicians.get(placement.technician_id)
    if technician is None:
        return
    length = placement.interval.length
    earliest = facts.now if facts.past_policy is Policy.REFUSE else _EVER[0]
    days = _enabled_starts(placement, technician, facts)
    for free in _free(placement, technician, facts):
        for first, last in days:
            low = max(free.start, first, earliest)
            high = min(free.end - length, last)
            if low <= high:
                yield low, high


def _free(placement: Placement, technician: TechnicianFacts, facts: Facts) -> Iterator[Interval]:
    """White time the placement may use, touching runs joined, without the other visits; sorted."""
    site = placement.site_id if facts.site_policy is Policy.REFUSE else None
    joined: list[Interval] = []
    for run in technician.runs:
        if run.is_white and serves(run, site):
            if joined and joined[-1].end == run.start:
                joined[-1] = Interval(joined[-1].start, run.end)
            else:
                joined.append(Interval(run.start, run.end))
    for stretch in joined:
        start = stretch.start
        for visit in visits_under(technician, stretch, placement.visit_id):
            if visit.interval.start > start:
                yield Interval(start, visit.interval.start)
            start = max(start, visit.interval.end)
        if start < stretch.end:
            yield Interval(start, stretch.end)


def _enabled_starts(placement: Placement, technician: TechnicianFacts, facts: Facts) -> tuple[Starts, ...]:
    """The starts whose day has the type enabled: from midnight to midnight of the company."""
    if placement.activity_type_id is None:
        return (_EVER,)
    found: list[Starts] = []
    known = technician.enabled.get(placement.activity_type_id, ())
    for each in sorted(known, key=lambda one: one.valid_from or date.min):
        first, last = _EVER
        if each.valid_from is not None:
            first = datetime.combine(each.valid_from, time.min, facts.zone).astimezone(UTC)
        if each.valid_until is not None:
            last = datetime.combine(each.valid_until + timedelta(1), time.min, facts.zone).astimezone(UTC) - _TICK
        if found and first <= found[-1][1] + _TICK:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        elif first <= last:
            found.append((first, last))
    return tuple(found)
