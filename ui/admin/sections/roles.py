"""Roles: what each may do; those of the company's own are put together from single permissions."""

from collections.abc import Mapping
from typing import Any

from app.domain.people import Permission, ceiling, role_name
from app.domain.words import N_
from app.i18n import _, _n
from app.services.people.roles import delete_role, list_roles, save_role
from app.services.people.rows import RoleDraft, RoleRow
from ui.admin.more_parts import BuiltInNamePart, ChecksPart, ShownPart
from ui.admin.parts import Part, TickPart
from ui.admin.section import Call, Column, Entry, Section, Values, deletion, in_words

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


def _values(role: RoleRow | None) -> dict[str, Any]:
    held = role.permissions if role else ()
    name = (role.name or "") if role else ""
    ticked = tuple(permission.value for permission in held)
    return {"name": name, "permissions": ticked, "visits": bool(role and role.takes_visits), "reach": None}


def _save(values: Values, role: RoleRow | None) -> Call:
    draft = RoleDraft(values["name"], tuple(Permission(code) for code in values["permissions"]), values["visits"])
    known = {"role_id": role.id, "version": role.version} if role else {}
    return Call(save_role, draft, **known)


def _title(role: RoleRow) -> str:
    return in_words(role_name(role.code, role.name))


def _adapt(parts: Mapping[str, Part], role: RoleRow | None, key: str) -> None:
    """A role that came with the program is for reading; of any other it says how far its log-ins reach."""
    is_fixed = role is not None and role.is_built_in
    name, permissions, visits, reach = (parts[each] for each in ("name", "permissions", "visits", "reach"))
    if key == "name" and isinstance(name, BuiltInNamePart):
        name.stand_in(role_name(role.code, None) if role and is_fixed else "")
    for part in (name, permissions, visits):
        part.widget.setEnabled(not is_fixed)
    if isinstance(reach, ShownPart):
        reach.show(in_words(role_name(ceiling(Permission(code) for code in permissions.value()), None)))


def _permissions() -> ChecksPart:
    return ChecksPart([(permission.value, text) for permission, text in _WORDS.items()])


ROLES: Section[RoleRow] = Section(
    key="roles",
    text=N_("Roles"),
    icon="administrator",
    about=N_("What each role may do. Those that come with Callboard stay as they are; add your own beside them."),
    tables=frozenset({"roles", "role_permissions", "users"}),
    read=list_roles,
    values=_values,
    title=_title,
    columns=(
        Column(N_("Name"), _title, 190),
        Column(
            N_("Permissions"),
            lambda role: _n("{count} permission", "{count} permissions", len(role.permissions)),
            130,
            sort=lambda role: len(role.permissions),
        ),
        Column(
            N_("Users"),
            lambda role: _n("{count} person", "{count} people", role.users),
            100,
            sort=lambda role: role.users,
        ),
        Column(N_("Built in"), lambda role: _("Yes") if role.is_built_in else "", 76),
    ),
    entries=(
        Entry("name", N_("Name"), BuiltInNamePart, codes=frozenset({"NAME", "TAKEN", "BUILT_IN"})),
        Entry(
            "permissions",
            N_("May"),
            _permissions,
            hint=N_("With nothing ticked, the role looks at everything and changes nothing."),
            codes=frozenset({"LAST"}),
        ),
        Entry(
            "visits", N_("On the planner"), TickPart, hint=N_("Its people have a row on the planner and take visits.")
        ),
        Entry(
            "reach",
            N_("Reach on a server"),
            ShownPart,
            hint=N_("The database lets its log-ins as far as this built-in role, and there only to what is ticked."),
        ),
    ),
    save=_save,
    new=N_("New role"),
    adapt=_adapt,
    acts=(deletion(delete_role, can=lambda role: not role.is_built_in and not role.users),),
)
"""What each role may do."""
