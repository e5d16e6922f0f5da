"""The choice of the next customer on SQLite, where one writes at a time: the same order and the same questions.

Reads rows straight; `app.domain.dialer.standing` judges. On PostgreSQL the function `claim_next` does all of this.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.domain.dialer.filters import passes
from app.domain.dialer.standing import Block, Law, Person, Standing, standing
from app.models.base import table_of
from app.models.customers import CustomerPhone
from app.models.dialer import (
    CallAttempt,
    CallPerson,
    CallWindow,
    Campaign,
    CampaignUser,
    Claim,
    DialRules,
    DoNotCall,
    Lane,
    Pool,
    PoolEntry,
    PoolUser,
    QueuedCall,
    RegisterRule,
)
from app.models.people import User
from app.services.context import actor, now
from app.services.dialer.refusing import refuse

_QUEUE = table_of(QueuedCall)
_CLAIMS = table_of(Claim)

Filters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one claim needs to know of its campaign."""

    campaign: Campaign
    me: int
    lease: timedelta
    law: Law
    given: Filters
    at: datetime


@dataclass(frozen=True, slots=True)
class _Lane:
    """A lane that is open now, its place in my order, and the name of its pool."""

    id: int
    place: int
    pool: str


def next_claim(session: Session, campaign_id: int, request_id: str, filters: Filters | None) -> Claim | None:
    """Hold the next customer in line for me."""
    rules = _rules(session, campaign_id)
    if known := _mine(session, request_id, rules.me):
        return known
    wanted = {**(filters or {} if rules.campaign.agents_set_filters else {}), **rules.given}
    sweep(session, rules.at)
    lanes = _lanes(session, rules)
    _promote(session, rules, [lane.id for lane in lanes])
    for row, rule in _candidates(session, rules, lanes, wanted):
        found = _stands(session, rules, row)
        if found.code is None:
            pool = next((lane.pool for lane in lanes if lane.id == row.lane_id), None)
            reason = _reason(row, pool) | {"all_pools": rules.campaign.from_all_pools}
            free_at = take(session, rules.campaign, row, rule, reason, request_id, rules.lease)
            if free_at is None:
                return _mine(session, request_id, rules.me)
            found = Standing(Block.HELD, free_at)
        _set_aside(session, row.id, found)
    return None


def customer_claim(session: Session, campaign_id: int, customer_id: int, request_id: str) -> Claim:
    """Hold this customer for me, or refuse with what keeps him."""
    rules = _rules(session, campaign_id)
    if known := _mine(session, request_id, rules.me):
        return known
    sweep(session, rules.at)
    asked = (
        select(_QUEUE, Lane.zone, Pool.name.label("pool"))
        .join(Lane, Lane.id == _QUEUE.c.lane_id)
        .join(Pool, Pool.id == Lane.pool_id)
        .where(_QUEUE.c.campaign_id == campaign_id, _QUEUE.c.customer_id == customer_id)
        .where(Pool.removed_at.is_(None), or_(Pool.user_id.is_(None), Pool.user_id == rules.me))
        .order_by((_QUEUE.c.callback_user_id == rules.me).desc(), Pool.user_id.is_(None), _QUEUE.c.id)
        .limit(1)
    )
    row = session.execute(asked).first()
    if row is None:
        raise refuse("NOT_IN_POOL")
    # Gap and cap keep nobody from looking, as at who calls us himself; `dial` asks for them.
    person = _person(session, row.person, campaign_id)
    code = standing(person, _without_pauses(rules.law), at=rules.at, is_callback=row.is_callback).code
    if code is None and not _is_open(session, campaign_id, row.zone, rules.at):
        code = Block.HOURS
    if code is None:
        reason = _reason(row, row.pool)
        if take(session, rules.campaign, row, "BY_HAND", reason, request_id, rules.lease) is not None:
            code = Block.HELD
    if code is not None:
        raise refuse(code)
    claim = _mine(session, request_id, rules.me)
    assert claim is not None
    return claim


def beat(session: Session, request_id: str) -> tuple[datetime, tuple[str, ...]]:
    """Keep my hold alive; who else has the person open."""
    at, me = now(session), actor(session)
    claim = _mine(session, request_id, me)
    if claim is None or claim.status != "open" or claim.until_at <= at:
        raise refuse("LEASE")
    until_at = at + _lease(session)
    session.execute(
        update(_CLAIMS)
        .where(_CLAIMS.c.request_id == request_id, _CLAIMS.c.user_id == me, _CLAIMS.c.status == "open")
        .values(until_at=until_at)
    )
    others = session.scalars(
        select(User.name)
        .join(Claim, Claim.user_id == User.id)
        .where(Claim.person == claim.person, Claim.user_id != me, Claim.status == "open", Claim.until_at > at)
        .distinct()
        .order_by(User.name)
    )
    return until_at, tuple(others)


def dial(session: Session, request_id: str, number: str | None) -> tuple[str, datetime]:
    """The law once more, right before dialling; another number of the customer is held as well."""
    claim = _mine(session, request_id, actor(session))
    if claim is None or claim.status != "open" or claim.until_at <= now(session):
        raise refuse("LEASE")
    rules = _rules(session, claim.campaign_id)
    row = session.execute(
        select(_QUEUE, Lane.zone).join(Lane, Lane.id == _QUEUE.c.lane_id).where(_QUEUE.c.id == claim.entry_id)
    ).one()
    if not _is_open(session, claim.campaign_id, row.zone, rules.at):
        raise refuse(Block.HOURS)
    wanted = number or claim.person
    is_other = wanted != claim.person
    if is_other and not session.scalar(
        select(CustomerPhone.id).where(CustomerPhone.customer_id == claim.customer_id, CustomerPhone.e164 == wanted)
    ):
        raise refuse("OTHER_NUMBER")
    law = rules.law if is_other or claim.rule == "BY_HAND" else _without_pauses(rules.law)
    found = standing(_person(session, wanted, claim.campaign_id), law, at=rules.at, is_callback=row.is_callback)
    if found.code is not None:
        raise refuse(found.code)
    if is_other and not _holds(session, request_id, wanted, rules.me):
        other = {**row._mapping, "person": wanted}
        if take(session, rules.campaign, other, "NUMBER", {}, request_id, rules.lease) is not None:
            raise refuse(Block.HELD)
    session.execute(
        update(_CLAIMS)
        .where(_CLAIMS.c.request_id == request_id, _CLAIMS.c.user_id == rules.me, _CLAIMS.c.status == "open")
        .values(dialled_at=rules.at, until_at=rules.at + rules.lease)
    )
    return wanted, rules.at


def sweep(session: Session, at: datetime) -> None:
    """Clear what ran out: locks that are over, desks that gave no sign of life."""
    for dead in session.scalars(select(Claim).where(Claim.until_at <= at).order_by(Claim.until_at)).all():
        if dead.status == "open" and dead.rule != "NUMBER":
            values = {name: getattr(dead, name) for name in _KEPT_OF_A_CLAIM}
            values["pool_id"] = session.scalar(select(PoolEntry.pool_id).where(PoolEntry.id == dead.entry_id))
            # Not by its number: SQLite gives the numbers of removed rows to new ones.
            key = f"lost:{dead.request_id}:{dead.claimed_at.isoformat()}"
            values |= {"op_id": key, "kind": "lost", "finished_at": at, "was_held": True}
            session.execute(insert(CallAttempt).values(**values))
        session.execute(delete(_CLAIMS).where(_CLAIMS.c.id == dead.id, _CLAIMS.c.until_at <= at))
        session.expunge(dead)


_KEPT_OF_A_CLAIM = (
    "request_id", "campaign_id", "entry_id", "customer_id", "person", "user_id", "claimed_at", "dialled_at",
    "answered_at", "rule", "reason",
)  # fmt: skip


def take(
    session: Session,
    campaign: Campaign,
    row: Row[Any] | Mapping[str, Any],
    rule: str,
    reason: Mapping[str, Any],
    request_id: str,
    lease: timedelta,
) -> datetime | None:
    """Hold one person for me; gives back when he is free instead where somebody else has him."""
    at, me = now(session), actor(session)
    facts = row if isinstance(row, Mapping) else row._mapping
    is_exclusive = campaign.lock_minutes > 0
    # The lock after a call keeps others away, not the agent himself when he asks for this very person.
    if rule in ("BY_HAND", "NUMBER"):
        mine = and_(_CLAIMS.c.person == facts["person"], _CLAIMS.c.user_id == me, _CLAIMS.c.status == "lock")
        locked = session.scalar(select(func.max(_CLAIMS.c.until_at)).where(mine))
        session.execute(delete(_CLAIMS).where(mine))
        if locked is not None:
            # Only opened again, he stays locked as long as he was; the trigger compares it as the table writes it.
            reason = {**reason, "locked_until": locked.strftime("%Y-%m-%d %H:%M:%S.%f")}
    others = select(Claim.until_at).where(
        Claim.person == facts["person"], or_(Claim.request_id != request_id, Claim.user_id != me)
    )
    held = session.scalars(others if is_exclusive else others.where(Claim.is_exclusive)).all()
    if held:
        return max(held)
    session.execute(
        insert(_CLAIMS).values(
            request_id=request_id, entry_id=facts["id"], campaign_id=campaign.id, customer_id=facts["customer_id"],
            person=facts["person"], user_id=me, status="open", is_exclusive=is_exclusive, claimed_at=at,
            until_at=at + lease, rule=rule, reason=dict(reason),
        )
    )  # fmt: skip
    if is_exclusive:
        # Whoever is finished stays so until there is another result.
        held_one = update(_QUEUE).where(_QUEUE.c.id == facts["id"], _QUEUE.c.state != "done")
        session.execute(held_one.values(state="held", blocked=None))
    return None


def _rules(session: Session, campaign_id: int) -> _Rules:
    me = actor(session)
    found = session.execute(
        select(Campaign, CampaignUser.filters)
        .join(CampaignUser, and_(CampaignUser.campaign_id == Campaign.id, CampaignUser.user_id == me))
        .join(User, User.id == CampaignUser.user_id)
        .where(Campaign.id == campaign_id, User.is_active)
    ).first()
    if found is None or me is None:
        raise refuse("NOT_IN_CAMPAIGN")
    campaign, given = found
    if campaign.opened_at is None or campaign.closed_at is not None:
        raise refuse("CAMPAIGN_CLOSED")
    registers = dict(session.execute(select(RegisterRule.prefix, RegisterRule.days)).all())
    law = Law(campaign.checks_register, campaign.needs_consent, campaign.gap_minutes, campaign.daily_cap, registers)
    return _Rules(campaign, me, _lease(session), law, dict(given or {}), now(session))


def _lease(session: Session) -> timedelta:
    return timedelta(seconds=session.scalars(select(DialRules.lease_seconds)).one())


def _mine(session: Session, request_id: str, me: int | None) -> Claim | None:
    asked = select(Claim).where(Claim.request_id == request_id, Claim.user_id == me, Claim.rule != "NUMBER")
    return session.scalars(asked.execution_options(populate_existing=True)).first()


def _holds(session: Session, request_id: str, person: str, me: int) -> bool:
    asked = select(Claim.id).where(Claim.request_id == request_id, Claim.user_id == me, Claim.person == person)
    return session.scalar(asked) is not None


def _open_now(campaign_id: int, zone: ColumnElement[str], at: datetime) -> ColumnElement[bool]:
    return (
        select(CallWindow.zone)
        .where(CallWindow.campaign_id == campaign_id, CallWindow.zone == zone)
        .where(CallWindow.opens_at <= at, CallWindow.closes_at > at)
        .exists()
    )


def _is_open(session: Session, campaign_id: int, zone: str, at: datetime) -> bool:
    asked = select(CallWindow.zone).where(CallWindow.campaign_id == campaign_id, CallWindow.zone == zone)
    return session.scalar(asked.where(CallWindow.opens_at <= at, CallWindow.closes_at > at).limit(1)) is not None


def _lanes(session: Session, rules: _Rules) -> Sequence[_Lane]:
    """The lanes I may be served from now, my own pools first, in my order."""
    campaign = rules.campaign
    mine = and_(PoolUser.pool_id == Pool.id, PoolUser.user_id == rules.me)
    shared = and_(Pool.user_id.is_(None), or_(Pool.is_for_all, PoolUser.is_given)) & campaign.includes_campaign_pools
    asked = (
        select(Lane.id, Pool.id, Pool.name)
        .join(Pool, Pool.id == Lane.pool_id)
        .outerjoin(PoolUser, mine)
        .where(Lane.campaign_id == campaign.id, Pool.removed_at.is_(None), or_(Pool.user_id == rules.me, shared))
        .where(_open_now(campaign.id, Lane.zone.expression, rules.at))
        .order_by(Pool.user_id.is_(None), func.coalesce(PoolUser.position, Pool.position), Pool.id, Lane.id)
    )
    places: dict[int, int] = {}
    found = [
        (lane_id, places.setdefault(pool_id, len(places)), name) for lane_id, pool_id, name in session.execute(asked)
    ]
    return [_Lane(lane_id, 0 if campaign.from_all_pools else place, name) for lane_id, place, name in found]


def _promote(session: Session, rules: _Rules, lanes: Sequence[int]) -> None:
    """What has come due takes its place among those that may be called."""
    is_near = or_(_QUEUE.c.lane_id.in_(lanes), _QUEUE.c.callback_user_id == rules.me)
    session.execute(
        update(_QUEUE)
        .where(_QUEUE.c.campaign_id == rules.campaign.id, _QUEUE.c.state == "waiting", _QUEUE.c.due_at <= rules.at)
        .where(is_near)
        .values(state=case((_QUEUE.c.is_callback, "callback"), else_="ready"), blocked=None)
    )


def _candidates(
    session: Session, rules: _Rules, lanes: Sequence[_Lane], wanted: Filters
) -> Iterator[tuple[Row[Any], str]]:
    """Who may come next, best first; each is asked for only when the one before was of no use."""
    campaign = rules.campaign
    due = select(_QUEUE).where(_QUEUE.c.campaign_id == campaign.id, _QUEUE.c.state == "callback")
    mine = due.join(Lane, Lane.id == _QUEUE.c.lane_id).where(_QUEUE.c.callback_user_id == rules.me)
    mine = mine.where(_open_now(campaign.id, Lane.zone.expression, rules.at)).order_by(_QUEUE.c.due_at)
    for row in session.execute(mine).all():
        yield row, "CALLBACK_MINE"
    open_lanes = [lane.id for lane in lanes]
    # Or out of somebody's own pool: it has become anyone's because he is not there.
    private = (
        select(Lane.id)
        .join(Pool, Pool.id == Lane.pool_id)
        .where(Lane.campaign_id == campaign.id, Pool.user_id.is_not(None), Pool.removed_at.is_(None))
        .where(_open_now(campaign.id, Lane.zone.expression, rules.at), literal(campaign.includes_campaign_pools))
    )
    is_near = or_(_QUEUE.c.lane_id.in_(open_lanes), _QUEUE.c.lane_id.in_(private))
    anyone = due.where(_QUEUE.c.callback_user_id.is_(None), is_near)
    for row in session.execute(anyone.order_by(_QUEUE.c.due_at)).all():
        yield row, "CALLBACK_ANYONE"
    while (head := _first_ready(session, campaign, lanes, wanted)) is not None:
        is_first = campaign.no_status_first and not head.has_status
        yield head, "NO_STATUS" if is_first else "IN_TURN"


def _first_ready(session: Session, campaign: Campaign, lanes: Sequence[_Lane], wanted: Filters) -> Row[Any] | None:
    """The best of the heads of the lanes; each head is one look into the index."""
    heads: list[tuple[tuple[Any, ...], Row[Any]]] = []
    for lane in lanes:
        for has_status in (False, True):
            asked = (
                select(_QUEUE)
                .where(_QUEUE.c.lane_id == lane.id, _QUEUE.c.has_status == has_status, _QUEUE.c.state == "ready")
                .order_by(_QUEUE.c.priority, _QUEUE.c.tried_at, _QUEUE.c.id)
            )
            for row in session.execute(asked if wanted else asked.limit(1)):
                if not wanted or passes(wanted, row.status_id, row.site_id, row.language, row.added_at):
                    key = (campaign.no_status_first and has_status, lane.place, row.priority, row.tried_at, row.id)
                    heads.append((key, row))
                    break
    return min(heads, key=lambda each: each[0])[1] if heads else None


def _stands(session: Session, rules: _Rules, row: Row[Any]) -> Standing:
    person = _person(session, row.person, rules.campaign.id)
    found = standing(person, rules.law, at=rules.at, is_callback=row.is_callback)
    binding = {} if row.is_callback else rules.campaign.filters
    if found.code is None and not passes(binding, row.status_id, row.site_id, row.language, row.added_at):
        return Standing(Block.FILTERED)
    return found


def _person(session: Session, number: str | None, campaign_id: int) -> Person:
    known = session.get(CallPerson, number, populate_existing=True) if number else None
    wishes = select(DoNotCall.id).where(DoNotCall.person == number, DoNotCall.lifted_at.is_(None))
    of_campaign = number is not None and session.scalar(wishes.where(DoNotCall.campaign_id == campaign_id).limit(1))
    if known is None:
        return Person(number, is_refused=bool(of_campaign))
    return Person(
        number,
        known.last_call_at,
        known.calls_today,
        known.day_ends_at,
        known.is_refused or bool(of_campaign),
        known.register_checked_at,
        known.is_registered,
        known.consent_until,
    )


def _without_pauses(law: Law) -> Law:
    return Law(law.checks_register, law.needs_consent, 0, 0, law.registers)


def _set_aside(session: Session, entry_id: int, found: Standing) -> None:
    values: dict[str, Any] = {"blocked": found.code, "state": "waiting" if found.free_at else "blocked"}
    if found.free_at:
        values["due_at"] = found.free_at
    session.execute(update(_QUEUE).where(_QUEUE.c.id == entry_id).values(**values))


def _reason(row: Row[Any], pool: str | None) -> dict[str, Any]:
    return {
        "pool": pool,
        "priority": row.priority,
        "tries": row.tries,
        "tried_at": row.tried_at.isoformat() if row.tries else None,
        "due_at": row.due_at.isoformat() if row.is_callback and row.due_at else None,
    }
