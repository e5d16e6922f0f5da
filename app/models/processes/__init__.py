"""What kinds of work there are, who may do them, and the processes tasks move through."""

from app.models.processes.activities import ActivityState, ActivityType, Enablement, Practice
from app.models.processes.flows import Process, RoutingRules, Stage, StageLink, StageOpening
from app.models.processes.profiles import CustomerProfile, Profile, ProfileGate, UserLoad, UserProfile

__all__ = [
    "ActivityState",
    "ActivityType",
    "CustomerProfile",
    "Enablement",
    "Practice",
    "Process",
    "Profile",
    "ProfileGate",
    "RoutingRules",
    "Stage",
    "StageLink",
    "StageOpening",
    "UserLoad",
    "UserProfile",
]
