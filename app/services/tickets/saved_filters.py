"""Filters kept under a name: one's own, and those others share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import User
from app.models.tickets import SavedFilter
from app.services.context import actor, reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell

TICKETS = "tickets"


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter under its name; `is_mine` when whoever asks has made it, else `owner` has."""

    id: int
    version: int
    name: str
    filter: Mapping[str, Any]
    is_shared: bool
    is_mine: bool
    owner: str


@reads
def kept(session: Session, screen: str = TICKETS) -> tuple[Kept, ...]:
    """One's own filters and the shared ones of others, by name."""
    me = actor(session)
    asked = (
        select(SavedFilter, User.name)
        .join(User, User.id == SavedFilter.user_id)
        .where(SavedFilter.screen == screen, or_(SavedFilter.user_id == me, SavedFilter.is_shared))
    )
    rows = [
        Kept(row.id, row.version, row.name, dict(row.filter), row.is_shared, row.user_id == me, owner)
        for row, owner in session.execute(asked)
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_mine, row.name.casefold(), row.id)))


@writes
def keep(session: Session, name: str, wanted: dict[str, Any], *, is_shared: bool, screen: str = TICKETS) -> int:
    """Keep a filter under a name of one's own; the same name again is the same filter with other contents."""
    me = _somebody(session)
    name = cleaned(name)
    known = [row for row in session.scalars(_mine(me, screen)) if row.name.casefold() == name.casefold()]
    row = known[0] if known else SavedFilter(user_id=me, screen=screen)
    row.name, row.filter, row.is_shared = name, wanted, is_shared
    session.add(row)
    session.flush()
    tell(session, "saved_filters", row.id)
    return row.id


@writes
def rename(session: Session, filter_id: int, version: int, name: str, *, is_shared: bool) -> int:
    """Give a filter another name, share it or keep it to oneself."""
    row = _allowed(session, filter_id, version)
    row.name, row.is_shared = cleaned(name), is_shared
    mine = (SavedFilter.user_id == row.user_id, SavedFilter.screen == row.screen)
    refuse_double(session, SavedFilter.name, row.name, row.id, *mine)
    session.flush()
    tell(session, "saved_filters", row.id)
    return row.id


@writes
def delete(session: Session, filter_id: int, version: int) -> int:
    """Take a filter away."""
    row = _allowed(session, filter_id, version)
    session.delete(row)
    tell(session, "saved_filters", filter_id)
    return filter_id


def _allowed(session: Session, filter_id: int, version: int) -> SavedFilter:
    """The filter, if it is one's own; a shared one is also the administrator's."""
    me = _somebody(session)
    row = seen(session, SavedFilter, filter_id, version)
    if row.user_id != me:
        if not row.is_shared:
            raise Refused("FORBIDDEN", message(N_("Your role does not allow this.")))
        require(session, Permission.ADMINISTER)
    return row


def _mine(me: int, screen: str) -> Any:
    return select(SavedFilter).where(SavedFilter.user_id == me, SavedFilter.screen == screen)


def _somebody(session: Session) -> int:
    me = actor(session)
    if me is None:
        raise Refused("FORBIDDEN", message(N_("Log in first: filters are kept for a person.")))
    return me
