"""Holidays: the days on which nobody works, filled from the public ones of the company's country."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters.holidays import public_holidays
from app.bus import RowsChanged
from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.planner import Holiday
from app.services.context import announce, now, reads, require, writes
from app.services.planner.company import company
from app.services.planner.refusals import UNCHANGED

YEARS_AHEAD = 2
_PUBLIC = 5
"""A year with fewer days than that has some of the company's own and not yet its country's."""


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A holiday with its names by language."""

    id: int
    day: date
    names: Mapping[str, str]


@reads
def holidays(session: Session, year: int) -> tuple[HolidayRow, ...]:
    """The holidays of a year, by day."""
    found = select(Holiday.id, Holiday.day, Holiday.names).where(
        Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31)
    )
    return tuple(HolidayRow(*row) for row in session.execute(found.order_by(Holiday.day)))


@reads
def years_to_fill(session: Session, last_year: int | None = None) -> tuple[int, ...]:
    """The years, up to this one or the year after next, whose public holidays were never filled in.

    Only years after the last filled one: a holiday somebody removed stays removed. None where none ever was filled.
    """
    where = company(session)
    wanted = last_year or now(session).astimezone(where.zone).year + YEARS_AHEAD
    counted = Counter(day.year for day in session.scalars(select(Holiday.day)))
    filled = [year for year, days in counted.items() if days >= _PUBLIC]
    return tuple(range(max(filled) + 1, wanted + 1)) if filled and where.country else ()


@writes
def fill_holidays(session: Session, first_year: int, last_year: int) -> int:
    """Add the public holidays of the company's country that are not there yet; the answer is how many."""
    require(session, Permission.PLAN)
    return fill(session, first_year, last_year)


def fill(session: Session, first_year: int, last_year: int) -> int:
    """What `fill_holidays` does, for another service."""
    where = company(session)
    known = set(session.scalars(select(Holiday.day)))
    found = public_holidays(where.country, where.subdivision, range(first_year, last_year + 1))
    added = [_model(each.day, each.names, where.zone) for each in found if each.day not in known]
    session.add_all(added)
    session.flush()
    if added:
        _follow(session)
        announce(session, RowsChanged("holidays", frozenset(each.id for each in added)))
    return len(added)


@writes
def add_holiday(session: Session, day: date, name: str, language: str) -> int:
    """A holiday of the company's own."""
    require(session, Permission.PLAN)
    if not name.strip():
        raise Refused("TITLE", message(N_("A holiday needs a name.")), UNCHANGED)
    if session.scalar(select(Holiday.id).where(Holiday.day == day)) is not None:
        raise Refused("TAKEN", message(N_("{day} is already a holiday."), day=day), UNCHANGED)
    added = _model(day, {language: name.strip()}, company(session).zone)
    session.add(added)
    session.flush()
    _follow(session)
    announce(session, RowsChanged("holidays", frozenset({added.id})))
    return added.id


@writes
def remove_holiday(session: Session, holiday_id: int) -> None:
    """Make a holiday a day like others."""
    require(session, Permission.PLAN)
    holiday = session.get(Holiday, holiday_id)
    if holiday is None:
        raise NotFound(message(N_("This holiday is no longer there.")), UNCHANGED)
    session.delete(holiday)
    session.flush()
    _follow(session)
    announce(session, RowsChanged("holidays", frozenset({holiday_id})))


def _follow(session: Session) -> None:
    """On a holiday other hours are kept at the telephone."""
    from app.services.dialer.windows import follow_holidays

    follow_holidays(session)


def _model(day: date, names: Mapping[str, str], zone: tzinfo) -> Holiday:
    start, end = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (day, day + timedelta(1)))
    return Holiday(day=day, names=dict(names), starts_at=start, ends_at=end)
