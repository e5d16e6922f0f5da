"""The days a report is about: a month by name, a stretch until today, or one's own days; alike in every report."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from app.domain.words import N_, Message, message

__all__ = ["OWN", "code_of", "days_of", "earlier_months", "last_day_of", "month_of", "offered"]

OWN = "own"
"""The period whose days the person sets."""

_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "month": message(N_("This month")),
        "last-month": message(N_("Last month")),
        "1": message(N_("Today")),
        "7": message(N_("Last 7 days")),
        "30": message(N_("Last 30 days")),
        "90": message(N_("Last 90 days")),
        "365": message(N_("Last 12 months")),
        "all": message(N_("All the time")),
        OWN: message(N_("From – to")),
    }
)

_EARLIER = 60
"""So many months are offered by name."""


def offered(*codes: str) -> Mapping[str, Message]:
    """The periods a report offers, in this order, by their codes; all the time and from – to stand at the end."""
    return {code: _WORDS[code] for code in (*codes, "all", OWN)}


def days_of(code: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a period, both included; None where it has no bound."""
    if code in ("month", "last-month"):
        month = month_of(today, 0 if code == "month" else -1)
        return month, last_day_of(month)
    if code == "365":
        # Whole months, so that they come to what a chart of months says.
        return month_of(today, -11), last_day_of(today)
    if code.isdecimal():
        return today - timedelta(days=int(code) - 1), today
    if code in _WORDS:
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


def month_of(day: date, after: int = 0) -> date:
    """The first day of the month of a day, or of one so many months after it."""
    number = day.year * 12 + day.month - 1 + after
    return date(number // 12, number % 12 + 1, 1)


def last_day_of(month: date) -> date:
    """The last day of the month of a day."""
    return month_of(month, 1) - timedelta(days=1)
