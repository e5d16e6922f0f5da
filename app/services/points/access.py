"""Who sees which points at home: by his profiles, or all of them by his role."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from app.db.types import BigInt
from app.domain.people import Permission
from app.services.context import actor, reads

__all__ = ["ACTOR", "RIGHTS", "Access", "access", "access_of", "is_offered"]


def _shown_by(flag: str) -> str:
    return f"""EXISTS (
        SELECT 1 FROM user_profiles AS x JOIN profiles AS p ON p.id = x.profile_id JOIN users AS a ON a.id = x.user_id
        WHERE x.user_id = :actor AND a.is_active AND {flag})"""


@dataclass(frozen=True, slots=True)
class Access:
    """What of the points somebody sees: his own, the team's totals, and the rows of everybody."""

    own: bool = False
    team: bool = False
    rows: bool = False


RIGHTS = f"""
    :actor IS NULL OR EXISTS (
        SELECT 1 FROM users AS a JOIN role_permissions AS r ON r.role_id = a.role_id
        WHERE a.id = :actor AND a.is_active AND r.permission = '{Permission.SEE_POINTS}') AS sees_rows,
    {_shown_by("p.sees_own_points")} AS sees_own,
    {_shown_by("p.sees_team_points")} AS sees_team
"""
"""Columns for any statement with the actor; a text, so that asking for the tab at the start maps no table."""

ACTOR = bindparam("actor", type_=BigInt)
_MINE = text(f"SELECT {RIGHTS}").bindparams(ACTOR)


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
    is_shown = bool(row.sees_rows or row.sees_own or row.sees_team)
    return Access(is_shown, bool(row.sees_rows or row.sees_team), bool(row.sees_rows))
