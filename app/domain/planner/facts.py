"""The facts a placement is judged by: frozen, grouped by technician, sorted for bisection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from app.domain.planner.intervals import Interval
from app.domain.planner.presence import OffTime, Run, Segment, compute_runs
from app.domain.words import Message

__all__ = ["Busy", "EnabledType", "Facts", "OffTime", "Policy", "Seen", "Segment", "TechnicianFacts", "VisitState"]


class Policy(StrEnum):
    """What the company wants of a rule that is not a law: refuse, warn (and let pass), or say nothing."""

    REFUSE = "refuse"
    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Busy:
    """An active visit of a technician: whose bar it is (`label`, the customer) and who set it."""

    visit_id: int
    interval: Interval
    label: str
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class EnabledType:
    """That a technician may do an activity type, from and until a day (both included; None: no limit)."""

    activity_type_id: int
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether it holds on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What placing a visit changes, as its mover saw it: words that others change meanwhile stop nobody."""

    technician_id: int
    start: datetime
    end: datetime
    state: str = ""

    def is_elsewhere(self, other: "Seen") -> bool:
        """Whether the other one is another place, whatever the state."""
        return (self.technician_id, self.start, self.end) != (other.technician_id, other.start, other.end)


@dataclass(frozen=True, slots=True)
class VisitState:
    """Where a visit stands now, to tell a reader of an older state: version, who changed it and when, and its place.

    `stands` is what `Seen` is compared with; `state` is its state in words, where only that was changed.
    """

    version: int
    changed_by: str = ""
    technician: str = ""
    start: datetime | None = None
    changed_at: datetime | None = None
    stands: Seen | None = None
    state: str | Message = ""


@dataclass(frozen=True, slots=True)
class TechnicianFacts:
    """One technician's runs and visits, both sorted by start and disjoint; make it by `of`."""

    technician_id: int
    name: str
    runs: tuple[Run, ...]
    busy: tuple[Busy, ...]
    enabled: Mapping[int, tuple[EnabledType, ...]]
    run_starts: tuple[datetime, ...] = field(repr=False)
    busy_starts: tuple[datetime, ...] = field(repr=False)
    busy_reach: tuple[datetime, ...] = field(repr=False)

    @staticmethod
    def of(
        technician_id: int,
        name: str,
        *,
        presences: Iterable[Segment] = (),
        absences: Iterable[OffTime] = (),
        holidays: Iterable[OffTime] = (),
        busy: Iterable[Busy] = (),
        enabled: Iterable[EnabledType] = (),
        runs: Iterable[Run] | None = None,
    ) -> "TechnicianFacts":
        """Sort and index what was read; `runs`, when already computed, stand for the first three."""
        known = tuple(runs) if runs is not None else compute_runs(presences, absences, holidays)
        visits = tuple(sorted(busy, key=lambda each: each.interval))
        reach: list[datetime] = []
        for visit in visits:
            reach.append(max(reach[-1], visit.interval.end) if reach else visit.interval.end)
        types: dict[int, tuple[EnabledType, ...]] = {}
        for each in enabled:
            types[each.activity_type_id] = (*types.get(each.activity_type_id, ()), each)
        return TechnicianFacts(
            technician_id,
            name,
            known,
            visits,
            types,
            tuple(run.start for run in known),
            tuple(visit.interval.start for visit in visits),
            tuple(reach),
        )

    def may_do(self, activity_type_id: int, day: date) -> bool:
        """Whether the technician is enabled for the type on this day."""
        return any(each.is_valid_on(day) for each in self.enabled.get(activity_type_id, ()))


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything `check` needs: technicians, clock, the company's zone and policies, and names for the words."""

    now: datetime
    zone: tzinfo = UTC
    technicians: Mapping[int, TechnicianFacts] = field(default_factory=dict)
    states: Mapping[int, VisitState] = field(default_factory=dict)
    site_policy: Policy = Policy.REFUSE
    past_policy: Policy = Policy.WARN
    type_names: Mapping[int, str] = field(default_factory=dict)
    site_names: Mapping[int, str] = field(default_factory=dict)

    def day_of(self, moment: datetime) -> date:
        """The company's calendar day of an instant."""
        return moment.astimezone(self.zone).date()
