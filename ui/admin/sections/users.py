"""Users: who works here, in which role and groups, and who can log in."""

from collections.abc import Sequence
from typing import Any

from app import i18n
from app.domain.people import role_name
from app.domain.words import N_, Message, message
from app.i18n import LANGUAGES, _
from app.services.people.groups import list_groups
from app.services.people.roles import list_roles
from app.services.people.rows import GroupRow, RoleRow, UserDraft, UserRow
from app.services.people.users import list_users, save_user, set_active
from app.services.processes.profiles import ProfileRow, list_profiles
from app.services.processes.rehearsal import Change
from ui.admin.parts import ManyPart, PickPart, SecretPart, TextPart, picked
from ui.admin.section import Act, Aside, Call, Column, Entry, Offer, Section, Values, in_words
from ui.admin.tags import TagsPart
from ui.widgets.picker import Choice

__all__ = ["USERS"]


def _status(user: UserRow) -> str:
    if not user.is_active:
        return _("Disabled")
    return _("Can log in") if user.can_log_in else _("No log-in")


def _values(user: UserRow | None) -> dict[str, Any]:
    if user is None:
        language = i18n.current().code
        empty = {"name": "", "login": "", "password": "", "email": "", "phone": ""}
        return {**empty, "role": None, "groups": (), "profiles": (), "language": language}
    return {
        "name": user.name,
        "login": user.login,
        "password": "",
        "role": user.role_id,
        "groups": picked(user.group_ids),
        "profiles": tuple(sorted(user.profile_ids)),
        "language": user.language,
        "email": user.email,
        "phone": user.phone,
    }


def _save(values: Values, user: UserRow | None) -> Call:
    draft = UserDraft(
        login=values["login"],
        name=values["name"],
        role_id=values["role"],
        email=values["email"],
        phone=values["phone"],
        language=values["language"],
        group_ids=values["groups"],
        profile_ids=values["profiles"],
    )
    known = {"user_id": user.id, "version": user.version} if user else {}
    return Call(save_user, draft, password=values["password"] or None, **known)


def _how_he_comes_in(user: UserRow) -> Message | None:
    """What to tell him: on a server names stand in no log-in, because everybody there can read them all."""
    if user.db_role is None or not user.can_log_in:
        return None
    return message(N_("Saved. {name} logs in to the server as {login}."), name=user.name, login=user.db_role)


def _roles(rows: Sequence[RoleRow]) -> list[Choice]:
    return [Choice(row.id, in_words(role_name(row.code, row.name))) for row in rows]


def _groups(rows: Sequence[GroupRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows]


def _profiles(rows: Sequence[ProfileRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows if row.main == "worker"]


def _profile_part() -> TagsPart:
    return TagsPart(N_("Add a profile"), N_("There are no profiles of workers yet."))


def _rehearsal(values: Values, user: UserRow) -> tuple[Change, str]:
    return Change(profiles={user.id: frozenset(values["profiles"])}), user.name


def _languages() -> PickPart:
    part = PickPart()
    part.offer([Choice(code, language.name) for code, language in LANGUAGES.items()])
    return part


USERS: Section[UserRow] = Section(
    key="users",
    text=N_("Users"),
    icon="user",
    about=N_("Everybody who works with Callboard. Nobody is deleted: who leaves is disabled, and the work stays."),
    tables=frozenset({"users", "groups", "group_members", "roles", "profiles", "user_profiles"}),
    read=list_users,
    values=_values,
    title=lambda user: user.name,
    is_muted=lambda user: not user.is_active,
    columns=(
        Column(N_("Name"), lambda user: user.name, 130),
        Column(N_("Log-in"), lambda user: user.login, 118),
        Column(N_("Role"), lambda user: in_words(role_name(user.role_code, user.role_name)), 98),
        Column(N_("Groups"), lambda user: ", ".join(user.group_names), 118),
        Column(N_("Profiles"), lambda user: ", ".join(user.profile_names), 112),
        Column(N_("State"), _status, 94),
    ),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME"}), needed=N_("The name is missing.")),
        Entry(
            "login",
            N_("Log-in"),
            TextPart,
            hint=N_("Latin letters, digits and . _ - @"),
            codes=frozenset({"LOGIN", "TAKEN"}),
            needed=N_("The log-in name is missing."),
        ),
        Entry(
            "password",
            N_("New password"),
            SecretPart,
            hint=N_(
                "At least 8 characters, not one that many people use. With a password this user can log in; "
                "left empty, it stays as it is."
            ),
            codes=frozenset({"PASSWORD"}),
        ),
        Entry("role", N_("Role"), PickPart, codes=frozenset({"LAST"}), needed=N_("The role is missing.")),
        Entry("groups", N_("Groups"), ManyPart),
        Entry(
            "profiles",
            N_("Profiles"),
            _profile_part,
            hint=N_("Tasks at stages with one of these profiles may come to this user by themselves."),
            codes=frozenset({"MAIN", "GONE"}),
        ),
        Entry("language", N_("Language"), _languages, codes=frozenset({"LANGUAGE"})),
        Entry("email", N_("E-mail"), TextPart),
        Entry("phone", N_("Phone"), TextPart),
    ),
    offers=(
        Offer("role", list_roles, _roles),
        Offer("groups", list_groups, _groups),
        Offer("profiles", list_profiles, _profiles),
    ),
    asides=(
        Aside(
            "rehearse",
            N_("Rehearsal…"),
            "history",
            "processes.rehearse",
            _rehearsal,
            lambda values, user: set(values["profiles"]) != set(user.profile_ids),
        ),
    ),
    save=_save,
    after=_how_he_comes_in,
    new=N_("New user"),
    acts=(
        Act(
            "active",
            lambda user: N_("Disable") if user.is_active else N_("Enable"),
            "user",
            lambda user: Call(set_active, user.id, user.version, on=not user.is_active),
        ),
    ),
)
"""Who works here."""
