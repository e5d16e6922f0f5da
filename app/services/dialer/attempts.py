"""What came of a call: one row, and the database moves queue, hold, person and reminders with it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.models.base import table_of
from app.models.company import Company
from app.models.dialer import CallAttempt, CampaignUser, Claim, Lane, PoolEntry, QueuedCall
from app.models.people import User
from app.services.context import actor, calls, is_postgresql, now, op_id, require, writes
from app.services.dialer.claiming import Claimed, claimed_of
from app.services.saving import tell

_ATTEMPTS = table_of(CallAttempt)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a contact, as the desk sends it; the times are those the telephone told, None where it cannot."""

    request_id: str
    campaign_id: int
    customer_id: int
    person: str
    entry_id: int | None
    status_id: int
    note: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    callback_at: datetime | None = None
    callback_user_id: int | None = None
    claimed_at: datetime | None = None
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    hung_up_at: datetime | None = None
    rule: str = ""
    reason: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """That the result is on record; where the hold was lost before (not `was_held`), the queue stays as it is."""

    was_held: bool


@calls
def finish(session: Session, result: Result) -> Finished:
    """Record a result; refuses without a note where one is asked for. A repeated request gets the same answer."""
    values = {
        "request_id": result.request_id,
        "kind": "call",
        "campaign_id": result.campaign_id,
        "entry_id": result.entry_id,
        "customer_id": result.customer_id,
        "person": result.person,
        "status_id": result.status_id,
        "note": result.note.strip(),
        "answers": dict(result.answers),
        "callback_at": result.callback_at,
        "callback_user_id": result.callback_user_id,
        "claimed_at": result.claimed_at,
        "dialled_at": result.dialled_at,
        "answered_at": result.answered_at,
        "hung_up_at": result.hung_up_at,
        "rule": result.rule,
        "reason": dict(result.reason),
    }
    return _record(session, values)


@calls
def skip(session: Session, claimed: Claimed) -> Finished:
    """Give a customer back without a call; that it was done is on record."""
    return _record(session, _of(claimed, "skip"))


def _of(claimed: Claimed, kind: str) -> dict[str, Any]:
    return {
        "request_id": claimed.request_id,
        "kind": kind,
        "campaign_id": claimed.campaign_id,
        "entry_id": claimed.entry_id,
        "customer_id": claimed.customer_id,
        "person": claimed.person,
        "claimed_at": claimed.claimed_at,
        "rule": claimed.rule,
        "reason": dict(claimed.reason),
    }


@calls
def inbound(session: Session, person: str, customer_id: int | None = None, campaign_id: int | None = None) -> Finished:
    """Record that somebody called us."""
    values = {"request_id": None, "kind": "inbound", "campaign_id": campaign_id, "customer_id": customer_id}
    return _record(session, values | {"person": person})


def _record(session: Session, values: dict[str, Any]) -> Finished:
    if not is_postgresql(session):
        require(session, Permission.DIAL)
        values = values | _seat_facts(session, values)
    values = values | {"op_id": op_id(session), "user_id": actor(session)}
    found = session.connection().execute(_insert(session.get_bind().dialect.name), values).first()
    if found is None:
        known = select(_ATTEMPTS.c.was_held).where(_ATTEMPTS.c.op_id == op_id(session))
        found = session.connection().execute(known).one()
    else:
        tell(session, "call_attempts", found.id)
    return Finished(bool(found.was_held))


@functools.cache
def _insert(dialect: str) -> Any:
    """Built once an engine: a repeated request writes nothing."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        statement: Any = postgresql.insert(_ATTEMPTS)
    else:
        from sqlalchemy.dialects import sqlite

        statement = sqlite.insert(_ATTEMPTS)
    return statement.on_conflict_do_nothing(index_elements=["op_id"]).returning(_ATTEMPTS.c.id, _ATTEMPTS.c.was_held)


def _seat_facts(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """What PostgreSQL's own trigger adds: when it is, whether I still hold him, when his day ends."""
    at, me = now(session), actor(session)
    held = select(Claim.id).where(
        Claim.request_id == values["request_id"],
        Claim.user_id == me,
        Claim.status == "open",
        Claim.customer_id == values["customer_id"],
        Claim.campaign_id == values["campaign_id"],
        Claim.entry_id.is_not_distinct_from(values.get("entry_id")),
    )
    zone = session.scalar(
        select(Lane.zone).join(QueuedCall, QueuedCall.lane_id == Lane.id).where(QueuedCall.id == values.get("entry_id"))
    ) or session.scalar(select(Company.time_zone))
    there = at.astimezone(ZoneInfo(zone or "UTC"))
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "pool_id": session.scalar(select(PoolEntry.pool_id).where(PoolEntry.id == values.get("entry_id"))),
        "finished_at": at,
        "was_held": session.scalar(held.limit(1)) is not None,
        "callback_user_id": _who_calls_back(session, values),
        "day_ends_at": midnight,
    }


def _who_calls_back(session: Session, values: Mapping[str, Any]) -> int | None:
    """Who left the campaign during the call is served nobody of it any more: his promise is anyone's."""
    works = (
        select(CampaignUser.user_id)
        .join(User, User.id == CampaignUser.user_id)
        .where(CampaignUser.campaign_id == values["campaign_id"], User.is_active)
        .where(CampaignUser.user_id == values.get("callback_user_id"))
    )
    return session.scalar(works)


@writes
def let_go(session: Session, request_id: str) -> bool:
    """Give back whom I hold under this request, as when I leave the campaign; whether there was anybody."""
    asked = select(Claim).where(Claim.request_id == request_id, Claim.user_id == actor(session))
    claim = session.scalars(asked.where(Claim.status == "open", Claim.rule != "NUMBER")).first()
    if claim is None:
        return False
    _record(session, _of(claimed_of(claim), "skip"))
    return True
