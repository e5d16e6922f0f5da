"""What kinds of work there are, who may do them, and the processes tasks move through."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.models.processes.activities import ActivityState, ActivityType, Enablement, Practice

if TYPE_CHECKING:
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

# Not asked for by the first screen, so not mapped at the start.
_LATER = {
    "Process": "app.models.processes.flows",
    "RoutingRules": "app.models.processes.flows",
    "Stage": "app.models.processes.flows",
    "StageLink": "app.models.processes.flows",
    "StageOpening": "app.models.processes.flows",
    "CustomerProfile": "app.models.processes.profiles",
    "Profile": "app.models.processes.profiles",
    "ProfileGate": "app.models.processes.profiles",
    "UserLoad": "app.models.processes.profiles",
    "UserProfile": "app.models.processes.profiles",
}


def __getattr__(name: str) -> Any:
    """Map a class when it is first named."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(_LATER[name]), name)
