"""What a service may ask about the call it is part of: who acts, what time it is, whom to tell afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from app.db.types import BigInt
from app.domain.errors import Refused
from app.domain.people import Permission, ceiling
from app.domain.words import N_, message
from app.models.people import RolePermission, User

F = TypeVar("F", bound=Callable[..., Any])

_SQLITE_NOW = text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")


_only_asking: set[Callable[..., Any]] = set()


def reads(service: F) -> F:
    """Mark a service that only asks: it runs beside others and is repeated freely."""
    _only_asking.add(service)
    return service


def writes(service: F) -> F:
    """Mark a service that changes rows: it runs in click order, once for each `op_id`."""
    _only_asking.discard(service)
    return service


_at_once: set[Callable[..., Any]] = set()


def calls(service: F) -> F:
    """Mark a service that changes rows by one statement of its own, which answers a repeated `op_id` by itself.

    On PostgreSQL it runs without a transaction around it, one round trip instead of four; on SQLite in one, as usual.
    """
    _only_asking.discard(service)
    _at_once.add(service)
    return service


def is_call(service: Callable[..., Any]) -> bool:
    """Whether a service is one statement that keeps its own promise of once."""
    return service in _at_once


def op_id(session: Session) -> str:
    """The client-made key of the request this call is part of."""
    key: str = session.info["op_id"]
    return key


def is_postgresql(session: Session) -> bool:
    """Whether a server keeps this database."""
    return session.get_bind().dialect.name != "sqlite"


def is_write(service: Callable[..., Any]) -> bool:
    """Whether a service changes rows; what is not marked may."""
    return service not in _only_asking


def actor(session: Session) -> int | None:
    """The user on whose behalf this call runs; None for set-up and the command line of the owner."""
    return session.info.get("actor")


def now(session: Session) -> datetime:
    """This moment by the database's clock, the same for the whole call."""
    if "now" not in session.info:
        clock = session.info.get("clock")
        session.info["now"] = clock() if clock else _database_now(session)
    moment: datetime = session.info["now"]
    return moment


def _database_now(session: Session) -> datetime:
    if session.get_bind().dialect.name == "sqlite":
        return datetime.fromisoformat(session.execute(_SQLITE_NOW).scalar_one())
    return session.execute(select(func.now())).scalar_one().astimezone(UTC)


def keep_now(session: Session, moment: datetime) -> None:
    """This moment as PostgreSQL told it beside another answer, where the call has not asked yet."""
    if "now" not in session.info and not session.info.get("clock") and session.get_bind().dialect.name != "sqlite":
        session.info["now"] = moment.astimezone(UTC)


def announce(session: Session, event: object) -> None:
    """Tell this desktop once the work is committed; the others learn it from the change log."""
    session.info.setdefault("events", []).append(event)


def sees_own_way_only(session: Session) -> bool:
    """Whether the actor's role reaches no farther than a technician's, who sees what belongs to his own work.

    On a server the policies see to it; on a file, and in what is counted or drawn, the services do.
    """
    user_id = actor(session)
    if user_id is None:
        return False
    held = select(RolePermission.permission).join(User, User.role_id == RolePermission.role_id)
    known = {permission.value: permission for permission in Permission}
    found = session.scalars(held.where(User.id == user_id))
    return ceiling(known[each] for each in found if each in known) == "technician"


_ACTOR = bindparam("actor", type_=BigInt)
MAY_WORK = or_(
    _ACTOR.is_(None),
    select(RolePermission.permission)
    .join(User, User.role_id == RolePermission.role_id)
    .where(User.id == _ACTOR, User.is_active, RolePermission.permission == Permission.WORK_TASKS.value)
    .exists(),
)
"""Whether `:actor` may work on tasks, for statements that ask it beside the rest; `require` says it in words."""


def require(session: Session, permission: Permission) -> None:
    """Refuse unless the actor's role has the permission; calls without an actor are the owner's own."""
    user_id = actor(session)
    if user_id is None:
        return
    held = select(RolePermission.permission).join(User, User.role_id == RolePermission.role_id)
    found = session.scalar(
        held.where(User.id == user_id, User.is_active, RolePermission.permission == permission.value)
    )
    if found is None:
        raise Refused(
            "FORBIDDEN",
            message(N_("Your role does not allow this.")),
            message(N_("Nothing was changed. Ask your administrator for the permission.")),
        )
