"""The company's holidays, from the `holidays` package into a table, so that the database itself knows what is grey."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.i18n import LANGUAGES
from app.models.company import Company
from app.models.planner import Holiday
from app.services.context import announce, now, writes

YEARS_BACK = 1
YEARS_AHEAD = 2


@writes
def refresh_holidays(session: Session) -> int:
    """Fill in the years around today for the company's country; repeating it changes nothing. How many rows changed."""
    company = session.scalars(select(Company)).first()
    if company is None:
        return 0
    return fill(session, company)


def fill(session: Session, company: Company) -> int:
    """Make the table say what the country's law says, from last year until the year after next."""
    zone = ZoneInfo(company.time_zone)
    this_year = now(session).astimezone(zone).year
    years = range(this_year - YEARS_BACK, this_year + YEARS_AHEAD + 1)
    wanted = {
        day: (names, *_instants(day, zone)) for day, names in named_days(company.country, company.subdivision, years)
    }
    changed = 0
    in_years = (Holiday.day >= date(years[0], 1, 1)) & (Holiday.day <= date(years[-1], 12, 31))
    for held in session.scalars(select(Holiday).where(in_years)).all():
        found = wanted.pop(held.day, None)
        if found is None:
            session.execute(delete(Holiday).where(Holiday.id == held.id))
        elif found != (held.names, held.starts_at, held.ends_at):
            names, starts, ends = found
            session.execute(
                update(Holiday).where(Holiday.id == held.id).values(names=names, starts_at=starts, ends_at=ends)
            )
        else:
            continue
        changed += 1
    rows = [
        {"day": day, "names": names, "starts_at": starts, "ends_at": ends}
        for day, (names, starts, ends) in sorted(wanted.items())
    ]
    if rows:
        session.execute(insert(Holiday), rows)
    if changed + len(rows):
        announce(session, RowsChanged("holidays", None))
    return changed + len(rows)


def named_days(country: str, subdivision: str | None, years: Iterable[int]) -> list[tuple[date, dict[str, str]]]:
    """The public holidays of these years with their names by language code; a language without them is left out."""
    from holidays import country_holidays, list_supported_countries

    known = list_supported_countries(include_aliases=False)
    if country not in known:
        return []
    part = subdivision if subdivision in known[country] else None
    years = list(years)
    speaks = country_holidays(country).supported_languages
    found: dict[date, dict[str, str]] = {}
    for code in LANGUAGES:
        spoken = next((language for language in speaks if language.split("_")[0] == code), None)
        if spoken is None and speaks:
            continue
        for day, name in country_holidays(country, subdiv=part, years=years, language=spoken).items():
            if day.year in years:
                found.setdefault(day, {})[code] = name
    return sorted(found.items())


def _instants(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day's midnights in the company's zone."""
    start, end = (datetime.combine(at, time(), zone).astimezone(UTC) for at in (day, day + timedelta(days=1)))
    return start, end
