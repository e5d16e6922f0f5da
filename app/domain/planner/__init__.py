"""The planner's rules: what is white, what may be put where, and why not; one judge for every way of placing."""

from app.domain.planner.facts import (
    Busy,
    EnabledType,
    Facts,
    OffTime,
    Policy,
    Seen,
    Segment,
    TechnicianFacts,
    VisitState,
)
from app.domain.planner.intervals import Interval
from app.domain.planner.nearest import Nearest, free_technicians, nearest_legal
from app.domain.planner.placement import Placement, check, is_refused
from app.domain.planner.presence import Reason, Run, compute_runs, utilisation, white
from app.domain.planner.snap import Edge, Snap, moved, resized
from app.domain.planner.violations import Code, Kind, Violation

__all__ = [
    "Busy",
    "Code",
    "Edge",
    "EnabledType",
    "Facts",
    "Interval",
    "Kind",
    "Nearest",
    "OffTime",
    "Placement",
    "Policy",
    "Reason",
    "Run",
    "Seen",
    "Segment",
    "Snap",
    "TechnicianFacts",
    "Violation",
    "VisitState",
    "check",
    "compute_runs",
    "free_technicians",
    "is_refused",
    "moved",
    "nearest_legal",
    "resized",
    "utilisation",
    "white",
]
