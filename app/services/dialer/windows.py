"""A campaign's calling hours laid out as instants, some weeks ahead, for every zone its customers live in.

Both engines then only compare instants; zones, daylight saving and holidays are reckoned here, once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from app.domain.dialer.windows import default_hours, is_open, stretches
from app.domain.people import Permission
from app.models.base import table_of
from app.models.company import Company
from app.models.dialer import CallWindow, Campaign, Lane
from app.models.planner import Holiday
from app.services.context import is_postgresql, now, reads, require, writes

AHEAD = timedelta(days=60)
NEAR = timedelta(days=30)
_WINDOWS = table_of(CallWindow)
Stretch = tuple[datetime, datetime]
_LOCK = 7303
"""Hours are laid out by one hand at a time: two would write the same stretches."""


def lay_out(session: Session, campaign_id: int | None = None) -> int:
    """Lay the hours of one campaign, or of all that are open, out anew; the answer is how many stretches there are."""
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:kind)"), {"kind": _LOCK})
    at = now(session)
    country, home = _home(session)
    days_off = _holidays(session)
    rows: list[dict[str, Any]] = []
    for each_id, hours, zones in _open_campaigns(session, home, campaign_id):
        session.execute(delete(_WINDOWS).where(_WINDOWS.c.campaign_id == each_id))
        for zone in zones:
            rows += _of_zone(each_id, hours or default_hours(country), zone, at, days_off)
    if rows:
        session.execute(insert(_WINDOWS), rows)
    return len(rows)


@reads
def is_behind(session: Session) -> bool:
    """Whether in some open campaign the month to come is not laid out as its hours, zones and the holidays have it.

    So time passes, an agent's own log-in brings in customers of a new zone, a holiday is entered for next week.
    """
    at = now(session)
    until = at + NEAR
    country, home = _home(session)
    days_off = _holidays(session)
    for campaign_id, hours, zones in _open_campaigns(session, home):
        laid_out = _laid_out(session, campaign_id, at, until)
        for zone in zones:
            found = stretches(hours or default_hours(country), zone, at.date() - timedelta(days=1), 33, days_off)
            if laid_out.get(zone, []) != _within(found, at, until):
                return True
    return False


@writes
def extend(session: Session) -> int:
    """Lay the hours of all open campaigns out again, from today on."""
    require(session, Permission.RUN_CAMPAIGNS)
    return lay_out(session)


def follow_holidays(session: Session) -> None:
    """Lay all hours out again after the holidays have changed, where this log-in may."""
    if may_lay_out(session):
        lay_out(session)


def may_lay_out(session: Session) -> bool:
    """Calling hours are the office's: for an agent's own log-in they wait until somebody of the office comes by."""
    if not is_postgresql(session):
        return True
    return bool(session.scalar(text("SELECT has_table_privilege('call_windows', 'DELETE')")))


def open_zones(session: Session, hours: Mapping[str, Any], zones: Collection[str], at: datetime) -> frozenset[str]:
    """The zones in which these hours, saved or not, are open at a moment."""
    country, _home_zone = _home(session)
    days_off = _holidays(session)
    return frozenset(zone for zone in zones if is_open(hours or default_hours(country), zone, at, days_off))


def _open_campaigns(
    session: Session, home: str, campaign_id: int | None = None
) -> list[tuple[int, Mapping[str, Any], list[str]]]:
    """Each open campaign with its hours and the zones of its customers; the company's own is always one."""
    asked = select(Campaign.id, Campaign.hours).where(Campaign.closed_at.is_(None)).order_by(Campaign.id)
    lanes = select(Lane.campaign_id, Lane.zone).distinct()
    if campaign_id is not None:
        asked, lanes = asked.where(Campaign.id == campaign_id), lanes.where(Lane.campaign_id == campaign_id)
    zones: dict[int, set[str]] = defaultdict(lambda: {home})
    for lane in session.execute(lanes).all():
        zones[lane.campaign_id].add(lane.zone)
    return [(each.id, each.hours, sorted(zones[each.id])) for each in session.execute(asked).all()]


def _laid_out(session: Session, campaign_id: int, at: datetime, until: datetime) -> dict[str, list[Stretch]]:
    columns = _WINDOWS.c
    asked = select(columns.zone, columns.opens_at, columns.closes_at).where(
        columns.campaign_id == campaign_id, columns.closes_at > at, columns.opens_at < until
    )
    found: dict[str, list[Stretch]] = defaultdict(list)
    for zone, opens, closes in session.execute(asked.order_by(columns.zone, columns.opens_at)).all():
        found[zone].append((opens, closes))
    return {zone: _within(each, at, until) for zone, each in found.items()}


def _within(found: Iterable[Stretch], at: datetime, until: datetime) -> list[Stretch]:
    return [(max(opens, at), min(closes, until)) for opens, closes in found if closes > at and opens < until]


def _of_zone(
    campaign_id: int, hours: Mapping[str, Any], zone: str, at: datetime, days_off: Collection[date]
) -> list[dict[str, Any]]:
    first = at.date() - timedelta(days=1)
    found = stretches(hours, zone, first, AHEAD.days + 2, days_off)
    return [
        {"campaign_id": campaign_id, "zone": zone, "opens_at": opens, "closes_at": closes}
        for opens, closes in found
        if closes > at
    ]


def _home(session: Session) -> tuple[str | None, str]:
    row = session.execute(select(Company.country, Company.time_zone)).first()
    return (row.country, row.time_zone) if row else (None, "UTC")


def _holidays(session: Session) -> frozenset[date]:
    return frozenset(session.scalars(select(Holiday.day)))
