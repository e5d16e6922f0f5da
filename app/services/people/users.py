"""Users: who works here, in which role and groups; nobody is deleted, people are disabled."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import LANGUAGES
from app.models.people import Group, GroupMember, Role, RolePermission, User, UserPassword
from app.models.processes import Profile, UserProfile
from app.services.context import actor, reads, require, writes
from app.services.people.logins import change_password
from app.services.people.rows import UserDraft, UserRow
from app.services.processes.profiles import set_user_profiles
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.advancing import reroute
from app.services.tickets.work import leave

_LOGIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-@")


@reads
def list_users(session: Session) -> tuple[UserRow, ...]:
    """Every user, active ones first, by name."""
    return _rows(session)


def user_row(session: Session, user_id: int) -> UserRow:
    """One user as the list shows him."""
    return _rows(session, user_id)[0]


def _rows(session: Session, user_id: int | None = None) -> tuple[UserRow, ...]:
    groups: dict[int, list[tuple[int, str]]] = {}
    profiles: dict[int, list[tuple[int, str]]] = {}
    held = select(UserProfile.user_id, Profile.id, Profile.name).join(Profile, Profile.id == UserProfile.profile_id)
    members = select(GroupMember.user_id, Group.id, Group.name).join(Group, Group.id == GroupMember.group_id)
    asked = select(User, Role.code, Role.name).join(Role, Role.id == User.role_id)
    if user_id is not None:
        members = members.where(GroupMember.user_id == user_id)
        held = held.where(UserProfile.user_id == user_id)
        asked = asked.where(User.id == user_id)
    for member, group_id, name in session.execute(members.order_by(Group.name)):
        groups.setdefault(member, []).append((group_id, name))
    for holder, profile_id, name in session.execute(held.order_by(func.lower(Profile.name), Profile.id)):
        profiles.setdefault(holder, []).append((profile_id, name))
    with_password: set[int] = set()
    if session.get_bind().dialect.name == "sqlite":
        with_password = set(session.scalars(select(UserPassword.user_id)))
    found = session.execute(asked.order_by(User.is_active.desc(), func.lower(User.name), User.id))
    return tuple(
        UserRow(
            id=user.id,
            version=user.version,
            login=user.login,
            name=user.name,
            email=user.email or "",
            phone=user.phone or "",
            language=user.language,
            role_id=user.role_id,
            role_code=code,
            role_name=role_name,
            is_active=user.is_active,
            can_log_in=user.is_active and (user.id in with_password or user.db_role is not None),
            group_ids=tuple(group_id for group_id, _ in groups.get(user.id, ())),
            group_names=tuple(name for _, name in groups.get(user.id, ())),
            db_role=user.db_role,
            profile_ids=tuple(profile_id for profile_id, _ in profiles.get(user.id, ())),
            profile_names=tuple(name for _, name in profiles.get(user.id, ())),
        )
        for user, code, role_name in found
    )


@writes
def save_user(
    session: Session, draft: UserDraft, *, user_id: int | None = None, version: int = 0, password: str | None = None
) -> UserRow:
    """Add a user, or change the one that was seen in this version; with `password` he can log in."""
    require(session, Permission.ADMINISTER)
    name, login = cleaned(draft.name), clean_login(draft.login)
    refuse_double(session, User.login, login, user_id)
    if draft.language not in LANGUAGES:
        raise wrong("LANGUAGE", message(N_("Callboard does not speak this language.")))
    if user_id is None:
        made = insert(User).values(name=name, login=login, role_id=draft.role_id).returning(User.id)
        user = session.get_one(User, session.execute(made).scalar_one())
    else:
        user = seen(session, User, user_id, version)
        if user.is_active and draft.role_id != user.role_id:
            _refuse_last_administrator(session, user)
    user.name, user.login, user.language = name, login, draft.language
    user.email, user.phone = draft.email.strip() or None, draft.phone.strip() or None
    user.role_id = draft.role_id
    session.flush()
    if changed := set_groups(session, user.id, draft.group_ids):
        # Who belongs together is part of both rows: whoever edits either at the same time is told.
        flag_modified(user, "name")
        session.execute(update(Group).where(Group.id.in_(changed)).values(version=Group.version + 1))
        session.flush()
    _set_profiles(session, user, draft.profile_ids)
    if password:
        change_password(session, user.id, password)
        session.refresh(user)
    tell(session, "users", user.id)
    return user_row(session, user.id)


def _set_profiles(session: Session, user: User, wanted: Iterable[int] | None) -> None:
    """Let him hold exactly these; who edits the same user at the same time is told."""
    held = set(session.scalars(select(UserProfile.profile_id).where(UserProfile.user_id == user.id)))
    if wanted is None or set(wanted) == held:
        return
    set_user_profiles(session, user.id, wanted)
    flag_modified(user, "name")
    session.flush()


def clean_login(login: str) -> str:
    """The name somebody logs in with: small letters, so that its case never matters."""
    kept = login.strip().casefold()
    if not kept:
        raise wrong("LOGIN", message(N_("The log-in name is missing.")))
    if not _LOGIN_LETTERS.issuperset(kept) or len(kept) > 60:
        raise wrong("LOGIN", message(N_("A log-in name has Latin letters, digits and . _ - @ only, at most 60.")))
    return kept


def set_groups(session: Session, user_id: int, group_ids: Iterable[int]) -> set[int]:
    """Make the user a member of exactly these groups; gives those he joined or left."""
    wanted = set(group_ids)
    held = set(session.scalars(select(GroupMember.group_id).where(GroupMember.user_id == user_id)))
    if gone := held - wanted:
        session.execute(delete(GroupMember).where(GroupMember.user_id == user_id, GroupMember.group_id.in_(gone)))
    if new := wanted - held:
        session.execute(insert(GroupMember), [{"user_id": user_id, "group_id": group_id} for group_id in sorted(new)])
    return gone | new


@writes
def set_active(session: Session, user_id: int, version: int, *, on: bool) -> UserRow:
    """Let a user work, or disable him: he cannot log in any more, his sessions end, his open tasks find other hands.

    Calls on the plan stay with their visits; the customers he was to call back are anyone's.
    """
    require(session, Permission.ADMINISTER)
    user = seen(session, User, user_id, version)
    if user.is_active and not on:
        if user_id == actor(session):
            raise Refused(
                "SELF", message(N_("You cannot disable yourself.")), message(N_("Another administrator can do it."))
            )
        _refuse_last_administrator(session, user)
    user.is_active = on
    session.flush()
    if on:
        reroute(session)
    else:
        from app.services.dialer import callbacks  # The dial desk is mapped only where it is used.

        leave(session, user_id)
        callbacks.leave(session, user_id)
    tell(session, "users", user_id)
    return user_row(session, user_id)


def _refuse_last_administrator(session: Session, user: User) -> None:
    """Somebody must be able to let people in again."""
    mighty = select(RolePermission.role_id).where(RolePermission.permission == Permission.ADMINISTER.value)
    others = session.scalars(
        select(User.id)
        .where(User.is_active, User.role_id.in_(mighty))
        .order_by(User.id)
        .with_for_update(key_share=True)
    ).all()
    if list(others) == [user.id]:
        raise Refused(
            "LAST",
            message(N_("{name} is the only administrator."), name=user.name),
            message(N_("Nothing was changed. Give another user the role first.")),
        )
