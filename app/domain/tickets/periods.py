"""Stretches of days that reports count by, and the ones a person chooses from."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, message


class Step(StrEnum):
    """How long a bar over time is."""

    WEEK = "week"
    MONTH = "month"


def steps(step: Step, first: date, last: date, first_weekday: int = 0) -> list[date]:
    """The first days of the weeks or months that these days, both included, lie in."""
    if first > last:
        return []
    if step is Step.WEEK:
        start = first - timedelta(days=(first.weekday() - first_weekday) % 7)
        return [start + timedelta(days=7 * number) for number in range((last - start).days // 7 + 1)]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return [_month(first, number) for number in range(months)]


def _month(day: date, after: int) -> date:
    number = day.year * 12 + day.month - 1 + after
    return date(number // 12, number % 12 + 1, 1)


PERIODS: Mapping[str, Message] = MappingProxyType(
    {
        "30": message(N_("Last 30 days")),
        "90": message(N_("Last 90 days")),
        "365": message(N_("Last 12 months")),
        "all": message(N_("All the time")),
        "own": message(N_("From – to")),
    }
)
"""The periods a report offers, by code: so many days until today, or what the person sets."""


def days_of(period: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of a period; None where it has no bound."""
    if not period.isdecimal():
        return None, None
    return today - timedelta(days=int(period) - 1), today
