"""The wall: what every desk does at this moment, and what came of the calls of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.domain.dialer.desk_states import NO_CONTACT
from app.domain.people import Permission
from app.models.customers import Customer
from app.models.dialer import (
    CallAttempt,
    CallStatus,
    Campaign,
    DeskSign,
    DeskSpan,
    DialRules,
    PauseReason,
    Pool,
    PoolEntry,
)
from app.models.people import GroupMember, User
from app.services.context import now, reads, require
from app.services.dialer.asked import EVERYTHING, Asked, users_of
from app.services.dialer.attempt_rows import attempt_pool, joined_pool
from app.services.dialer.days import HOUR, company_zone, edges, millis, millis_of


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done: calls with a result, how many of them reached somebody, skips, calls by outcome."""

    calls: int = 0
    contacts: int = 0
    skips: int = 0
    outcomes: Mapping[str, int] | None = None

    @property
    def rate(self) -> float | None:
        """Contacts in a hundred calls; None without calls."""
        return 100 * self.contacts / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class AgentNow:
    """What an agent's desk does and since when; `is_stale` when it gives no sign of life any more."""

    user_id: int
    name: str
    state: str
    since: datetime
    campaign: str | None
    pause_code: str | None
    pause_name: str | None
    customer_id: int | None
    customer: str | None
    seen_at: datetime | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one agent, pool or hour."""

    id: int | None
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything the wall shows; hours are those of the company's day that have begun, by the moment they began."""

    at: datetime
    time_zone: str
    day: date
    agents: tuple[AgentNow, ...]
    total: Figures
    by_agent: tuple[Part, ...]
    by_pool: tuple[Part, ...]
    hours: tuple[tuple[datetime, Figures], ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """How long customers waited in a pool for their first call, of those first called on the day."""

    id: int | None
    count: int
    average_seconds: int
    longest_seconds: int


@dataclass(frozen=True, slots=True)
class Touches:
    """Times to the first touch, over all and by pool and by the agent who made that first call."""

    total: Touch
    by_pool: tuple[Touch, ...]
    by_agent: tuple[Touch, ...]


@reads
def wall(session: Session, asked: Asked = EVERYTHING) -> Wall:
    """The desks now and the calls of the company's day so far."""
    require(session, Permission.RUN_CAMPAIGNS)
    moment, zone = now(session), company_zone(session)
    day = moment.astimezone(zone).date()
    start, end = edges(day, zone)
    counted = _counted(session, asked, start, end)
    agents = _agents(session, asked, moment, {row.user_id for row in counted})
    names = _names(session, User, {row.user_id for row in counted})
    pools = _names(session, Pool, {row.pool_id for row in counted})
    hours = range((millis(moment) - millis(start)) // HOUR + 1)
    by_hour = _folded(counted, "hour")
    return Wall(
        moment,
        zone.key,
        day,
        agents,
        _folded(counted).get(None, Figures(outcomes={})),
        _parts(_folded(counted, "user_id"), names),
        _parts(_folded(counted, "pool_id"), pools),
        tuple((start + timedelta(hours=hour), by_hour.get(hour, Figures(outcomes={}))) for hour in hours),
    )


@reads
def first_touches(session: Session, asked: Asked = EVERYTHING) -> Touches:
    """How long the customers first called today had been in their pools by then."""
    require(session, Permission.RUN_CAMPAIGNS)
    zone = company_zone(session)
    start, end = edges(now(session).astimezone(zone).date(), zone)
    earlier = aliased(CallAttempt)
    waited = millis_of(session, CallAttempt.finished_at) - millis_of(session, PoolEntry.added_at)
    found = (
        select(PoolEntry.pool_id, CallAttempt.user_id, func.count(), func.sum(waited), func.max(waited))
        .join(PoolEntry, PoolEntry.id == CallAttempt.entry_id)
        .where(
            *_within(asked, start, end),
            CallAttempt.kind == "call",
            # Found by the customer: what was done with him is a handful of rows.
            ~select(earlier.id)
            .where(
                earlier.customer_id == CallAttempt.customer_id,
                earlier.entry_id == CallAttempt.entry_id,
                earlier.kind == "call",
                earlier.finished_at < CallAttempt.finished_at,
            )
            .exists(),
        )
        .group_by(PoolEntry.pool_id, CallAttempt.user_id)
    )
    rows = [
        (pool, user, int(count), int(total), int(most)) for pool, user, count, total, most in session.execute(found)
    ]
    total = _touches([(None, *row[2:]) for row in rows])
    return Touches(
        total[0] if total else Touch(None, 0, 0, 0),
        _touches([(row[0], *row[2:]) for row in rows]),
        _touches([(row[1], *row[2:]) for row in rows]),
    )


def _touches(rows: list[tuple[int | None, int, int, int]]) -> tuple[Touch, ...]:
    folded: dict[int | None, tuple[int, int, int]] = {}
    for key, count, total, most in rows:
        known = folded.get(key, (0, 0, 0))
        folded[key] = (known[0] + count, known[1] + total, max(known[2], most))
    return tuple(
        Touch(key, count, total // count // 1000, most // 1000) for key, (count, total, most) in folded.items()
    )


def _within(asked: Asked, start: datetime, end: datetime) -> list[Any]:
    """By user and time, or by campaign and time: both are read from an index."""
    wanted = [CallAttempt.finished_at >= start, CallAttempt.finished_at < end]
    if asked.campaign_id is not None:
        wanted.append(CallAttempt.campaign_id == asked.campaign_id)
    if asked.campaign_id is None or asked.group_id is not None or asked.user_id is not None:
        wanted.append(CallAttempt.user_id.in_(users_of(asked)))
    if asked.pool_id is not None:
        wanted.append(attempt_pool == asked.pool_id)
    return wanted


def _counted(session: Session, asked: Asked, start: datetime, end: datetime) -> list["_Counted"]:
    """Calls and skips since the day began, by who, where, when and what came of it."""
    hour = ((millis_of(session, CallAttempt.finished_at) - millis(start)) // HOUR).label("hour")
    grouped = (CallAttempt.user_id, joined_pool.label("pool_id"), CallAttempt.status_id, CallAttempt.kind, hour)
    found = (
        select(*grouped, func.count().label("count"))
        .outerjoin(PoolEntry, PoolEntry.id == CallAttempt.entry_id)
        .where(*_within(asked, start, end), CallAttempt.kind.in_(("call", "skip")))
        .group_by(*grouped)
    )
    outcomes = {row.id: row.outcome for row in session.execute(select(CallStatus.id, CallStatus.outcome))}
    rows: Any = session.execute(found)
    return [_Counted(*(*row, outcomes.get(row.status_id))) for row in rows]


@dataclass(frozen=True, slots=True)
class _Counted:
    user_id: int | None
    pool_id: int | None
    status_id: int | None
    kind: str
    hour: int
    count: int
    outcome: str | None


def _folded(rows: list[_Counted], by: str | None = None) -> dict[Any, Figures]:
    sums: dict[Any, dict[str, int]] = {}
    for row in rows:
        key = None if by is None else getattr(row, by)
        found = sums.setdefault(key, {})
        what = "skip" if row.kind == "skip" else row.outcome or NO_CONTACT
        found[what] = found.get(what, 0) + row.count
    return {key: _figures(found) for key, found in sums.items()}


def _figures(found: dict[str, int]) -> Figures:
    outcomes = {outcome: count for outcome, count in found.items() if outcome != "skip"}
    calls = sum(outcomes.values())
    return Figures(calls, calls - outcomes.get(NO_CONTACT, 0), found.get("skip", 0), outcomes)


def _parts(folded: dict[Any, Figures], names: Mapping[int, str]) -> tuple[Part, ...]:
    rows = [Part(key, names.get(key, ""), figures) for key, figures in folded.items()]
    return tuple(sorted(rows, key=lambda part: (-part.figures.calls, part.name.casefold(), part.id or 0)))


def _names(session: Session, model: type[User] | type[Pool], wanted: set[int | None]) -> dict[int, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(wanted - {None})))
    return {row.id: row.name for row in rows}


def _agents(session: Session, asked: Asked, moment: datetime, active: set[int | None]) -> tuple[AgentNow, ...]:
    found = (
        select(
            DeskSpan.user_id, User.name, DeskSpan.state, DeskSpan.started_at, Campaign.name, PauseReason.code,
            PauseReason.name, DeskSpan.customer_id, Customer.name, DeskSign.seen_at,
        )
        .join(User, User.id == DeskSpan.user_id)
        .outerjoin(Campaign, Campaign.id == DeskSpan.campaign_id)
        .outerjoin(PauseReason, PauseReason.id == DeskSpan.pause_reason_id)
        .outerjoin(Customer, Customer.id == DeskSpan.customer_id)
        .outerjoin(DeskSign, DeskSign.user_id == DeskSpan.user_id)
        .where(DeskSpan.ended_at.is_(None))
    )  # fmt: skip
    if asked.campaign_id is not None:
        found = found.where(DeskSpan.campaign_id == asked.campaign_id)
    if asked.group_id is not None:
        found = found.where(
            DeskSpan.user_id.in_(select(GroupMember.user_id).where(GroupMember.group_id == asked.group_id))
        )
    if asked.user_id is not None:
        found = found.where(DeskSpan.user_id == asked.user_id)
    if asked.pool_id is not None:
        # A desk has no pool of its own: those who called from this one today are at work on it.
        found = found.where(DeskSpan.user_id.in_(active))
    alive = moment - timedelta(seconds=session.scalar(select(DialRules.lease_seconds)) or 45)
    rows = session.execute(found.order_by(User.name, User.id)).all()
    return tuple(_agent(row, alive) for row in rows)


def _agent(row: Any, alive: datetime) -> AgentNow:
    seen = max(row.started_at, row.seen_at or row.started_at)
    return AgentNow(*(*row, seen < alive))
