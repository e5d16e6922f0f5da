"""Rows of the dial desk for tests, made straight through the models: campaigns with their results, pools, calls."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models.customers import Customer, CustomerPhone
from app.models.dialer import (
    CallAttempt,
    CallStatus,
    CallWindow,
    Campaign,
    CampaignUser,
    DeskSign,
    DeskSpan,
    Lane,
    Pool,
    PoolEntry,
    PoolUser,
    QueuedCall,
)
from app.models.people import User

_numbers = count(1)
ZONE = "Asia/Jerusalem"

RESULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "No answer": {"key": "1", "outcome": "no_contact", "recycle_minutes": 60, "color": "#DDDDDD"},
        "Reached": {"key": "2", "outcome": "contact", "color": "#77AADD"},
        "Call back": {"key": "3", "outcome": "callback", "color": "#EEDD88"},
        "Interested": {"key": "4", "outcome": "success", "is_final": True, "color": "#44BB99"},
        "Not interested": {"key": "5", "outcome": "refusal", "is_final": True, "color": "#EE8866"},
        "Wrong number": {"key": "6", "outcome": "wrong_number", "is_final": True, "color": "#FFAABB"},
        "Do not call": {"key": "7", "outcome": "do_not_call", "is_final": True, "color": "#C6A5E8"},
    }
)
"""The results of a campaign of tests, by name."""

ALWAYS: Mapping[str, Any] = MappingProxyType(
    {
        "days": {str(day): [["00:00", "24:00"]] for day in range(7)},
        "eve": [["00:00", "24:00"]],
        "holiday": [["00:00", "24:00"]],
    }
)
"""Calling hours without an end."""


def add_campaign(
    session: Session, name: str = "", *agents: User, zones: tuple[str, ...] = (ZONE, "UTC"), **rules: Any
) -> Campaign:
    """An open campaign that may call at any hour, with `RESULTS` and those who work in it.

    Notes, register and consent are asked for only where `rules` say so; gap and cap are off.
    """
    free: dict[str, Any] = {"needs_note": False, "checks_register": False, "gap_minutes": 0, "daily_cap": 0}
    values = free | {"hours": dict(ALWAYS), "opened_at": datetime(2020, 1, 1, tzinfo=UTC)} | rules
    campaign = Campaign(name=name or f"Campaign {next(_numbers)}", **values)
    session.add(campaign)
    session.flush()
    for position, (called, what) in enumerate(RESULTS.items()):
        session.add(CallStatus(campaign_id=campaign.id, name=called, position=position, **what))
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
    session.add_all(CallWindow(campaign_id=campaign.id, zone=zone, opens_at=start, closes_at=end) for zone in zones)
    session.add_all(CampaignUser(campaign_id=campaign.id, user_id=agent.id) for agent in agents)
    session.flush()
    return campaign


def result(session: Session, campaign: Campaign | int, name: str) -> CallStatus:
    """A result of the campaign by its name."""
    number = campaign if isinstance(campaign, int) else campaign.id
    asked = select(CallStatus).where(CallStatus.campaign_id == number, CallStatus.name == name)
    return session.scalars(asked).one()


def add_pool(
    session: Session, campaign: Campaign, name: str = "", *given: User, owner: User | None = None, **values: Any
) -> Pool:
    """A pool of the whole campaign; private with an `owner`; for chosen people when it is `given`."""
    values.setdefault("is_for_all", not given)
    pool = Pool(
        campaign_id=campaign.id, name=name or f"Pool {next(_numbers)}", user_id=owner.id if owner else None, **values
    )
    session.add(pool)
    session.flush()
    session.add_all(PoolUser(pool_id=pool.id, user_id=user.id) for user in given)
    session.flush()
    return pool


def add_customer(session: Session, name: str = "", phone: str | None = "", **values: Any) -> Customer:
    """A customer with one number of Israel; `phone` None has none."""
    number = next(_numbers)
    called = name or f"Customer {number}"
    customer = Customer(name=called, search=called.casefold(), **values)
    session.add(customer)
    session.flush()
    if phone is not None:
        e164 = phone or f"+97250{2000000 + number}"
        session.add(CustomerPhone(customer_id=customer.id, raw=e164, e164=e164))
        session.flush()
    return customer


def add_entry(
    session: Session,
    pool: Pool,
    customer: Customer | None = None,
    *,
    zone: str = ZONE,
    added_at: datetime | None = None,
    **queued: Any,
) -> PoolEntry:
    """A customer in a pool, ready to be called at his first number; `queued` are values of its place in the queue."""
    customer = customer or add_customer(session)
    asked = select(CustomerPhone.e164).where(CustomerPhone.customer_id == customer.id).order_by(CustomerPhone.position)
    person = session.scalars(asked).first()
    added_at = added_at or datetime.now(UTC) - timedelta(days=1)
    lane = session.scalars(select(Lane).where(Lane.pool_id == pool.id, Lane.zone == zone)).one_or_none()
    if lane is None:
        lane = Lane(campaign_id=pool.campaign_id, pool_id=pool.id, zone=zone)
        session.add(lane)
    entry = PoolEntry(
        campaign_id=pool.campaign_id, pool_id=pool.id, customer_id=customer.id, person=person, added_at=added_at
    )
    session.add(entry)
    session.flush()
    place: dict[str, Any] = {"state": "ready"} if person else {"state": "blocked", "blocked": "NO_NUMBER"}
    place |= {"site_id": customer.site_id, "language": customer.language} | queued
    session.add(
        QueuedCall(
            id=entry.id,
            campaign_id=pool.campaign_id,
            lane_id=lane.id,
            person=person,
            customer_id=customer.id,
            added_at=added_at,
            **place,
        )
    )
    session.flush()
    return entry


def add_attempt(
    session: Session,
    user: User,
    entry: PoolEntry,
    status: str | None = "No answer",
    at: datetime | None = None,
    **values: Any,
) -> CallAttempt:
    """A call as if made at `at`, with nothing moved by it; `kind="skip"` and the like have no `status`."""
    moment = at or datetime.now(UTC)
    kind = values.pop("kind", "call")
    given = result(session, entry.campaign_id, status) if status and kind == "call" else None
    if kind == "call":
        values.setdefault("dialled_at", moment - timedelta(seconds=90))
    if given is not None and given.outcome == "callback":
        values.setdefault("callback_at", moment + timedelta(days=1))
    made: dict[str, Any] = {
        "op_id": f"attempt-{next(_numbers)}",
        "kind": kind,
        "campaign_id": entry.campaign_id,
        "pool_id": entry.pool_id,
        "entry_id": entry.id,
        "customer_id": entry.customer_id,
        "person": entry.person,
        "user_id": user.id,
        "status_id": None if given is None else given.id,
        "finished_at": moment,
        "was_held": False,
    }
    attempt = CallAttempt(**made | values)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        # The server's own clock would date it: what is past is written as a copy of another database would be.
        session.execute(text("SET LOCAL session_replication_role = replica"))
    session.add(attempt)
    session.flush()
    if is_postgresql:
        session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
    return attempt


def add_span(
    session: Session, user: User, state: str, start: datetime, end: datetime | None = None, **values: Any
) -> DeskSpan:
    """A stretch of an agent's day; without an end it goes on."""
    span = DeskSpan(user_id=user.id, state=state, started_at=start, ended_at=end, **values)
    session.add(span)
    session.flush()
    return span


def add_sign(session: Session, user: User, seen_at: datetime) -> None:
    """A desk's last sign of life."""
    session.merge(DeskSign(user_id=user.id, seen_at=seen_at))
    session.flush()
