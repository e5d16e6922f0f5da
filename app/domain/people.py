"""What a user may do, and the built-in roles."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, message


class Permission(StrEnum):
    """One thing a user may be allowed."""

    ADMINISTER = "administer"
    IMPORT = "import"
    PLAN = "plan"
    EDIT_TICKETS = "edit_tickets"
    EDIT_CUSTOMERS = "edit_customers"
    WORK_TASKS = "work_tasks"
    DIAL = "dial"
    RUN_CAMPAIGNS = "run_campaigns"
    SEE_GROUP = "see_group"
    SEE_POINTS = "see_points"
    CORRECT_POINTS = "correct_points"


_OFFICE = (
    Permission.IMPORT,
    Permission.PLAN,
    Permission.EDIT_TICKETS,
    Permission.EDIT_CUSTOMERS,
    Permission.WORK_TASKS,
    Permission.DIAL,
)

ROLES: Mapping[str, tuple[Permission, ...]] = MappingProxyType(
    {
        "administrator": tuple(Permission),
        "manager": (
            *_OFFICE,
            Permission.RUN_CAMPAIGNS,
            Permission.SEE_GROUP,
            Permission.SEE_POINTS,
            Permission.CORRECT_POINTS,
        ),
        "back_office": _OFFICE,
        "agent": (Permission.EDIT_TICKETS, Permission.EDIT_CUSTOMERS, Permission.WORK_TASKS, Permission.DIAL),
        "technician": (Permission.WORK_TASKS,),
        "read_only": (),
    }
)
"""The built-in roles by code, with what each may do."""

CEILINGS: Mapping[str, tuple[Permission, ...]] = MappingProxyType(
    {
        "administrator": (Permission.ADMINISTER,),
        "manager": (
            Permission.RUN_CAMPAIGNS,
            Permission.SEE_GROUP,
            Permission.SEE_POINTS,
            Permission.CORRECT_POINTS,
        ),
        "back_office": (Permission.IMPORT, Permission.PLAN),
        "agent": (Permission.EDIT_TICKETS, Permission.EDIT_CUSTOMERS, Permission.DIAL),
        "technician": (Permission.WORK_TASKS,),
    }
)
"""The permissions that take at least the reach of a built-in role, the farthest first; the server's log-ins follow."""


def ceiling(permissions: Iterable[Permission]) -> str:
    """The built-in role with the smallest reach that still covers these permissions."""
    held = set(permissions)
    return next((code for code, needing in CEILINGS.items() if held.intersection(needing)), "read_only")


_ROLE_NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "administrator": message(N_("Administrator")),
        "manager": message(N_("Manager")),
        "back_office": message(N_("Back office")),
        "agent": message(N_("Agent")),
        "technician": message(N_("Technician")),
        "read_only": message(N_("Read only")),
    }
)


def role_name(code: str, name: str | None) -> str | Message:
    """What a role is called: its own name, or the built-in one as a Message."""
    return name or _ROLE_NAMES.get(code) or code
