"""The company's holidays follow its country and its clock; those of its own stay through a move."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.adapters.holidays import public_holidays
from app.bus import RowsChanged
from app.models.planner import Holiday
from app.services.company.rows import CompanyDraft
from app.services.context import announce, now

YEARS_BACK = 1
YEARS_AHEAD = 2


def fill(session: Session, company: CompanyDraft) -> None:
    """Add the country's public holidays from last year until the year after next."""
    zone = ZoneInfo(company.time_zone)
    known = set(session.scalars(select(Holiday.day)))
    rows = [
        {"day": day, "names": dict(names)} | _instants(day, zone)
        for day, names in _official(session, company).items()
        if day not in known
    ]
    if rows:
        session.execute(insert(Holiday), rows)
        announce(session, RowsChanged("holidays", None))


def move(session: Session, before: CompanyDraft, after: CompanyDraft) -> None:
    """Replace the public holidays of one country by those of another, and put every day on the new clock."""
    places = [(each.country, each.subdivision, each.time_zone) for each in (before, after)]
    if places[0] == places[1]:
        return
    official = _official(session, before)
    zone = ZoneInfo(after.time_zone)
    for held in session.scalars(select(Holiday)).all():
        if held.names == official.get(held.day):
            session.delete(held)
            continue
        day = _instants(held.day, zone)
        held.starts_at, held.ends_at = day["starts_at"], day["ends_at"]
    session.flush()
    fill(session, after)
    announce(session, RowsChanged("holidays", None))


def _official(session: Session, company: CompanyDraft) -> dict[date, Mapping[str, str]]:
    this_year = now(session).astimezone(ZoneInfo(company.time_zone)).year
    years = range(this_year - YEARS_BACK, this_year + YEARS_AHEAD + 1)
    return {each.day: dict(each.names) for each in public_holidays(company.country, company.subdivision, years)}


def _instants(day: date, zone: tzinfo) -> dict[str, datetime]:
    start, end = (datetime.combine(at, time(), zone).astimezone(UTC) for at in (day, day + timedelta(days=1)))
    return {"starts_at": start, "ends_at": end}
