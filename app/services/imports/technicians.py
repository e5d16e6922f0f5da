"""Writing the technicians of an import: users, their groups and what they may do."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.imports.rows import TechnicianValues
from app.domain.imports.values import role_code
from app.domain.people import Permission
from app.domain.text import fold
from app.domain.words import N_, Message, message
from app.models.base import table_of
from app.models.company import Company
from app.models.people import Group, GroupMember, Role, RolePermission, User
from app.models.processes import ActivityType, Enablement
from app.services.imports.names import Names
from app.services.imports.report import Outcome
from app.services.people.users import clean_login

_NOT_LOGIN = re.compile("[^a-z0-9._-]")
_USERS = table_of(User)
_TEXTS = ("external_key", "email", "phone")
_COLUMNS = ("name", "login", "language", "role_id", *_TEXTS)
_UPDATE = (
    update(_USERS)
    .where(_USERS.c.id == bindparam("row_id"))
    .values({column: bindparam(f"new_{column}") for column in _COLUMNS} | {"version": _USERS.c.version + 1})
)


def identity(values: TechnicianValues) -> str:
    """What makes two rows of a file the same technician: the key, else the login, else the name."""
    return values.external_key or f"\0{fold(values.login or values.name)}"


class TechnicianWriter:
    """Adds new users and updates known ones by key, else by login, else by name.

    Groups and enabled activity types named in a row are added, never taken away: what was arranged in the program
    stays. Administrators are neither made nor changed.
    """

    table = "users"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._language = session.scalar(select(Company.language)) or "en"
        self._groups = Names(session, Group)
        self._types = Names(session, ActivityType)
        self._roles = {code: row_id for row_id, code in session.execute(select(Role.id, Role.code))}
        named = session.execute(select(Role.id, Role.name).where(Role.name.is_not(None)))
        self._own_roles = {fold(name): row_id for row_id, name in named if name}
        administers = select(RolePermission.role_id).where(RolePermission.permission == Permission.ADMINISTER.value)
        self._administering = set(session.scalars(administers))
        rows = session.execute(select(*(_USERS.c[column] for column in ("id", *_COLUMNS)))).mappings()
        self._users = [dict(row) for row in rows]
        self._members = set(session.execute(select(GroupMember.user_id, GroupMember.group_id)))
        held = select(Enablement.user_id, Enablement.activity_type_id).where(Enablement.user_id.is_not(None))
        self._enabled = set(session.execute(held))
        self._index()

    def write(self, batch: Sequence[TechnicianValues]) -> Outcome:
        """Write one batch."""
        outcome = Outcome()
        for place, values in enumerate(batch):
            existing = self._find(values)
            role_id = self._role(values, existing)
            if values.login and isinstance(login := _login(values.login), Message):
                outcome.refused[place] = login
            elif isinstance(role_id, Message):
                outcome.refused[place] = role_id
            elif reason := self._forbidden(values, existing, role_id):
                outcome.refused[place] = reason
            elif existing is None:
                self._add(values, role_id)
                outcome.added += 1
            else:
                is_changed = self._change(existing, values, role_id)
                is_changed |= self._belong(existing["id"], values)
                outcome.count(is_changed=is_changed)
        return outcome

    def _index(self) -> None:
        self._by_key = {user["external_key"]: user for user in self._users if user["external_key"]}
        self._by_login = {fold(user["login"]): user for user in self._users}
        self._by_name = {fold(user["name"]): user for user in reversed(self._users)}

    def _find(self, values: TechnicianValues) -> dict[str, Any] | None:
        if values.external_key and (found := self._by_key.get(values.external_key)):
            return found
        if values.login:
            return self._by_login.get(fold(values.login))
        found = self._by_name.get(fold(values.name))
        # A namesake with a key of his own is somebody else.
        return None if found and values.external_key and found["external_key"] else found

    def _role(self, values: TechnicianValues, existing: dict[str, Any] | None) -> int | Message:
        if not values.role:
            return int(existing["role_id"]) if existing else self._roles["technician"]
        found = self._own_roles.get(fold(values.role)) or self._roles.get(role_code(values.role) or values.role)
        return found or message(N_("There is no role called “{role}”."), role=values.role)

    def _forbidden(self, values: TechnicianValues, existing: dict[str, Any] | None, role_id: int) -> Message | None:
        if role_id in self._administering or (existing and existing["role_id"] in self._administering):
            return message(N_("Administrators are not changed by an import."))
        holder = self._by_login.get(fold(values.login)) if values.login else None
        has_other_key = bool(
            holder and values.external_key and holder["external_key"] not in {None, values.external_key}
        )
        if holder and (has_other_key or (existing and holder is not existing)):
            return message(N_("The login {login} belongs to {name}."), login=values.login, name=holder["name"])
        return None

    def _add(self, values: TechnicianValues, role_id: int) -> None:
        row: dict[str, Any] = {
            "external_key": values.external_key or None,
            "name": values.name or values.login,
            "login": values.login.casefold() if values.login else self._free_login(values),
            "language": values.language or self._language,
            "role_id": role_id,
            "email": values.email or None,
            "phone": values.phone or None,
        }
        row["id"] = self._session.execute(insert(_USERS).values(row).returning(_USERS.c.id)).scalar_one()
        self._users.append(row)
        self._index_one(row)
        self._belong(row["id"], values)

    def _change(self, existing: dict[str, Any], values: TechnicianValues, role_id: int) -> bool:
        said: dict[str, Any] = {"role_id": role_id}
        for name in _TEXTS:
            if (value := getattr(values, name)) is not None:
                said[name] = value or None
        for name in ("name", "language"):
            if value := getattr(values, name):
                said[name] = value
        if values.login:
            said["login"] = values.login.casefold()
        row = existing | said
        if row == existing:
            return False
        self._session.execute(_UPDATE, {"row_id": row["id"]} | {f"new_{name}": row[name] for name in _COLUMNS})
        existing.update(row)
        self._index_one(existing)
        return True

    def _index_one(self, user: dict[str, Any]) -> None:
        if user["external_key"]:
            self._by_key[user["external_key"]] = user
        self._by_login[fold(user["login"])] = user
        self._by_name.setdefault(fold(user["name"]), user)

    def _belong(self, user_id: int, values: TechnicianValues) -> bool:
        """Enter the groups and activity types the row names; tells whether any was new."""
        groups = [self._groups.find_or_make(name) for name in values.groups or ()]
        types = [self._types.find_or_make(name) for name in values.activity_types or ()]
        joined = self._enter(GroupMember, "group_id", user_id, groups, self._members)
        enabled = self._enter(Enablement, "activity_type_id", user_id, types, self._enabled)
        return joined or enabled

    def _enter(
        self, model: type[GroupMember | Enablement], column: str, user_id: int, ids: Iterable[int], known: set[Any]
    ) -> bool:
        fresh = [(user_id, other) for other in dict.fromkeys(ids) if (user_id, other) not in known]
        known.update(fresh)
        if fresh:
            self._session.execute(insert(model), [{"user_id": user, column: other} for user, other in fresh])
        return bool(fresh)

    def _free_login(self, values: TechnicianValues) -> str:
        named = (values.email or "").partition("@")[0] or fold(values.name).replace(" ", ".")
        base = _letters(named) or _letters(values.external_key or "") or "user"
        login, number = base, 1
        while fold(login) in self._by_login:
            number += 1
            login = f"{base}{number}"
        return login


def _login(text: str) -> str | Message:
    try:
        return clean_login(text)
    except Refused as refusal:
        return refusal.what


def _letters(text: str) -> str:
    """What of a text can be in a log-in name, when there is a letter or digit in it."""
    kept = _NOT_LOGIN.sub("", text.casefold())[:50]
    return kept if any(map(str.isalnum, kept)) else ""
