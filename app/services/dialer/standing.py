"""Where a campaign's customers stand: how many may be called now, and what keeps the others; kept up after changes.

The same questions as `app.domain.dialer.standing`, asked of all rows at once; tests hold the two together. On
PostgreSQL the queue is put right by `settle_queue`, a function of the database: a log-in may not write it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, case, false, func, literal, not_, null, or_, select, update
from sqlalchemy.orm import Session

from app.domain.dialer.standing import Block
from app.models.base import table_of
from app.models.dialer import (
    CallPerson,
    CallWindow,
    Campaign,
    DoNotCall,
    Lane,
    PoolEntry,
    QueuedCall,
    RegisterRule,
)
from app.services.context import is_postgresql, now
from app.services.dialer.windows import open_zones

_QUEUE = table_of(QueuedCall)
_PEOPLE = table_of(CallPerson)
_ENTRIES = table_of(PoolEntry)
_LAW = (Block.NO_NUMBER, Block.DO_NOT_CALL, Block.NO_CONSENT, Block.REGISTER_OLD, Block.REGISTERED, Block.FILTERED)

_UNTOUCHED = ("ready", "waiting", "callback", "blocked")
"""Neither in somebody's hands nor done with; asked again of each row as it is moved, for meanwhile it may be."""


class Rules(Protocol):
    """The rules of a campaign that decide who may be called, saved or not."""

    checks_register: bool
    needs_consent: bool
    gap_minutes: int
    daily_cap: int
    filters: Any
    hours: Any


@dataclass(frozen=True, slots=True)
class Nobody:
    """How many customers there are, how many may be called now, what keeps the others, and when the next is free."""

    total: int
    callable: int
    blocked: tuple[tuple[str, int], ...]
    next_at: datetime | None = None


_SETTLE = "SELECT settle_queue(%s::bigint, %s::text[], %s)"


def counts(session: Session, campaign_id: int, rules: Rules) -> Nobody:
    """Where everybody in a campaign's pools would stand under these rules, which need not be saved."""
    at = now(session)
    lanes = dict(session.execute(select(Lane.id, Lane.zone).where(Lane.campaign_id == campaign_id)).all())
    open_now = open_zones(session, rules.hours, set(lanes.values()), at)
    open_lanes = [lane_id for lane_id, zone in lanes.items() if zone in open_now]
    code = _code(session, campaign_id, rules, at, _QUEUE.c.lane_id.in_(open_lanes))
    return _counted(session, code, _QUEUE.c.campaign_id == campaign_id)


def counted_for(
    session: Session,
    campaign: Campaign,
    pool_ids: Collection[int],
    wanted: Mapping[str, Any],
    *,
    at: datetime,
) -> Nobody:
    """Where the customers of these pools stand under the campaign's own rules and an agent's filters."""
    lanes = dict(session.execute(select(Lane.id, Lane.zone).where(Lane.pool_id.in_(pool_ids))).all())
    zones = select(CallWindow.zone).where(CallWindow.campaign_id == campaign.id)
    open_now = set(session.scalars(zones.where(CallWindow.opens_at <= at, CallWindow.closes_at > at)))
    is_open = _QUEUE.c.lane_id.in_([lane_id for lane_id, zone in lanes.items() if zone in open_now])
    code = _code(session, campaign.id, campaign, at, is_open, wanted)
    found = _counted(session, code, _QUEUE.c.lane_id.in_(list(lanes)))
    due = select(func.min(_QUEUE.c.due_at)).where(
        _QUEUE.c.lane_id.in_(list(lanes)), _QUEUE.c.state == "waiting", _QUEUE.c.due_at > at
    )
    moments = [session.scalar(due)]
    if any(code == Block.HOURS for code, _count in found.blocked):
        opens = select(func.min(CallWindow.opens_at)).where(
            CallWindow.campaign_id == campaign.id, CallWindow.zone.in_(set(lanes.values())), CallWindow.opens_at > at
        )
        moments.append(session.scalar(opens))
    known = [each for each in moments if each is not None]
    return Nobody(found.total, found.callable, found.blocked, min(known) if known else None)


def settle(session: Session, campaign_id: int | None = None, persons: Collection[str] | None = None) -> int:
    """Put the queue right after rules, register, consent or filters changed; the answer is how many rows moved.

    Blocked rows whose reason is gone wait for their turn again, and rows that may no longer be called are blocked.
    """
    if is_postgresql(session):
        session.flush()
        numbers = None if persons is None else list(dict.fromkeys(persons))
        values = (campaign_id, numbers, now(session))
        return int(session.connection().exec_driver_sql(_SETTLE, values).scalar() or 0)
    asked = select(Campaign)
    if campaign_id is not None:
        asked = asked.where(Campaign.id == campaign_id)
    changed = 0
    for campaign in session.scalars(asked).all():
        changed += _settle(session, campaign, persons)
    return changed


def _settle(session: Session, campaign: Campaign, persons: Collection[str] | None) -> int:
    at = now(session)
    law = _law(session, campaign.id, campaign, at)
    # Which rows, and what keeps each, in one look; the update then touches only those that move.
    found = (
        select(_QUEUE.c.id, law.label("code"))
        .outerjoin_from(_QUEUE, _PEOPLE, _PEOPLE.c.person == _QUEUE.c.person)
        .where(_QUEUE.c.campaign_id == campaign.id, _QUEUE.c.state.in_(_UNTOUCHED))
    )
    if persons is not None:
        found = found.where(
            _QUEUE.c.id.in_(select(_ENTRIES.c.id).where(_ENTRIES.c.person.in_(list(dict.fromkeys(persons)))))
        )
    judged = found.subquery()
    is_new = or_(
        and_(_QUEUE.c.state != "blocked", judged.c.code.is_not(None)),
        and_(
            _QUEUE.c.state == "blocked",
            _QUEUE.c.blocked.in_(_LAW),
            func.coalesce(judged.c.code, "") != _QUEUE.c.blocked,
        ),
    )
    moved = (
        update(_QUEUE)
        .where(_QUEUE.c.id == judged.c.id, is_new, _QUEUE.c.state.in_(_UNTOUCHED))
        .values(
            state=case((judged.c.code.is_not(None), "blocked"), else_="waiting"),
            blocked=judged.c.code,
            due_at=func.coalesce(_QUEUE.c.due_at, at),
        )
    )
    return session.connection().execute(moved).rowcount


def _counted(session: Session, code: ColumnElement[Any], where: ColumnElement[bool]) -> Nobody:
    asked = (
        select(code.label("code"), func.count())
        .outerjoin_from(_QUEUE, _PEOPLE, _PEOPLE.c.person == _QUEUE.c.person)
        .where(where)
        .group_by(code)
    )
    found: dict[str | None, int] = {}
    for name, count in session.execute(asked):
        found[name] = found.get(name, 0) + count
    blocked = sorted(((name, count) for name, count in found.items() if name), key=lambda each: (-each[1], each[0]))
    return Nobody(sum(found.values()), found.get(None, 0), tuple(blocked))


def _code(
    session: Session,
    campaign_id: int,
    rules: Rules,
    at: datetime,
    is_open: ColumnElement[bool],
    wanted: Mapping[str, Any] | None = None,
) -> ColumnElement[Any]:
    """What keeps each row from being called now; NULL where nothing does."""
    row, person = _QUEUE.c, _PEOPLE.c
    is_waiting = and_(row.state == "waiting", row.due_at > at)
    cap = and_(person.day_ends_at > at, person.calls_today >= rules.daily_cap) if rules.daily_cap else false()
    since = at - timedelta(minutes=rules.gap_minutes)
    gap = person.last_call_at > since if rules.gap_minutes else false()
    return case(
        (row.state == "done", func.coalesce(row.blocked, Block.FINAL.value)),
        (row.blocked == Block.POOL.value, Block.POOL.value),
        (_law(session, campaign_id, rules, at).is_not(None), _law(session, campaign_id, rules, at)),
        (not_passing(wanted or {}), Block.FILTERED.value),
        (or_(row.state == "held", and_(is_waiting, row.blocked == Block.HELD.value)), Block.HELD.value),
        (and_(is_waiting, row.blocked.is_(None)), Block.LATER.value),
        (and_(not_(row.is_callback), func.coalesce(cap, false())), Block.CAP.value),
        (and_(not_(row.is_callback), func.coalesce(gap, false())), Block.GAP.value),
        (not_(is_open), Block.HOURS.value),
        else_=null(),
    )


def _law(session: Session, campaign_id: int, rules: Rules, at: datetime) -> ColumnElement[Any]:
    """What of law, wishes and filters keeps each row; NULL where nothing does."""
    row, person = _QUEUE.c, _PEOPLE.c
    wish = (
        select(DoNotCall.id)
        .where(DoNotCall.person == row.person, DoNotCall.lifted_at.is_(None), DoNotCall.campaign_id == campaign_id)
        .exists()
    )
    lacks_consent = or_(person.consent_until.is_(None), person.consent_until <= at)
    old, listed = _register(session, at)
    asks = and_(literal(rules.checks_register), not_(row.is_callback), lacks_consent)
    return case(
        (row.person.is_(None), Block.NO_NUMBER.value),
        (or_(func.coalesce(person.is_refused, false()), wish), Block.DO_NOT_CALL.value),
        (and_(literal(rules.needs_consent), lacks_consent), Block.NO_CONSENT.value),
        (and_(asks, old), Block.REGISTER_OLD.value),
        (and_(asks, listed), Block.REGISTERED.value),
        (and_(not_(row.is_callback), not_passing(rules.filters or {})), Block.FILTERED.value),
        else_=null(),
    )


def _register(session: Session, at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    row, person = _QUEUE.c, _PEOPLE.c
    old: list[ColumnElement[bool]] = [false()]
    listed: list[ColumnElement[bool]] = [false()]
    for prefix, days in session.execute(select(RegisterRule.prefix, RegisterRule.days)):
        is_there = row.person.startswith(prefix, autoescape=True)
        limit = at - timedelta(days=days)
        old.append(and_(is_there, or_(person.register_checked_at.is_(None), person.register_checked_at <= limit)))
        listed.append(and_(is_there, func.coalesce(person.is_registered, false())))
    return or_(*old), or_(*listed)


def not_passing(filters: Mapping[str, Any]) -> ColumnElement[bool]:
    """Whether a row lies outside filters (app/domain/dialer/filters.py)."""
    row = _QUEUE.c
    outside: list[ColumnElement[bool]] = []
    if "statuses" in filters:
        outside.append(func.coalesce(row.status_id, 0).not_in(filters["statuses"]))
    if "sites" in filters:
        outside.append(func.coalesce(row.site_id, 0).not_in(filters["sites"]))
    if "languages" in filters:
        outside.append(func.coalesce(row.language, "").not_in(filters["languages"]))
    if "added_from" in filters:
        outside.append(row.added_at < _midnight(filters["added_from"]))
    if "added_to" in filters:
        outside.append(row.added_at >= _midnight(filters["added_to"]) + timedelta(days=1))
    return or_(*outside) if outside else false()


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
