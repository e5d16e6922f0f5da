"""Roles: what each may do, for reading."""

from typing import Any

from app.domain.people import Permission, role_name
from app.domain.words import N_
from app.i18n import _n
from app.services.people.roles import list_roles
from app.services.people.rows import RoleRow
from ui.admin.parts import ReadPart
from ui.admin.section import Column, Entry, Section, in_words

__all__ = ["ROLES"]

_WORDS = {
    Permission.ADMINISTER: N_("Change everything in Set-up"),
    Permission.IMPORT: N_("Import files"),
    Permission.PLAN: N_("Plan visits and working time"),
    Permission.EDIT_TICKETS: N_("Work on tickets"),
    Permission.EDIT_CUSTOMERS: N_("Change customers"),
    Permission.WORK_TASKS: N_("Work on tasks"),
    Permission.DIAL: N_("Work at the dial desk"),
    Permission.RUN_CAMPAIGNS: N_("Run campaigns"),
    Permission.SEE_GROUP: N_("See the call history of the own groups"),
    Permission.SEE_POINTS: N_("See everybody's points"),
    Permission.CORRECT_POINTS: N_("Reverse points"),
}
_LOOK = (N_("Look at everything and change nothing"),)


def _values(role: RoleRow | None) -> dict[str, Any]:
    held = role.permissions if role else ()
    return {"permissions": tuple(_WORDS[permission] for permission in held) or _LOOK}


ROLES: Section[RoleRow] = Section(
    key="roles",
    text=N_("Roles"),
    icon="administrator",
    about=N_("What each role may do. Roles come with Callboard; which role somebody has is set under Users."),
    tables=frozenset({"roles", "role_permissions"}),
    read=list_roles,
    values=_values,
    title=lambda role: in_words(role_name(role.code, role.name)),
    columns=(
        Column(N_("Name"), lambda role: in_words(role_name(role.code, role.name)), 200),
        Column(
            N_("Permissions"),
            lambda role: _n("{count} permission", "{count} permissions", len(role.permissions)),
            140,
            sort=lambda role: len(role.permissions),
        ),
    ),
    entries=(Entry("permissions", N_("May"), ReadPart),),
)
"""What each role may do."""
