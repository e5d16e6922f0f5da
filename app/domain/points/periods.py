"""The days a report of points is about: a month by its name, a stretch until today, or what the person sets."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from app.domain.points.months import last_day_of, month_of
from app.domain.words import N_, Message, message

PERIODS: Mapping[str, Message] = MappingProxyType(
    {
        "month": message(N_("This month")),
        "last-month": message(N_("Last month")),
        "30": message(N_("Last 30 days")),
        "365": message(N_("Last 12 months")),
        "all": message(N_("All the time")),
        "own": message(N_("From – to")),
    }
)
"""The periods on offer by code, beside the months by theirs."""

_EARLIER = 60
"""So many months are offered by name."""


def days_of(code: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a period, both included; None where it has no bound."""
    if code in ("month", "last-month"):
        month = month_of(today, 0 if code == "month" else -1)
        return month, last_day_of(month)
    if code == "365":
        return month_of(today, -11), last_day_of(today)
    if code.isdecimal():
        return today - timedelta(days=int(code) - 1), today
    if code in PERIODS:
        return None, None
    month = date.fromisoformat(f"{code}-01")
    return month, last_day_of(month)


def code_of(month: date) -> str:
    """The code of the period that is this month."""
    return f"{month:%Y-%m}"


def earlier_months(first: date | None, today: date) -> tuple[date, ...]:
    """The months before the last one that have rows, the newest first; `first` is the day of the first row."""
    if first is None:
        return ()
    months = (month_of(today, -before) for before in range(2, _EARLIER))
    return tuple(month for month in months if month >= month_of(first))
