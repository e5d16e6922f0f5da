"""The one judge of every placement: drop, move, resize, new appointment, import and proposal ask the same `check`."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.planner.facts import Busy, Facts, Policy, Seen, TechnicianFacts
from app.domain.planner.intervals import Interval
from app.domain.planner.presence import Reason, Run
from app.domain.planner.violations import Code, Violation, ordered

_GREY = {Reason.ABSENCE: Code.GREY_ABSENCE, Reason.HOLIDAY: Code.GREY_HOLIDAY}


@dataclass(frozen=True, slots=True)
class Placement:
    """A visit as it would stand: `site_id` None fits any site, `visit_id` None is new.

    `seen` is what its mover saw of it; who only knows that he saw a `version` is refused after any change.
    """

    technician_id: int
    start: datetime
    end: datetime
    activity_type_id: int | None = None
    site_id: int | None = None
    visit_id: int | None = None
    task_id: int | None = None
    version: int | None = None
    seen: Seen | None = None

    @property
    def interval(self) -> Interval:
        """Its stretch; a visit without length is not a visit and raises ValueError."""
        return Interval(self.start, self.end)

    def at(self, start: datetime) -> "Placement":
        """The same placement at another start, with its length kept."""
        return replace(self, start=start, end=start + (self.end - self.start))


def check(placement: Placement, facts: Facts) -> tuple[Violation, ...]:
    """Every rule the placement breaks, the whole interval judged; empty means it may stand.

    Costs O(log n) over the technician's runs and visits, plus what lies under the placement.
    """
    span = placement.interval
    technician = facts.technicians.get(placement.technician_id) or TechnicianFacts.of(placement.technician_id, "")
    found = [
        *_grey(span, technician, facts),
        *_overlaps(placement, span, technician, facts),
        *_not_enabled(placement, span, technician, facts),
        *_site(placement, span, technician, facts),
        *_past(span, facts),
        *_stale(placement, span, facts),
    ]
    return ordered(found) if found else ()


def is_refused(violations: tuple[Violation, ...]) -> bool:
    """Whether one of them stops the placement."""
    return any(each.blocks for each in violations)


def runs_under(technician: TechnicianFacts, span: Interval) -> Iterator[Run]:
    """The technician's runs that have an instant in common with `span`, in order."""
    position = max(bisect_right(technician.run_starts, span.start) - 1, 0)
    for run in technician.runs[position : bisect_left(technician.run_starts, span.end)]:
        if run.end > span.start:
            yield run


def visits_under(technician: TechnicianFacts, span: Interval, ignored: int | None = None) -> Iterator[Busy]:
    """The technician's visits that overlap `span`, in order, but for the one that moves."""
    position = bisect_right(technician.busy_reach, span.start)
    for visit in technician.busy[position : bisect_left(technician.busy_starts, span.end)]:
        if visit.interval.end > span.start and (ignored is None or visit.visit_id != ignored):
            yield visit


def free_gap(technician: TechnicianFacts, span: Interval, ignored: int | None = None) -> Interval | None:
    """The first stretch at or after `span.start` that is white and without a visit."""
    for run in technician.runs[max(bisect_right(technician.run_starts, span.start) - 1, 0) :]:
        if not run.is_white or run.end <= span.start:
            continue
        start = max(run.start, span.start)
        for visit in visits_under(technician, Interval(start, run.end), ignored):
            if visit.interval.start > start:
                return Interval(start, visit.interval.start)
            start = max(start, visit.interval.end)
        if start < run.end:
            return Interval(start, run.end)
    return None


def _grey(span: Interval, technician: TechnicianFacts, facts: Facts) -> Iterator[Violation]:
    """One violation per reason, at its first bad stretch."""
    seen: set[Code] = set()
    clear = span.start
    for run in (*runs_under(technician, span), None):
        gap_end = run.start if run else span.end
        if gap_end > clear and Code.GREY_NO_PRESENCE not in seen:
            seen.add(Code.GREY_NO_PRESENCE)
            who = {"technician": technician.name}
            yield Violation(Code.GREY_NO_PRESENCE, Interval(clear, gap_end), True, facts.zone, who)
        if run is None:
            break
        clear = run.end
        code = _GREY.get(run.reason)
        if code and code not in seen:
            seen.add(code)
            said = {"technician": technician.name, "label": run.label}
            yield Violation(code, Interval(run.start, run.end), True, facts.zone, said)


def _overlaps(placement: Placement, span: Interval, technician: TechnicianFacts, facts: Facts) -> Iterator[Violation]:
    for visit in visits_under(technician, span, placement.visit_id):
        said = {
            "name": visit.label,
            "set_by": visit.set_by,
            "visit_id": visit.visit_id,
            "free": free_gap(technician, span, placement.visit_id),
        }
        yield Violation(Code.OVERLAP, visit.interval, True, facts.zone, said)


def _not_enabled(
    placement: Placement, span: Interval, technician: TechnicianFacts, facts: Facts
) -> Iterator[Violation]:
    kind = placement.activity_type_id
    if kind is None or technician.may_do(kind, facts.day_of(span.start)):
        return
    said = {"technician": technician.name, "type": facts.type_names.get(kind, "")}
    yield Violation(Code.NOT_ENABLED, span, True, facts.zone, said)


def _site(placement: Placement, span: Interval, technician: TechnicianFacts, facts: Facts) -> Iterator[Violation]:
    if placement.site_id is None or facts.site_policy is Policy.IGNORE:
        return
    for run in runs_under(technician, span):
        if run.is_white and not serves(run, placement.site_id):
            named = sorted(facts.site_names.get(site, "") for site in run.site_ids if site is not None)
            bad = Interval(max(run.start, span.start), min(run.end, span.end))
            said = {"technician": technician.name, "site": ", ".join(named)}
            yield Violation(Code.SITE, bad, facts.site_policy is Policy.REFUSE, facts.zone, said)
            return


def serves(run: Run, site_id: int | None) -> bool:
    """Whether who is present in this run is present for the site."""
    return site_id is None or site_id in run.site_ids or None in run.site_ids


def _past(span: Interval, facts: Facts) -> Iterator[Violation]:
    if facts.past_policy is not Policy.IGNORE and span.start < facts.now:
        blocks = facts.past_policy is Policy.REFUSE
        yield Violation(Code.PAST, span, blocks, facts.zone, {"limit": facts.now})


def _stale(placement: Placement, span: Interval, facts: Facts) -> Iterator[Violation]:
    state = facts.states.get(placement.visit_id) if placement.visit_id is not None else None
    if state is None:
        return
    if placement.seen is not None:
        is_as_seen = placement.seen == state.stands
    else:
        is_as_seen = placement.version is None or placement.version == state.version
    if is_as_seen:
        return
    said: dict[str, object] = {
        "name": state.changed_by,
        "at": state.changed_at,
        "technician": state.technician,
        "start": state.start,
    }
    if placement.seen is not None and state.stands is not None and not placement.seen.is_elsewhere(state.stands):
        said["state"] = state.state
    yield Violation(Code.STALE, span, True, facts.zone, said)
