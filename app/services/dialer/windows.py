"""A campaign's calling hours laid out as instants, some weeks ahead, for every zone its customers live in.

Both engines then only compare instants; zones, daylight saving and holidays are reckoned here, once.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.domain.dialer.windows import default_hours, is_open, stretches
from app.domain.people import Permission
from app.models.base import table_of
from app.models.company import Company
from app.models.dialer import CallWindow, Campaign, Lane
from app.models.planner import Holiday
from app.services.context import now, reads, require, writes

AHEAD = timedelta(days=60)
NEAR = timedelta(days=30)
_WINDOWS = table_of(CallWindow)


def lay_out(session: Session, campaign_id: int | None = None) -> int:
    """Lay the hours of one campaign, or of all that are open, out anew; the answer is how many stretches there are."""
    at = now(session)
    asked = select(Campaign.id, Campaign.hours).where(Campaign.closed_at.is_(None))
    if campaign_id is not None:
        asked = asked.where(Campaign.id == campaign_id)
    country, home = _home(session)
    days_off = _holidays(session)
    rows: list[dict[str, Any]] = []
    for each_id, hours in session.execute(asked).all():
        zones = set(session.scalars(select(Lane.zone).where(Lane.campaign_id == each_id).distinct())) | {home}
        session.execute(delete(_WINDOWS).where(_WINDOWS.c.campaign_id == each_id))
        for zone in sorted(zones):
            rows += _of_zone(each_id, hours or default_hours(country), zone, at, days_off)
    if rows:
        session.execute(insert(_WINDOWS), rows)
    return len(rows)


@reads
def is_near_its_end(session: Session) -> bool:
    """Whether some open campaign's hours are laid out for less than a month more."""
    at = now(session)
    last = (
        select(func.max(CallWindow.closes_at)).where(CallWindow.campaign_id == Campaign.id).correlate(Campaign)
    ).scalar_subquery()
    asked = select(Campaign.id).where(Campaign.closed_at.is_(None), func.coalesce(last, at) < at + NEAR)
    return session.scalar(asked.limit(1)) is not None


@writes
def extend(session: Session) -> int:
    """Lay the hours of all open campaigns out again, from today on."""
    require(session, Permission.RUN_CAMPAIGNS)
    return lay_out(session)


def open_zones(session: Session, hours: Mapping[str, Any], zones: Collection[str], at: datetime) -> frozenset[str]:
    """The zones in which these hours, saved or not, are open at a moment."""
    country, _home_zone = _home(session)
    days_off = _holidays(session)
    return frozenset(zone for zone in zones if is_open(hours or default_hours(country), zone, at, days_off))


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
