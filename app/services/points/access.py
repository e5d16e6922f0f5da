"""Who sees which points at home: by his profiles, or all of them by his role."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from app.db.types import BigInt
from app.domain.people import Permission
from app.models.people import RolePermission, User
from app.models.processes import Profile, UserProfile
from app.services.context import actor, reads

__all__ = ["ACTING", "RIGHTS", "Access", "access", "access_of", "is_offered"]


@dataclass(frozen=True, slots=True)
class Access:
    """What of the points somebody sees: his own, the team's totals, and the rows of everybody."""

    own: bool = False
    team: bool = False
    rows: bool = False


ACTING = bindparam("actor", type_=BigInt)


def _shown_by(flag: Any) -> ColumnElement[bool]:
    held = select(UserProfile.id).join(Profile, Profile.id == UserProfile.profile_id)
    return held.join(User, User.id == UserProfile.user_id).where(User.id == ACTING, User.is_active, flag).exists()


RIGHTS: tuple[ColumnElement[bool], ...] = (
    or_(
        ACTING.is_(None),
        select(RolePermission.permission)
        .join(User, User.role_id == RolePermission.role_id)
        .where(User.id == ACTING, User.is_active, RolePermission.permission == Permission.SEE_POINTS.value)
        .exists(),
    ).label("rows"),
    _shown_by(Profile.sees_own_points).label("own"),
    _shown_by(Profile.sees_team_points).label("team"),
)
_MINE = select(*RIGHTS)


@reads
def access(session: Session) -> Access:
    """What the one who asks sees of the points: by his profiles, or all of it by his role."""
    return access_of(session.execute(_MINE, {"actor": actor(session)}).one())


@reads
def is_offered(session: Session) -> bool:
    """Whether the page shows anything to the one who asks."""
    return access(session).own


def access_of(row: Any) -> Access:
    """What the answers to RIGHTS come to."""
    is_shown = bool(row.rows or row.own or row.team)
    return Access(is_shown, bool(row.rows or row.team), bool(row.rows))
