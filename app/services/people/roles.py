"""Roles of the company's own: a name and single permissions; the built-in ones stay as they are."""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.db import logins as server
from app.domain.errors import Refused
from app.domain.people import ROLES, Permission, role_name
from app.domain.words import N_, Message, counted, message
from app.i18n import LANGUAGES, translations
from app.models.people import Role, RolePermission, User
from app.services.context import reads, require, writes
from app.services.people.rows import RoleDraft, RoleRow
from app.services.saving import cleaned, refuse_double, seen, tell, wrong

__all__ = ["delete_role", "list_roles", "save_role"]


@reads
def list_roles(session: Session) -> tuple[RoleRow, ...]:
    """Every role with its permissions and how many users have it: the built-in ones, then those of the company."""
    return _rows(session)


def _rows(session: Session, role_id: int | None = None) -> tuple[RoleRow, ...]:
    held: dict[int, list[Permission]] = {}
    known = {permission.value: permission for permission in Permission}
    for holder, permission in session.execute(select(RolePermission.role_id, RolePermission.permission)):
        if permission in known:
            held.setdefault(holder, []).append(known[permission])
    asked = select(Role.id, Role.code, Role.name, Role.version, func.count(User.id), Role.takes_visits)
    asked = asked.join(User, User.role_id == Role.id, isouter=True).group_by(Role.id).order_by(Role.id)
    if role_id is not None:
        asked = asked.where(Role.id == role_id)
    order = list(Permission)
    return tuple(
        RoleRow(found, code, name, tuple(sorted(held.get(found, ()), key=order.index)), version, users, takes_visits)
        for found, code, name, version, users, takes_visits in session.execute(asked)
    )


@writes
def save_role(session: Session, draft: RoleDraft, *, role_id: int | None = None, version: int = 0) -> RoleRow:
    """Add a role, or change the one that was seen in this version; its users may do at once what it says."""
    require(session, Permission.ADMINISTER)
    _refuse_old_server(session)
    name = cleaned(draft.name)
    if name.casefold() in _built_in_names():
        raise wrong("TAKEN", message(N_("“{name}” is there already."), name=name))
    refuse_double(session, Role.name, name, role_id)
    if role_id is None:
        role = Role(code=f"role_{uuid.uuid4().hex[:12]}", name=name, takes_visits=draft.takes_visits)
        session.add(role)
    else:
        role = seen(session, Role, role_id, version)
        _refuse_built_in(role)
        role.name, role.takes_visits = name, draft.takes_visits
    session.flush()
    if _set_permissions(session, role, draft.permissions):
        # What it may do is part of the row: whoever edits it at the same time is told.
        flag_modified(role, "name")
        session.flush()
    tell(session, "roles", role.id)
    return _rows(session, role.id)[0]


def _set_permissions(session: Session, role: Role, permissions: Iterable[Permission]) -> bool:
    """Let it do exactly this; what stays is not taken away for a moment. Gives whether anything changed."""
    wanted = {permission.value for permission in permissions}
    held = {each.permission: each for each in role.permissions}
    for permission in sorted(wanted - held.keys()):
        role.permissions.append(RolePermission(permission=permission))
    session.flush()
    for permission in sorted(held.keys() - wanted):
        role.permissions.remove(held[permission])
    session.flush()
    return wanted != held.keys()


@writes
def delete_role(session: Session, role_id: int, version: int) -> None:
    """Remove a role that no user has, not even one who is disabled."""
    require(session, Permission.ADMINISTER)
    role = seen(session, Role, role_id, version)
    _refuse_built_in(role)
    users = session.scalar(select(func.count()).where(User.role_id == role_id)) or 0
    if users:
        raise wrong("USED", counted("{count} user has this role.", "{count} users have this role.", users))
    session.delete(role)
    session.flush()
    tell(session, "roles", role_id)


def _refuse_built_in(role: Role) -> None:
    if role.code in ROLES:
        raise Refused(
            "BUILT_IN",
            message(N_("The roles that come with Callboard stay as they are.")),
            message(N_("Nothing was saved. Add a role of your own instead.")),
        )


def _refuse_old_server(session: Session) -> None:
    """The server's log-ins could not follow a role that its functions do not know."""
    if server.keeps_logins(session) and not server.follows_roles(session):
        raise Refused(
            "SERVER",
            message(N_("This server does not know roles of your own yet.")),
            message(N_("Nothing was saved. Its owner runs once more: callboard server init")),
        )


def _built_in_names() -> frozenset[str]:
    names = [role_name(code, None) for code in ROLES]
    texts = [name.text for name in names if isinstance(name, Message)]
    said = {translations(language).gettext(text).casefold() for language in LANGUAGES for text in texts}
    return frozenset(said) | frozenset(text.casefold() for text in texts)
