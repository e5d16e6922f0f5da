"""The next customer, and the hold on him: taken, kept alive, dialled.

On PostgreSQL each of these is one call of a function of the database, which alone may see and change claims; on SQLite,
where one writes at a time, `app.services.dialer.single_seat` chooses.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.calling import call
from app.domain.people import Permission
from app.models.dialer import Claim
from app.services.context import actor, calls, is_postgresql, now, op_id, reads, require
from app.services.dialer import single_seat
from app.services.dialer.callbacks import release_absent
from app.services.dialer.refusing import refuse

Filters = Mapping[str, Any]

_FIELDS = "request_id, entry_id, campaign_id, customer_id, person, claimed_at, until_at, is_exclusive, rule, reason"
_NEXT = f"SELECT {_FIELDS} FROM claim_next(%s::bigint, %s::text, %s::bigint, %s::jsonb)"
_CUSTOMER = f"SELECT {_FIELDS} FROM claim_customer(%s::bigint, %s::bigint, %s::text, %s::bigint)"
_BEAT = "SELECT until_at, others FROM beat_claim(%s::text, %s::bigint)"
_DIAL = "SELECT number, at FROM dial_claim(%s::text, %s::bigint, %s::text)"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A customer who is with me now: which number, until when without a sign of mine, by which rule and why."""

    request_id: str
    entry_id: int | None
    campaign_id: int
    customer_id: int
    person: str
    claimed_at: datetime
    until_at: datetime
    is_exclusive: bool
    rule: str
    reason: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Beat:
    """Until when the hold lasts now, and who else has this person open (only where the campaign locks nobody)."""

    until_at: datetime
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permit:
    """The number that may be dialled, as E.164, and the moment it was asked."""

    number: str
    at: datetime


@calls
def next_customer(session: Session, campaign_id: int, filters: Filters | None = None) -> Claimed | None:
    """Hold the next right customer for me; None when nobody may be called now (`nobody` says why).

    Before nobody is given, what those who are away had promised for now falls to anyone.
    """
    found = _next(session, campaign_id, filters)
    if found is None and release_absent(session):
        found = _next(session, campaign_id, filters)
    return found


def _next(session: Session, campaign_id: int, filters: Filters | None) -> Claimed | None:
    if not is_postgresql(session):
        require(session, Permission.DIAL)
        claim = single_seat.next_claim(session, campaign_id, op_id(session), filters)
        return None if claim is None else claimed_of(claim)
    values = (campaign_id, op_id(session), actor(session), json.dumps(dict(filters)) if filters else None)
    found = call(session, _NEXT, values)
    return None if found is None else _claimed(found)


@calls
def claim_customer(session: Session, campaign_id: int, customer_id: int) -> Claimed:
    """Hold this very customer for me, or say why not."""
    if not is_postgresql(session):
        require(session, Permission.DIAL)
        return claimed_of(single_seat.customer_claim(session, campaign_id, customer_id, op_id(session)))
    values = (campaign_id, customer_id, op_id(session), actor(session))
    return _claimed(_one(session, _CUSTOMER, values))


@calls
def beat(session: Session, request_id: str) -> Beat:
    """Say that the card is still open; refuses with LEASE when the hold is gone."""
    if not is_postgresql(session):
        until_at, names = single_seat.beat(session, request_id)
        return Beat(until_at, names)
    until, others = _one(session, _BEAT, (request_id, actor(session)))
    if until is None:
        raise refuse("LEASE")
    return Beat(until.astimezone(UTC), tuple(others or ()))


@calls
def dial(session: Session, request_id: str, number: str | None = None) -> Permit:
    """Ask once more, right before dialling, whether this number may be called; another number of his is held too."""
    if not is_postgresql(session):
        return Permit(*single_seat.dial(session, request_id, number))
    dialled, at = _one(session, _DIAL, (request_id, actor(session), number))
    return Permit(dialled, at.astimezone(UTC))


@reads
def resume(session: Session) -> Claimed | None:
    """The customer who is still with me, as after a restart of the program."""
    found = session.scalars(
        select(Claim)
        .where(Claim.user_id == actor(session), Claim.status == "open", Claim.until_at > now(session))
        .where(Claim.rule != "NUMBER")
        .order_by(Claim.claimed_at.desc())
        .limit(1)
    ).first()
    return None if found is None else claimed_of(found)


def _one(session: Session, statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
    row = call(session, statement, values)
    assert row is not None
    return row


def _claimed(row: Any) -> Claimed:
    claimed_at, until_at = row[5].astimezone(UTC), row[6].astimezone(UTC)
    reason = row[9] if isinstance(row[9], dict) else json.loads(row[9])
    return Claimed(row[0], row[1], row[2], row[3], row[4], claimed_at, until_at, row[7], row[8], reason)


def claimed_of(claim: Claim) -> Claimed:
    """A hold as the desk knows it."""
    return Claimed(
        claim.request_id,
        claim.entry_id,
        claim.campaign_id,
        claim.customer_id,
        claim.person,
        claim.claimed_at,
        claim.until_at,
        claim.is_exclusive,
        claim.rule,
        dict(claim.reason),
    )
