"""Weeks and months that a report counts by."""

from datetime import date, timedelta
from enum import StrEnum

from app.domain.periods import month_of


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
    return [month_of(first, number) for number in range(months)]
