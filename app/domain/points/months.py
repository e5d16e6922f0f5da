"""The months of the chart, and the stretches of days it is compared by: days are those of the company."""

from datetime import date, timedelta

from app.domain.periods import last_day_of, month_of

__all__ = ["LAST_DAYS", "last_days", "months_until", "same_days_before"]

LAST_DAYS = 30
"""Today and the days before it that stand beside the month."""


def months_until(today: date, count: int) -> tuple[date, ...]:
    """So many months by their first days, the oldest first; the last one is that of today."""
    return tuple(month_of(today, after) for after in range(1 - count, 1))


def last_days(today: date) -> date:
    """The first of the LAST_DAYS days that end today."""
    return today - timedelta(days=LAST_DAYS - 1)


def same_days_before(today: date) -> date:
    """The last of the days of the month before that the days of this month until today are held against.

    As many days as this month has had, today among them; all of a month that is shorter.
    """
    before = month_of(today, -1)
    return min(before + timedelta(days=today.day - 1), last_day_of(before))
