"""Who is asking, and passwords: the server keeps them on PostgreSQL, the file keeps argon2 hashes on a single seat."""

from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.adapters import passwords
from app.db import logins as server
from app.domain.errors import Refused
from app.domain.passwords import check_password
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.company import Company
from app.models.people import Role, RolePermission, User, UserPassword
from app.services.context import actor, reads, require, writes
from app.services.people.me import Entry, Me
from app.services.saving import tell, wrong

_ABSENT = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNvbWVzYWx0$" + "A" * 43


@reads
def entry(session: Session) -> Entry:
    """What a desktop has to know before it lets somebody in."""
    has_users = session.scalar(select(User.id).where(User.is_active).limit(1)) is not None
    limits = session.scalars(select(Company.allowed_addresses)).first()
    has_company = limits is not None
    me, login = None, None
    if server.keeps_logins(session):
        login = server.session_login(session)
        me = _me(session, User.db_role == login)
        if me is not None and limits and not server.is_let_in(session):
            raise Refused(
                "ADDRESS",
                message(
                    N_("Your company lets nobody log in from this address ({address})."),
                    address=server.address(session),
                ),
                message(N_("Log in from the office, or ask your administrator to add the address in Set-up.")),
            )
    elif (user_id := actor(session)) is not None:
        me = _me(session, User.id == user_id)
    return Entry(has_users and has_company, has_users, has_company, me, login)


@reads
def who_am_i(session: Session) -> Me | None:
    """The user who is asking: by his own log-in on a server, by the log-in screen on a single seat."""
    return entry(session).me


@reads
def is_owner(session: Session) -> bool:
    """Whether who asks owns the database or its server, and so needs no user."""
    return not server.keeps_logins(session) or server.is_owner(session)


@reads
def log_in(session: Session, login: str, password: str) -> Me:
    """Let somebody in on a single seat."""
    found = session.execute(
        select(User.id, UserPassword.argon2)
        .join(UserPassword, UserPassword.user_id == User.id)
        .where(User.login == login.strip().casefold(), User.is_active)
    ).first()
    # An unknown name takes as long as a wrong password.
    kept = found.argon2 if found else _ABSENT
    if not passwords.is_right(kept, password) or found is None:
        raise Refused(
            "LOGIN",
            message(N_("The log-in or the password is wrong, or the log-in is disabled.")),
            message(N_("Type both again, or ask your administrator.")),
        )
    me = _me(session, User.id == found.id)
    assert me is not None
    return me


@reads
def remembered(session: Session, login: str) -> Me | None:
    """The active user of this log-in name, for a single seat that remembers who works at it."""
    return None if server.keeps_logins(session) else _me(session, User.login == login)


def _me(session: Session, is_me: Any) -> Me | None:
    row = session.execute(
        select(User.id, User.login, User.name, User.language, User.role_id, Role.code)
        .join(Role, Role.id == User.role_id)
        .where(is_me, User.is_active)
    ).first()
    if row is None:
        return None
    held = session.scalars(select(RolePermission.permission).where(RolePermission.role_id == row.role_id))
    known = {permission.value: permission for permission in Permission}
    return Me(
        row.id,
        row.login,
        row.name,
        row.language,
        row.code,
        tuple(known[code] for code in sorted(held) if code in known),
    )


@writes
def set_password(session: Session, user_id: int, password: str) -> None:
    """Give a user a password; on a server his log-in is made with the first one. Everybody may change his own."""
    if user_id != actor(session):
        require(session, Permission.ADMINISTER)
    change_password(session, user_id, password)
    tell(session, "users", user_id)


def change_password(session: Session, user_id: int, password: str) -> None:
    """Keep the password where this engine keeps passwords."""
    user = session.get_one(User, user_id)
    if trouble := check_password(password, user.login):
        raise wrong("PASSWORD", trouble)
    if not server.keeps_logins(session):
        session.execute(delete(UserPassword).where(UserPassword.user_id == user_id))
        session.execute(insert(UserPassword).values(user_id=user_id, argon2=passwords.make_hash(password)))
    elif user.db_role is None:
        server.give_login(session, user_id, password)
    elif user.db_role == server.session_login(session):
        server.set_own_password(session, user.db_role, password)
    else:
        server.set_password(session, user_id, user.db_role, password)
    session.expire(user)
