"""Days of the company as instants, and instants as numbers both engines can calculate with."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, cast, extract, func, select
from sqlalchemy.orm import Session

from app.db.types import BigInt
from app.models.company import Company

HOUR = 3_600_000
"""Milliseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JULIAN_EPOCH = 2440587.5
_DAY = 86_400_000


def company_zone(session: Session) -> ZoneInfo:
    """The clock the company's days are counted by."""
    return ZoneInfo(session.scalar(select(Company.time_zone)) or "UTC")


def edges(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments at which a day begins and has ended: 23 or 25 hours apart where the clock is put on or back."""
    start, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return start, end


def millis(moment: datetime) -> int:
    """The instant in whole milliseconds."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def millis_of(session: Session, column: Any) -> ColumnElement[int]:
    """The instant of a column in whole milliseconds."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(func.round((func.julianday(column) - _JULIAN_EPOCH) * _DAY), BigInt)
    return cast(func.round(extract("epoch", column) * 1000), BigInt)


def later_of(one: Any, other: Any) -> Any:
    """The greater of two, said so that both engines understand it."""
    return case((one < other, other), else_=one)


def earlier_of(one: Any, other: Any) -> Any:
    """The smaller of two."""
    return case((one > other, other), else_=one)
